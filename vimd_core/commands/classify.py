"""`vimd classify`: name what is on captures."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from vimd_core.commands.shared.arguments import add_model_arguments, model_of, positive_int, report_unreadable
from vimd_core.commands.shared.inputs import GivenCapture, add_path_arguments, found_captures, given_paths
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.commands.shared.rows import FORMATS, ROWS_HELP, STANDARD_OUTPUT, TEXT_ERRORS, RowForm, kind_of
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.processes.atomic_files import LONGEST_NAME_BYTES, is_stream
from vimd_core.user_messages import joined

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vimd_core.data.files.folders import SearchReport

_SAID_AT_MOST: Final = 5
_OWN_TABLE: Final = re.compile(rb'path,width_px,height_px,class,|\{"path": "(?:[^"\\]|\\.)*", "width_px": ')
_BEGINNING_BYTES: Final = 64 * 1024


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "classify",
        help="classify captures",
        description=f"Classify captures and print one row for each. {ROWS_HELP} The column notice says if a "
        "file is incomplete. Exit code 3 if some could not be "
        "read.",
    )
    add_path_arguments(parser)
    add_model_arguments(parser, model_required=False)
    parser.add_argument("--top-k", type=positive_int, default=5, help="predictions per capture (5)")
    parser.add_argument(
        "--output",
        type=Path,
        default=STANDARD_OUTPUT,
        metavar="FILE",
        help=".csv or .jsonl file, written atomically and replacing earlier results; - is standard "
        "output (-)",
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="output format (default: from the extension of FILE, otherwise csv)"
    )
    parser.add_argument("--save-sr", type=Path, metavar="DIR", help="save the super-resolved views as PNG")
    parser.add_argument("--quiet", action="store_true", help="hide progress and notices")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Classify, and return the exit code."""
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.data.files.folders import SearchReport

    # Everything that can be wrong with the arguments is said before the model is loaded.
    kind = kind_of(arguments.output, arguments.format)
    _leave_other_files(arguments.output)
    model_path = model_of(arguments)
    form = RowForm(kind, read_bundle_info(model_path).classes, arguments.top_k, after=("notice",))
    report = SearchReport()
    paths = given_paths(arguments)
    with found_captures(paths, arguments.recursive, report) as captures:
        if not captures:
            raise _nothing_found(paths, report, recursive=arguments.recursive)
        return _classify(arguments, captures, report, model_path, form)


def _classify(
    arguments: argparse.Namespace,
    captures: list[GivenCapture],
    report: SearchReport,
    model_path: Path,
    form: RowForm,
) -> int:
    from vimd_core.data.datasets.capture_batches import read_batches
    from vimd_core.data.files.folders import count_kinds
    from vimd_core.inference.predictor import Predictor

    shown = [capture.shown for capture in captures]
    views = _ViewFolder(arguments.save_sr, shown) if arguments.save_sr is not None else None
    predictor = Predictor.load(model_path, device=arguments.device, batch_size=arguments.batch_size)
    if not arguments.quiet:
        sys.stderr.write(f"{predictor.info.name}. {predictor.notice}\n")
        if report.others:
            sys.stderr.write(f"files skipped: {report.other:,} ({count_kinds(report.others)})\n")
    predictor.warm_up()  # compiling kernels would spoil the first rate and the time left
    unreadable = [str(problem) for problem in report.problems]
    incomplete: list[str] = []
    with (
        _table(arguments.output) as stream,
        ProgressLine("classifying", len(captures), quiet=arguments.quiet) as progress,
        contextlib.closing(
            read_batches(
                ((capture, capture.file) for capture in captures),
                batch_size=predictor.batch_size,
                size_px=predictor.info.config.lr_size_px,
            )
        ) as batches,
    ):
        stream.write(form.head())
        for path, problem in zip(report.problem_paths, report.problems, strict=True):
            stream.write(form.line({"path": str(path)}, None, str(problem)))
        for batch in batches:
            images = [capture.image for capture in batch if capture.image is not None]
            predictions = iter(predictor.predict(images, with_sr_views=views is not None))
            for capture in batch:
                given = capture.key
                if capture.image is None:
                    unreadable.append(given.told(str(capture.error)))
                    stream.write(form.line({"path": str(given.shown)}, None, unreadable[-1]))
                    continue
                prediction = next(predictions)
                values = {
                    "path": str(given.shown),
                    "width_px": capture.width_px,
                    "height_px": capture.height_px,
                    "notice": given.told(str(capture.notice or "")),
                }
                if capture.notice:
                    incomplete.append(given.told(str(capture.notice)))
                stream.write(form.line(values, prediction))
                if views is not None and prediction.sr_view is not None:
                    views.save(given.shown, prediction.sr_view)
            stream.flush()
            progress.advance(len(batch))
    if incomplete and not arguments.quiet:
        _say_incomplete(incomplete)
    return report_unreadable(unreadable)


def _say_incomplete(sentences: list[str]) -> None:
    """Name files that were classified although their end is missing."""
    sys.stderr.write(f"incomplete, but classified: {len(sentences):,}\n")
    for sentence in sentences[:_SAID_AT_MOST]:
        sys.stderr.write(f"  {sentence}\n")
    if len(sentences) > _SAID_AT_MOST:
        sys.stderr.write("  ... and others: see the column notice\n")


def _leave_other_files(output: Path) -> None:
    """Replace earlier answers only: a mistyped name may be that of a capture, a list or a model.

    Raises:
        ConfigError: there is a file that this command has not written.
    """
    if output == STANDARD_OUTPUT or is_stream(output) or not output.exists():
        return
    try:
        with output.open("rb") as file:
            beginning = file.read(_BEGINNING_BYTES)
    except OSError as e:
        raise ConfigError(
            "{output} can't be written ({reason}).", output=output, reason=e.strerror or e
        ) from e
    if beginning and _OWN_TABLE.match(beginning) is None:
        raise ConfigError(
            "{output} already exists and was not written by this command: choose another name, or "
            "remove it first.",
            output=output,
        )


def _nothing_found(paths: list[Path], report: SearchReport, *, recursive: bool) -> DatasetError:
    from vimd_core.data.files.folders import count_kinds

    where = ", ".join(str(path) for path in paths[:_SAID_AT_MOST])
    if report.problems:
        return DatasetError.of(joined(report.problems[:_SAID_AT_MOST]))
    others = f"{report.other:,}" + (f" ({count_kinds(report.others)})" if report.others else "")
    if recursive:
        return DatasetError(
            "There are no images in {folders} (other files: {others}, hidden: {hidden}).",
            folders=where,
            others=others,
            hidden=report.hidden,
        )
    return DatasetError(
        "There are no images in {folders} (other files: {others}, hidden: {hidden}). Add --recursive to look "
        "into sub-folders.",
        folders=where,
        others=others,
        hidden=report.hidden,
    )


@contextlib.contextmanager
def _table(output: Path) -> Iterator[TextIO]:
    """Standard output, or a file that is written whole or not at all."""
    from vimd_core.processes.atomic_files import atomic_write

    if output == STANDARD_OUTPUT:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors=TEXT_ERRORS, newline="")
        yield sys.stdout
        return
    try:
        with (
            atomic_write(output) as temporary,
            temporary.open("w", encoding="utf-8", errors=TEXT_ERRORS, newline="") as stream,
        ):
            yield stream
    except OSError as e:
        raise ConfigError(
            "{output} can't be written ({reason}).", output=output, reason=e.strerror or e
        ) from e


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
            raise ConfigError(
                "The folder {folder} can't be created ({reason}).", folder=folder, reason=e.strerror or e
            ) from e

    def save(self, capture: Path, view: npt.NDArray[np.uint8]) -> None:
        """Write one view; a.jpg becomes a.jpg.sr.png, so that a.png beside it has a view of its own."""
        from PIL import Image

        from vimd_core.processes.atomic_files import atomic_write

        relative = capture.absolute().relative_to(self._root)
        target = self._folder / relative.parent / _view_name(relative.name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target) as temporary:
                Image.fromarray(view).save(temporary, format="PNG")
        except OSError as e:
            raise ConfigError(
                "The view {target} can't be written ({reason}).", target=target, reason=e.strerror or e
            ) from e


def _view_name(name: str) -> str:
    """What a view is called; a name with no room for more is cut, and told from others by what it was."""
    suffix = ".sr.png"
    if len(os.fsencode(name + suffix)) <= LONGEST_NAME_BYTES:
        return name + suffix
    suffix = f"-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}{suffix}"
    while len(os.fsencode(name + suffix)) > LONGEST_NAME_BYTES:
        name = name[:-1]
    return name + suffix
