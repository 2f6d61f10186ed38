"""Looks at one source live: its newest frame, and what the model says of its regions at that moment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.worker_client import WorkerClient
from app.services.pictures.thumbnails import pixels_to_qimage
from app.services.streams.stream_service import StreamService
from vimd_core.processes.messages import Pixels
from vimd_core.worker.messages import Answer, LookAt, Looked

if TYPE_CHECKING:
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sightings.sightings import Look

_EVERY_MS: Final = 100
# A source that has no frame yet says nothing, and a process that died forgets what it was asked.
_ASK_AGAIN_S: Final = 1.0
# Where nothing has changed for so long there may be nothing but the scene itself.
_STILL_AFTER_S: Final = 10.0


class LiveState(Enum):
    """What can be said of a thing."""

    ASKED = auto()  # the model has not said anything of it yet
    PLAIN = auto()  # an even surface: there is nothing to say
    STILL = auto()  # answered, but nothing has changed there for long: it may be the empty scene
    ANSWERED = auto()


@dataclass(frozen=True)
class LiveAnswer:
    """What is in a region now, and what the model says of that very thing.

    Attributes:
        region: its name; empty for the whole frame.
        box: left, top, width and height in the frame, in px.
        image: as the source shows it.
        state: what can be said of it.
        sr_view: as the model saw it; None while it was not asked.
        name: the likeliest class; empty while it was not asked.
        probability: of it, in 0 to 1.
    """

    region: str
    box: tuple[int, int, int, int]
    image: QImage
    state: LiveState
    sr_view: QImage | None = None
    name: str = ""
    probability: float = 0.0


@dataclass(frozen=True)
class _Said:
    """What the model said of a thing last."""

    name: str
    probability: float
    sr_view: QImage


class LiveService(QObject):
    """Follows one source at a time.

    At most one frame is asked for, and at most one is with the model: what comes meanwhile is shown and not classified,
    so that an answer is never about a frame that waited. An answer belongs to the thing that it was asked about: in
    each frame it stands at that thing, wherever it is, and at no other one that came in its place.
    """

    frame_came = Signal(object)  # ShownFrame
    things_changed = Signal(object)  # list of LiveAnswer, what is in the newest frame
    answered = Signal(float)  # ms from the frame's arrival to now

    def __init__(
        self,
        streams: StreamService,
        worker: WorkerClient,
        classify: ClassifyService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._streams = streams
        self._worker = worker
        self._classify = classify
        self._stream_id: int | None = None
        self._max_side_px = 0
        self._asked_s: float | None = None
        self._request_id: int | None = None
        self._frame: ShownFrame | None = None
        self._classified = 0  # number of the frame that was
        self._said: dict[tuple[str, int], _Said] = {}  # by region and thing
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._ask)
        streams.frame_came.connect(self._on_frame)
        worker.stopped.connect(self._on_worker_stopped)

    @property
    def stream_id(self) -> int | None:
        """The source that is looked at."""
        return self._stream_id

    def follow(self, stream_id: int | None, max_side_px: int = 0) -> None:
        """Look at another source, or at none.

        Args:
            stream_id: the source.
            max_side_px: of the frames that are shown; regions are always cut out of the frame as it is.
        """
        self._max_side_px = max_side_px
        if stream_id == self._stream_id:
            return
        self._drop_request()
        self._forget()
        self._stream_id = stream_id
        self._asked_s = None
        self._classify.set_live(stream_id is not None)
        if stream_id is None:
            self._timer.stop()
        else:
            self._timer.start()
            self._ask()

    def _ask(self) -> None:
        now_s = time.monotonic()
        if self._stream_id is None or (self._asked_s is not None and now_s - self._asked_s < _ASK_AGAIN_S):
            return
        self._asked_s = now_s
        self._streams.look(self._stream_id, self._max_side_px, with_looks=self._classify.is_model_loaded)

    @property
    def _may_classify(self) -> bool:
        return self._request_id is None and self._classify.is_model_loaded and self._worker.is_up

    def _on_frame(self, stream_id: int, frame: ShownFrame) -> None:
        if stream_id != self._stream_id:
            return
        self._asked_s = None
        if self._frame is not None and frame.number < self._frame.number:
            self._forget()  # its process, which numbers the things, is another one
        self._frame = frame
        self.frame_came.emit(frame)
        self._show_things()
        if frame.looks and frame.number != self._classified and self._may_classify:
            self._classified = frame.number
            self._request_id = self._worker.send(
                LookAt(tuple(Pixels.of(look.image) for _, look in frame.looks), top_k=1, with_views=True),
                on_answer=lambda answer: self._on_answer(frame, answer),
                on_crash=lambda _last_words: self._on_worker_stopped(),
            )

    def _on_answer(self, frame: ShownFrame, answer: Answer) -> None:
        self._request_id = None
        classes = self._classify.class_names
        if not isinstance(answer, Looked) or not classes:
            return
        views = [pixels_to_qimage(view) for view in answer.views] or [QImage()] * len(answer.tops)
        for (region, look), top, view in zip(frame.looks, answer.tops, views, strict=True):
            index, probability = top[0]
            self._said[region, look.thing] = _Said(classes[index], probability, view)
        self._show_things()
        self.answered.emit((time.monotonic_ns() - frame.taken_ns) / 1e6)

    def _show_things(self) -> None:
        """Say what is in the newest frame, each thing with what was said of it and not of another one."""
        looks = () if self._frame is None else self._frame.looks
        here = {(region, look.thing) for region, look in looks}
        self._said = {thing: said for thing, said in self._said.items() if thing in here}
        self.things_changed.emit(
            [_live_answer(region, look, self._said.get((region, look.thing))) for region, look in looks]
        )

    def _forget(self) -> None:
        self._frame = None
        self._classified = 0
        self._said = {}

    def _on_worker_stopped(self) -> None:
        self._request_id = None

    def _drop_request(self) -> None:
        if self._request_id is not None:
            self._worker.cancel(self._request_id)
            self._worker.forget(self._request_id)
            self._request_id = None


def _live_answer(region: str, look: Look, said: _Said | None) -> LiveAnswer:
    image = pixels_to_qimage(Pixels.of(look.image))
    if look.is_plain:
        return LiveAnswer(region, look.box, image, LiveState.PLAIN, None if said is None else said.sr_view)
    if said is None:
        return LiveAnswer(region, look.box, image, LiveState.ASKED)
    state = LiveState.STILL if look.still_s >= _STILL_AFTER_S else LiveState.ANSWERED
    return LiveAnswer(region, look.box, image, state, said.sr_view, said.name, said.probability)
