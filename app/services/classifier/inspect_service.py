"""Gathers what the inspector shows of the one capture that is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.capture_files.near_views import find_near_view
from app.domain.records import CaptureDetail
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.classifier.worker_client import WorkerClient, WorkerState
from app.services.pictures.image_service import ImageService
from app.services.pictures.thumbnails import pixels_to_qimage, to_qimage
from app.services.project_service import ProjectService
from app.services.tasks import Task
from vimd_core.errors import ImageError
from vimd_core.user_messages import Sentence
from vimd_core.worker.messages import (
    Answer,
    CaptureFile,
    ClassifiedDirectly,
    ClassifyDirectly,
    Failed,
    SuperResolve,
    View,
)

_CACHED_VIEWS: Final = 64
_MAX_ENLARGED_SIDE_PX: Final = 2048
_DEFAULT_UPSCALE: Final = 4


@dataclass(frozen=True)
class PlainViews:
    """A capture as it is, and enlarged by bicubic interpolation; or why it can't be shown."""

    original: QImage | None
    bicubic: QImage | None
    problem: Sentence | None = None


@dataclass(frozen=True)
class NearView:
    """A picture of the same thing from nearer by, or in higher resolution."""

    path: Path
    image: QImage


@dataclass(frozen=True)
class NearAnswer:
    """What the model's classifier says of a near view, given to it without super-resolution: as a teacher.

    Attributes:
        class_id: the likeliest class.
        class_name: of it.
        probability: of it, in 0 to 1.
    """

    class_id: int
    class_name: str
    probability: float


class InspectService(QObject):
    """Follows one capture at a time; what comes for an earlier one is dropped."""

    detail_changed = Signal(object)  # CaptureDetail, or None
    shown = Signal(int)  # a capture whose file is being read
    plain_views_changed = Signal(object)  # PlainViews
    sr_view_changed = Signal(object)  # QImage, or None while there is none
    sr_view_missing = Signal(object)  # why
    near_view_changed = Signal(object)  # NearView, or None
    near_answered = Signal(object)  # NearAnswer

    def __init__(
        self,
        projects: ProjectService,
        worker: WorkerClient,
        images: ImageService,
        classify: ClassifyService,
        suggestions: SuggestionState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggestions = suggestions
        self._projects = projects
        self._worker = worker
        self._images = images
        self._classify = classify
        self._capture_id: int | None = None
        self._detail: CaptureDetail | None = None
        self._detail_task: Task | None = None
        self._request_id: int | None = None
        self._near_request_id: int | None = None
        self._near_view: NearView | None = None
        self._sr_views: OrderedDict[int, QImage] = OrderedDict()
        images.done.connect(self._on_image)
        classify.model_loaded.connect(self._on_model_loaded)
        classify.classes_changed.connect(
            self._ask_about_near_view
        )  # comes when the model is known to the project
        suggestions.changed.connect(self._on_suggestions)
        projects.closing.connect(self._on_project_closing)

    @property
    def capture_id(self) -> int | None:
        """The capture that is looked at."""
        return self._capture_id

    def show(self, capture_id: int | None) -> None:
        """Look at another capture, or at none."""
        if capture_id == self._capture_id:
            return
        self._capture_id = capture_id
        self._detail = None
        self._drop_requests()
        if capture_id is None:
            self.detail_changed.emit(None)
            return
        self._read_detail()

    def forget_pictures(self, ids: Sequence[int]) -> None:
        """The files of some captures hold something else now: look at them anew."""
        for capture_id in ids:
            self._sr_views.pop(capture_id, None)
        if self._capture_id in ids:
            self._detail = None
            self._drop_requests()
            self._read_detail()

    def refresh(self, changed_ids: object) -> None:
        """Read the capture again if it is among those that have changed."""
        if isinstance(changed_ids, list | tuple) and self._capture_id in changed_ids:
            self._read_detail()

    def _read_detail(self) -> None:
        capture_id = self._capture_id
        if capture_id is not None:
            if self._detail_task is not None:
                self._detail_task.cancel()
            self._detail_task = self._projects.read(lambda unit: unit.detail(capture_id), self._on_detail)

    def _on_detail(self, detail: CaptureDetail | None) -> None:
        is_first = self._detail is None
        self._detail = detail = self._with_suggestion(detail)
        self.detail_changed.emit(detail)
        if detail is not None and is_first:
            path = detail.row.path
            self._images.request(("views", detail.row.id), partial(_load_views, path))
            self._images.request(("near", detail.row.id), partial(_load_near_view, path))
            self._show_sr_view(detail)
            self.shown.emit(detail.row.id)

    def _on_suggestions(self) -> None:
        """Say of the capture that is looked at what is suggested now."""
        detail = self._with_suggestion(self._detail)
        if detail != self._detail:
            self._detail = detail
            self.detail_changed.emit(detail)

    def _with_suggestion(self, detail: CaptureDetail | None) -> CaptureDetail | None:
        if detail is None:
            return None
        capture_id, state = detail.row.id, self._suggestions
        is_open = detail.label_class_id is None  # a label outranks what is suggested
        row = replace(
            detail.row,
            suggestion=state.of(capture_id) if is_open else None,
            is_suggestion_shown=state.are_shown,
        )
        return replace(detail, row=row, suggested=state.top_of(capture_id))

    def _show_sr_view(self, detail: CaptureDetail) -> None:
        known = self._sr_views.get(detail.row.id)
        if known is not None:
            self._sr_views.move_to_end(detail.row.id)
            self.sr_view_changed.emit(known)
            return
        self.sr_view_changed.emit(None)
        if not self._classify.is_model_loaded or self._worker.state not in (
            WorkerState.READY,
            WorkerState.BUSY,
        ):
            self.sr_view_missing.emit(self.tr("Waiting for the model"))
            return
        if detail.row.problem is not None:
            self.sr_view_missing.emit(self.tr("Not available"))
            return
        self._request_id = self._worker.send(
            SuperResolve(CaptureFile(detail.row.id, detail.row.path)),
            on_answer=self._on_view_answer,
            on_crash=self._on_view_crash,
        )

    def _on_view_answer(self, answer: Answer) -> None:
        self._request_id = None
        if not isinstance(answer, View):
            self.sr_view_missing.emit(answer.reason if isinstance(answer, Failed) else "")
            return
        image = pixels_to_qimage(answer.pixels)
        capture_id = answer.result.id
        self._sr_views[capture_id] = image
        while len(self._sr_views) > _CACHED_VIEWS:
            self._sr_views.popitem(last=False)
        if capture_id == self._capture_id:
            self.sr_view_changed.emit(image)

    def _on_view_crash(self, _reason: Sentence) -> None:
        self._request_id = None
        self.sr_view_missing.emit(self.tr("The classifier stopped while enlarging this capture"))

    def _on_image(self, key: object, result: object) -> None:
        if key == ("views", self._capture_id) and isinstance(result, PlainViews):
            self.plain_views_changed.emit(result)
        elif key == ("near", self._capture_id) and isinstance(result, NearView):
            self._near_view = result
            self.near_view_changed.emit(result)
            self._ask_about_near_view()

    def _ask_about_near_view(self) -> None:
        view, capture_id, model = self._near_view, self._capture_id, self._classify.model
        is_up = self._worker.is_up
        if (
            view is None
            or capture_id is None
            or model is None
            or not is_up
            or self._near_request_id is not None
        ):
            return
        classes = self._classify.class_names

        def on_answer(answer: Answer) -> None:
            self._near_request_id = None
            if not isinstance(answer, ClassifiedDirectly) or capture_id != self._capture_id:
                return  # the picture is shown; what the model says of it is an extra
            index, probability = answer.top[0]
            self.near_answered.emit(NearAnswer(model.class_ids[index], classes[index], probability))

        self._near_request_id = self._worker.send(
            ClassifyDirectly(CaptureFile(capture_id, view.path), top_k=1),
            on_answer=on_answer,
            on_crash=lambda _last_words: None,
        )

    def _on_model_loaded(self, _name: str, _notice: object) -> None:
        self._sr_views.clear()
        if self._detail is not None:
            self._show_sr_view(self._detail)

    def _on_project_closing(self) -> None:
        self._sr_views.clear()
        self.show(None)

    def _drop_requests(self) -> None:
        if self._request_id is not None:
            self._worker.cancel(self._request_id)
            self._worker.forget(self._request_id)
            self._request_id = None
        if self._near_request_id is not None:
            self._worker.cancel(self._near_request_id)
            self._worker.forget(self._near_request_id)
            self._near_request_id = None
        self._near_view = None
        self.near_view_changed.emit(None)


def _load_views(path: Path) -> PlainViews:
    from PIL import Image

    from vimd_core.data.images.decoding import decode_image

    try:
        pixels = decode_image(path)
    except ImageError as e:
        return PlainViews(None, None, e.sentence)
    height, width, _ = pixels.shape
    factor = max(1.0, min(_DEFAULT_UPSCALE, _MAX_ENLARGED_SIDE_PX / max(width, height)))
    import numpy as np

    enlarged = Image.fromarray(pixels).resize(
        (round(width * factor), round(height * factor)), Image.Resampling.BICUBIC
    )
    return PlainViews(to_qimage(pixels), to_qimage(np.asarray(enlarged)))


def _load_near_view(path: Path) -> NearView | None:
    from vimd_core.data.images.decoding import decode_image

    near = find_near_view(path)
    if near is None:
        return None
    try:
        return NearView(near, to_qimage(decode_image(near)))
    except ImageError:
        return None  # an extra: what is wrong with it would only distract
