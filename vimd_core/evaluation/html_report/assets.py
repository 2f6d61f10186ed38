"""Style and script of the report page; both stand in the page itself, which asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup

_FOLDER = files("vimd_core.evaluation.html_report") / "templates"


def style() -> Markup:
    """The style sheet."""
    return Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))


def script() -> Markup:
    """Sorts tables and tells what was tapped."""
    return Markup((_FOLDER / "report.js").read_text(encoding="utf-8"))


def content_policy() -> str:
    """What a browser lets the page do: show its own pictures, use its own style, run this one script."""
    digest = base64.b64encode(hashlib.sha256(script().encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
