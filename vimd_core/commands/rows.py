"""Predictions as rows of a table, in CSV or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from vimd_core.data.capture_batches import ReadCapture
from vimd_core.data.csv_tables import CsvWriter
from vimd_core.errors import ConfigError
from vimd_core.inference.prediction import Prediction

# A file name that is no UTF-8 is written as the very bytes that it is.
TEXT_ERRORS: Final = "surrogateescape"
_DIGITS: Final = 6


class RowWriter(Protocol):
    """Writes one row for each capture."""

    def write(self, capture: ReadCapture[Any], prediction: Prediction) -> None:
        """Add a row."""


class CsvRowWriter:
    """One line for each capture, after a line of column names.

    The columns are path, width_px, height_px, class, probability, then class_2, probability_2 and so on up to
    the k-th answer, bicubic_class and disagreement.

    Args:
        stream: opened with newline="".
        classes: names of the classes.
        top_k: answers in a row.
    """

    def __init__(self, stream: TextIO, classes: Sequence[str], top_k: int) -> None:
        self._classes = classes
        self._top_k = min(top_k, len(classes))
        self._writer = CsvWriter(stream)
        pairs = [(f"class_{i}", f"probability_{i}") for i in range(2, self._top_k + 1)]
        columns = ["path", "width_px", "height_px", "class", "probability", *sum(pairs, ())]
        self._writer.writerow([*columns, "bicubic_class", "disagreement"])

    def write(self, capture: ReadCapture[Any], prediction: Prediction) -> None:
        """Add a row."""
        answers: list[str] = []
        for index, probability in prediction.top(self._top_k):
            answers += [self._classes[index], f"{probability:.{_DIGITS}f}"]
        bicubic = self._classes[prediction.bicubic_top(1)[0][0]]
        size = (capture.width_px, capture.height_px)
        row = [capture.path, *size, *answers, bicubic, f"{prediction.disagreement:.{_DIGITS}f}"]
        self._writer.writerow(row)


class JsonRowWriter:
    """One JSON object a line; the k answers are in the list `top`.

    Args:
        stream: where to write.
        classes: names of the classes.
        top_k: answers in a row.
    """

    def __init__(self, stream: TextIO, classes: Sequence[str], top_k: int) -> None:
        self._stream = stream
        self._classes = classes
        self._top_k = top_k

    def write(self, capture: ReadCapture[Any], prediction: Prediction) -> None:
        """Add a row."""
        top = [
            {"class": self._classes[index], "probability": round(probability, _DIGITS)}
            for index, probability in prediction.top(self._top_k)
        ]
        row = {
            "path": str(capture.path),
            "width_px": capture.width_px,
            "height_px": capture.height_px,
            **top[0],
            "top": top,
            "bicubic_class": self._classes[prediction.bicubic_top(1)[0][0]],
            "disagreement": round(prediction.disagreement, _DIGITS),
        }
        # With escapes, so that any file name is valid JSON in any encoding.
        self._stream.write(json.dumps(row) + "\n")


_WRITERS: Final[Mapping[str, Callable[[TextIO, Sequence[str], int], RowWriter]]] = {
    ".csv": CsvRowWriter,
    ".jsonl": JsonRowWriter,
}


def require_known_form(path: Path) -> None:
    """Check that a table can be written under that name.

    Raises:
        ConfigError: its extension is neither .csv nor .jsonl, or its folder does not exist.
    """
    if path.suffix.lower() not in _WRITERS:
        raise ConfigError(f"The extension of {path} says no known form: use .csv or .jsonl.")
    if not path.absolute().parent.is_dir():
        raise ConfigError(
            f"There is no folder {path.absolute().parent} to write {path.name} to: make it first."
        )
    if path.is_dir():
        raise ConfigError(f"{path} is a folder: give the name of a file.")


def row_writer(suffix: str, stream: TextIO, classes: Sequence[str], top_k: int) -> RowWriter:
    """The writer for a file's extension, .csv or .jsonl."""
    return _WRITERS[suffix.lower()](stream, classes, top_k)
