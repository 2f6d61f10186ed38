"""Checks of labels by embeddings: which labels can be checked, and with what their captures look like to a model.

A model that has learnt from a label sees its capture as that label says, right or wrong, so that nothing in it could
contradict the label any more. Each label is therefore checked by what a model sees that has not learnt from it: the
model in use where that is so, or one that it was made from whose embeddings are still there.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.insight.embedding_files import embedding_file
from vimd_core.embeddings.file import stored_ids

if TYPE_CHECKING:
    from app.domain.training_records import RegisteredModel
    from app.storage.unit import Unit


@dataclass(frozen=True)
class LabelsToCheck:
    """Labelled captures, one number each in arrays of one length.

    Attributes:
        embeddings: the file with what the chosen model sees in them.
        ids: captures.
        class_ids: their labels.
        folders: a number for each folder that captures lie in.
        left_out: labelled captures that can't be checked.
    """

    embeddings: Path
    ids: array[int]
    class_ids: array[int]
    folders: array[int]
    left_out: int


def labels_to_check(unit: Unit, project_folder: Path, model: RegisteredModel) -> LabelsToCheck:
    """Of a model and all that it was made from, take that one which leaves most labels to be checked.

    Args:
        unit: of the project.
        project_folder: where embeddings are kept.
        model: the one in use; what it has not seen yet can be computed, of the others only what is there counts.
    """
    labelled = unit.insights.labelled()
    chosen, chosen_rows = embedding_file(project_folder, model.sha256), list[int]()
    ancestor: RegisteredModel | None = model
    while ancestor is not None:
        path = embedding_file(project_folder, ancestor.sha256)
        learnt_from = unit.judging.learnt_from(ancestor.id)
        known = None if ancestor is model else stored_ids(path)
        rows = [
            row
            for row, capture_id in enumerate(labelled.ids)
            if capture_id not in learnt_from and (known is None or capture_id in known)
        ]
        if len(rows) > len(chosen_rows):
            chosen, chosen_rows = path, rows
        ancestor = None if ancestor.parent_id is None else unit.models.get(ancestor.parent_id)
    ids, class_ids, folders = (
        array("q", [values[row] for row in chosen_rows])
        for values in (labelled.ids, labelled.class_ids, labelled.folders)
    )
    return LabelsToCheck(chosen, ids, class_ids, folders, len(labelled.ids) - len(chosen_rows))
