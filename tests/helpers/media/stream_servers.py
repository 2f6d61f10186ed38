"""Servers of moving pictures on 127.0.0.1, each in a process of its own so that tests can stop and kill it for real.

Run as a script: `python stream_servers.py http|rtsp PORT`. It prints its port when it answers; port 0 lets the system
choose.
"""

from __future__ import annotations

import base64
import contextlib
import http.server
import io
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from sign_scene import scene

USER, PASSWORD = "viewer", "s3cret-pw"
UMLAUTS = ("wächter", "Schlüssel-ß")
FPS = 15.0


def picture(number: int, width: int = 160, height: int = 120) -> np.ndarray[Any, Any]:
    """A grey frame, whose brightness counts, with a bright square that travels."""
    image = np.full((height, width, 3), 40 + number % 100, np.uint8)
    left = (number * 3) % (width - 30)
    image[40:64, left : left + 24] = (220, 30 + number % 7 * 30, 90)
    return image


class Server:
    """A server process."""

    def __init__(self, kind: str, port: int = 0) -> None:
        self._kind = kind
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, on the same port as before."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, self._kind, str(self.port)], stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        """End it without a farewell."""
        assert self.process is not None and self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stall(self) -> None:
        """Keep its connections and do nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the stall."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def url(self, path: str = "live", *, user: str = "", password: str = "") -> str:
        """An address on it."""
        scheme = "rtsp" if self._kind == "rtsp" else "http"
        who = f"{user}:{password}@" if user else ""
        return f"{scheme}://{who}127.0.0.1:{self.port}/{path}"


@contextlib.contextmanager
def server(kind: str) -> Iterator[Server]:
    running = Server(kind)
    try:
        yield running
    finally:
        running.kill()


class _Pictures(http.server.BaseHTTPRequestHandler):
    """/live, /grow (another size after a while), /garbage (damaged pictures in between), /noise (nothing else),
    /silent (no picture), /secret (with a password), /snapshot (one picture), /dead (ends after 10 frames),
    /signs (see sign_scene), /snow (bright), /still-png?type (one picture of any kind, named as any type or none),
    /parts-png?length (the same as parts, with or without their lengths)."""

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._answer(self.path.partition("?")[0].strip("/"))

    def _answer(self, what: str) -> None:
        import cv2

        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if what == "secret" and self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        if what == "missing":
            self.send_error(404)
            return
        form, _, suffix = what.partition("-")
        if form in ("still", "parts"):
            self._answer_with(suffix, self.path.partition("?")[2], in_parts=form == "parts")
            return
        self.send_response(200)
        single = what == "snapshot"
        self.send_header(
            "Content-Type", "image/jpeg" if single else "multipart/x-mixed-replace; boundary=pictures"
        )
        self.end_headers()
        if what == "silent":
            time.sleep(600)
        chance = np.random.default_rng(0)
        for number in range(10 if what == "dead" else 1_000_000):
            size = (320, 240) if what == "grow" and number >= 10 else (160, 120)
            image = scene(number) if what == "signs" else picture(number, *size)
            if what == "snow":
                image = image // 4 + 190
            encoded = cv2.imencode(".jpg", image)[1].tobytes()
            if what == "noise" or (what == "garbage" and number % 4 == 3):
                encoded = chance.bytes(2000)
            if single:
                self.wfile.write(encoded)
                return
            head = f"--pictures\r\nContent-Type: image/jpeg\r\nContent-Length: {len(encoded)}\r\n\r\n"
            self.wfile.write(head.encode() + encoded + b"\r\n")
            time.sleep(1 / FPS)

    def _answer_with(self, suffix: str, option: str, *, in_parts: bool) -> None:
        """Pictures of any kind; the option is the type of a single one, or "length" for parts that tell theirs."""
        self.send_response(200)
        if in_parts:
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
        elif option:
            self.send_header("Content-Type", option)
        self.end_headers()
        for number in range(1_000_000 if in_parts else 1):
            file = io.BytesIO()
            Image.fromarray(picture(number)[..., ::-1]).save(file, suffix)
            encoded = file.getvalue()
            if in_parts:
                length = f"Content-Length: {len(encoded)}\r\n" if option == "length" else ""
                head = f"--pictures\r\nContent-Type: image/jpeg\r\n{length}\r\n"
                self.wfile.write(head.encode() + encoded + b"\r\n")
                time.sleep(1 / FPS)
            else:
                self.wfile.write(encoded)


class _HttpServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def _serve_http(port: int) -> None:
    running = _HttpServer(("127.0.0.1", port), _Pictures)
    print(running.server_address[1], flush=True)
    running.serve_forever()


def _serve_rtsp(port: int) -> None:
    """The server of the package `rtsp`, kept to this machine, and with a password for /secret."""
    from rtsp import source as rtsp_source

    class LocalServer(rtsp_source._RTSPServer):  # type: ignore[misc]
        def __init__(self, _host: str, port: int, describe: Any) -> None:
            super().__init__("127.0.0.1", port, describe)

    class LocalSession(rtsp_source._Session):  # type: ignore[misc]
        def _setup_transport(self, header: str, peer: Any) -> bool:
            is_possible = bool(super()._setup_transport(header, peer))
            if self._udp_sock is not None:
                self._udp_sock.close()
                self._udp_sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                self._udp_sock.bind(("127.0.0.1", 0))
            return is_possible

        async def _dispatch(self, method: str, uri: str, headers: dict[str, str], peer: Any) -> None:
            from vimd_core.streaming.grabbers.authentication import Login, authorisation

            challenge = 'Digest realm="camera", nonce="abc123"'
            login = Login(USER, PASSWORD)
            if "umlaut" in uri:
                login = Login(*UMLAUTS, "latin-1" if "latin" in uri else "utf-8")
            wanted = authorisation(challenge, login, method, uri).partition("response=")[2]
            is_closed = "secret" in uri or "umlaut" in uri
            if is_closed and wanted not in headers.get("authorization", ""):
                self._reply(headers.get("cseq", "0"), "401 Unauthorized", {"WWW-Authenticate": challenge})
                return
            if "missing" in uri:
                self._reply(headers.get("cseq", "0"), "404 Not Found")
                return
            await super()._dispatch(method, uri, headers, peer)

    rtsp_source._RTSPServer = LocalServer
    rtsp_source._Session = LocalSession
    if port == 0:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    running = rtsp_source.Source(f"rtsp://127.0.0.1:{port}/live", fps=FPS, size=(160, 120))
    for number in range(60):
        running.put(picture(number)[:, :, ::-1])
    running.wait_ready()
    running.wait_encoding_started()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    (_serve_rtsp if sys.argv[1] == "rtsp" else _serve_http)(int(sys.argv[2]))
