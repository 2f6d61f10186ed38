"""Trains in children that are killed at random moments until one comes to its end, and compares it with a whole run.

Arguments: data folder, folder for the runs, how many children to kill. Prints one JSON object.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sys
import time
from pathlib import Path

from vimd_core.processes.runtime import prepare_process

prepare_process()

import torch  # noqa: E402 - after the settings that it reads once
from tiny_trainings import quick_config, teacher_trainer, train_teacher  # noqa: E402

from vimd_core.training.loop.run_loop import ComputePlace  # noqa: E402

# A checkpoint after each step: most kills meet one that is being written.
PLACE = ComputePlace(checkpoint_minutes=0.0)
# So long that also on a fast machine the last one is killed before the end.
EPOCHS = 40


def train(data: Path, folder: Path, asked: mmap.mmap) -> None:
    """Train to the end; `asked` counts how often the training has looked whether to stop."""

    def count() -> bool:
        asked[:8] = (int.from_bytes(asked[:8], "little") + 1).to_bytes(8, "little")
        return False

    config = quick_config(epochs=EPOCHS, drop_path=0.1)
    trainer = teacher_trainer(data, config, folder, PLACE)
    result = trainer.run(lambda event: None, resume=True, should_stop=count)
    torch.save(result.weights, folder / "weights.pt")


def main() -> int:
    """Entry point; returns 0 when both runs ended with the same weights."""
    data, folder, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    # The first optimiser of a process loads seconds' worth of modules, which the children then have already.
    torch.optim.AdamW([torch.zeros(1)])
    chance = random.Random(0)
    asked = mmap.mmap(-1, 8)
    killed: list[int] = []
    done = False
    while not done:
        asked[:8] = bytes(8)
        child = os.fork()
        if child == 0:
            try:
                train(data, folder / "killed", asked)
            finally:
                sys.stdout.flush()
                os._exit(int((folder / "killed" / "weights.pt").exists() is False))
        if len(killed) < kills:
            # Within the first two steps of this child, or in the writing after them.
            wanted, deadline = chance.randint(1, 60), time.monotonic() + 60
            while int.from_bytes(asked[:8], "little") < wanted and time.monotonic() < deadline:
                time.sleep(0.0005)
            time.sleep(chance.random() * 0.02)
            os.kill(child, signal.SIGKILL)
            killed.append(int.from_bytes(asked[:8], "little"))
        _, status = os.waitpid(child, 0)
        done = status == 0
        if not done and os.WIFEXITED(status):
            return 1
    whole = train_teacher(data, quick_config(epochs=EPOCHS, drop_path=0.1), folder / "whole").weights
    parts = torch.load(folder / "killed" / "weights.pt", weights_only=True)
    equal = whole.keys() == parts.keys() and all(torch.equal(whole[name], parts[name]) for name in whole)
    leftovers = [path.name for path in (folder / "killed").iterdir() if path.name.endswith(".part")]
    rows = [json.loads(line) for line in (folder / "killed" / "log.jsonl").read_text().splitlines()]
    epochs = [row["epoch"] for row in rows]
    sys.stdout.write(json.dumps({"kills": len(killed), "equal": equal, "epochs": epochs, "left": leftovers}))
    return 0 if equal else 2


if __name__ == "__main__":
    sys.exit(main())
