"""`python -m vimd_core.benchmarks.mjpeg_server PORT`: Motion JPEG on 127.0.0.1, 640 x 480 px and 15 frames/s.

In front of a textured background a bright patterned square passes again and again and comes nearer.
"""

from __future__ import annotations

import contextlib
import http.server
import socketserver
import sys
import time
from typing import Final

import cv2
import numpy as np

WIDTH_PX: Final = 640
HEIGHT_PX: Final = 480
FRAMES_PER_S: Final = 15.0
_LOOP_FRAMES: Final = 90
_PASSING_FRAMES: Final = 45


def scenes() -> list[bytes]:
    """The frames of one loop as JPEG."""
    chance = np.random.default_rng(0)
    background = cv2.resize(
        chance.integers(40, 160, (24, 32, 3), dtype=np.uint8),
        (WIDTH_PX, HEIGHT_PX),
        interpolation=cv2.INTER_CUBIC,
    )
    pattern = chance.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    frames: list[bytes] = []
    for number in range(_LOOP_FRAMES):
        scene = background.copy()
        if number < _PASSING_FRAMES:
            side = 24 + number
            left, top = 20 + 11 * number, 180
            scene[top : top + side, left : left + side] = cv2.resize(
                pattern, (side, side), interpolation=cv2.INTER_NEAREST
            )[:, : WIDTH_PX - left]
        frames.append(cv2.imencode(".jpg", scene)[1].tobytes())
    return frames


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def main(port: int) -> None:
    """Serve until it is ended; the port is printed when it answers."""
    frames = scenes()

    class Pictures(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
            self.end_headers()
            begun_s, number = time.monotonic(), 0
            with contextlib.suppress(OSError):
                while True:
                    encoded = frames[number % len(frames)]
                    head = f"--pictures\r\nContent-Type: image/jpeg\r\nContent-Length: {len(encoded)}\r\n\r\n"
                    self.wfile.write(head.encode() + encoded + b"\r\n")
                    number += 1
                    time.sleep(max(0.0, begun_s + number / FRAMES_PER_S - time.monotonic()))

    server = _Server(("127.0.0.1", port), Pictures)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
