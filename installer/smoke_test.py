"""Installs a built .deb and uses it as a person does, from the first start to the uninstallation.

Usage: python installer/smoke_test.py PACKAGE.deb [--keep FOLDER]

The program is driven from outside: keys, mouse and drags come from the X server, and what became of them is read
in the project's database and in the titles of windows. Nothing in the product knows of this test. Needs Xvfb, xdotool,
dpkg and, for the other side of the drag and for making a video, the Python that built the package.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from smoke.desktop import Desktop, SmokeTestError, desktop, wait_for
from smoke.installed import Installation, children, end_at_once, end_of, is_alive

MAIN_WINDOW: Final = "My captures.* ViMD Studio$"
GATE: Final = "^New model"
UNANSWERED: Final = "SELECT count(*) FROM captures WHERE predicted_class_id IS NULL AND problem IS NULL"
ANSWERS: Final = (
    "SELECT captures.path, classes.name FROM captures JOIN classes ON classes.id = predicted_class_id"
)
ACTIVE_MODEL: Final = "SELECT active_model_id FROM project"
FIRST_ANSWERS_S: Final = 400
TRAINING_S: Final = 1500
SOON_S: Final = 120
LATER_S: Final = 240
ALL_CORRECTED: Final = (
    "SELECT count(*) FROM captures WHERE state = 2"  # CORRECTED of app.domain.records.ReviewState
)
LARGEST_CLASS: Final = "SELECT max(n) FROM (SELECT count(*) AS n FROM captures GROUP BY label_class_id)"
SEVERAL: Final = 8


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for pictures of the screen and the times")
    arguments = parser.parse_args()
    keep = arguments.keep or arguments.package.absolute().parent / "smoke"
    folder = Path(tempfile.mkdtemp(prefix="vimd-smoke-"))
    test: SmokeTest | None = None
    try:
        with desktop() as screen:
            test = SmokeTest(Installation(folder, screen.display), screen, keep)
            try:
                test.run(arguments.package.absolute())
            except (SmokeTestError, subprocess.SubprocessError):
                screen.photograph(keep / "failed.png")
                raise
            finally:
                test.end()
    except SmokeTestError as e:
        print(f"FAILED: {e}", flush=True)
        if test is not None and (log := test.app.logs / "studio.log").exists():
            print(log.read_text(encoding="utf-8")[-4000:])
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("The packaged app works.")
    return 0


class SmokeTest:
    """The steps, in the order in which they happen to a user."""

    def __init__(self, app: Installation, screen: Desktop, keep: Path) -> None:
        self.app = app
        self._screen = screen
        self._keep = keep
        self._window_process: subprocess.Popen[str] | None = None
        self._times: dict[str, float] = {}

    def run(self, package: Path) -> None:
        """Do everything, and write down how long it took.

        Raises:
            SmokeTestError: something is not as it should be.
        """
        with self._step("install"):
            print(self.app.install(package), flush=True)
        answers = self._first_day()
        candidate = self._retrain()
        self._quit()
        self._second_day(candidate, corrected=self.app.number(ALL_CORRECTED))
        self._crash()
        self._headless(answers)
        self._uninstall()
        self._keep.mkdir(parents=True, exist_ok=True)
        (self._keep / "times.json").write_text(json.dumps(self._times, indent=2) + "\n", encoding="utf-8")

    def end(self) -> None:
        """Leave no process behind."""
        if self._window_process is not None and self._window_process.poll() is None:
            end_at_once(self._window_process)

    def _first_day(self) -> dict[str, str]:
        """A clean account: start, drop, wait, correct one, watch a video; returns what the model said."""
        with self._step("first start to a usable window"):
            window = self._start()
        with self._step("drop and all answers, kernels compiled on the way"):
            self._screen.drop(window, self.app.samples, until=lambda: self._captures() > 0)
            count = sum(1 for path in self.app.samples.rglob("*") if path.suffix in (".png", ".jpg"))
            self._wait_for_captures(count, FIRST_ANSWERS_S)
        answers = {Path(path).name: name for path, name in self.app.query(ANSWERS)}
        self._screen.photograph(self._keep / "classified.png")
        with self._step("accept all answers, correct several at once"):
            self._accept_all(window, count)
            self._correct(window)
        with self._step("a stream from a video"):
            self._watch(window, self.app.home / "belt.avi")
            self._screen.photograph(self._keep / "stream.png")
        return answers

    def _accept_all(self, window: int, count: int) -> None:
        self._screen.focus(window)
        self._screen.keys("Escape", "ctrl+a", "Return")
        wait_for(
            "the accepted answers",
            lambda: (
                self.app.number("SELECT count(*) FROM captures WHERE label_class_id IS NOT NULL") == count
            ),
            SOON_S,
        )

    def _correct(self, window: int) -> None:
        """Give several captures one class: of a class with so many, a retraining holds some back for the gate."""
        self._screen.focus(window)
        self._screen.keys("Home", *["shift+Right"] * (SEVERAL - 1))

        def are_corrected() -> bool:
            # The second of the answers can be chosen once they are shown.
            self._screen.keys("2")
            return self.app.number(LARGEST_CLASS) >= SEVERAL and self.app.number(ALL_CORRECTED) > 0

        wait_for("the corrections", are_corrected, SOON_S)

    def _watch(self, window: int, video: Path) -> None:
        make_video(video)
        self._screen.focus(window)
        self._screen.keys("ctrl+shift+a")
        dialog = self._screen.window("^Add camera or stream$")
        self._screen.type(str(video))
        self._screen.keys("Return")
        wait_for(
            "the end of the dialog", lambda: self._screen.find("^Add camera or stream$") != dialog, SOON_S
        )
        wait_for(
            "captures of the video", lambda: self.app.number("SELECT count(*) FROM stream_captures"), LATER_S
        )
        wait_for("their answers", lambda: self.app.number(UNANSWERED) == 0, SOON_S)
        self._screen.focus(window)

    def _retrain(self) -> int:
        """Retrain quickly, see the gate and use the new model; returns the model's id."""
        window = self._screen.window(MAIN_WINDOW)
        before = self.app.number(ACTIVE_MODEL)
        with self._step("a Quick retraining to the gate"):
            self._screen.keys("ctrl+r")
            self._screen.window("^Retrain$")
            self._ask_for_little()
            run = "SELECT count(*) FROM training_runs WHERE effort = 'quick'"
            wait_for("the Quick retraining", lambda: self.app.number(run), SOON_S)
            gate = wait_for(
                "the gate", lambda: self._screen.find(GATE) or self._training_failed(), TRAINING_S
            )
        self._screen.photograph(self._keep / "gate.png")
        if not self.app.number("SELECT count(*) FROM model_comparisons"):
            raise SmokeTestError("the gate compares nothing")
        candidate = self.app.number("SELECT result_model_id FROM training_runs")
        self._screen.focus(gate)
        # Of so few captures the new model is hardly better by more than chance, so Enter would keep it for later.
        self._screen.keys("alt+u")
        wait_for("the new model", lambda: self.app.number(ACTIVE_MODEL) == candidate != before, SOON_S)
        self._screen.focus(window)
        wait_for("the new model's answers", lambda: self._answered_by(candidate), LATER_S)
        return candidate

    def _ask_for_little(self) -> None:
        """In the dialog, where the tabs have the keys: Quick, and on the other page one epoch; then start."""
        self._screen.keys(*["shift+Tab"] * 3, "Up", "Up")
        self._screen.keys(*["Tab"] * 3, "Right", *["Tab"] * 7, "1", "Return")

    def _training_failed(self) -> int:
        rows = self.app.query("SELECT problem FROM training_runs WHERE state = 'failed'")
        if rows:
            raise SmokeTestError(f"the training failed: {rows[0][0]}")
        return 0

    def _answered_by(self, model: int) -> bool:
        others = f"SELECT count(*) FROM captures WHERE problem IS NULL AND prediction_model_id IS NOT {model}"
        return self.app.number(others) == 0

    def _second_day(self, candidate: int, *, corrected: int) -> None:
        """Everything is found again; a killed child is replaced."""
        with self._step("warm start to a usable window"):
            window = self._start()
        if not self.app.number(ALL_CORRECTED) == corrected > 0:
            raise SmokeTestError("corrections are lost")
        if self.app.number(ACTIVE_MODEL) != candidate:
            raise SmokeTestError("the new model is lost")
        with self._step("another capture, by the new model"):
            self._drop_another(window, "first.png", 1)
            if not self._answered_by(candidate):
                raise SmokeTestError("the model of before answers")
        with self._step("kill -9 of the child, and another capture"):
            child = self._child()
            os.kill(child, signal.SIGKILL)
            wait_for("another child", lambda: self._child() not in (0, child), SOON_S)
            self._drop_another(window, "second.png", 2)
        self._quit()

    def _drop_another(self, window: int, name: str, colour: int) -> None:
        path = self.app.home / name
        image = cv2.imread(str(next(iter(sorted((self.app.samples / "captures").iterdir())))))
        image[0, 0] = colour  # a file with the content of another one is not added
        cv2.imwrite(str(path), image)
        before = self._captures()
        self._screen.drop(window, path, until=lambda: self._captures() > before)
        self._wait_for_captures(before + 1, LATER_S)

    def _crash(self) -> None:
        """A crash of the window leaves a report, which the next start shows."""
        with self._step("a crash, and its report at the next start"):
            self._start()
            process = self._window_process
            if process is None:
                raise SmokeTestError("there is no window")
            below = children(process.pid, "child")
            process.send_signal(signal.SIGSEGV)
            process.wait(timeout=SOON_S)
            wait_for("the end of the child", lambda: not any(map(is_alive, below)), SOON_S)
            window = self._start()
            self._screen.window("^Crash report$")
            self._screen.photograph(self._keep / "crash.png")
            self._screen.keys("Escape")
            wait_for("the end of the report", lambda: not self._screen.find("^Crash report$"), SOON_S)
            (report,) = self.app.logs.glob("crash-*.txt")
            if "Segmentation fault" not in report.read_text(encoding="utf-8"):
                raise SmokeTestError("the report says nothing of the crash")
            self._screen.focus(window)
            self._quit()

    def _headless(self, answers: dict[str, str]) -> None:
        """The headless executable finds all it needs and gives the window's answers."""
        with self._step("vimd doctor"):
            asked = self.app.run("doctor")
            if asked.returncode:
                raise SmokeTestError(f"vimd doctor: {asked.stdout}{asked.stderr}")
        with self._step("vimd classify"):
            table = self.app.home / "answers.csv"
            asked = self.app.run("classify", str(self.app.samples), "--recursive", "--output", str(table))
            if asked.returncode:
                raise SmokeTestError(f"vimd classify: {asked.stderr}")
            with table.open(encoding="utf-8-sig", newline="") as file:
                told = {Path(row["path"]).name: row["class"] for row in csv.DictReader(file)}
            if told != answers:
                raise SmokeTestError(f"the window said {answers}, vimd classify {told}")

    def _uninstall(self) -> None:
        """The program goes, the project stays."""
        with self._step("uninstall"):
            self.app.uninstall()
            if self.app.program.exists():
                raise SmokeTestError("uninstalling leaves the program behind")
            if self.app.query("PRAGMA integrity_check") != [("ok",)]:
                raise SmokeTestError("uninstalling takes the project away")

    def _start(self) -> int:
        self._window_process = process = self.app.start()

        def look() -> int:
            if process.poll() is not None:
                raise SmokeTestError(f"the window ended at once: {process.communicate()[1]}")
            return self._screen.find(MAIN_WINDOW)

        window = wait_for("the main window", look, SOON_S)
        self._screen.focus(window)
        return window

    def _quit(self) -> None:
        process = self._window_process
        if process is None:
            raise SmokeTestError("there is no window")
        with self._step("quit"):
            self._screen.keys("ctrl+q")
            said = end_of(process)
        if said.strip():
            print(said, flush=True)
        if list(self.app.logs.glob("running-*")):
            raise SmokeTestError("a window that was closed looks like one that crashed")

    def _child(self) -> int:
        if self._window_process is None:
            return 0
        found = [pid for pid in children(self._window_process.pid, "child") if is_alive(pid)]
        return found[0] if found else 0

    def _captures(self) -> int:
        return self.app.number("SELECT count(*) FROM captures")

    def _wait_for_captures(self, count: int, timeout_s: float) -> None:
        def all_answered() -> bool:
            return self._captures() >= count and not self.app.number(UNANSWERED)

        wait_for(f"{count} captures with answers", all_answered, timeout_s)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        seconds = time.monotonic() - began
        self._times[name] = round(seconds, 2)
        print(f"{name}: {seconds:.1f} s", flush=True)


def make_video(path: Path) -> None:
    """A light thing that crosses a dark belt, twice."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 180))
    belt = np.random.default_rng(0).integers(60, 70, (180, 320, 3), dtype=np.uint8)
    for number in range(150):
        frame = belt.copy()
        x = (number * 5) % 380 - 30
        cv2.rectangle(frame, (x, 70), (x + 30, 100), (40, 60, 220), -1)
        cv2.circle(frame, (x + 15, 85), 8, (250, 250, 250), -1)
        writer.write(frame)
    writer.release()


if __name__ == "__main__":
    sys.exit(main())
