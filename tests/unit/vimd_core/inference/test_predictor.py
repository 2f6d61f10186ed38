"""The predictor: one answer a capture whatever the batch, both views, and going on when memory runs out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from bundles import tiny_config, tiny_info

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.errors import CheckpointError, DeviceError, ImageError
from vimd_core.inference.device import choose_device
from vimd_core.inference.explanation import explain
from vimd_core.inference.predictor import Predictor, memory_batch_size
from vimd_core.models.srvm_net import SrvmNet

torch.set_num_threads(1)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "tiny.safetensors"
    save_bundle(path, SrvmNet(tiny_config()), tiny_info())
    return path


def noise(count: int) -> list[np.ndarray]:  # type: ignore[type-arg]
    generator = np.random.default_rng(0)
    return [generator.integers(0, 256, (8 + i, 30 - i, 3), dtype=np.uint8) for i in range(count)]


def test_answers_do_not_depend_on_the_batch(bundle: Path) -> None:
    images = noise(7)
    one = Predictor.load(bundle, device="cpu", batch_size=1).predict(images, with_sr_views=True)
    many = Predictor.load(bundle, device="cpu", batch_size=4).predict(images, with_sr_views=True)
    assert len(one) == len(many) == 7
    for a, b in zip(one, many, strict=True):
        np.testing.assert_allclose(a.probabilities, b.probabilities, atol=1e-5)
        np.testing.assert_allclose(a.bicubic_probabilities, b.bicubic_probabilities, atol=1e-5)
        assert a.sr_view is not None and a.sr_view.shape == (32, 32, 3) and a.sr_view.dtype == np.uint8
        assert a.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
        assert [index for index, _ in a.top(3)] == list(np.argsort(-a.probabilities))
        assert 0.0 <= a.disagreement <= 1.0


def test_the_network_computes_what_it_was_trained_to(bundle: Path) -> None:
    from vimd_core.checkpoints.bundle import load_bundle

    image = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    model, _ = load_bundle(bundle)
    with torch.inference_mode():
        expected = model(torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255.0).softmax(1)[0]
    answer = Predictor.load(bundle, device="cpu", precision="float32").predict([image])[0]
    np.testing.assert_allclose(answer.probabilities, expected.numpy(), atol=1e-5)
    assert answer.sr_view is None


def test_normalisation_of_the_bundle_is_applied(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = SrvmNet(tiny_config())
    # A patch stem would see the change; the convolutional one standardises, so only the shift per channel shows.
    shifted = {"input_range": [0.0, 1.0], "mean": [0.5, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}
    plain, other = tmp_path / "plain.safetensors", tmp_path / "other.safetensors"
    save_bundle(plain, model, tiny_info())
    info = BundleInfo(config=tiny_config(), classes=tiny_info().classes, name="x", normalisation=shifted)
    save_bundle(other, model, info)
    images = noise(2)
    first, second = (Predictor.load(path, device="cpu").predict(images)[0] for path in (plain, other))
    assert np.abs(first.probabilities - second.probabilities).max() > 1e-4


def test_out_of_memory_halves_the_batch_and_answers_everything(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = Predictor.load(bundle, device="cpu", batch_size=8)
    compute = predictor._predict_batch
    sizes: list[int] = []

    def with_little_memory(images: list[np.ndarray], views: bool, bicubic: bool):  # type: ignore[no-untyped-def,type-arg]
        sizes.append(len(images))
        if len(images) > 2:
            raise RuntimeError(
                "[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
            )
        return compute(images, views, bicubic)

    monkeypatch.setattr(predictor, "_predict_batch", with_little_memory)
    assert len(predictor.predict(noise(7))) == 7
    assert sizes == [7, 3, 1, 1, 1, 1, 1, 1, 1] or max(sizes[2:]) <= 2
    assert predictor.batch_size <= 2


def test_no_memory_for_one_capture_is_a_sentence_and_other_errors_stay(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = Predictor.load(bundle, device="cpu")

    def no_memory(images: object, views: bool, bicubic: bool) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(predictor, "_predict_batch", no_memory)
    with pytest.raises(DeviceError, match="memory"):
        predictor.predict(noise(3))

    def bug(images: object, views: bool, bicubic: bool) -> None:
        raise RuntimeError("shape mismatch")

    monkeypatch.setattr(predictor, "_predict_batch", bug)
    with pytest.raises(RuntimeError, match="shape"):
        predictor.predict(noise(3))


def test_half_precision_gives_nearly_the_same_answers(bundle: Path) -> None:
    images = noise(3)
    exact = Predictor.load(bundle, device="cpu", precision="float32").predict(images)
    half = Predictor.load(bundle, device="cpu", precision="bfloat16").predict(images)
    for a, b in zip(exact, half, strict=True):
        np.testing.assert_allclose(a.probabilities, b.probabilities, atol=0.05)


def test_devices_are_said_and_missing_ones_refused(bundle: Path, tmp_path: Path) -> None:
    assert str(choose_device("cpu").notice).startswith("Running on the CPU")
    with pytest.raises(DeviceError, match="auto, cuda, mps or cpu"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(DeviceError, match="CUDA"):
            Predictor.load(bundle, device="cuda")
    with pytest.raises(DeviceError, match="at least 1"):
        Predictor.load(bundle, device="cpu", batch_size=0)
    with pytest.raises(CheckpointError):
        Predictor.load(tmp_path / "missing.safetensors")


def test_batches_are_sized_to_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from vimd_core.config import preset

    cpu = torch.device("cpu")
    monkeypatch.setattr("vimd_core.inference.predictor.available_memory_bytes", lambda device: 2**30)
    little = memory_batch_size(preset("paper"), cpu)
    monkeypatch.setattr("vimd_core.inference.predictor.available_memory_bytes", lambda device: 2**36)
    assert 1 <= little < memory_batch_size(preset("paper"), cpu) <= 32
    monkeypatch.setattr("vimd_core.inference.predictor.available_memory_bytes", lambda device: 0)
    assert memory_batch_size(preset("paper"), cpu) == 1


def test_without_the_bicubic_view_the_answer_is_the_same(bundle: Path) -> None:
    images = noise(5)
    predictor = Predictor.load(bundle, device="cpu", batch_size=3)
    both = predictor.predict(images)
    one = predictor.predict(images, with_bicubic=False, with_sr_views=True)
    for a, b in zip(both, one, strict=True):
        np.testing.assert_allclose(a.probabilities, b.probabilities, atol=1e-5)
        np.testing.assert_array_equal(b.bicubic_probabilities, b.probabilities)
        np.testing.assert_allclose(a.embedding, b.embedding, atol=1e-2)  # type: ignore[arg-type]
        assert b.sr_view is not None


def test_the_type_of_an_array_says_what_its_values_mean(bundle: Path) -> None:
    """Of the model's own size and of another: neither may be divided by 255 in silence."""
    predictor = Predictor.load(bundle, device="cpu", precision="float32")
    for side in (predictor.info.config.lr_size_px, 21):
        image = np.random.default_rng(2).integers(0, 256, (side, side, 3), dtype=np.uint8)
        wanted = predictor.predict([image])[0].probabilities
        same = [
            image.astype(np.uint16) * 257,
            *(image.astype(t) / 255 for t in (np.float16, np.float32, float)),
        ]
        for other in same:
            np.testing.assert_allclose(predictor.predict([other])[0].probabilities, wanted, atol=1e-6)
            np.testing.assert_allclose(
                predictor.super_resolve(other), predictor.super_resolve(image), atol=1e-6
            )
            assert explain(predictor, other).probability == pytest.approx(wanted.max(), abs=1e-5)
        np.testing.assert_allclose(
            predictor.predict(np.stack([image, image]))[1].probabilities, wanted, atol=1e-6
        )
        grey = image[..., 0]
        np.testing.assert_allclose(
            predictor.predict([grey])[0].probabilities,
            predictor.predict([np.repeat(grey[..., None], 3, axis=2)])[0].probabilities,
            atol=1e-6,
        )


def test_arrays_that_can_only_be_a_mistake_are_refused(bundle: Path) -> None:
    predictor = Predictor.load(bundle, device="cpu", precision="float32")
    image = np.random.default_rng(3).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    for wrong, words in (
        (image.astype(np.float32), "must be from 0 to 1, not from"),
        (image / 255 - 0.5, "must be from 0 to 1, not from"),
        (np.full((8, 8, 3), np.nan, np.float32), "must be from 0 to 1"),
        (image.astype(np.int64), "int64 does not tell the range"),
        (image > 9, "bool does not tell the range"),
        (image.transpose(2, 0, 1), r"not \(3, 8, 8\)"),
        (np.concatenate([image, image[..., :1]], axis=2), r"not \(8, 8, 4\)"),
        (image.tolist(), "must be a NumPy array, not list"),
    ):
        for use in (lambda one: predictor.predict([one]), predictor.super_resolve):
            with pytest.raises(ImageError, match=words):
                use(wrong)
    with pytest.raises(ImageError, match="put a single image into a list"):
        predictor.predict(image)
    view = predictor.super_resolve(image)[None]
    whole = predictor.classify_views(view)[0]
    np.testing.assert_allclose(predictor.classify_views(view.astype(float))[0], whole, atol=1e-6)
    rounded = np.round(view * 255).astype(np.uint8)
    np.testing.assert_allclose(
        predictor.classify_views(rounded)[0], predictor.classify_views(rounded / 255)[0], atol=1e-6
    )
    for wrong in (view * 255, view[0], view.astype(int)):
        with pytest.raises(ImageError):
            predictor.classify_views(wrong)
