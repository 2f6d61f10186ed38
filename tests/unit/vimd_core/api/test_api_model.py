"""Loading models and predicting with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from bundles import TINY_CLASSES
from labelled_images import write_image
from PIL import Image

import vimd_core as vimd

# Every mode of Pillow that an image can be made in.
MODES = (
    *("1", "L", "P", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "LAB", "HSV", "LA", "La", "PA"),
    *("I", "F", "I;16", "I;16L", "I;16B"),
)


def noise(seed: int, height: int = 9, width: int = 12) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_files_arrays_and_pillow_images_of_one_picture_are_predicted_alike(
    model: vimd.Model, tmp_path: Path
) -> None:
    pixels = noise(1)
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    sources: list[Any] = [
        path,
        str(path),
        pixels,
        pixels / 255,
        pixels.astype(np.uint16) * 257,
        Image.open(path),
    ]
    predictions = model.predict(sources)
    for prediction in predictions:
        assert np.array_equal(prediction.probabilities, predictions[0].probabilities)
        assert (prediction.width_px, prediction.height_px) == (12, 9)
    assert [one.path for one in predictions] == [path, path, None, None, None, None]


def test_a_prediction_has_classes_probabilities_view_and_embedding(model: vimd.Model) -> None:
    [one] = model.predict([noise(2)])
    assert one.classes == model.classes == TINY_CLASSES
    assert one.probabilities.dtype == np.float32 and one.probabilities.shape == (3,)
    assert one.probabilities.sum() == pytest.approx(1)
    assert one.top(2)[0] == (one.label, one.confidence) and one.top(2)[0][1] >= one.top(2)[1][1]
    assert len(one.top()) == 3 and one.top(0) == []
    assert one.label == one.classes[one.class_index]
    height, width = model.input_size_px
    assert one.super_resolved.shape == (height * model.upscale, width * model.upscale, 3)
    assert one.super_resolved.dtype == np.uint8
    assert one.embedding.dtype == np.float32 and float(one.embedding @ one.embedding) == pytest.approx(
        1, abs=1e-6
    )
    assert one.bicubic_probabilities.shape == (3,) and 0 <= one.disagreement <= 1


def test_the_view_is_that_of_the_command_line(model: vimd.Model) -> None:
    pixels = noise(3)
    with model.alone() as predictor:
        [whole] = predictor.predict([pixels], with_sr_views=True)
    [one] = model.predict(pixels)
    assert whole.sr_view is not None and np.array_equal(one.super_resolved, whole.sr_view)
    assert np.array_equal(one.bicubic_probabilities, whole.bicubic_probabilities)


@pytest.mark.parametrize("mode", MODES)
def test_pillow_images_of_every_mode(model: vimd.Model, mode: str) -> None:
    if mode.startswith("I;16"):
        image = Image.frombytes(mode, (6, 5), bytes(range(60)))
    elif mode in ("La", "RGBa", "PA", "LAB"):
        image = Image.new(mode, (6, 5))
    else:
        image = Image.fromarray(noise(4, 5, 6)).convert(mode)
    before = image.tobytes()
    [one] = model.predict([image])
    assert (one.width_px, one.height_px) == (6, 5) and np.isfinite(one.probabilities).all()
    assert image.tobytes() == before


def test_a_pillow_image_is_turned_and_laid_on_white_as_its_file_is(model: vimd.Model, tmp_path: Path) -> None:
    turned = Image.fromarray(noise(5, 8, 12))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    clear = Image.fromarray(np.dstack([noise(6), noise(7)[..., 0]]))
    clear.save(tmp_path / "clear.png")
    for name in ("turned.jpg", "clear.png"):
        of_file, of_image = model.predict([tmp_path / name, Image.open(tmp_path / name)])
        assert np.array_equal(of_file.probabilities, of_image.probabilities), name
        assert (of_file.width_px, of_file.height_px) == (of_image.width_px, of_image.height_px)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (np.zeros((4, 4, 4), np.uint8), "shape"),
        (np.zeros((0, 4, 3), np.uint8), "shape"),
        (np.full((4, 4, 3), 255.0), "from 0 to 1"),
        (np.full((4, 4), np.nan), "from 0 to 1"),
        (np.zeros((4, 4), np.int32), "int32"),
        (3, "not int"),
        (None, "not NoneType"),
        ("no such file.png", "no such file.png"),
        (Image.new("RGB", (0, 3)), "empty"),
    ],
)
def test_what_is_no_image_is_said(model: vimd.Model, bad: Any, why: str) -> None:
    with pytest.raises(vimd.ImageError, match=why):
        model.predict([noise(8), bad])


@pytest.mark.parametrize("nothing", [None, 5])
def test_what_is_no_list_of_images_is_said(model: vimd.Model, nothing: Any) -> None:
    with pytest.raises(vimd.ImageError, match="several of these"):
        model.predict(nothing)


def test_one_bad_image_need_not_end_it(model: vimd.Model, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    told: list[tuple[Any, str]] = []
    found = model.predict(
        [noise(9), tmp_path / "bad.png", noise(10)], on_error=lambda source, e: told.append((source, str(e)))
    )
    assert len(found) == 2 and told[0][0] == tmp_path / "bad.png" and "bad.png" in told[0][1]
    assert model.predict([tmp_path / "bad.png"], on_error=lambda _source, _e: None) == []


def test_single_images_and_stacks_and_nothing(model: vimd.Model, tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.png")
    assert (
        len(model.predict(path)) == len(model.predict(str(path))) == len(model.predict(Image.open(path))) == 1
    )
    assert len(model.predict(np.zeros((7, 9, 9, 3), np.uint8))) == 7
    assert model.predict([]) == []


def test_a_generator_is_taken_batch_by_batch_and_may_use_one_array_again(model: vimd.Model) -> None:
    taken = 0
    frame = np.empty((9, 12, 3), np.uint8)

    def frames() -> Iterator[npt.NDArray[np.uint8]]:
        nonlocal taken
        while True:
            frame[:] = noise(taken)
            taken += 1
            yield frame

    stream = model.predict_iter(frames())
    found = [next(stream) for _ in range(6)]
    assert taken <= 4 * model.batch_size
    stream.close()  # type: ignore[attr-defined]
    for number, (one, again) in enumerate(
        zip(found, model.predict([noise(n) for n in range(6)]), strict=True)
    ):
        assert np.allclose(one.probabilities, again.probabilities, atol=1e-6), number


def test_threads_take_turns(model: vimd.Model) -> None:
    expected = [model.predict([noise(seed)])[0].probabilities for seed in range(8)]
    found: dict[int, npt.NDArray[np.float32]] = {}

    def work(seed: int) -> None:
        for _ in range(3):
            found[seed] = model.predict([noise(seed)])[0].probabilities

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[seed], expected[seed]) for seed in range(8))


def test_a_model_is_found_by_name_and_saved(model: vimd.Model, tmp_path: Path) -> None:
    copy = vimd.load(model.save(tmp_path / "copy.safetensors"), device="cpu")
    assert copy.id == model.id and copy.name == model.name == "Tiny signs" and copy.device == "cpu"
    assert "3 classes" in repr(copy) and copy.notice
    with pytest.raises(vimd.CheckpointError, match="traffic-signs-compact"):
        vimd.load("traffic-signs-compakt")
    with pytest.raises(vimd.CheckpointError, match=r"nowhere\.safetensors"):
        vimd.load(tmp_path / "nowhere.safetensors")
    with pytest.raises(vimd.DeviceError):
        vimd.load(model.path, device="abacus")
    with pytest.raises(vimd.CheckpointError, match="written"):
        model.save(tmp_path / "no such folder" / "copy.safetensors")
