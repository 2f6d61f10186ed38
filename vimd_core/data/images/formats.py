"""Image formats that are read, and what else a file may be, told by its first bytes. Torch-free.

This is the one table: folders, drops, file dialogs, archives and lists of captures ask it.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SNIFFED_BYTES: Final = 64
"""So many bytes from the beginning of a file tell what it is."""


@dataclass(frozen=True)
class ImageFormat:
    """A kind of image that is read.

    Attributes:
        name: as people call it.
        readers: names of Pillow's readers for it.
        extensions: of its files, with the dot, in small letters; the first is what a new file is given.
    """

    name: str
    readers: tuple[str, ...]
    extensions: tuple[str, ...]


IMAGE_FORMATS: Final = (
    ImageFormat("PNG", ("PNG",), (".png", ".apng")),
    ImageFormat("JPEG", ("JPEG",), (".jpg", ".jpeg", ".jpe", ".jfif")),
    ImageFormat("BMP", ("BMP", "DIB"), (".bmp", ".dib")),
    ImageFormat("TIFF", ("TIFF",), (".tif", ".tiff")),
    ImageFormat("WebP", ("WEBP",), (".webp",)),
    ImageFormat("AVIF", ("AVIF",), (".avif", ".avifs")),
    ImageFormat("HEIC", ("HEIF",), (".heic", ".heif", ".hif")),
    ImageFormat("JPEG 2000", ("JPEG2000",), (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx")),
    ImageFormat("GIF", ("GIF",), (".gif",)),
    ImageFormat("PGM", ("PPM",), (".ppm", ".pgm", ".pnm", ".pbm")),
)
IMAGE_EXTENSIONS: Final = frozenset(extension for one in IMAGE_FORMATS for extension in one.extensions)
# Only what is named here is tried: other readers of Pillow start programs (EPS) or reach out (WMF).
READERS: Final = tuple(reader for one in IMAGE_FORMATS for reader in one.readers)
FORMAT_NAMES: Final = ", ".join(one.name for one in IMAGE_FORMATS)
"""For sentences."""

_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# Where, what, and what then is there.
_IMAGE_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    *((4, b"ftyp" + brand, "HEIC") for brand in _HEIC_BRANDS),
    *((4, b"ftyp" + brand, "AVIF") for brand in (b"avif", b"avis")),
    *((0, b"P%d" % digit, "PGM") for digit in range(1, 7)),
)
_BMP_HEADER_SIZES: Final = (12, 16, 40, 52, 56, 64, 108, 124)
_OTHER_SIGNATURES: Final = (
    (0, b"8BPS", "Photoshop (PSD)"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "EPS"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS"),
    (0, b"PK\x03\x04", "ZIP or Office (DOCX, XLSX, PPTX)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office (DOC, XLS, PPT)"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf", "7-Zip"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"v/1\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"\0\0\x01\0", "icon (ICO)"),
    (0, b"DDS ", "DDS"),
    (0, b"qoif", "QOI"),
    (0, b"gimp xcf", "GIMP (XCF)"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"\x89HDF", "HDF5"),
    (0, b"\x93NUMPY", "NumPy"),
    (0, b"FUJIFILM", "raw camera"),
    (8, b"AVI ", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (4, b"ftyp", "video"),
    (0, b"<svg", "SVG"),
    (0, b"<!DOCTYPE html", "HTML"),
    (0, b"<html", "HTML"),
    (0, b"<?xml", "XML or SVG"),
    (0, b"{", "JSON"),
)

# Files beside images that nobody means to be images: not even opened.
_OTHER_EXTENSIONS: Final = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".toml", ".ini", ".md", ".log"}
    | {".html", ".htm", ".css", ".js", ".py", ".ipynb", ".m", ".mat", ".npy", ".npz", ".pkl", ".h5", ".hdf5"}
    | {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".rtf"}
    | {".zip", ".tar", ".gz", ".xz", ".bz2", ".7z", ".rar", ".zst", ".exe", ".dll", ".so", ".db", ".sqlite"}
    | {".mp4", ".avi", ".mov", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg", ".ts", ".m4v", ".mp3", ".wav"}
    | {".psd", ".xcf", ".svg", ".eps", ".ai", ".ico", ".exr", ".hdr", ".jxl", ".raw", ".cr2", ".cr3", ".nef"}
    | {
        ".arw",
        ".dng",
        ".raf",
        ".orf",
        ".rw2",
        ".safetensors",
        ".pt",
        ".pth",
        ".onnx",
        ".part",
        ".tmp",
        ".lock",
    }
)


def image_format_of(head: bytes) -> str | None:
    """Name of the kind of image that a file is, or None where it is none that is read.

    Args:
        head: at least its first `SNIFFED_BYTES` bytes, or all of them.
    """
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    for offset, signature, name in _IMAGE_SIGNATURES:
        if head.startswith(signature, offset):
            if name == "PGM" and head[2:3] not in (b" ", b"\t", b"\n", b"\r", b"#"):
                continue
            if name == "HEIC" and b"avif" in head[8:SNIFFED_BYTES]:
                return "AVIF"
            return name
    return None


def extension_of(name: str) -> str:
    """What the name of a new file of a kind of image ends in, with the dot.

    Args:
        name: of one of `IMAGE_FORMATS`.
    """
    return next(one.extensions[0] for one in IMAGE_FORMATS if one.name == name)


def other_kind_of(head: bytes) -> str:
    """Name of the kind of data that a file holds which is no image that is read; empty where nothing tells it.

    Args:
        head: as for `image_format_of`.
    """
    trimmed = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for offset, signature, name in _OTHER_SIGNATURES:
        if (trimmed if signature[:1] == b"<" else head).lower().startswith(signature.lower(), offset):
            return name
    return ""


def is_image_file(name: str, path: Path | str) -> bool:
    """Whether a file of a folder is taken for a capture: by its extension, or by its content where that says nothing.

    Args:
        name: of the file.
        path: where it can be opened; nothing but regular files is.
    """
    extension = os.path.splitext(name)[1].lower()  # noqa: PTH122 (10x faster than Path)
    if extension in IMAGE_EXTENSIONS:
        return True
    if extension in _OTHER_EXTENSIONS or extension.endswith("~"):
        return False
    return image_format_of(read_head(path)) is not None


def is_regular_file(path: Path | str) -> bool:
    """Whether a path leads to a file, and not to a pipe or a device, which could keep its reader waiting."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def read_head(path: Path | str) -> bytes:
    """The first bytes of a regular file; none of anything else."""
    try:
        if not is_regular_file(path):
            return b""
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read(SNIFFED_BYTES)
    except (OSError, ValueError):
        return b""


def kind_by_name(name: str) -> str:
    """What a file that is left out is counted as: its extension in capitals, nothing where it has none."""
    return os.path.splitext(name)[1][1:].upper()  # noqa: PTH122
