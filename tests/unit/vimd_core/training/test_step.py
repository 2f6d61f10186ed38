"""What one optimiser step draws at random."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vimd_core.training.batches.batch import Batch
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.distributed import OneProcess
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.step import Stepper
from vimd_core.training.recipes.training_config import TrainingConfig


class OneOfTwo(OneProcess):
    """A process that believes to be one of two."""

    count = 2

    def __init__(self, rank: int) -> None:
        self.rank = rank


class Drawing:
    """A model whose loss notes what it draws."""

    def __init__(self) -> None:
        self.model = nn.Linear(2, 2)
        self.drawn: list[Tensor] = []

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        self.drawn.append(torch.rand(4))
        return {"one": self.model(torch.ones(1, 2)).square().sum()}

    def predict(self, images: Tensor) -> Tensor:
        raise NotImplementedError


class Nothing:
    """Has no batches."""

    def draw(self, step: int) -> Batch:
        raise NotImplementedError


def drawn(rank: int = 0, step: int = 0, seed: int = 0) -> list[float]:
    objective = Drawing()
    config = TrainingConfig(seed=seed, batch_size=4, accumulation=1, precision="float32")
    batch = Batch(torch.zeros(4, 3, 2, 2), torch.zeros(4, dtype=torch.int64))
    place = ComputePlace(processes=OneOfTwo(rank))
    task = classifier_task(objective, Nothing(), config, place, steps_per_epoch=1)
    stepper = Stepper(task, place)
    stepper.join()
    torch.manual_seed(torch.seed() % 1000)  # whatever came before
    stepper.run(step, batch)
    return objective.drawn[0].tolist()


def test_chance_depends_on_seed_step_and_process_and_on_nothing_else() -> None:
    """Processes that dropped the same layers for different rows would only seem to average over chance."""
    assert drawn() == drawn()
    different = [drawn(), drawn(rank=1), drawn(step=1), drawn(seed=1), drawn(rank=1, step=1)]
    assert len({tuple(one) for one in different}) == len(different)
