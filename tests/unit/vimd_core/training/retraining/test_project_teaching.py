"""The project's teacher in a retraining: what it is told, what its answers count, that a poor one spoils nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image
from tiny_trainings import COLOURS

from vimd_core.checkpoints.identity import model_id
from vimd_core.data.classes.class_list import ListedClass
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.batches.captures import UNLABELLED
from vimd_core.training.batches.mixture import StreamSampler, StreamsConfig
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.batches.training_data import TrainingData, load_training_data
from vimd_core.training.initialisation.head_fit import fitted
from vimd_core.training.loop.events import AnyEvent, ComparingEvent, ExtractingEvent, NoticeEvent
from vimd_core.training.loop.stopping import TrainingStoppedError
from vimd_core.training.losses.loss_functions import cross_entropy, soft_answer_loss
from vimd_core.training.project_teaching import capture_features, lesson, teaching
from vimd_core.training.project_teaching.earlier_model import EarlierModel
from vimd_core.training.project_teaching.lesson import ProjectLesson, project_lesson
from vimd_core.training.project_teaching.listed_captures import ListedCapture
from vimd_core.training.project_teaching.self_teaching import STUDENT_ANSWERS, both
from vimd_core.training.project_teaching.stored_answers import ANSWERS, StoredAnswers, read_answers
from vimd_core.training.recipes.recipe import StudentRecipe
from vimd_core.training.recipes.recipe_file import resolve_recipe
from vimd_core.training.retraining.retraining_folder import (
    CAPTURES,
    Retraining,
    TaughtCapture,
    TeacherSources,
)
from vimd_core.training.retraining.retraining_run import retrain_in_folder
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.training.runs.files import RESULT, TrainingPlan

torch.set_num_threads(1)
Told = AnyEvent | ComparingEvent
SETTINGS = {
    "epochs": 4,
    "batch_size": 6,
    "learning_rate": 5e-3,
    "precision": "float32",
    "drop_path": 0.0,
    "validation_fraction": 0.0,
    "fit_head": True,
    "enlarge_once": True,
}
NAMES = ("red", "green", "blue")


def picture(path: Path, label: int, seed: int) -> Path:
    noise = np.random.default_rng(seed).normal(0, 25, (16, 16, 3))
    pixels = np.clip(np.array(COLOURS[label]) + noise, 0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def retraining(folder: Path, *, labelled: int = 6, unlabelled: int = 8, teacher: bool = True) -> Retraining:
    """Three classes that the model does not know; of each some captures are held back and some have no label."""
    model = write_tiny_bundle(folder / "model.safetensors")
    captures, others, key = [], [], 0
    for label in range(3):
        for number in range(labelled):
            key += 1
            split = (
                (CaptureSplit.HELD_BACK, CaptureSplit.VALIDATION)[number]
                if number < 2
                else CaptureSplit.TRAIN
            )
            path = picture(folder / "captures" / f"{key}.png", label, key)
            captures.append(TaughtCapture(key, path, len(TINY_CLASSES) + label, split, str(key)))
        for _ in range(unlabelled):
            key += 1
            others.append((key, picture(folder / "captures" / f"{key}.png", label, key)))
    classes = [ListedClass(name, (place,)) for place, name in enumerate(TINY_CLASSES)]
    return Retraining(
        model=model,
        classes=[*classes, *(ListedClass(name) for name in NAMES)],
        captures=captures,
        teacher=TeacherSources(unlabelled=others, features_model=model) if teacher else None,
        training=SETTINGS,
        name="better",
        device="cpu",
        threads=1,
    )


def run(folder: Path, plan: TrainingPlan, should_stop: Callable[[], bool] = lambda: False) -> list[Told]:
    told: list[Told] = []
    retrain_in_folder(folder, plan, told.append, should_stop, threads=1)
    return told


@pytest.fixture(autouse=True)
def _quick_companion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Captures are told apart by their mean colour, so that no network has to look at them."""

    class Extractor:
        companion = object()

        @classmethod
        def load(cls, own_model: Path, *, device: str) -> Extractor:
            assert own_model.is_file()
            return cls()

        def extract_all(
            self, captures: Sequence[tuple[int, Path]], *, on_done: Callable[[int], None]
        ) -> CaptureFeatures:
            ids = np.array([key for key, _ in captures], np.int64)
            means = [np.asarray(Image.open(path)).reshape(-1, 3).mean(axis=0) for _, path in captures]
            unit = np.array(means, np.float32)
            unit /= np.linalg.norm(unit, axis=1, keepdims=True)
            on_done(len(captures))
            order = np.argsort(ids)
            own = np.repeat(unit, 4, axis=1)[order].astype(np.float16)
            return CaptureFeatures(ids[order], own, unit[order].astype(np.float16))

    monkeypatch.setattr(capture_features, "FeatureExtractor", Extractor)


def test_the_teacher_is_told_no_label_but_those_that_are_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[set[int], set[int]]] = []
    real = teaching.ask_teacher

    def watched(features: CaptureFeatures, captures, keys, **rest):  # type: ignore[no-untyped-def]
        labelled = captures.labels.tolist()
        told.append(
            (
                set(features.ids.tolist()),
                {key for key, label in zip(keys, labelled, strict=True) if label >= 0},
            )
        )
        return real(features, captures, keys, **rest)

    monkeypatch.setattr(lesson, "ask_teacher", watched)
    asked = retraining(tmp_path)
    folder = tmp_path / "run"
    events = run(folder, asked.write(folder))
    taught = {one.key for one in asked.captures if one.split is CaptureSplit.TRAIN}
    assert asked.teacher is not None
    assert told == [(taught | {key for key, _ in asked.teacher.unlabelled}, taught)]
    kept = read_answers(folder)
    assert kept is not None and set(kept.keys.tolist()) == told[0][0]
    looked = [event for event in events if isinstance(event, ExtractingEvent)]
    assert (looked[-1].done, looked[-1].total) == (len(told[0][0]), len(told[0][0]))
    said = [event.message for event in events if isinstance(event, NoticeEvent)]
    assert said[0] == "Learning from 12 labels, and from 24 captures without a label."


def test_captures_without_a_label_are_learnt_from(tmp_path: Path) -> None:
    """Two labels of each class leave the head where chance has put it; the teacher's answers on the others do not."""
    folder = tmp_path / "run"
    run(folder, retraining(tmp_path, labelled=3).write(folder))
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["losses"]["project_ce"] < rows[0]["losses"]["project_ce"]
    alone = tmp_path / "alone"
    run(alone, retraining(tmp_path, labelled=3, teacher=False).write(alone))
    assert not (alone / CAPTURES).exists() and not (alone / ANSWERS).exists()
    assert model_id(folder / RESULT) != model_id(alone / RESULT)


# Before the student answers too, when it is about to, and after that.
@pytest.mark.parametrize("stop_step", [6, 12, 18])
def test_a_run_that_was_stopped_learns_the_same_answers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_step: int
) -> None:
    asked = retraining(tmp_path)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run(whole, asked.write(whole))
    plan = asked.write(parts)
    steps = 0

    def count(event: Told) -> None:
        nonlocal steps
        steps = getattr(event, "step", steps)

    with pytest.raises(TrainingStoppedError):
        retrain_in_folder(parts, plan, count, lambda: steps >= stop_step, threads=1)
    # What has taught once is not asked again, whatever has become of the features.
    monkeypatch.setattr(lesson, "features_of", None)
    assert stop_step == 12 or (parts / STUDENT_ANSWERS).exists() is (stop_step > 12)
    run(parts, asked.write(parts))
    assert model_id(whole / RESULT) == model_id(parts / RESULT)


def project_data(folder: Path, asked: Retraining) -> tuple[StudentRecipe, TrainingData, list[ListedCapture]]:
    asked.write(folder)
    recipe = resolve_recipe(StudentRecipe, "distill", folder / "recipe.toml", {})
    assert asked.teacher is not None and recipe.data is not None
    others = [ListedCapture(key, path) for key, path in asked.teacher.unlabelled]
    taught = [ListedCapture(one.key, one.path) for one in asked.captures if one.split is CaptureSplit.TRAIN]
    data = load_training_data(
        recipe.data,
        32,
        unlabelled=[one.path for one in others],
        classes=[one.name for one in asked.classes],
        validation_fraction=0.0,
        seed=0,
        threads=1,
    )
    return recipe, data, [*taught, *others]


def learnt(folder: Path, asked: Retraining, earlier: EarlierModel | None) -> ProjectLesson:
    recipe, data, listed = project_data(folder, asked)
    return project_lesson(
        recipe,
        data,
        listed,
        folder,
        earlier=earlier,
        device="cpu",
        tell=lambda event: None,
        check=lambda: None,
    )


@pytest.mark.parametrize(("accuracy", "asks_earlier"), [(1.1, True), (0.2, False)])
def test_a_teacher_that_is_worse_than_the_model_before_is_not_listened_to(
    tmp_path: Path, accuracy: float, asks_earlier: bool
) -> None:
    def always_yield(indices: Sequence[int]) -> torch.Tensor:
        said = torch.full((len(indices), 6), 0.02)
        said[:, 1] = 0.9
        return said

    taken = learnt(tmp_path / "run", retraining(tmp_path), EarlierModel(accuracy, always_yield))
    assert taken.answers is not None
    unlabelled = ~taken.data.training.is_labelled
    yields = taken.answers.likeliest[unlabelled] == 1
    assert bool(yields.all()) is asks_earlier and bool(yields.any()) is asks_earlier
    # Labels are learnt as they are; nobody has been asked about them.
    assert bool((taken.answers.masses[~unlabelled].sum(dim=1) == 0).all()) is asks_earlier


def test_with_labels_of_one_class_alone_there_is_no_teacher(tmp_path: Path) -> None:
    asked = retraining(tmp_path)
    first = len(TINY_CLASSES)
    asked = replace(asked, captures=[replace(one, label=first) for one in asked.captures])
    taken = learnt(tmp_path / "run", asked, None)
    assert taken.answers is None and bool(taken.data.training.is_labelled.all())


def test_an_answer_counts_as_much_as_the_teacher_is_sure_of_it(tmp_path: Path) -> None:
    _, data, listed = project_data(tmp_path / "run", retraining(tmp_path))
    keys = [one.key for one in listed]
    sure, unsure, unknown = keys[-1], keys[-2], keys[-3]
    ids = np.array(sorted(set(keys) - {unknown}), np.int64)
    probabilities = np.tile(np.array([[0.5, 0.25, 0.25]], np.float16), (len(ids), 1))
    probabilities[ids == sure] = [1.0, 0.0, 0.0]
    said = StoredAnswers(ids, np.tile(np.array([[4, 3, 5]], np.int32), (len(ids), 1)), probabilities, "", 0.5)
    answers = teaching.weighted_answers(said, data.training, keys, 6)
    counted = answers.masses.sum(dim=1)
    assert [round(float(counted[keys.index(key)]), 3) for key in (sure, unsure, unknown)] == [1.0, 0.5, 0.0]
    row = answers.on(torch.tensor([keys.index(unsure)]))[0]
    assert [round(float(value), 3) for value in row] == [0, 0, 0, 0.125, 0.25, 0.125]


def test_where_the_student_is_surer_than_the_teacher_its_answer_counts_more() -> None:
    masses = torch.tensor([[0.25, 0.25], [0.36, 0.24], [0.2, 0.2], [0.0, 0.0]])
    answers = SoftAnswers(torch.tensor([[0, 1]] * 4), masses, 2)
    said = torch.tensor([[0.1, 0.9], [0.6, 0.4], [1.0, 0.0], [1.0, 0.0]])
    taught = torch.from_numpy(both(answers, said, torch.tensor([False, False, True, False]))).float()
    # sqrt(0.5 * 0.9) : sqrt(0.5 * 0.1) = 3 : 1, and as much as it is sure
    assert torch.allclose(taught[0], torch.tensor([0.25, 0.75]) * 0.75, atol=1e-3)
    assert torch.allclose(taught[1], torch.tensor([0.6, 0.4]) * 0.6, atol=1e-3)
    # Beside a label it counts as before, and where the teacher said nothing there is nothing.
    assert abs(float(taught[2].sum()) - 0.4) < 1e-3 and float(taught[2, 1]) < 0.01
    assert float(taught[3].sum()) == 0.0


def test_batches_teach_what_the_student_says_only_after_it_was_asked(tmp_path: Path) -> None:
    asked = retraining(tmp_path)
    losses = {}
    for share in (0.5, 1.0):
        folder = tmp_path / str(share)
        run(folder, replace(asked, training=SETTINGS | {"self_teaching_from": share}).write(folder))
        rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        losses[share] = [row["losses"]["project_ce"] for row in rows]
        assert (folder / STUDENT_ANSWERS).exists() is (share < 1)
    assert losses[0.5][:2] == losses[1.0][:2] and losses[0.5][2] != losses[1.0][2]


def sampler(data: TrainingData, answers: SoftAnswers, **changes: object) -> StreamSampler:
    settings: dict[str, object] = {
        "batch_size": 24,
        "seed": 3,
        "augmentation": AugmentationConfig(),
        "streams": StreamsConfig(),
        "lr_size_px": 8,
        "answers": answers,
    }
    return StreamSampler(data.training, **(settings | changes))  # type: ignore[arg-type]


def test_what_is_mixed_into_a_capture_brings_its_answer_along(tmp_path: Path) -> None:
    _, data, _ = project_data(tmp_path / "run", retraining(tmp_path))
    count = len(data.training)
    answers = SoftAnswers((torch.arange(count) % 2)[:, None], torch.ones(count, 1), 6)
    batch = sampler(data, answers, augmentation=AugmentationConfig(cutmix_probability=1.0)).draw(0)
    assert batch.answers is not None and batch.label_share is not None
    torch.testing.assert_close(batch.answers.sum(dim=1), torch.ones(24))
    mixed = (batch.answers.amax(dim=1) < 1.0).nonzero().flatten()
    assert len(mixed) > 4
    largest = torch.maximum(batch.label_share, 1.0 - batch.label_share)
    torch.testing.assert_close(batch.answers.amax(dim=1)[mixed], largest[mixed])


def test_labels_are_seen_often_however_many_captures_have_none(tmp_path: Path) -> None:
    _, data, _ = project_data(tmp_path / "run", retraining(tmp_path, labelled=3, unlabelled=40))
    count = len(data.training)
    answers = SoftAnswers(torch.zeros(count, 1, dtype=torch.int64), torch.ones(count, 1), 6)
    seen = {}
    for share in (0.0, 0.5):
        drawn = sampler(data, answers, labelled_share=share)
        batches = [drawn.draw(step).labels for step in range(30)]
        seen[share] = float((torch.cat(batches) != UNLABELLED).float().mean())
    assert seen[0.0] < 0.05 and abs(seen[0.5] - 0.5) < 0.06


def test_the_worse_the_teacher_the_more_labels_are_seen() -> None:
    shares = [teaching.labelled_share(0.35, accuracy) for accuracy in (1.0, 0.7, 0.5, 0.2, -1.0)]
    assert shares == pytest.approx([0.35, 0.35, 0.5, 0.6, 0.35])


def test_a_capture_without_a_label_costs_nothing_where_labels_count() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 5.0]])
    both = cross_entropy(logits, torch.tensor([0, UNLABELLED]))
    torch.testing.assert_close(both * 2, cross_entropy(logits[:1], torch.tensor([0])))
    nobody = soft_answer_loss(logits, torch.zeros(2, 2))
    assert float(nobody) == 0.0
    half = soft_answer_loss(logits, torch.tensor([[0.5, 0.0], [0.0, 0.0]]))
    torch.testing.assert_close(half, 0.25 * cross_entropy(logits[:1], torch.tensor([0])))


def test_the_head_is_fitted_to_answers_on_captures_without_a_label() -> None:
    generator = torch.Generator().manual_seed(0)
    classes = torch.arange(2).repeat_interleave(40)
    embeddings = torch.randn(80, 4, generator=generator) + 2.0 * torch.eye(4)[classes]
    labels = torch.full((80,), UNLABELLED)
    labels[[0, 40]] = torch.tensor([1, 0])  # wrong ones, outweighed by what is said of the others
    answers = 0.9 * torch.eye(2)[classes] + 0.05
    weight, bias = fitted(
        embeddings, labels, torch.zeros(2, 4), torch.zeros(2), class_balance=0.5, answers=answers
    )
    said = (embeddings @ weight.T + bias).argmax(dim=1)
    assert float((said == classes).float().mean()) > 0.9
