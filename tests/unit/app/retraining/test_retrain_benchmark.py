"""`vimd benchmark retrain`: splits that separate no group, a project that is really retrained, logs, and tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from retrain_verbs import COLOURS

from vimd_core.benchmarks import registry
from vimd_core.cli import main
from vimd_core.errors import ConfigError


def probe(name: str) -> ModuleType:
    """A module of the benchmark."""
    registry.find("retrain")
    return sys.modules[f"retrain_probes.{name}"]


def look(colour: tuple[int, int, int], generator: np.random.Generator) -> Image.Image:
    noise = generator.normal(0, 25, (20, 20, 3))
    return Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Class folders of captures that are told by their colour; each thing was seen twice."""
    folder = tmp_path_factory.mktemp("coloured")
    generator = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir()
        for number in range(24):
            look(colour, generator).save(folder / name / f"{number // 2:03d}_{number % 2}.png")
    return folder


def test_a_project_is_retrained_and_a_second_run_measures_only_what_the_log_lacks(
    coloured: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "steps.jsonl"
    arguments = [
        *("--data", str(coloured), "--start", str(tiny_bundle), "--seeds", "0", "--counts", "12", "24"),
        *("--train-counts", "24", "--log", str(log), "--work", str(tmp_path / "work")),
        *("--set", "epochs=40", "--set", "batch_size=8", "--set", "learning_rate=5e-3"),
        *("--set", "epoch_images=0", "--set", "ema_decay=0.5", "--set", "augmentation.cutmix_probability=0"),
    ]
    assert main(["benchmark", "retrain", *arguments, "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    steps = [json.loads(line) for line in log.read_text().splitlines()]
    frozen = ["linear, our features", "linear, EfficientNet-Lite2", "live suggestions"]
    for row in frozen:
        found = [
            (step["chooser"], step["labels"]) for step in steps if step["row"] == row and "classes" in step
        ]
        assert sorted(found) == [("chance", 12), ("chance", 24), ("queue", 12), ("queue", 24)]
        assert {step["labels"] for step in steps if step["row"] == row and "auroc" in step} == {12, 24}
    (trained,) = (step for step in steps if step["row"] == "quick")
    assert trained["labels"] == 24 and trained["processor_s"] > 0 and trained["seconds"] > 0
    # A network with random weights sees little more than colour, which is enough here.
    assert min(trained["top1_others"], trained["top1_pool"]) > 0.6, trained
    name = "coloured0, 24 labels by chance: quick, top-1 on others"
    assert rows[name]["value"] == pytest.approx(100 * trained["top1_others"])

    lines = log.read_text().splitlines()
    log.write_text("\n".join(lines[1:]) + '\n{"set": "torn')
    assert main(["benchmark", "retrain", *arguments]) == 0
    again = log.read_text().splitlines()
    assert again[: len(lines)] == [*lines[1:], '{"set": "torn'] and len(again) == len(lines) + 1
    redone, first = json.loads(again[-1]), json.loads(lines[0])
    assert {key: value for key, value in redone.items() if key != "processor_s"} == {
        key: value for key, value in first.items() if key != "processor_s"
    }


def test_no_group_is_ever_on_both_sides_even_one_of_several_classes() -> None:
    split_honestly = probe("honest_split").split_honestly
    random = np.random.default_rng(3)
    groups = [f"g{number}" for number in random.integers(0, 60, 400)]
    labels = [f"class {number}" for number in random.integers(0, 5, 400)]
    held = set()
    for seed in range(5):
        split = split_honestly(labels, groups, share=0.35, most_pool=1000, most_others=1000, seed=seed)
        sides = [{groups[row] for row in rows} for rows in (split.pool, split.others)]
        assert not sides[0] & sides[1] and len(split.pool) + len(split.others) == 400
        for label in set(labels):
            share = np.mean([labels[row] == label for row in split.others]) * len(split.others)
            assert 0.2 < share / labels.count(label) < 0.37
        held.add(frozenset(sides[1]))
    assert len(held) == 5
    small = split_honestly(labels, groups, share=0.35, most_pool=50, most_others=30, seed=0)
    assert (len(small.pool), len(small.others)) == (50, 30)
    with pytest.raises(ConfigError, match="too small"):
        split_honestly(["a", "b"], ["1", "2"], share=0.1, most_pool=9, most_others=9, seed=0)


def pictures_of(place: Path, kept: Path) -> tuple[str, dict[str, str]]:
    """How a set was grouped, and the group of each file."""
    module = probe("pictures")
    found = module.read_pictures(module.Source("set", (place,)), kept)
    return found.grouped_by, {str(one.path): one.group for one in found.pictures}


def test_groups_are_those_of_a_column_of_tracks_or_of_looks(coloured: Path, tmp_path: Path) -> None:
    by, tracks = pictures_of(coloured, tmp_path / "none.json")
    assert by == "track" and len(set(tracks.values())) == 36 and not (tmp_path / "none.json").exists()
    plain = tmp_path / "plain"
    generator = np.random.default_rng(1)
    for name, colour in COLOURS.items():
        (plain / name).mkdir(parents=True)
        for number in range(12):
            look(colour, generator).save(plain / name / f"{name}_{number}.png")
    by, looks = pictures_of(plain, tmp_path / "kept.json")
    assert by == "look-alike" and 3 <= len(set(looks.values())) <= 12
    assert looks == pictures_of(plain, tmp_path / "kept.json")[1]
    table = tmp_path / "plain" / "table.csv"
    files = sorted(plain.glob("*/*.png"))
    rows = [
        f"{path.relative_to(plain)},{path.parent.name},{number // 3}" for number, path in enumerate(files)
    ]
    table.write_text("\n".join(["path,label,group", *rows]))
    by, columns = pictures_of(table, tmp_path / "none.json")
    assert by == "column" and len(set(columns.values())) == 12
    # A column in which each picture is its own thing says nothing.
    rows = [f"{path.relative_to(plain)},{path.parent.name},{path.name}" for path in files]
    table.write_text("\n".join(["path,label,group", *rows]))
    assert pictures_of(table, tmp_path / "kept.json") == ("look-alike", looks)


def test_the_project_s_files_are_small_and_their_names_do_not_tell_the_class(
    coloured: Path, tmp_path: Path
) -> None:
    module = probe("pictures")
    found = module.read_pictures(module.Source("small", (coloured,), size_px=10), tmp_path / "none.json")
    files = probe("prepared_files").prepare_files(found, tmp_path / "files")
    assert len(set(files)) == 72 and {path.parent for path in files} == {tmp_path / "files"}
    numbers: dict[str, list[int]] = {}
    for picture, path in zip(found.pictures, files, strict=True):
        track, _, frame = path.stem.partition("_")
        assert track.isdigit() and frame in ("00000", "00001")
        numbers.setdefault(picture.label, []).append(int(track))
        with Image.open(path) as image, Image.open(picture.path) as large:
            assert np.array_equal(image, large.resize((10, 10), Image.Resampling.BICUBIC))
    assert all(max(found) > min(other) for found in numbers.values() for other in numbers.values())


def test_auroc_counts_ties_half() -> None:
    auroc = probe("figures").auroc
    truth = np.array([True, False, True, False])
    assert auroc(np.array([0.9, 0.1, 0.8, 0.2]), truth) == 1.0
    assert auroc(np.array([0.9, 0.9, 0.2, 0.2]), truth) == 0.5
    assert auroc(np.array([0.9, 0.5, 0.5, 0.2]), truth) == pytest.approx(3.5 / 4)


def steps_of(tmp_path: Path, name: str, gain: float) -> Path:
    """A log of two sets and two seeds."""
    module = probe("step_log")
    log = module.StepLog(tmp_path / f"{name}.jsonl")
    for set_name, base in (("signs", 0.2), ("meters", 0.4)):
        for seed in (0, 1):
            for chooser, row, top1 in (
                ("chance", "linear, EfficientNet-Lite2", base),
                ("queue", "linear, EfficientNet-Lite2", base - 0.05 * seed),
                ("chance", "quick", base + gain),
            ):
                figures = {"top1_others": top1 + 0.02 * seed, "processor_s": 3.0}
                if row == "quick":
                    figures |= {"expected_top1": 0.3, "expected_low": 0.25, "expected_high": 0.35}
                log.add(module.StepKey(set_name, seed, chooser, 50, row), figures)
    return tmp_path / f"{name}.jsonl"


def test_the_report_shows_logs_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = steps_of(tmp_path, "before", 0.0), steps_of(tmp_path, "after", 0.1)
    assert main(["benchmark", "retrain", "--report", str(before), str(after)]) == 0
    lines = capsys.readouterr().out.splitlines()
    title = "Top-1 on captures in no project, %: before → after; labels by chance / queue"
    assert lines[0] == f"| {title} | row | 50 labels |"
    assert "| signs | quick | 21.0 → 31.0 |" in lines
    assert "| meters | linear, EfficientNet-Lite2 | 41.0 → 41.0 / 38.5 → 38.5 |" in lines
    assert "| mean of 2 sets | quick | 31.0 → 41.0 |" in lines
    assert "| meters | quick | 3.00 → 3.00 |" in lines
    # Truths of 0.2, 0.22, 0.4 and 0.42, and of 0.3, 0.32, 0.5 and 0.52.
    assert "| all | quick | chance | 0 of 4 | 10.0 | 12.0 | ± 5.0 |" in lines
    assert "| all | quick | chance | 2 of 4 | 11.0 | 22.0 | ± 5.0 |" in lines


def test_rows_say_what_was_wanted_and_whether_it_was_met(tmp_path: Path) -> None:
    steps = probe("step_log").read_steps(steps_of(tmp_path, "run", -0.1))
    met = {row.name: row.met for row in probe("report").rows_of(steps)}
    assert met == {
        "signs, 50 labels by chance: linear, EfficientNet-Lite2, top-1 on others": None,
        "signs, 50 labels by queue: linear, EfficientNet-Lite2, top-1 on others": False,
        "signs, 50 labels by chance: quick, top-1 on others": False,
        "meters, 50 labels by chance: linear, EfficientNet-Lite2, top-1 on others": None,
        "meters, 50 labels by queue: linear, EfficientNet-Lite2, top-1 on others": False,
        "meters, 50 labels by chance: quick, top-1 on others": False,
    }


def test_what_is_missing_is_said(tmp_path: Path, coloured: Path) -> None:
    run = registry.find("retrain")
    with pytest.raises(ConfigError, match="no model"):
        run(["--data", str(coloured), "--start", str(tmp_path / "none")])
    with pytest.raises(ConfigError, match="--data-root"):
        run(["--sets", "meters"])
    with pytest.raises(ConfigError, match="--data"):
        run([])
