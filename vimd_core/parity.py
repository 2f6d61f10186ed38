"""Compares our networks with tensors that the published code computed: `vimd parity`.

A folder of golden vectors holds `meta.json` (sizes and loss values), `student.safetensors`, `teacher.safetensors`,
`srresnet.safetensors` (state dicts with published key names) and `io.safetensors` (inputs, outputs, gradients).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from vimd_core.config import SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig, shape_px
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import ClassifierOutput, VisionMamba
from vimd_core.processes.file_errors import NO_REGULAR_FILE
from vimd_core.training.losses.loss_functions import (
    cross_entropy,
    hidden_state_loss,
    logits_distillation_loss,
)

TOLERANCE = 1e-4


@dataclass(frozen=True)
class ParityRow:
    """One comparison.

    Attributes:
        name: of the tensor or loss term.
        relative_error: max |ours - golden| / max |golden|; infinite when shapes differ or ours is missing.
    """

    name: str
    relative_error: float

    @property
    def ok(self) -> bool:
        """Whether it is within the tolerance; false for NaN."""
        return self.relative_error <= TOLERANCE


def compare_folder(folder: Path) -> Iterator[ParityRow]:
    """Compute every tensor of a golden folder and compare.

    Args:
        folder: as described above; any sizes.

    Raises:
        CheckpointError: a file is missing or damaged, or holds something that we don't know how to compute.
    """
    meta = _read_json(folder / "meta.json")
    io = _read_tensors(folder / "io.safetensors")
    config = _config(meta, folder)
    golden_losses = _golden_losses(meta, folder)
    _require_inputs(io, config, folder, needs_labels=bool(golden_losses))
    student, teacher = SrvmNet(config), VisionMamba(config.classifier)
    _load(student.classifier, folder / "student.safetensors")
    _load(student.super_resolution, folder / "srresnet.safetensors")
    _load(teacher, folder / "teacher.safetensors")
    student.eval().super_resolution.requires_grad_(False)
    teacher.eval().requires_grad_(False)

    layers = tuple(range(config.classifier.depth))
    computed: dict[str, Tensor] = {"sr": student.super_resolution(io["lr"])}
    student_output = student.classifier.forward_with_hidden(computed["sr"], layers)
    teacher_output = teacher.forward_with_hidden(io["hr"], layers)
    for name, output in (("student", student_output), ("teacher", teacher_output)):
        computed[f"{name}_logits"] = output.logits
        computed |= {f"{name}_hidden_{i}": hidden for i, hidden in enumerate(output.hidden)}

    total: Tensor | None = None
    for name, value in golden_losses.items():
        loss = _loss(name, student_output, teacher_output, io["labels"], golden_losses)
        if name.startswith("total"):
            total = loss
        # A loss of zero has no relative error; the difference itself then tells.
        yield ParityRow(f"loss/{name}", abs(float(loss.detach()) - value) / (abs(value) or 1.0))

    gradients = [name for name in io if name.startswith("grad/")]
    if gradients:
        if total is None:
            raise CheckpointError(
                "{path} states no total loss whose gradients could be compared.", path=folder / "meta.json"
            )
        total.backward()  # type: ignore[no-untyped-call]
        parameters = dict(student.classifier.named_parameters())
        for name in gradients:
            parameter = parameters.get(name.removeprefix("grad/"))
            if parameter is not None and parameter.grad is not None:
                computed[name] = parameter.grad
    for name, golden in io.items():
        if name not in ("lr", "hr", "labels"):
            yield ParityRow(name, _relative_error(computed.get(name), golden))


def _relative_error(ours: Tensor | None, golden: Tensor) -> float:
    if ours is None or ours.shape != golden.shape:
        return float("inf")
    if golden.numel() == 0:
        return 0.0
    scale = golden.float().abs().max().clamp_min(torch.finfo(torch.float32).tiny)
    return float((ours.detach() - golden.float()).abs().max() / scale)


def _loss(
    name: str, student: ClassifierOutput, teacher: ClassifierOutput, labels: Tensor, named: Iterable[str] = ()
) -> Tensor:
    """The loss term of that name, or the weighted total of the `named` terms that the name spells out."""
    if match := re.fullmatch(r"cross_entropy(?:_label_smoothing_([\d.]+))?", name):
        return cross_entropy(student.logits, labels, label_smoothing=_number(match[1] or "0", name))
    if match := re.fullmatch(r"logits_kl_T([\d.]+)", name):
        return logits_distillation_loss(student.logits, teacher.logits, temperature=_number(match[1], name))
    if name == "hidden_mse_last_layer":
        return hidden_state_loss(student.hidden, teacher.hidden, form="published-code")
    if re.fullmatch(r"hidden_mse_mean(_of_\d+_layers)?", name):
        return hidden_state_loss(student.hidden, teacher.hidden, form="mean")
    if match := re.fullmatch(r"total=(.+)", name):
        total = torch.zeros(())
        for part in match[1].split("+"):
            weight, _, term = part.rpartition("*")
            total = total + _number(weight or "1", name) * _loss(
                _full_name(term, named), student, teacher, labels
            )
        return total
    raise CheckpointError("meta.json names a loss {name} that this version does not know.", name=repr(name))


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as e:
        raise CheckpointError(
            "The loss {name} in meta.json is built with {text}, which is no number.",
            name=repr(name),
            text=repr(text),
        ) from e


def _full_name(term: str, named: Iterable[str]) -> str:
    """The loss that a total's short term stands for, with the settings that the folder states for it."""
    beginnings = {
        "ce": "cross_entropy",
        "kl": "logits_kl",
        "mse_last": "hidden_mse_last",
        "mse_mean": "hidden_mse_mean",
    }
    beginning = beginnings.get(term.strip())
    for name in named:
        if beginning is not None and name.startswith(beginning):
            return name
    raise CheckpointError(
        "meta.json adds up a loss term {term} that it does not state by itself.", term=repr(term)
    )


def _golden_losses(meta: dict[str, Any], folder: Path) -> dict[str, float]:
    losses = meta.get("losses", {})
    if not isinstance(losses, dict):
        raise CheckpointError("The losses in {path} must be numbers by name.", path=folder / "meta.json")
    for name, value in losses.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise CheckpointError(
                "The loss {name} in {path} is no number: {value}.",
                name=name,
                path=folder / "meta.json",
                value=repr(value),
            )
    return losses


def _require_inputs(
    io: dict[str, Tensor], config: SrvmNetConfig, folder: Path, *, needs_labels: bool
) -> None:
    file = folder / "io.safetensors"
    missing = [name for name in ("lr", "hr", *(["labels"] if needs_labels else [])) if name not in io]
    if missing:
        raise CheckpointError(
            "{file} lacks {missing}: without inputs nothing can be computed.",
            file=file,
            missing=" and ".join(missing),
        )
    shapes = {"lr": shape_px(config.lr_size_px), "hr": config.classifier.image_shape_px}
    for name, (height, width) in shapes.items():
        found = io[name]
        if found.dim() != 4 or found.shape[1:] != (3, height, width) or not found.is_floating_point():
            raise CheckpointError(
                "The images {name} in {file} are {shape} and should be numbers of the shape (images, "
                "3, {height}, {width}), as meta.json says.",
                name=name,
                file=file,
                shape=tuple(found.shape),
                height=height,
                width=width,
            )
        io[name] = found.float()
    if len(io["lr"]) != len(io["hr"]):
        raise CheckpointError(
            "{file} holds {num_lr} images lr and {num_hr} images hr.",
            file=file,
            num_lr=len(io["lr"]),
            num_hr=len(io["hr"]),
        )
    if not needs_labels:
        return
    labels, classes = io["labels"], config.classifier.num_classes
    if labels.is_floating_point() or labels.dim() != 1 or len(labels) != len(io["lr"]):
        raise CheckpointError("The labels in {file} must be one whole number for each image.", file=file)
    if bool(((labels < 0) | (labels >= classes)).any()):
        wrong = labels[(labels < 0) | (labels >= classes)][0]
        raise CheckpointError(
            "The label {index} in {file} is out of range: meta.json says {classes} classes, from 0.",
            index=int(wrong),
            file=file,
            classes=classes,
        )
    io["labels"] = labels.long()


def _config(meta: dict[str, Any], folder: Path) -> SrvmNetConfig:
    try:
        sr = meta["srresnet"]
        return SrvmNetConfig(
            preset="golden",
            super_resolution=SuperResolutionConfig(
                channels=sr["channels"], num_blocks=sr["num_rcb"], upscale=sr["upscale"]
            ),
            classifier=VisionMambaConfig(
                image_size_px=meta["img_size"],
                patch_size_px=meta["patch_size"],
                stride_px=meta["stride"],
                embed_dim=meta["embed_dim"],
                depth=meta["depth"],
                num_classes=meta["num_classes"],
                state_dim=meta.get("d_state", 16),
                conv_width=meta.get("d_conv", 4),
                expand=meta.get("expand", 2),
            ),
        )
    except (KeyError, TypeError, AttributeError) as e:
        raise CheckpointError(
            "{path} lacks a size, or has a wrong one: {reason}.", path=folder / "meta.json", reason=e
        ) from e
    except ConfigError as e:
        raise CheckpointError("{path}: {reason}", path=folder / "meta.json", reason=e) from e


def _read_json(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():
        raise CheckpointError(
            "{path} can't be read ({reason}): give a folder of golden vectors.",
            path=path,
            reason=NO_REGULAR_FILE,
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise CheckpointError("{path} can't be read: give a folder of golden vectors.", path=path) from e
    except ValueError as e:
        raise CheckpointError("{path} is not JSON ({reason}).", path=path, reason=e) from e
    if not isinstance(content, dict):
        raise CheckpointError("{path} must be an object with sizes and losses.", path=path)
    return content


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as e:
        raise CheckpointError(
            "{path} can't be read ({reason}): give a folder of golden vectors.", path=path, reason=e
        ) from e
    return tensors


def _load(module: torch.nn.Module, path: Path) -> None:
    try:
        module.load_state_dict(_read_tensors(path))
    except RuntimeError as e:
        first = str(e).partition("\n")[2].strip().partition("\n")[0] or str(e)
        raise CheckpointError(
            "{path} does not fit the sizes in meta.json: {first}", path=path, first=first
        ) from e
