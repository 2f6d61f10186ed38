"""Addresses of sources, and that no credential leaves them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from vimd_core.errors import SourceError
from vimd_core.processes.backoff import Backoff
from vimd_core.processes.policies import RECONNECT_DELAYS
from vimd_core.streaming.grabbers.authentication import Login, authorisation
from vimd_core.streaming.grabbers.cameras import list_cameras
from vimd_core.streaming.sources.addresses import SCHEMES, Credentials, SourceKind, parse_source
from vimd_core.streaming.sources.redaction import redact


@pytest.mark.parametrize(
    ("text", "kind", "url", "name"),
    [
        ("0", SourceKind.CAMERA, "device://0", "camera 0"),
        ("/dev/video2", SourceKind.CAMERA, "device://2", "camera 2"),
        ("device:1", SourceKind.CAMERA, "device://1", "camera 1"),
        ("rtsp://10.0.0.7/live/1", SourceKind.STREAM, "rtsp://10.0.0.7/live/1", "10.0.0.7/live/1"),
        ("HTTP://Cam.local:81/m?fps=5", SourceKind.STREAM, "http://cam.local:81/m?fps=5", "cam.local/m"),
        ("rtsps://[fe80::1]:322/a", SourceKind.STREAM, "rtsps://[fe80::1]:322/a", "fe80::1/a"),
    ],
)
def test_what_is_accepted(text: str, kind: SourceKind, url: str, name: str) -> None:
    address, credentials = parse_source(f" {text} ")
    assert (address.kind, address.url, address.name) == (kind, url, name)
    assert not credentials
    assert parse_source(address.url) == (address, credentials)


def test_files_and_folders(tmp_path: Path) -> None:
    film = tmp_path / "a film #1 100%.mp4"
    film.write_bytes(b"x")
    for text, kind, path in (
        (str(film), SourceKind.VIDEO, film),
        (film.as_uri(), SourceKind.VIDEO, film),
        (str(tmp_path), SourceKind.FOLDER, tmp_path),
    ):
        address, _ = parse_source(text)
        assert (address.kind, address.path, address.name) == (kind, path, path.name)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ftp://h/x",
            "concat:/etc/passwd|/etc/passwd",
            "data:video/mp4;base64,AA",
            "tcp://h:1",
            "udp://h:1",
        ),
        *(
            "srt://h:1",
            "javascript:x",
            "rtmp://h/x",
            "http:///x",
            "http://",
            "device://x",
            "/nowhere/film.mp4",
        ),
        *("crypto:/etc/passwd", "pipe:0", "http://h:99999/x", "rtsp://h:x/y", ""),
    ],
)
def test_nothing_else_is_accepted(text: str) -> None:
    with pytest.raises(SourceError):
        parse_source(text)


def test_what_is_accepted_is_said() -> None:
    with pytest.raises(SourceError, match=", ".join(SCHEMES)):
        parse_source("ftp://me:geheim@h/x")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "film.mp4")
    with pytest.raises(SourceError, match="regular"):
        parse_source(str(tmp_path / "film.mp4"))


def test_credentials_are_taken_apart_and_put_together_again() -> None:
    text = "rtsp://an%40na:p%2Fw%3A1@cam:554/s?channel=1&password=xy%26z&token=t0k"
    address, credentials = parse_source(text)
    assert address.url == "rtsp://cam:554/s?channel=1&password=***&token=***"
    assert (credentials.user, credentials.password) == ("an@na", "p/w:1")
    assert credentials.parameters == (("password", "xy%26z"), ("token", "t0k"))
    assert address.with_credentials(credentials) == text
    assert address.with_credentials(Credentials()) == address.url
    for secret in ("an@na", "p/w:1", "xy&z", "t0k"):
        assert secret not in repr(credentials) + repr(address) + str(credentials)


SECRET = "pa55/w?rd#1"


@pytest.mark.parametrize(
    "text",
    [
        "can't open rtsp://admin:hunter2@10.0.0.7:554/live",
        "[tcp @ 0x1] rtsp://admin:hunter2@cam/x?a=1: Connection refused",
        "http://admin:hun@ter2@cam/x",
        "http://admin:hun/ter2@cam/x",
        "rtsp://admin:hunter2?#@cam/x and rtsp://bob:hunter2@b/",
        "http://cam/x?user=admin&pwd=hunter2&fps=3",
        "GET /x?PASSWORD=hunter2 HTTP/1.1",
        "loginpas=hunter2",
        "Authorization: Basic YWRtaW46aHVudGVyMg==",
        'authorization: Digest username="admin", response="hunter2"',
        "url='http://admin:hunter2@cam'",
    ],
)
def test_no_credential_survives(text: str) -> None:
    redacted = redact(text)
    for secret in ("hunter2", "ter2", "admin", "YWRtaW46aHVudGVyMg", "bob"):
        assert secret not in redacted
    assert "***" in redacted
    assert redact(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        *("http://cam:8080/a/b%40c.jpg", "rtsp://10.0.0.7:554/live?channel=2", "mail me@example.org: lost"),
        *("There is no camera 3: plug it in.", "at 12:30@night", "keyboard=de"),
        *("http://[fe80::1]:80/x?monkey=1", "rtsp://10.0.0.7/Streaming/Channels/101", "http://cam.local"),
        *("rtsp://cam:554/cam/realmonitor?channel=1&subtype=0", "file:///data/a%20b.mp4", "device://0"),
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("form", [SECRET, "pa55%2Fw%3Frd%231", "pa55/w%3Frd%231"])
def test_known_secrets_are_taken_out_in_every_form(form: str) -> None:
    assert redact(f"it said {form} twice: {form}", [SECRET, ""]) == "it said *** twice: ***"


@pytest.mark.parametrize(
    "text",
    [
        "http://admin:hun/ter2@cam/x",
        "ftp://admin:hunter2@cam/x",
        "rtsp://admin:hunter2@:80/x",
        "rtsp://a:hunter2@h:x/",
    ],
)
def test_errors_about_addresses_hold_no_credential(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as caught:
        parse_source(text)
    assert "hunter2" not in str(caught.value) and "ter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value) and "hunter2" not in caplog.text


@pytest.mark.parametrize("text", ["http:/admin:hunter2@cam/x", "http:admin:hunter2@cam", "http://cam:x/y"])
def test_what_to_write_instead_is_readable(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(text)
    assert "write http://host/path or http://host:8080/path, without" in str(caught.value)


def test_the_digest_is_that_of_the_standard() -> None:
    # RFC 2069's example as corrected by its errata.
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    answer = authorisation(challenge, Login("Mufasa", "CircleOfLife"), "GET", "/dir/index.html")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
    assert authorisation("Basic realm=x", Login("a", "b"), "GET", "/") == "Basic YTpi"


def test_delays_grow_are_bounded_and_scattered() -> None:
    delays = [Backoff(RECONNECT_DELAYS) for _ in range(40)]
    first, tenth = [one.next_s() for one in delays], []
    for one in delays:
        for _ in range(9):
            last = one.next_s()
        tenth.append(last)
    assert max(first) < min(tenth) and len(set(tenth)) > 30
    assert max(tenth) <= RECONNECT_DELAYS.longest_s * 1.25
    delays[0].reset()
    assert delays[0].next_s() < min(tenth)


def test_cameras_are_listed_by_name(tmp_path: Path) -> None:
    for node, index, name in (("video0", 0, "Front"), ("video1", 1, "Front"), ("video10", 0, "Microscope")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(f"{index}\n")
        (tmp_path / node / "name").write_text(f"{name}\n")
    assert list_cameras(tmp_path) == [(0, "Front"), (10, "Microscope")]
    assert list_cameras(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("device://screen", None),
        ("device:screen/", None),
        ("device://screen/-10,20,64,48", (-10, 20, 64, 48)),
    ],
)
def test_the_screen_and_parts_of_it(text: str, area: tuple[int, int, int, int] | None) -> None:
    address, _ = parse_source(text)
    assert (address.kind, address.name, address.screen_area) == (SourceKind.SCREEN, "screen", area)


@pytest.mark.parametrize("text", ["device://screen/1,2,3", "device://screen/0,0,1,5", "device://screens"])
def test_what_is_no_part_of_the_screen_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="not a screen region"):
        parse_source(text)
