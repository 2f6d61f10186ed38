"""`vimd benchmark retrain` in a checkout: what so many corrections bring, chosen by chance and by the review queue.

A real project is made of a folder of labelled captures, answered by a shipped model that has never seen such, labelled
step by step, and retrained by `vimd project retrain --quick` after each step; each new model is promoted and answers
for all captures before the next labels are chosen. All models are measured on the same captures, which are in no
project. Beside each stands a linear classifier on what the model to start from sees in the labelled captures: in all of
them, where a retraining holds some back for the gate.
"""

from __future__ import annotations

import argparse
import importlib.resources
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Final

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.errors import ConfigError

sys.path.insert(0, str(Path(__file__).parent))
from retrain_probes.labelled_project import LabelledProject, measure
from retrain_probes.labelled_set import LabelledSet, split_in_two, with_own_names
from retrain_probes.linear import LinearClassifier
from retrain_probes.owners import OWNERS

COUNTS: Final = (0, 50, 100, 200, 400)
_WANTED_POINTS: Final = 15.0
_WANTED_S: Final = 300.0
_FEW, _MANY = 50, 200
_CALIBRATED_FROM: Final = 120
_WANTED_ERROR: Final = 6.0


@dataclass(frozen=True)
class Step:
    """What so many labels have led to.

    Attributes:
        owner: who chose them.
        labels: how many.
        classes: how many classes they are of.
        top1: of the retrained model on the rest, a fraction.
        confidence: how sure it is there on average, a fraction.
        calibration_error: how far both lie apart (expected calibration error), a fraction.
        error_before: the same without the temperature that the training ended with.
        linear_top1: of the linear classifier on the same labels.
        wall_s: of the retraining, the start of its processes and the gate included.
        processor_s: the same in processor time.
        load: how busy the machine was then, by its own mean over a minute.
    """

    owner: str
    labels: int
    seed: int
    classes: int
    top1: float
    confidence: float
    calibration_error: float
    error_before: float
    linear_top1: float
    wall_s: float
    processor_s: float
    load: float


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Label and retrain as each owner does, with each seed."""
    options = option_parser().parse_args(list(arguments))
    start = _start_model(options.start)
    labelled_set = split_in_two(
        options.data,
        rest_share=options.rest,
        most_rest=options.most_rest,
        most_pool=options.most_pool,
        seed=options.split_seed,
        classes=options.classes,
    )
    labelled_set = with_own_names(labelled_set, start)
    sys.stderr.write(
        f"{len(labelled_set.pool):,} captures to label, {len(labelled_set.rest):,} to measure on.\n"
    )
    linear = LinearClassifier(start, labelled_set.rest)
    steps: list[Step] = []
    before = measure(start, labelled_set.rest).top1 if 0 in options.counts else None
    for seed in options.seeds:
        for owner in options.owners:
            for step in _label_and_retrain(options, start, labelled_set, linear, owner, seed):
                steps.append(step)
                _tell(step, options.log)
    return rows_of(steps, before)


def option_parser() -> argparse.ArgumentParser:
    """Reads the options of the command line."""
    parser = argparse.ArgumentParser(prog="vimd benchmark retrain", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with one sub-folder for each class")
    parser.add_argument(
        "--start", default="general-compact", help="bundled model to start from, or a file (general-compact)"
    )
    parser.add_argument(
        "--counts", type=int, nargs="+", default=list(COUNTS), help="labels (0 50 100 200 400)"
    )
    parser.add_argument(
        "--owners", nargs="+", choices=list(OWNERS), default=list(OWNERS), help="who labels (all)"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="of the owners' choices (0)")
    parser.add_argument("--split-seed", type=int, default=0, help="of what is measured on (0)")
    parser.add_argument("--rest", type=float, default=0.4, help="part that is measured on (0.4)")
    parser.add_argument("--classes", type=int, default=0, help="only so many, the largest ones (all)")
    parser.add_argument(
        "--most-rest", type=int, default=1000, help="captures that are measured on at most (1000)"
    )
    parser.add_argument("--most-pool", type=int, default=3000, help="captures in the project at most (3000)")
    parser.add_argument("--threads", type=int, default=1, help="processor threads of a training (1)")
    parser.add_argument("--log", type=Path, help="file that each step is added to as a line of JSON")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SETTING=VALUE", help="for `vimd project retrain`"
    )
    return parser


def _start_model(name: str) -> Path:
    bundled = Path(str(importlib.resources.files("resources"))) / "models" / f"{name}.safetensors"
    path = bundled if bundled.is_file() else Path(name)
    if not path.is_file():
        raise ConfigError(f"There is no model {name}: give a file, or the name of one in resources/models.")
    return path.absolute()


def _label_and_retrain(
    options: argparse.Namespace,
    start: Path,
    labelled_set: LabelledSet,
    linear: LinearClassifier,
    owner: str,
    seed: int,
) -> Iterator[Step]:
    settings = [part for setting in options.set for part in ("--set", setting)]
    with tempfile.TemporaryDirectory() as temporary:
        project = LabelledProject(Path(temporary) / "Benchmark.vimd", labelled_set.pool, start)
        labelled: list[int] = []
        for count in sorted(set(options.counts) - {0}):
            more = OWNERS[owner](project, labelled, count - len(labelled), seed)
            project.label(more)
            labelled += more
            cost = project.retrain(options.threads, settings)
            found = measure(project.active().path, labelled_set.rest)
            known = {project.path_of[one]: labelled_set.pool[project.path_of[one]] for one in labelled}
            yield Step(
                owner=owner,
                labels=len(labelled),
                seed=seed,
                classes=len(set(known.values())),
                top1=found.top1,
                confidence=found.confidence,
                calibration_error=found.calibration_error,
                error_before=found.error_before,
                linear_top1=linear.top1(known),
                wall_s=round(cost.wall_s, 1),
                processor_s=round(cost.processor_s, 1),
                load=round(os.getloadavg()[0], 1),
            )


def _tell(step: Step, log: Path | None) -> None:
    """Each step counts for itself, whatever becomes of the rest."""
    line = json.dumps(asdict(step))
    sys.stderr.write(f"{line}\n")
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def rows_of(steps: Sequence[Step], before: float | None) -> list[BenchmarkRow]:
    """The table: means over the seeds.

    Args:
        steps: of all owners and seeds.
        before: top-1 of the model to start from; None when nobody asked.
    """
    rows = (
        []
        if before is None
        else [BenchmarkRow("0 labels: the model to start from, top-1", 100 * before, "%")]
    )
    by_place: dict[tuple[int, str], list[Step]] = {}
    for step in sorted(steps, key=lambda step: step.labels):
        by_place.setdefault((step.labels, step.owner), []).append(step)
    top1 = {place: 100 * mean(one.top1 for one in found) for place, found in by_place.items()}
    for (labels, owner), found in by_place.items():
        linear = 100 * mean(one.linear_top1 for one in found)
        name = f"{labels} labels, {owner}"
        classes = mean(one.classes for one in found)
        rows.append(
            _compared(
                f"{name} ({classes:.0f} classes), top-1",
                top1[labels, owner],
                f"linear classifier: {linear:.1f} %",
                "not below it",
                top1[labels, owner] >= linear,
            )
        )
        error = 100 * mean(one.calibration_error for one in found)
        before_it = 100 * mean(one.error_before for one in found)
        is_wanted = labels >= _CALIBRATED_FROM
        rows.append(
            BenchmarkRow(
                f"{name}, calibration error",
                error,
                "%",
                f"without temperature scaling: {before_it:.1f} %",
                wanted=f"<= {_WANTED_ERROR:g} %" if is_wanted else None,
                met=error <= _WANTED_ERROR if is_wanted else None,
            )
        )
        wall_s = mean(one.wall_s for one in found)
        rows += [
            BenchmarkRow(
                f"{name}, retraining",
                wall_s,
                "s",
                f"machine load {mean(one.load for one in found):.1f}",
                wanted=f"<= {_WANTED_S:g} s" if labels == _MANY else None,
                met=wall_s <= _WANTED_S if labels == _MANY else None,
            ),
            BenchmarkRow(f"{name}, retraining", mean(one.processor_s for one in found), "CPU s"),
        ]
    for owner in dict.fromkeys(owner for _, owner in by_place):
        if (_FEW, owner) in top1 and (_MANY, owner) in top1:
            gain = top1[_MANY, owner] - top1[_FEW, owner]
            rows.append(
                BenchmarkRow(
                    f"{_MANY} labels over {_FEW}, {owner}",
                    gain,
                    "points",
                    wanted=f">= {_WANTED_POINTS:g} points",
                    met=gain >= _WANTED_POINTS,
                )
            )
    for labels in dict.fromkeys(labels for labels, _ in by_place):
        if (labels, "random") in top1 and (labels, "queue") in top1:
            gain = top1[labels, "queue"] - top1[labels, "random"]
            rows.append(
                BenchmarkRow(
                    f"{labels} labels, queue over random", gain, "points", wanted="> 0", met=gain > 0
                )
            )
    return rows


def _compared(name: str, value: float, against: str, wanted: str, met: bool) -> BenchmarkRow:
    return BenchmarkRow(name, value, "%", against, wanted=wanted, met=met)
