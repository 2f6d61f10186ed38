"""The networks: parity with the published code, published sizes, folding, costs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from places import DATA

from vimd_core.cli import main
from vimd_core.config import PRESETS, SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig, preset
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.models.cost import count_parameters, multiply_adds
from vimd_core.models.folding import fold_batch_norms
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.stems import standardise
from vimd_core.models.super_resolution import bicubic_downscale, bicubic_upscale, build_super_resolution
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.parity import compare_folder

torch.set_num_threads(1)
GOLDEN = DATA / "golden"


def test_every_golden_tensor_is_reproduced() -> None:
    rows = list(compare_folder(GOLDEN))
    assert len(rows) == 24
    assert [row.name for row in rows if not row.ok] == []


def test_parity_command_fails_on_other_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(GOLDEN, tmp_path / "golden")
    assert main(["parity", str(folder)]) == 0
    # The teacher's file in the student's place: everything loads, and nothing of the student fits.
    shutil.copy(folder / "teacher.safetensors", folder / "student.safetensors")
    assert main(["parity", str(folder)]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_parity_refuses_what_it_cannot_compute(tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN, tmp_path / "golden")
    meta = json.loads((folder / "meta.json").read_text())
    meta["losses"]["perceptual"] = 1.0
    (folder / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(CheckpointError, match="perceptual"):
        list(compare_folder(folder))
    with pytest.raises(CheckpointError, match="golden vectors"):
        list(compare_folder(tmp_path / "nowhere"))


def test_published_parameter_counts() -> None:
    with torch.device("meta"):
        assert count_parameters(build_super_resolution(SuperResolutionConfig())) == 1_547_350
        assert count_parameters(VisionMamba(VisionMambaConfig(num_classes=200))) == 7_095_944
        assert count_parameters(VisionMamba(VisionMambaConfig(num_classes=200, stride_px=16))) == 6_993_608


def test_published_costs_and_the_budget_of_compact() -> None:
    paper = multiply_adds(preset("paper"))
    assert paper["super_resolution"] == pytest.approx(6.96e9, rel=0.005)
    assert paper["classifier"] == pytest.approx(5.4e9, rel=0.02)
    assert multiply_adds(preset("balanced"))["classifier"] == pytest.approx(1.5e9, rel=0.03)
    assert multiply_adds(preset("compact"))["total"] * 20 <= paper["total"]


@pytest.mark.parametrize("upscale", [2, 3, 4, 8])
@pytest.mark.parametrize("architecture", ["srresnet", "light"])
def test_super_resolution_enlarges_any_size(architecture: str, upscale: int) -> None:
    config = SuperResolutionConfig(architecture=architecture, channels=8, num_blocks=1, upscale=upscale)  # type: ignore[arg-type]
    network = build_super_resolution(config).eval()
    enlarged = network(torch.rand(2, 3, 5, 9))
    assert enlarged.shape == (2, 3, 5 * upscale, 9 * upscale)
    assert float(enlarged.detach().min()) >= 0.0 and float(enlarged.detach().max()) <= 1.0


def test_a_new_light_network_is_bicubic_enlargement() -> None:
    lr = torch.rand(1, 3, 6, 6)
    network = build_super_resolution(
        SuperResolutionConfig(architecture="light", channels=8, num_blocks=1)
    ).eval()
    torch.testing.assert_close(network(lr), bicubic_upscale(lr, 4))
    assert bicubic_downscale(torch.rand(1, 3, 32, 32), 4).shape == (1, 3, 8, 8)


@pytest.mark.parametrize("architecture", ["srresnet", "light"])
def test_folding_changes_no_answer(architecture: str) -> None:
    torch.manual_seed(0)
    config = SrvmNetConfig(
        super_resolution=SuperResolutionConfig(architecture=architecture, channels=8, num_blocks=2),  # type: ignore[arg-type]
        classifier=VisionMambaConfig(
            image_size_px=32,
            stride_px=16,
            embed_dim=16,
            depth=1,
            num_classes=3,
            stem="convolutional",
            stem_channels=8,
            stem_blocks=(1, 1, 1),
        ),
    )
    model = SrvmNet(config)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
                module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    model.eval()
    lr = torch.rand(2, 3, 8, 8)
    expected = model(lr)
    assert fold_batch_norms(model) == (13 if architecture == "srresnet" else 8)
    torch.testing.assert_close(model(lr), expected, rtol=1e-4, atol=1e-5)


def test_standardised_images_do_not_depend_on_the_light() -> None:
    image = torch.rand(1, 3, 8, 8)
    torch.testing.assert_close(standardise(image * 0.1 + 0.2), standardise(image), rtol=1e-4, atol=1e-4)
    assert not standardise(torch.full((1, 3, 8, 8), 0.5)).any()


def test_class_token_stands_in_the_middle_and_hidden_states_are_normed() -> None:
    torch.manual_seed(0)
    config = VisionMambaConfig(
        image_size_px=32, patch_size_px=16, stride_px=8, embed_dim=16, depth=2, num_classes=3
    )
    model = VisionMamba(config).eval()
    output = model.forward_with_hidden(torch.rand(2, 3, 32, 32), (0, 1))
    assert config.num_patches == 9 and config.class_token_index == 4
    assert [tuple(hidden.shape) for hidden in output.hidden] == [(2, 10, 16), (2, 10, 16)]
    torch.testing.assert_close(model.head(output.hidden[-1][:, 4]), output.logits)


@pytest.mark.parametrize(
    "change",
    [
        {"image_size_px": 0},
        {"depth": -1},
        {"patch_size_px": 300},
        {"stem": "transformer"},
        {"stem": "convolutional", "stride_px": 6},
    ],
)
def test_impossible_sizes_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        VisionMambaConfig(**change)  # type: ignore[arg-type]


def test_presets_survive_json() -> None:
    for config in PRESETS.values():
        assert SrvmNetConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(ConfigError, match="paper"):
        preset("huge")
    with pytest.raises(ConfigError, match="description"):
        SrvmNetConfig.from_dict({"preset": "x"})


def test_a_total_uses_the_settings_that_its_folder_states(tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN, tmp_path / "golden")
    meta = json.loads((folder / "meta.json").read_text())
    losses = meta["losses"]
    del losses["cross_entropy_label_smoothing_0.1"]
    (folder / "meta.json").write_text(json.dumps(meta | {"losses": losses | {"cross_entropy": 1.0}}))
    rows = {row.name: row for row in compare_folder(folder)}
    assert not rows["loss/total=ce+1*kl+5*mse_last"].ok
    assert not rows["grad/head.weight"].ok
    (folder / "meta.json").write_text(json.dumps(meta | {"losses": losses}))
    with pytest.raises(CheckpointError, match="'ce'"):
        list(compare_folder(folder))


_HYBRID = replace(
    preset("compact").classifier, image_size_px=64, embed_dim=16, stem_channels=8, num_classes=3
)


def test_hybrid_descriptions_survive_json_and_older_ones_keep_their_network() -> None:
    config = SrvmNetConfig(preset="compact", classifier=_HYBRID)
    assert SrvmNetConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    older = config.to_dict()
    del older["classifier"]["stem_blocks"]
    names = set(VisionMamba(SrvmNetConfig.from_dict(older).classifier).state_dict())
    assert not [name for name in names if "refine" in name]
    assert "patch_embed.stages.2.conv1.0.weight" in names
    with pytest.raises(ConfigError, match="stem_blocks must be 4"):
        replace(_HYBRID, stem_blocks=(1, 1))
