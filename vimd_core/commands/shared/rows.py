"""One capture as a row of a table, in CSV or JSON lines: the same keys wherever captures are classified."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from vimd_core.data.tables.csv_tables import CsvWriter
from vimd_core.errors import ConfigError
from vimd_core.inference.prediction import Prediction
from vimd_core.processes.atomic_files import is_stream

# A file name that is no UTF-8 is written as the very bytes that it is.
TEXT_ERRORS: Final = "surrogateescape"
FORMATS: Final = ("csv", "jsonl")
STANDARD_OUTPUT: Final = Path("-")
ROWS_HELP: Final = (
    "Each row has path, width_px, height_px, class, probability, bicubic_class (the answer without super-resolution), "
    "disagreement (how much both differ, 0 to 1) and error, which is empty for a capture that was read. CSV has "
    "class_2, probability_2 and so on for the other answers, JSON lines have them in the list top."
)
_DIGITS: Final = 6


class RowForm:
    """Lays out rows.

    Args:
        kind: "csv" or "jsonl".
        classes: names of the classes.
        top_k: answers in a row.
        before: keys of values before the answers.
        after: keys of values after them.
    """

    def __init__(
        self,
        kind: str,
        classes: Sequence[str],
        top_k: int,
        *,
        before: Sequence[str] = ("path", "width_px", "height_px"),
        after: Sequence[str] = (),
    ) -> None:
        self.is_csv = kind == "csv"
        self._classes = classes
        self._top_k = min(top_k, len(classes))
        self._before = tuple(before)
        self._after = tuple(after)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of CSV, or the keys of a JSON object, in their order."""
        if self.is_csv:
            pairs = [(f"class_{i}", f"probability_{i}") for i in range(2, self._top_k + 1)]
            more = [name for pair in pairs for name in pair]
        else:
            more = ["top"]
        answers = ("class", "probability", *more, "bicubic_class", "disagreement")
        return (*self._before, *answers, *self._after, "error")

    def head(self) -> str:
        """What stands at the beginning of a table."""
        return csv_line(self.keys) if self.is_csv else ""

    def line(self, values: Mapping[str, Any], prediction: Prediction | None, error: str = "") -> str:
        """A row.

        Args:
            values: of the keys before and after the answers; those that are missing are empty.
            prediction: the answer; None for what can't be read.
            error: why it can't.
        """
        fields = self.fields(values, prediction, error)
        # With escapes, so that any file name is valid JSON in any encoding.
        return csv_line([fields[key] for key in self.keys]) if self.is_csv else json.dumps(fields) + "\n"

    def fields(
        self, values: Mapping[str, Any], prediction: Prediction | None, error: str = ""
    ) -> dict[str, Any]:
        """The same as a value for each key."""
        answers = [] if prediction is None else prediction.top(self._top_k)
        top = [
            {"class": self._classes[index], "probability": round(probability, _DIGITS)}
            for index, probability in answers
        ]
        first = top[0] if top else {"class": "", "probability": None}
        found: dict[str, Any] = {
            **{key: values.get(key, "") for key in (*self._before, *self._after)},
            **first,
            "top": top,
            "bicubic_class": "" if prediction is None else self._classes[prediction.bicubic_top(1)[0][0]],
            "disagreement": None if prediction is None else round(prediction.disagreement, _DIGITS),
            "error": error,
        }
        if self.is_csv:
            for number in range(1, self._top_k + 1):
                suffix = "" if number == 1 else f"_{number}"
                answer = top[number - 1] if number <= len(top) else None
                found[f"class{suffix}"] = answer["class"] if answer else ""
                found[f"probability{suffix}"] = f"{answer['probability']:.{_DIGITS}f}" if answer else ""
            found["disagreement"] = "" if prediction is None else f"{prediction.disagreement:.{_DIGITS}f}"
        return {key: found[key] for key in self.keys}


def csv_line(values: Sequence[object]) -> str:
    """Values as a line of CSV."""
    line = io.StringIO()
    CsvWriter(line).writerow(values)
    return line.getvalue()


def kind_of(output: Path, wanted: str | None) -> str:
    """The form of a table: as wanted, or else as the name of its file says.

    Args:
        output: the file; "-" is standard output.
        wanted: "csv", "jsonl" or None.

    Raises:
        ConfigError: nothing says a form, or there can be no such file.
    """
    if output == STANDARD_OUTPUT or is_stream(output):
        return wanted or "csv"
    suffix = output.suffix.lower().removeprefix(".")
    if wanted is None and suffix not in FORMATS:
        raise ConfigError(
            "The extension of {output} is not a known format: use .csv or .jsonl, or --format.", output=output
        )
    if not output.absolute().parent.is_dir():
        raise ConfigError(
            "There is no folder {folder} to write {name} to: make it first.",
            folder=output.absolute().parent,
            name=output.name,
        )
    if output.is_dir():
        raise ConfigError("{output} is a folder: give the name of a file.", output=output)
    return wanted or suffix
