"""Configurations of networks (presets): frozen, torch-free, checked when created.

Names: SR is super-resolution, LR is low resolution; sizes end in `_px`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from vimd_core.errors import ConfigError

SuperResolutionArchitecture = Literal["srresnet", "light"]
Stem = Literal["patch", "convolutional"]
Pooling = Literal["class-token", "class-token-and-mean"]


SizePx = int | tuple[int, int]
"""The side of a square, or height and width."""


def shape_px(size: SizePx) -> tuple[int, int]:
    """Height and width."""
    return (size, size) if isinstance(size, int) else size


def square_px(size: SizePx) -> int:
    """The side of a square.

    Raises:
        ConfigError: it is none.
    """
    if isinstance(size, int):
        return size
    raise ConfigError(
        "A network for images of {size} px can't be trained here: only square images are supported.",
        size=size_text(size),
    )


def size_text(size: SizePx) -> str:
    """As people read it: 64, or 64 x 96 (height first)."""
    return str(size) if isinstance(size, int) else f"{size[0]} x {size[1]}"


def _checked_size(size: object) -> SizePx:
    """A size as it may stand in a file: JSON knows no tuples, and a square may be written as two equal numbers."""
    if isinstance(size, list | tuple):
        if len(size) != 2:
            raise ConfigError(
                "image_size_px must be one number, or two, height and width, not {size}.", size=list(size)
            )
        _require_positive(image_size_px=size[0])
        _require_positive(image_size_px=size[1])
        return int(size[0]) if size[0] == size[1] else (int(size[0]), int(size[1]))
    _require_positive(image_size_px=size)  # type: ignore[arg-type]
    return int(size)  # type: ignore[call-overload, no-any-return]


def _require_positive(**values: int) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(
                "{name} must be a whole number of at least 1, not {value}.", name=name, value=repr(value)
            )


@dataclass(frozen=True, kw_only=True)
class SuperResolutionConfig:
    """The network that enlarges a capture.

    Attributes:
        architecture: "srresnet" is the published network (9x9 ends, batch-norm, upscaling in steps of 2);
            "light" works at low resolution throughout and adds a learnt residual to bicubic upscaling.
        channels: feature maps inside the network.
        num_blocks: residual blocks.
        upscale: factor in width and height: 2, 3, 4 or 8.
    """

    architecture: SuperResolutionArchitecture = "srresnet"
    channels: int = 64
    num_blocks: int = 16
    upscale: int = 4

    def __post_init__(self) -> None:
        _require_positive(channels=self.channels, num_blocks=self.num_blocks, upscale=self.upscale)
        if self.architecture not in ("srresnet", "light"):
            raise ConfigError(
                "Unknown super-resolution architecture {architecture}: use srresnet or light.",
                architecture=repr(self.architecture),
            )
        if self.upscale not in (2, 3, 4, 8):
            raise ConfigError("upscale must be 2, 3, 4 or 8, not {upscale}.", upscale=self.upscale)


@dataclass(frozen=True, kw_only=True)
class VisionMambaConfig:
    """The classifier: tokens of an image through bidirectional Mamba blocks.

    Attributes:
        image_size_px: side of the square image that it reads, or its height and width.
        patch_size_px: side of a patch; a convolutional stem ignores it.
        stride_px: distance between the centres of neighbouring tokens.
        embed_dim: width of a token (d_model).
        depth: number of bidirectional blocks.
        num_classes: outputs of the head.
        state_dim: size of the state-space model's state per channel (d_state).
        conv_width: taps of the causal depthwise convolution (d_conv).
        expand: inner width as a multiple of embed_dim.
        stem: "patch" is the published single strided convolution; "convolutional" is a small
            residual network that needs fewer examples to learn from.
        stem_channels: width of the convolutional stem at its first stage; each later stage is twice as wide.
        stem_blocks: residual blocks of the convolutional stem at a quarter of the image's size, at an eighth and
            so on, the last number at the tokens' own size and width; () is one block a stage, none at the last.
        pooling: what the head reads: "class-token" is the published one; "class-token-and-mean" adds the mean of
            all tokens, which learns faster from few examples.
    """

    image_size_px: SizePx = 224
    patch_size_px: int = 16
    stride_px: int = 8
    embed_dim: int = 192
    depth: int = 24
    num_classes: int = 1000
    state_dim: int = 16
    conv_width: int = 4
    expand: int = 2
    stem: Stem = "patch"
    stem_channels: int = 32
    stem_blocks: tuple[int, ...] = ()
    pooling: Pooling = "class-token"

    def __post_init__(self) -> None:
        # JSON knows no tuples.
        object.__setattr__(self, "stem_blocks", tuple(self.stem_blocks))
        object.__setattr__(self, "image_size_px", _checked_size(self.image_size_px))
        sides, size = self.image_shape_px, size_text(self.image_size_px)
        _require_positive(
            patch_size_px=self.patch_size_px,
            stride_px=self.stride_px,
            embed_dim=self.embed_dim,
            depth=self.depth,
            num_classes=self.num_classes,
            state_dim=self.state_dim,
            conv_width=self.conv_width,
            expand=self.expand,
            stem_channels=self.stem_channels,
        )
        if self.stem not in ("patch", "convolutional"):
            raise ConfigError("Unknown stem {stem}: use patch or convolutional.", stem=repr(self.stem))
        if self.pooling not in get_args(Pooling):
            raise ConfigError(
                "Unknown pooling {pooling}: use {choices}.",
                pooling=repr(self.pooling),
                choices=" or ".join(get_args(Pooling)),
            )
        if self.stem == "patch" and self.patch_size_px > min(sides):
            raise ConfigError(
                "A patch of {patch_size_px} px does not fit into {size} px.",
                patch_size_px=self.patch_size_px,
                size=size,
            )
        if self.stem == "convolutional" and (
            self.stride_px < 8
            or self.stride_px & (self.stride_px - 1)
            or any(side % self.stride_px for side in sides)
        ):
            raise ConfigError(
                "A convolutional stem needs a stride of 8, 16, 32, ... that divides the image size, "
                "not {stride_px} for {size} px.",
                stride_px=self.stride_px,
                size=size,
            )
        stages = int(math.log2(self.stride_px)) - 1
        if self.stem == "convolutional" and (
            len(self.stem_blocks) not in (0, stages)
            or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in self.stem_blocks)
        ):
            raise ConfigError(
                "stem_blocks must be {stages} whole numbers for a stride of {stride_px} px, not "
                "{stem_blocks}.",
                stages=stages,
                stride_px=self.stride_px,
                stem_blocks=list(self.stem_blocks),
            )

    @property
    def stem_stages(self) -> tuple[int, ...]:
        """Residual blocks of the convolutional stem, stage by stage."""
        return self.stem_blocks or (1,) * (int(math.log2(self.stride_px)) - 2) + (0,)

    @property
    def inner_dim(self) -> int:
        """Channels of the scan (d_inner)."""
        return self.expand * self.embed_dim

    @property
    def dt_rank(self) -> int:
        """Width of the bottleneck that makes the time steps."""
        return math.ceil(self.embed_dim / 16)

    @property
    def image_shape_px(self) -> tuple[int, int]:
        """Height and width of the image."""
        return shape_px(self.image_size_px)

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Rows and columns of tokens."""
        height, width = self.image_shape_px
        return self._tokens_along(height), self._tokens_along(width)

    def _tokens_along(self, side_px: int) -> int:
        if self.stem == "convolutional":
            return side_px // self.stride_px
        return (side_px - self.patch_size_px) // self.stride_px + 1

    @property
    def num_patches(self) -> int:
        """Tokens of one image without the class token."""
        return math.prod(self.grid_shape)

    @property
    def class_token_index(self) -> int:
        """Where the class token stands in the sequence: in its middle."""
        return self.num_patches // 2


@dataclass(frozen=True, kw_only=True)
class SrvmNetConfig:
    """SRVM-Net, the student: super-resolution and then the classifier on the enlarged capture.

    Attributes:
        preset: name of the preset it comes from, for people to read.
        super_resolution: first part.
        classifier: second part; the teacher, HRVM-Net, is this part alone.
    """

    preset: str = "custom"
    super_resolution: SuperResolutionConfig = field(default_factory=SuperResolutionConfig)
    classifier: VisionMambaConfig = field(default_factory=VisionMambaConfig)

    def __post_init__(self) -> None:
        if any(side % self.super_resolution.upscale for side in self.classifier.image_shape_px):
            raise ConfigError(
                "The classifier's image size, {image_size_px} px, must be a multiple of the upscale "
                "factor {upscale}.",
                image_size_px=size_text(self.classifier.image_size_px),
                upscale=self.super_resolution.upscale,
            )

    @property
    def lr_size_px(self) -> SizePx:
        """Side of the square capture that the student reads, or its height and width."""
        upscale, size = self.super_resolution.upscale, self.classifier.image_size_px
        return size // upscale if isinstance(size, int) else (size[0] // upscale, size[1] // upscale)

    @property
    def smallest_lr_side_px(self) -> int:
        """The shorter side of the capture that the student reads."""
        return min(shape_px(self.lr_size_px))

    def with_num_classes(self, num_classes: int) -> SrvmNetConfig:
        """The same networks with a head of another size."""
        return replace(self, classifier=replace(self.classifier, num_classes=num_classes))

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready description that `from_dict` reads back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SrvmNetConfig:
        """Rebuild a description.

        Raises:
            ConfigError: a key is missing, unknown or out of range.
        """
        try:
            return cls(
                preset=str(values["preset"]),
                super_resolution=SuperResolutionConfig(**values["super_resolution"]),
                classifier=VisionMambaConfig(**values["classifier"]),
            )
        except (KeyError, TypeError, AttributeError) as e:
            raise ConfigError("This is not a description of an SRVM-Net ({reason}).", reason=e) from e


_LIGHT = SuperResolutionConfig(architecture="light", channels=32, num_blocks=8)


def _hybrid_classifier(*, image_size_px: int) -> VisionMambaConfig:
    """Convolutions down to a grid of tokens and Mamba blocks over it: learns from some thousand images, where the
    published network needs a million."""
    return VisionMambaConfig(
        image_size_px=image_size_px,
        stride_px=32,
        embed_dim=256,
        depth=2,
        state_dim=8,
        stem="convolutional",
        stem_channels=32,
        stem_blocks=(1, 1, 1, 1),
        pooling="class-token-and-mean",
    )


PRESETS: Mapping[str, SrvmNetConfig] = {
    "paper": SrvmNetConfig(preset="paper"),
    "balanced": SrvmNetConfig(preset="balanced", classifier=VisionMambaConfig(stride_px=16)),
    "compact": SrvmNetConfig(
        preset="compact", super_resolution=_LIGHT, classifier=_hybrid_classifier(image_size_px=128)
    ),
    "compact-56": SrvmNetConfig(
        preset="compact-56", super_resolution=_LIGHT, classifier=_hybrid_classifier(image_size_px=224)
    ),
}


def preset(name: str) -> SrvmNetConfig:
    """The preset of that name.

    Raises:
        ConfigError: there is none.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise ConfigError(
            "There is no preset {name}: use {presets}.", name=repr(name), presets=", ".join(PRESETS)
        ) from None
