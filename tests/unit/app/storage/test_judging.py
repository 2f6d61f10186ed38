"""A figure about a model stands on captures that it has not learnt from, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

from storage_verbs import CLASSES, activate, answer, predict

from app.domain.records import ModelRecord, NewCapture
from app.domain.training_records import (
    CaptureOrigin,
    NewModel,
    RevisionCapture,
    RevisionClass,
    RunState,
)
from app.insight.review_statistics import FEWEST_TO_JUDGE, ReviewStatistics
from app.retraining.training_stock import take_stock
from app.services.captures.statistics_service import _statistics
from app.storage.project import Project
from vimd_core.evaluation.gate import ComparedCapture
from vimd_core.training.retraining.split import CaptureSplit

TRAIN, VALIDATION, HELD = CaptureSplit.TRAIN, CaptureSplit.VALIDATION, CaptureSplit.HELD_BACK
STOP, GIVE_WAY = 1, 2


def add_named(project: Project, names: list[str]) -> list[int]:
    captures = [
        NewCapture(Path(f"/captures/{name}.png"), number.to_bytes(16, "big"), 900, 1, 32, 32)
        for number, name in enumerate(names, 1)
    ]

    def work(unit):  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        return unit.captures.add(source, captures).ids

    return list(project.write(work).result())


def label(project: Project, ids: list[int], class_id: int) -> None:
    project.write(lambda unit: unit.labels.label(ids, class_id, "ada")).result()


def teach(
    project: Project, parent: int, splits: dict[int, CaptureSplit], sha256: str, *, finished: bool = True
) -> int:
    """A training that has learnt from captures; its model, or the run's id where it never ended."""

    def work(unit):  # type: ignore[no-untyped-def]
        captures = [
            RevisionCapture(one, STOP, split, CaptureOrigin.HUMAN, str(one)) for one, split in splits.items()
        ]
        classes = [RevisionClass(STOP, "Stop", (0,))]
        revision_id = unit.revisions.freeze(parent, classes, captures, {}, "ada")
        run = unit.runs.add(revision_id, parent, "quick", {}, "ada")
        if not finished:
            return run.id
        model_id = unit.models.add(
            NewModel(
                sha256=sha256,
                name=sha256[:2],
                path=project.folder / "models" / f"{sha256[:8]}.safetensors",
                classes=tuple(enumerate(CLASSES, 1)),
                parent_id=parent,
                config={},
                metrics={},
                author="ada",
            )
        )
        unit.runs.note(run.id, state=RunState.FINISHED, result_model_id=model_id)
        return model_id

    found: int = project.write(work).result()
    return found


def use(project: Project, model_id: int) -> ModelRecord:
    return project.write(lambda unit: unit.models.activate(model_id)).result()


def figures(project: Project) -> ReviewStatistics:
    return project.read(_statistics).result()


def learnt_from(project: Project, *model_ids: int) -> set[int]:
    return set(project.read(lambda unit: unit.judging.learnt_from(*model_ids)).result())


def test_a_model_is_judged_by_what_neither_it_nor_one_before_it_has_learnt(project: Project) -> None:
    ids = add_named(project, [f"c{number}" for number in range(8)])
    root = activate(project).id
    label(project, ids, STOP)
    first = teach(project, root, {ids[0]: TRAIN, ids[1]: VALIDATION, ids[2]: HELD}, "11" * 32)
    second = teach(project, first, {ids[2]: HELD, ids[3]: TRAIN}, "22" * 32)
    beside = teach(project, root, {ids[4]: TRAIN}, "33" * 32)
    teach(project, second, {ids[5]: TRAIN}, "", finished=False)
    assert learnt_from(project, root) == set()
    assert learnt_from(project, first) == {ids[0], ids[1]}
    assert learnt_from(project, second) == {ids[0], ids[1], ids[3]}
    assert learnt_from(project, beside) == {ids[4]}
    assert learnt_from(project, second, beside) == {ids[0], ids[1], ids[3], ids[4]}


def test_other_frames_of_a_thing_that_was_learnt_from_prove_nothing(project: Project) -> None:
    names = ["track7_01", "track7_02", "track8_01", "IMG_01", "IMG_02"]
    ids = add_named(project, names)
    root = activate(project).id
    label(project, ids, STOP)
    model = teach(project, root, {ids[0]: TRAIN, ids[3]: TRAIN}, "11" * 32)
    assert learnt_from(project, model) == {ids[0], ids[1], ids[3]}


def test_progress_and_confusion_leave_out_what_was_learnt_from(project: Project) -> None:
    """97 % on what was learnt from, 50 % on the rest: the figure is 50 %."""
    ids = add_named(project, [f"c{number}" for number in range(100)])
    root = activate(project)
    label(project, ids[:60] + ids[60:80], STOP)
    label(project, ids[80:], GIVE_WAY)
    model = use(project, teach(project, root.id, dict.fromkeys(ids[:60], TRAIN), "11" * 32))
    # It says "Stop" to all: right on all that it has learnt from, and on half of the others.
    predict(project, model, [answer(one, first=0) for one in ids])
    found = figures(project)
    assert (found.accuracy.right, found.accuracy.total, found.learnt) == (20, 40, 60)
    assert found.confusion == {(STOP, STOP): 20, (GIVE_WAY, STOP): 20}
    assert found.confusion_with_learnt == {(STOP, STOP): 80, (GIVE_WAY, STOP): 20}
    assert found.captures_of(STOP, STOP, with_learnt=False) == tuple(ids[60:80])
    assert found.captures_of(STOP, STOP, with_learnt=True) == tuple(ids[:80])
    stop = next(one for one in found.classes if one.class_id == STOP)
    assert (stop.labelled, stop.recalled.total, stop.precise.total) == (80, 20, 40)
    assert found.can_judge and not found.is_enough
    # The registry's figure is the same one.
    assert project.read(lambda unit: unit.answers.right_of(model.id)).result() == (20, 40)


def test_a_training_that_goes_on_takes_no_captures_from_the_model_in_use(project: Project) -> None:
    ids = add_named(project, [f"c{number}" for number in range(30)])
    root = activate(project)
    predict(project, root, [answer(one) for one in ids])
    label(project, ids, STOP)
    teach(project, root.id, dict.fromkeys(ids, TRAIN), "", finished=False)
    assert figures(project).accuracy.total == 30


def test_where_too_little_is_left_there_is_no_figure(project: Project) -> None:
    ids = add_named(project, [f"c{number}" for number in range(60)])
    root = activate(project)
    label(project, ids, STOP)
    taught = ids[: 60 - FEWEST_TO_JUDGE + 1]
    model = use(project, teach(project, root.id, dict.fromkeys(taught, TRAIN), "11" * 32))
    predict(project, model, [answer(one) for one in ids])
    found = figures(project)
    assert found.accuracy.total == FEWEST_TO_JUDGE - 1 and not found.can_judge and not found.is_enough


def test_the_course_of_accuracy_does_not_count_what_the_model_of_then_had_learnt(project: Project) -> None:
    ids = add_named(project, [f"c{number}" for number in range(10)])
    root = activate(project)
    predict(project, root, [answer(one, first=1) for one in ids])
    label(project, ids, STOP)  # the model of then was wrong each time
    assert [point.labels for point in figures(project).curve] == list(range(1, 11))
    model = use(project, teach(project, root.id, dict.fromkeys(ids[:9], TRAIN), "11" * 32))
    predict(project, model, [answer(one, first=0) for one in ids])
    label(project, ids[:9], GIVE_WAY)  # said again, of what it has learnt from
    found = figures(project)
    assert found.curve[-1].labels == 1 and found.recent.right == 0


def test_sure_answers_are_trusted_only_by_what_was_not_learnt_from(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    ids = add_named(project, [f"c{number}" for number in range(40)])
    root = activate(project)
    label(project, ids[:20], STOP)
    label(project, ids[20:], GIVE_WAY)
    model = use(project, teach(project, root.id, dict.fromkeys(ids[:20], TRAIN), "11" * 32))
    predict(project, model, [answer(one, first=0, probability=0.95) for one in ids])
    stock = take_stock(project)
    assert (stock.trust, stock.trust_n, stock.is_trusted) == (0.0, 20, False)


def compared(capture_id: int, *, label_id: int, old: int, new: int) -> ComparedCapture:
    return ComparedCapture(capture_id, label_id, old, 0.5, new, 0.6)


def test_a_label_that_was_changed_since_counts_as_it_is_now(project: Project) -> None:
    ids = add_named(project, [f"c{number}" for number in range(3)])
    root = activate(project).id
    label(project, ids, STOP)
    model = teach(project, root, {ids[2]: TRAIN}, "11" * 32)
    answers = [compared(one, label_id=STOP, old=STOP, new=GIVE_WAY) for one in ids[:2]]
    project.write(lambda unit: unit.runs.add_comparison(root, model, 1, (1.0, 1.0), answers)).result()

    def outcome() -> tuple[int, int]:
        found = project.read(lambda unit: unit.runs.comparison_of(model)).result()
        assert found is not None
        return found.outcome().fixed, found.outcome().broken

    assert outcome() == (0, 2)
    label(project, ids[:1], GIVE_WAY)
    assert outcome() == (1, 1)


def test_how_sure_a_model_was_at_the_gate_is_what_two_models_are_compared_by(project: Project) -> None:
    """There each capture had a temperature that was found without it; what is kept of its use has not."""
    ids = add_named(project, ["c0", "c1"])
    root = activate(project)
    label(project, ids, STOP)
    model = teach(project, root.id, {ids[1]: TRAIN}, "11" * 32)
    predict(project, root, [answer(one, first=0, probability=0.9) for one in ids])
    answers = [compared(ids[0], label_id=STOP, old=STOP, new=STOP)]
    project.write(lambda unit: unit.runs.add_comparison(root.id, model, 1, (1.0, 1.0), answers)).result()
    found = project.read(lambda unit: unit.answers.compare(root.id, model)).result()
    assert [(one.baseline_probability, one.candidate_probability) for one in found.answers] == [(0.5, 0.6)]
