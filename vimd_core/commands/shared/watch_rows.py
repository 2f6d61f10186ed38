"""Columns of `vimd watch` beside the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from vimd_core.commands.shared.growing_table import Existing, GrowingTable
from vimd_core.commands.shared.rows import RowForm
from vimd_core.inference.prediction import Prediction
from vimd_core.streaming.sightings.consensus import Consensus
from vimd_core.streaming.sightings.saving import SavedSighting
from vimd_core.streaming.sightings.sightings import Sighting

_BEFORE: Final = ("time", "position_s", "source", "region", "frame", "width_px", "height_px")
_AFTER: Final = ("agreed", "votes", "looks", "latency_ms", "path", "near_path")


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
    """Writes one row for each capture.

    Args:
        path: the file; "-" is standard output.
        kind: "csv" or "jsonl".
        classes: names of the classes.
        top_k: answers in a row.
        existing: what is done about a file that holds something, see `GrowingTable`.

    Raises:
        ConfigError: it can't be written, or holds something else.
    """

    def __init__(
        self, path: Path, kind: str, classes: Sequence[str], top_k: int, *, existing: Existing = "same"
    ) -> None:
        form = RowForm(kind, classes, top_k, before=_BEFORE, after=_AFTER)
        self._table = GrowingTable(path, form, existing)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that the file which is added to does not have."""
        return self._table.left_out

    def write(self, capture: WatchedCapture) -> None:
        """Add a row.

        Raises:
            OSError: it can't be written, such as when the disk is full; no part of the row is left behind.
        """
        self._table.write(_values(capture), capture.prediction)

    def close(self) -> None:
        """Close the file."""
        self._table.close()


def _values(capture: WatchedCapture) -> dict[str, Any]:
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
        "agreed": capture.consensus.is_agreed,
        "votes": capture.consensus.votes,
        "looks": capture.consensus.looks,
        "latency_ms": round(capture.latency_ms, 1),
        "path": str(saved.path) if saved is not None else capture.sighting.path,
        "near_path": "" if near is None else str(near),
    }
