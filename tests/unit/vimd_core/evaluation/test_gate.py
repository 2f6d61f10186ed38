"""The verdict on a new model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from vimd_core.evaluation.gate import ComparedCapture, broken, fixed, judge, wrong_in_both


@dataclass(frozen=True)
class Comparison:
    baseline_ms: float
    candidate_ms: float
    answers: tuple[ComparedCapture, ...]


def comparison(*groups: tuple[int, int, int, int]) -> Comparison:
    """Captures of one class a group: class, and how many both, only the new, only the old model gets right."""
    answers = []
    for class_id, both, new, old in groups:
        for is_old_right, is_new_right, count in ((True, True, both), (False, True, new), (True, False, old)):
            for number in range(count):
                said = [class_id if is_right else 99 for is_right in (is_old_right, is_new_right)]
                probability = 0.5 + number / 1000
                answers.append(
                    ComparedCapture(len(answers) + 1, class_id, said[0], 0.8, said[1], probability)
                )
    return Comparison(4.0, 6.0, tuple(answers))


def test_a_clear_gain_is_better_and_noise_is_not() -> None:
    verdict = judge(comparison((1, 20, 12, 1), (2, 10, 3, 0)))
    assert verdict.is_better and not verdict.is_worse
    assert (verdict.outcome.n, verdict.outcome.fixed, verdict.outcome.broken) == (46, 15, 1)
    assert verdict.speed_ratio == 1.5
    noise = judge(comparison((1, 20, 3, 1)))
    assert not noise.is_significant and not noise.is_better
    assert judge(comparison((1, 20, 0, 9))).is_worse


def test_it_promotes_itself_only_when_no_class_loses_more_than_the_margin() -> None:
    verdict = judge(comparison((1, 20, 20, 0), (2, 9, 0, 1)))
    assert verdict.classes[0].class_id == 2  # what loses comes first
    assert verdict.may_promote_itself(0.1) and not verdict.may_promote_itself(0.05)
    assert not judge(comparison((1, 20, 2, 0))).may_promote_itself(1.0)


def test_sureness_is_compared_with_how_often_it_is_right() -> None:
    verdict = judge(comparison((1, 8, 0, 2)))
    assert verdict.baseline_error == pytest.approx(0.2)  # always right, and 80 % sure
    assert verdict.candidate_error == pytest.approx(abs(0.8 - 0.5), abs=0.02)


def test_galleries_show_the_surest_first() -> None:
    found = comparison((1, 2, 3, 2))
    assert [one.candidate_probability for one in fixed(found)] == [0.502, 0.501, 0.5]
    assert [one.capture_id for one in broken(found)] == [7, 6]


def test_without_captures_nothing_is_said() -> None:
    verdict = judge(comparison())
    assert not verdict.is_significant and verdict.classes == () and verdict.baseline_error == 0.0


def test_the_class_that_loses_most_comes_first_and_one_that_gains_last() -> None:
    verdict = judge(comparison((1, 5, 6, 1), (2, 5, 1, 3), (3, 5, 0, 1)))
    assert [(one.class_id, one.outcome.fixed, one.outcome.broken) for one in verdict.classes] == [
        *((2, 1, 3), (3, 0, 1), (1, 6, 1)),
    ]


def test_a_class_may_lose_as_much_as_the_margin_says() -> None:
    verdict = judge(comparison((1, 20, 20, 0), (2, 3, 0, 1)))
    assert verdict.may_promote_itself(0.25) and not verdict.may_promote_itself(0.24)


def test_sureness_of_a_model_that_is_always_right_or_always_wrong() -> None:
    verdict = judge(comparison((1, 0, 6, 0)))
    assert verdict.baseline_error == pytest.approx(0.8)  # always wrong, and 80 % sure
    assert verdict.candidate_error == pytest.approx(0.5, abs=0.01)  # always right, and 50 % sure
    known = comparison((1, 3, 0, 0))
    sure = [replace(one, candidate_probability=0.9) for one in known.answers]
    assert judge(replace(known, answers=tuple(sure))).candidate_error == pytest.approx(0.1)


def test_a_model_whose_time_is_not_known_is_as_fast() -> None:
    known = comparison((1, 2, 0, 0))
    assert judge(replace(known, baseline_ms=0.0)).speed_ratio == 1.0


def test_what_neither_gets_right_is_shown_the_surest_of_the_new_answers_first() -> None:
    found = comparison((1, 1, 1, 1))
    wrong = [ComparedCapture(10 + number, 1, 98, 0.9, 99, 0.3 + number / 10) for number in range(3)]
    found = replace(found, answers=(*found.answers, *wrong))
    assert [one.capture_id for one in wrong_in_both(found)] == [12, 11, 10]
