"""From a drop to answers, with the real child process and a real model."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from verbs import (
    SCRIPTED_WORKER,
    drop,
    make_captures,
    numbered,
    rows,
    scripted,
    select,
    tile,
    wait_for,
    wait_until_classified,
    wait_until_shown,
)

from app.domain.records import CaptureFilter
from vimd_core.user_messages import sentence


def test_a_dropped_folder_is_classified_and_shown(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:
    studio = start(model=tiny_bundle)
    window = studio.window
    wait_for(qtbot, lambda: window.is_empty, "there is a place to drop")
    captures = make_captures(tmp_path / "in", ["a/1.png", "a/2.png", "b/3.png", "4.png"])
    drop(window, captures)
    wait_until_classified(qtbot, studio, 4)
    assert not window.is_empty
    assert {row.path.name for row in rows(studio)} == {"1.png", "2.png", "3.png", "4.png"}
    assert all(row.predicted and 0 < (row.probability or 0) <= 1 for row in rows(studio))
    wait_until_shown(qtbot, studio, 0)  # the first one is looked at without a click
    inspector = window.inspector.panel
    wait_for(qtbot, lambda: inspector.compare.super_resolved.image is not None, "there is an SR view")
    assert inspector.compare.nearest.image is not None
    assert inspector.compare.nearest.image.width() == rows(studio)[0].width_px
    assert inspector.compare.bicubic.image is not None
    assert inspector.compare.super_resolved.image.width() == 32
    wait_for(qtbot, lambda: "SR" in inspector.verdict.text(), "it says whether SR changed the answer")
    shown = [bar.answer for bar in inspector.bars.bars if bar.answer is not None]
    assert len(shown) == 5
    assert [a.probability for a in shown] == sorted((a.probability for a in shown), reverse=True)
    assert shown[0].name == rows(studio)[0].predicted


def test_bad_files_are_tiles_with_a_reason_and_stop_nothing(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(5))
    whole = (folder / "capture 000.png").read_bytes()
    (folder / "empty.png").write_bytes(b"")
    (folder / "letter.png").write_bytes(b"Dear aunt, this is no picture.")
    (folder / "truncated.png").write_bytes(whole[: len(whole) // 2])
    studio = start(model=tiny_bundle)
    drop(studio.window, folder)
    wait_until_classified(qtbot, studio, 8)
    problems = {row.path.name: str(row.problem) for row in rows(studio) if row.problem}
    assert set(problems) == {"empty.png", "letter.png", "truncated.png"}
    assert "0 bytes" in problems["empty.png"]
    studio.window.actions_.filters[CaptureFilter.UNREADABLE].trigger()
    wait_for(qtbot, lambda: studio.captures.rowCount() == 3, "only what can't be read is listed")
    select(qtbot, studio, 0)
    wait_for(qtbot, lambda: tile(studio, 0) is not None, "the tile is drawn")
    assert studio.window.inspector.panel.verdict.text().startswith("This file")


def test_captures_on_a_drive_that_was_away_can_be_tried_again(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "drive", numbered(3))
    studio = start(folder, model=tmp_path / "none.safetensors", command=scripted())
    wait_for(qtbot, lambda: studio.captures.rowCount() == 3, "the captures are listed")
    project = studio.services.projects.project
    project.write(
        lambda unit: unit.captures.set_problems([(i, sentence("The drive is away.")) for i in (1, 2, 3)])
    ).result()
    studio.services.classify.use_model(SCRIPTED_WORKER)
    wait_for(qtbot, lambda: studio.services.classify.is_model_loaded, "there is a model now")
    assert all(row.problem for row in rows(studio))
    studio.window.actions_.retry_unreadable.trigger()
    wait_for(qtbot, lambda: all(row.predicted for row in rows(studio)), "all are classified")
    assert not any(row.problem for row in rows(studio))


def test_the_counts_follow_a_long_import(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(command=scripted(0.005))
    drop(studio.window, make_captures(tmp_path / "in", numbered(400)))
    chip = studio.window.filters.quick.chips[CaptureFilter.ALL]
    wait_for(qtbot, lambda: "400" in chip.text(), "all are counted")
    assert studio.services.classify.is_running


def test_duplicates_are_said_and_skipped(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", ["1.png", "2.png"])
    (folder / "copy of 1.png").write_bytes((folder / "1.png").read_bytes())
    studio = start()
    drop(studio.window, folder)
    wait_until_classified(qtbot, studio, 2)
    assert "1 duplicate skipped: copy of 1.png is identical to 1.png" in studio.window.message_bar.text
    drop(studio.window, folder / "2.png", tmp_path / "nowhere")
    wait_for(
        qtbot, lambda: "There is no file or folder" in studio.window.message_bar.text, "the folder is missed"
    )
    assert studio.captures.rowCount() == 2


def test_what_is_dropped_before_the_project_is_open_is_not_lost(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start()
    studio.services.projects.open(tmp_path / "Other.vimd")
    drop(studio.window, make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    assert studio.window.message_bar.text == ""


def test_a_folder_on_the_command_line_is_added(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, studio, 3)


def test_the_samples_are_one_click_away(qtbot: QtBot, start) -> None:
    studio = start()
    studio.window.empty_state.samples_button.click()
    wait_until_classified(qtbot, studio, 48)


def test_originals_are_never_touched(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(3))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    studio = start(folder)
    wait_until_classified(qtbot, studio, 3)
    studio.window.review.session.accept()
    wait_for(qtbot, lambda: rows(studio)[0].label is not None, "the label is there")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_adding_can_be_cancelled(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(900))
    studio = start()
    with qtbot.waitSignal(studio.services.imports.captures_added, timeout=30_000):
        drop(studio.window, folder)
    studio.window.footer.import_job.cancel_button.click()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=30_000) as finished:
        pass
    assert finished.args[0].is_cancelled
    assert 0 < studio.captures.rowCount() < 900


def test_classifying_can_be_cancelled_and_taken_up_again(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(120))
    studio = start(folder, command=scripted(0.01))
    strip = studio.window.footer.classify_job
    wait_for(qtbot, lambda: any(row.predicted for row in rows(studio)), "the first answers are there")
    wait_for(qtbot, lambda: not studio.window.footer.import_job.isVisible(), "all captures are listed")
    strip.cancel_button.click()
    assert strip.isHidden()
    assert sum(row.predicted is not None for row in rows(studio)) < 120
    studio.window.actions_.classify_missing.trigger()
    wait_until_classified(qtbot, studio, 120)
