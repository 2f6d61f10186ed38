"""The companion: captures of any form to frozen features, and a plain sentence where its file is unsound."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.checkpoints.find_model import bundled_models, find_model
from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.companion import COMPANION_WIDTH, Companion, as_seen
from vimd_core.embeddings.feature_ids import COMPANION_MODEL_ID
from vimd_core.errors import CheckpointError
from vimd_core.models.efficientnet_lite import FEATURES

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def companion() -> Companion:
    return Companion.load(device="cpu", precision="float32")


def captures(count: int) -> list[npt.NDArray[np.uint8]]:
    """Of many sizes, square or not."""
    numbers = np.random.default_rng(0)
    return [
        numbers.integers(0, 256, (8 + 5 * place, 32 + place % 3 * 20, 3), dtype=np.uint8)
        for place in range(count)
    ]


def test_the_shipped_file_is_the_one_that_is_named() -> None:
    path = companion_path()
    assert model_id(path) == COMPANION_MODEL_ID
    assert path.stat().st_size <= 13e6


def test_captures_of_any_size_get_two_blocks_of_length_one(companion: Companion) -> None:
    found = companion.features(captures(19))
    assert found.shape == (19, COMPANION_WIDTH) and found.dtype == np.float16
    for block in np.split(found.astype(np.float32), [FEATURES], axis=1):
        np.testing.assert_allclose(np.linalg.norm(block, axis=1), 1, atol=2e-3)
    assert companion.features([]).shape == (0, COMPANION_WIDTH)


@pytest.mark.parametrize(
    ("shape", "seen"),
    [
        ((56, 56), (128, 128)),
        ((56, 70), (128, 128)),
        ((20, 32), (96, 160)),
        ((32, 20), (160, 96)),
        ((10, 40), (64, 256)),
        ((900, 3), (256, 64)),
    ],
)
def test_a_capture_is_seen_in_about_its_own_shape(shape: tuple[int, int], seen: tuple[int, int]) -> None:
    assert as_seen(np.zeros((*shape, 3), np.uint8)).shape == (*seen, 3)


def test_neither_company_nor_the_type_of_its_numbers_changes_a_capture(companion: Companion) -> None:
    images = captures(19)
    together = companion.features(images)
    for place in (0, 15, 18):
        np.testing.assert_allclose(companion.features([images[place]])[0], together[place], atol=2e-3)
    np.testing.assert_allclose(companion.features([images[3] / 255.0])[0], together[3], atol=2e-3)
    grey = images[4][:, :, 0]
    np.testing.assert_array_equal(companion.features([grey]), companion.features([np.stack([grey] * 3, 2)]))


def test_half_precision_keeps_what_is_seen(companion: Companion) -> None:
    images = captures(6)
    exact = companion.features(images).astype(np.float32)
    half = Companion.load(device="cpu", precision="bfloat16").features(images).astype(np.float32)
    assert float((exact * half).sum(axis=1).min()) > 2 * 0.995


def test_a_missing_or_damaged_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "companion.safetensors"
    with pytest.raises(CheckpointError, match=r"companion\.safetensors is missing: reinstall ViMD Studio\.$"):
        Companion.load(path)
    whole = companion_path().read_bytes()
    for content in (whole[:-1000], whole[:-1] + bytes([whole[-1] ^ 1]), b"", b"not weights"):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match=r"is damaged or another one: reinstall ViMD Studio\.$"):
            Companion.load(path)
    shutil.copy(find_model(Path("general-compact")), path)
    with pytest.raises(CheckpointError, match="another one"):
        Companion.load(path)


def test_it_is_no_model_that_anybody_could_choose() -> None:
    assert companion_path().stem not in {model.name for model in bundled_models()}
    with pytest.raises(CheckpointError, match="no bundled model"):
        find_model(Path(companion_path().stem))
    with pytest.raises(CheckpointError, match="classifies nothing by itself"):
        read_bundle_info(companion_path())
