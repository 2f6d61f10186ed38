"""Updates of saved filters and lists when classes are renamed, merged or taken away."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.capture_query import CaptureQuery
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.services.captures.statistics_service import StatisticsService
from app.services.classifier.inspect_service import InspectService
from app.services.project_service import ProjectService


class ClassFollowers(QObject):
    """Names on tiles, in headings, in the inspector and in figures; and the filter, which goes on with what is left."""

    def __init__(
        self,
        classes: ClassListModel,
        captures: CaptureListModel,
        projects: ProjectService,
        inspect: InspectService,
        statistics: StatisticsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._classes = classes
        self._captures = captures
        self._projects = projects
        self._inspect = inspect
        self._statistics = statistics
        self._known = classes.records
        classes.modelReset.connect(self._on_classes)
        captures.query_changed.connect(self._check_query)

    def _on_classes(self) -> None:
        before, self._known = self._known, self._classes.records
        looks = [{(one.id, one.name, one.colour) for one in records} for records in (before, self._known)]
        if looks[0] - looks[1]:  # a class that is only new stands nowhere yet
            self._captures.refresh_names()
            self._inspect.refresh([self._inspect.capture_id])
        if looks[0] != looks[1]:
            self._statistics.refresh()
        self._check_query()

    def _check_query(self) -> None:
        query = self._captures.query
        known = {record.id for record in self._classes.records}
        gone = query.mentioned_classes - known
        if gone and known:
            self._projects.queries.present_classes(gone, lambda present: self._replace(query, present))

    def _replace(self, query: CaptureQuery, present: dict[int, int]) -> None:
        if self._captures.query != query:
            return
        gone = {old: now for old, now in present.items() if now != old}  # others are too new for the list
        if gone:
            self._captures.set_query(
                query.with_classes({old: now for old, now in gone.items() if now}, frozenset(gone))
            )
