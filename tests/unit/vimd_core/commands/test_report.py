"""`vimd evaluate --report`: the page, and what lies beside it."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from bundles import TINY_CLASSES, TINY_FOLDERS, tiny_config, tiny_model
from PIL import Image

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.cli import main
from vimd_core.errors import ConfigError

HOSTILE = '<script>alert("1")</script>'


class Page(HTMLParser):
    """What a browser would find: tags in balance, text, addresses, scripts."""

    VOID = ("meta", "img", "br", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self.titles: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "action", "data")]
        self.handlers += [key for key, _ in attrs if key.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title":
            self.titles.append(data)
        elif self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def write_model(path: Path, *, classes: tuple[str, ...] = TINY_CLASSES, temperature: float = 1.0) -> Path:
    info = BundleInfo(
        config=tiny_config(),
        classes=classes,
        class_folders=TINY_FOLDERS,
        name=f"Model {HOSTILE}",
        temperature=temperature,
    )
    save_bundle(path, tiny_model(), info)
    return path


def write_captures(folder: Path, per_class: int = 12) -> Path:
    chance = np.random.default_rng(0)
    for name in TINY_FOLDERS:
        (folder / name).mkdir(parents=True)
        for i in range(per_class):
            pixels = chance.integers(0, 255, (10 + i, 8 + 2 * i, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}<b>&.png")
    return folder


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    model = write_model(
        folder / "m.safetensors", classes=(HOSTILE, "Yield", "Speed limit 20"), temperature=0.5
    )
    data = write_captures(folder / "data")
    (data / TINY_FOLDERS[0] / "broken.png").write_bytes(b"")
    command = [
        "evaluate",
        "--model",
        str(model),
        "--data",
        str(data),
        "--report",
        str(folder / "out" / "deep"),
    ]
    assert main([*command, "--quiet"]) == 3
    return folder / "out" / "deep"


def test_the_page_is_whole_and_asks_nobody(reported: Path) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags.count("script") == 1 and page.handlers == []
    assert page.addresses and all(re.match(r"data:image/(png|jpeg);base64,", one) for one in page.addresses)
    assert not re.search(r"https?://|url\(|@import", text)
    assert 'name="viewport"' in text and "prefers-color-scheme: dark" in text
    assert len(text) < 1_000_000


def test_templates_escape_and_miss_nothing(reported: Path) -> None:
    """Whatever is put into the page is escaped, once; a name that a template does not know is an error."""
    from jinja2 import UndefinedError
    from markupsafe import Markup

    from vimd_core.evaluation.html_report.page import _environment

    environment = _environment()
    shown = environment.from_string("{{ a }}|{{ b|name }}|{{ c }}").render(
        a="<i>\x00", b="a<b\u202e", c=Markup("<b>bold</b>")
    )
    assert shown == "&lt;i&gt;\ufffd|<bdi>a&lt;b\ufffd</bdi>|<b>bold</b>"
    with pytest.raises(UndefinedError):
        environment.from_string("{{ unknown }}").render()
    text = (reported / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and "&amp;lt;" not in text and "{{" not in text


def test_a_browser_may_run_the_script_of_the_page(reported: Path) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*)</script>", text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"sha256-{digest}" in text and "table.sortable" in script


def test_the_page_tells_what_was_measured(reported: Path) -> None:
    page = Page((reported / "report.html").read_text(encoding="utf-8"))
    results = json.loads((reported / "results.json").read_text())
    text = " ".join(page.text)
    assert f"{results['top1'] * 100:.2f} %" in text
    assert f"Model {HOSTILE}" in text and HOSTILE in page.text
    assert f"{results['calibration']['ece_uncalibrated'] * 100:.1f} % before temperature scaling" in text
    assert "Not enough captures" in text
    assert "0 bytes" in text
    cells = {one for one in page.titles if "→" in one}
    confusion = np.array(results["confusion"])
    assert len(cells) == np.count_nonzero(confusion)
    true, said = np.argwhere(confusion)[0]
    names = results["classes"]
    assert f"{names[true]} → {names[said]}: {confusion[true, said]} of 12" in cells


def test_wrong_answers_are_shown_with_both_pictures(reported: Path) -> None:
    page = Page((reported / "report.html").read_text(encoding="utf-8"))
    wrong = sum(row["correct"] == "0" for row in read_rows(reported))
    assert wrong > 0
    assert page.tags.count("figure") >= min(wrong, 24)
    assert page.tags.count("img") == 2 * page.tags.count("figure")


def read_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rows_and_totals_agree(reported: Path) -> None:
    rows = read_rows(reported)
    results = json.loads((reported / "results.json").read_text())
    assert len(rows) == results["n"] == 36 and len(results["unreadable"]) == 1
    assert sum(int(row["correct"]) for row in rows) / 36 == pytest.approx(results["top1"])
    differ = [row for row in rows if row["predicted_class"] != row["bicubic_class"]]
    assert len(differ) == results["views"]["disagreements"]
    assert sum(one["n"] for one in results["sizes"]["ranges"]) == 36
    assert {row["width_px"] for row in rows} == {str(8 + 2 * i) for i in range(12)}
    assert all(float(row["read_ms"]) > 0 and float(row["predict_ms"]) > 0 for row in rows)
    assert HOSTILE in {row["true_class"] for row in rows}


def test_a_folder_that_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_model(tmp_path / "m.safetensors")
    (tmp_path / "file").touch()
    command = ["evaluate", "--model", str(model), "--data", str(tmp_path / "none"), "--report"]
    assert main([*command, str(tmp_path / "file")]) == 1
    assert "The report can't be written" in capsys.readouterr().err


def test_a_file_that_vanished_meanwhile_is_left_out_of_the_pictures(tmp_path: Path) -> None:
    from vimd_core.evaluation.html_report.examples import draw_pictures
    from vimd_core.evaluation.measured import measure_captures
    from vimd_core.inference.predictor import Predictor

    data = write_captures(tmp_path / "data", per_class=2)
    predictor = Predictor.load(write_model(tmp_path / "m.safetensors"))
    measured = measure_captures(predictor, [(path, 0) for path in sorted(data.rglob("*.png"))])
    measured.paths[1].unlink()
    assert set(draw_pictures(predictor, measured, range(6))) == {0, 2, 3, 4, 5}


def test_an_earlier_report_stays_until_the_new_one_is_there(tmp_path: Path) -> None:
    from vimd_core.evaluation.html_report.files import prepare_folder

    (tmp_path / "report.html").write_text("earlier")
    prepare_folder(tmp_path, overwrite=True)
    assert (tmp_path / "report.html").read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(ConfigError, match=r"holds a report.*--overwrite"):
        prepare_folder(tmp_path, overwrite=False)
