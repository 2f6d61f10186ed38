"""Hashes of file contents, in constant memory. Torch-free."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

CONTENT_HASH_BYTES: Final = 16


def content_hash(path: Path) -> str:
    """The identity of a capture's content: the same bytes have the same hash, wherever they lie.

    Args:
        path: the file.

    Returns:
        BLAKE2b of the bytes with a digest of 16 bytes, as 32 hexadecimal digits. It tells captures apart;
        it is no protection against someone who forges files.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=CONTENT_HASH_BYTES)).hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 of the bytes as 64 hexadecimal digits, as `sha256sum` prints it.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
