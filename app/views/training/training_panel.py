"""The training panel: progress of the training that runs, its curves, and what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.training_records import RunState, TrainingRun
from app.item_models.worded import worded
from app.services.training.retrain_service import RetrainService
from app.views.shared.theme import Theme
from app.views.training.curve_plot import CurvePlot
from app.views.wording.numbers import duration

_PARTS = 1000


class TrainingPanel(QWidget):
    """Shows one training, the one that goes on or the last one."""

    def __init__(self, retrain: RetrainService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._retrain = retrain
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.title.setWordWrap(True)
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Training progress"))
        self.plot = CurvePlot(theme)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumHeight(84)
        self.log.setAccessibleName(self.tr("Training log"))
        self.pause_button = QPushButton(self.tr("Pause"))
        self.pause_button.setToolTip(self.tr("Save and stop for now; you can resume later"))
        self.pause_button.clicked.connect(retrain.pause)
        self.resume_button = QPushButton(self.tr("Resume"))
        self.resume_button.clicked.connect(retrain.resume)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Cancel this training; the model in use is not changed"))
        self.stop_button.clicked.connect(retrain.give_up)
        buttons = QHBoxLayout()
        buttons.addWidget(self.pause_button)
        buttons.addWidget(self.resume_button)
        buttons.addWidget(self.stop_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.state)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.log)
        retrain.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        run, retrain, curves = self._retrain.run, self._retrain, self._retrain.curves
        is_paused = run is not None and run.state is RunState.PAUSED and not retrain.is_running
        self.pause_button.setVisible(retrain.is_running)
        self.pause_button.setEnabled(not retrain.is_pausing)
        self.resume_button.setVisible(is_paused)
        self.stop_button.setVisible(retrain.is_running or is_paused)
        for widget in (self.bar, self.plot, self.log):
            widget.setVisible(run is not None)
        if run is None:
            self.title.setText(self.tr("No training yet"))
            self.state.setText(self.tr("Label some captures, then use Tools > Retrain to improve the model."))
            return
        self.title.setText(str(run.config.get("name", "")))
        self.state.setText(self._state_of(run))
        shares = {"extracting": curves.extracted, "comparing": curves.compared}
        self.bar.setValue(round(shares.get(curves.activity, curves.share) * _PARTS))
        self.plot.set_curves(curves)
        text = "\n".join(worded(sentence) for sentence in curves.notices)
        if self.log.toPlainText() != text:
            self.log.setPlainText(text)
        self.log.setVisible(bool(text))

    def _state_of(self, run: TrainingRun) -> str:
        retrain, curves = self._retrain, self._retrain.curves
        if retrain.is_pausing:
            return self.tr("Saving…")
        if retrain.is_running and curves.activity == "comparing":
            return self.tr("Comparing with the model in use on held-out captures.")
        if retrain.is_running and curves.activity == "extracting":
            looking = self.tr("Looking at captures for the suggestions to learn from.")
            return looking if curves.eta_s is None else f"{looking} {self._left(curves.eta_s)}"
        if retrain.is_running and not curves.steps:
            return self.tr("Starting: reading captures.")
        if retrain.is_running:
            parts = [
                self.tr("Epoch {0} of {1}").format(min(curves.epoch + 1, curves.epochs), curves.epochs),
                self.tr("{0} captures/s").format(f"{curves.samples_per_s:.1f}"),
            ]
            if curves.eta_s is not None:
                parts.append(self._left(curves.eta_s))
            return " · ".join(parts)
        states = {
            RunState.QUEUED: self.tr("Waiting for the other training to finish."),
            RunState.RUNNING: self.tr("Adding the new model."),
            RunState.PAUSED: self.tr("Paused. Progress is saved; press Resume to continue."),
            RunState.FINISHED: self.tr("Finished. The new model is in Tools > Models."),
            RunState.STOPPED: self.tr("Cancelled."),
        }
        if run.problem is not None and run.state in (RunState.FAILED, RunState.PAUSED):
            return worded(run.problem)
        return states[run.state]

    def _left(self, seconds: float) -> str:
        return self.tr("{0} left").format(duration(seconds))
