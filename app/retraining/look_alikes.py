"""Look-alikes without a window: a child process groups the captures of a project before its labels are split."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.capture_query import CaptureQuery
from app.storage.captures.feature_files import feature_files
from app.storage.regrouping import regroup
from vimd_core.embeddings.file import stored_ids
from vimd_core.errors import WorkerError
from vimd_core.processes.child import Ending
from vimd_core.processes.messages import encode
from vimd_core.processes.policies import GROUPING_POLICY
from vimd_core.processes.protocol import FrameReader
from vimd_core.processes.supervision import ChildHandler, Supervisor
from vimd_core.worker.conversation import ANSWERS
from vimd_core.worker.features.group_messages import FindLookAlikes, LookAlikesFound
from vimd_core.worker.messages import Answer, CaptureFile, Failed, Progress, Shutdown, reason_of

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

_LOOK_S: Final = 0.2

_log = logging.getLogger(__name__)


def group_by_look(
    project: Project,
    command: Sequence[str],
    *,
    on_progress: Callable[[float], object] = lambda _share: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Find the look-alikes of a project, also of captures that no window has looked at, and regroup it.

    Whatever goes wrong is logged: labels can be split without, only that figures flatter then.

    Args:
        project: gets the groups.
        command: how to start the child process.
        on_progress: told the share that is done.
        should_stop: asked several times a second; what was known before stays.
    """
    request = project.read(lambda unit: look_alike_request(unit, project.folder)).result()
    if request is None or should_stop():
        return
    process = _GroupingProcess(command, encode(request, 1))
    try:
        answer = process.answer(on_progress, should_stop)
    except WorkerError as e:
        _log.warning("Look-alikes were not found: %s", e)
        return
    if isinstance(answer, LookAlikesFound):
        found = look_alikes_of(answer)
        project.write(lambda unit: unit.groups.set_look_alikes(found)).result()
        regroup(project)
    elif answer is not None:
        _log.warning("Look-alikes were not found: %s", reason_of(answer))


def look_alikes_of(answer: LookAlikesFound) -> dict[int, tuple[int, int]]:
    """The numbers of the groups of look-alikes and of near-duplicates, by capture."""
    columns = (one.to_array() for one in (answer.ids, answer.look_alike, answer.near_duplicate))
    return {capture_id: (loose, strict) for capture_id, loose, strict in zip(*columns, strict=True)}


def look_alike_request(unit: Unit, folder: Path, *, with_missing: bool = True) -> FindLookAlikes | None:
    """What to ask the child; None without a model.

    Args:
        unit: of the project.
        folder: of the project.
        with_missing: whether it computes the features that are missing; otherwise those are left out.
    """
    model = unit.models.active()
    if model is None:
        return None
    network = unit.models.own_network(model.id)
    own = feature_files(folder, network.model_id).own
    known = stored_ids(own)
    present = unit.captures.find(CaptureQuery()).ids
    missing = [one for one in present if one not in known] if with_missing else []
    return FindLookAlikes(
        network.path,
        own,
        tuple(sorted(known.difference(present))),
        tuple(CaptureFile(*one) for one in unit.captures.paths(missing)),
    )


class _GroupingProcess(ChildHandler):
    """A child that answers one request, and is ended then."""

    def __init__(self, command: Sequence[str], request: bytearray) -> None:
        self._child = Supervisor("look-alikes", command, GROUPING_POLICY, self)
        self._request = request
        self._frames = FrameReader()
        self._answers: queue.SimpleQueue[Answer | Ending] = queue.SimpleQueue()

    def answer(
        self, on_progress: Callable[[float], object], should_stop: Callable[[], bool]
    ) -> Answer | None:
        """What it says in the end; None when it was stopped before.

        Raises:
            WorkerError: it could not be started, or died.
        """
        self._child.start()
        try:
            while not should_stop():
                try:
                    said = self._answers.get(timeout=_LOOK_S)
                except queue.Empty:
                    continue
                if isinstance(said, Ending):
                    raise WorkerError("The classifier stopped: try again.")
                if isinstance(said, Progress):
                    on_progress(said.share)
                else:
                    return said
            return None
        finally:
            self._child.stop()

    def opening(self) -> bytearray:
        """The request."""
        return self._request

    def closing(self) -> bytearray:
        """Asks it to end."""
        return encode(Shutdown())

    def on_output(self, data: bytes) -> None:
        """Take its answers; that it lives is all that others say."""
        for frame in self._frames.feed(data):
            answer = ANSWERS.decode(frame.body)
            if isinstance(answer, (Progress, LookAlikesFound, Failed)):
                self._answers.put(answer)

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """It died before it had answered."""
        self._answers.put(ending)
