"""The service that keeps suggestions up to date: what it asks, when, and what becomes of answers that come late."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot
from storage_verbs import activate, add_captures

from app.domain.records import ActionKind, LabelResult, UndoState
from app.services.classifier.suggestion_service import SuggestionProgress, SuggestionService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.suggestions.suggestion_file import suggestion_file
from vimd_core.embeddings.feature_ids import FeatureFiles
from vimd_core.embeddings.file import append_embeddings
from vimd_core.processes.messages import Float32Array, Float32Matrix, Int64Array
from vimd_core.user_messages import verbatim
from vimd_core.worker.features.suggestion_messages import (
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
    Suggested,
    SuggestionsPrepared,
    SuggestionsReconsidered,
)
from vimd_core.worker.messages import Answer, Failed, Progress, WindowRequest

COUNT = 12


class Child(QObject):
    """A child process that answers when it is told to."""

    ready = Signal(object)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_up = True
        self.asked: list[tuple[WindowRequest, Callable[[Answer], None]]] = []
        self.requests = 0

    def send(self, request: WindowRequest, *, on_answer: Callable[[Answer], None], on_crash: object) -> int:
        self.requests += 1
        self.asked.append((request, on_answer))
        return self.requests

    def cancel(self, _request_id: int) -> None: ...

    def forget(self, _request_id: int) -> None:
        self.asked.clear()

    def take(self, kind: type[WindowRequest]) -> tuple[WindowRequest, Callable[[Answer], None]]:
        """The only request that waits; it is answered once."""
        ((request, on_answer),) = self.asked
        assert isinstance(request, kind)
        self.asked.clear()
        return request, on_answer

    def die(self) -> None:
        self.is_up = False
        self.asked.clear()
        self.stopped.emit()

    def come_back(self) -> None:
        self.is_up = True
        self.ready.emit(verbatim("CPU"))


class Features(QObject):
    changed = Signal()
    is_running = False

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.files: FeatureFiles | None = FeatureFiles(path, path)


class Models(QObject):
    answers_replaced = Signal()


class Desk:
    """A project with captures, and the service that suggests for it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.child, self.models, self.state = Child(), Models(), SuggestionState()
        self.features = Features(folder.parent / "own.embeddings")
        append_embeddings(self.features.files.own, 2, range(1, COUNT + 1), bytes(4 * COUNT))  # type: ignore[union-attr]
        self.projects = ProjectService(TaskRunner())
        self.service = SuggestionService(
            self.projects,
            self.child,
            self.models,
            self.features,
            self.state,  # type: ignore[arg-type]
        )
        self.folder = folder
        self.open()
        add_captures(self.project, COUNT)

    @property
    def project(self):  # type: ignore[no-untyped-def]
        assert self.projects.project is not None
        return self.projects.project

    def open(self) -> None:
        with self.qtbot.waitSignal(self.projects.opened, timeout=30_000):
            self.projects.open(self.folder)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.service._is_reading, timeout=30_000)

    def label(self, ids: Sequence[int], name: str, *, waits: bool = True) -> None:
        def work(unit):  # type: ignore[no-untyped-def]
            return unit.labels.label(ids, unit.catalogue.ensure_classes([name])[name], "ada")

        self.service.take_labels(self.project.write(work).result())
        if waits:
            self.settle()

    def answer(self, answer: Answer, kind: type[WindowRequest]) -> WindowRequest:
        self.qtbot.waitUntil(lambda: bool(self.child.asked), timeout=30_000)
        request, on_answer = self.child.take(kind)
        on_answer(answer)
        self.settle()
        return request

    def prepare(self) -> None:
        self.answer(SuggestionsPrepared(COUNT), PrepareSuggestions)

    def suggest(self, class_id: int = 1, *, accuracy: tuple[float, float, float] | None = None) -> list[int]:
        """Answer what is asked: the same class for all captures; gives the captures that were labelled."""
        answer = Suggested(
            Int64Array.of(array("q", range(1, COUNT + 1))),
            Int64Array.of(array("q", [class_id] * COUNT)),
            Float32Matrix((COUNT, 1), memoryview(array("f", [0.75] * COUNT)).cast("B")),
            Float32Array.of(array("f", [0.25] * COUNT)),
            "spreading",
            accuracy,
        )
        request = self.answer(answer, Suggest)
        assert isinstance(request, Suggest)
        return request.labels.ids.to_array().tolist()

    def suggested(self) -> str | None:
        found = self.state.of(COUNT)
        return None if found is None else found.name

    def idle(self) -> None:
        """Time passes."""
        self.service._idle.stop()
        self.service._on_idle()

    def close(self) -> None:
        self.projects.shut_down()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "Parts.vimd")
    yield made
    made.close()


@pytest.fixture
def taught(desk: Desk) -> Desk:
    desk.label([1], "rust")
    desk.label([2], "bolt")
    desk.prepare()
    assert desk.suggest() == [1, 2]
    return desk


def test_suggestions_come_with_the_second_class(desk: Desk) -> None:
    desk.label([1, 3], "rust")
    assert not desk.child.asked and desk.service.progress is SuggestionProgress.NONE
    desk.label([2], "bolt")
    assert desk.service.progress is SuggestionProgress.PREPARING
    desk.prepare()
    assert desk.suggest() == [1, 2, 3]
    assert desk.service.progress is SuggestionProgress.READY and desk.suggested() == "rust"
    assert desk.state.are_shown


def test_only_the_newest_labels_are_asked_with(taught: Desk) -> None:
    """Twenty labels while one answer is awaited are one question more."""
    taught.label([3], "rust")
    for one in range(4, 10):
        taught.label([one], "bolt", waits=False)
    assert taught.suggest() == [1, 2, 3]
    assert taught.suggest() == list(range(1, 10))
    assert not taught.child.asked


def test_undo_to_one_class_takes_all_suggestions_away(taught: Desk) -> None:
    result = taught.project.write(lambda unit: unit.labels.undo("ada")).result()
    taught.service.take_labels(result)
    taught.settle()
    assert taught.suggested() is None and not taught.state.are_shown and not taught.child.asked


def test_a_child_that_dies_is_told_everything_again(taught: Desk) -> None:
    taught.label([3], "rust")
    taught.child.die()
    assert taught.suggested() == "rust"  # what is known stays
    taught.child.come_back()
    taught.prepare()
    assert taught.suggest(class_id=2) == [1, 2, 3]
    assert taught.suggested() == "bolt"


def test_a_child_that_dies_of_it_is_left_in_peace(taught: Desk) -> None:
    taught.label([3], "rust")
    assert isinstance(taught.child.asked[0][0], Suggest)
    taught.child.die()
    taught.child.come_back()
    taught.qtbot.waitUntil(lambda: bool(taught.child.asked), timeout=30_000)
    taught.child.asked[0][1](Progress(0.0))  # it has begun to prepare
    taught.child.die()
    taught.child.come_back()
    taught.label([4], "rust")
    assert not taught.child.asked
    taught.open()  # another try with each start
    taught.qtbot.waitUntil(lambda: bool(taught.child.asked), timeout=30_000)


def test_a_child_that_dies_of_something_else_costs_nothing(taught: Desk) -> None:
    for _ in range(4):
        taught.child.die()
        taught.child.come_back()
        taught.qtbot.waitUntil(lambda: bool(taught.child.asked), timeout=30_000)  # it waits behind other work
    taught.prepare()
    assert taught.suggest() == [1, 2]


def test_in_idle_time_the_weights_are_reconsidered_once_for_so_many_labels(taught: Desk) -> None:
    taught.idle()
    taught.answer(SuggestionsReconsidered(True), ReconsiderSuggestions)
    taught.suggest(accuracy=(0.6, 0.5, 0.7))
    assert taught.state.suggestions is not None and taught.state.suggestions.accuracy == pytest.approx(0.6)
    taught.idle()
    assert not taught.child.asked
    taught.label([3], "rust")
    taught.suggest()
    taught.idle()
    taught.answer(SuggestionsReconsidered(False), ReconsiderSuggestions)


def test_new_captures_are_prepared_for_when_all_have_come(taught: Desk) -> None:
    taught.idle()
    taught.answer(SuggestionsReconsidered(False), ReconsiderSuggestions)
    taught.suggest()
    taught.features.is_running = True
    taught.features.changed.emit()
    taught.idle()
    assert not taught.child.asked
    taught.features.is_running = False
    taught.features.changed.emit()
    taught.idle()
    taught.prepare()
    assert taught.suggest() == [1, 2]


def test_removed_captures_are_left_out(taught: Desk) -> None:
    result = taught.project.write(lambda unit: unit.labels.remove([5, 7], "ada")).result()
    taught.service.take_labels(result)
    taught.settle()
    taught.suggest()
    taught.idle()
    request = taught.answer(SuggestionsPrepared(COUNT - 2), PrepareSuggestions)
    assert isinstance(request, PrepareSuggestions) and request.absent == (5, 7)


def test_a_failure_takes_suggestions_away_until_the_next_label(taught: Desk) -> None:
    taught.label([3], "rust")
    taught.answer(Failed("DatasetError", verbatim("no")), Suggest)
    assert taught.suggested() is None
    taught.label([4], "rust")
    taught.suggest()
    assert taught.suggested() == "rust"


def test_a_model_that_knows_the_classes_is_asked_first(taught: Desk) -> None:
    activate(taught.project, classes=("rust", "bolt", "nut"))
    taught.models.answers_replaced.emit()
    taught.settle()
    assert not taught.state.are_shown and taught.suggested() == "rust"


def test_a_renamed_class_is_called_so_at_once(taught: Desk) -> None:
    taught.project.write(lambda unit: unit.labels.rename_class(1, "corrosion", "ada")).result()
    taught.service.update()
    taught.settle()
    assert taught.suggested() == "corrosion"


def test_a_restart_shows_them_before_anything_is_computed(taught: Desk) -> None:
    taught.child.is_up = False
    taught.open()
    assert taught.suggested() == "rust" and taught.state.are_shown
    taught.label([3], "rust")
    taught.open()
    assert taught.suggested() is None  # they were of other labels


def test_a_damaged_file_is_no_matter(taught: Desk) -> None:
    taught.child.is_up = False
    taught.open()
    path = suggestion_file(taught.folder)
    path.write_bytes(path.read_bytes()[:-3])
    taught.open()
    assert taught.suggested() is None
    taught.child.come_back()
    taught.prepare()
    taught.suggest()
    assert taught.suggested() == "rust"


def test_another_project_has_none_of_these(taught: Desk, tmp_path: Path) -> None:
    taught.folder = tmp_path / "Other.vimd"
    taught.open()
    assert taught.suggested() is None and taught.service.progress is SuggestionProgress.NONE


def test_labels_that_are_written_elsewhere_are_read_with_the_next_change(taught: Desk) -> None:
    result = LabelResult(ActionKind.FILE_CHANGED, (1,), 0, UndoState(None, None))
    taught.project.write(lambda unit: unit.labels.label([6], 2, "bob")).result()
    taught.service.take_labels(result)
    assert taught.suggest() == [1, 2, 6]
