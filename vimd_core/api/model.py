"""Models to predict with: loaded by file, by name, or from a project. Torch is loaded with the first model."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vimd_core.api.arguments import as_path, as_whole_number
from vimd_core.api.prediction import CapturePrediction
from vimd_core.checkpoints.find_model import find_model
from vimd_core.config import shape_px
from vimd_core.data.datasets.capture_batches import ReadCapture, read_batches
from vimd_core.data.images.image_sources import ImageSource, is_single
from vimd_core.errors import CheckpointError, ImageError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.processes.runtime import prepare_process

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vimd_core.api.comparison import Comparison
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.inference.prediction import Prediction
    from vimd_core.inference.predictor import Predictor

Precision = Literal["auto", "float32", "bfloat16", "float16"]
"""Number format of convolutions and matrix products."""
Images = ImageSource | Iterable[ImageSource]
"""One image or several: a list, an array (N, H, W, 3), or any iterable, such as a generator."""


class Model:
    """A model that is ready to predict; made by `load`, `retrain` and `distill`.

    It may be used from several threads: their calls take turns.

    Attributes:
        path: its file, a model bundle (.safetensors).
        info: all that the file says of it: networks, classes, training, licence.
        comparison: of a model that `retrain` has made, with the one before; None of others, and where nothing was held
            back to compare on.
    """

    def __init__(self, predictor: Predictor, path: Path) -> None:
        self.path = path
        self.info: BundleInfo = predictor.info
        self._predictor = predictor
        self._turn = threading.Lock()
        self.comparison: Comparison | None = None
        self._keeps: object = None

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self.info.name

    @property
    def id(self) -> str:
        """Identity of its weights and class names: 64 hexadecimal digits."""
        return self._predictor.model_id

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of its K classes, in the order of all probabilities."""
        return self.info.classes

    @property
    def input_size_px(self) -> tuple[int, int]:
        """(H, W): height and width that every image is brought to before it is enlarged."""
        return shape_px(self.info.config.lr_size_px)

    @property
    def upscale(self) -> int:
        """How much the super-resolution network enlarges height and width."""
        return self.info.config.super_resolution.upscale

    @property
    def device(self) -> str:
        """Where it computes: "cpu", "cuda" or "mps"."""
        return self._predictor.device

    @property
    def notice(self) -> str:
        """One sentence that says where it computes, and why not elsewhere."""
        return str(self._predictor.notice)

    @property
    def batch_size(self) -> int:
        """Images that are computed at a time; halved by itself when memory runs out."""
        return self._predictor.batch_size

    def predict(
        self, images: Images, *, on_error: Callable[[ImageSource, ImageError], None] | None = None
    ) -> list[CapturePrediction]:
        """Classify images.

        Args:
            images: one image or several, mixed as you like: paths of image files; arrays (H, W, 3) RGB or (H, W)
                grey, uint8 from 0 to 255, uint16 from 0 to 65535 or floating point from 0 to 1; Pillow images of any
                mode. Any size; each is brought to `input_size_px`. An iterable is read batch by batch, so that a
                generator never has to hold all images.
            on_error: is told of each image that can't be read, with the reason; it is then left out. None raises.

        Returns:
            One prediction for each image, in order.

        Raises:
            ImageError: an image is missing, damaged, or has another shape, type or range.
            DeviceError: the device has not enough memory for a single image.

        Examples:
            >>> import numpy as np
            >>> grey = np.full((20, 30), 128, np.uint8)
            >>> [prediction] = model.predict([grey])
            >>> prediction.probabilities.shape == (len(model.classes),)
            True
            >>> (prediction.height_px, prediction.width_px)
            (20, 30)
            >>> len(model.predict(grey for _ in range(3)))
            3
        """
        return list(self.predict_iter(images, on_error=on_error))

    def predict_iter(
        self, images: Images, *, on_error: Callable[[ImageSource, ImageError], None] | None = None
    ) -> Iterator[CapturePrediction]:
        """The same one after the other, for what never ends or is not to be kept: images are asked for as needed.

        Args:
            images: as for `predict`.
            on_error: as for `predict`.

        Yields:
            A prediction for each image, in order, at most a few batches after the image was taken.

        Raises:
            ImageError: as `predict`.
            DeviceError: as `predict`.
        """
        with contextlib.closing(
            read_batches(
                ((source, source) for source in listed(images)),
                batch_size=self.batch_size,
                size_px=self.info.config.lr_size_px,
            )
        ) as batches:
            for batch in batches:
                yield from self._predict_batch(batch, on_error)

    def _predict_batch(
        self,
        batch: list[ReadCapture[ImageSource]],
        on_error: Callable[[ImageSource, ImageError], None] | None,
    ) -> Iterator[CapturePrediction]:
        read: list[tuple[ReadCapture[ImageSource], npt.NDArray[np.uint8]]] = []
        for capture in batch:
            if capture.image is not None:
                read.append((capture, capture.image))
                continue
            assert capture.error is not None
            if on_error is None:
                raise ImageError.of(capture.error)
            on_error(capture.key, ImageError.of(capture.error))
        with self._turn:
            predictions = self._predictor.predict([image for _, image in read], with_bicubic=False)
        for (capture, image), prediction in zip(read, predictions, strict=True):
            yield CapturePrediction(
                prediction,
                self.classes,
                path=capture.path if capture.path.name else None,
                size_px=(capture.height_px, capture.width_px),
                notice=str(capture.notice or ""),
                again=self._both_views_of(image),
            )

    def _both_views_of(self, image: npt.NDArray[np.uint8]) -> Callable[[], Prediction]:
        """What computes the costly rest for one image later on."""

        def compute() -> Prediction:
            with self._turn:
                [prediction] = self._predictor.predict([image], with_sr_views=True)
            return prediction

        return compute

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Copy its file, whole or not at all.

        Args:
            path: where to; a file that is there is replaced.

        Raises:
            CheckpointError: it can't be written.
        """
        target = as_path("path", path)
        try:
            with atomic_write(target) as temporary:
                shutil.copyfile(self.path, temporary)
        except OSError as e:
            raise CheckpointError(
                "The model can't be written to {path} ({reason}).", path=target, reason=e.strerror or e
            ) from e
        return target

    def compared(self, comparison: Comparison | None, *, keeps: object = None) -> Model:
        """The same model, which knows how it does against the one before.

        Args:
            comparison: with that one.
            keeps: what must live as long as it does, such as the temporary folder in which its file lies.
        """
        self.comparison, self._keeps = comparison, keeps
        return self

    @contextlib.contextmanager
    def alone(self) -> Iterator[Predictor]:
        """The predictor beneath, while no other thread uses it."""
        with self._turn:
            yield self._predictor

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {len(self.classes)} classes, on {self.device}>"


def load(
    model: str | os.PathLike[str],
    *,
    device: str = "auto",
    precision: Precision = "auto",
    batch_size: int | None = None,
) -> Model:
    """Load a model.

    Args:
        model: a file; the name of a model that comes with ViMD, such as "traffic-signs-compact"; or "NAME.vimd", the
            active model of a project, and "NAME.vimd:MODEL", where MODEL is the number or name of one of its models.
        device: "auto" takes a GPU where one can be used; or "cuda", "cuda:1", "mps", "cpu".
        precision: "auto" takes the narrowest number format that the device computes natively.
        batch_size: images that are computed at a time; None finds it from the free memory.

    Raises:
        CheckpointError: there is no such model, or its file is damaged or none.
        DeviceError: the device is not there, or there is no such precision.
        ConfigError: `batch_size` is less than 1, or `model` is no path.

    Examples:
        >>> import vimd_core as vimd
        >>> model = vimd.load("traffic-signs-compact", device="cpu")
        >>> len(model.classes), model.input_size_px, model.upscale
        (43, (32, 32), 4)
        >>> vimd.load("traffic-sings-compact")
        Traceback (most recent call last):
        ...
        vimd_core.errors.CheckpointError: There is no file and no bundled model traffic-sings-compact: did you mean ...
    """
    prepare_process()  # before torch is loaded
    from vimd_core.inference.predictor import Predictor

    path = find_model(as_path("model", model))
    if batch_size is not None:
        batch_size = as_whole_number("batch_size", batch_size, least=1)
    return Model(Predictor.load(path, device=device, precision=precision, batch_size=batch_size), path)


def as_model(model: Model | str | os.PathLike[str], *, device: str = "auto") -> Model:
    """A model as it is, or loaded."""
    return model if isinstance(model, Model) else load(model, device=device)


def listed(images: Images) -> Iterable[ImageSource]:
    """Several images; a single one is a list of one.

    Raises:
        ImageError: it is neither an image nor several.
    """
    if is_single(images):
        return [images]  # type: ignore[list-item]
    if isinstance(images, Iterable):
        return images
    raise ImageError(
        "Images must be a path, a NumPy array, a Pillow image, or several of these, not {kind}.",
        kind=type(images).__name__,
    )
