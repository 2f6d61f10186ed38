"""The head is fitted to what the network sees, and stays near to what it was where nothing speaks against that."""

from __future__ import annotations

import torch

from vimd_core.training.initialisation.head_fit import fitted


def clusters(per_class: int, classes: int = 3, width: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(classes).repeat_interleave(per_class)
    noise = torch.randn(len(labels), width, generator=generator)
    # Inputs of very different sizes, as networks have them.
    return (noise + 4 * torch.eye(width)[labels]) * torch.logspace(-2, 2, width), labels


def test_it_tells_apart_what_the_network_tells_apart() -> None:
    embeddings, labels = clusters(30)
    weight, bias = fitted(embeddings, labels, torch.zeros(4, 8), torch.zeros(4), class_balance=0.5)
    said = (embeddings @ weight.T + bias).argmax(dim=1)
    assert (said == labels).float().mean() > 0.97


def test_a_strong_pull_leaves_the_weights_where_they_were() -> None:
    embeddings, labels = clusters(30)
    start = torch.randn(4, 8, generator=torch.Generator().manual_seed(1))
    weight, _ = fitted(embeddings, labels, start, torch.zeros(4), class_balance=0.5, weight_decay=1e9)
    assert torch.allclose(weight, start, atol=1e-4)


def test_a_rare_class_counts_as_much_when_classes_are_balanced() -> None:
    embeddings, labels = clusters(200, classes=2, width=4)
    embeddings = embeddings * 0.0 + torch.randn(embeddings.shape, generator=torch.Generator().manual_seed(2))
    few = torch.cat([torch.arange(200), torch.arange(200, 210)])
    zeros = torch.zeros(2, 4), torch.zeros(2)
    # Nothing tells these apart, so the answer is what is frequent, or neither.
    for balance, expected in ((0.0, 10 / 210), (1.0, 0.5)):
        weight, bias = fitted(embeddings[few], labels[few], *zeros, class_balance=balance, weight_decay=1e6)
        share = (embeddings[few] @ weight.T + bias).softmax(dim=1)[:, 1].mean()
        assert abs(float(share) - expected) < 0.02
