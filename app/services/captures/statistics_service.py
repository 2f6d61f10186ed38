"""Statistics of the whole project, kept up to date while somebody looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.insight.review_statistics import ReviewStatistics, review_statistics
from app.services.captures.label_service import LabelService
from app.services.classifier.classify_service import ClassifyService
from app.services.project_service import ProjectService

if TYPE_CHECKING:
    from app.storage.unit import Unit

_SETTLE_MS: Final = 400


class StatisticsService(QObject):
    """Reads the figures again when labels or answers have changed, at most some times a second."""

    changed = Signal(object)  # ReviewStatistics

    def __init__(
        self,
        projects: ProjectService,
        labels: LabelService,
        classify: ClassifyService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._watchers: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._read)
        for signal in (
            labels.labels_changed,
            labels.classes_changed,
            classify.captures_changed,
            projects.opened,
        ):
            signal.connect(self._on_changed)

    def watch(self, name: str, *, is_watching: bool) -> None:
        """Say that a panel of that name can be seen, or no longer."""
        (self._watchers.add if is_watching else self._watchers.discard)(name)
        self._on_changed()

    def refresh(self) -> None:
        """Classes are called otherwise: what shows their names needs the figures once more."""
        self._on_changed()

    def _on_changed(self, *_what: object) -> None:
        if self._watchers and not self._timer.isActive():
            self._timer.start()

    def _read(self) -> None:
        self._projects.read(_statistics, self.changed.emit)


def _statistics(unit: Unit) -> ReviewStatistics:
    insights, judging = unit.insights, unit.judging
    active = unit.models.active()
    decisions = insights.decisions()
    learnt_from = {one: judging.learnt_from(one) for one in {decision.model_id for decision in decisions}}
    return review_statistics(
        [record.id for record in unit.catalogue.classes()],
        insights.answered(),
        frozenset() if active is None else judging.learnt_from(active.id),
        insights.unreviewed_answers(),
        unit.captures.class_counts().labelled,
        [one for one in decisions if one.capture_id not in learnt_from[one.model_id]],
    )
