"""Hyperparameters of a training: every number that its result depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from vimd_core.errors import ConfigError
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.augmentation.symmetries import SymmetriesConfig
from vimd_core.training.batches.mixture import StreamsConfig
from vimd_core.training.losses.objectives import LossConfig

TrainingPrecision = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """The recipe of one training.

    Attributes:
        epochs: passes over as many images as the training set has, or `epoch_images`.
        epoch_images: images of an epoch at least, for sets so small that a look at the model and a checkpoint after
            each pass would cost more than the learning.
        batch_size: images a step, over all processes together.
        accumulation: parts that a batch is computed in, one after the other, to need less memory.
        learning_rate: peak of the schedule.
        sr_learning_rate: the same for the super-resolution network; 0 leaves it as it is.
        weight_decay: AdamW's, on matrices and kernels.
        warmup_epochs: until the peak.
        max_gradient_norm: longer gradients are shortened to this.
        ema_decay: of the averaged weights, which are validated and kept.
        drop_path: probability of skipping the last layer.
        class_balance: 0 draws images as they are, 1 draws all classes equally often.
        labelled_share: part of the images drawn that are labelled, at least, where there are captures without a label
            as well; more where the project's teacher is expected to be wrong often.
        self_teaching_from: share of the epochs after which what the student says by then teaches beside the project's
            teacher, where there is one; 1 leaves it to the teacher.
        freeze_layers: the stem and that many first layers stay as they are; 0 trains all.
        head_epochs: first epochs in which only the head learns, for small sets and a model to start from.
        fit_head: whether the head of a model to start from is first fitted to the captures by itself, which takes
            seconds; for small sets, and for classes that are new to the model.
        enlarge_once: whether a frozen super-resolution network enlarges each capture once, before all steps, and
            augmentation changes what it has made; for small sets that are seen often, and without a teacher.
        patience: ends after so many epochs without a better validation; 0 runs all epochs.
        precision: number format of convolutions and matrix products; "auto" takes bfloat16 where it is native
            (GPUs, processors with AMX), float16 on other CUDA devices, and float32 on other processors.
        validation_fraction: share of each class's groups that is held back to choose the best epoch; 0 learns
            from everything and keeps the last epoch, for a recipe that was chosen before.
        seed: of weights, order, augmentation and split.
        losses: weights of the loss terms.
        augmentation: strengths.
        symmetries: classes that may be mirrored or turned.
        streams: how a batch is put together, and how captures are made from high-resolution views.
    """

    epochs: int = 20
    epoch_images: int = 0
    batch_size: int = 64
    accumulation: int = 1
    learning_rate: float = 1e-3
    sr_learning_rate: float = 0.0
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    max_gradient_norm: float = 1.0
    ema_decay: float = 0.995
    drop_path: float = 0.05
    class_balance: float = 0.5
    labelled_share: float = 0.35
    self_teaching_from: float = 0.5
    freeze_layers: int = 0
    head_epochs: int = 0
    fit_head: bool = False
    enlarge_once: bool = False
    patience: int = 0
    precision: TrainingPrecision = "auto"
    validation_fraction: float = 0.12
    seed: int = 0
    losses: LossConfig = field(default_factory=LossConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    symmetries: SymmetriesConfig = field(default_factory=SymmetriesConfig)
    streams: StreamsConfig = field(default_factory=StreamsConfig)

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 2:
            raise ConfigError("epochs must be at least 1 and batch_size at least 2.")
        if not 1 <= self.accumulation <= self.batch_size:
            raise ConfigError("accumulation must be at least 1 and at most batch_size.")
        if self.learning_rate <= 0 or self.max_gradient_norm <= 0:
            raise ConfigError("learning_rate and max_gradient_norm must be above 0.")
        if min(self.sr_learning_rate, self.weight_decay, self.warmup_epochs) < 0:
            raise ConfigError("sr_learning_rate, weight_decay and warmup_epochs must not be negative.")
        if min(self.epoch_images, self.freeze_layers, self.head_epochs, self.patience, self.seed) < 0:
            raise ConfigError(
                "epoch_images, freeze_layers, head_epochs, patience and seed must not be negative."
            )
        if not 0 <= self.labelled_share < 1:
            raise ConfigError("labelled_share must be in [0, 1).")
        if not 0 < self.self_teaching_from <= 1:
            raise ConfigError("self_teaching_from must be in (0, 1].")
        if not 0 <= self.class_balance <= 1 or not 0 <= self.validation_fraction < 1:
            raise ConfigError("class_balance must be in [0, 1] and validation_fraction in [0, 1).")
        if not 0 <= self.ema_decay < 1 or not 0 <= self.drop_path < 1:
            raise ConfigError("ema_decay and drop_path must be in [0, 1).")
        if self.precision not in get_args(TrainingPrecision):
            raise ConfigError(
                "precision must be one of {choices}.",
                choices=", ".join(get_args(TrainingPrecision)),
            )
        if self.enlarge_once and (self.sr_learning_rate > 0 or self.streams.degradation.kind != "bicubic"):
            raise ConfigError(
                "enlarge_once needs a super-resolution network that stays as it is (sr_learning_rate 0) and bicubic "
                "degradation."
            )
        if self.patience and self.validation_fraction == 0:
            raise ConfigError("patience needs a validation: set validation_fraction above 0.")
