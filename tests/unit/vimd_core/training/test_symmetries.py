"""Classes that may be mirrored or turned: what becomes of pixels, labels and what was said of the capture as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from labelled_images import write_image

from vimd_core.data.datasets.keyed_random import KeyedRandom, mix_keys
from vimd_core.errors import ConfigError
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.augmentation.symmetries import Symmetries, SymmetriesConfig
from vimd_core.training.batches.mixture import StreamSampler, StreamsConfig
from vimd_core.training.batches.near_answers import NearAnswers
from vimd_core.training.batches.training_data import load_training_data

torch.set_num_threads(1)
CLASSES = ("ahead", "end", "left", "right", "stop")
CONFIG = SymmetriesConfig(mirrored=(("left", "right"), ("ahead",)), turned=(("end",), ("ahead",)))
STILL = AugmentationConfig(
    rotation_degrees=0, scale=0, shear=0, shift=0, brightness=0, contrast=0, saturation=0, erase_probability=0
)  # fmt: skip


def chance(count: int, seed: int = 0) -> KeyedRandom:
    return KeyedRandom(mix_keys(seed, np.arange(count, dtype=np.uint64)))


def test_each_class_is_changed_as_it_may_be() -> None:
    labels = torch.arange(5).repeat(40)
    images = torch.rand(200, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    before = images.clone()
    after, changed = Symmetries(CONFIG, CLASSES).apply(images, labels, chance(200))
    mirrored, turned, both = before.flip(3), before.flip(2, 3), before.flip(2)
    seen: dict[str, set[str]] = {name: set() for name in CLASSES}
    for row in range(200):
        kinds = {"same": before, "mirrored": mirrored, "turned": turned, "both": both}
        (kind,) = (name for name, wanted in kinds.items() if torch.equal(images[row], wanted[row]))
        name = CLASSES[labels[row]]
        seen[name].add(kind)
        assert bool(changed[row]) == (kind != "same")
        swapped = {"left": "right", "right": "left"}.get(name, name) if kind == "mirrored" else name
        assert CLASSES[after[row]] == swapped
    assert seen["ahead"] == {"same", "mirrored", "turned", "both"}
    assert seen["end"] == {"same", "turned"}
    assert seen["left"] == seen["right"] == {"same", "mirrored"}
    assert seen["stop"] == {"same"}
    # About half of those that may be.
    assert 25 <= int(changed[labels == 2].sum()) + int(changed[labels == 3].sum()) <= 55


def test_unknown_and_doubled_classes_are_refused() -> None:
    with pytest.raises(ConfigError, match="'up'"):
        Symmetries(SymmetriesConfig(mirrored=(("up",),)), CLASSES)
    for wrong in ((("left", "right"), ("left",)), ((),), (("left", "right", "stop"),)):
        with pytest.raises(ConfigError, match=r"symmetries\.turned"):
            SymmetriesConfig(turned=wrong)


def test_a_batch_carries_the_labels_of_what_is_seen(tmp_path: Path) -> None:
    for label, name in enumerate(("left", "right", "stop")):
        for track in range(4):
            write_image(tmp_path / "far" / name / f"{track:05d}_0.png", seed=10 * label + track, size_px=12)
            write_image(
                tmp_path / "near" / name / f"{track:05d}_9.png", seed=50 + 10 * label + track, size_px=40
            )
    data = load_training_data(
        tmp_path / "far", 32, hr=tmp_path / "near", validation_fraction=0.0, seed=0, threads=1
    )
    count = len(data.training)
    settings = {
        "batch_size": 8, "seed": 1, "augmentation": STILL, "streams": StreamsConfig(), "lr_size_px": 8,
        "near": NearAnswers(torch.zeros(count, 3), data.training.near >= 0),
        "previous_logits": data.training.labels.eq(0)[:, None] * torch.eye(3)[0],
    }  # fmt: skip
    symmetries = Symmetries(SymmetriesConfig(mirrored=(("left", "right"),)), data.classes)
    plain = StreamSampler(data.training, **settings)  # type: ignore[arg-type]
    mirroring = StreamSampler(data.training, symmetries=symmetries, **settings)  # type: ignore[arg-type]
    mirrored_rows = 0
    for step in range(6):
        one, other = plain.draw(step), mirroring.draw(step)
        assert one.has_near is not None and other.has_near is not None and other.has_previous is not None
        for row in range(len(one)):
            if torch.equal(one.images[row], other.images[row]):
                assert one.labels[row] == other.labels[row] and one.has_near[row] == other.has_near[row]
                continue
            mirrored_rows += 1
            assert torch.equal(one.images[row].flip(2), other.images[row])
            assert {int(one.labels[row]), int(other.labels[row])} == {0, 1}
            assert other.has_near[row] == 0 and other.has_previous[row] == 0
        assert torch.equal(mirroring.draw(step).images, other.images)
    assert mirrored_rows > 5
