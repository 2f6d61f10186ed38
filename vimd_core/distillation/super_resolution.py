"""Training of the super-resolution network on photographs: L1 loss on patches, bicubic low-resolution inputs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.config import SuperResolutionConfig
from vimd_core.data.decoding import decode_image
from vimd_core.distillation.optimisation import ExponentialMovingAverage, warmup_cosine
from vimd_core.distillation.run_folder import RunFolder
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.models.super_resolution import bicubic_downscale, bicubic_upscale, build_super_resolution


@dataclass(frozen=True, kw_only=True)
class SuperResolutionTrainingConfig:
    """How the network is trained.

    Attributes:
        steps: optimiser steps.
        steps_per_epoch: steps between validations and checkpoints.
        batch_size: patches a step.
        patch_px: side of a low-resolution patch.
        learning_rate: peak of the schedule.
        warmup_steps: steps until the peak.
        ema_decay: of the averaged weights, which are the result.
        validation_images: photographs held back from training to choose by.
        frozen_norms: keep the statistics of batch norms as they are. A network that was grown from a small one
            needs it; without it each patch would be normalised by its neighbours in the batch.
        seed: of patches, flips and weights.
    """

    steps: int = 20_000
    steps_per_epoch: int = 500
    batch_size: int = 16
    patch_px: int = 32
    learning_rate: float = 5e-4
    warmup_steps: int = 200
    ema_decay: float = 0.999
    validation_images: int = 20
    frozen_norms: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.steps, self.steps_per_epoch, self.batch_size, self.patch_px, self.validation_images) < 1:
            raise ConfigError(
                "steps, steps_per_epoch, batch_size, patch_px and validation_images must be at least 1."
            )
        if self.learning_rate <= 0:
            raise ConfigError("learning_rate must be above 0.")


class _Photographs:
    """Photographs in memory with their low-resolution versions, as uint8."""

    def __init__(self, files: Sequence[Path], upscale: int) -> None:
        self._upscale = upscale
        self.pairs: list[tuple[Tensor, Tensor]] = []
        for file in files:
            hr = torch.from_numpy(decode_image(file).copy()).permute(2, 0, 1)
            height, width = (side - side % upscale for side in hr.shape[1:])
            hr = hr[:, :height, :width].contiguous()
            lr = bicubic_downscale(hr[None].float() / 255.0, upscale)[0]
            self.pairs.append(((lr * 255.0).round().to(torch.uint8), hr))

    def patches(self, count: int, patch_px: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Random patches, flipped and turned: (B, 3, p, p) and (B, 3, s*p, s*p) in [0, 1]."""
        areas = torch.tensor([float(lr[0].numel()) for lr, _ in self.pairs])
        chosen = torch.multinomial(areas, count, replacement=True, generator=generator).tolist()
        lr_patches, hr_patches = [], []
        scale = self._upscale
        for index in chosen:
            lr, hr = self.pairs[index]
            top = int(torch.randint(lr.shape[1] - patch_px + 1, (), generator=generator))
            left = int(torch.randint(lr.shape[2] - patch_px + 1, (), generator=generator))
            lr_patch = lr[:, top : top + patch_px, left : left + patch_px]
            hr_patch = hr[:, top * scale : (top + patch_px) * scale, left * scale : (left + patch_px) * scale]
            turns = int(torch.randint(4, (), generator=generator))
            if bool(torch.randint(2, (), generator=generator)):
                lr_patch, hr_patch = lr_patch.flip(2), hr_patch.flip(2)
            lr_patches.append(torch.rot90(lr_patch, turns, (1, 2)))
            hr_patches.append(torch.rot90(hr_patch, turns, (1, 2)))
        return torch.stack(lr_patches).float() / 255.0, torch.stack(hr_patches).float() / 255.0


def _set_training(model: nn.Module, config: SuperResolutionTrainingConfig) -> None:
    model.train()
    if config.frozen_norms:
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


@torch.no_grad()
def _mean_psnr(model: nn.Module, pairs: Sequence[tuple[Tensor, Tensor]], upscale: int) -> tuple[float, float]:
    """RGB PSNR in dB of a network in eval mode and of bicubic enlargement."""
    scores: list[float] = []
    bicubic_scores: list[float] = []
    for lr8, hr8 in pairs:
        lr, hr = lr8[None].float() / 255.0, hr8[None].float() / 255.0
        for enlarged, collected in ((model(lr), scores), (bicubic_upscale(lr, upscale), bicubic_scores)):
            error = float(functional.mse_loss(enlarged.clamp(0, 1), hr))
            collected.append(-10.0 * math.log10(error))
    return sum(scores) / len(scores), sum(bicubic_scores) / len(bicubic_scores)


def train_super_resolution(
    files: Sequence[Path],
    network: SuperResolutionConfig,
    config: SuperResolutionTrainingConfig,
    run: RunFolder,
    *,
    on_event: Callable[[dict[str, Any]], None],
    resume: bool = False,
    max_seconds: float | None = None,
    start_from: nn.Module | None = None,
) -> dict[str, Tensor]:
    """Train a super-resolution network.

    Args:
        files: photographs; the last `config.validation_images` of a seeded shuffle are held back.
        network: its architecture.
        config: the recipe.
        run: where log and checkpoints go.
        on_event: gets one dictionary an epoch.
        resume: go on from the run's last checkpoint.
        max_seconds: compress what is left of the schedule so that training ends about then.
        start_from: network of the same architecture whose weights are the start; random ones when None.

    Returns:
        The averaged weights of the best epoch by validation PSNR.

    Raises:
        DatasetError: too few or too small photographs.
    """
    scale = network.upscale
    order = torch.randperm(len(files), generator=torch.Generator().manual_seed(config.seed)).tolist()
    shuffled = [files[i] for i in order]
    if len(shuffled) <= config.validation_images:
        raise DatasetError(
            f"{len(files)} photographs are too few: {config.validation_images} are held back already."
        )
    photographs = _Photographs(shuffled[: -config.validation_images], scale)
    validation = _Photographs(shuffled[-config.validation_images :], scale)
    if min(min(lr.shape[1:]) for lr, _ in photographs.pairs) < config.patch_px:
        raise DatasetError(f"Each photograph must be at least {config.patch_px * scale} px wide and high.")

    torch.manual_seed(config.seed)
    model = build_super_resolution(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start_from is not None:
        model.load_state_dict(start_from.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99))
    average = ExponentialMovingAverage(model, config.ema_decay)
    averaged_model = build_super_resolution(network)
    generator = torch.Generator().manual_seed(config.seed + 1)
    step, total_steps, best, best_weights = 0, config.steps, -math.inf, average.state_dict()
    state = run.load_last() if resume else None
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        average.restore(state["average"], state["average_steps"])
        generator.set_state(state["generator"])
        step, total_steps, best, best_weights = (
            state["step"],
            state["total_steps"],
            state["best"],
            state["best_weights"],
        )

    _set_training(model, config)
    start, start_step, running = time.monotonic(), step, 0.0
    while step < total_steps:
        factor = warmup_cosine(step, total_steps=total_steps, warmup_steps=config.warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * factor
        lr, hr = photographs.patches(config.batch_size, config.patch_px, generator)
        loss = functional.l1_loss(model(lr.contiguous(memory_format=torch.channels_last)), hr)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        average.update(model)
        step += 1
        running += float(loss.detach())
        if step % config.steps_per_epoch and step != total_steps:
            continue
        averaged_model.load_state_dict(average.state_dict())
        psnr, bicubic_psnr = _mean_psnr(averaged_model.eval(), validation.pairs, scale)
        if psnr > best:
            best = psnr
            best_weights = {name: value.clone() for name, value in average.state_dict().items()}
        seconds = time.monotonic() - start
        steps_per_s = (step - start_step) / seconds
        if max_seconds is not None:
            total_steps = min(total_steps, max(step, start_step + int(max_seconds * steps_per_s)))
        event = {
            "step": step,
            "steps": total_steps,
            "l1": running / (step - (step - 1) // config.steps_per_epoch * config.steps_per_epoch),
            "validation_psnr_db": psnr,
            "validation_bicubic_psnr_db": bicubic_psnr,
            "learning_rate": config.learning_rate * factor,
            "patches_per_s": steps_per_s * config.batch_size,
            "eta_s": (total_steps - step) / steps_per_s,
        }
        running = 0.0
        run.log(event)
        run.save_last(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average.state_dict(),
                "average_steps": average.steps,
                "generator": generator.get_state(),
                "step": step,
                "total_steps": total_steps,
                "best": best,
                "best_weights": best_weights,
                "network": asdict(network),
            }
        )
        on_event(event)
    return best_weights
