"""Background tasks (futures): brings results of other threads to the window's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from vimd_core.errors import VimdError
from vimd_core.user_messages import Sentence, sentence

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Task:
    """A result that is waited for; once cancelled, it is dropped when it comes."""

    def __init__(self) -> None:
        self.is_wanted = True

    def cancel(self) -> None:
        """Drop the result."""
        self.is_wanted = False


class TaskRunner(QObject):
    """Calls back in the window's thread when futures are done."""

    unhandled_failure = Signal(object)
    _future_done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._future_done.connect(self._on_future_done, Qt.ConnectionType.QueuedConnection)

    def watch(
        self,
        future: Future[Result],
        on_success: Callable[[Result], None],
        on_failure: Callable[[Sentence], None] | None = None,
    ) -> Task:
        """Call `on_success` with the result or `on_failure` with a message, unless the task is cancelled.

        Without `on_failure` the message goes to `unhandled_failure`.
        """
        task = Task()
        failure = on_failure or self.unhandled_failure.emit
        future.add_done_callback(lambda done: self._future_done.emit((task, done, on_success, failure)))
        return task

    def _on_future_done(
        self, call: tuple[Task, Future[Any], Callable[[Any], None], Callable[[Sentence], None]]
    ) -> None:
        task, future, on_success, on_failure = call
        if not task.is_wanted:
            return
        try:
            result = future.result()
        except FutureCancelledError:
            return
        except VimdError as e:
            on_failure(e.sentence)
            return
        except Exception as e:  # noqa: BLE001  # the edge of a thread: whatever it was, the user is told
            _log.error("A background task failed", exc_info=e)
            on_failure(sentence("Unexpected error ({reason}): see the log for details.", reason=repr(e)))
            return
        on_success(result)
