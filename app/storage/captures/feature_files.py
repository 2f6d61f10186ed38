"""Files of features of a project's captures, which can be thrown away at any time (cache).

Two networks see each capture (`vimd_core.embeddings.feature_ids`), and each has a file of its own, named after its
weights and form. Nothing here fails because a file can't be written: what is missing is computed again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.embeddings.feature_ids import FeatureFiles, companion_features_id, own_features_id
from vimd_core.embeddings.file import append_embeddings, embedding_count, forget_embeddings, stored_ids
from vimd_core.errors import DatasetError
from vimd_core.processes.messages import Float16Matrix

MAX_RECORDS: Final = 4_000_000
_FOLDER: Final = "embeddings"
_SUFFIX: Final = ".embeddings"
_SHOWN_DIGITS: Final = 16
_MOST_OWN: Final = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewFeatures:
    """Features that the child has sent, of each of the captures.

    Attributes:
        own: (captures, D1); (captures, 0) where these were not computed.
        companion: (captures, D2), or (captures, 0).
    """

    ids: tuple[int, ...]
    own: Float16Matrix
    companion: Float16Matrix

    def without(self, left_out: Collection[int]) -> NewFeatures:
        """The same but for some captures."""
        if not left_out:
            return self
        kept = [row for row, capture_id in enumerate(self.ids) if capture_id not in left_out]
        ids = tuple(self.ids[row] for row in kept)
        return NewFeatures(ids, _rows(self.own, kept), _rows(self.companion, kept))


def feature_files(project_folder: Path, own_model_id: str, *, with_companion: bool = True) -> FeatureFiles:
    """The files of a project.

    Args:
        project_folder: where they lie.
        own_model_id: the model that the one in use was first made from.
        with_companion: whether there is a companion.
    """
    companion = _file(project_folder, companion_features_id())
    return FeatureFiles(
        _file(project_folder, own_features_id(own_model_id)), companion if with_companion else None
    )


def map_file(files: FeatureFiles) -> Path:
    """Where the map of captures is kept."""
    return files.own.with_suffix(".map" if files.companion is not None else ".own-map")


def missing_features(files: FeatureFiles, wanted: Iterable[int]) -> dict[int, tuple[bool, bool]]:
    """The captures that lack features, and whether those of the own network and of the companion are missing."""
    own = stored_ids(files.own)
    companion = None if files.companion is None else stored_ids(files.companion)
    lacking = (
        (capture_id, capture_id not in own, companion is not None and capture_id not in companion)
        for capture_id in wanted
    )
    return {capture_id: (no_own, no_other) for capture_id, no_own, no_other in lacking if no_own or no_other}


def known_captures(files: FeatureFiles) -> set[int]:
    """The captures that have features of each network."""
    own = stored_ids(files.own)
    return own if files.companion is None else own & stored_ids(files.companion)


def keep_features(files: FeatureFiles, new: NewFeatures) -> None:
    """Add features to the files. To be called in the thread that writes to the project."""
    for path, features in ((files.own, new.own), (files.companion, new.companion)):
        count, dim = features.shape
        if path is None or not dim or not count:
            continue
        try:
            if embedding_count(path) + count > MAX_RECORDS:
                path.unlink()
            append_embeddings(path, dim, new.ids, features.data)
        except (OSError, DatasetError) as e:
            _log.warning("Features can't be kept in %s: %s", path, e)


def forget_features(project_folder: Path, ids: Collection[int]) -> None:
    """Let no file know captures any more, as their files hold something else now."""
    for path in (project_folder / _FOLDER).glob(f"*{_SUFFIX}"):
        try:
            forget_embeddings(path, ids)
        except OSError as e:
            _log.warning("Features can't be dropped from %s: %s", path, e)
            path.unlink(missing_ok=True)


def drop_other_features(project_folder: Path, own_model_ids: Iterable[str]) -> None:
    """Delete files of other forms, as older versions kept them, and of own networks that were not used for long.

    Args:
        project_folder: where they lie.
        own_model_ids: all models that the project knows.
    """
    folder = project_folder / _FOLDER
    own = {_file(project_folder, own_features_id(model_id)) for model_id in own_model_ids}
    companion = _file(project_folder, companion_features_id())
    by_age = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    kept = {companion.stem, *[path.stem for path in by_age if path in own][:_MOST_OWN]}
    for path in folder.glob("*"):
        if path.stem not in kept and path.suffix in (_SUFFIX, ".map", ".own-map"):
            path.unlink(missing_ok=True)


def _file(project_folder: Path, features_id: str) -> Path:
    return project_folder / _FOLDER / f"{features_id[:_SHOWN_DIGITS]}{_SUFFIX}"


def _rows(matrix: Float16Matrix, rows: list[int]) -> Float16Matrix:
    width = 2 * matrix.shape[1]
    packed = b"".join(matrix.data[row * width : (row + 1) * width] for row in rows)
    return Float16Matrix((len(rows), matrix.shape[1]), memoryview(packed))
