"""The report as one HTML page: its order, its totals and what the model says of itself."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.config import size_text
from vimd_core.evaluation.findings import Findings
from vimd_core.evaluation.html_report.assets import SCRIPT, STYLE, content_policy
from vimd_core.evaluation.html_report.examples import Examples, Pictures
from vimd_core.evaluation.html_report.html import Html, element, escaped, name, path_name, percent
from vimd_core.evaluation.html_report.sections import (
    calibration_section,
    classes_section,
    confusion_section,
    mistakes_section,
    sizes_section,
    slowest_section,
    views_section,
)
from vimd_core.evaluation.metrics import wilson_interval

_UNREADABLE_SHOWN: Final = 20
_LONGEST_FACT: Final = 400


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """What was evaluated, where and when.

    Attributes:
        info: the model's description.
        model_id: identifies its weights.
        data: where the captures came from, as the user named it.
        notice: one sentence that says where it was computed.
        created_utc: when, ISO 8601.
    """

    info: BundleInfo
    model_id: str
    data: str
    notice: str
    created_utc: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "model": self.info.name,
            "model_id": self.model_id,
            "data": self.data,
            "computed": self.notice,
            "created_utc": self.created_utc,
        }


def report_page(
    findings: Findings, facts: ReportFacts, examples: Examples, pictures: Mapping[int, Pictures]
) -> str:
    """The whole page.

    Args:
        findings: what it tells.
        facts: what it is about.
        examples: captures to show.
        pictures: of these, by index.

    Returns:
        A complete HTML document in UTF-8 characters.
    """
    title = f"Evaluation of {facts.info.name}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=content_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(STYLE)),
    )
    classes = facts.info.classes
    main = element(
        "main",
        element("h1", "Evaluation of ", name(facts.info.name)),
        element("p", "On ", path_name(facts.data), f", {facts.created_utc}.", class_="faint"),
        _tiles(findings),
        calibration_section(findings.calibration),
        sizes_section(findings.sizes),
        views_section(findings, examples, pictures, classes),
        mistakes_section(findings.measured, examples, pictures, classes),
        confusion_section(findings.figures),
        classes_section(findings.figures),
        slowest_section(findings.measured, examples, pictures, classes),
        _unreadable_section(findings.measured.unreadable),
        _model_section(facts),
    )
    body = element("body", main, element("script", Html(SCRIPT)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _tiles(findings: Findings) -> Html:
    figures, calibration = findings.figures, findings.calibration
    low, high = wilson_interval(int(findings.measured.correct.sum()), figures.n)
    before = (
        "not calibrated"
        if calibration.temperature == 1
        else f"{percent(calibration.uncalibrated.error)} before temperature scaling"
    )
    smallest = findings.sizes.smallest
    tiles = (
        ("top-1", percent(figures.top1, 2), f"95 % interval {percent(low)} to {percent(high)}"),
        ("top-5", percent(figures.top5, 2), "right among five answers"),
        ("captures", f"{figures.n:,}", _unread(len(findings.measured.unreadable))),
        ("calibration error", percent(calibration.calibrated.error), before),
        ("top-1 without SR", percent(figures.bicubic_top1, 2), "on bicubic views"),
        (
            "smallest size",
            "–" if smallest.size_px is None else f"{smallest.size_px} px",
            "too little to go by" if smallest.size_px is None else "longer side, suggested",
        ),
    )
    return element(
        "div",
        *(
            element("div", what, element("b", value), element("small", more), class_="tile")
            for what, value, more in tiles
        ),
        class_="tiles",
    )


def _unread(count: int) -> str:
    return "all were read" if count == 0 else f"{count:,} more could not be read"


def _unreadable_section(unreadable: tuple[str, ...]) -> Html | None:
    if not unreadable:
        return None
    rows = [element("li", escaped(one), class_="path") for one in unreadable[:_UNREADABLE_SHOWN]]
    if len(unreadable) > _UNREADABLE_SHOWN:
        rows.append(element("li", f"and {len(unreadable) - _UNREADABLE_SHOWN:,} more"))
    return element("section", element("h2", "Not read"), element("ul", *rows))


def _model_section(facts: ReportFacts) -> Html:
    info = facts.info
    rows = [
        ("Name", info.name),
        ("Model id", facts.model_id),
        ("Preset", info.config.preset),
        (
            "Captures are read at",
            f"{size_text(info.config.lr_size_px)} px, enlarged to {size_text(info.config.classifier.image_size_px)} px",
        ),
        ("Classes", f"{len(info.classes):,}"),
        ("Temperature", "1 (not calibrated)" if info.temperature == 1 else f"{info.temperature:.3f}"),
        ("Terms", info.license or "not stated"),
        ("Made", info.created_utc),
        ("Made from", info.parent or "no other model"),
        ("This report", facts.notice),
    ]
    return element(
        "section",
        element("h2", "The model"),
        _facts(rows),
        _details("Figures stored with the model", info.metrics),
        _details("How it was trained", info.training),
    )


def _details(summary: str, values: Mapping[str, Any]) -> Html | None:
    if not values:
        return None
    return element("details", element("summary", summary), _facts(_flat(values)))


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key} / ")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            rows.append((f"{prefix}{key}", shown[:_LONGEST_FACT]))
    return rows


def _facts(rows: list[tuple[str, str]]) -> Html:
    pairs = ((element("dt", what), element("dd", name(value, _LONGEST_FACT))) for what, value in rows)
    return element("dl", *itertools.chain.from_iterable(pairs))
