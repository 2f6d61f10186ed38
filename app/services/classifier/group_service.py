"""Keeps up to date which captures show one thing: regroups after changes, and has look-alikes found when features are.

All of it waits until nothing else is to be done: captures first have to be imported, classified and looked at.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.records import GroupCounts, LabelResult
from app.jobs import Job
from app.retraining.look_alikes import look_alike_request, look_alikes_of
from app.services.classifier.feature_service import FeatureService
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.storage.regrouping import regroup
from vimd_core.user_messages import Sentence
from vimd_core.worker.features.group_messages import FindLookAlikes, LookAlikesFound
from vimd_core.worker.messages import Answer, Failed

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

_REST_MS: Final = 1500

_log = logging.getLogger(__name__)


class GroupService(QObject):
    """What changes while it is at work is looked at once more afterwards."""

    counted = Signal(object)  # GroupCounts

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        worker: WorkerClient,
        features: FeatureService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._worker = worker
        self._features = features
        self._have_looks_changed = False
        self._is_asking = self._is_regrouping = False
        self._request: int | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._work)
        projects.opened.connect(lambda _name, _folder: self.update())
        projects.closing.connect(self._on_closing)
        features.changed.connect(self._on_features_changed)

    def update(self) -> None:
        """Captures, their files or what tables say of them may have changed."""
        self._rest.start()

    def take_labels(self, result: LabelResult) -> None:
        """Captures may be in the project now that were not, or the other way round."""
        if result.is_membership_changed:
            self.update()

    def _on_features_changed(self) -> None:
        self._have_looks_changed = True
        self.update()

    def _work(self) -> None:
        project = self._projects.project
        if project is None or self._projects.is_read_only:
            return
        self._regroup(project)
        is_possible = self._worker.is_up and not self._features.is_running
        if self._have_looks_changed and is_possible and not self._is_asking:
            self._have_looks_changed, self._is_asking = False, True
            folder = project.folder
            self._projects.read(
                lambda unit: look_alike_request(unit, folder, with_missing=False),
                partial(self._ask, project),
                self._on_not_found,
            )

    def _ask(self, project: Project, request: FindLookAlikes | None) -> None:
        if request is None or not self._worker.is_up or self._projects.project is not project:
            self._is_asking = False
            return
        self._request = self._worker.send(
            request, on_answer=partial(self._on_answer, project), on_crash=self._on_not_found
        )

    def _on_answer(self, project: Project, answer: Answer) -> None:
        if isinstance(answer, LookAlikesFound):
            self._is_asking, self._request = False, None
            found = look_alikes_of(answer)

            def keep(unit: Unit) -> None:
                unit.groups.set_look_alikes(found)

            self._projects.write(keep, lambda _none: self._regroup(project), self._on_not_found, Job.REGROUP)
        elif isinstance(answer, Failed):
            self._on_not_found(answer.reason)

    def _on_not_found(self, why: Sentence | str) -> None:
        _log.warning("Look-alikes were not found: %s", why)
        self._is_asking, self._request = False, None

    def _regroup(self, project: Project) -> None:
        if self._is_regrouping:
            self._rest.start()
            return
        self._is_regrouping = True
        self._tasks.watch(
            self._projects.jobs.submit(Job.REGROUP, regroup, project),
            partial(self._on_regrouped, project),
            self._on_not_regrouped,
        )

    def _on_regrouped(self, project: Project, counts: GroupCounts) -> None:
        self._is_regrouping = False
        if self._projects.project is project:
            self.counted.emit(counts)

    def _on_not_regrouped(self, why: Sentence) -> None:
        self._is_regrouping = False
        _log.warning("Captures were not grouped: %s", why)

    def _on_closing(self) -> None:
        self._rest.stop()
        if self._request is not None:
            self._worker.cancel(self._request)
            self._worker.forget(self._request)
        self._request = None
        self._is_asking = self._have_looks_changed = False
