"""Classification requests of the window: load a model, classify captures, super-resolve one, explain one."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vimd_core.checkpoints.identity import answer_settings
from vimd_core.config import SizePx
from vimd_core.data.datasets.capture_batches import ReadCapture, read_batches, read_capture
from vimd_core.errors import ImageError, WorkerError
from vimd_core.inference.explanation import explain
from vimd_core.inference.prediction import Prediction
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.messages import Float16Matrix, Float32Matrix, Pixels
from vimd_core.throughput import ThroughputMeter
from vimd_core.worker.messages import (
    DEFAULT_TOP_K,
    BatchProgress,
    Cancelled,
    CaptureFile,
    Classification,
    Classified,
    ClassifiedDirectly,
    Classify,
    ClassifyDirectly,
    Explain,
    Explained,
    Finished,
    LoadModel,
    LookAt,
    Looked,
    ModelLoaded,
    SuperResolve,
    UnreadableCapture,
    View,
)
from vimd_core.worker.serving import ServedRequest, serves


@serves(LoadModel)
def load_model(request: LoadModel, job: ServedRequest) -> ModelLoaded:
    """Load a model; only when it is whole does it take the place of the one in use."""
    predictor = Predictor.load(request.path, device=request.device)
    predictor.warm_up()
    job.use(predictor)
    info = predictor.info
    return ModelLoaded(
        model_id=predictor.model_id,
        name=info.name,
        preset=info.config.preset,
        classes=tuple(info.classes),
        lr_size_px=info.config.smallest_lr_side_px,
        upscale=info.config.super_resolution.upscale,
        device=predictor.device,
        backend=predictor.scan_backend,
        notice=predictor.notice,
        settings=dict(answer_settings(info)),
    )


@serves(Classify)
def classify(request: Classify, job: ServedRequest) -> Finished | Cancelled:
    """Classify captures in batches."""
    predictor = job.predictor
    meter = ThroughputMeter(len(request.captures))
    unreadable = 0
    batches = read_batches(
        [(one.id, one.path) for one in request.captures],
        batch_size=request.batch_size or predictor.batch_size,
        size_px=predictor.info.config.lr_size_px,
    )
    with contextlib.closing(batches):
        for batch in batches:
            if job.is_cancelled():
                return Cancelled(meter.done)
            read = [capture for capture in batch if capture.image is not None]
            images = [capture.image for capture in read if capture.image is not None]
            found = predictor.predict(images) if images else []
            meter.advance(len(batch))
            unreadable += len(batch) - len(read)
            pace = BatchProgress(meter.done, meter.total, meter.rate_per_s, meter.eta_s)
            results = tuple(
                _classification(*pair, top_k=request.top_k) for pair in zip(read, found, strict=True)
            )
            problems = tuple(UnreadableCapture(one.key, one.error) for one in batch if one.error is not None)
            job.tell(Classified(results, problems, _features(found), pace))
    return Finished(meter.done, unreadable, meter.elapsed_s)


@serves(SuperResolve)
def super_resolve(request: SuperResolve, job: ServedRequest) -> View:
    """Enlarge one capture."""
    predictor = job.predictor
    capture, image = _read(request.capture, predictor.info.config.lr_size_px)
    (prediction,) = predictor.predict([image], with_sr_views=True)
    if prediction.sr_view is None:
        raise WorkerError("The model gave no super-resolved view of {path}.", path=request.capture.path)
    return View(_pixels(prediction.sr_view), _classification(capture, prediction, top_k=DEFAULT_TOP_K))


@serves(LookAt)
def look_at(request: LookAt, job: ServedRequest) -> Looked:
    """Classify images that are no files."""
    images = [look.to_numpy() for look in request.looks]
    found = job.predictor.predict(images, with_sr_views=request.with_views, with_bicubic=False)
    views = [one.sr_view for one in found if one.sr_view is not None]
    if views and views[0].shape[0] != views[0].shape[1]:
        views = []  # the live view shows squares
    return Looked(tuple(tuple(one.top(request.top_k)) for one in found), tuple(map(_pixels, views)))


@serves(ClassifyDirectly)
def classify_directly(request: ClassifyDirectly, job: ServedRequest) -> ClassifiedDirectly:
    """Classify without super-resolution."""
    predictor = job.predictor
    _, image = _read(request.capture, predictor.info.config.classifier.image_size_px)
    probabilities, _ = predictor.classify_views(image[None].astype(np.float32) / 255.0)
    top = Prediction(probabilities[0], probabilities[0]).top(request.top_k)
    return ClassifiedDirectly(request.capture.id, tuple(top))


@serves(Explain)
def explain_capture(request: Explain, job: ServedRequest) -> Explained:
    """Find out where the model looked."""
    predictor = job.predictor
    _, image = _read(request.capture, predictor.info.config.lr_size_px)
    if request.class_index is not None and request.class_index >= len(predictor.info.classes):
        raise WorkerError("The model has no class number {number}.", number=request.class_index)
    found = explain(predictor, image, request.class_index)
    return Explained(
        id=request.capture.id,
        heat=Float32Matrix.of(np.ascontiguousarray(found.heat, np.float32)),
        class_index=found.class_index,
        probability=found.probability,
        largest_loss=found.largest_loss,
        method=found.method,
    )


def _classification(capture: ReadCapture[int], prediction: Prediction, *, top_k: int) -> Classification:
    return Classification(
        capture.key,
        capture.width_px,
        capture.height_px,
        tuple(prediction.top(top_k)),
        tuple(prediction.bicubic_top(top_k)),
        prediction.disagreement,
        capture.file_size_bytes,
        capture.modified_ns,
    )


def _features(found: Sequence[Prediction]) -> Float16Matrix:
    vectors = [one.features for one in found if one.features is not None]
    return Float16Matrix.of(np.stack(vectors) if vectors else np.empty((0, 0), np.float16))


def _pixels(image: npt.NDArray[np.uint8]) -> Pixels:
    return Pixels.of(np.ascontiguousarray(image))


def _read(capture: CaptureFile, size_px: SizePx) -> tuple[ReadCapture[int], npt.NDArray[np.uint8]]:
    read = read_capture(capture.id, capture.path, size_px)
    if read.image is None:
        assert read.error is not None
        raise ImageError.of(read.error)
    return read, read.image
