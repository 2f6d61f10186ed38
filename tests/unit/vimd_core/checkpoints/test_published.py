"""Published checkpoints come in without running code from them."""

from __future__ import annotations

import argparse
import collections
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from bundles import tiny_model, tiny_published_config
from safetensors.torch import save_file
from torch import Tensor

from vimd_core.checkpoints.class_name_file import ClassNames, read_class_names
from vimd_core.checkpoints.published import (
    ImportedModel,
    fold_normalisation,
    import_published,
    resize_positions,
)
from vimd_core.checkpoints.published_files import read_state_dict
from vimd_core.errors import CheckpointError

NAMES = ClassNames(("Stop", "Yield", "Priority road"))


class Malicious:
    """Runs a command as soon as a careless reader unpickles it."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (self.command,)


@pytest.fixture
def classifier() -> dict[str, Tensor]:
    return dict(tiny_model(tiny_published_config(), seed=1).classifier.state_dict())


@pytest.fixture
def super_resolution() -> dict[str, Tensor]:
    return dict(tiny_model(tiny_published_config(), seed=2).super_resolution.state_dict())


def write_published(
    folder: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> tuple[Path, Path]:
    """The two files as their publishers make them."""
    vision_mamba, srresnet = folder / "vim.pth", folder / "sr.pth.tar"
    options = argparse.Namespace(lr=1e-5, model="vim_tiny", resume="", data_path=None, betas=[0.9, 0.999])
    torch.save({"model": classifier, "epoch": 3, "args": options, "scaler": {"scale": 1.0}}, vision_mamba)
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(2))])
    torch.save(
        {
            "epoch": 40,
            "best_psnr": 28.5,
            "state_dict": collections.OrderedDict(super_resolution),
            "optimizer": optimizer.state_dict(),
            "scheduler": None,
        },
        srresnet,
    )
    return vision_mamba, srresnet


def bring_in(files: tuple[Path, Path], **changes: Any) -> ImportedModel:
    arguments: dict[str, Any] = {"classes": NAMES, "config": tiny_published_config(), "name": "x"} | changes
    return import_published(vision_mamba=files[0], srresnet=files[1], **arguments)


def test_both_published_forms(
    tmp_path: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> None:
    imported = bring_in(write_published(tmp_path, classifier, super_resolution))
    assert imported.notices == ()
    assert imported.info.classes == NAMES.names
    assert imported.info.training["imported_from"]["srresnet"]["file"] == "sr.pth.tar"
    state = imported.model.state_dict()
    for prefix, published in (("classifier.", classifier), ("super_resolution.", super_resolution)):
        assert all(torch.equal(state[prefix + name], value) for name, value in published.items())


@pytest.mark.parametrize("form", ["bare", "safetensors", "data parallel", "legacy"])
def test_other_forms(tmp_path: Path, classifier: dict[str, Tensor], form: str) -> None:
    path = tmp_path / "weights"
    if form == "bare":
        torch.save(classifier, path)
    elif form == "safetensors":
        save_file(classifier, path)
    elif form == "legacy":
        torch.save({"model": classifier}, path, _use_new_zipfile_serialization=False)
    else:
        torch.save({"state_dict": {f"module.{name}": value for name, value in classifier.items()}}, path)
    state = read_state_dict(path)
    assert state.keys() == classifier.keys()
    assert all(torch.equal(state[name], value) for name, value in classifier.items())


@pytest.mark.parametrize("legacy", [False, True])
def test_a_malicious_pickle_is_refused_and_not_run(
    tmp_path: Path, classifier: dict[str, Tensor], legacy: bool
) -> None:
    victim, path = tmp_path / "pwned", tmp_path / "vim.pth"
    content = {"model": classifier, "args": Malicious(f"touch {victim}")}
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(CheckpointError, match=r"(posix|nt)\.system") as caught:
        read_state_dict(path)
    assert not victim.exists()
    assert "\n" not in str(caught.value)
    # The file is a real attack: what a careless reader would do runs it.
    torch.load(path, weights_only=False)
    assert victim.exists()


@pytest.mark.parametrize(
    ("value", "name"),
    [(np.float64(28.5), "numpy"), (Path("x"), "pathlib"), (torch.nn.Linear(1, 1), r"torch\.nn")],
)
def test_anything_else_in_the_pickle_is_refused_by_name(
    tmp_path: Path, classifier: dict[str, Tensor], value: object, name: str
) -> None:
    torch.save({"model": classifier, "best": value}, tmp_path / "vim.pth")
    with pytest.raises(CheckpointError, match=name) as caught:
        read_state_dict(tmp_path / "vim.pth")
    assert "argparse" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", "0 bytes"),
        (b"words", "damaged"),
        (b"junk", "damaged"),
        (b"PK\x03\x04" + bytes(200), "damaged"),
        (b"\x80\x02}q", "damaged"),
    ],
)
def test_files_that_are_not_weights(tmp_path: Path, content: bytes, wanted: str) -> None:
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(CheckpointError, match=wanted):
        read_state_dict(tmp_path / "a.pth")


def test_truncated_checkpoint(tmp_path: Path, classifier: dict[str, Tensor]) -> None:
    torch.save({"model": classifier}, tmp_path / "a.pth")
    (tmp_path / "a.pth").write_bytes((tmp_path / "a.pth").read_bytes()[:5000])
    with pytest.raises(CheckpointError, match=" or it is damaged"):
        read_state_dict(tmp_path / "a.pth")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no file"):
        read_state_dict(tmp_path / "none.pth")
    with pytest.raises(CheckpointError, match="is a folder"):
        read_state_dict(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match="is a pipe"):
        read_state_dict(tmp_path / "a.pth")


def test_a_pickle_without_weights(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match="no state dict"):
        read_state_dict(tmp_path / "a.pth")


def test_the_wrong_file_is_named(
    tmp_path: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> None:
    vision_mamba, srresnet = write_published(tmp_path, classifier, super_resolution)
    with pytest.raises(CheckpointError, match=r"sr\.pth\.tar lacks the weight"):
        bring_in((srresnet, vision_mamba))


def test_another_width_is_named(
    tmp_path: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> None:
    classifier["norm_f.weight"] = torch.ones(7)
    with pytest.raises(CheckpointError, match=r"norm_f\.weight .*\(7,\).*\(16,\)"):
        bring_in(write_published(tmp_path, classifier, super_resolution))


def test_another_number_of_classes_makes_a_new_head_and_says_so(
    tmp_path: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> None:
    imported = bring_in(
        write_published(tmp_path, classifier, super_resolution), classes=ClassNames(tuple("abcde"))
    )
    assert imported.model.classifier.head.weight.shape == (5, 16)
    assert len(imported.notices) == 1
    assert "3 classes" in imported.notices[0]
    assert "must be trained" in imported.notices[0]
    assert imported.info.training["notices"] == list(imported.notices)


def test_positions_are_interpolated_to_another_stride(
    tmp_path: Path, classifier: dict[str, Tensor], super_resolution: dict[str, Tensor]
) -> None:
    config = tiny_published_config(stride_px=4)  # 3 x 3 tokens become 5 x 5
    imported = bring_in(write_published(tmp_path, classifier, super_resolution), config=config)
    assert imported.model.classifier.pos_embed.shape == (1, 26, 16)
    assert "10 tokens" in imported.notices[0]
    assert imported.model(torch.rand(1, 3, 8, 8)).shape == (1, 3)


def test_the_class_token_keeps_its_own_position_embedding() -> None:
    """It stands at index 9 // 2 of 10 tokens; a plane over the grid stays that plane away from the border."""
    config = tiny_published_config(stride_px=4).classifier
    rows, columns = torch.meshgrid(torch.arange(3.0), torch.arange(3.0), indexing="ij")
    plane = (rows * 10 + columns).reshape(1, 9, 1)
    class_position = torch.full((1, 1, 1), 1000.0)
    published = torch.cat([plane[:, :4], class_position, plane[:, 4:]], dim=1)
    resized = resize_positions(published, config, Path("x"))
    assert resized.shape == (1, 26, 1)
    assert resized[0, 12, 0] == 1000.0
    grid = torch.cat([resized[:, :12], resized[:, 13:]], dim=1).reshape(5, 5)
    assert grid.max() < 25
    # Pixel centres of the new grid lie at (i + 0.5) * 3 / 5 - 0.5 of the old one: the middle stays.
    assert grid[2, 2].item() == pytest.approx(11.0, abs=1e-4)
    assert torch.all(grid[1:] > grid[:-1])
    assert torch.all(grid[:, 1:] > grid[:, :-1])


def test_positions_of_no_square_are_refused() -> None:
    with pytest.raises(CheckpointError, match="are of no grid of the image"):
        resize_positions(torch.zeros(1, 12, 4), tiny_published_config().classifier, Path("x"))


def test_folded_normalisation_gives_the_same_logits(classifier: dict[str, Tensor]) -> None:
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    model = tiny_model(tiny_published_config()).classifier
    model.load_state_dict(classifier)
    images = torch.rand(2, 3, 32, 32)
    shape = (1, 3, 1, 1)
    with torch.no_grad():
        wanted = model((images - torch.tensor(mean).reshape(shape)) / torch.tensor(std).reshape(shape))
        model.load_state_dict(fold_normalisation(classifier, mean, std))
        assert torch.allclose(model(images), wanted, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "text", "names", "folders"),
    [
        ("a.txt", "Stop\nplover, common\n\n", ("Stop", "plover, common"), ()),
        ("a.csv", "id,name\n00,Stop\n01,Yield\n", ("Stop", "Yield"), ("00", "01")),
        ("a.csv", "\ufeffid,name\r\n1,Yield\r\n0,Stop\r\n", ("Stop", "Yield"), ("0", "1")),
        ("a.csv", '7,Stop\n3,"Yield, please"\n', ("Stop", "Yield, please"), ("7", "3")),
        ("a.csv", "class,fine_id\nApple,0\n", ("Apple",), ()),
    ],
)
def test_class_names(
    tmp_path: Path, name: str, text: str, names: tuple[str, ...], folders: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_class_names(tmp_path / name) == ClassNames(names, folders)


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.txt", b"\n \n", "empty"),
        ("a.txt", b"\xff\xfe\x00", "UTF-8"),
        ("a.csv", b"id,name\n1\n", "too few columns"),
    ],
)
def test_bad_class_names(tmp_path: Path, name: str, content: bytes, wanted: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=wanted):
        read_class_names(tmp_path / name)


def test_missing_class_names(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no file of class names"):
        read_class_names(tmp_path / "none.txt")
