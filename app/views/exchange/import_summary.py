"""Summary of an import: what it did, in a sentence, and what it left out, in a dialog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.item_models import number_text
from app.views.shared.text_dialog import TextDialog
from app.views.wording import numbers
from vimd_core.data.images.formats import FORMAT_NAMES

if TYPE_CHECKING:
    from app.exchange.import_run import ImportReport

translate = QCoreApplication.translate


def import_summary(report: ImportReport) -> str:
    """What the user should know of an import; nothing when every file was simply added."""
    parts: list[str] = []
    if not (
        report.added
        or report.known
        or report.num_duplicates
        or report.left_out
        or report.is_cancelled
        or report.returned
        or report.left_removed
        or report.moved
    ):
        nothing = translate("ImportSummary", "No images found. Supported formats: {0}.")
        return " ".join(filter(None, (nothing.format(FORMAT_NAMES), _others(report.others))))
    if report.num_duplicates:
        path, kept = report.duplicates[0]
        text = translate(
            "ImportSummary",
            "%Ln duplicate(s) skipped: {0} is identical to {1}(./, for example.)",
            "",
            report.num_duplicates,
        )
        parts.append(text.format(path.name, kept.name))
    if report.known:
        parts.append(translate("ImportSummary", "Already in the project: %Ln.", "", report.known))
    if report.moved:
        parts.append(
            translate(
                "ImportSummary",
                "%Ln renamed or moved; (its label is/their labels are) kept.",
                "",
                report.moved,
            )
        )
    if report.changed:
        parts.append(
            translate(
                "ImportSummary", "%Ln changed on disk since (it was/they were) added.", "", report.changed
            )
        )
    if report.returned:
        parts.append(
            translate(
                "ImportSummary",
                "%Ln previously removed, now restored with (its label/their labels).",
                "",
                report.returned,
            )
        )
    if report.left_removed:
        parts.append(
            translate(
                "ImportSummary",
                "%Ln skipped because you removed (it/them): add the file(s) again to restore (it/them).",
                "",
                report.left_removed,
            )
        )
    if report.unreadable:
        parts.append(
            translate(
                "ImportSummary",
                "%Ln can't be read; see (its tile for the reason/their tiles for the reasons).",
                "",
                report.unreadable,
            )
        )
    if report.incomplete:
        parts.append(translate("ImportSummary", "%Ln (is/are) incomplete, but shown.", "", report.incomplete))
    if report.others:
        parts.append(_others(report.others))
    if report.is_cancelled:
        parts.append(translate("ImportSummary", "Import cancelled."))
    if not parts and not report.left_out:
        return ""
    return " ".join([_added(report.added), *parts])


def _others(others: Counter[str]) -> str:
    """How many files that are no images were left out, by kind."""
    if not others:
        return ""
    without = translate("ImportSummary", "no extension")
    ordered = sorted(others.items(), key=lambda item: (-item[1], item[0]))
    kinds = ", ".join(f"{number_text.count(count)} {kind or without}" for kind, count in ordered)
    return translate("ImportSummary", "%Ln file(s) skipped: {0}.", "", others.total()).format(kinds)


def _added(count: int) -> str:
    return translate("ImportSummary", "%Ln capture(s) added.", "", count)


class LeftOutDialog(TextDialog):
    """What an import has left out, and why: a line for each file and folder.

    Args:
        parent: the window.
        count: how many were left out.
        sentences: why, for the first of them at least.
    """

    def __init__(self, parent: QWidget, count: int, sentences: Sequence[str]) -> None:
        said = translate("LeftOutDialog", "%Ln file(s) or folder(s) could not be added:", "", count)
        if count > len(sentences):
            said = translate(
                "LeftOutDialog",
                "%Ln file(s) or folder(s) could not be added. The first {0}:",
                "",
                count,
            ).format(numbers.count(len(sentences)))
        super().__init__(parent, translate("LeftOutDialog", "Skipped files"), said, "\n".join(sentences))
