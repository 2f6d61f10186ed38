"""The losses in the paper's form and in the published code's."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from vimd_core.errors import ConfigError
from vimd_core.training.losses.loss_functions import (
    cross_entropy,
    hidden_state_loss,
    logits_distillation_loss,
)
from vimd_core.training.losses.objectives import LossConfig

torch.set_num_threads(1)


def hidden(seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(4, 5, 6, generator=generator, requires_grad=seed == 0) for _ in range(3)]


def test_logits_loss_is_zero_for_equal_answers_and_follows_the_definition() -> None:
    student, teacher = torch.randn(4, 7), torch.randn(4, 7)
    assert float(logits_distillation_loss(teacher, teacher, temperature=4.0)) == pytest.approx(0.0, abs=1e-6)
    p, q = (teacher / 2).softmax(1), (student / 2).softmax(1)
    expected = (p * (p / q).log()).sum(1).mean() * 4
    torch.testing.assert_close(logits_distillation_loss(student, teacher, temperature=2.0), expected)


def test_weights_choose_images() -> None:
    student, teacher = torch.randn(3, 7), torch.randn(3, 7)
    only_second = torch.tensor([0.0, 1.0, 0.0])
    alone = logits_distillation_loss(student[1:2], teacher[1:2], temperature=4.0)
    torch.testing.assert_close(
        logits_distillation_loss(student, teacher, temperature=4.0, weight=only_second), alone / 3
    )


def test_hidden_state_forms() -> None:
    ours, target = hidden(0), hidden(1)
    squares = [(a - b).square() for a, b in zip(ours, target, strict=True)]
    paper = sum(square.sum() for square in squares) / 4
    torch.testing.assert_close(hidden_state_loss(ours, target, form="paper"), paper)
    torch.testing.assert_close(hidden_state_loss(ours, target, form="published-code"), squares[-1].mean())
    mean = torch.stack([square.mean() for square in squares]).mean()
    torch.testing.assert_close(hidden_state_loss(ours, target, form="mean"), mean)
    with pytest.raises(ConfigError, match="published-code"):
        hidden_state_loss(ours, target, form="sum")  # type: ignore[arg-type]


def test_no_gradient_reaches_the_teacher() -> None:
    ours, target = hidden(0), [tensor.requires_grad_() for tensor in hidden(1)]
    hidden_state_loss(ours, target, form="mean").backward()  # type: ignore[no-untyped-call]
    assert ours[0].grad is not None and target[0].grad is None
    teacher = torch.randn(2, 3, requires_grad=True)
    logits_distillation_loss(torch.randn(2, 3, requires_grad=True), teacher, temperature=4.0).backward()  # type: ignore[no-untyped-call]
    assert teacher.grad is None


def test_cross_entropy_smooths() -> None:
    logits, labels = torch.randn(4, 5), torch.tensor([0, 1, 2, 3])
    expected = 0.9 * functional.cross_entropy(logits, labels) - 0.1 * logits.log_softmax(1).mean()
    torch.testing.assert_close(cross_entropy(logits, labels, label_smoothing=0.1), expected)


def test_impossible_weights_are_refused() -> None:
    for wrong in (
        {"temperature": 0.0},
        {"label_smoothing": 1.0},
        {"hidden_weight": -1.0},
        {"hidden_form": "sum"},
    ):
        with pytest.raises(ConfigError):
            LossConfig(**wrong)  # type: ignore[arg-type]
