"""Frozen layers: the beginning of the network, and all but the head in a first phase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from torch import nn

from vimd_core.errors import ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.recipes.training_config import TrainingConfig


class Freezing(Protocol):
    """What learns in which epoch."""

    def enter(self, epoch: int) -> None:
        """Set which parameters learn in an epoch, from 0, and put the model into training mode but what is frozen."""

    def changes_at(self, epoch: int) -> bool:
        """Whether other parameters learn in an epoch than in the one before."""


class FrozenNorms:
    """Everything learns; batch norms may keep their statistics.

    Args:
        model: any network.
        frozen: whether they do.
    """

    def __init__(self, model: nn.Module, *, frozen: bool) -> None:
        self._model = model
        self._frozen = frozen

    def enter(self, epoch: int) -> None:
        """See `Freezing`."""
        self._model.train()
        for module in self._model.modules():
            if self._frozen and isinstance(module, nn.BatchNorm2d):
                module.eval()

    def changes_at(self, epoch: int) -> bool:
        """Never after the beginning."""
        return epoch == 0


class Phases:
    """Freezes and thaws the parts of a model as a recipe says.

    Args:
        model: a student or a classifier.
        config: the recipe.

    Raises:
        ConfigError: more layers shall be frozen than there are, or there is no super-resolution network to train.
    """

    def __init__(self, model: nn.Module, config: TrainingConfig) -> None:
        self._model = model
        self._config = config
        classifier = model.classifier if isinstance(model, SrvmNet) else model
        self._classifier = classifier if isinstance(classifier, VisionMamba) else None
        if config.freeze_layers or config.head_epochs:
            if self._classifier is None:
                raise ConfigError("Only a Vision Mamba has layers to freeze.")
            if config.freeze_layers > len(self._classifier.layers):
                raise ConfigError(
                    "freeze_layers is {freeze_layers} and the network has {num_layers} layers: freeze fewer.",
                    freeze_layers=config.freeze_layers,
                    num_layers=len(self._classifier.layers),
                )
        if config.sr_learning_rate > 0 and not isinstance(model, SrvmNet):
            raise ConfigError("sr_learning_rate needs a student: a teacher has no super-resolution network.")

    def enter(self, epoch: int) -> None:
        """Set which parameters learn in an epoch, and put the whole model into training mode but what is frozen.

        Args:
            epoch: from 0.
        """
        self._model.requires_grad_(True)
        self._model.train()
        if isinstance(self._model, SrvmNet):
            # Its batch norms keep the statistics of photographs: a few hundred captures would only blur them.
            self._model.super_resolution.eval()
            self._model.super_resolution.requires_grad_(
                self._config.sr_learning_rate > 0 and epoch >= self._config.head_epochs
            )
        for module in self._frozen(epoch):
            module.requires_grad_(False)
            module.eval()
        if self._classifier is not None and (self._config.freeze_layers or self.only_head(epoch)):
            self._classifier.pos_embed.requires_grad_(False)
            self._classifier.cls_token.requires_grad_(False)

    def only_head(self, epoch: int) -> bool:
        """Whether nothing but the head learns in an epoch."""
        return epoch < self._config.head_epochs

    def changes_at(self, epoch: int) -> bool:
        """Whether other parameters learn in an epoch than in the one before."""
        return epoch == 0 or epoch == self._config.head_epochs

    def _frozen(self, epoch: int) -> Iterator[nn.Module]:
        if self._classifier is None:
            return
        if self.only_head(epoch):
            yield self._classifier.patch_embed
            yield self._classifier.layers
            yield self._classifier.norm_f
        elif self._config.freeze_layers:
            yield self._classifier.patch_embed
            yield from list(self._classifier.layers)[: self._config.freeze_layers]
