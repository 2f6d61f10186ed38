"""Runs the real program and uses it: `python driver.py STORY REPORT.json [arguments of vimd-studio]`.

The program is started by its own `main`; the stories only post the events that a hand would cause, each as soon
as what it waits for is on the screen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import stories
import suggestion_stories
from PySide6.QtCore import QTimer
from stories import Condition

import app.main
from app.bootstrap import Studio

STORIES = stories.STORIES | suggestion_stories.STORIES


def main() -> int:
    story_name, report_path = sys.argv[1:3]
    report = suggestion_stories.report if story_name in suggestion_stories.STORIES else stories.report
    del sys.argv[1:3]
    start = Studio.start

    def start_with_story(studio: Studio) -> None:
        start(studio)
        story = STORIES[story_name](studio)
        waiting: list[Condition] = [next(story)]
        timer = QTimer(studio)

        def go_on() -> None:
            if waiting and not waiting[0]():
                return
            try:
                waiting[:] = [next(story)]
            except StopIteration:
                timer.stop()
                report["ended"] = True
                studio.window.close()
            except Exception:
                timer.stop()
                studio.window.close()
                raise

        timer.timeout.connect(go_on)
        timer.start(20)

    Studio.start = start_with_story  # type: ignore[method-assign]
    exit_code = app.main.main()
    report["torch_loaded"] = "torch" in sys.modules
    Path(report_path).write_text(json.dumps(report), encoding="utf-8")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
