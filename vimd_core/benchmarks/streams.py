"""`vimd benchmark streams [MINUTES [STREAMS]]`: streams of 640 x 480 px and 15 frames/s, read and classified at once.

All that is captured is classified, and the first stream is looked at live as the window does it: the newest frame is
asked for when the last one has its answer. One server on 127.0.0.1 is killed and started again in the middle, on the
same port.
"""

from __future__ import annotations

import queue
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vimd_core.benchmarks.mjpeg_server import FRAMES_PER_S
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.checkpoints.bundled_model import starter_model_path
from vimd_core.errors import ConfigError
from vimd_core.inference.predictor import Predictor
from vimd_core.streaming.messages import ShownFrame
from vimd_core.streaming.sightings.sightings import Sighting
from vimd_core.streaming.sources.addresses import Credentials, parse_source
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.streaming.supervisor import StreamSupervisor

USAGE: Final = "[MINUTES [STREAMS]]"
_SETTLE_S: Final = 5.0
_SAMPLE_S: Final = 1.0
_RECOVERY_S: Final = 5.0
_LATENCY_MS: Final = 300.0
_LOOK_EVERY_S: Final = 0.1
_LOOK_LOST_S: Final = 1.0
_SHOWN_SIDE_PX: Final = 640
_MOST_GROWTH: Final = 0.10


class _Stream:
    def __init__(self, url: str, seen: queue.SimpleQueue[tuple[_Stream, Sighting]]) -> None:
        address, _ = parse_source(url)
        capture = CaptureSettings(motion=MotionSettings(), interval_s=1.0, duplicate_distance=None)
        self.status = StreamStatus()
        self.live_again = threading.Event()
        self.shown: ShownFrame | None = None
        self._seen = seen
        self.supervisor = StreamSupervisor(
            StreamSettings(address=address, capture=capture), Credentials(), self
        )

    def on_status(self, status: StreamStatus) -> None:
        self.status = status
        if status.state is StreamState.LIVE:
            self.live_again.set()

    def on_sighting(self, sighting: Sighting) -> None:
        self._seen.put((self, sighting))

    def on_frame(self, frame: ShownFrame) -> None:
        self.shown = frame


class _LiveView:
    """Looks at one stream: never at a frame that is older than the last answer."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._asked_s = 0.0
        self._is_waiting = False
        self.latencies_ms: list[float] = []

    def step(self, predictor: Predictor) -> None:
        """Answer for the frame that has come, or ask for one."""
        frame, self._stream.shown = self._stream.shown, None
        now_s = time.monotonic()
        if frame is not None:
            self._is_waiting = False
            if frame.looks:
                images = [look.image for _, look in frame.looks]
                predictor.predict(images, with_sr_views=True, with_bicubic=False)
                self.latencies_ms.append((time.monotonic_ns() - frame.taken_ns) / 1e6)
        elif now_s - self._asked_s > (_LOOK_LOST_S if self._is_waiting else _LOOK_EVERY_S):
            self._asked_s, self._is_waiting = now_s, True
            self._stream.supervisor.look(_SHOWN_SIDE_PX, with_looks=True)


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Measure rates, latencies, memory and recovery.

    Args:
        arguments: minutes (0.5) and streams (4).

    Raises:
        ConfigError: wrong arguments.
    """
    minutes, count = _parse(arguments)
    predictor = Predictor.load(starter_model_path())
    predictor.warm_up()
    server, port = _start_server(0)
    seen: queue.SimpleQueue[tuple[_Stream, Sighting]] = queue.SimpleQueue()
    streams = [_Stream(f"http://127.0.0.1:{port}/{number}", seen) for number in range(count)]
    rates: list[float] = []
    memory: list[float] = []
    latencies_ms: list[float] = []
    recovery_s = float("nan")
    try:
        for stream in streams:
            stream.supervisor.start()
            stream.supervisor.take(16)
        live = _LiveView(streams[0])
        begun_s = sampled_s = time.monotonic()
        is_killed = False
        while (passed_s := time.monotonic() - begun_s) < minutes * 60 + _SETTLE_S:
            live.step(predictor)
            latencies_ms += _classify(predictor, seen)
            if time.monotonic() - sampled_s >= _SAMPLE_S and passed_s > _SETTLE_S:
                sampled_s = time.monotonic()
                if all(stream.status.state is StreamState.LIVE for stream in streams):
                    rates.append(min(stream.status.frames_per_s for stream in streams))
                    memory.append(_resident_mib([stream.supervisor.process_id for stream in streams]))
            if not is_killed and passed_s > _SETTLE_S + minutes * 30:
                is_killed = True
                server, recovery_s = _kill_and_restart(server, port, streams)
                sampled_s = time.monotonic() + 5.0  # the rates are those of the last seconds
    finally:
        for stream in streams:
            stream.supervisor.stop()
        _end(server)
    return _rows(streams, rates, memory, live.latencies_ms, latencies_ms, recovery_s)


def _rows(
    streams: Sequence[_Stream],
    rates: Sequence[float],
    memory: Sequence[float],
    live_ms: Sequence[float],
    latencies_ms: Sequence[float],
    recovery_s: float,
) -> list[BenchmarkRow]:
    tenth = max(1, len(memory) // 10)
    first, last = statistics.median(memory[:tenth]), statistics.median(memory[-tenth:])
    rate = statistics.median(rates)
    missed = sum(stream.status.missed for stream in streams)
    growth = last / first
    return [
        _wanted("slowest stream", rate, "frames/s", 0.95 * FRAMES_PER_S, at_least=True),
        BenchmarkRow("captures classified", len(latencies_ms), ""),
        _wanted("captures missed", missed, "", 0),
        BenchmarkRow("live answers", len(live_ms), ""),
        _wanted("from frame to live label, median", _percentile(live_ms, 50), "ms", _LATENCY_MS),
        BenchmarkRow("from frame to live label, 95 %", _percentile(live_ms, 95), "ms"),
        BenchmarkRow("from last frame to a capture's label, median", _percentile(latencies_ms, 50), "ms"),
        BenchmarkRow("from last frame to a capture's label, 95 %", _percentile(latencies_ms, 95), "ms"),
        _wanted("all live again after the server's return", recovery_s, "s", _RECOVERY_S),
        BenchmarkRow("memory of a source's process at the end", last / len(streams), "MiB"),
        _wanted("memory at the end against the beginning", growth, "", 1 + _MOST_GROWTH),
    ]


def _percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share)) if values else float("nan")


def _wanted(name: str, value: float, unit: str, limit: float, *, at_least: bool = False) -> BenchmarkRow:
    is_met = value >= limit if at_least else value <= limit
    return BenchmarkRow(name, value, unit, wanted=f"{'>=' if at_least else '<='} {limit:g}", met=is_met)


def _classify(predictor: Predictor, seen: queue.SimpleQueue[tuple[_Stream, Sighting]]) -> list[float]:
    """Classify the capture that has come first, so that a live look waits for one at most; its latency in ms."""
    try:
        stream, sighting = seen.get(timeout=0.005)
    except queue.Empty:
        return []
    predictor.predict([look.image for look in sighting.looks], with_bicubic=False)
    answered_ns = time.monotonic_ns()
    stream.supervisor.take(1)
    return [(answered_ns - max(look.taken_ns for look in sighting.looks)) / 1e6]


def _kill_and_restart(
    server: subprocess.Popen[bytes], port: int, streams: Sequence[_Stream]
) -> tuple[subprocess.Popen[bytes], float]:
    _end(server)
    deadline_s = time.monotonic() + 30
    while any(s.status.state is StreamState.LIVE for s in streams) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    time.sleep(_SETTLE_S)  # so that the delay between attempts has grown
    for stream in streams:
        stream.live_again.clear()
    server, _ = _start_server(port)
    begun_s = time.monotonic()
    for stream in streams:
        stream.live_again.wait(60.0)
    return server, time.monotonic() - begun_s


def _start_server(port: int) -> tuple[subprocess.Popen[bytes], int]:
    server = subprocess.Popen(
        [sys.executable, "-m", "vimd_core.benchmarks.mjpeg_server", str(port)], stdout=subprocess.PIPE
    )
    return server, int(server.stdout.readline()) if server.stdout is not None else 0


def _end(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait()
    if server.stdout is not None:
        server.stdout.close()


def _resident_mib(processes: Sequence[int]) -> float:
    total = 0.0
    for process in processes:
        status = Path(f"/proc/{process}/status")
        if not status.exists():
            return float("nan")
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
        total += int(lines[0].split()[1]) / 1024 if lines else float("nan")
    return total


def _parse(arguments: Sequence[str]) -> tuple[float, int]:
    try:
        minutes = float(arguments[0]) if arguments else 0.5
        count = int(arguments[1]) if len(arguments) > 1 else 4
    except ValueError:
        minutes, count = 0.0, 0
    if minutes <= 0 or count < 1 or len(arguments) > 2:
        raise ConfigError("Give a number of minutes and perhaps a number of streams.")
    return minutes, count
