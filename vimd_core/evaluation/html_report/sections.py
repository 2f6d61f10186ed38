"""The sections of the report page, each from its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vimd_core.evaluation.figures import EvaluationReport
from vimd_core.evaluation.findings import CalibrationFindings, Findings
from vimd_core.evaluation.html_report.charts import reliability_chart, size_chart
from vimd_core.evaluation.html_report.confusion_chart import confusion_chart
from vimd_core.evaluation.html_report.examples import Examples, Pictures
from vimd_core.evaluation.html_report.gallery import gallery
from vimd_core.evaluation.html_report.html import Html, element, name, path_name, percent, points
from vimd_core.evaluation.measured import MeasuredCaptures
from vimd_core.evaluation.metrics import top_confusions
from vimd_core.evaluation.size_profile import RULE, SizeProfile

CONFUSIONS_SHOWN: Final = 20
_KEY_SHAPES: Final[Mapping[str, Html]] = {
    "bar": element("rect", x=3, y=3, width=16, height=12, class_="bar"),
    "mean": element("line", x1=2, y1=8, x2=20, y2=8, class_="mean"),
    "before": element("circle", cx=11, cy=8, r=3.5, class_="before"),
    "diagonal": element("line", x1=2, y1=14, x2=20, y2=2, class_="diagonal"),
    "point": element("circle", cx=11, cy=8, r=4.5, class_="point"),
    "confidence": element("line", x1=1, y1=8, x2=21, y2=8, class_="confidence"),
    "mark": element("line", x1=11, y1=0, x2=11, y2=16, class_="mark"),
    "hit": element("rect", x=3, y=3, width=16, height=12, class_="hit"),
    "miss": element("rect", x=3, y=3, width=16, height=12, class_="miss"),
}


def calibration_section(found: CalibrationFindings) -> Html:
    """How sure the model is against how right it is."""
    scaled = found.temperature != 1
    gap = _signed_gap(found)
    tendency = "about as sure as it is right" if abs(gap) < 0.01 else "surer than it is right"
    if gap <= -0.01:
        tendency = "less sure than it is right"
    rows = [("as it answers", found.calibrated.error, found.nll)]
    if scaled:
        rows.insert(0, ("without temperature", found.uncalibrated.error, found.nll_uncalibrated))
    table = _table(
        ("answers", "calibration error", "log loss"),
        [[what, percent(error, 2), f"{nll:.3f}"] for what, error, nll in rows],
    )
    key = {"bar": "accuracy", "mean": "mean confidence", "diagonal": "as sure as right"}
    if scaled:
        key["before"] = "accuracy without temperature"
    advice: tuple[str, ...] = (
        f"Its answers are divided by the temperature {found.temperature:.3f} before they become probabilities.",
    )
    if not scaled:
        command = element("code", "vimd calibrate")
        advice = ("It has no temperature yet: ", command, " finds one on captures held back from training.")
    return element(
        "section",
        element("h2", "Can its confidence be believed?"),
        element("p", f"On average it is {tendency} ({points(gap)}). ", *advice),
        element(
            "div",
            _charted(reliability_chart(found.calibrated, found.uncalibrated if scaled else None), key),
            element("div", table, class_="scroll"),
            class_="columns",
        ),
    )


def _signed_gap(found: CalibrationFindings) -> float:
    """Mean confidence minus accuracy."""
    bins = found.calibrated
    filled = bins.counts > 0
    gap = (bins.confidence[filled] - bins.accuracy[filled]) * bins.counts[filled]
    return float(gap.sum() / bins.counts.sum())


def sizes_section(sizes: SizeProfile) -> Html:
    """Accuracy and calibration by size of capture."""
    table = _table(
        ("longer side", "captures", "right, %", "sure, %", "calibration error, %"),
        [
            [
                one.name,
                f"{one.n:,}",
                f"{one.accuracy * 100:.1f} ({one.interval[0] * 100:.0f}–{one.interval[1] * 100:.0f})",
                f"{one.confidence * 100:.1f}",
                f"{one.ece * 100:.1f}",
            ]
            for one in sizes.ranges
        ],
    )
    key = {
        "point": "accuracy, 95 % interval",
        "confidence": "mean confidence",
        "mark": "suggested smallest size",
    }
    if sizes.smallest.size_px is None:
        del key["mark"]
    return element(
        "section",
        element("h2", "How small may a capture be?"),
        element("p", sizes.smallest.sentence),
        element(
            "div",
            _charted(size_chart(sizes.ranges, sizes.smallest.size_px), key),
            element("div", element("div", table, class_="scroll"), element("p", RULE, class_="faint")),
            class_="columns",
        ),
    )


def views_section(
    findings: Findings, examples: Examples, pictures: Mapping[int, Pictures], classes: Sequence[str]
) -> Html:
    """Where super-resolution changed the answer."""
    views = findings.views
    share = percent(views.disagreements / views.n)
    parts: list[Html | None] = [
        element("h2", "What does super-resolution change?"),
        element(
            "p",
            f"The answer differs between the super-resolved and the bicubic view for {views.disagreements:,} of "
            f"{views.n:,} captures ({share}).",
        ),
    ]
    if views.disagreements:
        parts.append(
            _table(
                ("where they differ", "captures", "share"),
                [
                    [what, f"{count:,}", percent(count / views.disagreements)]
                    for what, count in (
                        ("only the super-resolved view is right", views.sr_right),
                        ("only the bicubic view is right", views.bicubic_right),
                        ("both are wrong", views.both_wrong),
                    )
                ],
            )
        )
    for title, indices in (
        ("Right only with super-resolution", examples.sr_right),
        ("Right only without: detail may have been invented", examples.bicubic_right),
    ):
        shown = gallery(findings.measured, indices, pictures, classes, with_bicubic=True)
        parts += [element("h3", title), shown] if shown else []
    return element("section", *parts)


def mistakes_section(
    measured: MeasuredCaptures, examples: Examples, pictures: Mapping[int, Pictures], classes: Sequence[str]
) -> Html:
    """The surest wrong answers."""
    shown = gallery(measured, examples.mistakes, pictures, classes)
    wrong = int((~measured.correct).sum())
    said = (
        f"{wrong:,} answers are wrong; these are the surest of them. Left the capture as the network reads it, "
        "right its super-resolved view. Some may be wrongly labelled."
        if wrong
        else "Every answer is right."
    )
    return element("section", element("h2", "Worst mistakes"), element("p", said), shown)


def slowest_section(
    measured: MeasuredCaptures, examples: Examples, pictures: Mapping[int, Pictures], classes: Sequence[str]
) -> Html:
    """What took longest, and where the time went."""
    rows = [
        [
            path_name(str(measured.paths[index])),
            f"{measured.widths_px[index]} × {measured.heights_px[index]}",
            f"{measured.read_s[index] * 1e3:.1f}",
            f"{measured.predict_s[index] * 1e3:.1f}",
        ]
        for index in examples.slowest
    ]
    return element(
        "section",
        element("h2", "Slowest captures"),
        element(
            "p",
            "Reading is each file's own time, several being read at once; classifying is the capture's share of its "
            "batch.",
        ),
        element("div", _table(("file", "size, px", "reading, ms", "classifying, ms"), rows), class_="scroll"),
        element("h3", "What they show"),
        gallery(measured, examples.slowest, pictures, classes),
    )


def confusion_section(figures: EvaluationReport) -> Html:
    """The confusion matrix and its largest mistakes."""
    top = top_confusions(figures.confusion, CONFUSIONS_SHOWN)
    support = figures.confusion.sum(axis=1)
    table = _table(
        ("true class", "taken for", "captures", "of its class"),
        [
            [
                name(figures.classes[true]),
                name(figures.classes[said]),
                f"{count:,}",
                percent(count / support[true]),
            ]
            for true, said, count in top
        ],
        text_columns=2,
    )
    return element(
        "section",
        element("h2", "What is taken for what?"),
        element("div", table, class_="scroll tall") if top else element("p", "No mistakes."),
        element("h3", "Confusion matrix"),
        element(
            "p", "Rows are true classes, columns answers, by number. Point at or tap a cell.", class_="faint"
        ),
        _key({"hit": "right", "miss": "mistake"}),
        element("div", confusion_chart(figures.confusion, figures.classes), class_="scroll"),
        element("p", class_="told", aria_live="polite"),
    )


def classes_section(figures: EvaluationReport) -> Html:
    """Precision and recall of each class; a tap on a column's head sorts."""
    support, answers = figures.confusion.sum(axis=1), figures.confusion.sum(axis=0)
    heads = ("class", "captures", "recall", "answers", "precision")
    rows: list[Html] = []
    for index, one in enumerate(figures.classes):
        recall = float(figures.accuracy[index]) if support[index] else None
        precision = float(figures.precision[index]) if answers[index] else None
        cells = [
            element("td", name(one)),
            *(_sortable(int(support[index]), f"{support[index]:,}"), _sortable(recall, percent(recall))),
            *(
                _sortable(int(answers[index]), f"{answers[index]:,}"),
                _sortable(precision, percent(precision)),
            ),
        ]
        rows.append(element("tr", *cells))
    head = element("tr", *(element("th", element("button", text, type="button")) for text in heads))
    table = element("table", element("thead", head), element("tbody", *rows), class_="sortable")
    return element(
        "section", element("h2", "Classes"), element("div", table, class_="scroll tall", tabindex=0)
    )


def _sortable(value: float | None, shown: str) -> Html:
    # Six digits: rounded like other attributes, equal-looking shares would be sorted at random.
    return element("td", shown, data_value="" if value is None else f"{value:.6f}")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> Html:
    kinds = ["text" if i < text_columns else None for i in range(len(heads))]
    head = element("tr", *(element("th", text, class_=kind) for text, kind in zip(heads, kinds, strict=True)))
    body = [
        element("tr", *(element("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True)))
        for row in rows
    ]
    return element("table", element("thead", head), element("tbody", *body))


def _charted(chart: Html, key: Mapping[str, str]) -> Html:
    """A chart, its key, and the line that tells what was tapped."""
    told = element("p", class_="told", aria_live="polite")
    return element("div", element("div", chart, class_="charted"), told, _key(key))


def _key(shapes: Mapping[str, str]) -> Html:
    rows = [
        element(
            "li", element("svg", _KEY_SHAPES[shape], viewBox="0 0 22 16", aria_hidden="true"), " ", meaning
        )
        for shape, meaning in shapes.items()
    ]
    return element("ul", *rows, class_="key")
