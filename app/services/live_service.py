"""Looks at one source live: its newest frame, and what the model says of its regions at that moment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.services.classify_service import ClassifyService
from app.services.stream_service import StreamService
from app.services.worker_client import WorkerClient, WorkerState
from vimd_core.worker.protocol import Message

if TYPE_CHECKING:
    from vimd_core.streaming.messages import ShownFrame

_EVERY_MS: Final = 100
# A source that has no frame yet says nothing, and a process that died forgets what it was asked.
_ASK_AGAIN_S: Final = 1.0


@dataclass(frozen=True)
class LiveAnswer:
    """What is in a region, and what the model says of it.

    Attributes:
        region: its name; empty for the whole frame.
        box: left, top, width and height in the frame, in px.
        image: as the source shows it.
        sr_view: as the model sees it.
        name: the likeliest class.
        probability: of it, in 0 to 1.
    """

    region: str
    box: tuple[int, int, int, int]
    image: QImage
    sr_view: QImage
    name: str
    probability: float


class LiveService(QObject):
    """Follows one source at a time.

    At most one frame is asked for, and at most one is with the model: what comes meanwhile is shown and not classified,
    so that an answer is never about a frame that waited.
    """

    frame_came = Signal(object)  # ShownFrame
    answered = Signal(object, float)  # list of LiveAnswer, ms from the frame's arrival to now

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
        self._streams.look(self._stream_id, self._max_side_px, with_looks=self._may_classify)

    @property
    def _may_classify(self) -> bool:
        return (
            self._request_id is None
            and self._classify.is_model_loaded
            and self._worker.state in (WorkerState.READY, WorkerState.BUSY)
        )

    def _on_frame(self, stream_id: int, frame: ShownFrame) -> None:
        if stream_id != self._stream_id:
            return
        self._asked_s = None
        self.frame_came.emit(frame)
        if frame.looks and self._may_classify:
            looks = [look for _, look in frame.looks]
            self._request_id = self._worker.send(
                "look_at",
                {
                    "looks": [
                        {"width_px": look.image.shape[1], "height_px": look.image.shape[0]} for look in looks
                    ],
                    "top_k": 1,
                    "with_views": True,
                },
                payload=b"".join(look.image.tobytes() for look in looks),
                on_answer=lambda message: self._on_answer(frame, message),
                on_crash=lambda _last_words: self._on_worker_stopped(),
            )

    def _on_answer(self, frame: ShownFrame, message: Message) -> None:
        self._request_id = None
        classes = self._classify.class_names
        if message.type == "looked" and classes:
            side = int(message.fields["view_px"])
            answers = [
                LiveAnswer(
                    name,
                    look.box,
                    _as_image(look.image.tobytes(), look.image.shape[1], look.image.shape[0]),
                    _as_image(message.payload[3 * side * side * i : 3 * side * side * (i + 1)], side, side),
                    classes[int(top[0][0])],
                    float(top[0][1]),
                )
                for i, ((name, look), top) in enumerate(zip(frame.looks, message.fields["tops"], strict=True))
            ]
            self.answered.emit(answers, (time.monotonic_ns() - frame.taken_ns) / 1e6)

    def _on_worker_stopped(self) -> None:
        self._request_id = None

    def _drop_request(self) -> None:
        if self._request_id is not None:
            self._worker.cancel(self._request_id)
            self._worker.forget(self._request_id)
            self._request_id = None


def _as_image(pixels: bytes, width: int, height: int) -> QImage:
    # A copy, because the image only refers to the bytes.
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
