"""`vimd benchmark accuracy` in a checkout: the student and a plain CNN on the same data, for the same minutes.

The student is trained by `vimd distill` itself, in a child process: whatever that command takes (--srresnet, --init,
--teacher, --recipe, --set, ...) may follow our own options. How many epochs fit into the minutes is measured first,
for each. Then the rival gets the recipe that the student's run has written down: batch size, augmentation, streams,
smoothing.

With --test both learn from all of --data and keep their last epoch. Without it a part of the groups is held back by
the seed, each keeps the epoch that is best on it, and that figure is reported: fair between the two, but a little
high for both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import numpy.typing as npt

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.config import PRESETS, preset
from vimd_core.errors import ConfigError
from vimd_core.evaluation.metrics import expected_calibration_error, top_k_accuracy
from vimd_core.processes.child_process import vimd_command
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.losses.objectives import LossConfig, StudentObjective
from vimd_core.training.recipes.recipe import StudentRecipe
from vimd_core.training.recipes.recipe_file import RECIPE_FILE, resolve_recipe
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.student import RESULT
from vimd_core.training.validation.accuracy import predict_logits

sys.path.insert(0, str(Path(__file__).parent))
from plain_cnn import LEARNING_RATE, predict_plain_cnn, train_plain_cnn

HELD_BACK = 0.2
PACE_EVENTS = 6
"""Progress events, about one a second, until the pace is believed: the first steps compile and warm up."""
_MANY_EPOCHS = 100_000


@dataclass(frozen=True)
class Outcome:
    """What one training led to.

    Attributes:
        top1: fraction.
        ece: expected calibration error, a fraction.
        epochs: how many were run.
        minutes: wall-clock time of the training.
        cpu_minutes: processor time, reading the data included for the student.
        wait_share: share of the time that steps waited for data; None where it was not seen.
    """

    top1: float
    ece: float
    epochs: int
    minutes: float
    cpu_minutes: float
    wait_share: float | None = None


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Train both with each seed, one after the other, and compare them."""
    options, student_options = option_parser().parse_known_args(list(arguments))
    if options.test is not None and not options.test.is_dir():
        raise ConfigError(f"There is no folder {options.test}: --test needs one sub-folder for each class.")
    outcomes: dict[str, list[Outcome]] = {"student": [], "plain CNN": []}
    for seed in options.seeds:
        with tempfile.TemporaryDirectory(prefix="vimd-accuracy-") as folder:
            student, rival = _one_seed(options, student_options, seed, Path(folder))
        outcomes["student"].append(student)
        outcomes["plain CNN"].append(rival)
        for name in outcomes:
            sys.stderr.write(f"seed {seed}, {name}: {outcomes[name][-1]}\n")
    return _rows(outcomes)


def option_parser() -> argparse.ArgumentParser:
    """Reads the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="vimd benchmark accuracy",
        allow_abbrev=False,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="class folders or a manifest, to learn from")
    parser.add_argument("--hr", type=Path, help="high-resolution views of the same things")
    parser.add_argument("--test", type=Path, help="class folders to measure on; none: a part is held back")
    parser.add_argument("--minutes", type=float, default=10.0, help="of training, for each of the two (10)")
    parser.add_argument("--epochs", type=int, help="run so many instead, however long they take")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="one comparison for each (0)")
    parser.add_argument("--size", type=int, default=32, help="side of the captures in px (32)")
    parser.add_argument("--preset", choices=sorted(PRESETS), help="of the student; none: by --size")
    parser.add_argument("--threads", type=int, default=1, help="of each of the two (1)")
    parser.add_argument(
        "--rival-learning-rate", type=float, default=LEARNING_RATE, help=f"({LEARNING_RATE:g})"
    )
    return parser


def preset_for(size_px: int) -> str:
    """The smallest preset that reads captures of that size.

    Raises:
        ConfigError: none does.
    """
    fitting = [name for name in ("compact", "compact-56", *PRESETS) if preset(name).lr_size_px == size_px]
    if not fitting:
        sizes = sorted({config.lr_size_px for config in PRESETS.values()})
        raise ConfigError(
            f"No preset reads captures of {size_px} px: use --size {' or '.join(map(str, sizes))}."
        )
    return fitting[0]


def _one_seed(
    options: argparse.Namespace, student_options: Sequence[str], seed: int, folder: Path
) -> tuple[Outcome, Outcome]:
    import torch

    torch.set_num_threads(options.threads)
    name = options.preset or preset_for(options.size)
    network = preset(name)
    size_px, view_px = network.lr_size_px, network.classifier.image_size_px
    held_back = 0.0 if options.test is not None else HELD_BACK
    settings = [
        "--data", str(options.data), *(["--hr", str(options.hr)] if options.hr else []), "--preset", name,
        "--seed", str(seed), "--validation-fraction", str(held_back), "--threads", str(options.threads),
        *student_options,
    ]  # fmt: skip
    epochs = options.epochs or _epochs_in(options.minutes, [*settings, "--run", str(folder / "pace")])
    student_run = folder / "student"
    before = os.times()
    last, wait_share = _distill([*settings, "--run", str(student_run), "--epochs", str(epochs)])
    after = os.times()
    recipe = resolve_recipe(StudentRecipe, "distill", student_run / RECIPE_FILE, {}).training
    data = load_training_data(
        options.data, view_px, hr=options.hr, validation_fraction=held_back, seed=recipe.seed, folder=folder
    )
    measured = data.validation.without_views()
    if options.test is not None:
        measured = load_training_data(
            options.test, view_px, classes=data.classes, validation_fraction=0.0, seed=0
        ).training
    student, _ = load_bundle(student_run / RESULT)
    logits = predict_logits(StudentObjective(student, None, LossConfig()), measured)
    labels = measured.labels.numpy()
    student_outcome = Outcome(
        *_figures(logits.softmax(dim=1).numpy(), labels),
        epochs=epochs,
        minutes=float(last["seconds"]) / 60,
        cpu_minutes=(
            after.children_user - before.children_user + after.children_system - before.children_system
        )
        / 60,
        wait_share=wait_share,
    )
    rival_outcome = _train_rival(options, recipe, data.training, measured, data.classes, folder, size_px)
    return student_outcome, rival_outcome


def _train_rival(
    options: argparse.Namespace,
    recipe: TrainingConfig,
    training: CaptureSet,
    measured: CaptureSet,
    classes: Sequence[str],
    folder: Path,
    size_px: int,
) -> Outcome:
    result = train_plain_cnn(
        training,
        classes,
        recipe,
        folder / "rival",
        size_px=size_px,
        validation=None if options.test is not None else measured,
        minutes=None if options.epochs else options.minutes,
        learning_rate=options.rival_learning_rate,
    )
    probabilities = predict_plain_cnn(result.model, measured, size_px=size_px)
    return Outcome(
        *_figures(probabilities, measured.labels.numpy()),
        epochs=result.epochs,
        minutes=result.seconds / 60,
        cpu_minutes=result.cpu_seconds / 60,
    )


def _figures(probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    return top_k_accuracy(probabilities, labels, 1), expected_calibration_error(probabilities, labels)


def _epochs_in(minutes: float, settings: Sequence[str]) -> int:
    """How many of the student's epochs fit, by a training that is stopped as soon as its pace is known."""
    command = vimd_command("distill", *settings, "--epochs", str(_MANY_EPOCHS))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
        assert child.stdout is not None
        seen = 0
        for line in child.stdout:
            event = json.loads(line)
            seen += event.get("event") == "progress" and event["samples_per_s"] > 0
            if seen == PACE_EVENTS:
                child.terminate()
                steps_per_epoch = event["steps"] / event["epochs"]
                # Samples a second and steps are known, the batch is not: the recipe that the run wrote says it.
                recipe = resolve_recipe(StudentRecipe, "distill", Path(settings[-1]) / RECIPE_FILE, {})
                epoch_s = steps_per_epoch * recipe.training.batch_size / event["samples_per_s"]
                return max(1, int(minutes * 60 / epoch_s))
    raise ConfigError("The student could not be trained: what was wrong with its options is said above.")


def _distill(settings: Sequence[str]) -> tuple[dict[str, Any], float | None]:
    """The last line that `vimd distill` printed, and the share of its time that it waited for data."""
    finished = subprocess.run(
        vimd_command("distill", *settings), stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False
    )
    if finished.returncode != 0:
        raise ConfigError("The student could not be trained: what was wrong with its options is said above.")
    events = [json.loads(line) for line in finished.stdout.splitlines()]
    waits = [event["data_wait_share"] for event in events if event.get("event") == "epoch"]
    return events[-1], mean(waits) if waits else None


def _rows(outcomes: dict[str, list[Outcome]]) -> list[BenchmarkRow]:
    rows = []
    rival_top1 = mean(outcome.top1 for outcome in outcomes["plain CNN"])
    for name, results in outcomes.items():
        seeds = f"{len(results)} seed{'s' * (len(results) > 1)}"
        top1 = [100 * outcome.top1 for outcome in results]
        spread = f", sd {stdev(top1):.2f}" if len(top1) > 1 else ""
        if name == "student":
            against = f"plain CNN: {100 * rival_top1:.2f} %"
            better = mean(top1) > 100 * rival_top1
            rows.append(
                BenchmarkRow(
                    f"{name} top-1, {seeds}{spread}", mean(top1), "%", against,
                    mean(top1) / (100 * rival_top1) if rival_top1 else None, "above the plain CNN", better,
                )
            )  # fmt: skip
        else:
            rows.append(BenchmarkRow(f"{name} top-1, {seeds}{spread}", mean(top1), "%"))
        rows += [
            BenchmarkRow(f"{name} calibration error", 100 * mean(o.ece for o in results), "%"),
            BenchmarkRow(f"{name} epochs", mean(o.epochs for o in results), "epochs"),
            BenchmarkRow(f"{name} training", mean(o.minutes for o in results), "minutes"),
            BenchmarkRow(f"{name} training", mean(o.cpu_minutes for o in results), "CPU minutes"),
        ]
        waits = [o.wait_share for o in results if o.wait_share is not None]
        if waits:
            rows.append(BenchmarkRow(f"{name} steps waiting for data", 100 * mean(waits), "% of the time"))
    return rows
