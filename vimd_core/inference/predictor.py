"""The predictor: loading a bundle, batching, precision, and going on when memory runs out.

Sizes: B captures, s upscale factor, K classes.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.checkpoints.identity import model_id
from vimd_core.config import SrvmNetConfig, shape_px
from vimd_core.data.images.array_images import as_rgb8, as_views
from vimd_core.data.images.resizing import resize_to
from vimd_core.errors import DeviceError, ImageError
from vimd_core.inference.device import ComputeDevice, Precision, available_memory_bytes, choose_device
from vimd_core.inference.prediction import Prediction
from vimd_core.models.folding import fold_batch_norms
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_upscale
from vimd_core.user_messages import Sentence

MAX_BATCH = {"cpu": 32, "mps": 64, "cuda": 256}
_MEMORY_SHARE = 0.25
_logger = logging.getLogger(__name__)
_OUT_OF_MEMORY_SIGNS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
)


class Predictor:
    """A model bundle, ready to classify.

    Args:
        model: the student in eval mode; it is changed for inference and must not be trained afterwards.
        info: what the bundle says of itself.
        model_id: identifies the weights.
        compute: where and how.
        batch_size: captures at a time; found from the free memory when None.
    """

    def __init__(
        self,
        model: SrvmNet,
        info: BundleInfo,
        *,
        model_id: str,
        compute: ComputeDevice,
        batch_size: int | None = None,
    ) -> None:
        if batch_size is not None and batch_size < 1:
            raise DeviceError("The batch size must be at least 1, not {batch_size}.", batch_size=batch_size)
        self.info = info
        self.model_id = model_id
        self._compute = compute
        self.batch_size = batch_size or memory_batch_size(info.config, compute.device)
        fold_batch_norms(model.eval())
        model.requires_grad_(False)
        model.classifier.set_scan_backend(compute.scan_backend)
        self._model: SrvmNet = model.to(compute.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        normalisation = info.normalisation
        self._mean = torch.tensor(normalisation["mean"], device=compute.device).view(1, 3, 1, 1)
        self._std = torch.tensor(normalisation["std"], device=compute.device).view(1, 3, 1, 1)
        self._normalises = bool((self._mean != 0).any() or (self._std != 1).any())

    @classmethod
    def load(
        cls, path: Path, *, device: str = "auto", precision: Precision = "auto", batch_size: int | None = None
    ) -> Predictor:
        """Load a bundle.

        Args:
            path: the .safetensors file.
            device: "auto", "cuda", "mps" or "cpu".
            precision: number format of convolutions and matrix products.
            batch_size: captures at a time; found from the free memory when None.

        Raises:
            CheckpointError: the file is no sound bundle.
            DeviceError: the device is not there.
        """
        compute = choose_device(device, precision)
        model, info = load_bundle(path)
        return cls(model, info, model_id=model_id(path), compute=compute, batch_size=batch_size)

    @property
    def device(self) -> str:
        """Kind of device: "cpu", "cuda" or "mps"."""
        return self._compute.device.type

    @property
    def scan_backend(self) -> str:
        """Backend of the selective scan."""
        return self._compute.scan_backend

    @property
    def notice(self) -> Sentence:
        """One sentence that says where it computes, and why not elsewhere."""
        return self._compute.notice

    def warm_up(self) -> None:
        """Classify an empty capture, so that kernels are compiled before somebody waits for an answer."""
        self.predict([np.zeros((8, 8, 3), np.uint8)])

    def predict(
        self,
        images: Sequence[npt.NDArray[Any]],
        *,
        with_sr_views: bool = False,
        with_bicubic: bool = True,
    ) -> list[Prediction]:
        """Classify captures, once super-resolved and once enlarged by bicubic interpolation.

        Args:
            images: (H, W, 3) RGB or (H, W) grey each, of any sizes; their type says what their values mean: uint8 from
                0 to 255, uint16 from 0 to 65535, floating point from 0 to 1.
            with_sr_views: also return what the classifier saw.
            with_bicubic: without, only the super-resolved capture is classified, in less time, and its answer
                stands for both.

        Returns:
            One prediction for each image, in order.

        Raises:
            ImageError: an image has another shape or type, or values beyond its range.
            DeviceError: the device has not enough memory for a single capture.
        """
        if isinstance(images, np.ndarray) and images.ndim != 4:
            raise ImageError(
                "Several images must be a list or an array of shape (number, height, width, 3), not "
                "{shape}: put a single image into a list.",
                shape=images.shape,
            )
        images = [as_rgb8(image) for image in images]
        predictions: list[Prediction] = []
        while len(predictions) < len(images):
            part = images[len(predictions) : len(predictions) + self.batch_size]
            answers = self._try_batch(part, with_sr_views, with_bicubic)
            if answers is not None:
                predictions += answers
            elif len(part) > 1:
                self._halve_batch(len(part))
            else:
                raise DeviceError(
                    "There is not enough memory on {device} for one capture: close other programs, or "
                    "use --device cpu.",
                    device=self.device,
                )
        return predictions

    def _try_batch(
        self, images: Sequence[npt.NDArray[np.uint8]], with_sr_views: bool, with_bicubic: bool
    ) -> list[Prediction] | None:
        """The answers, or None without memory; leaving the except block lets go of the failed batch's tensors."""
        try:
            return self._predict_batch(images, with_sr_views, with_bicubic)
        except (torch.OutOfMemoryError, RuntimeError, MemoryError) as e:
            if not _is_out_of_memory(e):
                raise
        return None

    def _halve_batch(self, tried: int) -> None:
        self.batch_size = max(1, tried // 2)
        _logger.warning("Out of memory with %d captures at a time: going on with %d.", tried, self.batch_size)
        if self.device == "cuda":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def _predict_batch(
        self, images: Sequence[npt.NDArray[np.uint8]], with_sr_views: bool, with_bicubic: bool
    ) -> list[Prediction]:
        size = self.info.config.lr_size_px
        squares = np.stack([resize_to(image, size) for image in images])  # (B, h, w, 3)
        # A (B, h, w, 3) array seen as (B, 3, h, w) is what torch calls channels_last.
        lr = torch.from_numpy(squares).to(self._compute.device).permute(0, 3, 1, 2).float() / 255.0
        with self._autocast():
            sr = self._model.super_resolution(lr).float()
            seen = sr
            if with_bicubic:
                seen = torch.cat([sr, bicubic_upscale(lr, self.info.config.super_resolution.upscale)])
            # (2 B, K), (2 B, M) and (2 B, E), or half of that
            logits, tokens, depths = self._model.classifier.forward_with_depths(self._normalise(seen))
        answers = (logits.float() / self.info.temperature).softmax(dim=1).cpu().numpy()
        probabilities, bicubic_probabilities = answers[: len(images)], answers[-len(images) :]
        views: list[npt.NDArray[np.uint8] | None] = [None] * len(images)
        if with_sr_views:
            pixels = (sr * 255.0).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
            views = list(pixels)
        embeddings = _as_embeddings(tokens[: len(images)])  # (B, M)
        features = np.concatenate([embeddings, _as_embeddings(depths[: len(images)])], axis=1)  # (B, M + E)
        return [
            Prediction(*one)
            for one in zip(probabilities, bicubic_probabilities, views, embeddings, features, strict=True)
        ]

    def features(self, images: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.float16]:
        """What the model sees in captures, at several depths, whatever classes it knows.

        Args:
            images: as for `predict`.

        Returns:
            (B, D): `Prediction.features` of each.

        Raises:
            ImageError, DeviceError: as `predict`.
        """
        found = [one.features for one in self.predict(images, with_bicubic=False)]
        seen = [one for one in found if one is not None]
        return np.stack(seen) if seen else np.empty((0, 0), np.float16)

    @torch.inference_mode()
    def super_resolve(self, image: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """What the classifier sees of one capture.

        Args:
            image: of any size, as for `predict`.

        Returns:
            (S, S, 3) float32 in [0, 1], S the classifier's image size.

        Raises:
            ImageError: as `predict`.
        """
        square = resize_to(as_rgb8(image), self.info.config.lr_size_px)
        lr = (
            torch.from_numpy(square[None].copy()).to(self._compute.device).permute(0, 3, 1, 2).float() / 255.0
        )
        with self._autocast():
            sr = self._model.super_resolution(lr).float()
        view: npt.NDArray[np.float32] = sr[0].clamp(0, 1).permute(1, 2, 0).contiguous().cpu().numpy()
        return view

    @torch.inference_mode()
    def classify_views(
        self, views: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float16]]:
        """Classify pictures that need no super-resolution.

        Args:
            views: (B, S, S, 3) in [0, 1], S the classifier's image size; uint8 and uint16 are scaled to that.

        Returns:
            (B, K) probabilities, and (B, M) embeddings of length 1.

        Raises:
            ImageError: they have another shape or type, or values beyond that range.
        """
        views = as_views(views)
        images = torch.from_numpy(views).to(self._compute.device).permute(0, 3, 1, 2)
        with self._autocast():
            logits, tokens = self._model.classifier.forward_with_embedding(self._normalise(images))
        probabilities = (logits.float() / self.info.temperature).softmax(dim=1).cpu().numpy()
        return probabilities, _as_embeddings(tokens)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self.device, dtype=self._compute.dtype, enabled=self._compute.dtype != torch.float32
        )

    def _normalise(self, images: Tensor) -> Tensor:
        return (images - self._mean) / self._std if self._normalises else images


def memory_batch_size(config: SrvmNetConfig, device: torch.device) -> int:
    """How many captures fit into a quarter of the free memory, within what still gains speed.

    Args:
        config: the network.
        device: where it computes.
    """
    sr, classifier = config.super_resolution, config.classifier
    # About six feature maps of the widest stage live at the same time, and twice the classifier's tensors.
    image_px = math.prod(classifier.image_shape_px)
    enlarged_px = image_px if sr.architecture == "srresnet" else math.prod(shape_px(config.lr_size_px))
    feature_maps = 6 * sr.channels * enlarged_px
    tokens = 2 * 12 * (classifier.num_patches + 1) * classifier.inner_dim
    stem = 2 * 4 * classifier.stem_channels * image_px // 4
    per_capture_bytes = 4 * (feature_maps + tokens + stem)
    fitting = int(available_memory_bytes(device) * _MEMORY_SHARE) // per_capture_bytes
    return max(1, min(fitting, MAX_BATCH[device.type]))


def _as_embeddings(tokens: Tensor) -> npt.NDArray[np.float16]:
    """Tokens as they are kept and compared: with the length 1, so that their product is their cosine."""
    kept: npt.NDArray[np.float16] = functional.normalize(tokens.float(), dim=1).half().cpu().numpy()
    return kept


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    message: Any = str(error).lower()
    return any(sign in message for sign in _OUT_OF_MEMORY_SIGNS)
