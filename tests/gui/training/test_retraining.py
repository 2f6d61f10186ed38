"""From corrections to a better model and back, in the window: a real training, its curves, the gate, the registry."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from replies import reply
from retrain_verbs import COLOURS, QUICK, labelled_project
from verbs import wait_for

from app.bootstrap import Studio
from app.domain.records import ActionKind
from app.domain.training_records import RegisteredModel, RunState
from app.retraining.choice import RetrainRequest
from app.retraining.curves import TrainingCurves
from app.retraining.process import is_alive
from app.views.models.gate_dialog import GateDialog
from app.views.models.models_dialog import ModelsDialog
from app.views.training.retrain_dialog import RetrainDialog
from vimd_core.training.loop.events import (
    ComparingEvent,
    EpochEvent,
    ExtractingEvent,
    NoticeEvent,
    ProgressEvent,
)

LONG = RetrainRequest(
    device="cpu", threads=1, changes={"epochs": 100_000, "epoch_images": 0, "batch_size": 8}
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Path:
    return labelled_project(tmp_path_factory.mktemp("made") / "Signs.vimd", tiny_bundle)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "Signs.vimd"))


@pytest.fixture
def studio(qtbot: QtBot, start: Callable[..., Studio], folder: Path, tiny_bundle: Path) -> Studio:
    """The program with that project, its model loaded and all captures classified."""
    opened = start(project=folder, model=tiny_bundle)
    wait_for(qtbot, lambda: opened.services.classify.model is not None, "the model is loaded")
    wait_until_all_predicted(qtbot, opened)
    return opened


def answer_with(studio: Studio, request: RetrainRequest) -> None:
    """The dialog of Tools > Retrain is answered so."""
    reply(studio.window, ask_retrain=lambda _retrain, _speed: request)


def retrain(qtbot: QtBot, studio: Studio, request: RetrainRequest = QUICK) -> None:
    answer_with(studio, request)
    studio.window.actions_.retrain.trigger()
    wait_for(qtbot, lambda: studio.services.retrain.is_running, "a training goes on")


def active(studio: Studio) -> RegisteredModel:
    project = studio.services.projects.project
    assert project is not None
    model = project.read(lambda unit: unit.models.active()).result()
    assert model is not None
    return model


def predicted(studio: Studio) -> list[str | None]:
    project = studio.services.projects.project
    assert project is not None
    return [
        row.predicted
        for row in project.read(
            lambda unit: unit.captures.rows(list(range(1, 1 + 10 * len(COLOURS))))
        ).result()
    ]


def wait_until_all_predicted(qtbot: QtBot, studio: Studio) -> None:
    wait_for(
        qtbot,
        lambda: None not in predicted(studio) and not studio.services.classify.is_running,
        "all captures have an answer",
    )


def gate_of(qtbot: QtBot, studio: Studio) -> GateDialog:
    wait_for(qtbot, lambda: studio.window.models.commands.gate is not None, "the gate is shown")
    gate = studio.window.models.commands.gate
    assert gate is not None
    return gate


def test_corrections_become_a_better_model_that_can_be_taken_back(qtbot: QtBot, studio: Studio) -> None:
    before, first = predicted(studio), active(studio)
    retrain(qtbot, studio)
    panel = studio.window.training.panel
    wait_for(qtbot, lambda: len(studio.services.retrain.curves.losses.get("", [])) > 2, "the curve grows")
    assert panel.isVisible() and panel.pause_button.isVisible() and not panel.resume_button.isVisible()
    gate = gate_of(qtbot, studio)
    assert active(studio).id == first.id and predicted(studio) == before
    assert gate.table.rowCount() == len(COLOURS)
    # What was fixed is listed in the gallery, and opens in the inspector.
    assert gate.fixed_ids and gate.fixed_button.isEnabled()
    gate.fixed_button.click()
    wait_for(qtbot, lambda: studio.captures.rowCount() == len(gate.fixed_ids), "the fixed ones are listed")
    studio.window.actions_.clear_filter.trigger()
    gate.promote_button.click()
    wait_for(qtbot, lambda: active(studio).id != first.id, "the new model is in use")
    wait_until_all_predicted(qtbot, studio)
    truth = [name for name in COLOURS for _ in range(10)]
    assert sum(a == b for a, b in zip(predicted(studio), truth, strict=True)) >= 27
    assert active(studio).parent_id == first.id
    studio.window.actions_.roll_back.trigger()
    wait_for(qtbot, lambda: active(studio).id == first.id, "the old model is in use again")
    wait_until_all_predicted(qtbot, studio)
    assert predicted(studio) == before


def test_a_clearly_better_model_is_used_by_itself_where_that_is_set(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Six captures are held back here: too few to be sure of anything.
    monkeypatch.setattr("vimd_core.evaluation.gate.SIGNIFICANT", 0.5)
    preferences, first = studio.preferences, active(studio)
    preferences.set(replace(preferences.values, promote_margin=1.0))
    retrain(qtbot, studio)
    wait_for(qtbot, lambda: active(studio).id != first.id, "the new model is in use")
    assert studio.window.models.commands.gate is None
    bar = studio.window.message_bar
    wait_for(qtbot, bar.action_button.isVisible, "it can be taken back")
    wait_until_all_predicted(qtbot, studio)
    bar.action_button.click()
    wait_for(qtbot, lambda: active(studio).id == first.id, "the old model is in use again")


def test_a_training_is_paused_resumed_and_given_up(qtbot: QtBot, studio: Studio) -> None:
    service, panel = studio.services.retrain, studio.window.training.panel
    retrain(qtbot, studio, LONG)
    wait_for(qtbot, lambda: service.curves.step > 0, "it learns")
    panel.pause_button.click()
    wait_for(qtbot, lambda: service.run is not None and service.run.state is RunState.PAUSED, "it is paused")
    wait_for(qtbot, lambda: panel.resume_button.isVisible(), "it can be resumed")
    step = service.curves.step
    panel.resume_button.click()
    wait_for(qtbot, lambda: service.curves.step > step, "it goes on from there")
    panel.stop_button.click()
    wait_for(qtbot, lambda: service.run is not None and service.run.state is RunState.STOPPED, "it is over")
    assert not service.is_running and not panel.resume_button.isVisible()


def test_a_second_training_waits_for_the_first(qtbot: QtBot, studio: Studio) -> None:
    service = studio.services.retrain
    retrain(qtbot, studio, LONG)
    wait_for(qtbot, lambda: service.curves.step > 0, "it learns")
    first = service.run
    answer_with(studio, QUICK)
    studio.window.actions_.retrain.trigger()
    project = studio.services.projects.project
    assert project is not None and first is not None

    def states() -> list[RunState]:
        return [run.state for run in project.read(lambda unit: unit.runs.open()).result()]

    wait_for(qtbot, lambda: states() == [RunState.RUNNING, RunState.QUEUED], "the second one waits")
    studio.window.training.panel.stop_button.click()
    wait_for(qtbot, lambda: service.run is not None and service.run.id != first.id, "the second one begins")
    gate_of(qtbot, studio)


def test_closing_the_window_asks_and_a_training_that_went_on_is_found_again(
    qtbot: QtBot, start: Callable[..., Studio], studio: Studio, folder: Path, tiny_bundle: Path
) -> None:
    retrain(qtbot, studio, LONG)
    wait_for(qtbot, lambda: studio.services.retrain.curves.step > 0, "it learns")
    reply(studio.window, ask_training_at_close=lambda: None)
    assert not studio.window.close() and studio.window.isVisible()
    reply(studio.window, ask_training_at_close=lambda: True)
    run = studio.services.retrain.run
    assert run is not None and run.pid is not None
    start.stop(studio)  # type: ignore[attr-defined]
    assert is_alive(folder / run.folder)
    again = start(project=folder, model=tiny_bundle)
    service = again.services.retrain
    wait_for(qtbot, lambda: service.is_running and service.curves.step > 0, "it is found again")
    assert service.run is not None and service.run.id == run.id
    again.window.training.panel.stop_button.click()
    wait_for(qtbot, lambda: service.run is not None and service.run.state is RunState.STOPPED, "it is over")
    steps = service.curves.step
    start.stop(again)  # type: ignore[attr-defined]
    later = start(project=folder, model=tiny_bundle)
    panel, service = later.window.training.panel, later.services.retrain
    wait_for(qtbot, lambda: panel.title.text() == run.config["name"], "the last training is still shown")
    assert service.curves.step == steps and not service.is_running and not panel.stop_button.isVisible()


@pytest.mark.skipif(os.name == "nt", reason="sends a signal that Windows has not")
def test_a_killed_training_can_go_on_from_where_it_was_saved(qtbot: QtBot, studio: Studio) -> None:
    service = studio.services.retrain
    retrain(qtbot, studio, LONG)
    wait_for(qtbot, lambda: service.curves.step > 0, "it learns")
    assert service.run is not None and service.run.pid is not None
    os.kill(service.run.pid, signal.SIGKILL)
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: bar.action_button.isVisible(), "resuming is offered")
    assert service.run.state is RunState.PAUSED
    bar.action_button.click()
    # Also while its process is only being started.
    service.give_up()
    wait_for(qtbot, lambda: service.run is not None and service.run.state is RunState.STOPPED, "it is over")


def test_the_dialog_says_what_there_is_to_learn_and_how_long_it_takes(qtbot: QtBot, studio: Studio) -> None:
    services = studio.services
    dialog = RetrainDialog(studio.window, services.retrain, services.speed)
    dialog.show()
    wait_for(qtbot, lambda: dialog.start_button.isEnabled(), "there is enough to learn from")
    names = [dialog.table.text(row, 0) for row in range(dialog.table.rowCount())]
    assert set(names[: len(COLOURS)]) == set(COLOURS)
    assert "30" in dialog.summary.text()
    assert dialog.summary.height() >= dialog.summary.heightForWidth(dialog.summary.width())
    services.speed.cancel()
    dialog._on_measured(10.0, 5.0)
    texts = [button.text() for button in dialog.efforts.values()]
    assert all("min" in text for text in texts), texts
    dialog.advanced.epochs.setValue(7)
    dialog.advanced.others.setPlainText("losses.label_smoothing=0.05")
    assert dialog.request.changes == {"epochs": 7, "losses.label_smoothing": 0.05}
    dialog.advanced.others.setPlainText("nonsense")
    dialog.accept()
    assert dialog.isVisible()
    dialog.advanced.others.clear()
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    wait_for(qtbot, lambda: services.speed._process is None, "nothing is measured any more")


def test_the_speed_is_measured_with_the_captures_themselves(qtbot: QtBot, studio: Studio) -> None:
    with qtbot.waitSignal(studio.services.speed.measured, timeout=60_000) as measured:
        studio.services.speed.measure(QUICK, seconds=0.5)
    assert measured.args is not None and min(measured.args) > 0


def test_the_registry_keeps_notes_and_discards(qtbot: QtBot, studio: Studio) -> None:
    retrain(qtbot, studio)
    gate_of(qtbot, studio).keep_button.click()
    studio.window.actions_.models.trigger()
    dialog = studio.window.models.commands.dialog
    assert isinstance(dialog, ModelsDialog)
    wait_for(qtbot, lambda: dialog.table.rowCount() == 2, "both models are listed")
    dialog.table.selectRow(0)
    assert dialog.chosen is not None and not dialog.chosen.is_active
    file, model_id = dialog.chosen.path, dialog.chosen.id
    assert file.is_file()
    dialog.notes.setPlainText("good at night")
    dialog.table.selectRow(1)
    wait_for(qtbot, lambda: notes_of(studio, model_id) == "good at night", "the notes are kept")
    assert not dialog.discard_button.isEnabled()  # the model in use
    dialog.table.selectRow(0)
    dialog.discard_button.click()
    wait_for(qtbot, lambda: dialog.table.rowCount() == 1, "it is gone")
    assert not file.exists()
    dialog.close()


def test_any_two_models_are_compared_and_one_is_exported(
    qtbot: QtBot, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = active(studio)
    retrain(qtbot, studio)
    gate = gate_of(qtbot, studio)
    figures = gate.table.rowCount(), gate.fixed_ids, gate.broken_ids
    gate.promote_button.click()
    wait_for(qtbot, lambda: active(studio).id != first.id, "the new model is in use")
    wait_until_all_predicted(qtbot, studio)
    wait_for(qtbot, lambda: studio.window.models.commands.gate is None, "the gate is closed")
    studio.window.actions_.models.trigger()
    dialog = studio.window.models.commands.dialog
    assert isinstance(dialog, ModelsDialog)
    wait_for(qtbot, lambda: dialog.table.rowCount() == 2, "both models are listed")
    dialog.table.selectAll()
    assert dialog.compare_button.isEnabled() and not dialog.use_button.isEnabled()
    dialog.compare_button.click()
    pair = gate_of(qtbot, studio)
    assert first.name in pair.windowTitle() and active(studio).name in pair.windowTitle()
    # The same captures as at the gate, where the same two models stood beside each other.
    assert (pair.table.rowCount(), pair.fixed_ids, pair.broken_ids) == figures
    assert pair.table.rows.columns[2].title == first.name
    assert not pair.discard_button.isVisible()
    pair.keep_button.click()
    dialog.table.selectRow(0)
    target = tmp_path / "taken along.safetensors"
    monkeypatch.setattr(
        "app.views.models.models_dialog.QFileDialog.getSaveFileName", lambda *_args: (str(target), "")
    )
    assert dialog.chosen is not None and dialog.export_button.isEnabled()
    dialog.export_button.click()
    wait_for(qtbot, lambda: target.name in studio.window.message_bar.text, "it is said where it is")
    assert target.read_bytes() == dialog.chosen.path.read_bytes()
    dialog.close()


def notes_of(studio: Studio, model_id: int) -> str:
    project = studio.services.projects.project
    assert project is not None
    return project.read(lambda unit: unit.models.get(model_id)).result().notes


def test_a_project_opens_with_its_own_model_and_with_the_last_good_one_when_that_is_damaged(
    qtbot: QtBot, start: Callable[..., Studio], studio: Studio, folder: Path, tiny_bundle: Path, home: Path
) -> None:
    first = active(studio)
    retrain(qtbot, studio)
    gate_of(qtbot, studio).promote_button.click()
    wait_for(qtbot, lambda: active(studio).id != first.id, "the new model is in use")
    promoted = active(studio)
    wait_until_all_predicted(qtbot, studio)
    start.stop(studio)  # type: ignore[attr-defined]
    again = open_without_model(start, folder)
    wait_for(qtbot, lambda: again.services.classify.model is not None, "a model is loaded")
    assert again.services.classify.model_path == promoted.path
    start.stop(again)  # type: ignore[attr-defined]
    promoted.path.write_bytes(promoted.path.read_bytes()[:-1])
    damaged = open_without_model(start, folder)
    wait_for(qtbot, lambda: active(damaged).id == first.id, "the model before is in use")
    assert "damaged" in damaged.window.message_bar.text


def open_without_model(start: Callable[..., Studio], folder: Path) -> Studio:
    return start(project=folder, own_model=True)


def test_a_training_is_suggested_after_enough_new_labels(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.training.retrain_service.SUGGESTED_FROM", 30)
    asked: list[bool] = []
    reply(studio.window, ask_retrain=lambda _retrain, _speed: asked.append(True))
    project = studio.services.projects.project
    assert project is not None
    assert project.read(lambda unit: unit.revisions.fresh_count()).result() == 30
    studio.services.labels.label([1], 2)  # another class: the same one again would be nothing new
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: "30" in bar.text and bar.action_button.isVisible(), "it is suggested")
    studio.services.labels.undo()
    studio.services.labels.mark(ActionKind.UNSURE, [1])
    wait_for(qtbot, lambda: bar.text == "", "there are not enough any more")
    studio.services.labels.undo()
    wait_for(qtbot, lambda: "30" in bar.text and bar.action_button.isVisible(), "now there are")
    bar.action_button.click()
    assert asked == [True]


def test_curves_forget_what_a_resumed_training_does_again() -> None:
    curves = TrainingCurves()
    curves.add(ExtractingEvent(done=3, total=12, eta_s=9.0))
    assert (curves.activity, curves.extracted, curves.eta_s) == ("extracting", 0.25, 9.0)

    def standing(step: int, loss: float) -> dict[str, Any]:
        return {
            "step": step,
            "steps": 10,
            "epoch": step // 2,
            "epochs": 5,
            "losses": {"a": loss, "b": 1.0},
            "learning_rate": 0.1,
            "samples_per_s": 2.0,
            "eta_s": None,
            "data_wait_share": 0.0,
        }

    for step in (1, 2, 3, 4, 5):
        curves.add(ProgressEvent(**standing(step, float(step))))
        if step % 2 == 0:
            curves.add(EpochEvent(**standing(step, float(step)), validation_top1=step / 10))
    assert curves.top1 == [(2, 0.2), (4, 0.4)]
    curves.add(ProgressEvent(**standing(3, 9.0)))
    assert curves.losses[""] == [(1, 2.0), (2, 3.0), (3, 10.0)]
    assert curves.top1 == [(2, 0.2)] and curves.step == 3
    curves.add(NoticeEvent("hello", step=3))
    curves.add(ComparingEvent(done=1, total=4))
    assert (list(map(str, curves.notices)), curves.activity, curves.compared) == (
        ["hello"],
        "comparing",
        0.25,
    )


def test_nothing_of_the_dialogs_is_left(qapp: QApplication) -> None:
    assert not [widget for widget in qapp.topLevelWidgets() if isinstance(widget, GateDialog | ModelsDialog)]
