"""Metadata of a model bundle, read without its weights. Torch-free.

A model bundle is one .safetensors file. Its weights are named `super_resolution.*` and `classifier.*`; its
metadata holds `format` ("vimd-model-bundle"), `format_version` and, as JSON, every field of `BundleInfo`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from vimd_core.checkpoints.weight_kinds import BUNDLE_FORMAT, WeightsKind, require_kind
from vimd_core.config import SrvmNetConfig
from vimd_core.errors import CheckpointError, ConfigError

BUNDLE_FORMAT_VERSION: Final = 1
NO_NORMALISATION: Final[Mapping[str, Any]] = {
    "input_range": [0.0, 1.0],
    "mean": [0.0, 0.0, 0.0],
    "std": [1.0, 1.0, 1.0],
}


def utc_now() -> str:
    """The present time in UTC as ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, kw_only=True)
class BundleInfo:
    """Everything about a model but its weights.

    Attributes:
        config: the networks.
        classes: name of each output of the head, in its order.
        name: what people call the model.
        class_folders: name of each class's folder in the data it was trained on, in the order of `classes`;
            empty when folders were named as the classes are.
        normalisation: what was done to pixels before training: input_range, and mean and std per channel.
            The published method does nothing but scale to [0, 1].
        training: how it was trained: data, recipe, seeds; JSON-ready.
        temperature: what logits are divided by before they become probabilities; found on held-back captures
            (`vimd_core.inference.calibration`), 1 where that was not done.
        metrics: measured figures, fractions; JSON-ready.
        parent: model id of the bundle that training started from, or None.
        license: terms under which the weights may be used, an SPDX name where there is one.
        created_utc: when it was made, ISO 8601.
    """

    config: SrvmNetConfig
    classes: tuple[str, ...]
    name: str
    class_folders: tuple[str, ...] = ()
    normalisation: Mapping[str, Any] = field(default_factory=lambda: dict(NO_NORMALISATION))
    training: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 1.0
    metrics: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None
    license: str = ""
    created_utc: str = field(default_factory=utc_now)

    def __post_init__(self) -> None:
        outputs = self.config.classifier.num_classes
        if len(self.classes) != outputs:
            raise CheckpointError(
                "The model has {outputs} outputs and {num_classes} class names: give one for each.",
                outputs=outputs,
                num_classes=len(self.classes),
            )
        if self.class_folders and len(self.class_folders) != len(self.classes):
            raise CheckpointError(
                "There are {num_class_folders} class folders for {num_classes} classes: give one for each.",
                num_class_folders=len(self.class_folders),
                num_classes=len(self.classes),
            )
        if isinstance(self.temperature, bool) or not isinstance(self.temperature, int | float):
            raise CheckpointError(
                "The temperature must be a number, not {temperature}.", temperature=repr(self.temperature)
            )
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise CheckpointError(
                "The temperature must be above 0 and finite, not {temperature}.", temperature=self.temperature
            )
        for what, names in (("class", self.classes), ("class folder", self.class_folders)):
            if any(not isinstance(name, str) or not name.strip() for name in names):
                raise CheckpointError("A {what} has an empty name: give each a name.", what=what)
            if len(set(names)) != len(names):
                twice = next(name for i, name in enumerate(names) if name in names[:i])
                raise CheckpointError(
                    "The {what} {twice} is named twice: names must differ.", what=what, twice=repr(twice)
                )

    def to_metadata(self) -> dict[str, str]:
        """The strings that go into the file's metadata; `from_metadata` reads them back."""
        values: dict[str, Any] = {
            "config": self.config.to_dict(),
            "classes": list(self.classes),
            "name": self.name,
            "class_folders": list(self.class_folders),
            "normalisation": dict(self.normalisation),
            "training": dict(self.training),
            "temperature": self.temperature,
            "metrics": dict(self.metrics),
            "parent": self.parent,
            "license": self.license,
            "created_utc": self.created_utc,
        }
        metadata = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
        return {"format": BUNDLE_FORMAT, "format_version": str(BUNDLE_FORMAT_VERSION)} | metadata

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> BundleInfo:
        """Rebuild what `to_metadata` gave.

        Raises:
            CheckpointError: a value is missing or damaged, or the classes do not fit the head.
        """
        try:
            config = SrvmNetConfig.from_dict(json.loads(metadata["config"]))
            parent = json.loads(metadata["parent"])
            return cls(
                config=config,
                classes=tuple(json.loads(metadata["classes"])),
                name=str(json.loads(metadata["name"])),
                class_folders=tuple(json.loads(metadata["class_folders"])),
                normalisation=dict(json.loads(metadata["normalisation"])),
                training=dict(json.loads(metadata["training"])),
                # Bundles of before it was stored have none.
                temperature=json.loads(metadata.get("temperature", "1.0")),
                metrics=dict(json.loads(metadata["metrics"])),
                parent=None if parent is None else str(parent),
                license=str(json.loads(metadata["license"])),
                created_utc=str(json.loads(metadata["created_utc"])),
            )
        except KeyError as e:
            raise CheckpointError(
                "The model's description lacks {reason}: copy or make the bundle again.", reason=e
            ) from e
        except (ValueError, TypeError, OverflowError, ConfigError) as e:
            raise CheckpointError(
                "The model's description is damaged ({reason}): copy or make the bundle again.", reason=e
            ) from e


def read_bundle_info(path: Path) -> BundleInfo:
    """Read a bundle's description; its weights are not touched.

    Raises:
        CheckpointError: the file is missing, truncated, damaged, no model bundle, or of a newer format.
    """
    metadata = require_kind(path, WeightsKind.MODEL).metadata
    version = metadata.get("format_version", "")
    if not version.isdecimal():
        raise CheckpointError(
            "The model file {path} has no format version: copy or create it again.", path=path
        )
    if int(version) > BUNDLE_FORMAT_VERSION:
        raise CheckpointError(
            "The model file {path} was made by a newer ViMD (format {version}, this one reads up to "
            "{bundle_format_version}): update ViMD Studio.",
            path=path,
            version=version,
            bundle_format_version=BUNDLE_FORMAT_VERSION,
        )
    try:
        return BundleInfo.from_metadata(metadata)
    except CheckpointError as e:
        raise CheckpointError("{path}: {reason}", path=path, reason=e) from e
