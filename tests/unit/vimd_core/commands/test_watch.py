"""`vimd watch` as users run it: a process of its own, real servers and files, a real model."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image
from stream_servers import PASSWORD, USER, picture, server
from video_files import SMALL, damage, encode

from vimd_core.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it is interrupted by a signal")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    writer = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter_fourcc(*"FFV1"), 10.0, (160, 120))
    for number in range(40):
        writer.write(picture(number))
    writer.release()
    return tmp_path / "film.avi"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_go_to_standard_output_and_nothing_is_overwritten(
    bundle: Path, film: Path, tmp_path: Path
) -> None:
    def watch(output: object, *more: object) -> subprocess.CompletedProcess[str]:
        arguments = ("watch", film, "--model", bundle, "--device", "cpu", "--frames", "3", "--output", output)
        return subprocess.run(
            [sys.executable, "-m", "vimd_core", *map(str, (*arguments, *more))],
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip

    shown = watch("-", "--format", "jsonl")
    assert shown.returncode == 0, shown.stderr
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    common = {"path", "width_px", "height_px", "class", "probability", "top", "bicubic_class", "disagreement"}
    assert rows and common | {"error"} <= rows[0].keys()
    assert "captures" in shown.stderr
    table = tmp_path / "table.csv"
    assert watch(table).returncode == 0
    once = rows_of(table)
    assert watch(table).returncode == 0 and len(rows_of(table)) == 2 * len(once)
    table.write_text("other,columns\n1,2\n")
    refused = watch(table)
    assert refused.returncode == 1 and "--overwrite" in refused.stderr
    assert table.read_text() == "other,columns\n1,2\n"
    assert watch(table, "--overwrite").returncode == 0 and len(rows_of(table)) == len(once)


def test_it_ends_when_nobody_reads_its_rows_any_more(bundle: Path, film: Path) -> None:
    arguments = ("watch", film, "--model", bundle, "--device", "cpu", "--output", "-", "--interval", "0.1")
    line = " ".join(str(part) for part in (sys.executable, "-m", "vimd_core", *arguments))
    done = subprocess.run(
        ["bash", "-c", f"{line} --duplicates -1 | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.stdout.startswith("time,") and done.stdout.count("\n") == 1
    assert done.returncode == 141 and "Traceback" not in done.stderr and "waiting" not in done.stderr


def test_a_video_becomes_a_table_and_pictures(
    bundle: Path, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, save = tmp_path / "captures.csv", tmp_path / "saved"
    arguments = [
        *("watch", film, "--model", bundle, "--device", "cpu", "--output", output, "--save", save),
        *("--roi", "sign=0,40,60,24", "--roi", "80,40,40,40,45", "--interval", "0.5", "--duplicates", "-1"),
    ]
    assert main([str(argument) for argument in arguments]) == 0
    rows = rows_of(output)
    assert [(row["frame"], row["region"]) for row in rows] == [
        (str(number), region) for number in range(1, 41, 5) for region in ("sign", "region 2")
    ]
    for row in rows:
        assert row["class"] in TINY_CLASSES and row["class_3"] in TINY_CLASSES
        assert row["source"] == film.as_uri() and row["agreed"] == "True"
        assert float(row["latency_ms"]) > 0
    assert list(rows[0])[-1] == "error" and rows[0]["bicubic_class"] in TINY_CLASSES
    with Image.open(rows[2]["path"]) as image:
        expected = picture(5)[40:64, :60, ::-1]
        assert np.array_equal(np.asarray(image), expected)  # lossless from the film to the disk
    said = capsys.readouterr().err
    assert "40 frames, 16 captures" in said and "from frame to label" in said


def test_a_thing_that_moves_has_one_row_with_its_nearest_view(bundle: Path, tmp_path: Path) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "road.avi"), cv2.VideoWriter_fourcc(*"FFV1"), 10.0, (160, 120))
    for number in range(60):
        image = np.full((120, 160, 3), 90, np.uint8)
        if 20 <= number < 45:
            side = 12 + (number - 20)
            left = 10 + 3 * (number - 20)
            image[30 : 30 + side, left : left + side] = (200, 60, 220)
            image[30 : 30 + side // 2, left : left + side // 2] = (20, 160, 20)
        writer.write(image)
    writer.release()
    output, save = tmp_path / "captures.jsonl", tmp_path / "saved"
    arguments = [
        *("watch", tmp_path / "road.avi", "--model", bundle, "--device", "cpu", "--output", output),
        *("--save", save, "--motion", "--agree", "2/4", "--quiet"),
    ]
    assert main([str(argument) for argument in arguments]) == 0
    (row,) = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert row["looks"] in (4, 5) and 1 <= row["votes"] <= row["looks"]
    assert row["agreed"] is (row["votes"] >= 2)
    with Image.open(row["path"]) as capture:
        assert capture.width == row["width_px"]
        if row["near_path"]:
            with Image.open(row["near_path"]) as near:
                assert near.width > capture.width


class Watching:
    """`vimd watch` in the background."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vimd_core.cli", "watch", *map(str, arguments)],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )

    def interrupt(self) -> str:
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, said
        return said


def wait_for_rows(path: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() or len(path.read_text(encoding="utf-8").splitlines()) < count:
        assert time.monotonic() < deadline, "no rows came"
        time.sleep(0.05)


def test_ctrl_c_ends_it_with_the_counts_and_no_secret_is_told(bundle: Path, tmp_path: Path) -> None:
    output = tmp_path / "captures.jsonl"
    with server("http") as running:
        url = running.url("secret", user=USER, password=PASSWORD)
        watching = Watching(
            *(url, running.url("live"), "--model", bundle, "--device", "cpu", "--output", output),
            *("--interval", "0.2", "--duplicates", "-1", "--save", tmp_path / "saved"),
        )
        wait_for_rows(output, 8)
        said = watching.interrupt()
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()
    ]
    assert f"{len(rows)} captures" in said and "frames" in said
    assert {row["source"] for row in rows} == {running.url("secret"), running.url("live")}
    assert len(list((tmp_path / "saved").rglob("*.png"))) == len(rows)
    everything = said + output.read_text(encoding="utf-8") + "".join(str(p) for p in tmp_path.rglob("*"))
    assert PASSWORD not in everything and USER not in everything


def test_times_within_a_video_and_lost_frames_are_told(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = damage(encode(tmp_path / "a.avi", "mjpeg", SMALL, range(40)), [20])
    table = tmp_path / "rows.csv"
    options = ("--model", bundle, "--output", table, "--interval", "1", "--duplicates", "-1")
    assert main(["watch", str(path), *map(str, options)]) == 0
    rows = rows_of(table)
    assert list(rows[0])[:3] == ["time", "position_s", "source"]
    assert [float(row["position_s"]) for row in rows] == [0.0, 1.0, 2.1, 3.1]
    assert "39 frames, 4 captures; 1 frame lost" in capsys.readouterr().err


def test_a_region_outside_of_the_frame_ends_with_its_size(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = encode(tmp_path / "a.avi", "mjpeg", SMALL, range(10))
    options = ("--model", bundle, "--output", tmp_path / "rows.jsonl", "--roi", "10,10,30,30")
    assert main(["watch", str(path), *map(str, options), "--roi", "door=700,20,30,30"]) == 3
    said = capsys.readouterr().err
    assert "'door' (700,20,30,30) is outside the frame of 320 x 240 px" in said


def test_a_number_of_frames_ends_a_stream(bundle: Path, tmp_path: Path) -> None:
    output = tmp_path / "captures.csv"
    with server("http") as running:
        arguments = [
            *("watch", running.url(), "--model", bundle, "--device", "cpu", "--output", output),
            *("--frames", 12, "--interval", 0, "--duplicates", -1, "--quiet"),
        ]
        assert main([str(argument) for argument in arguments]) == 0
    assert int(rows_of(output)[-1]["frame"]) == 12


def test_an_unreadable_video_is_reported_and_the_other_is_read(
    bundle: Path, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    output = tmp_path / "captures.csv"
    arguments = [
        *("watch", tmp_path / "bad.mp4", film, "--model", bundle, "--device", "cpu", "--output", output)
    ]
    assert main([str(argument) for argument in arguments]) == 3
    assert "bad.mp4" in capsys.readouterr().err
    assert rows_of(output)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--roi", "1,2,3"], "x,y,w,h"),
        (["--roi", "1,2,3,0"], "at least"),
        (["--agree", "5/3"], "agree"),
        (["--agree", "most"], "3/5"),
        (["--duplicates", "99"], "64"),
        (["--interval", "-1"], "negative"),
    ],
)
def test_wrong_arguments_are_said_at_once(
    more: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "0", "--output", str(tmp_path / "a.csv"), *more]) == 1
    assert said in capsys.readouterr().err


def test_a_source_of_another_kind_is_refused_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "ftp://me:geheim@host/x", "--output", str(tmp_path / "a.csv")]) == 1
    error = capsys.readouterr().err
    assert "rtsp" in error and "geheim" not in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["watch", "rtsp://admin:geheim/2024@host"],
        ["watch", "admin:geheim@10.0.0.2/live"],
        ["watch", "rtsp://admin:geheim@host:x/live"],
        ["classify", "http://admin:geheim@host/live"],
        ["watch", "0", "--frames", "rtsp://admin:geheim@host/live"],
        ["rtsp://admin:geheim@host/live"],
    ],
)
def test_no_error_repeats_a_password(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--output", str(tmp_path / "a.csv")] if len(arguments) > 1 else []
    try:
        assert main([*arguments, *more]) != 0
    except SystemExit as e:
        assert e.code == 2
    said = capsys.readouterr()
    assert "geheim" not in said.err + said.out and said.err
    if arguments[1:] == ["rtsp://admin:geheim/2024@host"]:
        assert "--ask-password" in said.err and "2024" not in said.err


def test_two_cameras_of_one_name_have_folders_of_their_own(bundle: Path, tmp_path: Path) -> None:
    with server("http") as running:
        arguments = [
            *("watch", running.url("live?camera=1"), running.url("live?camera=2"), "--model", bundle),
            *("--device", "cpu", "--output", tmp_path / "a.csv", "--save", tmp_path / "saved"),
            *("--frames", 3, "--interval", 0, "--duplicates", -1, "--quiet"),
        ]
        assert main([str(argument) for argument in arguments]) == 0
    folders = sorted(path.name for path in (tmp_path / "saved").iterdir())
    assert folders == ["127.0.0.1-live", "127.0.0.1-live-2"]


def test_a_watched_folder_gives_a_row_for_each_picture_and_says_what_it_cannot_read(
    bundle: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "in", tmp_path / "rows.csv"
    folder.mkdir()
    (folder / "half.png").write_bytes(noise(tmp_path / "made.png", 0)[:300])
    watching = Watching(
        *(folder, "--model", bundle, "--device", "cpu", "--output", output, "--save", tmp_path / "saved"),
    )
    for number in range(1, 6):
        hidden = folder / ".snapshot.png.part"
        hidden.write_bytes(noise(tmp_path / "made.png", number))
        hidden.replace(folder / "snapshot.png")
        wait_for_rows(output, number + 1)
    (folder / "2026-11-30").mkdir()
    (folder / "2026-11-30" / "later.png").write_bytes(noise(tmp_path / "made.png", 6))
    wait_for_rows(output, 7)
    (folder / "2026-11-30" / "later.png").rename(folder / "2026-11-30" / "renamed.png")
    assert watching.process.stderr is not None
    for line in watching.process.stderr:
        if "half.png" in line:
            break
    assert "truncated or damaged" in line
    said = watching.interrupt()
    assert "6 frames, 6 captures" in said and "1 frame lost" in said
    rows = rows_of(output)
    saved = [np.asarray(Image.open(row["path"])) for row in rows]
    for number, pixels in enumerate(saved, start=1):
        noise(tmp_path / "made.png", number)
        with Image.open(tmp_path / "made.png") as wanted:
            assert np.array_equal(pixels, np.asarray(wanted))


def noise(path: Path, seed: int) -> bytes:
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (24, 30, 3), dtype=np.uint8)).save(path)
    return path.read_bytes()
