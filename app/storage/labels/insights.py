"""Labels as the checks and statistics of the whole project need them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from sqlalchemy import Connection

from app.domain.records import ReviewState

_LABELLED: Final = (int(ReviewState.ACCEPTED), int(ReviewState.CORRECTED))


@dataclass(frozen=True, slots=True)
class LabelArrays:
    """All captures that a human has given a class, one number each in arrays of one length.

    Attributes:
        ids: captures.
        class_ids: their labels.
        folders: a number for each folder that captures lie in.
    """

    ids: array[int]
    class_ids: array[int]
    folders: array[int]


@dataclass(frozen=True, slots=True)
class AnsweredCaptures:
    """All captures with a label and an answer of the active model, one number each in arrays of one length.

    Attributes:
        ids: captures.
        labels: classes that a human has given.
        answers: classes that the model has given.
    """

    ids: array[int]
    labels: array[int]
    answers: array[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """The last word of a human on one capture, and what the model of that moment had said.

    Attributes:
        capture_id: which capture.
        label_id: the class that the human gave.
        model_class_id: the class that the model had given.
        model_id: which model that was.
        created_ms: when the human said it.
    """

    capture_id: int
    label_id: int
    model_class_id: int
    model_id: int
    created_ms: int


class Insights:
    """Figures of the whole project, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def labels(self) -> tuple[array[int], array[int]]:
        """All captures that a human has given a class, and these classes; int64."""
        rows = self._connection.exec_driver_sql(
            "SELECT id, label_class_id FROM captures "
            "WHERE state IN (?, ?) AND label_class_id IS NOT NULL ORDER BY id",
            _LABELLED,
        ).all()
        return array("q", [row[0] for row in rows]), array("q", [row[1] for row in rows])

    def labelled(self) -> LabelArrays:
        """All captures that a human has given a class."""
        ids, class_ids, folders = array("q"), array("q"), array("q")
        numbers: dict[str, int] = {}
        rows = self._connection.exec_driver_sql(
            "SELECT id, label_class_id, path FROM captures "
            "WHERE state IN (?, ?) AND label_class_id IS NOT NULL ORDER BY id",
            _LABELLED,
        )
        for capture_id, class_id, path in rows:
            ids.append(capture_id)
            class_ids.append(class_id)
            folders.append(numbers.setdefault(_folder(path), len(numbers)))
        return LabelArrays(ids, class_ids, folders)

    def set_aside(self) -> array[int]:
        """Captures that a human has decided about without giving a class."""
        rows = self._connection.exec_driver_sql(
            "SELECT id FROM captures WHERE state NOT IN (?, ?, ?) ORDER BY id",
            (*_LABELLED, int(ReviewState.UNREVIEWED)),
        )
        return array("q", [row[0] for row in rows])

    def answered(self) -> AnsweredCaptures:
        """All captures that a human has given a class and that the active model has answered for."""
        rows = self._connection.exec_driver_sql(
            "SELECT id, label_class_id, predicted_class_id FROM captures "
            "WHERE state IN (?, ?) AND label_class_id IS NOT NULL AND predicted_class_id IS NOT NULL ORDER BY id",
            _LABELLED,
        ).all()
        ids, labels, answers = zip(*rows, strict=True) if rows else ((), (), ())
        return AnsweredCaptures(array("q", ids), array("q", labels), array("q", answers))

    def unreviewed_answers(self) -> dict[int, int]:
        """How many captures nobody has looked at the active model holds for each class."""
        rows = self._connection.exec_driver_sql(
            "SELECT predicted_class_id, count(*) FROM captures "
            "WHERE state = ? AND predicted_class_id IS NOT NULL GROUP BY predicted_class_id",
            (int(ReviewState.UNREVIEWED),),
        )
        return {row[0]: row[1] for row in rows}

    def decisions(self) -> list[Decision]:
        """The last word on each labelled capture that a model had answered for, oldest first."""
        rows = self._connection.exec_driver_sql(
            "SELECT e.capture_id, e.class_id, e.model_class_id, e.model_id, a.created_ms FROM label_events e "
            "JOIN (SELECT max(id) AS id FROM label_events GROUP BY capture_id) newest ON newest.id = e.id "
            "JOIN label_actions a ON a.id = e.action_id JOIN captures c ON c.id = e.capture_id "
            "WHERE e.state IN (?, ?) AND e.class_id IS NOT NULL AND e.model_class_id IS NOT NULL "
            "AND e.model_id IS NOT NULL ORDER BY e.id",
            _LABELLED,
        )
        return [Decision(*row) for row in rows]


def _folder(stored_path: str) -> str:
    path = PureWindowsPath(stored_path) if "\\" in stored_path else PurePosixPath(stored_path)
    return str(path.parent)
