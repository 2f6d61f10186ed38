"""A chart as a widget: its legend above, its plots below; pyqtgraph comes when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.views.charts.loading import ChartLibrary
from app.views.charts.series import ChartData
from app.views.shared.flow_layout import FlowLayout
from app.views.shared.theme import Theme

if TYPE_CHECKING:
    from app.views.charts.plot_view import PlotView

_LINE_PX = 14


class Chart(QWidget):
    """Hover or arrow keys tell values, wheel and drag zoom and move, a double click or Home shows all.

    Args:
        theme: whose colours it uses.
        name: what assistive technology calls it.
        size: that it would like to have.
        least: that it needs.
    """

    def __init__(self, theme: Theme, name: str, size: QSize, least: QSize) -> None:
        super().__init__()
        self._theme = theme
        self._size, self._least = size, least
        self._data: ChartData | None = None
        self._hidden: set[str] = set()
        self.view: PlotView | None = None
        self.legend: list[QToolButton] = []
        self._library = ChartLibrary(self._on_library, self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self._legend_line = FlowLayout(spacing=2)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._legend_line)
        theme.changed.connect(self._paint_legend)

    def sizeHint(self) -> QSize:
        """As wished for."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """As needed."""
        return self._least

    def set_data(self, data: ChartData) -> None:
        """Show other curves; what is zoomed in on stays."""
        names = self._data.names if self._data is not None else ()
        self._data = data
        if data.names != names:
            self._make_legend(data)
        if self.view is not None:
            self.view.set_data(data, self._hidden)

    def showEvent(self, event: QShowEvent) -> None:
        """Load what draws it."""
        super().showEvent(event)
        self._library.load()

    def setAccessibleName(self, name: str) -> None:
        """Name it and its plots."""
        super().setAccessibleName(name)
        if self.view is not None:
            self.view.setAccessibleName(name)

    def _on_library(self) -> None:
        from app.views.charts.plot_view import PlotView

        self.view = PlotView(self._theme)
        self.view.setAccessibleName(self.accessibleName())
        self._layout.addWidget(self.view, 1)
        if self._data is not None:
            self.view.set_data(self._data, self._hidden)

    def _make_legend(self, data: ChartData) -> None:
        while (item := self._legend_line.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.legend = []
        for name in data.names:
            button = QToolButton()
            button.setText(name)
            button.setCheckable(True)
            button.setChecked(name not in self._hidden)
            button.setProperty("role", "small")
            button.setToolTip(self.tr("Show or hide {0}").format(name))
            button.setAccessibleDescription(button.toolTip())
            button.toggled.connect(lambda is_shown, name=name: self._toggle(name, is_shown=is_shown))
            self._legend_line.addWidget(button)
            self.legend.append(button)
        self._paint_legend()

    def _paint_legend(self) -> None:
        """Each name with a piece of its line."""
        if self._data is None:
            return
        colours = {series.name: series.colour for plot in self._data.plots for series in plot.series}
        for button in self.legend:
            line = QPixmap(QSize(_LINE_PX, _LINE_PX))
            line.fill("transparent")
            painter = QPainter(line)
            painter.fillRect(0, _LINE_PX // 2 - 1, _LINE_PX, 3, self._theme.colour(colours[button.text()]))
            painter.end()
            button.setIcon(line)
        for button in self.legend:
            button.setToolButtonStyle(button.toolButtonStyle().ToolButtonTextBesideIcon)

    def _toggle(self, name: str, *, is_shown: bool) -> None:
        (self._hidden.discard if is_shown else self._hidden.add)(name)
        if self.view is not None and self._data is not None:
            self.view.set_data(self._data, self._hidden)
