"""Supervision of a child process: started, spoken to, watched, restarted, stopped, and never left behind.

    start ──> running ──(dies, is silent, talks nonsense)──> wait (backoff) ──> running ...
                 │                                              └── after so many deaths in a row: given up
                 └──(stop)──> asked to end ──(deadline)──> killed

The classifier, each source, the indexer, each training and the measurement of speed have one `Supervisor`. They differ
in what is said (`ChildHandler`) and in how patient one is with them: start-up, silence and stop times
(`SupervisionPolicy`; those of all stand in `vimd_core.processes.policies`). A child ends when its parent
is gone, however that went: its standard input ends then (`vimd_core.processes.heartbeat.end_with_parent`, or its own
reader). Only what is `detached` outlives its parent on purpose.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vimd_core.processes.backoff import Backoff, Delays
from vimd_core.processes.child import Child, Ending
from vimd_core.processes.heartbeat import Watchdog
from vimd_core.user_messages import Sentence, sentence

TICK_S: Final = 0.25
DELAYS: Final = Delays(first_s=0.25, longest_s=4.0)
_LAST_MOMENT_S: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SupervisionPolicy:
    """How patient a supervisor is with its child.

    Attributes:
        start_s: silence on standard output after which it is killed, until `Supervisor.note_ready`; None for any.
        silence_s: the same from then on: some heartbeats long.
        stop_s: how long it may take to end once it was asked to; it is killed then. None waits for ever.
        deaths: in a row, with nothing achieved between, after which it stays down; 1 never restarts it, None always.
        steady_s: a life that was longer has achieved something; None leaves that to `Supervisor.note_progress`.
        delays: how long to wait before it is restarted.
        leads_group: whether all that it starts is killed with it, and signals to this program's group miss it.
        detached: it outlives this program, so it has no pipes and is not watched: it is found again, and asked to end,
            by what it leaves in the file system.
    """

    start_s: float | None = None
    silence_s: float | None = None
    stop_s: float | None = 2.0
    deaths: int | None = 1
    steady_s: float | None = None
    delays: Delays = DELAYS
    leads_group: bool = False
    detached: bool = False


class ChildHandler:
    """What is said to a child, and what becomes of what it says.

    The supervisor calls from threads of its own: a handler hands over and returns.
    """

    def opening(self) -> bytes | bytearray:
        """What each new child is told first: all that it has to know, for it may replace one that died."""
        return b""

    def closing(self) -> bytes | bytearray:
        """What asks the child to end, beside the end of its standard input."""
        return b""

    def on_output(self, data: bytes) -> None:
        """It has written to standard output.

        Raises:
            WorkerError: that makes no sense; the child is killed, which is its `Ending.verdict`.
        """

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """It has ended without being asked to, after all its output.

        Args:
            ending: how.
            retry_in_s: seconds until it is restarted; None when it is given up.
        """

    def on_stopped(self) -> None:
        """It was asked to end and is gone, or is not restarted any more because of that."""


class Supervisor:
    """Supervises one child process at a time, from threads of its own.

    Args:
        name: of the child, in the log and for its threads.
        command: how to start it.
        policy: how patient to be.
        handler: says what it is told, and is told what it says.
    """

    def __init__(
        self, name: str, command: Sequence[str], policy: SupervisionPolicy, handler: ChildHandler
    ) -> None:
        self._name = name
        self._command = list(command)
        self._policy = policy
        self._handler = handler
        # Held while something is sent, and while a new child is told how things stand.
        self._lock = threading.RLock()
        self._child: Child | None = None
        self._watchdog = Watchdog(None, None)
        self._backoff = Backoff(policy.delays)
        self._deaths = 0
        self._keeper: threading.Thread | None = None
        self._is_kept = False
        self._stopping = threading.Event()
        self._launch_tried = threading.Event()
        self._wake = threading.Event()

    @property
    def process_id(self) -> int:
        """The child's process id, 0 while there is none."""
        child = self._child
        return child.process_id if child is not None else 0

    @property
    def deaths(self) -> int:
        """How often the child has died since it last achieved something."""
        return self._deaths

    @property
    def is_running(self) -> bool:
        """Whether there is a child, or soon will be again."""
        if self._policy.detached:
            child = self._child
            return child is not None and not child.wait(0)
        return self._is_kept

    def start(self, *, wait: bool = False) -> None:
        """Start the child, also one that was given up or has been stopped; does nothing while it runs.

        Args:
            wait: until there is a process, or it is known that there can be none: some milliseconds.

        Raises:
            OSError: a detached child can't be started; what is wrong with others is told to the handler.
        """
        if self.is_running:
            return
        if self._policy.detached:
            self._child = self._launched()
            return
        if self._keeper is not None:
            self._keeper.join()
        self.note_progress()
        self._stopping.clear()
        self._wake.clear()
        self._launch_tried.clear()
        self._is_kept = True
        self._keeper = threading.Thread(target=self._keep, name=f"vimd-{self._name}", daemon=True)
        self._keeper.start()
        if wait:
            self._launch_tried.wait()

    def send(self, data: bytes | bytearray) -> None:
        """Write to the child's standard input, without waiting for it; dropped while there is none."""
        with self._lock:
            if self._child is not None and not self._stopping.is_set():
                self._child.send(data)

    @contextlib.contextmanager
    def no_start(self) -> Iterator[None]:
        """While the block runs no new child is told its opening: what is noted for that and sent belong together."""
        with self._lock:
            yield

    def note_ready(self) -> None:
        """The child is up: from now on its policy's `silence_s` counts."""
        self._watchdog.note_ready()

    def note_progress(self) -> None:
        """The child has achieved something: deaths before do not count any more."""
        with self._lock:
            self._deaths = 0
            self._backoff.reset()

    def request_stop(self) -> None:
        """Have the child end, without waiting for it: it is asked, and killed after its deadline.

        One that is detached is asked only: a training saves first, however long that takes, and `start` resumes it.
        """
        if self._policy.detached:
            self._handler.closing()
        self._stopping.set()
        self._wake.set()

    def stop(self, *, within_s: float | None = None) -> None:
        """End the child and wait until it and its threads are gone: a bounded time, unless its policy has none.

        Args:
            within_s: kill it after so many seconds already; None for its policy's `stop_s`.
        """
        self.request_stop()
        keeper, self._keeper = self._keeper, None
        child = self._child
        if self._policy.detached and child is not None:
            self._end_or_kill(child, self._policy.stop_s if within_s is None else within_s)
        if keeper is None:
            return
        if within_s is not None:
            keeper.join(within_s)
            if child is not None and keeper.is_alive():
                child.kill()
        keeper.join()

    def _keep(self) -> None:
        """Run one child after another until it is asked to stop or gives up."""
        while not self._stopping.is_set():
            began_s = time.monotonic()
            ending = self._run_child()
            if self._stopping.is_set():
                break
            steady_s = self._policy.steady_s
            if steady_s is not None and time.monotonic() - began_s > steady_s:
                self.note_progress()
            with self._lock:
                self._deaths += 1
                is_given_up = self._policy.deaths is not None and self._deaths >= self._policy.deaths
                retry_in_s = None if is_given_up else self._backoff.next_s()
            if retry_in_s is None:
                self._is_kept = False  # from now on it may be started anew
                self._handler.on_ended(ending, None)
                return
            self._handler.on_ended(ending, retry_in_s)
            self._stopping.wait(retry_in_s)
        self._is_kept = False
        self._launch_tried.set()  # also when it was stopped before that
        self._handler.on_stopped()

    def _run_child(self) -> Ending:
        """Run one child to its end, and say how that was."""
        policy = self._policy
        self._watchdog = Watchdog(policy.start_s, policy.silence_s)
        try:
            child = self._launched()
        except OSError as e:
            self._launch_tried.set()
            reason = e.strerror or str(e)
            verdict = sentence(
                "{program} can't be started ({reason})", program=self._command[0], reason=reason
            )
            return Ending(verdict=verdict)
        with self._lock:
            child.send(self._handler.opening())
            self._child = child
        self._launch_tried.set()
        try:
            overdue = self._watch(child)
            if overdue is not None or child.complaint is not None:
                child.kill()
            elif self._stopping.is_set():
                child.send(self._handler.closing())
                child.close_input()
                self._end_or_kill(child, policy.stop_s)
            # Its pipe is closed, so it is about to end: its exit code is worth a moment.
            elif not child.wait(_LAST_MOMENT_S):
                child.kill()
        except BaseException:
            child.kill()  # a handler failed: nothing is left behind all the same
            raise
        finally:
            child.close()
            with self._lock:
                self._child = None
        return Ending(exit_code=child.exit_code, said=child.said, verdict=overdue or child.complaint)

    def _launched(self) -> Child:
        return Child(
            self._name,
            self._command,
            has_pipes=not self._policy.detached,
            leads_group=self._policy.leads_group,
            on_output=self._on_output,
            on_end_of_output=self._wake.set,
        )

    def _on_output(self, data: bytes) -> None:
        self._watchdog.note_heard()
        if not self._stopping.is_set():
            self._handler.on_output(data)

    def _watch(self, child: Child) -> Sentence | None:
        """Wait until the child has closed its output or has to go; a sentence when that is for its silence."""
        while child.is_talking and not self._stopping.is_set():
            if self._wake.wait(TICK_S):
                self._wake.clear()
            overdue_s = self._watchdog.overdue_s()
            if overdue_s is not None and child.is_talking and not self._stopping.is_set():
                return sentence("it did not respond for {seconds:g} s", seconds=overdue_s)
        return None

    def _end_or_kill(self, child: Child, within_s: float | None) -> None:
        """Wait until a child that was asked to end has done so, and kill it after its deadline."""
        if not child.wait(within_s):
            if within_s:
                _log.warning("The %s did not end by itself and is killed", self._name)
            child.kill()
            child.wait(None)
