"""Status bar: the classifier, the suggestions, the job that runs, and the device."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from app.domain.progress import JobProgress
from app.item_models import number_text
from app.services.classifier.worker_client import WorkerState
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.theme import Theme
from app.views.wording.numbers import duration


class _Dot(QWidget):
    """A coloured dot."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colour = "faint"
        self.setFixedSize(QSize(10, 10))

    def set_colour(self, name: str) -> None:
        """Change the colour."""
        self._colour = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._colour))
        painter.drawEllipse(QRectF(1, 1, 8, 8))


class JobStrip(QWidget):
    """A job's count, rate, time left and Cancel."""

    cancel_wanted = Signal()

    def __init__(self, doing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._doing = doing
        self.text = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(80)
        self.bar.setAccessibleName(doing)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setProperty("role", "quiet")
        self.cancel_button.setAccessibleName(self.tr("Cancel: {0}").format(doing))
        self.cancel_button.clicked.connect(self.cancel_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.cancel_button)
        self.hide()

    def set_progress(self, progress: JobProgress | None) -> None:
        """Show how far the job is, or hide when there is none."""
        self.setVisible(progress is not None)
        if progress is None:
            return
        if progress.total is None:
            self.bar.setRange(0, 0)
            self.text.setText(self._doing)
            return
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        text = self.tr("{0} {1} of {2}").format(
            self._doing, number_text.count(progress.done), number_text.count(progress.total)
        )
        if progress.rate_per_s is not None and progress.eta_s is not None:
            text += self.tr(" · {0}/s · {1} left").format(
                f"{progress.rate_per_s:,.0f}", duration(progress.eta_s)
            )
        self.text.setText(text)


class Footer(QFrame):
    """State of the classifier and of the suggestions, jobs, device."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._dot = _Dot(theme)
        self.state_text = QLabel()
        self.spark = QLabel()
        self.suggestions = ElidedLabel()
        self.device = ElidedLabel()
        self.device.setProperty("role", "muted")
        self.device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # It gets what room the jobs leave.
        self.device.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.import_job = JobStrip(self.tr("Adding"))
        self.classify_job = JobStrip(self.tr("Classifying"))
        self.features_job = JobStrip(self.tr("Analyzing captures"))
        self.export_job = JobStrip(self.tr("Exporting"))
        self.relink_job = JobStrip(self.tr("Finding files"))
        self.insight_job = JobStrip(self.tr("Comparing captures"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 5, 14, 5)
        layout.setSpacing(8)
        layout.addWidget(self._dot)
        layout.addWidget(self.state_text)
        layout.addSpacing(12)
        layout.addWidget(self.spark)
        layout.addWidget(self.suggestions)
        layout.addSpacing(4)
        layout.addWidget(self.import_job)
        layout.addWidget(self.classify_job)
        layout.addWidget(self.features_job)
        layout.addWidget(self.export_job)
        layout.addWidget(self.insight_job)
        layout.addWidget(self.relink_job)
        layout.addWidget(self.device, 1)
        self.setFixedHeight(36)
        theme.changed.connect(self._dot.update)
        self.set_worker_state(WorkerState.STARTING, has_model=False, has_failed=False)

    def set_worker_state(self, state: WorkerState, *, has_model: bool, has_failed: bool) -> None:
        """Say what the classifier is doing.

        Args:
            state: of the child process.
            has_model: whether it has a model.
            has_failed: whether that is because it could not load one, rather than because it is loading it.
        """
        if state in (WorkerState.READY, WorkerState.BUSY) and not has_model:
            text, colour = (
                (self.tr("No model"), "corrected") if has_failed else (self.tr("Loading model…"), "faint")
            )
        else:
            text, colour = {
                WorkerState.STOPPED: (self.tr("Classifier off"), "faint"),
                WorkerState.STARTING: (self.tr("Classifier is starting…"), "faint"),
                WorkerState.READY: (self.tr("Classifier ready"), "accepted"),
                WorkerState.BUSY: (self.tr("Classifier busy"), "accent"),
                WorkerState.RESTARTING: (self.tr("Classifier is restarting…"), "corrected"),
                WorkerState.FAILED: (self.tr("Classifier failed"), "problem"),
            }[state]
        self.state_text.setText(text)
        self._dot.set_colour(colour)
