"""Stalls of the window, and the time to a live label, while four streams are watched and their captures classified."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from app.streams.adding import NewStream
from app_probes.program import run_for, running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch
from vimd_core.streaming.sources.addresses import Credentials, parse_source
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings, StreamSettings


def measure(
    _folder: Path, count: int, home: Path, *, seconds: float, shows_stacks: bool = False
) -> dict[str, float | str]:
    """The longest stall from the moment in which all streams give frames, with the live view open.

    Args:
        count: streams of 640 x 480 px and 15 frames/s.
        home: a fresh one.
        seconds: for so long it is watched.
        shows_stacks: print what the window's thread did in its stalls.
    """
    server = subprocess.Popen(
        [sys.executable, "-m", "vimd_core.benchmarks.mjpeg_server", "0"], stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        capture = CaptureSettings(motion=MotionSettings(), duplicate_distance=None)
        latencies: list[float] = []
        with running_program(home) as studio:
            wait_for_project(studio)
            wait_for_model(studio)
            streams = studio.services.streams
            for number in range(count):
                address, _ = parse_source(f"http://127.0.0.1:{port}/{number}")
                settings = StreamSettings(address=address, capture=capture)
                streams.add(
                    NewStream(
                        name=f"Stream {number}",
                        address=address,
                        credentials=Credentials(),
                        settings=settings,
                    )
                )
            wait_until(
                lambda: (
                    len(streams.records) == count
                    and all(streams.status(record.id).frames > 15 for record in streams.records)
                ),
                "frames of all streams",
            )
            studio.window.live.show_stream(streams.records[0].id)
            studio.services.live.answered.connect(latencies.append)
            wait_until(lambda: latencies and studio.captures.rowCount(), "the first answers")
            latencies.clear()
            watch = StallWatch(shows_stacks=shows_stacks).start()
            run_for(seconds)
            stalls = watch.stop()
            rates = [streams.status(record.id).frames_per_s for record in streams.records]
            captures = studio.captures.rowCount()
            missed = sum(streams.status(record.id).missed for record in streams.records)
    finally:
        server.kill()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()
    latencies.sort()
    return {
        "stall_ms": stalls.longest_ms,
        "stall_words": stalls.in_words(),
        "latency_ms": median(latencies) if latencies else float("nan"),
        "latency_words": f"{len(latencies)} answers; 95 % within {latencies[int(0.95 * len(latencies))]:.0f} ms"
        if latencies
        else "no answers",
        "frames_per_s": min(rates),
        "captures": captures,
        "missed": missed,
    }
