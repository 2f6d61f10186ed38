"""The class of what is none of the others: made in one step, undone in one, an ordinary class to all else."""

from __future__ import annotations

from storage_verbs import activate, add_captures

from app.domain.records import ClassRecord, LabelResult
from app.storage.project import Project
from app.suggestions.project_labels import read_project_labels


def classes(project: Project) -> list[ClassRecord]:
    return project.read(lambda unit: unit.catalogue.classes()).result()


def label_none(project: Project, ids: tuple[int, ...], name: str = "None of these") -> LabelResult:
    def work(unit):  # type: ignore[no-untyped-def]
        made = unit.catalogue.make_none_class(name)
        return unit.labels.label(ids, made.ids[name], "ada", made.made)

    return project.write(work).result()


def nones(project: Project) -> list[str]:
    return [one.name for one in classes(project) if one.is_none]


def test_it_is_made_with_the_first_label_and_goes_with_its_undoing(project: Project) -> None:
    ids = add_captures(project, 3)
    assert label_none(project, ids[:1]).classes_changed
    assert nones(project) == ["None of these"]
    assert not label_none(project, ids[1:2]).classes_changed
    for _ in range(2):
        project.write(lambda unit: unit.labels.undo("ada")).result()
    assert nones(project) == []
    project.write(lambda unit: unit.labels.redo("ada")).result()
    assert nones(project) == ["None of these"]


def test_it_stays_the_one_whatever_it_is_called(project: Project) -> None:
    ids = add_captures(project, 2)
    label_none(project, ids[:1])
    (none,) = classes(project)
    project.write(lambda unit: unit.labels.rename_class(none.id, "Background", "ada")).result()
    label_none(project, ids[1:], "以上都不是")
    assert [(one.name, one.is_none) for one in classes(project)] == [("Background", True)]


def test_a_class_that_is_called_so_already_is_taken(project: Project) -> None:
    ids = add_captures(project, 1)
    project.write(lambda unit: unit.catalogue.ensure_classes(["none of these"])).result()
    label_none(project, ids)
    assert nones(project) == ["none of these"] and len(classes(project)) == 1


def test_merged_into_another_class_it_is_that_one(project: Project) -> None:
    ids = add_captures(project, 2)
    label_none(project, ids[:1])
    (none,) = classes(project)
    stop = project.write(lambda unit: unit.catalogue.ensure_classes(["Stop"])["Stop"]).result()
    project.write(lambda unit: unit.labels.merge_classes([none.id], stop, "ada")).result()
    assert nones(project) == []
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert nones(project) == ["None of these"]


def test_suggestions_are_told_which_it_is_and_a_model_need_not_know_it(project: Project) -> None:
    ids = add_captures(project, 4)
    stop, *_ = activate(project).class_ids
    project.write(lambda unit: unit.labels.label(ids[:2], stop, "ada")).result()
    before = project.read(read_project_labels).result()
    assert before.labels.none_class is None
    label_none(project, ids[2:])
    found = project.read(read_project_labels).result()
    (none,) = [one for one in classes(project) if one.is_none]
    assert found.labels.none_class == none.id
    assert found.model_knows_them and found.are_enough
