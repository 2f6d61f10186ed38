"""The rival: logistic regression on the features of a frozen network.

Sizes: N labelled pictures, Q others, M numbers in an embedding, K classes of the labelled ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from vimd_core.training.initialisation.head_fit import fitted


def linear_probabilities(
    labelled: npt.NDArray[np.float32], classes: npt.NDArray[np.int64], asked: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Fit standardised features with an L2 penalty, and predict.

    Args:
        labelled: (N, M).
        classes: (N,) in [0, K).
        asked: (Q, M).

    Returns:
        (Q, K), each row a distribution.
    """
    count = int(classes.max()) + 1
    weight, bias = fitted(
        torch.from_numpy(labelled),
        torch.from_numpy(classes),
        torch.zeros(count, labelled.shape[1]),
        torch.zeros(count),
        class_balance=0.5,
    )
    found: npt.NDArray[np.float32] = (torch.from_numpy(asked) @ weight.T + bias).softmax(dim=1).numpy()
    return found
