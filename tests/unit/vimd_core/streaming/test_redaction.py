"""Whatever a password holds and however it is written: nothing that we say, store or log repeats it."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vimd_core.errors import SourceError
from vimd_core.streaming.sources.addresses import (
    Credentials,
    PasswordInAddressError,
    SourceAddress,
    parse_source,
    unique_name,
)
from vimd_core.streaming.sources.redaction import MASK, RedactingFormatter, redact, redact_tracebacks
from vimd_core.streaming.sources.settings import StreamSettings

# Marked, so that a part of it is found as well, and never something that stands in a sentence anyway.
_SECRETS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=0, max_size=12).map(
    lambda text: f"Qz{text}qZ"
)
_IN_WORDS = (
    "user",
    "psw",
    "pwd",
    "pass",
    "passwd",
    "password",
    "token",
    "auth",
    "key",
    "api_key",
    "Authtoken",
)
FORMS = (
    "rtsp://admin:{0}@host/live",
    "rtsp://admin:2024{0}@10.0.0.7:554/cam",
    "http://{0}@host:8080/x?fps=3",
    "http://host/video?channel=1&{1}={0}&fps=3",
    "http://host/video?channel=1;{1}={0};fps=3",
    "rtsp://host:554/user=admin_{1}={0}_channel=1_stream=0.sdp?real_stream",
    "rtsp://host:554/user=admin&{1}={0}&channel=1",
    "rtsp://host/live#{1}={0}",
    "http://host/{1}={0}/live",
)


def is_shown(secret: str, text: str) -> bool:
    """Whether a secret, or how it would be written in an address, stands in a text."""
    return any(form in text for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)))


@given(secret=_SECRETS, form=st.sampled_from(FORMS), name=st.sampled_from(_IN_WORDS))
@example(secret="Qz2024/camqZ", form="rtsp://admin:{0}@host", name="pwd")
@example(secret="Qza?b#c/d@eqZ", form="rtsp://admin:{0}@host/live", name="pwd")
def test_no_output_repeats_a_password(secret: str, form: str, name: str) -> None:
    text = form.format(secret, name)
    said = [redact(text), redact(f"open of '{text}' failed"), redact(text, [secret])]
    about_address: list[str] = [redact(text, [secret])]
    try:
        address, credentials = parse_source(text)
    except SourceError as e:
        about_address += [str(e), repr(e), "".join(traceback.format_exception(e))]
    else:
        settings = StreamSettings(address=address)
        about_address += [
            address.url,
            address.name,
            repr(address),
            repr(credentials),
            str(credentials),
            repr(settings),
        ]
        assert parse_source(address.url) == (address, Credentials())
    for output in said:
        assert not is_shown(secret, output), output
    if re.search(r"[&;_]\w[\w.-]*=", secret):
        return  # that may be the next parameter: nobody can tell
    for output in about_address:  # where it is known what is the address, no part of it stays either
        assert "Qz" not in output and "qZ" not in output, output


@given(secret=_SECRETS, form=st.sampled_from(FORMS), name=st.sampled_from(_IN_WORDS))
def test_an_address_with_an_escaped_password_reaches_the_camera_as_it_was(
    secret: str, form: str, name: str
) -> None:
    assume("#" not in form)
    text = form.format(quote(secret, safe=""), name)
    address, credentials = parse_source(text)
    assert not is_shown(secret, address.url + address.name)
    sent = address.with_credentials(credentials)
    # A user without a password has an empty one.
    assert sent.replace(":@", "@") == text


@given(secret=_SECRETS, level=st.integers(0, 3))
def test_a_password_that_is_known_is_found_in_every_escape(secret: str, level: int) -> None:
    written = secret
    for _ in range(level):
        written = quote(written, safe="")
    for text in (
        f"it said {written} twice: {written}",
        f"{secret!r}",
        json.dumps({"x": secret}),
        repr(secret.encode()),
        f"/x?name={quote_plus(secret)}",
    ):
        assert not is_shown(secret, redact(text, [secret]))


_HOSTS = st.sampled_from(["cam", "10.0.0.7", "cam.local", "[fe80::1]"])
_PATH = st.lists(
    st.sampled_from(["live", "Streaming", "101", "h264", "a%20b", "video.mjpg", "keys"]), max_size=4
)
_QUERY = st.lists(st.sampled_from(["channel=1", "subtype=0", "fps=5", "w=640", "real_stream"]), max_size=3)


@given(
    scheme=st.sampled_from(["http", "https", "rtsp", "rtsps"]),
    host=_HOSTS,
    port=st.sampled_from(["", ":80", ":8554"]),
    path=_PATH,
    query=_QUERY,
)
def test_an_ordinary_address_stays_as_it_is(
    scheme: str, host: str, port: str, path: list[str], query: list[str]
) -> None:
    text = f"{scheme}://{host}{port}/{'/'.join(path)}" + (f"?{'&'.join(query)}" if query else "")
    assert redact(text) == text and redact(f"can't open {text}: lost") == f"can't open {text}: lost"
    address, credentials = parse_source(text)
    assert address.url == text and not credentials
    assert address.with_credentials(credentials) == text


@pytest.mark.parametrize(
    "text",
    [
        *("rtsp://admin:2024/cam@host", "rtsp://admin:a?b@host/x", "rtsp://admin:a#b@host", "http://h/x@y"),
        *("http://h/x?pwd=a@b",),
    ],
)
def test_an_at_behind_the_host_is_a_careless_password(text: str) -> None:
    with pytest.raises(PasswordInAddressError, match="Remove the user name and password") as caught:
        parse_source(text)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__ is False
    assert "2024" not in str(caught.value) and "admin" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        (
            "rtsp://10.0.0.1:554/user=admin_password=tlJ_wpbo6_channel=1_stream=0.sdp?real_stream",
            "rtsp://10.0.0.1:554/user=***_password=***_channel=1_stream=0.sdp?real_stream",
            "10.0.0.1/channel=1_stream=0.sdp",
        ),
        ("http://h/mjpg?usr=a&psw=b=c", "http://h/mjpg?usr=***&psw=***", "h/mjpg"),
        ("http://h/v;p%61ss%77ord%3Dab%26fps%3D1", "http://h/v;p%61ss%77ord%3D***%26fps%3D1", None),
        ("http://h/token/abcdef/live", "http://h/token/***/live", "h/live"),
        # What looks like a parameter inside of a value belongs to that value.
        ("http://h/x?user=a!password=b:c&fps=3", "http://h/x?user=***&fps=3", None),
        ("rtsp://h/a/b/c/d?auth=YWRtaW46MQ==", "rtsp://h/a/b/c/d?auth=***", "h/c/d"),
    ],
)
def test_the_forms_of_cameras(text: str, url: str, name: str | None) -> None:
    address, credentials = parse_source(text)
    assert address.url == url
    assert address.with_credentials(credentials) == text
    if name is not None:
        assert address.name == name


def test_a_password_from_its_field_stands_for_the_parameter_that_is_missing() -> None:
    address, _ = parse_source("http://h/x?user=***&pwd=***&fps=3")
    assert address.with_credentials(Credentials("me", "a&b")) == "http://me:a%26b@h/x?user=me&pwd=a%26b&fps=3"


@pytest.mark.parametrize(
    "text",
    [
        'File "x.py", line 3\n    urlopen("http://admin:hunter2@cam/x")',
        "{'Authorization': 'Basic hunter2'}",
        "{'user': 'admin', 'password': 'hunter2'}",
        "Cookie: SESSION=hunter2; path=/",
        'UnicodeError("http://cam/?key=hunter2")',
        "admin:hunter2@10.0.0.2/stream",
        "http%3A%2F%2Fadmin%3Ahunter2%40cam%2Fx",
        "rtsp://admin:hunter2/",
        "There is no file or folder http:/admin:hunter2@host/live.",
    ],
)
def test_what_libraries_say(text: str) -> None:
    assert "hunter2" not in redact(text) and MASK in redact(text)
    assert redact(redact(text)) == redact(text)


def test_the_log_and_tracebacks_know_no_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Credentials("admin", "hunter2 of 2024")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    log = logging.Logger("here")
    log.addHandler(handler)
    try:
        raise ValueError(f"open of rtsp://x:y@h/ with {secret.password}")
    except ValueError:
        log.exception("It said %s", secret.password)
    assert "hunter2" not in written.getvalue() and "x:y" not in written.getvalue()
    assert "ValueError" in written.getvalue()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    redact_tracebacks()
    error = ValueError(f"open of rtsp://x:y@h/ with {secret.password}")
    sys.excepthook(ValueError, error, None)
    said = capsys.readouterr().err
    assert "ValueError" in said and "hunter2" not in said and "x:y" not in said


def test_names_are_unique() -> None:
    assert unique_name("Gate", []) == "Gate"
    assert unique_name("gate", ["Gate", "Gate 2"]) == "gate 3"
    assert SourceAddress(parse_source("0")[0].kind, "device://0").name == "camera 0"
