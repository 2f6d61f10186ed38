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
from pathlib import Path
from typing import Any

from vimd_core.processes.protocol import Decoder, Message, encode

NAMES = [f"Class {letter}" for letter in "ABCDEFGHIJ"]
SR_SIDE_PX = 64

_lock = threading.Lock()
_hanging = threading.Event()
_cancelled: set[int] = set()


def send(message: Message) -> None:
    with _lock:
        os.write(1, encode(message))


def result(capture: dict[str, Any]) -> dict[str, Any]:
    name = Path(capture["path"]).name
    if "broken" in name:
        return {"id": capture["id"], "error": f"{capture['path']} is truncated or damaged: copy it again."}
    seed = zlib.crc32(name.encode())
    first = seed % len(NAMES)
    sure = 0.4 + (seed >> 8) % 60 / 100
    rest = (1 - sure) / 10
    top = [[first, sure]] + [[(first + i) % len(NAMES), rest * (5 - i)] for i in range(1, 5)]
    changed = seed % 7 == 0
    bicubic = [[(first + 1) % len(NAMES), 0.5], [first, 0.3]] if changed else [[first, sure * 0.9]]
    return {
        "id": capture["id"],
        "width_px": 32,
        "height_px": 32,
        "top": top,
        "bicubic_top": bicubic,
        "disagreement": 0.62 if changed else 0.08,
    }


def classify(message: Message, seconds_each: float) -> None:
    captures = message.fields["captures"]
    done = 0
    for start in range(0, len(captures), 8):
        batch = captures[start : start + 8]
        for capture in batch:
            name = Path(capture["path"]).name
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
        if message.request_id in _cancelled:
            send(Message("cancelled", {"done": done}, message.request_id))
            return
        done += len(batch)
        send(
            Message(
                "classified",
                {
                    "results": [result(capture) for capture in batch],
                    "done": done,
                    "total": len(captures),
                    "rate_per_s": 1.0,
                    "eta_s": 1.0,
                },
                message.request_id,
            )
        )
    send(Message("finished", {"done": done, "unreadable": 0, "elapsed_s": 1.0}, message.request_id))


def look_at(message: Message) -> None:
    """Bright looks are surely of class A, dark ones hardly of class B."""
    tops, offset = [], 0
    for look in message.fields["looks"]:
        size = 3 * look["width_px"] * look["height_px"]
        pixels = message.payload[offset : offset + size]
        offset += size
        is_bright = sum(pixels) / size > 128
        tops.append([[0, 0.97], [1, 0.02]] if is_bright else [[1, 0.42], [0, 0.4]])
    side = SR_SIDE_PX if message.fields.get("with_views") else 0
    payload = bytes(range(256)) * (side * side * 3 // 256) * len(tops)
    send(Message("looked", {"tops": tops, "view_px": side}, message.request_id, payload))


def heartbeat() -> None:
    while not _hanging.is_set():
        send(Message("heartbeat"))
        time.sleep(0.1)


def work(message: Message, seconds_each: float) -> None:
    if message.type == "hello":
        send(Message("ready", {"pid": os.getpid(), "torch": "none", "device_notice": "No device"}))
        threading.Thread(target=heartbeat, daemon=True).start()
    elif message.type == "load_model":
        fields = {
            "model_id": "5c" * 32,
            "name": "scripted",
            "preset": "custom",
            "classes": NAMES,
            "lr_size_px": 32,
            "upscale": 2,
            "device": "cpu",
            "backend": "none",
            "notice": "A scripted model",
        }
        send(Message("model_loaded", fields, message.request_id))
    elif message.type == "classify":
        classify(message, seconds_each)
    elif message.type == "look_at":
        look_at(message)
    elif message.type == "super_resolve":
        payload = bytes(range(256)) * (SR_SIDE_PX * SR_SIDE_PX * 3 // 256)
        fields = {
            "id": message.fields["id"],
            "width_px": SR_SIDE_PX,
            "height_px": SR_SIDE_PX,
            "result": result(message.fields),
        }
        send(Message("view", fields, message.request_id, payload))


def main() -> None:
    seconds_each = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    waiting: list[Message] = []
    arrived = threading.Condition()

    def run() -> None:
        while True:
            with arrived:
                arrived.wait_for(lambda: waiting)
                message = waiting.pop(0)
            work(message, seconds_each)

    threading.Thread(target=run, daemon=True).start()
    decoder = Decoder()
    while data := os.read(0, 65536):
        for message in decoder.feed(data):
            if message.type == "shutdown":
                os._exit(0)
            if message.type == "cancel" and message.request_id is not None:
                _cancelled.add(message.request_id)
                continue
            with arrived:
                waiting.append(message)
                arrived.notify()
    os._exit(0)


if __name__ == "__main__":
    main()
