"""Events of a training as people read them in a terminal, or as JSON lines for programs. Torch-free."""

from __future__ import annotations

import sys
from typing import Final, TextIO

from vimd_core.commands.shared.progress import duration
from vimd_core.training.loop.events import (
    AnyEvent,
    EpochEvent,
    ExtractingEvent,
    NoticeEvent,
    ProgressEvent,
    SuperResolutionEpochEvent,
)

_BAR_CELLS: Final = 20
_WAIT_WORTH_SAYING: Final = 0.05


class TrainingDisplay:
    """Shows events: on a terminal one line that redraws itself and one that stays for each epoch, elsewhere JSON lines.

    To be used as a context manager, which leaves the terminal's cursor on a line of its own.

    Args:
        quiet: show nothing, as all processes but the first do.
        output: where JSON lines and the lines of epochs go; stdout when None.
        terminal: where the line goes that redraws itself; stderr when None.
    """

    def __init__(
        self, *, quiet: bool = False, output: TextIO | None = None, terminal: TextIO | None = None
    ) -> None:
        self._quiet = quiet
        self._output = sys.stdout if output is None else output
        self._terminal = sys.stderr if terminal is None else terminal
        self._for_people = self._output.isatty()
        self._draws = self._terminal.isatty()
        self._width = 0

    def __enter__(self) -> TrainingDisplay:
        return self

    def __exit__(self, *_: object) -> None:
        self._draw("")

    def show(self, event: AnyEvent) -> None:
        """Show one event."""
        if self._quiet:
            return
        if isinstance(event, ProgressEvent):
            self._draw(progress_line(event))
            if self._for_people:
                return
        else:
            self._draw("")
        text = _line_of(event) if self._for_people else event.to_line()
        self._output.write(f"{text}\n")
        self._output.flush()

    def _draw(self, line: str) -> None:
        if not self._draws or (not line and not self._width):
            return
        self._terminal.write(f"\r{line.ljust(self._width)}" + ("" if line else "\r"))
        self._terminal.flush()
        self._width = len(line)


def progress_line(event: ProgressEvent) -> str:
    """Where a training stands, in one line."""
    filled = int(event.step / event.steps * _BAR_CELLS) if event.steps else 0
    bar = "#" * filled + "-" * (_BAR_CELLS - filled)
    now = min(event.epoch + 1, event.epochs)
    parts = [f"{event.activity} [{bar}] epoch {now}/{event.epochs}, step {event.step:,}/{event.steps:,}"]
    if event.samples_per_s:
        parts.append(f"{event.samples_per_s:.1f} images/s")
    if event.losses:
        parts.append(f"loss {sum(event.losses.values()):.3f}")
    if event.data_wait_share > _WAIT_WORTH_SAYING:
        parts.append(f"{event.data_wait_share:.0%} waiting for data")
    if event.eta_s is not None:
        parts.append(f"{duration(event.eta_s)} left")
    return "  ".join(parts)


def _line_of(event: AnyEvent) -> str:
    if isinstance(event, NoticeEvent):
        return event.message
    if isinstance(event, ExtractingEvent):
        return f"looking at captures: {event.done:,} of {event.total:,}"
    return _epoch_line(event)


def _epoch_line(event: EpochEvent | SuperResolutionEpochEvent | ProgressEvent) -> str:
    losses = ", ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
    parts = [f"epoch {event.epoch}/{event.epochs}", losses]
    if (
        isinstance(event, EpochEvent)
        and event.validation_top1 is not None
        and event.validation_ece is not None
    ):
        parts.append(f"top-1 {event.validation_top1:.2%}, calibration error {event.validation_ece:.2%}")
    if isinstance(event, SuperResolutionEpochEvent):
        parts.append(
            f"PSNR {event.validation_psnr_db:.2f} dB (bicubic {event.validation_bicubic_psnr_db:.2f} dB)"
        )
    if isinstance(event, EpochEvent | SuperResolutionEpochEvent) and event.best:
        parts.append("best so far")
    parts.append(f"{event.samples_per_s:.1f} images/s")
    return "  ".join(part for part in parts if part)
