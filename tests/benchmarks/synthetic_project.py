"""Projects of any size without a single image: rows as an import, a model and some people would have left them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from app.storage.locations import DATABASE_NAME
from app.storage.natural_order import natural_key
from app.storage.project import Project
from app.storage.records import ReviewState

CLASSES = 43
FOLDERS = 100
UNANSWERED_SHARE = 0.02
_COLUMNS = (
    "id", "source_id", "path", "name_key", "content_hash", "file_size_bytes", "modified_ns", "width_px", "height_px",
    "added_ms", "state", "label_class_id", "predicted_class_id", "prediction_model_id", "probability", "disagreement",
    "sr_changed",
)  # fmt: skip


def build_project(folder: Path, captures: int, *, labelled_share: float = 0.3, seed: int = 0) -> Path:
    """Make a project, or leave one as it is that was made before.

    Args:
        folder: NAME.vimd.
        captures: how many; about 25 s for a million.
        labelled_share: of them have a label that agrees with the model or not.
        seed: of answers and labels.

    Returns:
        The folder.
    """
    done = folder / f"{captures}.built"
    if done.exists():
        return folder
    Project.open(folder).close()
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executemany(
            "INSERT INTO sources (id, path, is_folder, added_ms) VALUES (?, ?, 1, 0)",
            [(index + 1, f"/data/{index:03d}") for index in range(FOLDERS)],
        )
        connection.executemany(
            "INSERT INTO classes (id, name, colour, position) VALUES (?, ?, ?, ?)",
            [(i + 1, f"Class {i + 1}", f"#{(i * 5711) % 0xFFFFFF:06x}", i) for i in range(CLASSES)],
        )
        connection.execute(
            "INSERT INTO models (id, sha256, name, path, classes, added_ms) VALUES (1, 'ab', 'Made up', '/no', '[]', 0)"
        )
        connection.execute("UPDATE project SET active_model_id = 1")
        places = ", ".join("?" * len(_COLUMNS))
        connection.executemany(
            f"INSERT INTO captures ({', '.join(_COLUMNS)}) VALUES ({places})",
            _rows(captures, labelled_share, random.Random(seed)),
        )
        connection.commit()
    done.touch()
    return folder


def _rows(captures: int, labelled_share: float, generator: random.Random) -> Iterator[tuple[Any, ...]]:
    for index in range(captures):
        path = f"/data/{index % FOLDERS:03d}/capture_{index}.png"
        answered = generator.random() >= UNANSWERED_SHARE
        predicted = generator.randint(1, CLASSES) if answered else None
        state, label = ReviewState.UNREVIEWED, None
        if generator.random() < labelled_share:
            right = answered and generator.random() < 0.8
            state = ReviewState.ACCEPTED if right else ReviewState.CORRECTED
            label = predicted if right else generator.randint(1, CLASSES)
        yield (
            index + 1,
            index % FOLDERS + 1,
            path,
            natural_key(path),
            index.to_bytes(32, "big"),
            900,
            index,
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
