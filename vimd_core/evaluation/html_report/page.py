"""The report as one HTML page: what its template is filled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.config import size_text
from vimd_core.evaluation.figures import EvaluationReport
from vimd_core.evaluation.findings import CalibrationFindings, Findings
from vimd_core.evaluation.html_report.assets import content_policy, script, style
from vimd_core.evaluation.html_report.charts import reliability_chart, size_chart
from vimd_core.evaluation.html_report.confusion_chart import confusion_chart
from vimd_core.evaluation.html_report.examples import Examples, Pictures
from vimd_core.evaluation.html_report.html import name, path_name, percent, points, printable
from vimd_core.evaluation.measured import MeasuredCaptures
from vimd_core.evaluation.metrics import top_confusions, wilson_interval
from vimd_core.evaluation.size_profile import RULE, SizeProfile

CONFUSIONS_SHOWN: Final = 20
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
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            findings=findings,
            facts=facts,
            examples=examples,
            pictures=pictures,
            content_policy=content_policy(),
            style=style(),
            script=script(),
            reliability_chart=reliability_chart,
            size_chart=size_chart,
            confusion_chart=confusion_chart,
            size_rule=RULE,
            tiles=_tiles(findings),
            confidence_gap=_confidence_gap(findings.calibration),
            size_rows=_size_rows(findings.sizes),
            wrong=int((~findings.measured.correct).sum()),
            confusion_rows=_confusion_rows(findings.figures),
            class_rows=_class_rows(findings.figures),
            slowest_rows=_slowest_rows(findings.measured, examples),
            model_rows=_model_rows(facts),
            metric_rows=_flat(facts.info.metrics),
            training_rows=_flat(facts.info.training),
        )
    )


def _environment() -> Environment:
    """Templates in which everything is escaped that is not markup already."""
    environment = Environment(
        loader=PackageLoader("vimd_core.evaluation.html_report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) or value is None else printable(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "points": points,
        "count": "{:,}".format,
        "name": name,
        "path_name": path_name,
        "fact": lambda text: name(text, _LONGEST_FACT),
        # Six digits: rounded like what is shown, equal-looking shares would be sorted at random.
        "sort_key": lambda value: "" if value is None else f"{value:.6f}",
    }
    return environment


def _tiles(findings: Findings) -> Sequence[tuple[str, str, str]]:
    figures, calibration = findings.figures, findings.calibration
    low, high = wilson_interval(int(findings.measured.correct.sum()), figures.n)
    before = (
        "not calibrated"
        if calibration.temperature == 1
        else f"{percent(calibration.uncalibrated.error)} before temperature scaling"
    )
    smallest = findings.sizes.smallest
    return (
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


def _unread(count: int) -> str:
    return "all were read" if count == 0 else f"{count:,} more could not be read"


def _confidence_gap(found: CalibrationFindings) -> float:
    """Mean confidence minus accuracy."""
    bins = found.calibrated
    filled = bins.counts > 0
    gap = (bins.confidence[filled] - bins.accuracy[filled]) * bins.counts[filled]
    return float(gap.sum() / bins.counts.sum())


def _size_rows(sizes: SizeProfile) -> list[list[str]]:
    return [
        [
            one.name,
            f"{one.n:,}",
            f"{one.accuracy * 100:.1f} ({one.interval[0] * 100:.0f}–{one.interval[1] * 100:.0f})",
            f"{one.confidence * 100:.1f}",
            f"{one.ece * 100:.1f}",
        ]
        for one in sizes.ranges
    ]


def _confusion_rows(figures: EvaluationReport) -> list[list[str]]:
    support = figures.confusion.sum(axis=1)
    return [
        [
            name(figures.classes[true]),
            name(figures.classes[said]),
            f"{count:,}",
            percent(count / support[true]),
        ]
        for true, said, count in top_confusions(figures.confusion, CONFUSIONS_SHOWN)
    ]


def _class_rows(figures: EvaluationReport) -> list[dict[str, str | int | float | None]]:
    """Precision and recall of each class, None where they are not known."""
    support, answers = figures.confusion.sum(axis=1), figures.confusion.sum(axis=0)
    return [
        {
            "name": one,
            "captures": int(support[index]),
            "recall": float(figures.accuracy[index]) if support[index] else None,
            "answers": int(answers[index]),
            "precision": float(figures.precision[index]) if answers[index] else None,
        }
        for index, one in enumerate(figures.classes)
    ]


def _slowest_rows(measured: MeasuredCaptures, examples: Examples) -> list[list[str]]:
    return [
        [
            path_name(str(measured.paths[index])),
            f"{measured.widths_px[index]} × {measured.heights_px[index]}",
            f"{measured.read_s[index] * 1e3:.1f}",
            f"{measured.predict_s[index] * 1e3:.1f}",
        ]
        for index in examples.slowest
    ]


def _model_rows(facts: ReportFacts) -> list[tuple[str, str]]:
    info = facts.info
    return [
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
        ("Created", info.created_utc),
        ("Trained from", info.parent or "no other model"),
        ("This report", facts.notice),
    ]


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key} / ")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            rows.append((f"{prefix}{key}", shown[:_LONGEST_FACT]))
    return rows
