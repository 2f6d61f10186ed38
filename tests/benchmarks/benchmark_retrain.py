"""`vimd benchmark retrain` in a checkout: what so many labels bring, on captures of things that no project has.

Whole groups of captures (a column, a track, look-alikes) are held back; the rest is a project whose captures are
labelled by chance, or as the queue "Most worth a label" shows them. Both kinds of captures are measured on, by linear
classifiers on frozen features (our own, and those of EfficientNet-Lite2), by the live suggestions, and by models that
`vimd project retrain` makes of the labels. Each step is a line of JSON in the log, and none that the log has is
measured again.
"""

from __future__ import annotations

import argparse
import importlib.resources
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.errors import ConfigError
from vimd_core.training.retraining.effort import Effort

sys.path.insert(0, str(Path(__file__).parent))
from retrain_probes.choosers import CHOOSERS
from retrain_probes.frozen.features import frozen_features
from retrain_probes.frozen.rows import measure_frozen_rows
from retrain_probes.honest_split import split_honestly
from retrain_probes.pictures import PRESETS, PictureSet, Source, preset, read_pictures
from retrain_probes.prepared_files import prepare_files
from retrain_probes.report import report, rows_of
from retrain_probes.step_log import StepLog, read_steps
from retrain_probes.suggestion_rows import measure_suggestion_rows
from retrain_probes.trained_rows import measure_trained_row
from retrain_probes.trial import Trial

COUNTS: Final = (50, 100, 200, 400)
_EFFORTS: Final = tuple(str(effort) for effort in Effort)


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Measure what the log lacks, the cheap rows of all sets first."""
    options = option_parser().parse_args(list(arguments))
    if options.report:
        sys.stdout.write(report({path.stem: read_steps(path) for path in options.report}))
        return []
    start = _start_model(options.start)
    log = StepLog(options.log)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        for trial in _trials(options, start, work):
            measure_frozen_rows(trial, log, options.counts, options.choosers)
            measure_suggestion_rows(trial, log, options.counts, options.choosers)
        for trial in _trials(options, start, work) if options.efforts else ():
            for effort in options.efforts:
                for chooser in options.train_choosers:
                    for labels in options.train_counts:
                        measure_trained_row(
                            trial,
                            log,
                            start,
                            effort,
                            chooser,
                            labels,
                            threads=options.threads,
                            settings=[part for setting in options.set for part in ("--set", setting)],
                        )
    return rows_of(log)


def option_parser() -> argparse.ArgumentParser:
    """Reads the options of the command line."""
    parser = argparse.ArgumentParser(prog="vimd benchmark retrain", description=__doc__)
    what = parser.add_argument_group("what is measured on")
    what.add_argument("--sets", nargs="+", choices=list(PRESETS), default=[], help="sets by their names")
    what.add_argument("--data-root", type=Path, help="folder that these lie in")
    what.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[],
        help="other sets, each a folder with one sub-folder per class, or a CSV table path,label[,group]",
    )
    what.add_argument("--size", type=int, default=0, metavar="PX", help="reduce pictures of --data (bicubic)")
    what.add_argument("--others", type=float, default=0.35, help="part of each class in no project (0.35)")
    what.add_argument("--most-others", type=int, default=1000, help="captures of it at most (1000)")
    what.add_argument("--most-pool", type=int, default=1500, help="captures in the project at most (1500)")
    how = parser.add_argument_group("how")
    how.add_argument(
        "--start", default="general-compact", help="bundled model to start from, or a file (general-compact)"
    )
    how.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="of splits and choices (0 1 2)")
    how.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), help="labels (50 100 200 400)")
    how.add_argument(
        "--choosers", nargs="+", choices=list(CHOOSERS), default=list(CHOOSERS), help="of labels (all)"
    )
    how.add_argument(
        "--efforts", nargs="*", choices=_EFFORTS, default=["quick"], help="of trainings; may be none (quick)"
    )
    how.add_argument("--train-counts", type=int, nargs="+", default=[200], help="labels of trainings (200)")
    how.add_argument(
        "--train-choosers",
        nargs="+",
        choices=list(CHOOSERS),
        default=["chance"],
        help="of labels of trainings (chance)",
    )
    how.add_argument("--threads", type=int, default=1, help="processor threads of a training (1)")
    how.add_argument(
        "--set", action="append", default=[], metavar="SETTING=VALUE", help="for `vimd project retrain`"
    )
    files = parser.add_argument_group("files")
    files.add_argument(
        "--log", type=Path, help="file that each step is added to; a later run goes on with it"
    )
    files.add_argument(
        "--work", type=Path, help="folder that keeps reduced pictures and features between runs"
    )
    files.add_argument(
        "--report", type=Path, nargs="+", help="measure nothing: print tables of these logs, side by side"
    )
    return parser


def _start_model(name: str) -> Path:
    bundled = Path(str(importlib.resources.files("resources"))) / "models" / f"{name}.safetensors"
    path = bundled if bundled.is_file() else Path(name)
    if not path.is_file():
        raise ConfigError(f"There is no model {name}: give a file, or the name of one in resources/models.")
    return path.absolute()


def _sources(options: argparse.Namespace) -> Iterator[Source]:
    if options.sets and options.data_root is None:
        raise ConfigError("--sets needs --data-root, the folder that the sets lie in.")
    for name in options.sets:
        yield preset(name, options.data_root)
    for path in options.data:
        name = path.parent.name if path.is_file() else path.name
        yield Source(f"{name}-{options.size}" if options.size else name, (path,), options.size)


def _trials(options: argparse.Namespace, start: Path, work: Path) -> Iterable[Trial]:
    found = list(_sources(options))
    if not found:
        raise ConfigError("Name sets by --sets, or give pictures by --data.")
    for source in found:
        pictures = read_pictures(source, work / source.name / "groups.json")
        labels = _names_of(pictures, start)
        names = tuple(sorted(set(labels)))
        files = prepare_files(pictures, (work / source.name / "pictures").absolute())
        features = frozen_features(files, start, work / source.name)
        for seed in options.seeds:
            split = split_honestly(
                labels,
                [one.group for one in pictures.pictures],
                share=options.others,
                most_pool=options.most_pool,
                most_others=options.most_others,
                seed=seed,
            )
            sys.stderr.write(
                f"{source.name}, seed {seed}: {len(split.pool):,} captures in the project, {len(split.others):,} "
                f"others, {len({one.group for one in pictures.pictures}):,} groups by {pictures.grouped_by}, "
                f"machine load {os.getloadavg()[0]:.1f}\n"
            )
            classes = np.array([names.index(label) for label in labels], np.int64)
            yield Trial(pictures, files, names, classes, features, split, seed)


def _names_of(pictures: PictureSet, start: Path) -> list[str]:
    """Classes that a model knows by the names of their folders get the names that it gives them."""
    info = read_bundle_info(start)
    name_of = dict(zip(info.class_folders, info.classes, strict=True)) if info.class_folders else {}
    return [name_of.get(one.label, one.label) for one in pictures.pictures]
