"""A training starts from another model, also with other classes and for another image size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bundles import (
    TINY_CLASSES,
    TINY_FOLDERS,
    tiny_config,
    tiny_model,
    tiny_published_config,
    write_tiny_bundle,
)

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.config import SrvmNetConfig
from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.initialisation.classifier_file import ClassifierFile, load_classifier, save_classifier
from vimd_core.training.initialisation.starting_point import (
    initialise_classifier,
    initialise_super_resolution,
    load_starting_point,
    outputs_by_name,
    previous_answers,
)
from vimd_core.training.runs.folder import RunFolder


def write_classifier(folder: Path, config: SrvmNetConfig, classes: tuple[str, ...]) -> Path:
    torch.manual_seed(3)
    model = VisionMamba(config.classifier)
    return save_classifier(
        RunFolder(folder), "c.safetensors", ClassifierFile(config, classes, model.state_dict()), {}
    )


def test_rows_of_the_head_follow_the_names_of_their_classes(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "old.safetensors")
    old = load_bundle(bundle)[0].classifier
    # By readable name, unknown, and by folder.
    new_classes = [("x", TINY_CLASSES[2]), ("new", "new"), (TINY_FOLDERS[0], "renamed"), ("y", "z")]
    torch.manual_seed(1)
    model = VisionMamba(tiny_config(4).classifier)
    fresh = model.head.weight.detach().clone()
    start = load_starting_point(bundle)
    notices = initialise_classifier(model, start, outputs_by_name(start, new_classes))
    assert torch.equal(model.head.weight[0], old.head.weight[2])
    assert torch.equal(model.head.weight[2], old.head.weight[0])
    assert torch.equal(model.head.weight[1], fresh[1]) and torch.equal(model.head.weight[3], fresh[3])
    assert torch.equal(model.head.bias[0], old.head.bias[2])
    assert torch.equal(model.cls_token, old.cls_token)
    assert list(map(str, notices)) == ["old.safetensors knows 2 of 4 classes; the others start from scratch."]


def test_the_same_classes_make_the_same_classifier(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "old.safetensors")
    old = load_bundle(bundle)[0]
    new = SrvmNet(tiny_config())
    start = load_starting_point(bundle)
    outputs = outputs_by_name(start, list(zip(TINY_FOLDERS, TINY_CLASSES, strict=True)))
    assert initialise_classifier(new.classifier, start, outputs) == []
    initialise_super_resolution(new, start)
    images = torch.rand(2, 3, 8, 8)
    assert torch.equal(new.eval()(images), old(images))


def test_position_embeddings_are_interpolated_to_another_image_size(tmp_path: Path) -> None:
    source = write_classifier(tmp_path, tiny_published_config(), ("a", "b", "c"))
    larger = replace(tiny_published_config().classifier, image_size_px=48)
    model = VisionMamba(larger)
    notices = initialise_classifier(model, load_starting_point(source), [(0,), (1,), (2,)])
    assert list(map(str, notices)) == ["Position embeddings of 3 x 3 patches were interpolated to 5 x 5."]
    old = load_classifier(source).weights["pos_embed"]
    assert torch.equal(model.pos_embed[:, larger.class_token_index], old[:, 4])
    assert model(torch.rand(1, 3, 48, 48)).shape == (1, 3)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    source = write_classifier(tmp_path, tiny_published_config(), ("a", "b", "c"))
    start = load_starting_point(source)
    with pytest.raises(CheckpointError, match="incompatible architecture"):
        initialise_classifier(VisionMamba(tiny_config().classifier), start, [(0,)])
    with pytest.raises(CheckpointError, match="add --srresnet"):
        initialise_super_resolution(tiny_model(), start)
    (tmp_path / "noise.safetensors").write_bytes(b"noise")
    with pytest.raises(CheckpointError):
        load_starting_point(tmp_path / "noise.safetensors")


def test_answers_of_the_earlier_model_are_put_into_the_new_order(tmp_path: Path) -> None:
    start = load_starting_point(write_tiny_bundle(tmp_path / "old.safetensors"))
    logits = torch.tensor([[1.0, 2.0, 3.0]])
    classes = [("new",), (TINY_CLASSES[2],), (TINY_FOLDERS[0],)]
    answers = previous_answers(logits, outputs_by_name(start, classes))
    assert answers is not None and answers[0, 1:].tolist() == [3.0, 1.0]
    assert answers.softmax(dim=1)[0, 0] == 0
    assert previous_answers(logits, ((), ())) is None


def test_classes_that_were_merged_share_what_was_known_of_them(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "old.safetensors")
    start, old = load_starting_point(bundle), load_bundle(bundle)[0].classifier
    model = VisionMamba(tiny_config(2).classifier)
    initialise_classifier(model, start, [(0, 2), (1,)])
    assert torch.allclose(model.head.weight[0], (old.head.weight[0] + old.head.weight[2]) / 2)
    logits = torch.tensor([[1.0, 2.0, 3.0]])
    answers = previous_answers(logits, [(0, 2), (1,)])
    assert answers is not None
    said = logits.softmax(dim=1)
    assert torch.allclose(answers.softmax(dim=1)[0, 0], said[0, 0] + said[0, 2])
    with pytest.raises(CheckpointError, match="output 3"):
        initialise_classifier(model, start, [(3,), (1,)])
