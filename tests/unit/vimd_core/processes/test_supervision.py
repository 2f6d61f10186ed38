"""Supervision with real child processes that do what a test says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vimd_core.errors import WorkerError
from vimd_core.processes.backoff import Delays
from vimd_core.processes.child import KEPT_BYTES, Ending
from vimd_core.processes.child_process import EXIT_PARENT_GONE
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor

PATIENCE_S = 20.0
AT_ONCE = Delays(first_s=0.01, longest_s=0.01)
POLICY = SupervisionPolicy(delays=AT_ONCE)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups are POSIX")

# Begins with what it was told first, and repeats what it is told then.
ECHO = """
import sys
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    if line == b"end\\n":
        sys.exit(0)
"""


class Watcher(ChildHandler):
    """A handler that remembers everything."""

    def __init__(self, opening: bytes = b"", closing: bytes = b"") -> None:
        self._opening, self._closing = opening, closing
        self._changed = threading.Condition()
        self.output = b""
        self.endings: list[Ending] = []
        self.retries: list[float | None] = []
        self.stops = 0

    def opening(self) -> bytes:
        return self._opening

    def closing(self) -> bytes:
        return self._closing

    def on_output(self, data: bytes) -> None:
        with self._changed:
            self.output += data
            self._changed.notify_all()
        if b"nonsense" in self.output:
            raise WorkerError("That makes no sense.")

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        with self._changed:
            self.endings.append(ending)
            self.retries.append(retry_in_s)
            self._changed.notify_all()

    def on_stopped(self) -> None:
        with self._changed:
            self.stops += 1
            self._changed.notify_all()

    def wait(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), (self.output, self.endings)

    def wait_for(self, text: bytes) -> None:
        self.wait(lambda: text in self.output)

    def wait_for_ending(self, count: int = 1) -> Ending:
        self.wait(lambda: len(self.endings) >= count)
        return self.endings[count - 1]


class Children:
    """Makes supervisors, and ends what they have started."""

    def __init__(self) -> None:
        self._made: list[Supervisor] = []

    def __call__(
        self, script: str, watcher: ChildHandler, policy: SupervisionPolicy = POLICY, *arguments: str
    ) -> Supervisor:
        made = Supervisor("child of a test", [sys.executable, "-c", script, *arguments], policy, watcher)
        self._made.append(made)
        return made

    def stop(self) -> None:
        for one in self._made:
            one.stop(within_s=0.0)


@pytest.fixture
def supervise() -> Iterator[Children]:
    before = set(threading.enumerate())
    made = Children()
    yield made
    made.stop()
    left = [
        thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("vimd")
    ]
    assert not left, f"left behind: {left}"


def is_gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process_id}/stat")
    try:  # nobody waits for an orphan in a container
        return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def wait_until(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.01)


def test_a_child_is_told_its_opening_first_and_ends_when_asked(supervise: Children) -> None:
    watcher = Watcher(opening=b"hello\n", closing=b"end\n")
    child = supervise(ECHO, watcher)
    child.send(b"too early\n")
    child.start(wait=True)
    process_id = child.process_id
    assert child.is_running and process_id
    child.start(wait=True)
    watcher.wait_for(b"hello\n")
    child.send(b"one\n")
    child.send(bytearray(b"two\n"))
    watcher.wait_for(b"two\n")
    child.stop()
    assert watcher.output == b"hello\none\ntwo\n", "what it says while it is ended is not passed on"
    assert (watcher.endings, watcher.stops) == ([], 1)
    assert not child.is_running and child.process_id == 0 and is_gone(process_id)
    child.send(b"too late\n")
    child.start()
    watcher.wait_for(b"two\nhello\n")
    child.stop()
    assert watcher.stops == 2


def test_a_child_that_dies_leaves_its_last_words_and_is_replaced(supervise: Children) -> None:
    watcher = Watcher()
    script = "import sys; print('alive'); sys.stderr.write('Traceback ...\\n  the lens is cracked \\n\\n'); sys.exit(3)"
    child = supervise(script, watcher, replace(POLICY, deaths=3))
    child.start()
    ending = watcher.wait_for_ending(3)
    assert (ending.exit_code, ending.last_line, str(ending.reason)) == (3, *["the lens is cracked"] * 2)
    assert ending.said == "Traceback ...\n  the lens is cracked"
    assert watcher.output.split() == [b"alive"] * 3, "all output comes before the end is told"
    assert [one is None for one in watcher.retries] == [False, False, True]
    assert child.deaths == 3 and not child.is_running and watcher.stops == 0
    child.start()
    watcher.wait_for_ending(4)
    assert watcher.retries[3] is not None, "one that was given up is started as if nothing had been"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit(7)", "it exited with code 7, no output"),
        ("print('nonsense', flush=True); import time; time.sleep(3600)", "That makes no sense."),
        pytest.param(
            "import os; os.kill(os.getpid(), 9)", "it was ended by the system, signal 9", marks=POSIX
        ),
        pytest.param(
            "import os, time; os.close(1); time.sleep(0.2); os._exit(5)", "it exited with code 5, no output"
        ),
        pytest.param(
            "import os, time; os.close(1); time.sleep(3600)",
            "it was ended by the system, signal 9",
            marks=POSIX,
        ),
    ],
)
def test_why_a_child_ended_is_said(script: str, reason: str, supervise: Children) -> None:
    watcher = Watcher()
    supervise(script, watcher).start()
    assert str(watcher.wait_for_ending().reason) == reason


def test_a_program_that_is_not_there_is_said_and_tried_again(tmp_path: Path) -> None:
    watcher = Watcher()
    missing = str(tmp_path / "missing")
    child = Supervisor("missing", [missing], replace(POLICY, deaths=2), watcher)
    child.start()
    ending = watcher.wait_for_ending(2)
    child.stop()
    assert str(ending.reason).startswith(f"{missing} can't be started (No such file")
    assert ending.exit_code is None


def test_a_child_that_floods_standard_error_goes_on_and_its_end_is_kept(supervise: Children) -> None:
    watcher = Watcher()
    script = (
        "import sys\n"
        "for number in range(4096): sys.stderr.write(f'{number} ' + 'x' * 1000 + '\\n')\n"
        "print('done', flush=True); sys.stderr.write('the end'); sys.exit(1)"
    )
    supervise(script, watcher).start()
    ending = watcher.wait_for_ending()
    assert watcher.output.strip() == b"done"
    assert ending.last_line == "the end" and len(ending.said) == KEPT_BYTES


def test_a_silent_child_is_killed_and_replaced(supervise: Children) -> None:
    watcher = Watcher()
    script = "import time; print('up', flush=True); time.sleep(3600)"
    child = supervise(script, watcher, replace(POLICY, start_s=0.4, silence_s=0.1, deaths=None))
    child.start()
    assert str(watcher.wait_for_ending().reason) == "it did not respond for 0.4 s"
    watcher.wait(lambda: watcher.output.count(b"up") >= 2)
    child.note_ready()
    watcher.wait(lambda: "0.1 s" in str(watcher.endings[-1].reason))


def test_a_child_that_reads_nothing_does_not_hold_up_who_speaks_to_it(supervise: Children) -> None:
    watcher = Watcher()
    child = supervise("import time; print('up', flush=True); time.sleep(3600)", watcher)
    child.start()
    watcher.wait_for(b"up")
    process_id = child.process_id
    for _ in range(64):
        child.send(bytes(1 << 16))
    child.stop(within_s=0.1)
    assert is_gone(process_id)


@POSIX
def test_a_child_that_ignores_being_asked_is_killed_after_its_deadline(
    supervise: Children, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher(closing=b"end\n")
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
        "while True: time.sleep(1)"
    )
    child = supervise(script, watcher, replace(POLICY, stop_s=0.2))
    child.start()
    watcher.wait_for(b"up")
    process_id = child.process_id
    os.kill(process_id, signal.SIGTERM)
    child.stop()
    assert is_gone(process_id) and "did not end by itself" in caplog.text
    assert (watcher.endings, watcher.stops) == ([], 1)


@POSIX
def test_a_group_is_killed_as_a_whole(supervise: Children, tmp_path: Path) -> None:
    watcher = Watcher()
    script = (
        "import subprocess, sys, time\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])\n"
        "print(grandchild.pid, flush=True); time.sleep(3600)"
    )
    child = supervise(script, watcher, replace(POLICY, leads_group=True))
    child.start()
    watcher.wait_for(b"\n")
    grandchild = int(watcher.output)
    assert not is_gone(grandchild)
    child.stop(within_s=0.0)
    wait_until(lambda: is_gone(grandchild))


def test_progress_makes_deaths_before_it_count_no_more(supervise: Children) -> None:
    watcher = Watcher()
    child = supervise("import sys; sys.exit(1)", watcher, replace(POLICY, deaths=3))
    on_ended = watcher.on_ended

    def achieve(ending: Ending, retry_in_s: float | None) -> None:
        if len(watcher.endings) < 4:
            child.note_progress()
        on_ended(ending, retry_in_s)

    watcher.on_ended = achieve  # type: ignore[method-assign]
    child.start()
    watcher.wait(lambda: None in watcher.retries)
    assert len(watcher.endings) == 7, "four that counted for nothing, and three in a row"


def test_a_life_that_was_long_enough_counts_as_progress(supervise: Children) -> None:
    watcher = Watcher()
    policy = replace(POLICY, deaths=2, steady_s=0.0)
    child = supervise("import sys; sys.exit(1)", watcher, policy)
    child.start()
    watcher.wait_for_ending(4)
    assert None not in watcher.retries


def test_waits_grow_from_death_to_death(supervise: Children) -> None:
    watcher = Watcher()
    delays = Delays(first_s=0.01, longest_s=0.05, jitter=0.0)
    supervise("import sys; sys.exit(1)", watcher, replace(POLICY, deaths=5, delays=delays)).start()
    watcher.wait_for_ending(5)
    assert watcher.retries == [0.01, 0.02, 0.04, 0.05, None]


def test_a_wait_for_a_restart_can_be_stopped(supervise: Children) -> None:
    watcher = Watcher()
    delays = Delays(first_s=3600.0, longest_s=3600.0)
    child = supervise("import sys; sys.exit(1)", watcher, replace(POLICY, deaths=None, delays=delays))
    child.start()
    watcher.wait_for_ending()
    assert child.is_running and child.process_id == 0
    child.stop()
    assert watcher.stops == 1 and not child.is_running


# Supervises a child that says who it is, and then does nothing but wait.
PARENT = """
import sys, time
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor

class Shown(ChildHandler):
    def on_output(self, data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

child = Supervisor("orphan", [sys.executable, "-c", sys.argv[1], sys.argv[2]], SupervisionPolicy(), Shown())
child.start()
time.sleep(3600)
"""
ORPHAN = """
import atexit, os, sys, time
from vimd_core.processes.heartbeat import end_with_parent
ended = os._exit
def leave(code):
    open(sys.argv[1], "w").write(str(code))
    ended(code)
os._exit = leave
end_with_parent(0)
print(os.getpid(), flush=True)
time.sleep(3600)
"""


def test_nothing_is_left_behind_when_the_parent_dies(tmp_path: Path) -> None:
    note = tmp_path / "exit code"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, ORPHAN, str(note)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        assert not is_gone(orphan)
        parent.kill()
    wait_until(lambda: is_gone(orphan))
    assert note.read_text() == str(EXIT_PARENT_GONE)


DETACHED = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
(folder / "up").touch()
while not (folder / "stop").exists():
    time.sleep(0.01)
(folder / "saved").touch()
"""


class Detached(ChildHandler):
    """Asks by a file, as one does whose child has no pipes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def closing(self) -> bytes:
        (self._folder / "stop").touch()
        return b""


def test_what_is_detached_outlives_its_parent_until_it_is_asked(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor\n"
        "policy = SupervisionPolicy(detached=True, leads_group=True)\n"
        "child = Supervisor('detached', [sys.executable, '-c', *sys.argv[1:]], policy, ChildHandler())\n"
        "child.start(); print(child.process_id)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script, DETACHED, str(tmp_path)],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    child = int(parent.stdout)
    wait_until(lambda: (tmp_path / "up").exists())
    assert not is_gone(child)
    (tmp_path / "stop").touch()
    wait_until(lambda: is_gone(child))


def test_what_is_detached_saves_before_it_ends_and_is_resumed_by_another_start(
    supervise: Children, tmp_path: Path
) -> None:
    policy = SupervisionPolicy(detached=True, leads_group=True, stop_s=None)
    child = supervise(DETACHED, Detached(tmp_path), policy, str(tmp_path))
    child.start()
    wait_until(lambda: (tmp_path / "up").exists())
    assert child.is_running and child.process_id
    child.request_stop()
    wait_until(lambda: not child.is_running)
    assert (tmp_path / "saved").exists()
    for name in ("up", "stop", "saved"):
        (tmp_path / name).unlink()
    child.start()
    wait_until(lambda: (tmp_path / "up").exists())
    child.stop()
    assert (tmp_path / "saved").exists() and not child.is_running


def test_a_detached_child_that_can_not_be_started_raises(tmp_path: Path) -> None:
    policy = SupervisionPolicy(detached=True)
    with pytest.raises(OSError):
        Supervisor("missing", [str(tmp_path / "missing")], policy, ChildHandler()).start()
