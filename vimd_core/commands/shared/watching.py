"""Classifies, saves and writes to a table what sources see: connects them with a predictor."""

from __future__ import annotations

import queue
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from vimd_core.commands.shared.watch_rows import WatchedCapture, WatchTable
from vimd_core.inference.predictor import Predictor
from vimd_core.streaming.messages import ShownFrame
from vimd_core.streaming.sightings.consensus import agree
from vimd_core.streaming.sightings.saving import SavedSighting, file_name, patiently, save_sighting
from vimd_core.streaming.sightings.sightings import Sighting
from vimd_core.streaming.sources.addresses import Credentials, SourceKind, unique_name
from vimd_core.streaming.sources.settings import StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.streaming.supervisor import StreamSupervisor

_CREDIT: Final = 16
_REPORT_EVERY_S: Final = 10.0
_TICK_S: Final = 0.1


@dataclass(frozen=True)
class WatchSummary:
    """How it went.

    Attributes:
        frames: read.
        captures: written to the table.
        lost: damaged frames that were left out.
        missed: things seen that were given up because the model was too slow.
        latencies_ms: from frame to label, of each capture.
        failed: sources that could not be read.
    """

    frames: int
    captures: int
    missed: int
    latencies_ms: list[float] = field(repr=False)
    failed: list[str] = field(default_factory=list)
    lost: int = 0

    @property
    def text(self) -> str:
        """The counts, and how long a frame takes to have its label."""
        parts = [f"{self.frames:,} frames, {self.captures:,} captures"]
        if self.lost:
            parts.append("1 frame lost" if self.lost == 1 else f"{self.lost:,} frames lost")
        if self.missed:
            parts.append(f"{self.missed:,} missed because the model was too slow")
        if self.latencies_ms:
            median = statistics.median(self.latencies_ms)
            most = float(np.percentile(self.latencies_ms, 95))
            parts.append(f"from frame to label {median:.0f} ms in the middle, {most:.0f} ms for 95 %")
        parts += [f"not read: {text.removesuffix('.')}" for text in self.failed]
        return "; ".join(parts) + "."


class _Source:
    """Hands over what one source says to the thread that classifies."""

    def __init__(
        self, name: str, settings: StreamSettings, seen: queue.SimpleQueue[tuple[_Source, Sighting]]
    ) -> None:
        self.name = name
        self.settings = settings
        self.status = StreamStatus(state=StreamState.CONNECTING)
        self.supervisor: StreamSupervisor | None = None
        self._seen = seen
        self._has_fitted = False

    @property
    def has_failed(self) -> bool:
        """Whether a file can't be read, or no region lies in the frames: neither comes right by itself."""
        if self.problem:
            return True
        return self.settings.address.kind is SourceKind.VIDEO and self.status.state is StreamState.MISSING

    @property
    def has_ended(self) -> bool:
        return self.has_failed or self.status.state in (StreamState.ENDED, StreamState.STOPPED)

    @property
    def problem(self) -> str:
        """What is wrong with its regions, unless they did fit frames that had another size."""
        return "" if self._has_fitted else str(self.status.notice or "")

    def on_status(self, status: StreamStatus) -> None:
        self.status = status
        self._has_fitted = self._has_fitted or (status.width_px > 0 and not status.notice)

    def on_sighting(self, sighting: Sighting) -> None:
        self._seen.put((self, sighting))

    def on_frame(self, frame: ShownFrame) -> None:
        return


class Watch:
    """Watches sources until they end or it is told to stop.

    Args:
        sources: settings and credentials of each.
        predictor: names what is seen.
        table: takes a row for each capture.
        save: where captures are saved, or None.
        max_frames: after which each source ends; 0 for none.
        say: takes a line about the progress.
    """

    def __init__(
        self,
        sources: Sequence[tuple[StreamSettings, Credentials]],
        predictor: Predictor,
        *,
        table: WatchTable,
        save: Path | None,
        max_frames: int,
        say: Callable[[str], None],
    ) -> None:
        self._predictor = predictor
        self._table = table
        self._save = save
        self._say = say
        self._seen: queue.SimpleQueue[tuple[_Source, Sighting]] = queue.SimpleQueue()
        self._sources: list[_Source] = []
        for settings, _ in sources:
            # Two cameras may be called the same by their addresses: their captures have folders of their own.
            name = unique_name(settings.address.name, [source.name for source in self._sources])
            self._sources.append(_Source(name, settings, self._seen))
        for source, (settings, credentials) in zip(self._sources, sources, strict=True):
            source.supervisor = StreamSupervisor(settings, credentials, source, max_frames=max_frames)
        self._shown: dict[_Source, str] = {}
        self._latencies_ms: list[float] = []
        self._captures = 0
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> WatchSummary:
        """Watch.

        Args:
            stop: ends it; what has come by then is still classified and written.
        """
        self._stop = stop
        reported_s = time.monotonic()
        try:
            for source in self._sources:
                if source.supervisor is not None:
                    source.supervisor.start()
                    source.supervisor.take(_CREDIT)
            while not stop.is_set():
                has_ended = all(source.has_ended for source in self._sources)
                # Asked for after the states: what came before an end is in the queue by then.
                batch = self._next_batch()
                if batch:
                    self._classify(batch)
                elif has_ended:
                    break
                self._show_states()
                if time.monotonic() - reported_s > _REPORT_EVERY_S:
                    reported_s = time.monotonic()
                    self._report()
        finally:
            statuses = [source.status for source in self._sources]
            failed = [f"{s.name}: {s.problem or s.status.last_error}" for s in self._sources if s.has_failed]
            for source in self._sources:
                if source.supervisor is not None:
                    source.supervisor.request_stop()
            for source in self._sources:
                if source.supervisor is not None:
                    source.supervisor.stop()
            while batch := self._next_batch(wait_s=0.0):
                self._classify(batch)
            self._table.close()
        return WatchSummary(
            sum(status.frames for status in statuses),
            self._captures,
            sum(status.missed for status in statuses),
            self._latencies_ms,
            failed,
            sum(status.lost for status in statuses),
        )

    def _next_batch(self, wait_s: float = _TICK_S) -> list[tuple[_Source, Sighting]]:
        """What has come, as much as the predictor takes at once."""
        batch: list[tuple[_Source, Sighting]] = []
        looks = 0
        try:
            while looks < self._predictor.batch_size:
                one = self._seen.get(timeout=wait_s) if not batch and wait_s else self._seen.get_nowait()
                batch.append(one)
                looks += len(one[1].looks)
        except queue.Empty:
            pass
        return batch

    def _classify(self, batch: list[tuple[_Source, Sighting]]) -> None:
        predictions = self._predictor.predict(
            [look.image for _, sighting in batch for look in sighting.looks]
        )
        answered_ns = time.monotonic_ns()
        for source, sighting in batch:
            own, predictions = predictions[: len(sighting.looks)], predictions[len(sighting.looks) :]
            consensus = agree(
                np.stack([one.probabilities for one in own]),
                sighting.looks,
                source.settings.capture.agreeing_frames,
            )
            best = sighting.looks[consensus.best]
            nearest = sighting.looks[consensus.nearest] if consensus.has_nearer_view else None
            saved: SavedSighting | None = None
            if self._save is not None:
                folder = self._save / file_name(source.name)
                saved = patiently(
                    lambda folder=folder, sighting=sighting, best=best, nearest=nearest: save_sighting(  # type: ignore[misc]
                        folder, sighting.region, best, nearest
                    ),
                    on_trouble=lambda said: self._say(str(said)),
                    must_stop=self._stop.is_set,
                )
            latency_ms = (answered_ns - max(look.taken_ns for look in sighting.looks)) / 1e6
            position_s = best.at_s if source.settings.address.kind is SourceKind.VIDEO else None
            row = WatchedCapture(
                source.settings.address.url,
                sighting,
                consensus,
                own[consensus.best],
                saved,
                latency_ms,
                position_s,
            )
            patiently(
                lambda row=row: self._table.write(row) or True,  # type: ignore[misc, func-returns-value]
                on_trouble=lambda said: self._say(str(said)),
                must_stop=self._stop.is_set,
            )
            self._captures += 1
            self._latencies_ms.append(latency_ms)
            if source.supervisor is not None:
                source.supervisor.take(1)

    def _show_states(self) -> None:
        for source in self._sources:
            status = source.status
            text = f"{source.name}: {status.state}"
            if status.state is StreamState.LIVE and status.width_px:
                text += f", {status.width_px} x {status.height_px} px"
            if status.state in (StreamState.RECONNECTING, StreamState.REFUSED, StreamState.MISSING):
                text += f" ({status.last_error})"
            elif status.notice:
                text += f" ({status.notice})"
            if self._shown.get(source) != text:
                self._shown[source] = text
                self._say(text)

    def _report(self) -> None:
        rates = ", ".join(f"{source.name} {source.status.frames_per_s:.1f}" for source in self._sources)
        latest = self._latencies_ms[-100:]
        text = f"{self._captures:,} captures; frames/s: {rates}"
        if latest:
            text += f"; from frame to label {statistics.median(latest):.0f} ms"
        self._say(text)
