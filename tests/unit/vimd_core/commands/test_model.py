"""`vimd model` and `vimd doctor`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bundles import TINY_CLASSES, tiny_info, tiny_model, write_tiny_bundle

from vimd_core.checkpoints.bundle import load_bundle, save_bundle
from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.checkpoints.identity import model_id
from vimd_core.cli import main
from vimd_core.config import PRESETS
from vimd_core.models.srvm_net import SrvmNet


def test_presets_with_their_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "info"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in PRESETS)
    assert "1,547,350" in shown  # the published size of SRResNet x4

    assert main(["model", "info", "--preset", "paper", "--json"]) == 0
    (paper,) = json.loads(capsys.readouterr().out)
    assert paper["tokens"] == 730
    assert paper["parameters"]["super_resolution"] == 1_547_350
    assert paper["multiply_adds"]["total"] > 12e9


def test_a_bundle_describes_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_tiny_bundle(tmp_path / "tiny.safetensors")
    assert main(["model", "info", str(path)]) == 0
    shown = capsys.readouterr().out
    for wanted in (
        "Tiny signs",
        model_id(path),
        "Apache-2.0",
        *TINY_CLASSES,
        "top1: 0.333",
        "none: random weights",
    ):
        assert wanted in shown
    assert main(["model", "info", str(path), "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["classes"] == list(TINY_CLASSES)
    assert described["model_id"] == model_id(path)


def test_names_with_commas_can_be_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    info = replace(tiny_info(), classes=("tench, Tinca tinca", "stop", "yield"))
    save_bundle(tmp_path / "fish.safetensors", tiny_model(), info)
    assert main(["model", "info", str(tmp_path / "fish.safetensors")]) == 0
    assert "3: tench, Tinca tinca; stop; yield\n" in capsys.readouterr().out


def test_a_bad_bundle_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"words")
    assert main(["model", "info", str(tmp_path / "a.safetensors")]) == 1
    assert "not a safetensors file" in capsys.readouterr().err


def test_published_weights_come_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stride 8 weights of the published size become the preset with stride 16, with two classes of one's own."""
    torch.manual_seed(0)
    published = SrvmNet(PRESETS["paper"])
    torch.save({"model": published.classifier.state_dict(), "epoch": 1}, tmp_path / "vim_t.pth")
    torch.save({"state_dict": published.super_resolution.state_dict()}, tmp_path / "sr.pth.tar")
    (tmp_path / "classes.csv").write_text("id,name\n00,Stop\n01,Yield\n")
    arguments = ["--vision-mamba", tmp_path / "vim_t.pth", "--srresnet", tmp_path / "sr.pth.tar"]
    arguments += ["--classes", tmp_path / "classes.csv", "--output", tmp_path / "out.safetensors"]
    assert main(["model", "import", "--preset", "balanced", *map(str, arguments)]) == 0
    said = capsys.readouterr().out
    assert "730 tokens were interpolated to 197" in said
    assert "must be trained" in said
    assert "with 2 classes; matrices and kernels in float32." in said
    kept, _ = load_bundle(tmp_path / "out.safetensors")
    assert torch.equal(
        kept.super_resolution.state_dict()["conv1.0.weight"],
        published.super_resolution.state_dict()["conv1.0.weight"],
    )
    again = ["model", "import", "--preset", "balanced", *map(str, arguments)]
    whole = (tmp_path / "out.safetensors").read_bytes()
    assert main(again) == 1 and "already exists" in capsys.readouterr().err
    assert (tmp_path / "out.safetensors").read_bytes() == whole
    again[-1] = str(tmp_path / "half.safetensors")
    assert main([*again, "--precision", "float16"]) == 0
    said = capsys.readouterr().out
    assert "Weights were rounded to float16" in said and "matrices and kernels in float16." in said
    # Weights that were published in 16 bits lose nothing by it.
    torch.save(
        {name: value.half() for name, value in published.classifier.state_dict().items()},
        tmp_path / "vim_t.pth",
    )
    torch.save(
        {name: value.half() for name, value in published.super_resolution.state_dict().items()},
        tmp_path / "sr.pth.tar",
    )
    again[-1] = str(tmp_path / "published in 16 bits.safetensors")
    assert main(again) == 0
    said = capsys.readouterr().out
    assert "rounded" not in said and "matrices and kernels in float16." in said
    model, info = load_bundle(tmp_path / "published in 16 bits.safetensors")
    assert (info.name, info.classes, info.class_folders) == ("vim_t", ("Stop", "Yield"), ("00", "01"))
    ours, theirs = model.classifier.layers[3].mixer.A_b_log, published.classifier.layers[3].mixer.A_b_log
    assert torch.allclose(ours, theirs, atol=2e-3)


def test_import_refuses_what_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.pth").write_bytes(b"words")
    (tmp_path / "classes.txt").write_text("Stop\nYield\n")
    weights = ["--vision-mamba", str(tmp_path / "a.pth"), "--srresnet", str(tmp_path / "a.pth")]
    for classes, output, wanted in (
        ("classes.txt", "out.safetensors", "not a file of weights"),
        ("classes.txt", "out.pth", "ends in .safetensors"),
        ("none.txt", "out.safetensors", "no file of class names"),
    ):
        rest = ["--classes", str(tmp_path / classes), "--output", str(tmp_path / output)]
        assert main(["model", "import", *weights, *rest]) == 1
        assert wanted in capsys.readouterr().err
    assert not (tmp_path / "out.safetensors").exists()


def test_doctor_names_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--json"])
    diagnosis = json.loads(capsys.readouterr().out)
    sections = diagnosis["sections"]
    # A build for CUDA calls itself 2.13.0+cu130, and its package 2.13.0.
    assert sections["Versions"]["torch"]["value"].split("+")[0] == torch.__version__.split("+")[0]
    assert sections["Devices"]["cpu"]["value"].endswith(".")
    assert sections["Selective scan"]["used"]["value"] in ("cpu", "mamba_ssm")
    assert "mamba-ssm" in sections["Selective scan"]["mamba_ssm"]["value"]
    assert sections["Folders"]["data"]["value"]
    assert diagnosis["problems"] == sum(e["problem"] for s in sections.values() for e in s.values())


def test_doctor_knows_the_companion_and_every_package_that_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> dict[str, dict[str, dict[str, object]]]:
        main(["doctor", "--json"])
        sections: dict[str, dict[str, dict[str, object]]] = json.loads(capsys.readouterr().out)["sections"]
        return sections

    sections = said()
    assert sections["ImageNet features"]["sound"]["value"] == "yes: EfficientNet-Lite2"
    for name in ("msgspec", "jinja2", "pyqtgraph"):
        assert str(sections["Versions"][name]["value"])[0].isdigit()
    damaged = tmp_path / "efficientnet-lite2.safetensors"
    damaged.write_bytes(companion_path().read_bytes()[:-1])
    monkeypatch.setattr("vimd_core.checkpoints.bundled_model.companion_path", lambda: damaged)
    row = said()["ImageNet features"]["sound"]
    assert row["problem"] and "is damaged or another one: reinstall ViMD Studio." in str(row["value"])


def test_doctor_works_without_its_patients(tmp_path: Path) -> None:
    """Torch and numba are broken, the starter model is not there: all of it is said, none of it raises."""
    for name in ("torch", "numba"):
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('{name} is broken')\n")
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "__init__.py").touch()
    program = "import sys; sys.path.insert(0, sys.argv[1]); from vimd_core.cli import main; sys.exit(main(['doctor']))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert "torch is broken" in done.stdout
    assert "bundled model" in done.stdout
    assert "Python" in done.stdout
