"""Saved filters: those that the user has given a name."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from app.domain.capture_query import CaptureQuery
from app.item_models.capture_list_model import CaptureListModel
from app.services.project_service import ProjectService
from app.views.filters.questions import FilterQuestions
from app.views.shared.theme import Theme


class SavedFilters(QWidget):
    """Chooses one, saves the filter of now under a name, forgets one."""

    def __init__(
        self, projects: ProjectService, captures: CaptureListModel, questions: FilterQuestions, theme: Theme
    ) -> None:
        super().__init__()
        self._projects = projects
        self._captures = captures
        self._questions = questions
        self._theme = theme
        self._filters: list[tuple[str, CaptureQuery]] = []
        self.box = QComboBox()
        self.box.setPlaceholderText(self.tr("Saved filters"))
        self.box.setAccessibleName(self.tr("Saved filters"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.activated.connect(self._choose)
        self.delete_button = QToolButton()
        self.delete_button.setAccessibleName(self.tr("Delete saved filter"))
        self.delete_button.setToolTip(self.tr("Delete saved filter"))
        self.delete_button.clicked.connect(self._delete)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.box, 1)
        line.addWidget(self.delete_button)
        projects.opened.connect(lambda _name, _folder: self.reload())
        captures.query_changed.connect(self._follow)
        theme.changed.connect(self._show_icons)
        self._show_icons()
        self._show()

    def save(self) -> None:
        """Ask for a name and save the filter of now under it."""
        query = self._captures.query
        name = self._questions.ask_filter_name()
        if name:
            self._projects.queries.save_filter(name, query, self.reload)

    def reload(self) -> None:
        """Read the saved filters again."""
        self._projects.queries.saved_filters(self._on_filters)

    def _choose(self, row: int) -> None:
        self._captures.set_query(self._filters[row][1])

    def _delete(self) -> None:
        row = self.box.currentIndex()
        if row >= 0:
            name = self._filters[row][0]
            self._projects.queries.delete_filter(name, self.reload)

    def _on_filters(self, filters: list[tuple[str, CaptureQuery]]) -> None:
        self._filters = filters
        self._show()

    def _show(self) -> None:
        self.box.clear()
        self.box.addItems([name for name, _ in self._filters])
        self.setVisible(bool(self._filters))
        self._follow()

    def _follow(self) -> None:
        queries = [query for _, query in self._filters]
        now = self._captures.query
        self.box.setCurrentIndex(queries.index(now) if now in queries else -1)
        self.delete_button.setEnabled(self.box.currentIndex() >= 0)

    def _show_icons(self) -> None:
        self.delete_button.setIcon(self._theme.icon("close"))
