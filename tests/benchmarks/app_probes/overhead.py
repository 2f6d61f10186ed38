"""Captures a second through the app, against the predictor alone on the same files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from app_probes.picture_files import write_pictures


def measure(probe: Path, folder: Path, captures: int, rounds: int) -> dict[str, float | str]:
    """Both in turn, each in a process of its own with the same number of threads.

    Args:
        probe: the script that runs one side.
        folder: for files and homes.
        captures: files in the list.
        rounds: repetitions; medians are taken.
    """
    write_pictures(folder / f"pictures {captures}", captures)
    environment = os.environ | {
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    }
    rates: dict[str, list[float]] = {"alone": [], "app": []}
    for number in range(rounds):
        for side in rates:
            options = {"folder": str(folder), "captures": captures, "number": number}
            finished = subprocess.run(
                [sys.executable, str(probe), f"overhead_{side}", json.dumps(options)],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            rates[side].append(float(json.loads(finished.stdout.splitlines()[-1])["rate_per_s"]))
    alone, through_app = median(rates["alone"]), median(rates["app"])
    return {"ratio": through_app / alone, "words": f"{through_app:.1f} against {alone:.1f} captures/s"}


def measure_alone(folder: Path, captures: int) -> float:
    """Captures a second of a loop over batches, files read ahead in threads."""
    from app.bootstrap import STARTER_MODEL
    from vimd_core.data.datasets.capture_batches import read_batches
    from vimd_core.inference.predictor import Predictor
    from vimd_core.processes.runtime import prepare_process

    prepare_process()
    predictor = Predictor.load(STARTER_MODEL)
    predictor.warm_up()
    files = enumerate(sorted((folder / f"pictures {captures}").rglob("*.png")))
    start = perf_counter()
    for batch in read_batches(
        files, batch_size=predictor.batch_size, size_px=predictor.info.config.lr_size_px
    ):
        predictor.predict([capture.image for capture in batch if capture.image is not None])
    return captures / (perf_counter() - start)


def measure_through_app(folder: Path, captures: int, number: int) -> float:
    """Captures a second from the wish to classify them until the last answer is on disk."""
    from app_probes.program import running_program, wait_for_model, wait_for_project, wait_until

    with running_program(folder / f"home {number}") as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        classify = studio.services.classify
        classify.cancel()
        ended: list[object] = []
        studio.services.imports.finished.connect(ended.append)
        studio.window.exchange.imports.add([folder / f"pictures {captures}"])
        wait_until(lambda: ended and studio.captures.rowCount() == captures, "the captures")
        done: list[int] = []
        classify.finished.connect(done.append)
        start = perf_counter()
        classify.classify_missing()
        wait_until(lambda: done, "the answers", wait_s=1200)
        return captures / (perf_counter() - start)
