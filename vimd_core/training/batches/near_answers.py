"""Teacher predictions for near views: pictures of the same things, nearer by or in higher resolution.

Sizes: N captures, B views, S image size of the classifier in px, K classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vimd_core.training.batches.captures import CaptureSet, enlarged_views


@dataclass(frozen=True)
class NearAnswers:
    """A teacher's answers, one for each capture.

    Attributes:
        logits: (N, K) float32 on the CPU; of no meaning where there is no answer.
        has_answer: (N,) bool.
    """

    logits: Tensor
    has_answer: Tensor


@torch.no_grad()
def answers_on_near_views(
    captures: CaptureSet,
    answer: Callable[[Tensor], Tensor],
    *,
    only_right: bool = False,
    batch_size: int = 128,
) -> NearAnswers | None:
    """What a teacher says of the near view of each capture; each view is asked about once.

    Args:
        captures: N of them.
        answer: (B, 3, S, S) in [0, 1] -> (B, K) logits.
        only_right: leave out what the teacher takes for another class than the capture's.
        batch_size: views at a time.

    Returns:
        The answers; None when there is none.
    """
    asked, place = torch.unique(captures.near, return_inverse=True)
    rows = asked[asked >= 0]
    if len(rows) == 0:
        return None
    parts = [answer(enlarged_views(captures.pixels, part)) for part in torch.split(rows, batch_size)]
    logits = torch.cat([part.float().cpu() for part in parts])
    if len(rows) < len(asked):
        # -1, no view, comes first among the sorted rows.
        logits = torch.cat([torch.zeros_like(logits[:1]), logits])
    logits = logits[place]
    has_answer = captures.near >= 0
    if only_right:
        has_answer &= logits.argmax(dim=1) == captures.labels
    return NearAnswers(logits, has_answer) if bool(has_answer.any()) else None
