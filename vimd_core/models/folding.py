"""Folds batch norms into the convolutions before them, so that inference does not compute them."""

from __future__ import annotations

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norms(module: nn.Module) -> int:
    """Replace each convolution that is directly followed by a batch norm in an `nn.Sequential`, in place.

    Args:
        module: in eval mode; it can't be trained afterwards.

    Returns:
        How many batch norms are gone.
    """
    folded = 0
    for parent in list(module.modules()):
        if not isinstance(parent, nn.Sequential):
            continue
        for index in range(len(parent) - 1):
            convolution, norm = parent[index], parent[index + 1]
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                parent[index] = fuse_conv_bn_eval(convolution, norm)
                parent[index + 1] = nn.Identity()
                folded += 1
    return folded
