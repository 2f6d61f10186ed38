"""Stores what sources see: each sighting is judged by the model where that matters, then written by one thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.errors import ProjectError
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.streams.sighting_judge import Question, SightingJudge
from app.services.streams.stream_session import StreamSession, finish
from app.services.tasks import Result
from app.streams.sighting_verdict import SightingVerdict
from app.streams.storing import store_sighting

if TYPE_CHECKING:
    from app.storage.project import Project
    from vimd_core.streaming.sightings.sightings import Sighting

_log = logging.getLogger(__name__)


class SightingWriter(QObject):
    """One thread that writes for the open project and ends with it; it waits while the disk is full.

    What a source sees meanwhile waits in its process.
    """

    stored = Signal(
        object, object, str, float
    )  # the session, AddedCaptures, region, age of its last frame in s
    failed = Signal(object)

    def __init__(self, projects: ProjectService, judge: SightingJudge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._judge = judge
        self._thread: ThreadPoolExecutor | None = None

    def submit(self, work: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Run something in the thread, which may wait there for the disk or for the user."""
        return self._open_thread().submit(work, *arguments)

    def taker(self, project: Project) -> Callable[[StreamSession, Sighting], None]:
        """What a source hands its sightings to, from any thread."""
        return partial(self._take, self._open_thread(), project)

    def finish(self, sessions: Sequence[StreamSession]) -> None:
        """End the thread when the sources have ended and what they saw is written; the project waits for it."""
        thread, self._thread = self._thread, None
        self._judge.give_up()
        if thread is not None:
            self._projects.jobs.submit(Job.END_STREAM, finish, sessions, thread)

    def _open_thread(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="vimd-stream-writer")
        return self._thread

    def _take(
        self, writer: ThreadPoolExecutor, project: Project, session: StreamSession, sighting: Sighting
    ) -> None:
        """Have a sighting written, after the model was asked where that matters; runs in a thread of the source."""
        settings = session.settings
        has_choice = len(sighting.looks) > 1 or settings.keep_below is not None
        if sighting.reason in ("file", "demand") or not has_choice or session.stopping.is_set():
            _submit(writer, self._store, project, session, sighting, None)
            return

        def on_verdict(verdict: SightingVerdict | None) -> None:
            below = session.settings.keep_below
            if verdict is not None and below is not None and not verdict.is_below(below):
                if session.supervisor is not None:
                    session.supervisor.take(1)
                return
            _submit(writer, self._store, project, session, sighting, verdict)

        question = Question(sighting, settings.capture.agreeing_frames, on_verdict)
        self._judge.offer(question)
        # The project may be closing since the question above, and then nobody answers any more.
        if session.stopping.is_set() and self._judge.withdraw(question):
            _submit(writer, self._store, project, session, sighting, None)

    def _store(
        self, project: Project, session: StreamSession, sighting: Sighting, verdict: SightingVerdict | None
    ) -> None:
        """Write a capture and add it to the project; runs in the writer's thread."""
        import time

        from vimd_core.streaming.sightings.saving import patiently

        try:
            added = store_sighting(
                project,
                session.record,
                sighting,
                verdict,
                partial(
                    patiently,
                    on_trouble=self.failed.emit,
                    must_stop=session.stopping.is_set,
                    wait=session.stopping.wait,
                ),
            )
            if added is not None:
                age_s = (time.monotonic_ns() - max(look.taken_ns for look in sighting.looks)) / 1e9
                self.stored.emit(session, added, sighting.region, age_s)
        except ProjectError as e:
            self.failed.emit(e.sentence)
        except Exception as e:  # noqa: BLE001  # the edge of a thread: whatever it was, the user is told
            _log.exception("A capture of %s could not be stored", session.record.url)
            self.failed.emit(self.tr("Unexpected error ({0}): see the log for details.").format(repr(e)))
        finally:
            if session.supervisor is not None:
                session.supervisor.take(1)


def _submit(writer: ThreadPoolExecutor, work: Callable[..., None], *arguments: Any) -> None:
    try:
        writer.submit(work, *arguments)
    except RuntimeError:
        _log.info("A capture came after its project was closed")
