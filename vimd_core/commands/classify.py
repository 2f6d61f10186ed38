"""`vimd classify`: name what is on captures."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from vimd_core.checkpoints.starter import starter_model_path
from vimd_core.commands.arguments import add_model_arguments, positive_int, report_unreadable
from vimd_core.commands.progress import Progress
from vimd_core.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vimd_core.data.folders import SearchReport

_SAID_AT_MOST: Final = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "classify",
        help="classify captures",
        description="Classify captures and print one row for each. Exit code 3 when some could not be read.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="image files and folders")
    add_model_arguments(parser, model_required=False)
    parser.add_argument("--recursive", action="store_true", help="look into sub-folders")
    parser.add_argument("--top-k", type=positive_int, default=5, help="answers for each capture (5)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write .csv or .jsonl instead of stdout")
    parser.add_argument("--save-sr", type=Path, metavar="DIR", help="save the super-resolved views as PNG")
    parser.add_argument("--quiet", action="store_true", help="no progress and no notices")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Classify, and return the exit code."""
    from vimd_core.commands.rows import require_known_form, row_writer
    from vimd_core.data.capture_batches import read_batches
    from vimd_core.data.folders import SearchReport, count_kinds, find_captures

    # Everything that can be wrong with the arguments is said before the model is loaded.
    if arguments.output is not None:
        require_known_form(arguments.output)
    report = SearchReport()
    paths = list(find_captures(arguments.paths, arguments.recursive, report))
    if not paths:
        raise DatasetError(_nothing_found(arguments, report))
    model_path = arguments.model or starter_model_path()
    views = _ViewFolder(arguments.save_sr, paths) if arguments.save_sr is not None else None

    from vimd_core.inference.predictor import Predictor

    predictor = Predictor.load(model_path, device=arguments.device, batch_size=arguments.batch_size)
    if not arguments.quiet:
        sys.stderr.write(f"{predictor.info.name}. {predictor.notice}\n")
        if report.others:
            sys.stderr.write(f"files left out: {report.other:,} ({count_kinds(report.others)})\n")
    predictor.warm_up()  # compiling kernels would spoil the first rate and the time left
    unreadable = list(report.problems)
    suffix = ".csv" if arguments.output is None else arguments.output.suffix
    with (
        _table(arguments.output) as stream,
        Progress("classifying", len(paths), quiet=arguments.quiet) as progress,
        contextlib.closing(
            read_batches(
                ((path, path) for path in paths),
                batch_size=predictor.batch_size,
                size_px=predictor.info.config.lr_size_px,
            )
        ) as batches,
    ):
        rows = row_writer(suffix, stream, predictor.info.classes, arguments.top_k)
        for batch in batches:
            unreadable += [capture.error for capture in batch if capture.image is None]
            read = [(capture, capture.image) for capture in batch if capture.image is not None]
            predictions = predictor.predict([image for _, image in read], with_sr_views=views is not None)
            for (capture, _), prediction in zip(read, predictions, strict=True):
                rows.write(capture, prediction)
                if views is not None and prediction.sr_view is not None:
                    views.save(capture.path, prediction.sr_view)
            stream.flush()
            progress.advance(len(batch))
    return report_unreadable(unreadable)


def _nothing_found(arguments: argparse.Namespace, report: SearchReport) -> str:
    from vimd_core.data.folders import count_kinds

    where = ", ".join(str(path) for path in arguments.paths)
    if report.problems:
        return " ".join(report.problems[:_SAID_AT_MOST])
    hint = "" if arguments.recursive else " Add --recursive to look into sub-folders."
    others = f"{report.other:,}" + (f" ({count_kinds(report.others)})" if report.others else "")
    return f"There are no images in {where} (other files: {others}, hidden: {report.hidden}).{hint}"


@contextlib.contextmanager
def _table(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is written whole or not at all."""
    from vimd_core.commands.rows import TEXT_ERRORS
    from vimd_core.data.whole_files import whole_file

    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors=TEXT_ERRORS, newline="")
        yield sys.stdout
        return
    try:
        with (
            whole_file(output) as temporary,
            temporary.open("w", encoding="utf-8", errors=TEXT_ERRORS, newline="") as stream,
        ):
            yield stream
    except OSError as e:
        raise ConfigError(f"{output} can't be written ({e.strerror or e}).") from e


class _ViewFolder:
    """Saves views under the names of their captures, with the folders in which these lie.

    Args:
        folder: is made when it does not exist.
        captures: all captures that will come.
    """

    def __init__(self, folder: Path, captures: list[Path]) -> None:
        self._folder = folder
        self._root = Path(os.path.commonpath([path.absolute().parent for path in captures]))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise ConfigError(f"The folder {folder} can't be made ({e.strerror or e}).") from e

    def save(self, capture: Path, view: npt.NDArray[np.uint8]) -> None:
        """Write one view; a.jpg becomes a.jpg.sr.png, so that a.png beside it has a view of its own."""
        from PIL import Image

        from vimd_core.data.whole_files import whole_file

        relative = capture.absolute().relative_to(self._root)
        target = self._folder / relative.parent / f"{relative.name}.sr.png"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(target) as temporary:
                Image.fromarray(view).save(temporary, format="PNG")
        except OSError as e:
            raise ConfigError(f"The view {target} can't be written ({e.strerror or e}).") from e
