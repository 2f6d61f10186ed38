"""A child process that speaks the worker protocol and fails on purpose; needs no torch.

What it does with a capture is in the file's name: "kill" ends the process without a word, "hang" stops its
heartbeat, "broken" can't be read. All others get an answer that depends on the name alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import zlib

from vimd_core.processes.messages import Float16Matrix, Pixels, encode
from vimd_core.processes.protocol import FrameReader
from vimd_core.user_messages import sentence
from vimd_core.worker.conversation import FROM_WINDOW
from vimd_core.worker.messages import (
    Answer,
    BatchProgress,
    Cancel,
    Cancelled,
    CaptureFile,
    Classification,
    Classified,
    Classify,
    Embed,
    Embedded,
    Finished,
    FromWindow,
    Heartbeat,
    Hello,
    LoadModel,
    LookAt,
    Looked,
    ModelLoaded,
    Ready,
    Shutdown,
    SuperResolve,
    UnreadableCapture,
    View,
)

NAMES = [f"Class {letter}" for letter in "ABCDEFGHIJ"]
SR_SIDE_PX = 64
NO_FEATURES = Float16Matrix((0, 0), memoryview(b""))

_lock = threading.Lock()
_hanging = threading.Event()
_cancelled: set[int] = set()


def send(answer: Answer, request_id: int = 0) -> None:
    with _lock:
        os.write(1, encode(answer, request_id))


def result(capture: CaptureFile) -> Classification | UnreadableCapture:
    name = capture.path.name
    if "broken" in name:
        said = sentence("{path} is truncated or damaged: copy it again from its source.", path=capture.path)
        return UnreadableCapture(capture.id, said)
    seed = zlib.crc32(name.encode())
    first = seed % len(NAMES)
    sure = 0.4 + (seed >> 8) % 60 / 100
    rest = (1 - sure) / 10
    top = ((first, sure), *(((first + i) % len(NAMES), rest * (5 - i)) for i in range(1, 5)))
    changed = seed % 7 == 0
    bicubic = (((first + 1) % len(NAMES), 0.5), (first, 0.3)) if changed else ((first, sure * 0.9),)
    file = capture.path.stat()
    disagreement = 0.62 if changed else 0.08
    return Classification(capture.id, 32, 32, top, bicubic, disagreement, file.st_size, file.st_mtime_ns)


def classify(request: Classify, request_id: int, seconds_each: float) -> None:
    captures = request.captures
    done = 0
    for start in range(0, len(captures), 8):
        batch = captures[start : start + 8]
        for capture in batch:
            name = capture.path.name
            if "kill" in name:
                os.kill(os.getpid(), signal.SIGKILL)
            if "words" in name:
                sys.stderr.write("Traceback ...\nRuntimeError: the lens is cracked\n")
                sys.stderr.flush()
                os._exit(3)
            if "hang" in name:
                _hanging.set()
                time.sleep(3600)
            time.sleep(seconds_each)
        if request_id in _cancelled:
            send(Cancelled(done), request_id)
            return
        done += len(batch)
        results = [result(capture) for capture in batch]
        answered = tuple(one for one in results if isinstance(one, Classification))
        unreadable = tuple(one for one in results if isinstance(one, UnreadableCapture))
        pace = BatchProgress(done, len(captures), 1.0, 1.0)
        send(Classified(answered, unreadable, NO_FEATURES, pace), request_id)
    send(Finished(done, 0, 1.0), request_id)


def embed(request: Embed, request_id: int) -> None:
    """It has no networks that could look at captures."""
    count = len(request.captures)
    unreadable = tuple(one.id for one in request.captures)
    send(
        Embedded((), unreadable, NO_FEATURES, NO_FEATURES, BatchProgress(count, count, 1.0, 1.0)), request_id
    )
    send(Finished(count, count, 1.0), request_id)


def view_pixels() -> Pixels:
    data = bytes(range(256)) * (SR_SIDE_PX * SR_SIDE_PX * 3 // 256)
    return Pixels((SR_SIDE_PX, SR_SIDE_PX, 3), memoryview(data))


def look_at(request: LookAt) -> Looked:
    """Bright looks are surely of class A, dark ones hardly of class B."""
    tops = tuple(
        ((0, 0.97), (1, 0.02)) if sum(look.data) / len(look.data) > 128 else ((1, 0.42), (0, 0.4))
        for look in request.looks
    )
    return Looked(tops, (view_pixels(),) * len(tops) if request.with_views else ())


def heartbeat() -> None:
    while not _hanging.is_set():
        send(Heartbeat())
        time.sleep(0.1)


def work(message: FromWindow, request_id: int, seconds_each: float) -> None:
    match message:
        case Hello():
            send(Ready(os.getpid(), "none", sentence("No device")))
            threading.Thread(target=heartbeat, daemon=True).start()
        case LoadModel():
            loaded = ModelLoaded(
                model_id="5c" * 32,
                name="scripted",
                preset="custom",
                classes=tuple(NAMES),
                lr_size_px=32,
                upscale=2,
                device="cpu",
                backend="none",
                notice=sentence("A scripted model"),
                settings={},
            )
            send(loaded, request_id)
        case Classify():
            classify(message, request_id, seconds_each)
        case Embed():
            embed(message, request_id)
        case LookAt():
            send(look_at(message), request_id)
        case SuperResolve(capture=capture):
            said = result(capture)
            assert isinstance(said, Classification)
            send(View(view_pixels(), said), request_id)


def main() -> None:
    seconds_each = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    waiting: list[tuple[FromWindow, int]] = []
    arrived = threading.Condition()

    def run() -> None:
        while True:
            with arrived:
                arrived.wait_for(lambda: waiting)
                message, request_id = waiting.pop(0)
            work(message, request_id, seconds_each)

    threading.Thread(target=run, daemon=True).start()
    frames = FrameReader()
    while data := os.read(0, 65536):
        for frame in frames.feed(data):
            message = FROM_WINDOW.decode(frame.body)
            if isinstance(message, Shutdown):
                os._exit(0)
            if isinstance(message, Cancel):
                _cancelled.add(frame.request_id)
                continue
            with arrived:
                waiting.append((message, frame.request_id))
                arrived.notify()
    os._exit(0)


if __name__ == "__main__":
    main()
