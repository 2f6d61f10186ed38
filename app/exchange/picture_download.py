"""Fetches one picture from an address, for a project's own folder. What comes is looked at, never believed or run."""

from __future__ import annotations

import http.client
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from app.exchange.arrivals import is_video
from app.network import trusted_context
from vimd_core.errors import VimdError
from vimd_core.streaming.sources.addresses import HTTP_SCHEMES

MOST_BYTES: Final = 64 * 2**20
_WAIT_S: Final = 15.0  # for the next bytes
_WHOLE_S: Final = 60.0
_CHUNK: Final = 64 * 1024
_HEAD_BYTES: Final = 1024
_NAME_LENGTH: Final = 80
PASTED: Final = "pasted"


class DownloadError(VimdError):
    """An address gives no picture."""


class IsStreamError(VimdError):
    """There is something behind an address that is watched rather than fetched."""


def download_picture(address: str, project: Path, is_cancelled: Callable[[], bool] = lambda: False) -> Path:
    """Save the picture at an address.

    Args:
        address: http or https, without credentials.
        project: its folder.
        is_cancelled: whether it is still wanted.

    Returns:
        The file.

    Raises:
        IsStreamError: there is a video or a stream.
        DownloadError: there is neither; why.
    """
    host = urlsplit(address).hostname or address
    if urlsplit(address).scheme not in HTTP_SCHEMES:
        raise DownloadError(
            "{host} could not be read (no http address): check the address and the network.", host=host
        )
    # Handlers for other protocols are left out: an answer must not lead to a file of this computer.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=trusted_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        _OverHttpAlone(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(
        address, headers={"User-Agent": "ViMD Studio", "Accept": "image/*,*/*;q=0.5"}
    )
    try:
        with opener.open(request, timeout=_WAIT_S) as answer:
            kind = str(answer.headers.get_content_type()).lower()
            content = _read(answer, kind, host, is_cancelled)
    except urllib.request.HTTPError as e:
        raise DownloadError(
            "{host} sent no image: {code} {reason}.", host=host, code=e.code, reason=e.reason
        ) from e
    except (OSError, http.client.HTTPException, ValueError) as e:
        reason = getattr(e, "reason", e)
        raise DownloadError(
            "{host} could not be read ({reason}): check the address and the network.",
            host=host,
            reason=reason,
        ) from e
    return save_picture(content, project, _name_in(address))


def save_picture(content: bytes, project: Path, name: str = "") -> Path:
    """Write a picture into the project's folder for those that were no files, whole or not at all.

    Raises:
        DownloadError: it is no picture, or can't be written.
    """
    from vimd_core.data.images.formats import extension_of, image_format_of
    from vimd_core.processes.atomic_files import atomic_write

    kind = image_format_of(content[:_HEAD_BYTES])
    if kind is None:
        raise DownloadError("This is not a readable image: open an image in a browser and copy that.")
    folder = project / PASTED
    stem = name or f"pasted {datetime.now():%Y-%m-%d %H.%M.%S}"
    extension = extension_of(kind)
    number, path = 1, folder / f"{stem}{extension}"
    try:
        folder.mkdir(exist_ok=True)
        while path.exists():
            number += 1
            path = folder / f"{stem} {number}{extension}"
        with atomic_write(path) as temporary:
            temporary.write_bytes(content)
    except OSError as e:
        raise DownloadError(
            "The image can't be saved in {folder} ({reason}): free some disk space.",
            folder=folder,
            reason=e.strerror,
        ) from e
    return path


def _read(answer: http.client.HTTPResponse, kind: str, host: str, is_cancelled: Callable[[], bool]) -> bytes:
    if kind == "multipart/x-mixed-replace":
        raise IsStreamError("Streaming.")
    end = time.monotonic() + _WHOLE_S
    content = bytearray()
    is_looked_at = False
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if not is_looked_at and len(content) >= _HEAD_BYTES:
            is_looked_at = True
            _require_picture(bytes(content[:_HEAD_BYTES]), host)
        if len(content) > MOST_BYTES:
            raise DownloadError(
                "The image at {host} is larger than 64 MB: download it and open the file.", host=host
            )
        if time.monotonic() > end or is_cancelled():
            raise DownloadError("{host} takes too long to send the image: try again later.", host=host)
    _require_picture(bytes(content[:_HEAD_BYTES]), host)
    return bytes(content)


def _require_picture(head: bytes, host: str) -> None:
    from vimd_core.data.images.formats import image_format_of

    if is_video(head):
        raise IsStreamError("Moving.")
    if image_format_of(head) is None:
        raise DownloadError(
            "There is no image at this address of {host}: copy the address of the image itself.",
            host=host,
        )


def _name_in(address: str) -> str:
    """The name that an address ends in, as far as a file may be called so."""
    name = Path(unquote(urlsplit(address).path)).stem
    kept = "".join(c if c.isalnum() or c in " -_()" else "_" for c in name).strip(" ._")
    return kept[:_NAME_LENGTH]


class _OverHttpAlone(urllib.request.HTTPRedirectHandler):
    """Follows an answer that leads elsewhere, but to http and https alone."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).scheme not in HTTP_SCHEMES:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
