"""The file that keeps what one network sees in captures: packed, appended to, safe to lose. Torch-free.

    offset 0   8 bytes   magic b"ViMDemb1"
    offset 8   u32       M, numbers in an embedding
    offset 12  20 bytes  0
    offset 32            records: i64 id of the capture, M x float16

All numbers are little-endian. A later record of the same id takes the place of an earlier one. Records are only
added at the end, so that a killed writer leaves at most one torn record, which is cut off before the next is added;
a hole that a power cut left is full of zeros, and no capture has the id 0. Whatever else is wrong with a file, it is
thrown away: everything in it can be computed again.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vimd_core.errors import DatasetError

if TYPE_CHECKING:  # the window writes such files and must not load numpy for it
    import numpy as np
    import numpy.typing as npt

MAGIC: Final = b"ViMDemb1"
_HEADER: Final = struct.Struct("<8sI20x")
_ID: Final = struct.Struct("<q")
_MAX_DIM: Final = 1 << 16


def append_embeddings(path: Path, dim: int, ids: Sequence[int], packed: bytes | memoryview) -> None:
    """Add embeddings at the end of a file, which is made when it is missing, damaged or of another size.

    Args:
        path: the file; its folder is made too.
        dim: M.
        ids: captures, each above 0.
        packed: len(ids) x M float16, little-endian.

    Raises:
        DatasetError: the numbers do not fit each other.
        OSError: the file can't be written.
    """
    width = 2 * dim
    if not 0 < dim < _MAX_DIM or len(packed) != width * len(ids) or any(i <= 0 for i in ids):
        raise DatasetError(
            "{packed} bytes are no embeddings of {count} captures with {dim} numbers.",
            packed=len(packed),
            count=len(ids),
            dim=dim,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    view = memoryview(packed)
    records = b"".join(
        part
        for number, capture_id in enumerate(ids)
        for part in (_ID.pack(capture_id), view[number * width : (number + 1) * width])
    )
    path.touch()
    with path.open("r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(_HEADER.size) != _HEADER.pack(MAGIC, dim):
            file.truncate(0)
            file.seek(0)
            file.write(_HEADER.pack(MAGIC, dim))
            size = _HEADER.size
        end = size - (size - _HEADER.size) % (width + _ID.size)
        file.truncate(end)
        file.seek(end)
        rest = memoryview(records)
        while rest:
            rest = rest[file.write(rest) :]


def forget_embeddings(path: Path, ids: Collection[int]) -> None:
    """Let a file hold nothing of some captures: their records become holes, whoever has it open.

    Args:
        path: the file; nothing is done where there is none, or it is damaged.
        ids: captures.

    Raises:
        OSError: the file can't be written.
    """
    if not ids or embedding_count(path) == 0:
        return
    wanted = set(ids)
    with path.open("r+b") as file:
        dim = _read_dim(file.read(_HEADER.size))
        if dim is None:
            return
        with mmap.mmap(file.fileno(), 0) as mapped:
            width = 2 * dim + _ID.size
            for place in range(_HEADER.size, len(mapped) - width + 1, width):
                if _ID.unpack_from(mapped, place)[0] in wanted:
                    _ID.pack_into(mapped, place, 0)


def embedding_count(path: Path) -> int:
    """Records in a file, later ones of the same capture counted too; 0 when there is none or it is damaged."""
    try:
        with path.open("rb") as file:
            dim = _read_dim(file.read(_HEADER.size))
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return 0
    return 0 if dim is None else (size - _HEADER.size) // (2 * dim + _ID.size)


@dataclass(frozen=True)
class StoredEmbeddings:
    """What a file held when it was opened.

    Attributes:
        ids: (N,) int64, 0 for records that do not count: holes, and those that a later one replaces.
        vectors: (N, M) float16, mapped from the file and not in memory.
    """

    ids: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]

    @property
    def dim(self) -> int:
        """M."""
        return int(self.vectors.shape[1])

    def rows_of(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The record of each capture; -1 for those that have none."""
        import numpy as np

        order = np.argsort(self.ids, kind="stable")
        places = np.searchsorted(self.ids, ids, sorter=order)
        inside = places < len(order)
        rows = np.full(len(ids), -1, np.int64)
        rows[inside] = order[places[inside]]
        rows[self.ids[rows] != ids] = -1
        return rows


def open_embeddings(path: Path) -> StoredEmbeddings:
    """Map a file for reading.

    Raises:
        DatasetError: there is none, it is empty, or it is not of this form.
    """
    import numpy as np

    count = embedding_count(path)
    if count == 0:
        raise DatasetError("The features of these captures are not computed yet: try again in a moment.")
    with path.open("rb") as file:
        dim = _read_dim(file.read(_HEADER.size)) or 1
        record = np.dtype([("id", "<i8"), ("vector", "<f2", (dim,))])
        records = np.memmap(file, dtype=record, mode="r", offset=_HEADER.size, shape=(count,))
    ids = np.array(records["id"], dtype=np.int64)
    if bool((np.diff(ids) <= 0).any()):  # otherwise each id comes once
        last = len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]
        replaced = np.ones(len(ids), bool)
        replaced[last] = False
        ids[replaced | (ids < 0)] = 0
    return StoredEmbeddings(ids, np.asarray(records["vector"]))


def stored_ids(path: Path) -> set[int]:
    """The captures that a file holds; none when it is missing or damaged."""
    try:
        ids = open_embeddings(path).ids
    except (DatasetError, OSError):
        return set()
    return set(ids[ids > 0].tolist())


def _read_dim(header: bytes) -> int | None:
    if len(header) != _HEADER.size:
        return None
    magic, dim = _HEADER.unpack(header)
    return dim if magic == MAGIC and 0 < dim < _MAX_DIM else None
