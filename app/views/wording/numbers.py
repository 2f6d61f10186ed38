"""Number formatting: numbers as people read them, in the user's locale."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.stream_records import SeenCapture
from app.item_models import number_text
from app.item_models.number_text import count as count
from app.item_models.number_text import number as number
from app.item_models.number_text import percent as percent
from app.item_models.worded import worded
from vimd_core.user_messages import Sentence

_MNEMONIC: Final = re.compile(r"\(&.\)")


def share_text(right: int, total: int, fewest: int = 10) -> str:
    """A share of captures: of few as what it is, 3/4, for a percentage would promise more than they tell."""
    if total >= fewest:
        return percent(right / total)
    return f"{right}/{total}" if total else "–"


def without_mnemonic(text: str) -> str:
    """A menu's text where no key chooses it: "&Open" and, as Chinese menus write it, "打开(&O)" without the mark."""
    return _MNEMONIC.sub("", text).replace("&", "")


def duration(seconds: float) -> str:
    """A time to wait, in its two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, seconds_left = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {seconds_left:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def file_size(size_bytes: int) -> str:
    """A file's size."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def local_time(time_ms: int) -> str:
    """A moment in the user's time zone."""
    return datetime.fromtimestamp(time_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def seen_text(seen: SeenCapture) -> str:
    """Where in its stream a capture was seen, and whether the looks at it agree."""
    translate = QCoreApplication.translate
    parts = [seen.region] if seen.region else []
    if seen.reason != "file":
        parts.append(translate("Wording", "frame {0}").format(number_text.count(seen.frame_number)))
    parts.append(local_time(seen.taken_ms))
    if seen.votes is not None and seen.looks > 1:
        parts.append(translate("Wording", "{0} of {1} predictions agree").format(seen.votes, seen.looks))
    return " · ".join(parts)


def short_problem(problem: Sentence, path: Path) -> str:
    """Why a capture can't be read, for a place where its path is known."""
    if str(problem) == f"There is no file {path}.":
        return QCoreApplication.translate("Wording", "This file no longer exists.")
    return worded(problem).replace(str(path), QCoreApplication.translate("Wording", "This file"))
