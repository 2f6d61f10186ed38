"""Summary of an import: what it did, in a sentence, and what it left out, in a dialog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

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
        if report.num_duplicates == 1:
            text = translate("ImportSummary", "1 duplicate skipped: {1} is identical to {2}.")
        else:
            text = translate(
                "ImportSummary", "{0} duplicates skipped, such as {1}, which is identical to {2}."
            )
        parts.append(text.format(f"{report.num_duplicates:,}", path.name, kept.name))
    if report.known:
        parts.append(translate("ImportSummary", "Already in the project: {0}.").format(f"{report.known:,}"))
    if report.moved:
        parts.append(
            translate("ImportSummary", "1 renamed or moved; its label is kept.")
            if report.moved == 1
            else translate("ImportSummary", "{0} renamed or moved; their labels are kept.").format(
                f"{report.moved:,}"
            )
        )
    if report.changed:
        parts.append(
            translate("ImportSummary", "1 changed on disk since it was added.")
            if report.changed == 1
            else translate("ImportSummary", "{0} changed on disk since they were added.").format(
                f"{report.changed:,}"
            )
        )
    if report.returned:
        parts.append(
            translate("ImportSummary", "1 previously removed, now restored with its label.")
            if report.returned == 1
            else translate("ImportSummary", "{0} previously removed, now restored with their labels.").format(
                f"{report.returned:,}"
            )
        )
    if report.left_removed:
        parts.append(
            translate("ImportSummary", "1 skipped because you removed it: add the file itself to restore it.")
            if report.left_removed == 1
            else translate(
                "ImportSummary",
                "{0} skipped because you removed them: add the files themselves to restore them.",
            ).format(f"{report.left_removed:,}")
        )
    if report.unreadable:
        if report.unreadable == 1:
            parts.append(translate("ImportSummary", "1 can't be read; see its tile for the reason."))
        else:
            parts.append(
                translate("ImportSummary", "{0} can't be read; see their tiles for the reasons.").format(
                    f"{report.unreadable:,}"
                )
            )
    if report.incomplete:
        parts.append(
            translate("ImportSummary", "1 is incomplete, but shown.")
            if report.incomplete == 1
            else translate("ImportSummary", "{0} are incomplete, but shown.").format(f"{report.incomplete:,}")
        )
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
    kinds = ", ".join(f"{count:,} {kind or without}" for kind, count in ordered)
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
