"""The Retrain dialog: what there is to learn, what will happen, and how much time it may take."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialogButtonBox,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.item_models import number_text
from app.item_models.row_model import Column, RowModel
from app.item_models.worded import worded
from app.retraining.choice import FEWEST_CAPTURES, RetrainRequest
from app.retraining.forecast import LabelForecast, TooFewToForecast
from app.retraining.training_stock import LearningStock, concerns_of
from app.services.training.retrain_service import RetrainService
from app.services.training.speed_service import SpeedService
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.forms import WrappedLabel
from app.views.shared.tables import RowTable
from app.views.training.retrain_settings import RetrainSettings
from app.views.training.retrain_wording import forecast, remarks, summary, warnings
from app.views.wording.numbers import duration
from vimd_core.errors import ConfigError
from vimd_core.training.retraining.effort import (
    Effort,
    images_to_see,
    most_unlabelled,
    training_settings,
)
from vimd_core.training.retraining.split import SplitShares
from vimd_core.user_messages import Sentence


class RetrainDialog(FittingDialog):
    """Measures the machine's speed while it is read, so that the times that it names are those of here and now."""

    def __init__(self, parent: QWidget, retrain: RetrainService, speed: SpeedService) -> None:
        super().__init__(parent)
        self._retrain = retrain
        self._speed = speed
        self._stock: LearningStock | None = None
        self._rate_per_s = self._start_s = 0.0
        self.setWindowTitle(self.tr("Retrain"))
        self.resize(760, 620)
        self.summary = WrappedLabel(self.tr("Analysing labels…"))
        self.forecast = WrappedLabel()
        self.forecast.hide()
        self.concerns = WrappedLabel()
        self.concerns.setProperty("role", "notice")
        self.concerns.hide()
        columns = (
            Column(self.tr("Class"), is_wide=True),
            Column(
                self.tr("Corrected"),
                self.tr("Captures whose predicted class you corrected to this one"),
                is_number=True,
            ),
            Column(self.tr("Accepted"), self.tr("Captures whose prediction you accepted"), is_number=True),
            Column(self.tr("New"), self.tr("Captures added since the last training"), is_number=True),
            Column(
                self.tr("Near views"),
                self.tr("Captures with a near view of the same object"),
                is_number=True,
            ),
            Column(
                self.tr("Replayed"),
                self.tr("Captures replayed so that the model does not forget this class"),
                is_number=True,
            ),
            Column(self.tr("Remarks")),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("Training data by class"))
        self.efforts = {
            Effort.QUICK: QRadioButton(),
            Effort.BALANCED: QRadioButton(),
        }
        self.advanced = RetrainSettings()
        self.advanced.changed.connect(self._show_efforts)
        self.plan = WrappedLabel()
        self.plan.setProperty("role", "muted")
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._make_first_page(), self.tr("Learn"))
        tabs.addTab(self.advanced, self.tr("Advanced"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.setProperty("role", "primary")
        self.start_button.setEnabled(False)
        buttons.addButton(self.start_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        retrain.stock_ready.connect(self._on_stock)
        retrain.stock_failed.connect(self._on_no_stock)
        retrain.forecast_ready.connect(self._on_forecast)
        speed.measured.connect(self._on_measured)
        self.finished.connect(lambda _result: speed.cancel())
        self._show_efforts()
        retrain.take_stock()
        retrain.forecast()

    @property
    def effort(self) -> Effort:
        """What is chosen."""
        return next(effort for effort, button in self.efforts.items() if button.isChecked())

    @property
    def request(self) -> RetrainRequest:
        """What was asked for.

        Raises:
            ConfigError: a line of the other settings is none.
        """
        return RetrainRequest(
            effort=self.effort,
            replay_per_class=self.advanced.replay.value(),
            use_near_views=self.advanced.near_views.isChecked(),
            shares=SplitShares(held_back=self.advanced.held_back.value() / 100),
            device=str(self.advanced.device.currentData()),
            threads=self.advanced.threads.value(),
            changes=self.advanced.changes(),
            name=self.advanced.name.text().strip(),
        )

    def accept(self) -> None:
        """Close, unless a setting is none."""
        try:
            self.advanced.changes()
        except ConfigError as e:
            self.plan.setText(worded(e.sentence))
            return
        super().accept()

    def _make_first_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(10)
        layout.addWidget(self.concerns)
        layout.addWidget(self.summary)
        layout.addWidget(self.forecast)
        layout.addWidget(self.table, 1)
        group = QButtonGroup(self)
        for button in self.efforts.values():
            group.addButton(button)
            layout.addWidget(button)
            button.toggled.connect(self._show_plan)
        self.efforts[Effort.BALANCED].setChecked(True)
        layout.addWidget(self.plan)
        return page

    def _on_stock(self, stock: LearningStock) -> None:
        self._stock = stock
        self.summary.setText(summary(stock))
        # What makes a training little worth stands above everything else.
        concerns = warnings(concerns_of(stock))
        self.concerns.setText(concerns)
        self.concerns.setVisible(bool(concerns))
        rows = []
        for one in stock.classes:
            replayed = one.replayable if stock.is_trusted else 0
            counts = (one.corrected, one.accepted, one.fresh, one.near_views, replayed)
            rows.append(
                (
                    one.name,
                    *(number_text.count(count) if count else "–" for count in counts),
                    remarks(one, replayed=replayed),
                )
            )
        self.table.set_rows(rows, [one.class_id for one in stock.classes])
        self.start_button.setEnabled(stock.verified >= FEWEST_CAPTURES)
        self._show_efforts()
        if stock.verified >= FEWEST_CAPTURES and not self._retrain.is_running:
            self._speed.measure(RetrainRequest(effort=Effort.BALANCED))

    def _on_no_stock(self, sentence: Sentence | str) -> None:
        self.summary.setText(worded(sentence))

    def _on_forecast(self, found: LabelForecast | TooFewToForecast | None) -> None:
        if found is not None:
            self.forecast.setText(forecast(found))
            self.forecast.show()

    def _on_measured(self, rate_per_s: float, start_s: float) -> None:
        self._rate_per_s, self._start_s = rate_per_s, start_s
        self._show_efforts()

    def _captures(self) -> int:
        """About how many a training would learn from."""
        stock = self._stock
        if stock is None:
            return 0
        replayed = sum(min(one.replayable, self.advanced.replay.value()) for one in stock.classes)
        held = self.advanced.held_back.value() / 100
        return round(stock.verified * (1 - held)) + (replayed if stock.is_trusted else 0)

    def _unlabelled(self, effort: Effort, labelled: int) -> int:
        """About how many captures without a label it would learn from."""
        stock = self._stock
        return 0 if stock is None else min(stock.unlabelled, most_unlabelled(effort, labelled))

    def _seconds(self, effort: Effort) -> float | None:
        captures = self._captures()
        if not self._rate_per_s or not captures:
            return None
        unlabelled = self._unlabelled(effort, captures)
        settings = training_settings(effort, captures, unlabelled=unlabelled)
        settings["epochs"] = self.advanced.epochs.value() or settings["epochs"]
        settings["batch_size"] = min(captures, self.advanced.batch.value()) or settings["batch_size"]
        return self._start_s + images_to_see(settings, captures + unlabelled) / self._rate_per_s

    def _show_efforts(self) -> None:
        names = {
            Effort.QUICK: self.tr("Quick"),
            Effort.BALANCED: self.tr("Balanced"),
        }
        for effort, button in self.efforts.items():
            seconds = self._seconds(effort)
            if seconds is not None:
                time = self.tr("about {0}").format(duration(seconds))
            elif self._retrain.is_running:
                time = self.tr("waiting for the current training")
            else:
                time = self.tr("measuring…")
            button.setText(f"{names[effort]} – {time}")
        self._show_plan()

    def _show_plan(self) -> None:
        stock = self._stock
        if stock is None:
            return
        sentences = [
            self.tr(
                "Training continues from {0} with about %Ln labelled capture(s) and its own correct predictions.",
                "",
                self._captures(),
            ).format(stock.model.name)
        ]
        unlabelled = self._unlabelled(self.effort, self._captures())
        if unlabelled:
            sentences.append(
                self.tr(
                    "It also learns from %Ln capture(s) without a label, by the suggestions for them: the surer a "
                    "suggestion is, the more it counts.",
                    "",
                    unlabelled,
                )
            )
        near_views = sum(one.near_views for one in stock.classes)
        if near_views and self.advanced.near_views.isChecked():
            sentences.append(
                self.tr(
                    "{0} of them have near views; correct predictions on those are used as the teacher."
                ).format(number_text.count(near_views))
            )
        sentences.append(self.tr("It stays in use, and is not replaced until you have seen the comparison."))
        self.plan.setText(" ".join(sentences))
