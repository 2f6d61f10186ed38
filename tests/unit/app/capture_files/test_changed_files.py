"""Files that are overwritten, touched, renamed or deleted behind a project's back: real files, a real project."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image
from retrain_verbs import COLOURS, labelled_project
from storage_verbs import activate, answer, predict

from app.capture_files.file_check import FileReport, check_files, compare
from app.commands.project import retrain
from app.domain.capture_query import CaptureQuery, query_of
from app.domain.export_format import ExportFormat
from app.domain.records import ActionKind, CaptureFilter, CaptureRow, LabelResult, ReviewState, SetAside
from app.exchange.export_run import ExportRequest, export_captures
from app.exchange.import_run import ImportReport, ImportRun
from app.retraining.choice import RetrainRequest
from app.retraining.training_stock import check_learnable
from app.retraining.write import prepare_run
from app.storage.project import Project
from vimd_core.data.files.hashing import content_hash
from vimd_core.processes.child_process import child_command


def picture(path: Path, shade: int, side: int = 24) -> Path:
    """A picture that no other shade gives; its time is the time of now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (side, side), (shade % 256, shade // 256, 77))
    image.save(path)
    return path


def same_size(path: Path, content: bytes) -> None:
    """Other content of the same length and time: only the hash could tell, and nobody asks for it."""
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def add(project: Project, *paths: Path) -> ImportReport:
    return ImportRun(project, paths, child_command("index"), lambda *_told: None).run()


def everything(project: Project) -> list[CaptureRow]:
    def read(unit) -> list[CaptureRow]:  # type: ignore[no-untyped-def]
        return list(unit.captures.rows(unit.captures.find(CaptureQuery()).ids.tolist()))

    return project.read(read).result()


def row(project: Project, capture_id: int) -> CaptureRow:
    (found,) = project.read(lambda unit: unit.captures.rows([capture_id])).result()
    return found


def ids(project: Project) -> list[int]:
    return [one.id for one in everything(project)]


def check(project: Project, **how: bool) -> FileReport:
    return check_files(project, ids(project), **how)


def set_aside(project: Project) -> SetAside:
    return project.read(lambda unit: unit.contents.set_aside()).result()


def write(project: Project, work) -> LabelResult:  # type: ignore[no-untyped-def]
    return project.write(work).result()  # type: ignore[no-any-return]


def label(project: Project, capture_id: int, name: str) -> None:
    def work(unit):  # type: ignore[no-untyped-def]
        return unit.labels.label([capture_id], unit.catalogue.ensure_classes([name])[name], "ada")

    write(project, work)


def keep(project: Project) -> None:
    def work(unit):  # type: ignore[no-untyped-def]
        marked = unit.contents.set_aside().marked
        return unit.labels.keep_earlier(unit.contents.earlier_labels(marked), marked, "ada")

    write(project, work)


def drop(project: Project) -> None:
    write(project, lambda unit: unit.labels.drop_earlier(unit.contents.set_aside().marked, "ada"))


def undo(project: Project) -> None:
    write(project, lambda unit: unit.labels.undo("ada"))


def redo(project: Project) -> None:
    write(project, lambda unit: unit.labels.redo("ada"))


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    return [picture(tmp_path / "in" / f"{name}.png", shade) for name, shade in (("a", 1), ("b", 2), ("c", 3))]


@pytest.fixture
def signs(project: Project, pictures: list[Path]) -> Project:
    """Three captures; the model has answered for all, the first one is labelled."""
    add(project, pictures[0].parent)
    model = activate(project)
    predict(project, model, [answer(i, first=2) for i in (1, 2, 3)])
    label(project, 1, "Stop")
    return project


def test_an_overwritten_capture_has_no_label_no_answer_and_the_hash_of_what_it_holds(
    signs: Project, pictures: list[Path]
) -> None:
    old = row(signs, 1)
    picture(pictures[0], 200, side=30)
    assert check(signs) == FileReport(changed=[1])
    new = row(signs, 1)
    assert new.changed and (new.label, new.state, new.predicted) == (None, ReviewState.UNREVIEWED, None)
    assert (new.width_px, new.file_size_bytes) == (30, pictures[0].stat().st_size)
    assert new.content_hash == bytes.fromhex(content_hash(pictures[0])) != old.content_hash
    assert list(signs.read(lambda unit: unit.captures.unclassified_ids(1)).result()) == [1]
    assert set_aside(signs) == SetAside((1,), (1,))
    assert signs.read(lambda unit: unit.captures.ids(CaptureFilter.CHANGED)).result().tolist() == [1]
    assert signs.read(lambda unit: unit.captures.counts()).result().changed == 1
    # The ledger knows what was said of which picture.
    newest, first = signs.read(lambda unit: unit.labels.history(1)).result()
    assert (newest.kind, newest.label, newest.previous_label) == (ActionKind.FILE_CHANGED, None, "Stop")
    assert (newest.model_said, newest.model_probability) == ("No entry", 0.75)
    assert first.label == "Stop"
    kept = signs._database.read(
        lambda connection: connection.exec_driver_sql("SELECT content_hash FROM capture_contents").all()
    ).result()
    assert kept == [(old.content_hash,)]
    assert check(signs) == FileReport()


def test_a_file_that_was_only_touched_is_the_same_capture(signs: Project, pictures: list[Path]) -> None:
    before = row(signs, 1)
    os.utime(pictures[0], ns=(5, 7_000_000_000))
    assert check(signs) == FileReport()
    after = row(signs, 1)
    assert after.modified_ns == 7_000_000_000
    assert (after.label, after.predicted, after.changed) == (before.label, before.predicted, False)
    # It was looked into once; from now on its time tells enough.
    same_size(pictures[0], pictures[0].read_bytes()[:-1] + b"x")
    assert check(signs) == FileReport()


def test_other_content_of_the_same_size_is_noticed_by_its_time(signs: Project, pictures: list[Path]) -> None:
    content = pictures[0].read_bytes()
    pictures[0].write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(pictures[0], ns=(5, 7_000_000_000))
    assert check(signs).changed == [1]


def test_labels_are_kept_or_let_go_by_one_answer_which_can_be_undone(
    signs: Project, pictures: list[Path]
) -> None:
    label(signs, 2, "Give way")
    for number, path in enumerate(pictures):
        picture(path, 100 + number)
    assert check(signs).changed == [1, 2, 3]
    assert set_aside(signs) == SetAside((1, 2, 3), (1, 2))
    keep(signs)
    assert [one.label for one in everything(signs)] == ["Stop", "Give way", None]
    assert set_aside(signs) == SetAside((), ())
    undo(signs)
    assert [one.label for one in everything(signs)] == [None, None, None]
    assert set_aside(signs) == SetAside((1, 2, 3), (1, 2))
    redo(signs)
    assert [one.label for one in everything(signs)] == ["Stop", "Give way", None]
    undo(signs)
    drop(signs)
    assert [one.label for one in everything(signs)] == [None, None, None]
    assert set_aside(signs) == SetAside((), ())
    undo(signs)
    assert set_aside(signs) == SetAside((1, 2, 3), (1, 2))
    keep(signs)
    assert [one.label for one in everything(signs)] == ["Stop", "Give way", None]


def test_undo_passes_over_what_the_program_did(signs: Project, pictures: list[Path]) -> None:
    label(signs, 2, "Give way")
    picture(pictures[0], 200)
    check(signs)
    undo(signs)  # the last thing that the user did
    assert [one.label for one in everything(signs)] == [None, None, None]
    assert set_aside(signs).labelled == (1,)


def test_a_new_decision_answers_the_question_for_one_capture(signs: Project, pictures: list[Path]) -> None:
    picture(pictures[0], 200)
    check(signs)
    label(signs, 1, "No entry")
    assert row(signs, 1).label == "No entry" and not row(signs, 1).changed
    undo(signs)
    assert row(signs, 1).changed and set_aside(signs).labelled == (1,)
    keep(signs)
    assert row(signs, 1).label == "Stop"


def test_a_second_change_keeps_the_first_label_in_question_and_a_dropped_one_dropped(
    signs: Project, pictures: list[Path]
) -> None:
    picture(pictures[0], 200)
    check(signs)
    picture(pictures[0], 201)
    assert check(signs).changed == [1]
    keep(signs)
    assert row(signs, 1).label == "Stop"
    picture(pictures[0], 202)
    check(signs)
    drop(signs)
    picture(pictures[0], 203)
    check(signs)
    assert set_aside(signs) == SetAside((1,), ())
    keep(signs)
    assert row(signs, 1).label is None


def test_a_label_of_a_class_that_was_merged_meanwhile(signs: Project, pictures: list[Path]) -> None:
    picture(pictures[0], 200)
    check(signs)
    classes = {one.name: one.id for one in signs.read(lambda unit: unit.catalogue.classes()).result()}
    write(signs, lambda unit: unit.labels.merge_classes([classes["Stop"]], classes["Give way"], "ada"))
    keep(signs)
    assert row(signs, 1).label == "Give way"


def test_a_file_that_is_gone_is_said_and_one_that_comes_back_is_as_it_was(
    signs: Project, pictures: list[Path], tmp_path: Path
) -> None:
    shutil.move(pictures[0], tmp_path / "away.png")
    assert check(signs) == FileReport(gone=[1])
    assert str(row(signs, 1).problem) == f"There is no file {pictures[0]}." and row(signs, 1).label == "Stop"
    shutil.move(tmp_path / "away.png", pictures[0])
    assert check(signs) == FileReport(back=[1])
    assert row(signs, 1).problem is None and row(signs, 1).label == "Stop"


def test_a_file_that_has_another_name_in_its_folder_is_followed(signs: Project, pictures: list[Path]) -> None:
    new = pictures[0].with_name("called otherwise.png")
    pictures[0].rename(new)
    assert check(signs) == FileReport(back=[1])
    assert (row(signs, 1).path, row(signs, 1).label, row(signs, 1).problem) == (new, "Stop", None)
    # The file of another capture with the same content is not taken for it.
    new.unlink()
    shutil.copyfile(pictures[1], pictures[0])
    pictures[1].unlink()
    assert check(signs).gone == [1]
    assert row(signs, 2).path == pictures[0]


def test_a_drive_that_is_not_connected_says_nothing_unless_the_files_are_needed(
    signs: Project, pictures: list[Path], tmp_path: Path
) -> None:
    shutil.move(pictures[0].parent, tmp_path / "away")
    assert check(signs) == FileReport()
    assert check(signs, must_be_there=True).gone == [1, 2, 3]


def test_adding_again_notices_a_change_and_follows_names(
    signs: Project, pictures: list[Path], tmp_path: Path
) -> None:
    label(signs, 2, "Give way")
    picture(pictures[0], 200)
    pictures[1].rename(tmp_path / "in" / "renamed.png")
    report = add(signs, pictures[0].parent)
    assert (report.added, report.changed, report.moved, report.num_duplicates) == (0, 1, 1, 0)
    assert row(signs, 1).changed
    moved = row(signs, 2)
    assert (moved.path.name, moved.label, moved.problem) == ("renamed.png", "Give way", None)
    # Where the old file is still there, the other one is a copy.
    shutil.copyfile(pictures[2], tmp_path / "in" / "copy.png")
    assert add(signs, pictures[0].parent).num_duplicates == 1
    assert row(signs, 3).path == pictures[2]


def test_a_file_that_went_to_another_folder_is_followed_there(
    signs: Project, pictures: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    pictures[0].rename(tmp_path / "other" / "a.png")
    check(signs)
    assert add(signs, tmp_path / "other").moved == 1
    assert row(signs, 1).path == tmp_path / "other" / "a.png" and row(signs, 1).label == "Stop"


def test_a_name_that_was_passed_on_stays_with_its_picture(signs: Project, pictures: list[Path]) -> None:
    """As rotated logs are: a.png becomes a.1.png, and another picture is a.png now."""
    old = pictures[0].with_name("a.1.png")
    pictures[0].rename(old)
    picture(pictures[0], 200)
    report = add(signs, pictures[0].parent)
    assert (report.added, report.changed, report.moved) == (1, 0, 1)
    assert (row(signs, 1).path, row(signs, 1).label) == (old, "Stop")
    assert (row(signs, 4).path, row(signs, 4).label) == (pictures[0], None)


def test_a_removed_capture_that_comes_back_changed_does_not_keep_its_label(
    signs: Project, pictures: list[Path]
) -> None:
    write(signs, lambda unit: unit.labels.remove([1], "ada"))
    picture(pictures[0], 200)
    report = add(signs, pictures[0])
    assert (report.returned, report.changed) == (1, 1)
    assert row(signs, 1).changed and row(signs, 1).label is None


def test_pages_and_many_files(project: Project, tmp_path: Path) -> None:
    for number in range(60):
        picture(tmp_path / "in" / f"{number:03}.png", number)
    add(project, tmp_path / "in")
    pages = [
        project.read(lambda unit, last=last: unit.contents.page(last, 25)).result()
        for last in (0, 25, 50, 60)
    ]
    assert [len(page) for page in pages] == [25, 25, 10, 0]
    picture(tmp_path / "in" / "055.png", 999)
    assert [compare(project, page).changed for page in pages] == [[], [], [56], []]


@pytest.mark.parametrize("form", ExportFormat)
def test_a_changed_capture_is_not_exported_as_what_it_was(
    signs: Project, pictures: list[Path], tmp_path: Path, form: ExportFormat
) -> None:
    label(signs, 1, "Only mine")
    label(signs, 2, "Yours")
    picture(pictures[0], 200)
    target = tmp_path / f"out-{form}"
    request = ExportRequest(form, query_of(CaptureFilter.ALL), target)
    report = export_captures(signs, request, threading.Event(), lambda _progress: None).report
    assert report.changed == [1]
    if form is ExportFormat.FOLDERS:
        assert {path.parent.name for path in target.rglob("*.png")} == {"Yours"}
    else:
        written = target.read_text(encoding="utf-8-sig")
        assert "Yours" in written and "Only mine" not in written


def test_a_changed_or_vanished_capture_is_not_learnt(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    captures = sorted((tmp_path / "captures").glob("*.png"))
    first, second = captures[0], captures[1]
    picture(first, 4242)
    second.unlink()
    project = Project.open(folder)
    try:
        by_path = {one.path: one.id for one in everything(project)}
        report = check_learnable(project)
        assert (report.changed, report.gone) == ([by_path[first]], [by_path[second]])
        run = prepare_run(project, RetrainRequest(), "ada")
        learnt = {
            one.capture_id
            for one in project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
        }
        assert len(learnt) == 10 * len(COLOURS) - 2
        assert not learnt & {by_path[first], by_path[second]}
    finally:
        project.close()


def test_the_command_says_what_it_leaves_out(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    picture(next((tmp_path / "captures").glob("*.png")), 4242)
    project = Project.open(folder)
    try:
        retrain._check_files(project)
    finally:
        project.close()
    assert "1 of the training captures have changed on disk" in capsys.readouterr().err
