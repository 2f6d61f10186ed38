"""A training that keeps a core busy beside the window, as long as it is wanted."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from vimd_core.processes.child_process import vimd_command

_SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"


class TrainingLoad:
    """`vimd distill` on the samples, of a model with random weights.

    Args:
        probe: the script that writes such a model.
        folder: for its files.
    """

    def __init__(self, probe: Path, folder: Path) -> None:
        folder.mkdir()
        model, manifest = folder / "random.safetensors", folder / "samples.csv"
        self._log = folder / "run" / "log.jsonl"
        subprocess.run([sys.executable, str(probe), "random_model", f'{{"path": "{model}"}}'], check=True)
        with (_SAMPLES / "labels.csv").open(encoding="utf-8") as file, manifest.open("w") as written:
            rows = csv.writer(written)
            rows.writerow(["path", "label"])
            rows.writerows(
                (_SAMPLES / "captures" / row["capture"], row["class_name"]) for row in csv.DictReader(file)
            )
        command = vimd_command(
            *("distill", "--data", str(manifest), "--preset", "compact", "--init", str(model)),
            *("--run", str(self._log.parent), "--epochs", "100000", "--batch-size", "8"),
        )
        self._words = (folder / "words.txt").open("w+")
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=self._words
        )

    def is_running(self) -> bool:
        """Whether it has got as far as its first epoch.

        Raises:
            RuntimeError: it has ended.
        """
        if self._process.poll() is not None:
            self._words.seek(0)
            raise RuntimeError(f"The training beside has ended early: {self._words.read()[-400:]}")
        return self._log.exists()

    def end(self) -> None:
        """Kill it; what it has learnt is of no use."""
        self._process.kill()
        self._process.wait()
        self._words.close()


def write_random_model(path: Path) -> None:
    """A model of the compact preset that has learnt nothing."""
    from vimd_core.checkpoints.bundle import save_bundle
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.config import PRESETS
    from vimd_core.models.srvm_net import SrvmNet

    config = PRESETS["compact"]
    classes = tuple(str(number) for number in range(config.classifier.num_classes))
    save_bundle(path, SrvmNet(config), BundleInfo(config=config, classes=classes, name="random"))
