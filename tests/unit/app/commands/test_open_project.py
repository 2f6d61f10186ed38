"""`vimd_core.open_project`: the whole way through a project from Python, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from missing_libraries import DATABASE, WINDOW, run_without
from retrain_verbs import COLOURS, labelled_project

import vimd_core as vimd
from vimd_core.checkpoints.bundle_info import read_bundle_info

TINY = {"epochs": 12, "epoch_images": 0, "batch_size": 8, "learning_rate": 5e-3, "ema_decay": 0.5}


@pytest.fixture
def project(tmp_path: Path, tiny_bundle: Path) -> Path:
    return labelled_project(tmp_path / "Signs.vimd", tiny_bundle)


def test_captures_labels_and_classes_are_read(project: Path) -> None:
    with vimd.open_project(project) as opened:
        assert (opened.name, opened.path) == ("Signs", project)
        captures = list(opened.captures())
        assert len(captures) == 30 and {one.label for one in captures} == set(COLOURS)
        assert {(one.state, one.labelled_by, one.width_px, one.problem) for one in captures} == {
            ("corrected", "ada", 20, "")
        }
        assert len(opened.labels) == 30 and set(COLOURS) <= set(opened.classes)
        assert list(opened.captures("reviewed")) == captures


def test_nobody_else_opens_it_meanwhile(project: Path) -> None:
    with vimd.open_project(project), pytest.raises(vimd.VimdError, match="open"):
        vimd.open_project(project)
    vimd.open_project(project).close()


def test_files_are_added_labelled_and_exported(tmp_path: Path, tiny_bundle: Path, project: Path) -> None:
    told: list[tuple[int, int]] = []
    with vimd.open_project(tmp_path / "New.vimd", create=True, model=tiny_bundle) as new:
        added = new.add(tmp_path / "captures", on_progress=lambda done, total: told.append((done, total)))
        assert (added.added, added.known, added.unreadable) == (30, 0, 0) and told[-1] == (30, 30)
        assert new.add([tmp_path / "captures"]).known == 30
        stop, other = tmp_path / "captures" / "Stop 1.png", tmp_path / "captures" / "Give way 1.png"
        written = new.label({stop: "Stop", tmp_path / "gone.png": "Stop"}, author="ada")
        assert (written.written, written.equal) == (1, 0)
        assert written.left_out == ((str(tmp_path / "gone.png"), "unknown"),)
        assert new.label({str(stop): "Yield"}).kept == 1 and new.labels == {stop: "Stop"}
        assert new.label({stop: "Yield"}, choice="take-theirs").written == 1
        (tmp_path / "labels.csv").write_text(f"path,label\n{other},Quite new\n", encoding="utf-8")
        assert new.label(tmp_path / "labels.csv").written == 1
        assert new.labels == {stop: "Yield", other: "Quite new"} and "Quite new" in new.classes
        assert new.export(tmp_path / "out.csv", which="reviewed") == 2
        assert "Quite new" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
        with pytest.raises(vimd.VimdError, match="already exists"):
            new.export(tmp_path / "out.csv")
        assert new.export(tmp_path / "folders", export_format="folders", which="reviewed") == 2
        with pytest.raises(vimd.VimdError, match="name"):
            new.label({stop: " "})


def test_it_is_retrained_compared_and_promoted(project: Path) -> None:
    events: list[str] = []
    with vimd.open_project(project) as opened:
        before = opened.model(device="cpu")
        better = opened.retrain(
            effort="quick",
            device="cpu",
            threads=1,
            name="Better signs",
            settings=TINY,
            on_event=lambda event: events.append(event["event"]),
        )
        assert better.name == "Better signs" and "Blue thing" in better.classes
        assert {"epoch", "comparing"} <= set(events)
        gate = better.comparison
        assert gate is not None and gate.n == 6 and {one.name for one in gate.classes} == set(COLOURS)
        assert gate.fixed - gate.broken == round(gate.n * (gate.after_top1 - gate.before_top1))
        assert gate.to_dict()["p_value"] == gate.p_value
        old, new = opened.models
        assert old.is_active and not new.is_active and new.classes == better.classes
        opened.promote(new.number)
        assert opened.model(device="cpu").id == better.id != before.id
    assert vimd.load(project, device="cpu").id == better.id
    assert vimd.load(f"{project}:{old.number}", device="cpu").id == before.id
    assert read_bundle_info(new.path).name == "Better signs"


def test_retraining_images_and_labels_is_the_same_as_retraining_a_project(
    project: Path, tmp_path: Path
) -> None:
    with vimd.open_project(project) as opened:
        before = opened.model(device="cpu")
        by_project = opened.retrain(effort="quick", device="cpu", threads=1, settings=TINY)
        labels = opened.labels
    by_hand = vimd.retrain(
        before, list(labels), labels.values(), effort="quick", device="cpu", threads=1, settings=TINY
    )
    assert by_hand.id == by_project.id and by_hand.info.temperature == by_project.info.temperature
    assert by_hand.name == by_project.name and by_hand.comparison is not None
    assert by_project.comparison is not None
    plain, other = by_hand.comparison.to_dict(), by_project.comparison.to_dict()
    for one in (plain, other):
        del one["speed_ratio"]
        for which in ("before", "after"):  # a project stores probabilities with four digits
            one[f"{which}_calibration_error"] = round(one[f"{which}_calibration_error"], 3)
        one["classes"] = sorted(one["classes"], key=lambda one: one["name"])
    assert plain == other


def test_a_project_is_retrained_by_its_path(project: Path) -> None:
    better = vimd.retrain(project, effort="quick", device="cpu", threads=1, settings={**TINY, "epochs": 1})
    with vimd.open_project(project) as opened:
        assert [one.path for one in opened.models][1] == better.path
        with pytest.raises(vimd.ConfigError, match="its own labels"):
            vimd.retrain(opened, ["a.png"], ["Stop"])


def test_a_training_that_is_stopped_can_be_resumed(project: Path) -> None:
    with vimd.open_project(project) as opened:
        settings = {**TINY, "epochs": 100_000}
        with pytest.raises(vimd.CancelledError, match="resumed"):
            opened.retrain(
                effort="quick", device="cpu", threads=1, settings=settings, should_stop=lambda: True
            )
        assert len(opened.models) == 1


@pytest.mark.parametrize(
    ("path", "create", "why"),
    [("nowhere.vimd", False, "is not a project"), ("nowhere", True, "ends in .vimd")],
)
def test_what_is_no_project_is_said(tmp_path: Path, path: str, create: bool, why: str) -> None:
    with pytest.raises(vimd.VimdError, match=why):
        vimd.open_project(tmp_path / path, create=create)
    assert list(tmp_path.iterdir()) == []


def test_without_the_database_library_it_says_what_to_install(tmp_path: Path) -> None:
    code = """
import sys, vimd_core as vimd
try:
    vimd.open_project(sys.argv[1], create=True)
except vimd.VimdError as e:
    print(e)
"""
    ended = run_without((*WINDOW, *DATABASE), code, tmp_path / "a.vimd")
    assert ended.stdout == (
        "Projects need sqlalchemy, which is not installed: run pip install 'vimd-studio[projects]'.\n"
    ), ended.stderr


def test_a_library_without_plugins_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vimd_core.checkpoints.find_model.entry_points", lambda group: [])
    with pytest.raises(vimd.ConfigError, match=r"pip install 'vimd-studio\[projects\]'"):
        vimd.open_project("a.vimd")


def test_arguments_that_make_no_sense_change_nothing(project: Path, tmp_path: Path) -> None:
    wrong_type: list[Any] = [None, 3]
    for wrong in wrong_type:
        with pytest.raises(vimd.ConfigError, match="path must be a path"):
            vimd.open_project(wrong)
    with vimd.open_project(project) as opened:
        before = opened.labels
        path = next(iter(before))
        anything: Any = opened
        for refused, says in (
            (lambda: anything.captures("foo"), "which must be one of all, reviewed, corrected, not 'foo'"),
            (lambda: anything.export(tmp_path / "o.csv", which="foo"), "which must be one of"),
            (lambda: anything.export(tmp_path / "o.csv", export_format="x"), "export_format must be one of"),
            (lambda: anything.export(None), "target must be a path"),
            (lambda: anything.label({path: "Yield"}, choice="mine"), "choice must be one of"),
            (lambda: anything.label({path: 3}), "must be a name, not 3"),
            (lambda: anything.label([path]), "labels must be a mapping"),
            (lambda: anything.add(None), "paths must be a path"),
            (lambda: anything.retrain(effort="fast"), "effort must be one of quick, balanced"),
            (lambda: anything.retrain(threads=-1), "threads must be at least 0"),
        ):
            with pytest.raises(vimd.ConfigError, match=says):
                refused()
        assert opened.labels == before and not (tmp_path / "o.csv").exists()


def test_a_closed_project_says_so(project: Path) -> None:
    opened = vimd.open_project(project)
    opened.close()
    opened.close()
    assert opened.name == "Signs"
    for use in (lambda: opened.classes, lambda: opened.labels, lambda: opened.models, lambda: opened.add([])):
        with pytest.raises(vimd.ConfigError, match="The project Signs was closed: open it again"):
            use()
