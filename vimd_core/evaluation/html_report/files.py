"""Writes an evaluation as files: a page for people, JSON and CSV for programs; each whole or not at all."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vimd_core.data.tables.csv_tables import CsvWriter
from vimd_core.errors import ConfigError
from vimd_core.evaluation.findings import Findings
from vimd_core.evaluation.html_report.examples import choose_examples, draw_pictures
from vimd_core.evaluation.html_report.page import ReportFacts, report_page
from vimd_core.processes.atomic_files import atomic_write

if TYPE_CHECKING:
    from vimd_core.inference.predictor import Predictor

PAGE: Final = "report.html"
RESULTS: Final = "results.json"
PREDICTIONS: Final = "predictions.csv"
COLUMNS: Final = (
    *("path", "true_class", "predicted_class", "confidence", "correct"),
    *("bicubic_class", "bicubic_confidence", "disagreement"),
    *("width_px", "height_px", "read_ms", "predict_ms"),
)


def prepare_folder(folder: Path, *, overwrite: bool) -> None:
    """Make the folder of a report, so that a wrong one is found out before the work and not after it.

    Args:
        folder: of the report.
        overwrite: whether an earlier report in it may be replaced.

    Raises:
        ConfigError: it can't be made or written to, or holds an earlier report.
    """
    there = [name for name in (PAGE, RESULTS, PREDICTIONS) if (folder / name).exists()]
    if there and not overwrite:
        raise ConfigError(
            "{folder} holds a report ({name}): choose another folder with --report, or add --overwrite "
            "to replace it.",
            folder=folder,
            name=there[0],
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        raise ConfigError(
            "The report can't be written to {folder} ({reason}): choose another folder.",
            folder=folder,
            reason=e.strerror or e,
        ) from e


def write_report(folder: Path, findings: Findings, facts: ReportFacts, predictor: Predictor) -> Path:
    """Write report.html, results.json and predictions.csv; files of an earlier report are replaced.

    Args:
        folder: of the report; it exists.
        findings: what to tell.
        facts: what it is about.
        predictor: the model, which draws the pictures.

    Returns:
        The page.

    Raises:
        ConfigError: a file can't be written.
    """
    examples = choose_examples(findings.measured)
    pictures = draw_pictures(predictor, findings.measured, examples.all())
    # Half of a character, from a file name of other bytes, has no form in UTF-8.
    page = report_page(findings, facts, examples, pictures).encode("utf-8", "replace")
    results = findings.to_dict() | facts.to_dict() | {"unreadable": list(findings.measured.unreadable)}
    try:
        with atomic_write(folder / PREDICTIONS) as temporary:
            _write_predictions(temporary, findings, facts.info.classes)
        with atomic_write(folder / RESULTS) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n", encoding="ascii")
        with atomic_write(folder / PAGE) as temporary:
            temporary.write_bytes(page)
    except OSError as e:
        raise ConfigError(
            "The report can't be written to {folder} ({reason}): free some disk space or choose "
            "another folder.",
            folder=folder,
            reason=e.strerror or e,
        ) from e
    return folder / PAGE


def _write_predictions(path: Path, findings: Findings, classes: tuple[str, ...]) -> None:
    measured = findings.measured
    rows = zip(
        measured.paths,
        (classes[index] for index in measured.labels),
        (classes[index] for index in measured.predicted),
        (f"{value:.6f}" for value in measured.confidence),
        (int(right) for right in measured.correct),
        (classes[index] for index in measured.bicubic_predicted),
        (f"{value:.6f}" for value in measured.bicubic_probabilities.max(axis=1)),
        (f"{value:.6f}" for value in measured.disagreement),
        measured.widths_px,
        measured.heights_px,
        (f"{value * 1e3:.3f}" for value in measured.read_s),
        (f"{value * 1e3:.3f}" for value in measured.predict_s),
        strict=True,
    )
    # A file name that is no UTF-8 is written as the very bytes that it is.
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        writer = CsvWriter(stream)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
