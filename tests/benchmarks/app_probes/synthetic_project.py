"""Projects of any size in some seconds: rows as an import, a model and some people would have left them."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from app.domain.records import ReviewState
from app.locations import DATABASE_NAME
from app.storage.database.paths import natural_key
from app.storage.project import Project
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import model_id

CLASSES: Final = 43
FOLDERS: Final = 100
_UNANSWERED_SHARE: Final = 0.02
_LABELLED_SHARE: Final = 0.3
_PLACE: Final = Path("/data")
_COLUMNS = (
    "id", "source_id", "path", "name_key", "content_hash", "file_size_bytes", "modified_ns", "width_px", "height_px",
    "added_ms", "state", "label_class_id", "predicted_class_id", "prediction_model_id", "probability", "disagreement",
    "sr_changed",
)  # fmt: skip


def build_project(
    folder: Path,
    captures: int,
    *,
    pictures: Path = _PLACE,
    model: Path | None = None,
    label_classes: int = 0,
    seed: int = 0,
) -> Path:
    """Make a project, or leave one as it is that was made before.

    Args:
        folder: NAME.vimd.
        captures: how many; about 25 s for a million, twice that with a model.
        pictures: where the files are that it speaks of, laid out as `picture_files` does; they may be missing.
        model: a bundle that has answered for all captures; without, a made-up one has for most of them.
        label_classes: classes beside those of the model, which all corrected captures are labelled with.
        seed: of answers and labels.

    Returns:
        The folder.
    """
    done = folder / f"{captures}.built"
    if done.exists():
        return folder
    project = Project.open(folder)
    try:
        classes = tuple(f"Class {i + 1}" for i in range(CLASSES))
        sha256, name, path = "ab", "Made up", Path("/no")
        if model is not None:
            info = read_bundle_info(model)
            sha256, name, path, classes = model_id(model), info.name, model, info.classes
        record = project.write(lambda unit: unit.models.activate_file(sha256, name, path, classes)).result()
        names = [f"Own class {number + 1}" for number in range(label_classes)]
        own = project.write(lambda unit: unit.catalogue.ensure_classes(names)).result()
    finally:
        project.close()
    labels = tuple(own.values()) or record.class_ids
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executemany(
            "INSERT INTO sources (id, path, is_folder, added_ms) VALUES (?, ?, 1, 0)",
            [(index + 1, f"{pictures}/{index:03d}") for index in range(FOLDERS)],
        )
        answered_share = 1.0 if model is not None else 1 - _UNANSWERED_SHARE
        connection.executemany(
            f"INSERT INTO all_captures ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
            _rows(captures, pictures, record.class_ids, labels, answered_share, random.Random(seed)),
        )
        if model is not None:
            connection.executemany(
                "INSERT INTO predictions (capture_id, model_id, top, bicubic_top, disagreement, created_ms) "
                "SELECT id, 1, ?, ?, disagreement, 0 FROM captures WHERE id = ?",
                _answers(captures, len(record.class_ids)),
            )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done.touch()
    return folder


def _answers(captures: int, classes: int) -> Iterator[tuple[str, str, int]]:
    """Five classes for each capture on both views; the first one need not be the one that the list shows."""
    kinds = [
        json.dumps([[(first + 7 * place) % classes, 0.6 / (place + 1)] for place in range(5)])
        for first in range(classes)
    ]
    for index in range(captures):
        yield kinds[index % classes], kinds[index % classes], index + 1


def _file_facts(path: str, index: int) -> tuple[int, int]:
    """Size and time of a file, so that it does not count as changed; made-up ones where it is missing."""
    try:
        facts = Path(path).stat()
    except OSError:
        return 900, index
    return facts.st_size, facts.st_mtime_ns


def _rows(
    captures: int,
    pictures: Path,
    class_ids: tuple[int, ...],
    labels: tuple[int, ...],
    answered_share: float,
    generator: random.Random,
) -> Iterator[tuple[Any, ...]]:
    for index in range(captures):
        path = f"{pictures}/{index % FOLDERS:03d}/capture_{index}.png"
        answered = generator.random() < answered_share
        predicted = generator.choice(class_ids) if answered else None
        state, label = ReviewState.UNREVIEWED, None
        if generator.random() < _LABELLED_SHARE:
            right = answered and generator.random() < 0.8
            state = ReviewState.ACCEPTED if right else ReviewState.CORRECTED
            label = predicted if right else generator.choice(labels)
        yield (
            index + 1,
            index % FOLDERS + 1,
            path,
            natural_key(path),
            index.to_bytes(16, "big"),
            *_file_facts(path, index),
            generator.randint(20, 64),
            generator.randint(20, 64),
            index,
            int(state),
            label,
            predicted,
            1 if answered else None,
            generator.random() if answered else None,
            generator.random() if answered else None,
            generator.random() < 0.1 if answered else None,
        )
