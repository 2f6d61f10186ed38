"""What is learnt from, of what a project holds: whom to believe, which classes, which near views."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.training_records import (
    CaptureOrigin,
    ModelState,
    RegisteredModel,
    RevisionCapture,
    RevisionClass,
    VerifiedCapture,
)
from app.retraining.choice import classes_of
from app.retraining.training_stock import (
    ClassStock,
    Concerns,
    LearningSources,
    LearningStock,
    concerns_of,
    familiarity,
    trust_of,
)
from app.retraining.write import _near_views
from vimd_core.training.retraining.retraining_folder import _accumulation, next_name
from vimd_core.training.retraining.split import CaptureSplit

HUMAN, MODEL = CaptureOrigin.HUMAN, CaptureOrigin.MODEL
TRAIN, HELD, VALIDATION = CaptureSplit.TRAIN, CaptureSplit.HELD_BACK, CaptureSplit.VALIDATION


def model(*class_ids: int) -> RegisteredModel:
    return RegisteredModel(
        id=1,
        sha256="ab" * 32,
        name="signs",
        path=Path("/signs.safetensors"),
        state=ModelState.CANDIDATE,
        is_active=True,
        parent_id=None,
        class_ids=class_ids,
        class_names=tuple(map(str, class_ids)),
        metrics={},
        config=None,
        author="ada",
        notes="",
        added_ms=0,
    )


def answered(number: int, *, right: bool = True, probability: float = 0.9) -> VerifiedCapture:
    return VerifiedCapture(number, Path(f"/{number}.png"), 1, 30, right, 1 if right else 2, probability)


def sources(
    verified: list[VerifiedCapture],
    *,
    may_not_judge: frozenset[int] = frozenset(),
    confidence: float | None = None,
    names: dict[int, str] | None = None,
    class_ids: tuple[int, ...] = (1, 2),
) -> LearningSources:
    named = {1: "Stop", 2: "Give way"} if names is None else names
    things = {one.id: str(one.id) for one in verified}
    return LearningSources(
        model(*class_ids), named, verified, {}, things, set(), may_not_judge, confidence, [], 0
    )


def answers(right: int, wrong: int, **more: float) -> list[VerifiedCapture]:
    return [answered(number, right=number < right, **more) for number in range(right + wrong)]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (9, 0, (None, 9, False)),  # too few to say
        (10, 0, (1.0, 10, False)),  # all right, but so few that it may be chance
        (16, 0, (1.0, 16, True)),
        (15, 0, (1.0, 15, False)),
        (90, 10, (0.9, 100, True)),
        (85, 15, (0.85, 100, False)),
        (50, 50, (0.5, 100, False)),
    ],
)
def test_sure_answers_are_trusted_once_humans_have_found_enough_of_them_right(
    right: int, wrong: int, said: tuple[float | None, int, bool]
) -> None:
    assert trust_of(sources(answers(right, wrong))) == said


def test_only_sure_answers_about_what_was_not_learnt_count() -> None:
    unsure = [answered(100 + number, right=False, probability=0.89) for number in range(50)]
    learnt = [answered(200 + number, right=False) for number in range(50)]
    unasked = [VerifiedCapture(300, Path("/a.png"), 1, 30, False, None, 0.95)]
    everything = sources(
        [*answers(20, 0), *unsure, *learnt, *unasked],
        may_not_judge=frozenset(range(200, 250)),
    )
    assert trust_of(everything) == (1.0, 20, True)
    assert familiarity(everything) == pytest.approx(20 / 70)


def test_a_model_knows_what_it_is_sure_of_or_right_about() -> None:
    assert familiarity(sources([])) == 0.0
    assert familiarity(sources(answers(1, 0, probability=0.3))) == 1.0
    assert familiarity(sources(answers(6, 4), confidence=0.4)) == pytest.approx(0.6)
    assert familiarity(sources(answers(6, 4), confidence=0.7)) == 0.7


def learnt(
    number: int, class_id: int, split: CaptureSplit = TRAIN, origin: CaptureOrigin = HUMAN
) -> RevisionCapture:
    return RevisionCapture(number, class_id, split, origin, str(number))


def test_classes_keep_the_models_order_merged_ones_are_one_and_new_ones_come_last() -> None:
    known = sources([], names={1: "Stop", 2: "Give way", 7: "Bus", 5: "Tram"}, class_ids=(2, 1, 2, 9))
    captures = [learnt(1, 7), learnt(2, 5), learnt(3, 2), learnt(4, 9), learnt(5, 7)]
    assert classes_of(known, captures) == [
        RevisionClass(2, "Give way", (0, 2)),
        RevisionClass(1, "Stop", (1,)),
        RevisionClass(5, "Tram"),
        RevisionClass(7, "Bus"),
    ]


@pytest.fixture
def near(tmp_path: Path) -> dict[int, Path]:
    """Captures 1 and 2 of thing a, 3 of thing b, 4 without a near view; their paths."""
    far, views = tmp_path / "signs", tmp_path / "signs_hr"
    far.mkdir()
    views.mkdir()
    paths = {1: far / "a_01.png", 2: far / "a_02.png", 3: far / "b_01.png", 4: far / "c_01.png"}
    for path in (*paths.values(), views / "a_99.png", views / "b_99.png"):
        path.touch()
    return paths


def views_of(near: dict[int, Path], *captures: RevisionCapture) -> dict[int, str]:
    return {number: view.name for number, view in _near_views(captures, near).items()}


def test_near_views_are_learnt_with_the_captures_of_one_thing_and_one_class(near: dict[int, Path]) -> None:
    both = {1: "a_99.png", 2: "a_99.png"}
    assert views_of(near, learnt(1, 1), learnt(2, 1), learnt(3, 2), learnt(4, 1)) == {**both, 3: "b_99.png"}
    assert views_of(near, learnt(1, 1), learnt(2, 1, VALIDATION)) == both
    # What is shared by two classes is nobody's, and others keep theirs.
    assert views_of(near, learnt(1, 1), learnt(2, 2), learnt(3, 2)) == {3: "b_99.png"}
    assert views_of(near, learnt(2, 1), learnt(3, 2, origin=MODEL)) == {2: "a_99.png"}


def test_a_near_view_of_what_is_held_back_is_not_learnt(near: dict[int, Path]) -> None:
    assert views_of(near, learnt(1, 1), learnt(2, 1, HELD), learnt(3, 1)) == {3: "b_99.png"}
    assert views_of(near, learnt(1, 1, HELD), learnt(4, 1, HELD), learnt(3, 1)) == {3: "b_99.png"}
    assert views_of(near, learnt(1, 1, HELD)) == {}


def test_a_capture_of_the_project_is_no_near_view_of_another(near: dict[int, Path]) -> None:
    paths = {**near, 5: near[1].parent.with_name("signs_hr") / "a_99.png"}
    assert views_of(paths, learnt(1, 1), learnt(3, 1)) == {3: "b_99.png"}


def stock(**verified: int) -> LearningStock:
    classes = tuple(
        ClassStock(number, name, False, count, 0, 0, 0, 0, 0)
        for number, (name, count) in enumerate(verified.items())
    )
    return LearningStock(model(1), classes, None, 0, False, 0)


def test_one_class_alone_and_single_captures_are_worth_a_word() -> None:
    assert concerns_of(stock()) == Concerns("", ()) and not concerns_of(stock(a=0))
    assert not concerns_of(stock(a=2, b=5, c=0))
    assert concerns_of(stock(a=7, b=0)) == Concerns("a", ())
    assert concerns_of(stock(a=1)) == Concerns("a", ("a",))
    assert concerns_of(stock(c=1, b=1, a=9)) == Concerns("", ("b", "c"))
    assert concerns_of(stock(a=7)) and concerns_of(stock(a=9, b=1))


def test_a_class_is_thin_with_one_to_four_captures() -> None:
    thin = [ClassStock(1, "a", False, count, 0, 0, 0, 0, 0).is_thin for count in range(7)]
    assert thin == [False, True, True, True, True, False, False]
    assert ClassStock(1, "a", False, 2, 3, 0, 0, 0, 0).verified == 5


@pytest.mark.parametrize(
    ("name", "following"),
    [
        *(("signs", "signs v2"), ("signs v2", "signs v3"), ("signs v9", "signs v10")),
        *(
            (" v3", " v3 v2"),
            ("my v1 signs", "my v1 signs v2"),
            ("a v2 v7", "a v2 v8"),
            ("signs vX", "signs vX v2"),
        ),
    ],
)
def test_the_next_model_counts_on(name: str, following: str) -> None:
    assert next_name(name) == following


def test_a_run_that_has_begun_keeps_its_parts(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    assert _accumulation(recipe) == {}
    recipe.write_text("[training]\nepochs = 3\n")
    assert _accumulation(recipe) == {}
    recipe.write_text("[training]\naccumulation = 4\n")
    assert _accumulation(recipe) == {"accumulation": 4}
