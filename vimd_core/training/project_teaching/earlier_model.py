"""The model that is to be improved, as one that answers on captures without a label (self-distillation).

Sizes: n captures, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from vimd_core.config import SrvmNetConfig
from vimd_core.training.batches.training_data import TrainingData
from vimd_core.training.initialisation.starting_point import StartingPoint, previous_answers
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.recipes.recipe import StudentRecipe
from vimd_core.training.student_batches import answers_alike, logits_of


@dataclass(frozen=True)
class EarlierModel:
    """The model that is to be improved, where it knows some of the classes that are learnt.

    Attributes:
        accuracy: share of its answers that are right, as far as that is known.
        answer: gives its probabilities, (n, K), of captures of `TrainingData.training` by their indices.
    """

    accuracy: float
    answer: Callable[[Sequence[int]], Tensor]


def earlier_model(
    recipe: StudentRecipe,
    start: StartingPoint | None,
    network: SrvmNetConfig,
    outputs: Sequence[Sequence[int]],
    data: TrainingData,
    compute: ComputePlace,
) -> EarlierModel | None:
    """The model to start from; None where it knows no class that has labels, or sees other sizes.

    Args:
        recipe: says how often it was right.
        start: where the weights come from.
        network: of the new model.
        outputs: for each of the new classes the outputs of the model that meant it.
        data: what is learnt from.
        compute: where it answers.
    """
    if start is None or not answers_alike(start.model, network, outputs):
        return None
    model, info = start.model
    labels = data.training.labels[data.training.is_labelled].tolist()
    known = sum(bool(outputs[label]) for label in labels) / max(1, len(labels))
    if not known:
        return None

    def answer(indices: Sequence[int]) -> Tensor:
        logits = logits_of(model, data.training.subset(indices), compute)
        said = previous_answers(logits / info.temperature, outputs)
        assert said is not None
        return said.softmax(dim=1)

    return EarlierModel(recipe.earlier_accuracy * known, answer)
