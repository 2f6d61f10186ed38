"""Embedding files of a project's models, which can be thrown away at any time (cache)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.embeddings.file import append_embeddings, embedding_count
from vimd_core.errors import DatasetError
from vimd_core.processes.messages import Float16Matrix

MAX_RECORDS: Final = 4_000_000
_FOLDER: Final = "embeddings"
_MAX_MODELS: Final = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewEmbeddings:
    """Embeddings that the child has sent, one for each of the captures."""

    ids: tuple[int, ...]
    vectors: Float16Matrix


def embedding_file(project_folder: Path, model_sha256: str) -> Path:
    """The file of one model; `layout_file` lies beside it."""
    return project_folder / _FOLDER / f"{model_sha256[:16]}.embeddings"


def layout_file(embeddings: Path) -> Path:
    """Where the map of a file's captures is kept."""
    return embeddings.with_suffix(".map")


def keep_embeddings(path: Path, new: NewEmbeddings) -> None:
    """Add embeddings to a file, and drop those of models that were not used for long.

    A full disk costs nothing but the time to compute them again, so it is no failure of whoever calls. To be
    called in the thread that writes to the project.
    """
    try:
        if embedding_count(path) + len(new.ids) > MAX_RECORDS:
            path.unlink()
        is_new = not path.exists()
        append_embeddings(path, new.vectors.shape[1], new.ids, new.vectors.data)
        if is_new:
            _drop_old(path.parent)
    except (OSError, DatasetError) as e:
        _log.warning("Embeddings can't be kept in %s: %s", path, e)


def _drop_old(folder: Path) -> None:
    files = sorted(folder.glob("*.embeddings"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_MAX_MODELS:]:
        path.unlink(missing_ok=True)
        layout_file(path).unlink(missing_ok=True)
