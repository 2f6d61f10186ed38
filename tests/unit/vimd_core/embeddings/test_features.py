"""Features of two networks: kept in two files, opened as one table, extracted from files and images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from bundles import TINY_CLASSES, tiny_info, tiny_model, tiny_published_config, write_tiny_bundle
from PIL import Image

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.embeddings import feature_ids
from vimd_core.embeddings.companion import COMPANION_WIDTH
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.feature_ids import companion_features_id, own_features_id
from vimd_core.embeddings.features import CaptureFeatures, open_features
from vimd_core.embeddings.file import append_embeddings
from vimd_core.errors import CancelledError, DatasetError
from vimd_core.inference.predictor import Predictor


def keep(path: Path, ids: list[int], dim: int) -> npt.NDArray[np.float16]:
    """Write vectors that say which capture they are of."""
    vectors = np.repeat(np.array(ids, np.float16)[:, None], dim, axis=1)
    append_embeddings(path, dim, ids, vectors.tobytes())
    return vectors


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> FeatureExtractor:
    return FeatureExtractor.load(
        write_tiny_bundle(tmp_path_factory.mktemp("own") / "tiny.safetensors"), device="cpu"
    )


def pictures(folder: Path, count: int) -> list[Path]:
    numbers = np.random.default_rng(1)
    paths = [folder / f"{place}.png" for place in range(count)]
    for place, path in enumerate(paths):
        Image.fromarray(numbers.integers(0, 256, (10 + place, 24, 3), dtype=np.uint8)).save(path)
    return paths


def test_only_captures_that_both_have_seen_are_there_in_order(tmp_path: Path) -> None:
    keep(tmp_path / "own", [5, 3, 9, 7], 4)
    keep(tmp_path / "other", [9, 5, 1, 7], 6)
    found = open_features(tmp_path / "own", tmp_path / "other", absent={7})
    assert found.ids.tolist() == [5, 9] and len(found) == 2
    assert found.own[:, 0].tolist() == [5, 9] and found.own.shape == (2, 4)
    assert found.companion[:, 0].tolist() == [5, 9] and found.companion.shape == (2, 6)
    assert found.rows_of(np.array([9, 7, 5, 100, 0])).tolist() == [1, -1, 0, -1, -1]
    assert found.taken(np.array([1])).own[0, 0] == 9


def test_a_file_in_order_is_not_copied_into_memory(tmp_path: Path) -> None:
    vectors = keep(tmp_path / "own", [1, 2, 3], 4)
    keep(tmp_path / "other", [1, 2, 3, 4], 6)
    found = open_features(tmp_path / "own", tmp_path / "other")
    np.testing.assert_array_equal(found.own, vectors)
    assert isinstance(found.own.base, np.memmap) or not found.own.flags.owndata
    assert found.companion.flags.owndata


def test_own_features_stand_alone_where_there_is_no_companion(tmp_path: Path) -> None:
    keep(tmp_path / "own", [2, 1], 4)
    found = open_features(tmp_path / "own", None)
    assert found.ids.tolist() == [1, 2] and found.companion.shape == (2, 0)
    with pytest.raises(DatasetError):
        open_features(tmp_path / "own", tmp_path / "missing")
    with pytest.raises(DatasetError, match="do not fit"):
        CaptureFeatures(found.ids, found.own[:1], found.companion)


def test_keys_tell_networks_and_forms_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {own_features_id("a" * 64), own_features_id("b" * 64), companion_features_id()}
    assert len({key[:16] for key in keys}) == 3
    before = companion_features_id()
    monkeypatch.setattr(feature_ids, "_COMPANION_FORM", "another side")
    assert companion_features_id() != before


def test_captures_are_seen_by_both_and_the_unreadable_said(
    extractor: FeatureExtractor, tmp_path: Path
) -> None:
    paths = pictures(tmp_path, 5)
    paths[2].write_bytes(b"no picture")
    batches = list(extractor.extract([(10 + place, path) for place, path in enumerate(paths)]))
    assert [key for batch in batches for key in batch.keys] == [10, 11, 13, 14]
    (broken,) = [one for batch in batches for one in batch.unreadable]
    assert broken.key == 12 and "2.png" in str(broken.error)
    image = np.asarray(Image.open(paths[4]))
    assert extractor.own is not None and extractor.companion is not None
    np.testing.assert_allclose(batches[-1].own[-1], extractor.own.features([image])[0], atol=2e-3)
    np.testing.assert_allclose(batches[-1].companion[-1], extractor.companion.features([image])[0], atol=2e-3)


def test_one_network_alone_sees_the_same(extractor: FeatureExtractor, tmp_path: Path) -> None:
    captures = list(enumerate(pictures(tmp_path, 3)))
    (both,) = extractor.extract(captures)
    (own,) = FeatureExtractor(extractor.own, None).extract(captures)
    (other,) = FeatureExtractor(None, extractor.companion).extract(captures)
    assert list(FeatureExtractor(None, None).extract(captures)) == []
    np.testing.assert_array_equal(own.own, both.own)
    np.testing.assert_array_equal(other.companion, both.companion)
    assert own.companion.shape == other.own.shape == (3, 0)


def test_all_are_kept_in_the_order_of_their_ids(extractor: FeatureExtractor, tmp_path: Path) -> None:
    paths = pictures(tmp_path, 4)
    told: list[int] = []
    found = extractor.extract_all(
        [(9, paths[0]), (4, paths[1]), (6, np.zeros((9, 9, 3), np.uint8))], on_done=told.append
    )
    assert found.ids.tolist() == [4, 6, 9] and told == [3]
    np.testing.assert_allclose(
        found.own[2], extractor.own.features([np.asarray(Image.open(paths[0]))])[0], atol=2e-3
    )
    assert found.companion.shape == (3, COMPANION_WIDTH)
    with pytest.raises(CancelledError):
        extractor.extract_all([(1, paths[0])], is_cancelled=lambda: True)


def test_a_model_of_any_form_has_features_of_two_blocks(tmp_path: Path) -> None:
    """A convolutional stem and the published one; the first block is the embedding itself."""
    published = tiny_published_config(num_classes=len(TINY_CLASSES))
    save_bundle(tmp_path / "patch.safetensors", tiny_model(published), tiny_info(published))
    images = [
        np.full((12, 20, 3), 90, np.uint8),
        np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8),
    ]
    for path in (write_tiny_bundle(tmp_path / "stem.safetensors"), tmp_path / "patch.safetensors"):
        predictor = Predictor.load(path, device="cpu")
        features = predictor.features(images)
        (first, second) = predictor.predict(images)
        assert first.embedding is not None and second.features is not None
        width = len(first.embedding)
        assert features.shape[0] == 2 and features.shape[1] > width
        np.testing.assert_allclose(features[1], second.features, atol=2e-3)
        np.testing.assert_array_equal(first.features[:width], first.embedding)  # type: ignore[index]
        np.testing.assert_allclose(
            np.linalg.norm(features[:, width:].astype(np.float32), axis=1), 1, atol=2e-3
        )


def test_without_a_sound_companion_own_features_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "vimd_core.embeddings.companion.companion_path", lambda: tmp_path / "none.safetensors"
    )
    extractor = FeatureExtractor.load(write_tiny_bundle(tmp_path / "tiny.safetensors"), device="cpu")
    found = extractor.extract_all(list(enumerate(pictures(tmp_path, 2), start=1)))
    assert extractor.companion is None and found.companion.shape == (2, 0) and found.own.shape[0] == 2
