"""Model bundles: what goes in comes out, and every damaged one is refused in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bundles import TINY_CLASSES, tiny_config, tiny_info, tiny_model, write_tiny_bundle
from safetensors.torch import load_file, save_file

from vimd_core.checkpoints.bundle import load_bundle, save_bundle
from vimd_core.checkpoints.bundle_info import BUNDLE_FORMAT_VERSION, BundleInfo, read_bundle_info
from vimd_core.checkpoints.identity import model_id, write_description
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.checkpoints.super_resolution import find_super_resolution
from vimd_core.cli import main
from vimd_core.data.files.hashing import sha256
from vimd_core.errors import CheckpointError
from vimd_core.models.super_resolution import build_super_resolution


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny.safetensors")


def rewrite(path: Path, tensors: dict[str, torch.Tensor] | None = None, **metadata: str) -> None:
    """Put other tensors or other metadata into a bundle."""
    kept = tiny_info().to_metadata() | metadata
    save_file(load_file(path) if tensors is None else tensors, path, metadata=kept)


def assert_refused(path: Path, wanted: str) -> None:
    """Loading fails in one sentence that says `wanted`; the path, which holds the test's name, does not count."""
    with pytest.raises(CheckpointError) as caught:
        load_bundle(path)
    sentence = str(caught.value).replace(str(path), "PATH")
    assert re.search(wanted, sentence), sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_info_survives(bundle: Path) -> None:
    info = read_bundle_info(bundle)
    assert info == replace(tiny_info(), created_utc=info.created_utc)
    assert load_bundle(bundle)[1] == info


def test_full_precision_is_exact(tmp_path: Path) -> None:
    model = tiny_model()
    save_bundle(tmp_path / "a.safetensors", model, tiny_info(), half_precision=False)
    loaded, _ = load_bundle(tmp_path / "a.safetensors")
    lr = torch.rand(2, 3, 8, 8)
    assert not loaded.training
    with torch.no_grad():
        assert torch.equal(loaded(lr), model(lr))


def test_half_precision_is_near_and_smaller(tmp_path: Path) -> None:
    model = tiny_model()
    save_bundle(tmp_path / "full.safetensors", model, tiny_info(), half_precision=False)
    save_bundle(tmp_path / "half.safetensors", model, tiny_info())
    assert (tmp_path / "half.safetensors").stat().st_size < 0.65 * (
        tmp_path / "full.safetensors"
    ).stat().st_size
    loaded, _ = load_bundle(tmp_path / "half.safetensors")
    assert {value.dtype for value in loaded.parameters()} == {torch.float32}
    lr = torch.rand(2, 3, 8, 8)
    with torch.no_grad():
        assert torch.allclose(loaded(lr), model(lr), atol=1e-2)


def test_a_model_is_its_tensors_and_class_names_whatever_else_its_file_says(
    bundle: Path, tmp_path: Path
) -> None:
    before, other, whole = model_id(bundle), tmp_path / "other.safetensors", sha256(bundle)
    info = read_bundle_info(bundle)
    changed = replace(
        info, temperature=2.5, metrics={"holdout": {"top1": 0.9}}, name="Renamed", license="MIT"
    )
    write_description(bundle, other, changed)
    assert model_id(other) == before and sha256(other) != whole
    assert read_bundle_info(other) == changed
    tensors = load_file(bundle)
    assert all(torch.equal(value, tensors[name]) for name, value in load_file(other).items())
    # The order in the file is of no account either.
    save_file(dict(reversed(tensors.items())), other, metadata=info.to_metadata())
    assert model_id(other) == before
    classes = (*info.classes[:-1], "Another name")
    write_description(bundle, other, replace(info, classes=classes))
    assert model_id(other) != before


def test_a_model_with_other_tensors_is_another_one(bundle: Path) -> None:
    before, content, header = model_id(bundle), bundle.read_bytes(), read_header(bundle)
    for position in (header.data_offset, len(content) // 2, len(content) - 1):
        bundle.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        assert model_id(bundle) != before
    tensors = load_file(save_and_return(bundle, content))
    name, value = next((name, value) for name, value in tensors.items() if value.dim() == 2)
    rewrite(bundle, tensors | {name: value.reshape(value.shape[::-1])})
    assert model_id(bundle) != before
    rewrite(bundle, tensors | {name: value.view(torch.int16)})
    assert model_id(bundle) != before
    bundle.write_bytes(content[:-1])
    with pytest.raises(CheckpointError, match="truncated"):
        model_id(bundle)


def save_and_return(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_identity_of_a_model_is_the_one_that_is_written_down_here(tmp_path: Path) -> None:
    path = tmp_path / "two.safetensors"
    save_file({"b": torch.tensor([1.0, 2.0]), "a": torch.tensor([[3]], dtype=torch.uint8)}, path)
    hashed = b'ViMD model identity 1\n["a","U8",[1,1]]\n\x03["b","F32",[2]]\n\0\0\x80?\0\0\0@null\n'
    assert model_id(path) == hashlib.sha256(hashed).hexdigest()


def test_a_description_is_written_beside_who_reads_the_file(bundle: Path) -> None:
    """The old file lives on for a program that has it mapped, and a failure leaves it as it was."""
    content = bundle.read_bytes()
    with bundle.open("rb") as reader:
        write_description(bundle, bundle, replace(read_bundle_info(bundle), temperature=2.0))
        assert reader.read() == content
    assert bundle.read_bytes() != content
    bundle.write_bytes(content[:-3])
    with pytest.raises(CheckpointError, match="truncated"):
        write_description(bundle, bundle, tiny_info())
    assert bundle.read_bytes() == content[:-3] and list(bundle.parent.iterdir()) == [bundle]


def test_identity_needs_no_torch(bundle: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from vimd_core.checkpoints.identity import model_id, write_description, write_description\n"
        "assert len(model_id(Path(sys.argv[1]))) == 64\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(bundle)], check=True)


def test_reading_the_description_needs_no_torch(bundle: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from vimd_core.checkpoints.bundle_info import read_bundle_info\n"
        "assert read_bundle_info(Path(sys.argv[1])).name == 'Tiny signs'\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(bundle)], check=True)


def test_a_failed_save_keeps_the_file_that_was_there(bundle: Path) -> None:
    before = bundle.read_bytes()
    model = tiny_model()
    with torch.no_grad():
        model.classifier.head.weight.fill_(float("nan"))
    with pytest.raises(CheckpointError, match=r"head\.weight"):
        save_bundle(bundle, model, tiny_info())
    assert bundle.read_bytes() == before
    assert list(bundle.parent.iterdir()) == [bundle]


def test_saving_where_no_folder_is(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="can't be written"):
        save_bundle(tmp_path / "none" / "a.safetensors", tiny_model(), tiny_info())


def test_saving_another_model_than_described(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"head\.(weight|bias)"):
        save_bundle(tmp_path / "a.safetensors", tiny_model(tiny_config(5)), tiny_info())


def test_missing_file(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.safetensors", "no model file")


def test_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path, "is a folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.safetensors")
    assert_refused(tmp_path / "a.safetensors", "is a pipe")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").touch()
    assert_refused(tmp_path / "a.safetensors", "0 bytes")


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip file as torch makes them", b"abc", b"\xff" * 100])
def test_not_a_safetensors_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    assert_refused(tmp_path / "a.safetensors", "not a safetensors file")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_truncated_file(bundle: Path, share: float) -> None:
    content = bundle.read_bytes()
    bundle.write_bytes(content[: int(len(content) * share)])
    assert_refused(bundle, "truncated")


def test_damaged_header(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[20:30] = b"\x00" * 10
    bundle.write_bytes(content)
    assert_refused(bundle, "damaged")


def test_header_that_lies_about_offsets(tmp_path: Path) -> None:
    header = json.dumps(
        {
            "__metadata__": tiny_info().to_metadata(),
            "x": {"dtype": "F32", "shape": [9], "data_offsets": [0, 4]},
        }
    ).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    assert_refused(tmp_path / "a.safetensors", "damaged")


def test_weights_without_description(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(2)}, tmp_path / "a.safetensors")
    assert_refused(tmp_path / "a.safetensors", "vimd model import")


def test_newer_format(bundle: Path) -> None:
    rewrite(bundle, format_version=str(BUNDLE_FORMAT_VERSION + 1))
    assert_refused(bundle, "newer ViMD")


def test_missing_weight_is_named(bundle: Path) -> None:
    tensors = load_file(bundle)
    del tensors["classifier.head.bias"]
    rewrite(bundle, tensors)
    assert_refused(bundle, r"lacks the weights classifier\.head\.bias")


def test_unknown_weight_is_named(bundle: Path) -> None:
    rewrite(bundle, load_file(bundle) | {"classifier.extra": torch.zeros(1)})
    assert_refused(bundle, r"classifier\.extra")


def test_wrong_shape_is_named(bundle: Path) -> None:
    rewrite(bundle, load_file(bundle) | {"classifier.norm_f.weight": torch.zeros(7)})
    assert_refused(bundle, r"norm_f\.weight .*\(7,\).*\(16,\)")


def test_wrong_class_count(bundle: Path) -> None:
    rewrite(bundle, classes=json.dumps(["only one"]), class_folders="[]")
    assert_refused(bundle, "3 outputs and 1 class names")


def test_head_of_another_size(bundle: Path) -> None:
    rewrite(bundle, config=json.dumps(tiny_config(2).to_dict()), classes='["a", "b"]', class_folders="[]")
    assert_refused(bundle, r"head\.(weight|bias)")


@pytest.mark.parametrize("key", ["config", "classes", "training", "created_utc"])
def test_damaged_description(bundle: Path, key: str) -> None:
    rewrite(bundle, **{key: "{"})
    assert_refused(bundle, "damaged")


def test_description_that_lacks_a_key(bundle: Path) -> None:
    metadata = tiny_info().to_metadata()
    del metadata["classes"]
    save_file(load_file(bundle), bundle, metadata=metadata)
    assert_refused(bundle, "lacks 'classes'")


@pytest.mark.parametrize(
    ("classes", "wanted"), [(("a", "a", "b"), "named twice"), (("a", " ", "b"), "empty name")]
)
def test_class_names_must_tell_classes_apart(classes: tuple[str, ...], wanted: str) -> None:
    with pytest.raises(CheckpointError, match=wanted):
        BundleInfo(config=tiny_config(), classes=classes, name="x")


def test_class_folders_must_be_as_many_as_classes() -> None:
    with pytest.raises(CheckpointError, match="class folders"):
        BundleInfo(config=tiny_config(), classes=TINY_CLASSES, class_folders=("a",), name="x")


def test_a_bundle_may_be_read_by_whoever_may_read_new_files(tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.touch()
    path = write_tiny_bundle(tmp_path / "tiny.safetensors")
    assert path.stat().st_mode == plain.stat().st_mode


def test_weights_are_packed_with_a_name_and_terms(bundle: Path, tmp_path: Path) -> None:
    exact, packed = tmp_path / "exact.safetensors", tmp_path / "packed.safetensors"
    save_bundle(exact, tiny_model(), tiny_info(), half_precision=False)
    assert main(["model", "pack", str(exact), str(packed), "--name", "Ours", "--license", "CC0"]) == 0
    model, info = load_bundle(packed)
    assert (info.name, info.license, info.classes) == ("Ours", "CC0", tiny_info().classes)
    assert packed.stat().st_size < exact.stat().st_size
    for name, value in load_bundle(exact)[0].state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_weights_of_one_network_are_packed(tmp_path: Path) -> None:
    network = build_super_resolution(tiny_config().super_resolution)
    alone, packed = tmp_path / "alone.safetensors", tmp_path / "packed.safetensors"
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, alone)
    assert main(["model", "pack", str(alone), str(packed), "--license", "CC0"]) == 0
    assert find_super_resolution(packed)[1] == tiny_config().super_resolution
    assert read_header(packed).metadata["license"] == "CC0"
    before = packed.read_bytes()
    assert main(["model", "pack", str(alone), str(packed), "--license", "MIT"]) == 1
    assert packed.read_bytes() == before
    packed.unlink()
    assert main(["model", "pack", str(tmp_path / "none.safetensors"), str(packed)]) == 1
    assert main(["model", "pack", str(alone), str(tmp_path / "packed.bin")]) == 1
