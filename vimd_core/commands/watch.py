"""`vimd watch`: name what cameras, streams, videos and folders show, as it comes."""

from __future__ import annotations

import argparse
import getpass
import re
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from vimd_core.commands.shared.arguments import EXIT_UNREADABLE, add_model_arguments, model_of, positive_int
from vimd_core.commands.shared.rows import FORMATS, ROWS_HELP, kind_of
from vimd_core.errors import ConfigError
from vimd_core.processes.console import stopping_signals

if TYPE_CHECKING:
    from vimd_core.streaming.sources.addresses import Credentials, SourceAddress
    from vimd_core.streaming.sources.regions import Region
    from vimd_core.streaming.sources.settings import CaptureSettings

_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_REGION: Final = re.compile(rf"(?:(?P<name>[^=]+)=)?(?P<numbers>{_NUMBER}(?:,{_NUMBER}){{3,4}})")
_AGREEMENT: Final = re.compile(r"(\d+)/(\d+)")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "watch",
        help="classify frames from cameras, streams, videos and folders",
        description="Classify what sources show, one row for each capture, until Ctrl+C or their end. A source is a "
        "camera's number, an http, https, rtsp or rtsps address, a video file, or a folder in which images appear. "
        "Other programs can see a password on a command line: --ask-password asks for it instead. "
        f"{ROWS_HELP} Beside these it has time, position_s (in a video), source, region, frame, "
        "agreed, votes, looks, latency_ms and near_path. "
        "Exit code 3 when a source could not be read.",
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="camera, address, video file or folder")
    add_model_arguments(parser, model_required=False)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=".csv or .jsonl file, or - for standard output",
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="output format (default: from the extension of FILE, otherwise csv)"
    )
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument(
        "--append", dest="existing", action="store_const", const="append",
        help="append to a FILE with other columns (a FILE with the same columns is always appended to)",
    )  # fmt: skip
    existing.add_argument(
        "--overwrite", dest="existing", action="store_const", const="overwrite", help="replace FILE"
    )
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the captures as PNG")
    parser.add_argument(
        "--roi", action="append", default=[], metavar="[NAME=]X,Y,W,H[,ANGLE]",
        help="classify only this region of the frame, in px; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--tile", type=positive_int, default=0, metavar="PX", help="split into tiles of this size"
    )
    parser.add_argument(
        "--interval", type=float, default=1.0, metavar="S", help="interval between captures (1)"
    )
    parser.add_argument("--on-change", action="store_true", help="capture only changed frames")
    parser.add_argument("--motion", action="store_true", help="capture each moving object once")
    parser.add_argument(
        "--min-size", type=positive_int, default=12, metavar="PX", help="minimum size of moving objects (12)"
    )
    parser.add_argument(
        "--cool-down",
        type=float,
        default=2.0,
        metavar="S",
        help="ignore new motion for this time after an object leaves (2)",
    )
    parser.add_argument(
        "--agree", default="3/5", metavar="K/N", help="K of N predictions of a moving object must agree (3/5)"
    )
    parser.add_argument(
        "--duplicates", type=int, default=3, metavar="BITS",
        help="drop duplicates whose 64-bit fingerprints differ in at most this many bits (3); -1 keeps "
             "all",
    )  # fmt: skip
    parser.add_argument(
        "--frames", type=positive_int, default=0, metavar="N", help="stop each source after N frames"
    )
    parser.add_argument("--real-time", action="store_true", help="play videos in real time")
    parser.add_argument(
        "--rtsp-transport", choices=("tcp", "udp"), default="tcp", help="RTSP transport (tcp)"
    )
    parser.add_argument("--top-k", type=positive_int, default=5, help="predictions per capture (5)")
    parser.add_argument("--ask-password", action="store_true", help="prompt for user names and passwords")
    parser.add_argument("--quiet", action="store_true", help="hide progress and notices")
    parser.set_defaults(run=run, existing="same")


def run(arguments: argparse.Namespace) -> int:
    """Watch, and return the exit code."""
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.commands.shared.watch_rows import WatchTable
    from vimd_core.streaming.sources.settings import ReadSettings, StreamSettings

    # Everything that can be wrong with the arguments is said before the model is loaded.
    kind = kind_of(arguments.output, arguments.format)
    model_path = model_of(arguments)
    capture = _capture_settings(arguments)
    read = ReadSettings(
        transport=arguments.rtsp_transport, pace="real time" if arguments.real_time else "fast"
    )
    sources = [_source(text) for text in arguments.sources]
    are_seen = any(credentials for _, credentials in sources)
    if arguments.ask_password:
        sources = [_asked(address, credentials) for address, credentials in sources]
    if arguments.save is not None:
        try:
            arguments.save.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise ConfigError(
                "The folder {save} can't be created ({reason}).", save=arguments.save, reason=e.strerror or e
            ) from e

    table = WatchTable(
        arguments.output,
        kind,
        read_bundle_info(model_path).classes,
        arguments.top_k,
        existing=arguments.existing,
    )

    from vimd_core.commands.shared.watching import Watch
    from vimd_core.inference.predictor import Predictor

    say = _silence if arguments.quiet else _say
    if table.left_out:
        say(f"{arguments.output} has no columns for {', '.join(table.left_out)}: they are left out.")
    predictor = Predictor.load(model_path, device=arguments.device, batch_size=arguments.batch_size)
    if are_seen:
        say("Other programs can see the password in the command line: --ask-password asks for it instead.")
    say(f"{predictor.info.name}. {predictor.notice}")
    predictor.warm_up()
    watch = Watch(
        [
            (StreamSettings(address=address, read=read, capture=capture), secret)
            for address, secret in sources
        ],
        predictor,
        table=table,
        save=arguments.save,
        max_frames=arguments.frames,
        say=say,
    )
    stop = threading.Event()
    before = _stop_on_signals(stop)
    try:
        summary = watch.run(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    sys.stderr.write(summary.text + "\n")
    return EXIT_UNREADABLE if summary.failed else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _silence(_text: str) -> None:
    return


def _stop_on_signals(
    stop: threading.Event,
) -> dict[int, Callable[[int, FrameType | None], object] | int | None]:
    """Let Ctrl+C and SIGTERM end the watch; a second one ends it as usual."""
    before = {number: signal.getsignal(number) for number in stopping_signals()}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    for number in before:
        signal.signal(number, on_signal)
    return {int(number): handler for number, handler in before.items()}


def _capture_settings(arguments: argparse.Namespace) -> CaptureSettings:
    from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings

    agreement = _AGREEMENT.fullmatch(arguments.agree)
    if agreement is None:
        raise ConfigError("--agree {agree} is not of the form 3/5.", agree=arguments.agree)
    motion = MotionSettings(min_size_px=arguments.min_size, cool_down_s=arguments.cool_down)
    return CaptureSettings(
        regions=tuple(_region(text, number) for number, text in enumerate(arguments.roi, start=1)),
        tile_px=arguments.tile,
        motion=motion if arguments.motion else None,
        trigger="change" if arguments.on_change else "interval",
        interval_s=arguments.interval,
        duplicate_distance=None if arguments.duplicates < 0 else arguments.duplicates,
        agreeing_frames=int(agreement[1]),
        track_frames=int(agreement[2]),
    )


def _region(text: str, number: int) -> Region:
    from vimd_core.streaming.sources.regions import Region

    found = _REGION.fullmatch(text.strip())
    if found is None:
        raise ConfigError("--roi {text} is not of the form x,y,w,h or name=x,y,w,h,angle.", text=text)
    x, y, width, height, *angle = (float(value) for value in found["numbers"].split(","))
    return Region(
        name=found["name"] or f"region {number}",
        x_px=x,
        y_px=y,
        width_px=width,
        height_px=height,
        angle_deg=angle[0] if angle else 0.0,
    )


def _source(text: str) -> tuple[SourceAddress, Credentials]:
    from vimd_core.streaming.sources.addresses import PasswordInAddressError, parse_source

    try:
        return parse_source(text)
    except PasswordInAddressError as e:
        raise PasswordInAddressError("{reason} With --ask-password they are asked for.", reason=e) from None


def _asked(address: SourceAddress, credentials: Credentials) -> tuple[SourceAddress, Credentials]:
    from dataclasses import replace

    from vimd_core.streaming.sources.addresses import SourceKind

    if address.kind is not SourceKind.STREAM:
        return address, credentials
    user = credentials.user or input(f"User name for {address.name}: ")
    return address, replace(
        credentials, user=user, password=getpass.getpass(f"Password for {address.name}: ")
    )
