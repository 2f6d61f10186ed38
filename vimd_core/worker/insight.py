"""What the child process finds out from embeddings, and from a closer look at one capture."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from vimd_core.config import SizePx
from vimd_core.data.datasets.capture_batches import read_batches, read_capture
from vimd_core.embeddings.coverage import worth_labelling
from vimd_core.embeddings.file import StoredEmbeddings, open_embeddings
from vimd_core.embeddings.label_errors import FOLDS, are_enough, doubted_labels
from vimd_core.embeddings.layout import LayoutCancelledError, lay_out
from vimd_core.embeddings.search import Ids, Scores, similar, stored_vectors, unit_vectors, unlike
from vimd_core.errors import ImageError, WorkerError
from vimd_core.inference.explanation import explain
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.atomic_files import whole_file
from vimd_core.processes.rate import RateMeter
from vimd_core.worker.fields import (
    DEFAULT_TOP_K,
    absent_field,
    captures_field,
    count_field,
    id_field,
    ids_of_payload,
    text_field,
    top_fields,
)
from vimd_core.worker.requests import Request

_DEFAULT_RANKING: Final = 500
_Steps = Generator[None, None, None]


class Answer(Protocol):
    """Sends an answer to a request."""

    def __call__(self, request: Request, kind: str, /, *, payload: bytes = b"", **fields: Any) -> None:
        """Send it."""


class InsightServices:
    """Services as `Services` has them.

    Args:
        answer: sends answers.
        predictor: gives the loaded predictor, or raises.
        pause: lets urgent requests overtake; called in the middle of long computations.
    """

    def __init__(self, answer: Answer, predictor: Callable[[], Predictor], pause: Callable[[], None]) -> None:
        self._answer = answer
        self._predictor = predictor
        self._pause = pause
        self.services: dict[str, Callable[[Request], _Steps]] = {
            "embed": self._embed,
            "find_similar": self._find_similar,
            "find_unlike": self._find_unlike,
            "find_label_errors": self._find_label_errors,
            "find_worth_labelling": self._find_worth_labelling,
            "lay_out": self._lay_out,
            "explain": self._explain,
            "classify_directly": self._classify_directly,
        }

    def _embed(self, request: Request) -> _Steps:
        predictor = self._predictor()
        captures = captures_field(request.message)
        batch_size = count_field(request.message, "batch_size") or predictor.batch_size
        meter = RateMeter(len(captures))
        unreadable = 0
        batches = read_batches(captures, batch_size=batch_size, size_px=predictor.info.config.lr_size_px)
        with contextlib.closing(batches):
            for batch in batches:
                if request.cancelled.is_set():
                    self._answer(request, "cancelled", done=meter.done)
                    return
                read = [capture for capture in batch if capture.image is not None]
                found = predictor.predict([capture.image for capture in read if capture.image is not None])
                vectors = [one.embedding for one in found if one.embedding is not None]
                meter.advance(len(batch))
                unreadable += len(batch) - len(read)
                self._answer(
                    request,
                    "embedded",
                    payload=np.stack(vectors).tobytes() if vectors else b"",
                    ids=[capture.key for capture in read],
                    embedding_dim=len(vectors[0]) if vectors else 0,
                    done=meter.done,
                    total=meter.total,
                    rate_per_s=meter.rate_per_s,
                    eta_s=meter.eta_s,
                )
                yield
        self._answer(request, "finished", done=meter.done, unreadable=unreadable, elapsed_s=meter.elapsed_s)

    def _find_similar(self, request: Request) -> _Steps:
        stored, top_k = self._stored(request), self._top_k(request)
        self._rank(request, stored, *similar(stored, ids_of_payload(request.message), top_k))
        yield from ()

    def _find_unlike(self, request: Request) -> _Steps:
        stored, top_k = self._stored(request), self._top_k(request)

        def is_cancelled() -> bool:
            self._pause()
            return request.cancelled.is_set()

        labelled = ids_of_payload(request.message)
        ranking = unlike(stored, labelled, top_k, is_cancelled=is_cancelled)
        if request.cancelled.is_set():
            self._answer(request, "cancelled", done=0)
        else:
            self._rank(request, stored, *ranking)
        yield from ()

    def _find_worth_labelling(self, request: Request) -> _Steps:
        stored, top_k = self._stored(request), self._top_k(request)

        def is_cancelled() -> bool:
            self._pause()
            return request.cancelled.is_set()

        numbers = ids_of_payload(request.message) if request.message.payload else np.empty(0, np.int64)
        if len(numbers) % 2:
            raise WorkerError("The request find_worth_labelling needs as many marks as ids.")
        ids, is_labelled = np.split(numbers, 2)
        found = worth_labelling(
            stored,
            ids[is_labelled > 0],
            top_k,
            excluded=ids[is_labelled == 0],
            is_cancelled=is_cancelled,
        )
        if request.cancelled.is_set():
            self._answer(request, "cancelled", done=0)
        else:
            self._rank(request, stored, found, np.zeros(len(found), np.float32))
        yield from ()

    def _find_label_errors(self, request: Request) -> _Steps:
        stored = self._stored(request)
        numbers = ids_of_payload(request.message)
        if len(numbers) % 3:
            raise WorkerError("The request find_label_errors needs ids, labels and groups of one length.")
        ids, labels, groups = np.split(numbers, 3)
        places, vectors = unit_vectors(stored, ids)
        ids, labels, groups = ids[places], labels[places], groups[places]

        def on_fold(done: int) -> bool:
            self._answer(request, "progress", share=done / FOLDS)
            self._pause()
            return not request.cancelled.is_set()

        found = doubted_labels(vectors, labels, groups, on_fold=on_fold)
        if request.cancelled.is_set():
            self._answer(request, "cancelled", done=0)
            return
        self._answer(
            request,
            "doubts",
            payload=ids[found.places].tobytes() + found.suggested.tobytes() + found.margins.tobytes(),
            count=len(found.places),
            checked=found.checked,
            classes=found.classes,
            enough=are_enough(labels),
            grouped=found.is_grouped,
        )
        yield from ()

    def _lay_out(self, request: Request) -> _Steps:
        stored = self._stored(request)
        cache = Path(text_field(request.message, "cache"))
        rows = np.flatnonzero(stored.ids > 0)
        ids = stored.ids[rows]
        places = _read_layout(cache, ids)
        is_cached = places is not None
        if places is None:

            def on_progress(share: float) -> bool:
                self._answer(request, "progress", share=share)
                self._pause()
                return not request.cancelled.is_set()

            vectors = stored_vectors(stored)
            try:
                places = lay_out(
                    vectors if len(rows) == len(vectors) else vectors[rows], on_progress=on_progress
                ).numpy()
            except LayoutCancelledError:
                self._answer(request, "cancelled", done=0)
                return
            # It is only saved to be quick the next time.
            with contextlib.suppress(OSError), whole_file(cache) as temporary, temporary.open("wb") as file:
                np.savez(file, ids=ids, places=places)
        payload = ids.tobytes() + places.astype(np.float32).tobytes()
        self._answer(request, "layout", payload=payload, count=len(ids), cached=is_cached)
        yield from ()

    def _explain(self, request: Request) -> _Steps:
        predictor = self._predictor()
        image, capture_id = _read(request, predictor.info.config.lr_size_px)
        class_index = request.message.fields.get("class_index")
        classes = len(predictor.info.classes)
        if class_index is not None and not (isinstance(class_index, int) and 0 <= class_index < classes):
            raise WorkerError("The model has no class number {class_index}.", class_index=repr(class_index))
        found = explain(predictor, image, class_index)
        height, width = found.heat.shape
        self._answer(
            request,
            "explanation",
            payload=found.heat.tobytes(),
            id=capture_id,
            width_px=width,
            height_px=height,
            class_index=found.class_index,
            probability=found.probability,
            largest_loss=found.largest_loss,
            method=found.method,
        )
        yield from ()

    def _classify_directly(self, request: Request) -> _Steps:
        predictor = self._predictor()
        image, capture_id = _read(request, predictor.info.config.classifier.image_size_px)
        top_k = count_field(request.message, "top_k") or DEFAULT_TOP_K
        probabilities, _ = predictor.classify_views(image[None].astype(np.float32) / 255.0)
        self._answer(request, "answer", id=capture_id, top=top_fields(probabilities[0], top_k))
        yield from ()

    def _stored(self, request: Request) -> StoredEmbeddings:
        """What is known of captures, without those that are not in the project any more."""
        stored = open_embeddings(Path(text_field(request.message, "embeddings")))
        absent = absent_field(request.message)
        if len(absent):
            stored.ids[np.isin(stored.ids, absent)] = 0
        return stored

    def _top_k(self, request: Request) -> int:
        return count_field(request.message, "top_k") or _DEFAULT_RANKING

    def _rank(self, request: Request, stored: StoredEmbeddings, ids: Ids, scores: Scores) -> None:
        self._answer(
            request,
            "ranking",
            payload=ids.astype("<i8").tobytes() + scores.astype("<f4").tobytes(),
            count=len(ids),
            searched=int((stored.ids > 0).sum()),
        )


def _read(request: Request, size_px: SizePx) -> tuple[npt.NDArray[np.uint8], int]:
    path = Path(text_field(request.message, "path"))
    capture = read_capture(id_field(request.message), path, size_px)
    if capture.image is None:
        raise ImageError(capture.error)
    return capture.image, capture.key


def _read_layout(cache: Path, ids: Ids) -> npt.NDArray[np.float32] | None:
    """A map that was computed for exactly these captures; None when there is none, or it is damaged."""
    try:
        with np.load(cache, allow_pickle=False) as file:
            places: npt.NDArray[np.float32] = file["places"]
            is_same = bool(np.array_equal(file["ids"], ids)) and places.shape == (len(ids), 2)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return places if is_same and bool(np.isfinite(places).all()) else None
