"""Labels that are given by the paths of captures, compared with what users have said already. Qt-free."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import ProjectError
from app.domain.label_records import ProjectMarks
from app.domain.records import ReviewState
from app.exchange.label_plan import Claim, Claims, LabelPlan, LeftOutWhy, UnusedLine, compare
from vimd_core.data.classes.class_identity import tidy_class_name


def plan_of_paths(marks: ProjectMarks, labels: Mapping[Path, str]) -> LabelPlan:
    """What would change if captures got these classes.

    Args:
        marks: of the project.
        labels: the class of each capture by its path.

    Raises:
        ProjectError: a class has no name.
    """
    places = {capture.file: place for place, capture in enumerate(marks.captures)}
    given: list[Claim] = []
    left_out: list[UnusedLine] = []
    for path, class_name in labels.items():
        name = tidy_class_name(class_name)
        if not name:
            raise ProjectError("Enter a class name.")
        place = places.get(Path(os.path.abspath(path)).as_posix())  # noqa: PTH100 - links stay as they are
        if place is None:
            why = LeftOutWhy.NOT_IN_PROJECT if path.exists() else LeftOutWhy.UNKNOWN
            left_out.append(UnusedLine(0, str(path), why))
        elif not marks.captures[place].is_readable:
            left_out.append(UnusedLine(0, str(path), LeftOutWhy.UNREADABLE))
        else:
            given.append(Claim(place, ReviewState.CORRECTED, name))
    return compare(Claims(tuple(given), tuple(left_out)), marks)
