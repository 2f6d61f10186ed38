"""`vimd classify` as users run it: a process of its own, real files, a real model."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image

from vimd_core.cli import main

WANTED_COLUMNS = ["path", "width_px", "height_px", "class", "probability", "class_2", "probability_2"]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")


def vimd(*arguments: object, check: int | None = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "vimd_core.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert check is None or done.returncode == check, done.stderr
    return done


def make_capture(path: Path, size: tuple[int, int] = (12, 9)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(len(path.name))
    Image.fromarray(chance.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)).save(path)
    return path


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def write_bomb(path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


def test_one_bad_file_never_stops_a_batch(tmp_path: Path, bundle: Path) -> None:
    """Every bad and every odd file at once, in between good ones."""
    folder = tmp_path / "captures"
    good = make_capture(folder / "a good.png")
    image = Image.open(good)
    image.convert("CMYK").save(folder / "cmyk.jpg")
    image.quantize(8).save(folder / "palette.png", transparency=1)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(folder / "rotated.jpg", exif=exif)
    cv2.imwrite(str(folder / "sixteen.tif"), np.full((9, 12), 40_000, np.uint16))
    (folder / "empty.png").touch()
    (folder / "words.jpg").write_text("these are words")
    (folder / "truncated.png").write_bytes(good.read_bytes()[:150])
    write_bomb(folder / "bomb.png")
    gone = folder / "gone.png"
    done = vimd("classify", "--model", bundle, folder, gone, make_capture(folder / "z last.bmp"), check=3)
    errors = {Path(row["path"]).name: row["error"] for row in read_rows(done.stdout) if row["error"]}
    assert set(errors) == {"bomb.png", "empty.png", "truncated.png", "words.jpg", "gone.png"}
    rows = [row for row in read_rows(done.stdout) if not row["error"]]
    names = [Path(row["path"]).name for row in rows]
    assert names == ["a good.png", "cmyk.jpg", "palette.png", "rotated.jpg", "sixteen.tif", "z last.bmp"]
    rotated = rows[names.index("rotated.jpg")]
    assert (rotated["width_px"], rotated["height_px"]) == ("9", "12")
    assert "5 files could not be read" in done.stderr
    for name, reason in (
        ("bomb.png", "100 million pixels"),
        ("empty.png", "0 bytes"),
        ("truncated.png", "truncated or damaged"),
        ("words.jpg", "not an image"),
        ("gone.png", "no file"),
    ):
        assert any(name in line and reason in line for line in done.stderr.splitlines()), name
        assert reason in errors[name]
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_rows_say_what_the_model_says(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_capture(tmp_path / "in" / "sub" / "2.png")
    make_capture(tmp_path / "in" / "10.png", (40, 30))
    arguments = ["classify", "--model", str(bundle), "--recursive", "--device", "cpu", str(tmp_path / "in")]
    assert main([*arguments, "--output", str(tmp_path / "out.csv"), "--top-k", "2"]) == 0
    assert main([*arguments, "--output", str(tmp_path / "out.jsonl"), "--top-k", "9"]) == 0
    assert "Tiny signs. Running on the CPU" in capsys.readouterr().err
    table = (tmp_path / "out.csv").read_text(encoding="utf-8")
    rows = read_rows(table)
    assert list(rows[0]) == [*WANTED_COLUMNS, "bicubic_class", "disagreement", "notice", "error"]
    assert [Path(row["path"]).name for row in rows] == ["10.png", "2.png"]
    objects = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, found in zip(rows, objects, strict=True):
        assert row["path"] == found["path"]
        assert found["top"][0] == {"class": found["class"], "probability": found["probability"]}
        assert len(found["top"]) == len(TINY_CLASSES)
        assert sum(answer["probability"] for answer in found["top"]) == pytest.approx(1, abs=1e-4)
        assert row["class_2"] == found["top"][1]["class"]
        assert float(row["probability_2"]) == pytest.approx(found["top"][1]["probability"], abs=1e-4)
        assert row["bicubic_class"] in TINY_CLASSES
        assert 0 <= found["disagreement"] <= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.csv", "out.jsonl"]


def test_file_names_with_anything_in_them(tmp_path: Path, bundle: Path) -> None:
    names = ['quote " and, comma.png', "=1+1.png", "日本語 é.png"]
    if sys.platform == "linux":
        names += ["line\nbreak.png", os.fsdecode(b"no \xff utf-8.png")]
    for name in names:
        make_capture(tmp_path / "in" / name)
    done = vimd("classify", "--quiet", "--model", bundle, tmp_path / "in")
    assert {Path(row["path"]).name for row in read_rows(done.stdout)} == set(names)
    assert done.stderr == ""


def test_views_are_saved_beside_each_other(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "a.bmp", "sub/a.png"):
        make_capture(tmp_path / "in" / name)
    views = tmp_path / "views" / "new"
    arguments = ["--model", str(bundle), "--recursive", "--save-sr", str(views), str(tmp_path / "in")]
    assert main(["classify", *arguments]) == 0
    found = sorted(path.relative_to(views).as_posix() for path in views.rglob("*") if path.is_file())
    assert found == ["a.bmp.sr.png", "a.png.sr.png", "sub/a.png.sr.png"]
    assert Image.open(views / "a.png.sr.png").size == (32, 32)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run in this process; it must end with code 1 and one sentence."""
    assert main(["classify", *map(str, arguments)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vimd: ")
    assert said.err.count("\n") == 1
    return said.err


def test_what_a_user_can_get_wrong(tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = make_capture(tmp_path / "a.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").touch()
    (tmp_path / "model.safetensors").write_bytes(b"words")
    for arguments, wanted in (
        ((tmp_path / "none",), "no file or folder"),
        ((tmp_path / "empty",), "no images"),
        ((tmp_path / "texts",), "other files: 1"),
        ((capture, "--output", tmp_path / "a.xls"), "use .csv or .jsonl"),
        ((capture, "--output", tmp_path / "none" / "a.csv"), "no folder"),
        ((capture, "--model", tmp_path / "model.safetensors"), "not a safetensors file"),
        ((capture, "--model", tmp_path / "none.safetensors"), "no model file"),
        ((capture, "--model", bundle, "--save-sr", capture), "can't be created"),
    ):
        assert wanted in refused(capsys, *arguments)


def test_what_is_not_there_among_many_is_listed_and_the_rest_is_classified(
    tmp_path: Path, bundle: Path
) -> None:
    folder = tmp_path / "captures"
    make_capture(folder / "a.png")
    for name in ("notes.docx", "old.DOCX", "drawing.psd"):
        (folder / name).touch()
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "loop").symlink_to("loop")
    named = (tmp_path / "none", folder / "loop", tmp_path / ("x" * 300), folder)
    done = vimd("classify", "--model", bundle, *named, check=3)
    rows = read_rows(done.stdout)
    assert [Path(row["path"]).name for row in rows if not row["error"]] == ["a.png"]
    assert {Path(row["path"]) for row in rows if row["error"]} == {*named[:3], folder / "loop.png"}
    said = done.stderr
    assert "files skipped: 3 (2 DOCX, 1 PSD)" in said
    assert f"There is no file or folder {tmp_path / 'none'}." in said
    assert f"{folder / 'loop'} is a circular link" in said
    assert f"{folder / 'loop.png'} is a circular link" in said
    assert "too long for this system" in said
    assert "5 files could not be read" in said  # one link is met twice: named, and in its folder


def test_an_incomplete_file_is_classified_and_says_so(tmp_path: Path, bundle: Path) -> None:
    make_capture(tmp_path / "whole.png")
    make_capture(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:-2])
    done = vimd("classify", "--model", bundle, tmp_path)
    rows = {Path(row["path"]).name: row for row in read_rows(done.stdout)}
    assert rows["whole.png"]["notice"] == ""
    assert "cut.jpg is incomplete: its end is missing" in rows["cut.jpg"]["notice"]
    assert rows["cut.jpg"]["class"] and not rows["cut.jpg"]["error"]
    assert "incomplete, but classified: 1" in done.stderr


@pytest.mark.parametrize("option", [("--top-k", "0"), ("--batch-size", "-1"), ("--device", "tpu")])
def test_bad_options_are_usage_errors(option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["classify", *option, "x.png"])
    assert caught.value.code == 2
    assert option[0] in capsys.readouterr().err


def test_a_device_that_is_not_there(tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    missing = next(
        name
        for name, there in (("mps", torch.backends.mps.is_available()), ("cuda", torch.cuda.is_available()))
        if not there
    )
    assert "use the device auto or cpu" in refused(
        capsys, make_capture(tmp_path / "a.png"), "--model", bundle, "--device", missing
    )


def interrupt_when_it_computes(arguments: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Press Ctrl+C as soon as the first progress is shown."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vimd_core.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert process.stderr is not None
    said = process.stderr.readline() + process.stderr.readline()  # the notice, then the first progress
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=120)
    return subprocess.CompletedProcess([], process.returncode, out, said + rest)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl+C to consoles, not to processes")
def test_cancelling_keeps_the_table_that_was_there(tmp_path: Path, bundle: Path) -> None:
    captures = [make_capture(tmp_path / "in" / f"{i}.png") for i in range(20)]
    many = tmp_path / "many"
    many.mkdir()
    for i in range(20_000):
        os.link(captures[i % 20], many / f"{i}.png")
    before = "path,width_px,height_px,class,from before\n"
    (tmp_path / "out.csv").write_text(before)
    done = interrupt_when_it_computes(
        ["classify", "--model", bundle, "--batch-size", "1", "--output", tmp_path / "out.csv", many]
    )
    assert done.returncode == 130
    assert done.stderr.endswith("Cancelled.\n")
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out.csv").read_text() == before
    assert not list(tmp_path.glob(".*.part"))


def test_help_is_fast_since_it_loads_no_torch() -> None:
    program = (
        "import sys\n"
        "from vimd_core.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numba', 'PySide6', 'cv2', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "classify" in done.stdout
    assert time.monotonic() - started < 10  # far above the 0.3 s that it takes, far below a hang


@pytest.mark.parametrize("name", ["a.png", "labels.csv", "list.jsonl"])
def test_what_is_no_table_of_answers_is_never_replaced(
    tmp_path: Path, bundle: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_capture(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("path,label\na.png,Stop\n")
    (tmp_path / "list.jsonl").write_text('{"path": "a.png", "label": "Stop"}\n')
    before = (tmp_path / name).read_bytes()
    command = ["classify", str(tmp_path / "a.png"), "--model", str(bundle), "--quiet", "--format", "csv"]
    assert main([*command, "--output", str(tmp_path / name)]) == 1
    assert "was not written by this command" in capsys.readouterr().err
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_earlier_answers_are_replaced(tmp_path: Path, bundle: Path, form: str) -> None:
    captures = [str(make_capture(tmp_path / name)) for name in ('a "b".png', "c.png")]
    output = tmp_path / f"answers.{form}"
    output.touch()
    command = ["classify", "--model", str(bundle), "--quiet", "--output", str(output)]
    assert main([*command, *captures]) == 0 and main([*command, captures[0]]) == 0
    assert len(output.read_text().splitlines()) == (2 if form == "csv" else 1)


def test_views_of_captures_with_very_long_names_are_saved(tmp_path: Path, bundle: Path) -> None:
    captures = [make_capture(tmp_path / f"{'é' * 123}{end}.png") for end in "ab"]
    vimd("classify", *captures, "--model", bundle, "--quiet", "--save-sr", tmp_path / "views")
    assert len(list((tmp_path / "views").glob("é*.sr.png"))) == len(captures)
