"""Texts of a label import: its summary and its warnings."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.domain.records import ReviewState
from app.exchange.label_plan import LeftOutWhy, Proposal, UnusedLine
from vimd_core.data.datasets.class_folders import FolderLevel
from vimd_core.data.tables.label_rows import LabelTable, TableForm

_CONTEXT: Final = "LabelImport"
_WHY: Final = cast(
    dict[LeftOutWhy, str],
    {
        LeftOutWhy.UNKNOWN: QT_TRANSLATE_NOOP("LabelImport", "No capture with this name in the project"),
        LeftOutWhy.NOT_IN_PROJECT: QT_TRANSLATE_NOOP("LabelImport", "Not in the project: add the file first"),
        LeftOutWhy.SEVERAL_CAPTURES: QT_TRANSLATE_NOOP("LabelImport", "Several captures match: {0}"),
        LeftOutWhy.SEVERAL_LABELS: QT_TRANSLATE_NOOP("LabelImport", "Several labels: {0}"),
        LeftOutWhy.UNREADABLE: QT_TRANSLATE_NOOP("LabelImport", "The file can't be read as an image"),
        LeftOutWhy.NO_PATH: QT_TRANSLATE_NOOP("LabelImport", "No file name in this row"),
        LeftOutWhy.NO_LABEL: QT_TRANSLATE_NOOP("LabelImport", "No label in this row"),
        LeftOutWhy.EXTRA_CELLS: QT_TRANSLATE_NOOP(
            "LabelImport", "More values than columns: quote values that contain the separator"
        ),
        LeftOutWhy.NO_FOLDER: QT_TRANSLATE_NOOP("LabelImport", "Not in a class folder"),
    },
)
_DELIMITERS: Final = cast(
    dict[str, str],
    {
        ",": QT_TRANSLATE_NOOP("LabelImport", "CSV, comma"),
        ";": QT_TRANSLATE_NOOP("LabelImport", "CSV, semicolon"),
        "\t": QT_TRANSLATE_NOOP("LabelImport", "CSV, tab"),
        "|": QT_TRANSLATE_NOOP("LabelImport", "CSV, vertical bar"),
    },
)
_FORMS: Final = {
    TableForm.JSON: "JSON",
    TableForm.JSON_LINES: "JSON Lines",
    TableForm.COCO: "COCO",
    TableForm.LABEL_STUDIO: "Label Studio",
    TableForm.FIFTYONE: "FiftyOne",
    TableForm.VOTT: "VoTT",
}


def why_left_out(one: UnusedLine) -> str:
    """Why something gets no label."""
    return _translate(_WHY[one.why]).format(one.detail)


def proposed(one: Proposal) -> str:
    """The label or mark that a capture would get."""
    return one.label if one.label is not None else state_name(one.state)


def present(one: Proposal) -> str:
    """The label or mark that it has."""
    return one.before_label or state_name(one.before[0])


def state_name(state: ReviewState) -> str:
    """A mark in words."""
    if state is ReviewState.UNSURE:
        return QCoreApplication.translate("Inspector", "Unsure")
    return QCoreApplication.translate("Inspector", "Rejected") if state is ReviewState.REJECTED else ""


def table_facts(table: LabelTable) -> str:
    """How a table was read: its name, form, encoding and length."""
    form = _FORMS.get(table.form) or _translate(_DELIMITERS.get(table.delimiter, "CSV"))
    if table.form is TableForm.LABEL_STUDIO and table.delimiter:
        form = f"Label Studio, {_translate(_DELIMITERS.get(table.delimiter, 'CSV'))}"
    return QCoreApplication.translate("LabelImport", "{0}: {1}, {2}, %Ln row(s)", "", len(table.rows)).format(
        table.path.name, form, table.encoding
    )


def level_name(level: FolderLevel) -> str:
    """A level of folders by an example, with how many classes it gives."""
    parts = [f"[{part}]" if place == level.example_part else part for place, part in enumerate(level.example)]
    return "{}: {}, {}".format(
        " / ".join(parts),
        QCoreApplication.translate("LabelImport", "%Ln class(es)", "", level.classes),
        QCoreApplication.translate("LabelImport", "%Ln capture(s)", "", level.captures),
    )


def _translate(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)
