"""What is exported and imported again gives the same labels."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import make_captures, numbered, press, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.label_records import ProjectMarks
from app.domain.records import ActionKind, ExportRow, ReviewState
from app.exchange.export_formats import folder_name, write_export
from app.exchange.export_run import ExportRequest
from app.exchange.label_import import table_draft
from app.exchange.label_plan import ImportChoice, LabelPlan, LeftOutWhy
from app.jobs import Job
from app.views.exchange.export_dialog import ExportDialog
from vimd_core.data.datasets.class_folders import read_class_folder_names
from vimd_core.errors import CancelledError, DatasetError

Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    """Six captures: two labels with odd names, one accepted, one unsure, one rejected, one unreviewed."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(6)))
    wait_until_classified(qtbot, running, 6)
    labels = running.services.labels
    ids = [row.id for row in rows(running)]
    labels.label_by_name(ids[:1], "Straße: neu/alt")
    labels.label_by_name(ids[1:2], "限速")
    labels.accept(ids[2:3])
    labels.mark(ActionKind.UNSURE, ids[3:4])
    labels.mark(ActionKind.REJECT, ids[4:5])
    wait_for(qtbot, lambda: rows(running)[4].state is ReviewState.REJECTED, "all is labelled")
    return running


def decisions(studio: Studio) -> list[tuple[ReviewState, str | None]]:
    return [(row.state, row.label) for row in rows(studio)]


def export(qtbot: QtBot, studio: Studio, form: ExportFormat, target: Path, query: CaptureQuery) -> None:
    with qtbot.waitSignal(studio.services.exports.finished, timeout=30_000):
        studio.services.exports.export(ExportRequest(form, query, target))


def clear_all(qtbot: QtBot, studio: Studio) -> None:
    studio.services.labels.mark(ActionKind.CLEAR, [row.id for row in rows(studio)])
    wait_for(qtbot, lambda: {s for s, _ in decisions(studio)} == {ReviewState.UNREVIEWED}, "all is cleared")


def take_whatever_is_new(studio: Studio) -> list[LabelPlan]:
    """Agree to what is proposed; gives the plans that were shown."""
    plans: list[LabelPlan] = []

    def agree(_imports: object, _draft: object, plan: LabelPlan) -> tuple[LabelPlan, ImportChoice]:
        plans.append(plan)
        return plan, ImportChoice.ONLY_NEW

    reply(studio.window, ask_label_import=agree)
    return plans


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.COCO])
def test_a_table_brings_the_labels_back_as_one_step(
    qtbot: QtBot, studio: Studio, tmp_path: Path, form: ExportFormat
) -> None:
    before = decisions(studio)
    table = tmp_path / ("labels.csv" if form is ExportFormat.CSV else "labels.json")
    export(qtbot, studio, form, table, CaptureQuery())
    clear_all(qtbot, studio)
    reply(studio.window, ask_label_table=lambda: table)
    take_whatever_is_new(studio)
    studio.window.actions_.import_labels.trigger()
    wait_for(qtbot, lambda: "5 labels imported" in studio.window.message_bar.text, "it is said")
    assert decisions(studio) == before
    press(qtbot, studio, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: {s for s, _ in decisions(studio)} == {ReviewState.UNREVIEWED}, "one step back")


def test_class_folders_bring_the_labels_to_another_project(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    before = sorted((label, row.path.name) for row in rows(studio) if (label := row.label))
    target = tmp_path / "classes"
    export(qtbot, studio, ExportFormat.FOLDERS, target, CaptureQuery())
    written = sorted((path.parent.name, path.name) for path in target.rglob("*.png"))
    assert written == sorted((folder_name(label), name) for label, name in before)
    assert written != before, "a name that no folder can have is among them"
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.services.projects.open(tmp_path / "Other.vimd")
    studio.window.exchange.imports.add([target])
    wait_until_classified(qtbot, studio, 3)
    take_whatever_is_new(studio)
    studio.window.actions_.import_folder_labels.trigger()
    wait_for(qtbot, lambda: "3 labels imported" in studio.window.message_bar.text, "it is said")
    assert sorted((row.label, row.path.name) for row in rows(studio)) == before


@pytest.mark.parametrize("form", list(ExportFormat))
def test_a_cancelled_export_leaves_everything_as_it_was(
    qtbot: QtBot, studio: Studio, tmp_path: Path, form: ExportFormat
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "written"
    if form is not ExportFormat.FOLDERS:
        target.write_text("what was there before")
    busy = threading.Event()  # lets nothing be written before the user has cancelled
    studio.services.projects.jobs.submit(Job.EXPORT, busy.wait, 30)
    studio.services.exports.export(ExportRequest(form, CaptureQuery(), target))
    assert studio.window.footer.export_job.isVisible(), "it can be seen and cancelled"
    with qtbot.waitSignal(studio.services.exports.failed, timeout=30_000):
        qtbot.mouseClick(studio.window.footer.export_job.cancel_button, Qt.MouseButton.LeftButton)
        busy.set()
    assert "nothing was written" in studio.window.message_bar.text
    assert not studio.window.footer.export_job.isVisible()
    if form is ExportFormat.FOLDERS:
        assert list(folder.iterdir()) == []
    else:
        assert target.read_text() == "what was there before" and list(folder.iterdir()) == [target]


@pytest.mark.parametrize("form", list(ExportFormat))
def test_an_export_that_breaks_in_the_middle_leaves_nothing(
    qtbot: QtBot, studio: Studio, tmp_path: Path, form: ExportFormat
) -> None:
    project = studio.services.projects.project
    assert project is not None
    ids = [row.id for row in rows(studio)]
    known = project.read(lambda unit: unit.captures.export_rows(ids)).result()

    def some_rows() -> Iterator[ExportRow]:
        yield from known[:3]
        raise CancelledError("It was cancelled here.")

    (tmp_path / "out").mkdir()
    with pytest.raises(CancelledError):
        write_export(form, tmp_path / "out" / "written", some_rows())
    assert list((tmp_path / "out").iterdir()) == []


def test_an_original_that_can_not_be_read_is_not_taken_for_a_full_disk(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    original = rows(studio)[2].path
    original.unlink()
    original.mkdir()  # what nobody can copy, root included
    with qtbot.waitSignal(studio.services.exports.failed, timeout=30_000) as failed:
        studio.services.exports.export(ExportRequest(ExportFormat.FOLDERS, CaptureQuery(), tmp_path / "out"))
    assert f"{original} can't be read" in str(failed.args[0])
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize("content", ["folder,class\nunclosed", "a,b\nin,Wrong\n", "\0", ""])
def test_a_table_of_other_kind_beside_the_folders_is_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "classes.csv").write_text(content)
    assert read_class_folder_names(tmp_path) == {}


def test_only_what_is_asked_for_is_written(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    dialog = ExportDialog(studio.window, CaptureQuery(text="capture 00"), "Signs")
    qtbot.addWidget(dialog)
    written = {}
    for button, query in dialog.scopes:
        target = tmp_path / f"{len(written)}.json"
        export(qtbot, studio, ExportFormat.COCO, target, query)
        written[button.text()] = len(json.loads(target.read_text(encoding="utf-8"))["images"])
    corrected = sum(state is ReviewState.CORRECTED for state, _ in decisions(studio))
    assert list(written.values()) == [6, 5, corrected, 6]


def test_a_folder_that_is_in_use_is_left_alone(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "diary.txt").write_text("dear diary")
    with qtbot.waitSignal(studio.services.exports.failed, timeout=30_000) as failed:
        studio.services.exports.export(ExportRequest(ExportFormat.FOLDERS, CaptureQuery(), target))
    assert "not empty" in str(failed.args[0])
    assert [path.name for path in target.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize("form", [ExportFormat.FOLDERS, ExportFormat.COCO])
def test_an_original_that_is_gone_is_left_out_and_said(
    qtbot: QtBot, studio: Studio, tmp_path: Path, form: ExportFormat
) -> None:
    rows(studio)[2].path.unlink()
    with qtbot.waitSignal(studio.services.exports.finished, timeout=30_000) as finished:
        studio.services.exports.export(ExportRequest(form, CaptureQuery(), tmp_path / "out"))
    assert finished.args[2] == 1
    bar = studio.window.message_bar
    assert "1 labelled capture skipped" in bar.text
    bar.action_button.click()
    wait_for(qtbot, lambda: [row.path.name for row in rows(studio)] == ["capture 002.png"], "it is listed")


def test_a_table_from_elsewhere(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    table = tmp_path / "theirs.csv"
    table.write_text("Filename;Class\ncapture 005.png;Yield\nnowhere.png;Stop\n", encoding="utf-8")
    plans = take_whatever_is_new(studio)
    studio.window.exchange.labels.import_label_table(table)
    wait_for(qtbot, lambda: decisions(studio)[5][1] == "Yield", "the label is taken over")
    assert [(one.name, one.why) for one in plans[0].left_out] == [("nowhere.png", LeftOutWhy.UNKNOWN)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"just,some\n1,2\n"),
        ("a.csv", b""),
        ("a.csv", b"path,label\n"),
        ("a.csv", b"\xff\xfe\x00p"),
        ("a.json", b"{}"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'{"images": [], "categories": [], "annotations": []}'),
    ],
)
def test_no_table_is_said(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=r"a\.(csv|json)"):
        table_draft(ProjectMarks((), {}, {}), tmp_path / name)


def test_a_zip_is_unpacked_into_the_project(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(4))
    archive = tmp_path / "batch.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.iterdir():
            file.write(path, f"far/{path.name}")
    studio: Studio = start(archive)
    wait_until_classified(qtbot, studio, 4)
    project = studio.services.projects.project
    assert project is not None
    assert all(row.path.is_relative_to(project.folder / "captures" / "batch") for row in rows(studio))
    studio.window.exchange.imports.add([archive])
    wait_for(qtbot, lambda: "4 duplicates" in studio.window.message_bar.text, "it is there already")
    assert [path.name for path in (project.folder / "captures").iterdir()] == ["batch"]
    select(qtbot, studio, 0)
