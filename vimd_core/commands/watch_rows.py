"""The table of `vimd watch`: grows by whole lines, and can be read while it does."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from vimd_core.data.csv_tables import CsvWriter
from vimd_core.errors import ConfigError
from vimd_core.inference.prediction import Prediction
from vimd_core.streaming.consensus import Consensus
from vimd_core.streaming.saving import SavedSighting
from vimd_core.streaming.sightings import Sighting

_DIGITS: Final = 6


@dataclass(frozen=True, eq=False)
class WatchedCapture:
    """One capture with its answer.

    Attributes:
        source: address without credentials.
        sighting: what was seen.
        consensus: what its looks agree on.
        prediction: the answer to the best look.
        saved: where it lies, where it was saved.
        latency_ms: from the arrival of its last frame to the answer.
        position_s: where in its video it was seen; None for what is live.
    """

    source: str
    sighting: Sighting
    consensus: Consensus
    prediction: Prediction
    saved: SavedSighting | None
    latency_ms: float
    position_s: float | None = None


class WatchTable:
    """Writes one line for each capture to a .csv or .jsonl file.

    Args:
        path: the file, which is begun anew.
        classes: names of the classes.
        top_k: answers in a line.

    Raises:
        ConfigError: it can't be written.
    """

    def __init__(self, path: Path, classes: Sequence[str], top_k: int) -> None:
        self._classes = classes
        self._top_k = min(top_k, len(classes))
        self._is_csv = path.suffix.lower() == ".csv"
        self._end = 0
        try:
            self._file: IO[bytes] = path.open("wb", buffering=0)
        except OSError as e:
            raise ConfigError(f"{path} can't be written ({e.strerror or e}).") from e
        if self._is_csv:
            more = [name for i in range(2, self._top_k + 1) for name in (f"class_{i}", f"probability_{i}")]
            first = [
                "time",
                "position_s",
                "source",
                "region",
                "frame",
                "width_px",
                "height_px",
                "class",
                "probability",
            ]
            self._append(
                self._csv_line([*first, *more, "agreed", "votes", "looks", "latency_ms", "path", "near_path"])
            )

    def write(self, capture: WatchedCapture) -> None:
        """Add a line.

        Raises:
            OSError: it can't be written, such as when the disk is full; no part of the line is left behind.
        """
        row = self._row(capture)
        if not self._is_csv:
            self._append(json.dumps(row) + "\n")
            return
        top = row.pop("top")
        answers = [value for one in top for value in (one["class"], f"{one['probability']:.{_DIGITS}f}")]
        values = list(row.values())
        self._append(self._csv_line([*values[:7], *answers, *values[7:]]))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _row(self, capture: WatchedCapture) -> dict[str, Any]:
        look = capture.sighting.looks[capture.consensus.best]
        saved = capture.saved
        near = saved.near_path if saved is not None else None
        return {
            "time": datetime.fromtimestamp(look.time_ms / 1000, tz=UTC).isoformat(timespec="milliseconds"),
            "position_s": None if capture.position_s is None else round(capture.position_s, 3),
            "source": capture.source,
            "region": capture.sighting.region,
            "frame": look.frame_number,
            "width_px": look.image.shape[1],
            "height_px": look.image.shape[0],
            "top": [
                {"class": self._classes[index], "probability": round(probability, _DIGITS)}
                for index, probability in capture.prediction.top(self._top_k)
            ],
            "agreed": capture.consensus.is_agreed,
            "votes": capture.consensus.votes,
            "looks": capture.consensus.looks,
            "latency_ms": round(capture.latency_ms, 1),
            "path": str(saved.path) if saved is not None else capture.sighting.path,
            "near_path": "" if near is None else str(near),
        }

    def _csv_line(self, values: Sequence[object]) -> str:
        line = io.StringIO()
        CsvWriter(line).writerow(values)
        return line.getvalue()

    def _append(self, text: str) -> None:
        data = text.encode("utf-8", errors="surrogateescape")
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError:
            self._file.seek(self._end)
            self._file.truncate()
            raise
        self._end += len(data)
