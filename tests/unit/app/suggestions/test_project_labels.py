"""The labels that suggestions are made of, and when suggestions stand in for predictions."""

from __future__ import annotations

from storage_verbs import activate, add_captures

from app.domain.records import ActionKind
from app.storage.project import Project
from app.suggestions.project_labels import ProjectLabels, read_project_labels


def read(project: Project) -> ProjectLabels:
    return project.read(read_project_labels).result()


def label(project: Project, ids: tuple[int, ...], name: str) -> None:
    def work(unit):  # type: ignore[no-untyped-def]
        return unit.labels.label(ids, unit.catalogue.ensure_classes([name])[name], "ada")

    project.write(work).result()


def test_they_are_those_of_captures_that_have_a_class(project: Project) -> None:
    ids = add_captures(project, 6)
    assert not read(project).are_enough and read(project).num_labels == 0
    label(project, ids[:2], "rust")
    assert not read(project).are_enough
    label(project, ids[2:4], "bolt")
    project.write(lambda unit: unit.labels.mark(ActionKind.UNSURE, ids[4:5], "ada")).result()
    found = read(project)
    assert found.are_enough and found.labels.ids.to_array().tolist() == list(ids[:4])
    names = [found.classes[one][0] for one in found.labels.classes.to_array()]
    assert names == ["rust", "rust", "bolt", "bolt"]


def test_the_key_is_that_of_the_labels(project: Project) -> None:
    ids = add_captures(project, 3)
    label(project, ids[:1], "rust")
    before = read(project).key
    label(project, ids[:1], "bolt")
    changed = read(project).key
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert changed != before and read(project).key == before


def test_a_model_is_asked_first_when_it_knows_the_classes_of_nearly_all_labels(project: Project) -> None:
    ids = add_captures(project, 20)
    assert not read(project).model_knows_them
    activate(project)
    label(project, ids[:2], "rust")
    assert not read(project).model_knows_them
    label(project, ids[2:], "Stop")
    assert read(project).model_knows_them  # 18 of 20
    label(project, ids[2:3], "rust")
    assert not read(project).model_knows_them
    activate(project, sha256="cd" * 32, classes=("Stop", "rust"))
    assert read(project).model_knows_them
