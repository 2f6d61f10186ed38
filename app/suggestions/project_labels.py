"""Labels of a project as suggestions are made of them, and whether the model in use knows their classes."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vimd_core.processes.messages import Int64Array
from vimd_core.worker.features.suggestion_messages import LabelsSoFar

if TYPE_CHECKING:
    from app.storage.unit import Unit

FEWEST_CLASSES: Final = 2
_KNOWN_SHARE: Final = 0.9
"""A new class with few labels does not push the model aside that knows all others."""


@dataclass(frozen=True)
class ProjectLabels:
    """All labels of a project.

    Attributes:
        labels: as the child takes them.
        classes: name and colour of all classes, by id.
        num_classes: how many classes have labels.
        model_knows_them: whether the model in use can answer with the classes of nearly all labels; until then
            captures are shown with suggestions.
        key: another one whenever anything was labelled otherwise.
    """

    labels: LabelsSoFar
    classes: dict[int, tuple[str, str]]
    num_classes: int
    model_knows_them: bool
    key: str

    @property
    def num_labels(self) -> int:
        """How many there are."""
        return self.labels.ids.shape[0]

    @property
    def are_enough(self) -> bool:
        """Whether anything can be suggested."""
        return self.num_classes >= FEWEST_CLASSES


def read_project_labels(unit: Unit, *, with_things: bool = False) -> ProjectLabels:
    """Read the labels as they are.

    Args:
        unit: of the project.
        with_things: also which captures show one thing. That may take as long as the project is large, and matters
            only where suggestions are judged; without it each capture is a thing of its own.
    """
    ids, class_ids = unit.insights.labels()
    classes = unit.catalogue.classes()
    none_class = next((one.id for one in classes if one.is_none), None)
    counts = Counter(class_ids)
    model = unit.models.active_record()
    known = frozenset[int]() if model is None else frozenset(model.class_ids)
    num_known = sum(
        count for class_id, count in counts.items() if class_id in known or class_id == none_class
    )
    things = unit.groups.of(ids) if with_things else {}
    groups = array("q", [things.get(one, one) for one in ids])
    digest = hashlib.blake2b(f"none: {none_class}".encode(), digest_size=16)
    for values in (ids, class_ids):
        digest.update(values.tobytes())
    return ProjectLabels(
        labels=LabelsSoFar(Int64Array.of(ids), Int64Array.of(class_ids), Int64Array.of(groups), none_class),
        classes={one.id: (one.name, one.colour) for one in classes},
        num_classes=len(counts),
        model_knows_them=bool(counts) and num_known >= _KNOWN_SHARE * len(ids),
        key=digest.hexdigest(),
    )
