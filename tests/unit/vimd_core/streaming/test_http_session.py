"""Log-ins, redirections and cookies against real servers: who gets what told."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import cv2
import numpy as np
import pytest

from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.authentication import Login, authorisation, challenges
from vimd_core.streaming.grabbers.frames import MissingError, RefusedError
from vimd_core.streaming.grabbers.http_session import HttpSession
from vimd_core.streaming.sources.settings import ReadSettings

USER, PASSWORD = "wächter", 'Schlüssel "5"/?#@:ß'
REALM, NONCE = "camera", "n0nce"
_FIELD = re.compile(r'(\w+)="?([^",]*(?:\\"[^",]*)*)"?')


@dataclass
class Asked:
    """A request as the server got it."""

    path: str
    authorisation: str
    cookie: str


Answer = tuple[int, list[tuple[str, str]], bytes]


@dataclass
class Camera:
    """A server in this process."""

    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def url(
        self, path: str, host: str = "127.0.0.1", login: tuple[str, str] | None = (USER, PASSWORD)
    ) -> str:
        who = "" if login is None else f"{quote(login[0], safe='')}:{quote(login[1], safe='')}@"
        return f"http://{who}{host}:{self.port}{path}"


@contextlib.contextmanager
def camera(answer: Callable[[Asked], Answer]) -> Iterator[Camera]:
    made = Camera(answer)

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            asked = Asked(self.path, self.headers.get("Authorization", ""), self.headers.get("Cookie", ""))
            made.asked.append(asked)
            status, headers, body = made.answer(asked)
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


PICTURE: Answer = (200, [("Content-Type", "image/jpeg")], b"picture")
BASIC = ("WWW-Authenticate", 'Basic realm="camera"')


def read(session: HttpSession) -> bytes:
    response = session.open()
    try:
        return bytes(response.read())
    finally:
        response.close()


def session_of(url: str) -> HttpSession:
    return HttpSession(url, ReadSettings(connect_timeout_s=5.0))


def knows_basic(asked: Asked, encoding: str) -> bool:
    kind, _, token = asked.authorisation.partition(" ")
    return kind == "Basic" and b64decode(token) == f"{USER}:{PASSWORD}".encode(encoding)


def knows_digest(asked: Asked, encoding: str, hash_name: str, qop: str) -> bool:
    """The server's own reckoning, from its own knowledge."""
    fields = dict(_FIELD.findall(asked.authorisation))
    if not asked.authorisation.startswith("Digest"):
        return False

    def hashed(*parts: bytes) -> bytes:
        return hashlib.new(hash_name, b":".join(parts)).hexdigest().encode()

    user, password = USER.encode(encoding), PASSWORD.encode(encoding)
    middle = [NONCE.encode()]
    if qop:
        middle += [fields[name].encode() for name in ("nc", "cnonce", "qop")]
    wanted = hashed(hashed(user, REALM.encode(), password), *middle, hashed(b"GET", asked.path.encode()))
    return (
        fields["response"].encode() == wanted
        and fields["username"].encode("latin-1") == user
        and fields["uri"] == asked.path
    )


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize(
    ("question", "knows"),
    [
        (BASIC[1], lambda asked, encoding: knows_basic(asked, encoding)),
        (
            f'Digest realm="{REALM}", nonce="{NONCE}"',
            lambda asked, encoding: knows_digest(asked, encoding, "md5", ""),
        ),
        (
            f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth,auth-int", opaque="o", algorithm=MD5',
            lambda asked, encoding: knows_digest(asked, encoding, "md5", "auth"),
        ),
        (
            f'Basic realm="x", Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=SHA-256',
            lambda asked, encoding: knows_digest(asked, encoding, "sha256", "auth"),
        ),
    ],
    ids=["basic", "digest of RFC 2069", "digest", "the stronger one of two"],
)
def test_passwords_with_any_characters_let_in(
    question: str, knows: Callable[[Asked, str], bool], encoding: str
) -> None:
    def answer(asked: Asked) -> Answer:
        return PICTURE if knows(asked, encoding) else (401, [("WWW-Authenticate", question)], b"")

    with camera(answer) as server:
        session = session_of(server.url("/live?fps=3"))
        assert read(session) == b"picture"
        before = len(server.asked)
        assert before == (2 if encoding == "utf-8" else 3)
        assert read(session) == b"picture"
        assert len(server.asked) == before + 1  # what was accepted is said at once


def test_a_wrong_password_is_tried_once_in_each_encoding() -> None:
    with camera(lambda _asked: (401, [BASIC], b"")) as server:
        with pytest.raises(RefusedError, match="rejected") as caught:
            session_of(server.url("/live")).open()
        assert len(server.asked) == 3
        assert PASSWORD not in repr(caught.value)
        server.asked.clear()
        with pytest.raises(RefusedError):
            session_of(server.url("/live", login=("viewer", "plain"))).open()
        assert len(server.asked) == 2


def logs_in_at_a_page(asked: Asked) -> Answer:
    """The stream wants a cookie; the page that gives it wants a password, and leads back."""
    if asked.path == "/login":
        if not knows_basic(asked, "utf-8"):
            return 401, [BASIC], b""
        return 302, [("Set-Cookie", "session=abc; Path=/; HttpOnly"), ("Location", "/live")], b""
    return PICTURE if "session=abc" in asked.cookie else (302, [("Location", "/login")], b"")


def logs_in_with_a_page(asked: Asked) -> Answer:
    """The same, but the page only greets."""
    if asked.path == "/login" and knows_basic(asked, "utf-8"):
        return 200, [("Set-Cookie", "session=abc; Path=/"), ("Content-Type", "text/html")], b"<p>Welcome"
    return logs_in_at_a_page(asked)


def sets_its_cookie_first(asked: Asked) -> Answer:
    """The cookie comes with the question, and both are wanted."""
    if "session=abc" in asked.cookie and knows_basic(asked, "utf-8"):
        return PICTURE
    return 401, [BASIC, ("Set-Cookie", "session=abc")], b""


@pytest.mark.parametrize("answer", [logs_in_at_a_page, logs_in_with_a_page, sets_its_cookie_first])
def test_a_session_cookie_lets_in_and_is_kept(answer: Callable[[Asked], Answer]) -> None:
    with camera(answer) as server:
        session = session_of(server.url("/live"))
        assert read(session) == b"picture"
        assert session.cookies == "session=abc"
        server.asked.clear()
        assert read(session) == b"picture"
        assert [asked.path for asked in server.asked] == ["/live"]
        # Another source begins without.
        assert session_of(server.url("/live")).cookies == ""


def test_a_session_that_is_over_is_begun_anew() -> None:
    sessions = iter(["first", "second"])
    now = [""]

    def answer(asked: Asked) -> Answer:
        if asked.path == "/login":
            now[0] = next(sessions)
            return 302, [("Set-Cookie", f"session={now[0]}; Path=/"), ("Location", "/live")], b""
        if not asked.cookie:
            return 302, [("Location", "/login")], b""
        return PICTURE if asked.cookie == f"session={now[0]}" else (403, [], b"")

    with camera(answer) as server:
        session = session_of(server.url("/live", login=None))
        assert read(session) == b"picture"
        now[0] = "none"
        assert read(session) == b"picture"
        assert session.cookies == "session=second"


def test_another_host_hears_neither_the_password_nor_the_cookies() -> None:
    def other(asked: Asked) -> Answer:
        return PICTURE if asked.path == "/free" else (401, [BASIC], b"")

    with camera(other) as stranger:

        def own(asked: Asked) -> Answer:
            if not knows_basic(asked, "utf-8"):
                return 401, [BASIC], b""
            target = stranger.url("/free" if asked.path == "/a" else "/closed", "localhost", login=None)
            return 302, [("Set-Cookie", "session=abc; Path=/"), ("Location", target)], b""

        with camera(own) as server:
            session = session_of(server.url("/a"))
            assert read(session) == b"picture"
            with pytest.raises(RefusedError, match="localhost"):
                session_of(server.url("/b")).open()
            # Nor a second server of the same machine.
            assert PASSWORD not in session.url_for_others and quote(PASSWORD) not in session.url_for_others
        assert [(asked.authorisation, asked.cookie) for asked in stranger.asked] == [("", "")] * 2


def test_another_port_is_another_server() -> None:
    with camera(lambda _asked: (401, [BASIC], b"")) as stranger:

        def own(asked: Asked) -> Answer:
            if not knows_basic(asked, "utf-8"):
                return 401, [BASIC], b""
            location = ("Location", stranger.url("/x", login=None))
            return 302, [("Set-Cookie", "session=abc; Path=/"), location], b""

        with camera(own) as server, pytest.raises(RefusedError):
            session_of(server.url("/a")).open()
        assert [(asked.authorisation, asked.cookie) for asked in stranger.asked] == [("", "")]


@pytest.mark.parametrize(
    ("location", "error", "words"),
    [
        ("/live", SourceError, "redirects endlessly"),
        ("file:///etc/passwd", SourceError, "can't be used"),
        ("ftp://h/x", SourceError, "can't be used"),
        ("/nowhere", MissingError, "nothing at that address"),
    ],
)
def test_where_no_redirection_leads(location: str, error: type[SourceError], words: str) -> None:
    def answer(asked: Asked) -> Answer:
        return (302, [("Location", location)], b"") if asked.path == "/live" else (404, [], b"")

    with camera(answer) as server, pytest.raises(error, match=words):
        session_of(server.url("/live", login=None)).open()


def test_the_digests_are_those_of_the_standard() -> None:
    # RFC 7616, section 3.9.1, but for the client's nonce, which is random here: the parts are checked by themselves.
    question = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    answer = authorisation(question, Login("Mufasa", "Circle of Life"), "GET", "/dir/index.html")
    fields = dict(_FIELD.findall(answer))
    assert (fields["qop"], fields["nc"], fields["algorithm"]) == ("auth", "00000001", "SHA-256")
    known = hashlib.sha256(b"Mufasa:http-auth@example.org:Circle of Life").hexdigest()
    asked = hashlib.sha256(b"GET:/dir/index.html").hexdigest()
    middle = f"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:{fields['cnonce']}:auth"
    assert fields["response"] == hashlib.sha256(f"{known}:{middle}:{asked}".encode()).hexdigest()
    assert challenges(['Basic realm="a, Digest b"', 'Digest realm="x", algorithm=WHIRL']) == [
        'Basic realm="a, Digest b"'
    ]
    assert challenges(["", "Negotiate", " Basic realm=x"]) == ["Basic realm=x"]
    assert "secret" not in repr(Login("secret", "secret"))


def test_a_video_that_another_reader_fetches_has_the_log_in_and_the_cookie(tmp_path: Path) -> None:
    from vimd_core.streaming.grabbers.http_grabber import HttpGrabber

    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (64, 48))
    for _ in range(5):
        writer.write(np.full((48, 64, 3), 90, np.uint8))
    writer.release()
    film: Answer = (200, [("Content-Type", "video/x-msvideo")], path.read_bytes())
    cookie = 'session=it\'s|a;b="c"'

    def answer(asked: Asked) -> Answer:
        if not asked.authorisation.startswith("Basic"):
            return 401, [BASIC], b""
        if asked.path == "/login":
            given = [("Set-Cookie", f"{part}; Path=/") for part in cookie.split(";")]
            return 302, [*given, ("Location", "/film")], b""
        is_known = all(part in asked.cookie for part in ("session=it's|a", 'b="c"'))
        return film if is_known else (302, [("Location", "/login")], b"")

    with camera(answer) as server:
        grabber = HttpGrabber(server.url("/film", login=("me", "plain")), ReadSettings(connect_timeout_s=5.0))
        grabber.open()
        frame = grabber.read()
        assert frame is not None and frame.image.shape == (48, 64, 3)
        grabber.close()
