"""Whether there is a newer version: asked only where that is wanted, over https, of a server that may say anything."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered

from app.services.program.update_check import Update, UpdateCheck, is_newer, read_update
from app.services.tasks import TaskRunner

x509 = pytest.importorskip("cryptography.x509", reason="makes the server's certificate")

NEWER = {
    "version": "99.1",
    "page": "https://example.org/download",
    "notes": {"en": "Faster.", "zh_CN": "更快。"},
}


class Server:
    """An https server of one file, with a certificate that only this test trusts."""

    def __init__(self, folder: Path) -> None:
        self.content, self.sends_to = json.dumps(NEWER).encode(), ""
        self.requests: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append({"path": self.path, **dict(self.headers)})
                self.send_response(302 if outer.sends_to else 200)
                if outer.sends_to:
                    self.send_header("Location", outer.sends_to)
                self.send_header("Content-Length", str(len(outer.content)))
                self.end_headers()
                self.wfile.write(outer.content)

            def log_message(self, *_: object) -> None:
                pass

        self.certificate = make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.address = f"https://127.0.0.1:{self._server.server_port}/vimd-studio.json"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def make_certificate(folder: Path) -> Path:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def trusted(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    return server


def ask(qtbot: QtBot, address: str, language: str = "en", version: str = "0.1.0") -> list[Update]:
    check = UpdateCheck(TaskRunner(), language, version=version)
    found: list[Update] = []
    check.found.connect(found.append)
    with qtbot.waitSignal(check.ended, timeout=20_000):
        check.ask(address)
    return found


def test_a_newer_version_is_told_in_the_users_language(qtbot: QtBot, trusted: Server) -> None:
    assert ask(qtbot, trusted.address, "zh_CN") == [Update("99.1", "https://example.org/download", "更快。")]
    (request,) = trusted.requests
    assert request["User-Agent"] == "ViMD Studio" and "Cookie" not in request


def test_the_same_version_is_not_worth_a_word(qtbot: QtBot, trusted: Server) -> None:
    assert ask(qtbot, trusted.address, version="99.1.0") == []


def test_a_server_that_nobody_vouches_for_is_not_believed(qtbot: QtBot, server: Server) -> None:
    assert ask(qtbot, server.address) == []
    assert not server.requests


def test_an_endless_answer_is_cut_off(qtbot: QtBot, trusted: Server) -> None:
    trusted.content = json.dumps({**NEWER, "notes": "x" * 10_000_000}).encode()
    assert ask(qtbot, trusted.address) == []


def test_a_request_is_not_sent_on(qtbot: QtBot, trusted: Server) -> None:
    trusted.sends_to = trusted.address + "?again"
    assert ask(qtbot, trusted.address) == []
    assert len(trusted.requests) == 1


def test_only_https_is_asked(qtbot: QtBot, server: Server) -> None:
    assert ask(qtbot, server.address.replace("https", "http")) == []
    assert not server.requests


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 60_000,
        json.dumps({**NEWER, "version": 3}).encode(),
        json.dumps({**NEWER, "version": "1.x"}).encode(),
        json.dumps({**NEWER, "page": "file:///etc/passwd"}).encode(),
        json.dumps({**NEWER, "page": "http://example.org"}).encode(),
        json.dumps({**NEWER, "notes": [1]}).encode(),
    ],
)
def test_what_is_no_answer_of_ours_is_none(content: bytes) -> None:
    assert read_update(content, "en") is None


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("0.2", "0.1.9", True),
        ("0.10", "0.9", True),
        ("1", "1.0.0", False),
        ("0.1", "0.1.1", False),
        ("", "0.1", False),
        ("1.0", "1.0rc2", True),
        ("1.0rc2", "1.0rc1", True),
        ("1.1rc1", "1.0", False),
        ("1.0.post1", "1.0", True),
        ("9" * 5000, "1.0", False),
        ("１.2", "1.0", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer


def test_nobody_is_asked_before_the_user_wants_it(
    qtbot: QtBot, start, tmp_path: Path, trusted: Server
) -> None:
    from dataclasses import replace

    studio = start(make_captures(tmp_path / "in", numbered(1)))
    program, preferences, bar = studio.window.program, studio.preferences, studio.window.message_bar
    preferences.set(replace(preferences.values, update_address=trusted.address))
    program.look_for_update()
    assert not trusted.requests and not preferences.values.checks_updates
    preferences.set(replace(preferences.values, checks_updates=True))
    program.look_for_update()
    qtbot.waitUntil(lambda: "99.1" in bar.text, timeout=20_000)
    assert "Faster." in bar.text
    assert bar.action_button.text()
