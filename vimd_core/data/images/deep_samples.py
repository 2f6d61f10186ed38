"""All bits of the samples of files that Pillow opens and would cut down to eight bits. Torch-free."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

_SIXTEEN_BITS: Final = 65535.0
_PNG_CHUNKS_BEGIN: Final = 8
_PNG_BIT_DEPTH_AT: Final = 24
# Of the bytes of two-byte samples, Pillow's raw modes pick the first or the second.
_FIRST, _SECOND = "16B", "16L"
_J2K_SIZE: Final = b"\xff\x51"
_J2K_DEPTH_AT: Final = 40
_J2K_HEADER_BYTES: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class DeepSamples:
    """Samples and what is known of them.

    Attributes:
        samples: (H, W, C) of more than 8 bits.
        has_alpha: whether the last of a pixel is its opacity.
        stated_maximum: the largest value that the file allows; None where it does not say.
    """

    samples: npt.NDArray[Any]
    has_alpha: bool = False
    stated_maximum: float | None = None


def deep_samples(image: Image.Image, file: IO[bytes]) -> DeepSamples | None:
    """Read the samples of a picture that has more than 8 bits.

    Args:
        image: opened, not yet loaded.
        file: that it was opened from.

    Returns:
        None where 8 bits are all it has.

    Raises:
        OSError, ValueError, ...: as Pillow's readers, when it is damaged.
    """
    if image.format == "PNG" and _bytes_at(file, _PNG_BIT_DEPTH_AT, 1) == b"\x10":
        return _png_samples(image, file)
    if image.format == "PPM" and image.mode == "RGB":
        return _ppm_samples(image, file)
    if image.format == "JPEG2000" and image.mode == "RGB" and _j2k_bits(file) == 16:
        return _j2k_samples(image, file)
    if image.mode.startswith("I") or image.mode == "F":
        stated = None
        if image.format == "PPM" or (image.format == "JPEG2000" and _j2k_bits(file) != 16):
            stated = _scaled_by_pillow(image, file)
        return DeepSamples(np.asarray(image)[..., None], stated_maximum=stated)
    return None


def _png_samples(image: Image.Image, file: IO[bytes]) -> DeepSamples:
    bits = _significant_bits(file)
    transparent = image.info.get("transparency")
    samples: npt.NDArray[Any]
    is_grey_with_alpha = image.tile[0].args == f"LA;{_FIRST}"  # type: ignore[attr-defined]
    if is_grey_with_alpha:
        # Two samples of two bytes lie as four of one byte do.
        four = _with_raw_mode(file, "RGBA").astype(np.uint16)
        samples = four[..., 0::2] << 8 | four[..., 1::2]
    elif image.mode in ("RGB", "RGBA"):
        first = _with_raw_mode(file, f"{image.mode};{_FIRST}").astype(np.uint16)
        samples = first << 8 | _with_raw_mode(file, f"{image.mode};{_SECOND}")
    else:
        samples = np.asarray(image).astype(np.uint16)[..., None]
    has_alpha = is_grey_with_alpha or image.mode == "RGBA"
    if transparent is not None and not has_alpha:
        opaque = (samples != np.asarray(transparent, np.int64).reshape(-1)).any(axis=-1, keepdims=True)
        samples = np.concatenate([samples, opaque.astype(np.uint16) * 65535], axis=-1)
        has_alpha = True
    return DeepSamples(samples, has_alpha, None if bits is None else float(2**bits - 1))


def _with_raw_mode(file: IO[bytes], raw_mode: str) -> npt.NDArray[np.uint8]:
    file.seek(0)
    image = Image.open(file, formats=("PNG",))
    image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
    return np.asarray(image)


def _significant_bits(file: IO[bytes]) -> int | None:
    """What the chunk sBIT says, of the deepest colour."""
    at = _PNG_CHUNKS_BEGIN
    while len(head := _bytes_at(file, at, 8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"sBIT":
            said = max(_bytes_at(file, at + 8, min(length, 3)), default=0)
            return said if 8 <= said < 16 else None
        if kind in (b"IDAT", b"IEND"):
            return None
        at += 12 + length
    return None


def _ppm_samples(image: Image.Image, file: IO[bytes]) -> DeepSamples | None:
    """Binary colour of two bytes a sample."""
    kind, width, height, maximum, begin = _ppm_header(file)
    if kind != b"P6" or maximum < 256:
        return None
    values = np.frombuffer(_bytes_at(file, begin, width * height * 6), ">u2")
    samples = values.astype(np.uint16).reshape(height, width, 3)
    return DeepSamples(samples, stated_maximum=float(maximum) if maximum < _SIXTEEN_BITS else None)


def _scaled_by_pillow(image: Image.Image, file: IO[bytes]) -> float | None:
    """Pillow has brought other depths to 16 bits by what the header says of them."""
    if image.format == "PPM" and _ppm_header(file)[3] >= _SIXTEEN_BITS:
        return None
    return _SIXTEEN_BITS


def _ppm_header(file: IO[bytes]) -> tuple[bytes, int, int, int, int]:
    """Kind, width, height, largest value, and where the pixels begin."""
    content = _bytes_at(file, 0, 4096)
    fields: list[bytes] = []
    at = 0
    while len(fields) < 4 and at < len(content):
        if content[at : at + 1] == b"#":
            at = content.index(b"\n", at)
        elif content[at : at + 1].isspace():
            at += 1
        else:
            end = at
            while end < len(content) and not content[end : end + 1].isspace():
                end += 1
            fields.append(content[at:end])
            at = end
    if len(fields) < 4:
        raise ValueError("a header that ends too early")
    return fields[0], int(fields[1]), int(fields[2]), int(fields[3]), at + 1


def _j2k_samples(image: Image.Image, file: IO[bytes]) -> DeepSamples | None:
    """Colour of 16 bits, of which Pillow has no mode: OpenCV decodes what Pillow has found to be whole."""
    import cv2

    image.load()
    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_SILENT
    )  # it would tell the terminal what it assumes
    content = np.frombuffer(_bytes_at(file, 0, -1), np.uint8)
    try:
        samples = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if samples is None or samples.dtype != np.uint16 or samples.shape != (image.height, image.width, 3):
        return None
    return DeepSamples(samples[..., ::-1])


def _j2k_bits(file: IO[bytes]) -> int:
    head = _bytes_at(file, 0, _J2K_HEADER_BYTES)
    at = head.find(_J2K_SIZE)
    depth = head[at + _J2K_DEPTH_AT : at + _J2K_DEPTH_AT + 1] if at >= 0 else b""
    return (depth[0] & 0x7F) + 1 if depth else 0


def _bytes_at(file: IO[bytes], offset: int, length: int) -> bytes:
    place = file.tell()
    file.seek(offset)
    content = file.read(length)
    file.seek(place)
    return content
