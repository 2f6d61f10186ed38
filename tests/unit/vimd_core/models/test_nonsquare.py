"""Networks for images that are no squares: from the description to the answer, and compared with the published code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from bundles import tiny_info
from safetensors.torch import load_file, save_file

from vimd_core.checkpoints.bundle import load_bundle, save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.checkpoints.published import resize_positions
from vimd_core.cli import main
from vimd_core.config import SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.inference.explanation import explain
from vimd_core.inference.predictor import Predictor
from vimd_core.models.cost import multiply_adds
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba

CLASSES = ("Stop", "Yield", "No entry")


def config(size: object = (32, 48), **changes: object) -> SrvmNetConfig:
    sizes = {"patch_size_px": 16, "stride_px": 8, "embed_dim": 32, "depth": 2, "num_classes": 3} | changes
    return SrvmNetConfig(
        super_resolution=SuperResolutionConfig(channels=8, num_blocks=1, upscale=4),
        classifier=VisionMambaConfig(image_size_px=size, **sizes),  # type: ignore[arg-type]
    )


def test_a_size_is_one_number_or_height_and_width() -> None:
    wide = config((32, 48))
    assert wide.classifier.grid_shape == (3, 5) and wide.classifier.num_patches == 15
    assert wide.lr_size_px == (8, 12)
    assert config([32, 32]) == config(32)
    assert SrvmNetConfig.from_dict(json.loads(json.dumps(wide.to_dict()))) == wide
    assert config((32, 64), stem="convolutional").classifier.grid_shape == (4, 8)
    for wrong in ((32,), (32, 48, 3), (32, 0), (32, 48.0), "32x48", True, (8, 48), (34, 48)):
        with pytest.raises(ConfigError):
            config(wrong)
    with pytest.raises(ConfigError, match=r"a stride of 8.* not 16 for 32 x 40 px"):
        config((32, 40), stem="convolutional", stride_px=16)


@pytest.mark.parametrize("stem", ["patch", "convolutional"])
def test_it_classifies_from_the_file_to_the_answer(
    tmp_path: Path, stem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(0)
    network = config((32, 48), stem=stem)
    path = tmp_path / "wide.safetensors"
    info = BundleInfo(config=network, classes=CLASSES, name="Wide", created_utc=tiny_info().created_utc)
    save_bundle(path, SrvmNet(network), info)
    model, read = load_bundle(path)
    assert read.config == network and model(torch.rand(1, 3, 8, 12)).shape == (1, 3)
    predictor = Predictor.load(path, device="cpu")
    image = np.random.default_rng(0).integers(0, 256, (20, 31, 3), dtype=np.uint8)
    (answer,) = predictor.predict([image], with_sr_views=True)
    assert answer.sr_view is not None and answer.sr_view.shape == (32, 48, 3)
    assert explain(predictor, image).heat.shape == (32, 48)
    assert multiply_adds(network)["total"] > 0
    assert main(["model", "info", str(path)]) == 0
    assert "8 x 12 -> 32 x 48 px" in capsys.readouterr().out
    assert (
        main(
            [
                "distill",
                "--init",
                str(path),
                "--preset",
                "init",
                "--run",
                str(tmp_path / "run"),
                "--data",
                "x",
            ]
        )
        == 1
    )
    assert "only square images are supported" in capsys.readouterr().err


def test_position_embeddings_are_interpolated_between_grids_of_any_shape() -> None:
    here = Path("weights.pth")
    square, wide = config(32).classifier, config((32, 48)).classifier
    rows, columns = square.grid_shape
    ramp = torch.arange(columns, dtype=torch.float32).repeat(rows).reshape(1, -1, 1)
    middle = square.num_patches // 2
    positions = torch.cat([ramp[:, :middle], torch.full((1, 1, 1), 99.0), ramp[:, middle:]], dim=1)
    found = resize_positions(positions, wide, here)
    assert found.shape == (1, wide.num_patches + 1, 1) and found[0, wide.class_token_index, 0] == 99.0
    kept = torch.cat([found[:, : wide.class_token_index], found[:, wide.class_token_index + 1 :]], dim=1)
    grid = kept.reshape(wide.grid_shape)
    assert torch.allclose(grid[0], grid[-1]) and bool((grid[0].diff() > 0).all())
    # And back: 15 patches are no square, so they are of the new image's shape, or of the one that is said.
    taller = config((40, 56)).classifier
    assert resize_positions(found, taller, here).shape[1] == taller.num_patches + 1
    assert resize_positions(found, square, here, (3, 5)).shape[1] == square.num_patches + 1
    with pytest.raises(CheckpointError, match="are of no grid"):
        resize_positions(found, square, here)


def write_golden(folder: Path, network: SrvmNetConfig) -> None:
    torch.manual_seed(1)
    student, teacher = SrvmNet(network).eval(), VisionMamba(network.classifier).eval()
    (height, width), (small_height, small_width) = network.classifier.image_shape_px, network.lr_size_px  # type: ignore[misc]
    io = {
        "lr": torch.rand(2, 3, small_height, small_width),
        "hr": torch.rand(2, 3, height, width),
        "labels": torch.tensor([0, 2]),
    }
    with torch.no_grad():
        io["sr"] = student.super_resolution(io["lr"])
        io["student_logits"], io["teacher_logits"] = student.classifier(io["sr"]), teacher(io["hr"])
        loss = torch.nn.functional.cross_entropy(io["student_logits"], io["labels"])
    classifier = network.classifier
    folder.mkdir()
    meta = {
        "img_size": [height, width], "patch_size": 16, "stride": 8, "embed_dim": 32, "depth": 2, "num_classes": 3,
        "srresnet": {"channels": 8, "num_rcb": 1, "upscale": 4}, "losses": {"cross_entropy": float(loss)},
    }  # fmt: skip
    assert classifier.image_shape_px == (height, width)
    (folder / "meta.json").write_text(json.dumps(meta))
    save_file(student.classifier.state_dict(), folder / "student.safetensors")
    save_file(student.super_resolution.state_dict(), folder / "srresnet.safetensors")
    save_file(teacher.state_dict(), folder / "teacher.safetensors")
    save_file(io, folder / "io.safetensors")


def change_meta(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "meta.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return change


def change_io(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        tensors = load_file(folder / "io.safetensors")
        change(tensors)
        save_file(tensors, folder / "io.safetensors")

    return work


def cut_off(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:200])


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no hr": (change_io(lambda io: io.pop("hr")), "lacks hr"),
    "no labels": (change_io(lambda io: io.pop("labels")), "lacks labels"),
    "label out of range": (change_io(lambda io: io.update(labels=torch.tensor([0, 7]))), "The label 7"),
    "negative label": (change_io(lambda io: io.update(labels=torch.tensor([-1, 0]))), "The label -1"),
    "labels of floats": (change_io(lambda io: io.update(labels=torch.rand(2))), "one whole number for each"),
    "other size": (change_io(lambda io: io.update(hr=torch.rand(2, 3, 48, 32))), "should be numbers of the shape"),
    "fewer lr": (change_io(lambda io: io.update(lr=torch.rand(1, 3, 8, 12))), "1 images lr and 2 images hr"),
    "three sizes": (change_meta(img_size=[32, 48, 3]), "one number, or two"),
    "size of words": (change_meta(img_size="large"), "meta.json"),
    "no upscale": (change_meta(srresnet={"channels": 8}), "lacks a size"),
    "loss of words": (change_meta(losses={"cross_entropy": "low"}), "is no number"),
    "list of losses": (change_meta(losses=[1.0]), "must be numbers by name"),
    "unknown loss": (change_meta(losses={"hinge": 1.0}), "does not know"),
    "odd smoothing": (change_meta(losses={"cross_entropy_label_smoothing_0.1.2": 1.0}), "no number"),
    "other depth": (change_meta(depth=3), "does not fit the sizes"),
    "cut-off tensors": (cut_off("io.safetensors"), "can't be read"),
    "cut-off weights": (cut_off("teacher.safetensors"), "can't be read"),
    "cut-off JSON": (cut_off("meta.json"), "is not JSON"),
    "list": (lambda folder: (folder / "meta.json").write_text("[]"), "must be an object"),
    "no folder": (shutil.rmtree, "give a folder of golden vectors"),
}  # fmt: skip


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden") / "wide"
    write_golden(folder, config((32, 48)))
    return folder


def test_a_folder_of_another_shape_is_compared(golden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", str(golden)]) == 0
    assert "4 of 4 tensors within" in capsys.readouterr().out


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_golden_vectors_is_one_sentence(
    golden: Path, tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "golden"
    shutil.copytree(golden, folder)
    spoil, sentence = FAULTS[fault]
    spoil(folder)
    assert main(["parity", str(folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("vimd: ") and sentence in said and said.count("\n") == 1


def test_a_loss_of_zero_is_compared_by_its_difference(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "golden"
    shutil.copytree(golden, folder)
    change_meta(losses={"cross_entropy": 0.0})(folder)
    assert main(["parity", str(folder)]) == 1
    assert "FAIL" in capsys.readouterr().out
    # Without any loss nobody needs labels.
    change_meta(losses={})(folder)
    change_io(lambda io: io.pop("labels"))(folder)
    assert main(["parity", str(folder)]) == 0
