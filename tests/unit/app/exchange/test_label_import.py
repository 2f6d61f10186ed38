"""Labels from tables: what is proposed, what is written, and what is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.export_format import ExportFormat
from app.domain.label_records import MarkedCapture, ProjectMarks
from app.domain.records import ActionKind, ExportRow, NewCapture, ReviewState
from app.exchange.export_formats import write_export
from app.exchange.label_claims import claims_of_table
from app.exchange.label_import import (
    LabelDraft,
    draft_from_table,
    folder_draft,
    take_labels,
)
from app.exchange.label_plan import ImportChoice, LabelPlan, LeftOutWhy, compare
from app.storage.project import Project
from vimd_core.data.classes.class_identity import class_key, tidy_class_name
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.data.files.folders import find_captures
from vimd_core.data.tables.label_tables import read_label_table
from vimd_core.user_messages import sentence


def add(
    project: Project, root: str, *files: str, loose: tuple[str, ...] = (), broken: tuple[str, ...] = ()
) -> None:
    """Add a folder with files, and files by themselves; those that are broken can't be read."""

    def capture(path: str) -> NewCapture:
        problem = sentence("no image") if path in broken else None
        return NewCapture(Path(path), path.encode(), 900, 1, 8, 8, problem)

    def work(unit):  # type: ignore[no-untyped-def]
        if files:
            source = unit.captures.add_source(Path(root), is_folder=True)
            unit.captures.add(source, [capture(f"{root}/{file}") for file in files])
        for path in loose:
            unit.captures.add(unit.captures.add_source(Path(path), is_folder=False), [capture(path)])

    project.write(work).result()


def marked(project: Project) -> dict[str, str]:
    marks = project.read(lambda unit: unit.label_import.marks()).result()
    return {
        one.file: one.state.name if one.label is None else marks.classes[one.label]
        for one in marks.captures
        if one.state is not ReviewState.UNREVIEWED
    }


def classes(project: Project) -> list[str]:
    return [one.name for one in project.read(lambda unit: unit.catalogue.classes()).result()]


def say(project: Project, file: str, label: str | ActionKind) -> None:
    marks = project.read(lambda unit: unit.label_import.marks()).result()
    (found,) = [one.id for one in marks.captures if one.file.endswith(file)]

    def work(unit):  # type: ignore[no-untyped-def]
        if isinstance(label, ActionKind):
            return unit.labels.mark(label, [found], "ada")
        made = unit.catalogue.make_missing([label])
        return unit.labels.label([found], made.ids[label], "ada", made.made)

    project.write(work).result()


def table(folder: Path, content: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def whys(plan: LabelPlan) -> list[tuple[str, LeftOutWhy]]:
    return [(one.name, one.why) for one in plan.left_out]


IMAGES = (
    "images/a01.png",
    "images/a02.png",
    "images/a03.png",
    "images/Übung.png",
    "more/a01.png",
    "x y/0a1b.jpg",
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("/ds/images/a02.png", "images/a02.png"),
        ("C:\\Users\\me\\ds\\images\\a02.png", "images/a02.png"),
        ("/mnt/data/ds/images/a03.png", "images/a03.png"),
        ("\\\\server\\share\\images\\a01.png", "images/a01.png"),
        ("images\\a01.png", "images/a01.png"),
        ("./images//a01.png", "images/a01.png"),
        ("../other/images/a02.png", "images/a02.png"),
        ("images/A02.PNG", "images/a02.png"),
        ("Images/A01.png", "images/a01.png"),
        ("images/U\u0308bung.png", "images/Übung.png"),
        ("0a1b", "x y/0a1b.jpg"),
        ("file:///home/me/x%20y/0a1b.jpg", "x y/0a1b.jpg"),
        ("file:C:/x%20y/0a1b.jpg", "x y/0a1b.jpg"),
        ("https://host/x%20y/0a1b.jpg?token=1", "x y/0a1b.jpg"),
        ("s3://bucket/images/a03.png", "images/a03.png"),
        ("/data/upload/3/abcd1234-a02.png", "images/a02.png"),
        ("/data/local-files/?d=ds%2Fmore%2Fa01.png", "more/a01.png"),
        (" images/a02.png ", "images/a02.png"),
        ("a01.png", LeftOutWhy.SEVERAL_CAPTURES),
        ("/data/upload/3/abcd1234-a01.png", LeftOutWhy.SEVERAL_CAPTURES),
        ("a04.png", LeftOutWhy.UNKNOWN),
        ("images", LeftOutWhy.UNKNOWN),
        ("..", LeftOutWhy.UNKNOWN),
    ],
)
def test_names_of_other_machines_find_their_captures(
    project: Project, tmp_path: Path, name: str, found: str | LeftOutWhy
) -> None:
    add(project, "/ds", *IMAGES)
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({"path": name, "label": "Stop"}), encoding="utf-8")
    plan = draft_from_table(project, path).plan()
    if isinstance(found, LeftOutWhy):
        assert (plan.new, whys(plan)) == ((), [(name, found)])
    else:
        assert [one.file for one in plan.new] == [f"/ds/{found}"]
        assert not plan.left_out


def test_of_several_lines_the_one_that_fits_best_counts(project: Project, tmp_path: Path) -> None:
    add(project, "/ds", "test/1.png")
    plan = draft_from_table(
        project, table(tmp_path, "path,label\n/mnt/train/1.png,Stop\n/mnt/test/1.png,Yield\n")
    ).plan()
    assert [one.label for one in plan.new] == ["Yield"]
    assert whys(plan) == [("/mnt/train/1.png", LeftOutWhy.UNKNOWN)]


def test_a_file_that_is_there_and_no_capture_is_not_taken_for_another(
    project: Project, tmp_path: Path
) -> None:
    for folder in ("train", "test"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.png").write_bytes(folder.encode())
    add(project, str(tmp_path / "test"), "1.png")
    plan = draft_from_table(project, table(tmp_path, "path,label\ntrain/1.png,Stop\n")).plan()
    assert not plan.new and whys(plan) == [("train/1.png", LeftOutWhy.NOT_IN_PROJECT)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "path,label\nimages/a02.png,Stop\nimages/a02.png,Yield\nimages/a03.png,Stop\n"),
        ("a.csv", "path,label\n/ds/images/a02.png,Stop\nimages/A02.png,Yield\nimages/a03.png,Stop\n"),
        (
            "a.json",
            json.dumps(
                {
                    "images": [
                        {"id": 1, "file_name": "images/a02.png"},
                        {"id": 2, "file_name": "images/a03.png"},
                    ],
                    "categories": [{"id": 1, "name": "Stop"}, {"id": 2, "name": "Yield"}],
                    "annotations": [
                        {"image_id": 1, "category_id": 1},
                        {"image_id": 1, "category_id": 2},
                        {"image_id": 2, "category_id": 1},
                        {"image_id": 2, "category_id": 1},
                    ],
                }
            ),
        ),
    ],
)
def test_a_capture_with_several_labels_is_left_alone_and_listed(
    project: Project, tmp_path: Path, name: str, content: str
) -> None:
    add(project, "/ds", *IMAGES)
    plan = draft_from_table(project, table(tmp_path, content, name)).plan()
    if name == "a.csv" and "A02" in content:  # the line with the whole path fits better than the other one
        assert [one.label for one in plan.new] == ["Stop", "Stop"]
        return
    assert [(one.file, one.label) for one in plan.new] == [("/ds/images/a03.png", "Stop")]
    (left,) = plan.left_out
    assert (left.name, left.why, left.detail) == ("images/a02.png", LeftOutWhy.SEVERAL_LABELS, "Stop, Yield")


def test_the_same_class_twice_is_no_contradiction(project: Project, tmp_path: Path) -> None:
    add(project, "/ds", *IMAGES)
    plan = draft_from_table(
        project,
        table(tmp_path, "path,label\nimages/a02.png,stop\nimages/a02.png, STOP \nimages/a03.png,Stop\n"),
    ).plan()
    assert [one.label for one in plan.new] == ["stop", "stop"] and not plan.left_out
    assert [one.name for one in plan.new_classes(ImportChoice.ONLY_NEW)] == ["stop"]


@pytest.fixture
def marked_project(project: Project, tmp_path: Path) -> tuple[Project, LabelDraft]:
    """Six captures of which the first four are marked, and a table that says Stop of all."""
    add(project, "/ds", *(f"{i}.png" for i in range(6)))
    say(project, "0.png", "STOP")
    say(project, "1.png", "Yield")
    say(project, "2.png", ActionKind.UNSURE)
    say(project, "3.png", ActionKind.REJECT)
    rows = "".join(f"{i}.png,stop\n" for i in range(5)) + "5.png,Stpo\n"
    return project, draft_from_table(project, table(tmp_path, f"path,label\n{rows}"))


def test_marks_are_never_overwritten_without_being_asked(marked_project: tuple[Project, LabelDraft]) -> None:
    project, draft = marked_project
    plan = draft.plan()
    assert [one.file for one in plan.new] == ["/ds/4.png", "/ds/5.png"]
    assert plan.equal == 1
    assert [(one.file, one.before_label or one.before[0].name) for one in plan.different] == [
        ("/ds/1.png", "Yield"),
        ("/ds/2.png", "UNSURE"),
        ("/ds/3.png", "REJECTED"),
    ]
    (made,) = plan.new_classes(ImportChoice.TAKE_THEIRS)
    assert (made.name, made.captures, made.near) == ("Stpo", 1, ("STOP",))
    before = marked(project)
    take_labels(project, plan, ImportChoice.ONLY_NEW, "ada")
    assert marked(project) == before | {"/ds/4.png": "STOP", "/ds/5.png": "Stpo"}


@pytest.mark.parametrize(
    ("choice", "others"),
    [
        (ImportChoice.KEEP_MINE, {"/ds/1.png": "Yield", "/ds/2.png": "STOP", "/ds/3.png": "REJECTED"}),
        (ImportChoice.TAKE_THEIRS, {"/ds/1.png": "STOP", "/ds/2.png": "STOP", "/ds/3.png": "STOP"}),
    ],
)
def test_what_was_chosen_is_one_step_and_undo_takes_its_classes_away(
    marked_project: tuple[Project, LabelDraft], choice: ImportChoice, others: dict[str, str]
) -> None:
    project, draft = marked_project
    before = marked(project)
    take_labels(project, draft.plan(), choice, "ada")
    assert marked(project) == {"/ds/0.png": "STOP", "/ds/4.png": "STOP", "/ds/5.png": "Stpo"} | others
    assert classes(project) == ["STOP", "Yield", "Stpo"]
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert marked(project) == before
    assert classes(project) == ["STOP", "Yield"]


def test_a_class_of_the_project_can_stand_in_for_a_new_one(
    marked_project: tuple[Project, LabelDraft],
) -> None:
    project, draft = marked_project
    plan = draft.plan({class_key("STPO"): "STOP"})
    assert plan.new_classes(ImportChoice.TAKE_THEIRS) == ()
    take_labels(project, plan, ImportChoice.ONLY_NEW, "ada")
    assert marked(project)["/ds/5.png"] == "STOP" and classes(project) == ["STOP", "Yield"]


def test_what_is_marked_meanwhile_is_left_alone(marked_project: tuple[Project, LabelDraft]) -> None:
    project, draft = marked_project
    plan = draft.plan()
    say(project, "4.png", "Yield")
    take_labels(project, plan, ImportChoice.TAKE_THEIRS, "ada")
    assert marked(project)["/ds/4.png"] == "Yield"


def test_marks_come_along(project: Project, tmp_path: Path) -> None:
    add(project, "/ds", "1.png", "2.png", "3.png")
    rows = "path,state,label\n1.png,unsure,\n2.png,rejected,\n3.png,unreviewed,\n"
    plan = draft_from_table(project, table(tmp_path, rows)).plan()
    take_labels(project, plan, ImportChoice.ONLY_NEW, "ada")
    assert marked(project) == {"/ds/1.png": "UNSURE", "/ds/2.png": "REJECTED"} and not plan.left_out


def test_lines_that_can_not_be_used_are_listed(project: Project, tmp_path: Path) -> None:
    add(project, "/ds", "1.png", "2.png", "3.png", broken=("/ds/3.png",))
    rows = "path,label\n1.png,bolt, long\n,Stop\n2.png,\n3.png,Stop\n4.png,Stop\n"
    plan = draft_from_table(project, table(tmp_path, rows)).plan()
    assert not plan.new
    assert [(one.line, one.name, one.why) for one in plan.left_out] == [
        (2, "1.png", LeftOutWhy.EXTRA_CELLS),
        (3, "", LeftOutWhy.NO_PATH),
        (4, "2.png", LeftOutWhy.NO_LABEL),
        (5, "3.png", LeftOutWhy.UNREADABLE),
        (6, "4.png", LeftOutWhy.UNKNOWN),
    ]


NAME = st.text(
    st.one_of(
        st.sampled_from("\"',;\t|\r\n \\=-é\u0301"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0/"),
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", ".."))
LABEL = st.text(
    st.one_of(
        st.sampled_from("\"',;\t|\r\n \\=-"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
).filter(class_key)
DECISION = st.one_of(
    LABEL, st.sampled_from([ReviewState.UNSURE, ReviewState.REJECTED, ReviewState.UNREVIEWED])
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    decisions=st.dictionaries(NAME, DECISION, min_size=1, max_size=8), form=st.sampled_from(["csv", "json"])
)
def test_what_is_exported_comes_back_equal(
    tmp_path: Path, decisions: dict[str, str | ReviewState], form: str
) -> None:
    rows, captures = [], []
    for number, (name, said) in enumerate(decisions.items(), start=1):
        path = Path("/captures") / name
        state = said if isinstance(said, ReviewState) else ReviewState.CORRECTED
        label = None if isinstance(said, ReviewState) else said
        rows.append(export_row(number, path, state, label))
        captures.append(MarkedCapture(number, 1, path.as_posix(), ReviewState.UNREVIEWED, None, True))
    target = tmp_path / f"labels.{form}"
    write_export(ExportFormat.CSV if form == "csv" else ExportFormat.COCO, target, rows)
    marks = ProjectMarks(tuple(captures), {}, {})
    plan = compare(claims_of_table(read_label_table(target), marks), marks)
    wanted = {
        row.id: (row.state, None if row.label is None else class_key(row.label))
        for row in rows
        if row.state is not ReviewState.UNREVIEWED
    }
    assert not plan.left_out
    assert {
        one.capture_id: (one.state, None if one.label is None else class_key(one.label)) for one in plan.new
    } == wanted


def export_row(number: int, path: Path, state: ReviewState, label: str | None) -> ExportRow:
    return ExportRow(
        number, path, 8, 8, state, label, 'ada, "o\'neil"\r\n', 1, "x;y", 0.5, None, None, 0.1, "m\r", None
    )


ODD_CLASSES = st.one_of(
    LABEL,
    st.sampled_from(
        [
            "a/b",
            "con",
            "COM1.x",
            "images",
            "train",
            "test",
            "Test",
            "@eaDir",
            "lost+found",
            "__MACOSX",
            ".hidden",
            "a.",
            "classes.csv",
            "É",
            "stop",
            "STOP 2",
            "?",
            ":",
            "..",
            "Thumbs.db",
            "fold_1",
        ]
    ),
    st.sampled_from(["é" * 150, "x" * 300]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(ODD_CLASSES, min_size=1, max_size=6))
def test_class_folders_bring_their_classes_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """What is exported as class folders, found as any folder is, and labelled by its folders is equal."""
    folder = tmp_path_factory.mktemp("folders")
    rows = []
    for number, name in enumerate(names):
        original = folder / f"{number}.png"
        original.write_bytes(b"x")
        rows.append(export_row(number, original, ReviewState.CORRECTED, tidy_class_name(name)))
    target = folder / "out"
    assert write_export(ExportFormat.FOLDERS, target, rows) == len(rows)
    found = list(find_captures([target], recursive=True))
    captures = tuple(
        MarkedCapture(number, 1, path.as_posix(), ReviewState.UNREVIEWED, None, True)
        for number, path in enumerate(found)
    )
    marks = ProjectMarks(captures, {}, {1: target.as_posix()})
    draft = folder_draft(marks)
    said = {Path(one.file).name: class_key(one.label or "") for one in draft.plan().new}
    assert said == {f"{number}.png": class_key(name) for number, name in enumerate(names)}
    dataset = describe_dataset(target)
    assert said == {one.path.name: class_key(dataset.classes[one.label]) for one in dataset.captures}


def test_what_can_not_be_read_is_no_training_capture(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(b"x")
    (tmp_path / "bad.png").write_bytes(b"x")
    rows = [export_row(1, tmp_path / "good.png", ReviewState.CORRECTED, "Stop")]
    rows.append(
        replace(
            export_row(2, tmp_path / "bad.png", ReviewState.CORRECTED, "Stop"), problem=sentence("no image")
        )
    )
    assert write_export(ExportFormat.FOLDERS, tmp_path / "out", rows) == 1
    assert [path.name for path in (tmp_path / "out").rglob("*.png")] == ["good.png"]
    write_export(ExportFormat.COCO, tmp_path / "out.json", rows)
    assert [one["image_id"] for one in json.loads((tmp_path / "out.json").read_text())["annotations"]] == [1]
