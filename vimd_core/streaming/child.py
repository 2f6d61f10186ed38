"""The child process that reads one source."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import traceback
from dataclasses import replace
from typing import Final

from vimd_core.errors import VimdError, WorkerError
from vimd_core.processes.channel import Channel, take_over_standard_streams
from vimd_core.processes.child_process import EXIT_BAD_REQUEST, EXIT_FAILED, EXIT_HUNG, EXIT_PARENT_GONE

# Read by OpenCV and FFmpeg when they are loaded. What they say of a stream can hold its whole address.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
import msgspec

from vimd_core.processes.runtime import yield_to_windows
from vimd_core.streaming.grabbers.choosing import grabber_for
from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.messages import (
    FROM_SUPERVISOR,
    HEARTBEAT_INTERVAL_S,
    Configure,
    FromSupervisor,
    Open,
    Pause,
    Refused,
    Show,
    ShownFrame,
    Sighted,
    Snap,
    StatusHeartbeat,
    StopSource,
    Take,
)
from vimd_core.streaming.outbox import FrameSlot, Outbox
from vimd_core.streaming.reading import Reading
from vimd_core.streaming.sightings.pipeline import Pipeline, whole_look
from vimd_core.streaming.sightings.sightings import Sighting
from vimd_core.streaming.sources.addresses import SourceKind
from vimd_core.streaming.sources.redaction import redact, redact_tracebacks, redacted
from vimd_core.streaming.sources.regions import Region, outside_sentence
from vimd_core.streaming.sources.settings import CaptureSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus

_NICENESS: Final = 3  # behind the window, and before the model


def main() -> int:
    """Read the source that `open` names, until `StopSource` comes or the supervisor is gone.

    Returns:
        The exit code: 0 after `StopSource`.
    """
    if sys.stderr is not None:
        faulthandler.enable(file=sys.stderr)
    with contextlib.suppress(ValueError):
        # Ctrl+C in a terminal reaches the whole process group; the supervisor decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = take_over_standard_streams(on_lost=lambda: os._exit(EXIT_PARENT_GONE))
    threading.excepthook = _end_with
    redact_tracebacks()
    cv2.setNumThreads(1)
    yield_to_windows(_NICENESS)
    SourceProcess(channel).run()
    return 0


class SourceProcess:
    """Three threads: one reads the source, one listens to the supervisor and one beats; the main one looks at frames.

    Args:
        channel: the pipes.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._changed = threading.Condition()
        self._slot = FrameSlot(self._changed)
        self._outbox = Outbox()
        self._reading: Reading | None = None
        self._pipeline = Pipeline(CaptureSettings())
        self._regions: tuple[Region, ...] = ()
        self._latest: Frame | None = None
        self._takes_whole_files = False
        self._is_live = True
        self._is_folder = False
        self._is_paused = False
        self._is_snap_wanted = False
        self._is_flushed = False
        self._beat_now = threading.Event()
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until `StopSource`."""
        threading.Thread(target=self._beat, name="vimd-heartbeat", daemon=True).start()
        threading.Thread(target=self._listen, name="vimd-reader", daemon=True).start()
        while not self._slot.is_closed:
            with self._changed:
                self._changed.wait_for(self._has_work, timeout=HEARTBEAT_INTERVAL_S)
                frame = self._slot.take() if self._may_look() else None
                pipeline, is_snap_wanted = self._pipeline, self._is_snap_wanted and self._latest is not None
                if is_snap_wanted:
                    self._is_snap_wanted = False
            found: list[Sighting] = []
            if is_snap_wanted and self._latest is not None:
                found += pipeline.process(self._latest, on_demand=True)
            if frame is not None and not self._is_paused:
                found += self._look_at(pipeline, frame)
            elif frame is None and self._has_ended():
                found += pipeline.flush()
                self._is_flushed = True
                self._beat_now.set()
            self._send(found)
        self._ended.set()

    def _has_work(self) -> bool:
        can_send = self._outbox.credit > 0 and self._outbox.waiting > 0
        can_look = self._may_look() and not self._slot.is_empty
        return self._slot.is_closed or can_send or can_look or self._is_snap_wanted or self._has_ended()

    def _may_look(self) -> bool:
        # What is live can't wait, and gives up the oldest sightings instead; a file can.
        return self._is_live or not (self._outbox.is_full or self._is_paused)

    def _has_ended(self) -> bool:
        reading = self._reading
        return (
            reading is not None
            and not self._is_flushed
            and self._slot.is_empty
            and reading.status().state is StreamState.ENDED
        )

    def _look_at(self, pipeline: Pipeline, frame: Frame) -> list[Sighting]:
        if not self._takes_whole_files:
            return pipeline.process(frame)
        return [Sighting("", "file", (whole_look(frame),), frame.path, frame.content_hash)]

    def _send(self, found: list[Sighting]) -> None:
        ready: list[Sighting] = []
        with self._changed:
            for sighting in found:
                self._outbox.add(sighting)
            while (sighting_or_none := self._outbox.next()) is not None:
                ready.append(sighting_or_none)
        for sighting in ready:
            self._channel.send(Sighted(sighting))

    def _status(self) -> StreamStatus:
        reading = self._reading
        if reading is None:
            return StreamStatus(state=StreamState.CONNECTING)
        status = reading.status()
        state = status.state
        if state is StreamState.ENDED and not (self._is_flushed and self._outbox.waiting == 0):
            state = StreamState.LIVE  # what was read last is still on its way
        elif self._is_paused and state is StreamState.LIVE:
            state = StreamState.PAUSED
        return replace(
            status,
            state=state,
            notice=outside_sentence(self._regions, status.width_px, status.height_px)
            if status.width_px and not status.notice
            else status.notice,
            sightings=self._outbox.sent,
            missed=self._outbox.missed,
            waiting=self._outbox.waiting,
        )

    def _beat(self) -> None:
        while not self._ended.is_set():
            reading = self._reading
            if reading is not None and reading.is_hung:
                sys.stderr.write("its driver did not respond\n")
                sys.stderr.flush()
                os._exit(EXIT_HUNG)
            self._channel.send(StatusHeartbeat(self._status()))
            self._beat_now.wait(HEARTBEAT_INTERVAL_S)
            self._beat_now.clear()

    def _listen(self) -> None:
        try:
            for frame in self._channel.receive():
                try:
                    message = FROM_SUPERVISOR.decode(frame.body)
                    if isinstance(message, StopSource):
                        self._shut_down()
                        return
                    self._do(message)
                except VimdError as e:
                    self._channel.send(Refused(e.sentence.with_texts(redact)))
        except WorkerError as e:
            sys.stderr.write(f"{e}\n")
            sys.stderr.flush()
            os._exit(EXIT_BAD_REQUEST)
        os._exit(EXIT_PARENT_GONE)

    def _do(self, message: FromSupervisor) -> None:
        match message:
            case Open():
                self._open(message)
            case Configure(capture=capture):
                with self._changed:
                    self._use(capture)
            case Take(count=count):
                with self._changed:
                    self._outbox.credit += count
                    self._changed.notify_all()
            case Show():
                self._show(message)
            case Snap():
                with self._changed:
                    self._is_snap_wanted = True
                    self._changed.notify_all()
            case Pause(is_paused=is_paused):
                self._is_paused = is_paused
                self._beat_now.set()

    def _open(self, request: Open) -> None:
        if self._reading is not None:
            raise WorkerError("The source is already open.")
        settings, credentials = request.settings, request.credentials
        grabber = grabber_for(settings.address, credentials, settings.read)
        with self._changed:
            self._is_folder = settings.address.kind is SourceKind.FOLDER
            self._is_live = grabber.is_live
            self._outbox.may_drop = grabber.is_live
            self._use(settings.capture)
            self._reading = Reading(
                settings,
                grabber,
                on_frame=self._on_frame,
                on_state=self._on_state,
                redact=lambda text: redact(text, credentials.secrets),
                max_frames=request.max_frames,
            )
        self._reading.start()

    def _use(self, settings: CaptureSettings) -> None:
        self._takes_whole_files = self._is_folder and not settings.regions and not settings.tile_px
        if self._is_folder:
            # Files are no film: each one is looked at, whenever it came.
            settings = msgspec.structs.replace(settings, trigger="interval", interval_s=0.0, motion=None)
        self._regions = settings.regions
        self._pipeline = Pipeline(settings)

    def _show(self, request: Show) -> None:
        frame, reading = self._latest, self._reading
        if frame is None or reading is None:
            self._channel.send(Refused())
            return
        height, width = frame.image.shape[:2]
        scale = min(1.0, request.max_side_px / max(height, width))
        image = frame.image
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        looks = self._pipeline.looks(frame) if request.with_looks else []
        shown = ShownFrame(
            cv2.cvtColor(image, cv2.COLOR_BGR2RGB),
            frame.number,
            reading.status().age_s or 0.0,
            width,
            height,
            frame.taken_ns,
            tuple(looks),
        )
        self._channel.send(shown)

    def _shut_down(self) -> None:
        if self._reading is not None:
            self._reading.stop()
        self._slot.close()
        if not self._ended.wait(1.0):
            os._exit(0)

    def _on_frame(self, frame: Frame) -> None:
        self._latest = frame
        self._slot.put(frame, may_replace=self._is_live)

    def _on_state(self) -> None:
        self._beat_now.set()
        with self._changed:
            self._changed.notify_all()


def _end_with(error: threading.ExceptHookArgs) -> None:
    """End the process, which is then started anew, rather than go on without one of its threads."""
    words = traceback.format_exception(error.exc_type, error.exc_value, error.exc_traceback)
    sys.stderr.write(redacted("".join(words)))
    sys.stderr.flush()
    os._exit(EXIT_FAILED)
