"""A full disk: one sentence, nothing half-written, and all that was said to be done is there."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from small_disks import Disk, disk
from verbs import drop, make_captures, numbered, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.records import ActionKind, AddedCaptures, ReviewState
from app.exchange.export_run import ExportRequest


@pytest.fixture(params=["mounted", "limited"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with disk(request.param, tmp_path / "disk") as made:
        yield made


def is_sound(project: Path) -> bool:
    with closing(sqlite3.connect(project / "project.sqlite")) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def test_labelling(qtbot: QtBot, start, small: Disk, tmp_path: Path) -> None:
    project = small.folder / "Signs.vimd"
    studio: Studio = start(make_captures(tmp_path / "in", numbered(200)), project=project)
    wait_until_classified(qtbot, studio, 200)
    done: set[int] = set()
    said: list[str] = []
    labels = studio.services.labels
    labels.labels_changed.connect(lambda result: done.update(result.capture_ids))
    labels.failed.connect(lambda why: said.append(str(why)))
    ids = [studio.captures.capture_id(row) for row in range(200)]
    labels.mark(ActionKind.UNSURE, ids[:1])
    wait_for(qtbot, lambda: done, "the first label is on disk")
    small.fill()
    for capture_id in ids[1:]:
        before = len(done) + len(said)
        labels.mark(ActionKind.UNSURE, [capture_id])
        wait_for(qtbot, lambda before=before: len(done) + len(said) > before, "there is an answer")
        if said:
            break
    small.free()
    assert said, "the disk was never full"
    assert "free some disk space" in said[0]
    assert said[0] == studio.window.message_bar.text
    marked = {row.id for row in rows(studio) if row.state is ReviewState.UNSURE}
    assert marked == done, "what was said to be done is what is on disk"
    labels.mark(ActionKind.UNSURE, ids)
    wait_for(qtbot, lambda: len(done) == 200, "with room on the disk, work goes on")
    start.stop(studio)
    assert is_sound(project)


def test_adding(qtbot: QtBot, start, small: Disk, tmp_path: Path) -> None:
    project = small.folder / "Signs.vimd"
    studio: Studio = start(project=project)
    added: list[int] = []
    said: list[str] = []
    imports = studio.services.imports

    def note(chunk: AddedCaptures) -> None:
        if not added:
            small.fill()
        added.extend(chunk.ids)

    imports.captures_added.connect(note)
    imports.failed.connect(lambda why: said.append(str(why)))
    folder = make_captures(tmp_path / "in", numbered(2000))
    drop(studio.window, folder)
    wait_for(qtbot, lambda: said, "the full disk is said")
    small.free()
    assert "free some disk space" in said[0]
    assert 0 < len(added) < 2000
    in_project = studio.services.projects.project.read(lambda unit: unit.captures.counts()).result()  # type: ignore[union-attr]
    assert in_project.total == len(added), "each capture that was shown is there, and no other"
    with qtbot.waitSignal(imports.finished, timeout=60_000):
        drop(studio.window, folder)
    assert len(added) == 2000, "with room on the disk, the rest is added"
    studio.services.classify.cancel()
    start.stop(studio)
    assert is_sound(project)


def test_unpacking(qtbot: QtBot, start, small: Disk, tmp_path: Path) -> None:
    project = small.folder / "Signs.vimd"
    archive = tmp_path / "batch.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in make_captures(tmp_path / "in", [f"{i}.bmp" for i in range(20)]).iterdir():
            file.write(path, path.name)
    studio: Studio = start(project=project)
    wait_for(qtbot, lambda: studio.services.classify.model is not None, "nothing else is written any more")
    small.fill()
    drop(studio.window, archive)
    wait_for(qtbot, lambda: "batch.zip" in studio.window.message_bar.text, "it is said")
    small.free()
    assert "free some disk space" in studio.window.message_bar.text
    assert list((project / "captures").iterdir()) == [], "nothing half unpacked is left"
    assert studio.captures.rowCount() == 0
    drop(studio.window, archive)
    wait_until_classified(qtbot, studio, 20)


def test_a_model_that_could_not_be_written_down_is_written_later(
    qtbot: QtBot, start, small: Disk, tmp_path: Path
) -> None:
    studio: Studio = start(project=small.folder / "Signs.vimd")
    classify = studio.services.classify
    classify.model_loaded.connect(lambda *_: small.fill())
    wait_for(qtbot, lambda: "free some disk space" in studio.window.message_bar.text, "the full disk is said")
    small.free()
    assert classify.model is None
    drop(studio.window, make_captures(tmp_path / "in", numbered(40)))
    wait_until_classified(qtbot, studio, 40)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_exporting(qtbot: QtBot, start, small: Disk, tmp_path: Path, form: ExportFormat) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(300)))
    wait_until_classified(qtbot, studio, 300)
    ids = [studio.captures.capture_id(row) for row in range(300)]
    with qtbot.waitSignal(studio.services.labels.labels_changed, timeout=30_000):
        studio.services.labels.accept(ids)
    target = small.folder / "written"
    request = ExportRequest(form, CaptureQuery(), target)
    exports = studio.services.exports
    if form is not ExportFormat.FOLDERS:
        target.write_text("what was there before")
    small.fill()
    with qtbot.waitSignal(exports.failed, timeout=30_000) as failed:
        exports.export(request)
    small.free()
    assert "free some disk space" in str(failed.args[0])
    left = {path.name for path in small.folder.iterdir()}
    if form is ExportFormat.FOLDERS:
        assert left == set()
    else:
        assert left == {"written"}
        assert target.read_text() == "what was there before"
    with qtbot.waitSignal(exports.finished, timeout=30_000):
        exports.export(request)
