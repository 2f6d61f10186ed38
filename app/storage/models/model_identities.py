"""Gives models of older projects the identity that they would have today.

A model was known by the SHA-256 of its file, so that figures recorded in the file, or a new calibration, made it an
unknown one. Now it is known by its tensors and class names. Which ones an old model had is read from its file:

* A file that is still what it was tells it.
* A file of the project's own that was written since is taken for the model if all that the project knows of it fits:
  it lies under the name that was made of the old hash, is a whole bundle with the same name, classes, parent and time
  of training, and holds figures or a temperature that the project did not see when it took the model in. Its tensors
  can't be compared with anything, so its captures are classified anew, and the user is told.
* A file that is missing waits until it is there again, and any other one counts as damaged, as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, select, update

from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from vimd_core.errors import CheckpointError
from vimd_core.user_messages import Sentence, sentence

if TYPE_CHECKING:
    from vimd_core.checkpoints.bundle_info import BundleInfo

OF_FILE: Final = "file:"
_SHOWN_DIGITS: Final = 16
_models = schema.models


@dataclass(frozen=True)
class UnsettledModel:
    """A model that is known by the hash of its file.

    Attributes:
        file_sha256: that hash.
        parent_sha256: the same of the model that it was trained from, or None.
        metrics: figures that the project has of it.
    """

    id: int
    file_sha256: str
    parent_sha256: str | None
    name: str
    path: Path
    classes: tuple[str, ...]
    metrics: dict[str, Any]
    added_ms: int


@dataclass(frozen=True)
class SettledModel:
    """What its file says.

    Attributes:
        sha256: of its tensors and class names.
        settings: what else decides its answers.
        was_rewritten: whether the file is another one than it was, and its answers have to be given anew.
    """

    model: UnsettledModel
    sha256: str
    settings: dict[str, Any]
    was_rewritten: bool

    @property
    def notice(self) -> Sentence | None:
        """What the user is told of it."""
        if not self.was_rewritten:
            return None
        return sentence(
            "The file of the model {name} was changed by another command after training. Its "
            "description is valid, so it is used, and captures are classified again.",
            name=self.model.name,
        )


class ModelIdentities:
    """Reads and changes what models are known by, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def unsettled(self) -> list[UnsettledModel]:
        """The models that are known by the hash of their file."""
        parent = _models.alias("parent")
        rows = self._connection.execute(
            select(_models, parent.c.sha256.label("parent_sha256"))
            .outerjoin(parent, parent.c.id == _models.c.parent_id)
            .where(_models.c.sha256.startswith(OF_FILE))
        )
        return [
            UnsettledModel(
                id=row.id,
                file_sha256=row.sha256.removeprefix(OF_FILE),
                parent_sha256=row.parent_sha256.removeprefix(OF_FILE) if row.parent_sha256 else None,
                name=row.name,
                path=self._paths.to_absolute(row.path),
                classes=tuple(row.classes),
                metrics=row.metrics or {},
                added_ms=row.added_ms,
            )
            for row in rows
        ]

    def settle(self, settled: Sequence[SettledModel]) -> list[SettledModel]:
        """Write down what models are.

        Returns:
            Those that could be: where two models are the same by their tensors, the second stays as it is.
        """
        done = []
        for one in settled:
            known = self._connection.scalar(select(_models.c.id).where(_models.c.sha256 == one.sha256))
            if known is not None:
                continue
            self._connection.execute(
                update(_models)
                .where(_models.c.id == one.model.id)
                .values(sha256=one.sha256, settings=one.settings)
            )
            if one.was_rewritten:
                table = schema.predictions
                self._connection.execute(
                    update(table).where(table.c.model_id == one.model.id).values(is_outdated=True)
                )
            done.append(one)
        return done


def read_identities(models: Sequence[UnsettledModel], project_folder: Path) -> list[SettledModel]:
    """Look at the files of models; those that are missing or do not fit are left out."""
    settled = [_read(model, project_folder) for model in models]
    # A file that is still what it was comes before one that was written since.
    return sorted((one for one in settled if one is not None), key=lambda one: one.was_rewritten)


def _read(model: UnsettledModel, project_folder: Path) -> SettledModel | None:
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import answer_settings, file_id, model_id

    try:
        if not model.path.is_file():
            return None
        is_unchanged = file_id(model.path) == model.file_sha256
        info = read_bundle_info(model.path)
        if not is_unchanged and not _fits(model, info, project_folder):
            return None
        return SettledModel(model, model_id(model.path), answer_settings(info), not is_unchanged)
    except (CheckpointError, OSError):
        return None


def _fits(model: UnsettledModel, info: BundleInfo, project_folder: Path) -> bool:
    """Whether a file that was written since is the model with other figures, by all that the project knows."""
    own = project_folder / "models" / f"{model.file_sha256[:_SHOWN_DIGITS]}.safetensors"
    is_described_alike = (
        model.path == own
        and (info.name, info.classes) == (model.name, model.classes)
        and info.training.get("seconds") == model.metrics.get("seconds")
        and model.parent_sha256 in (None, info.parent)
    )
    was_written_since = model.path.stat().st_mtime_ns > model.added_ms * 1_000_000
    has_other_figures = any(model.metrics.get(name) != value for name, value in info.metrics.items())
    return is_described_alike and was_written_since and (has_other_figures or info.temperature != 1.0)
