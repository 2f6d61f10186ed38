"""What there is to learn, what will happen, and how much time it may take."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.item_models.row_model import Column, RowModel
from app.retraining.choice import FEWEST_CAPTURES, RetrainRequest
from app.retraining.forecast import LabelForecast, TooFewToForecast
from app.retraining.stock import FEWEST_OF_CLASS, Concerns, LearningStock, concerns_of
from app.services.training.retrain_service import RetrainService
from app.services.training.speed_service import SpeedService
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.forms import WrappedLabel
from app.views.shared.tables import RowTable
from app.views.wording.errors import localised
from app.views.wording.numbers import duration, percent
from vimd_core.errors import ConfigError
from vimd_core.training.recipes.settings import parse_assignment
from vimd_core.training.retraining.effort import Effort, images_to_see, training_settings
from vimd_core.training.retraining.split import HELD_BACK_SHARE, SplitShares

_MOST_NAMES: Final = 5


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
        self.summary = WrappedLabel(self.tr("Looking at what there is to learn…"))
        self.forecast = WrappedLabel()
        self.forecast.hide()
        self.concerns = WrappedLabel()
        self.concerns.setProperty("role", "notice")
        self.concerns.hide()
        columns = (
            Column(self.tr("Class"), is_wide=True),
            Column(
                self.tr("Corrected"),
                self.tr("Captures that you gave this class against the model"),
                is_number=True,
            ),
            Column(self.tr("Accepted"), self.tr("Captures where you agreed with the model"), is_number=True),
            Column(self.tr("New"), self.tr("Those that the last training did not have"), is_number=True),
            Column(
                self.tr("Near views"),
                self.tr("Those with a picture of the same thing from nearer by"),
                is_number=True,
            ),
            Column(
                self.tr("Replayed"),
                self.tr("Captures that keep what the model knows of this class"),
                is_number=True,
            ),
            Column(self.tr("Remarks")),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("What there is to learn of each class"))
        self.efforts = {
            Effort.QUICK: QRadioButton(),
            Effort.BALANCED: QRadioButton(),
            Effort.THOROUGH: QRadioButton(),
        }
        self.plan = WrappedLabel()
        self.plan.setProperty("role", "muted")
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._make_first_page(), self.tr("Learn"))
        tabs.addTab(self._make_advanced_page(), self.tr("Advanced"))
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
            replay_per_class=self.replay.value(),
            use_near_views=self.near_views.isChecked(),
            shares=SplitShares(held_back=self.held_back.value() / 100),
            device=str(self.device.currentData()),
            threads=self.threads.value(),
            changes=self._changes(),
            name=self.name.text().strip(),
        )

    def accept(self) -> None:
        """Close, unless a setting is none."""
        try:
            self._changes()
        except ConfigError as e:
            self.plan.setText(localised(str(e)))
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

    def _make_advanced_page(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("that of the model in use, with a number"))
        self.name.setMinimumWidth(300)
        self.replay = _spin(0, 500, 20)
        self.held_back = _spin(0, 50, round(100 * HELD_BACK_SHARE))
        self.held_back.setSuffix(" %")
        self.near_views = QCheckBox(self.tr("Also learn from near views that lie beside the captures"))
        self.near_views.setChecked(True)
        self.near_views.toggled.connect(self._show_plan)
        self.device = QComboBox()
        for device, name in (
            ("auto", self.tr("chosen by itself")),
            ("cpu", self.tr("the processor")),
            ("cuda", self.tr("NVIDIA GPU")),
            ("mps", self.tr("Apple's GPU")),
        ):
            self.device.addItem(name, device)
        self.threads = _spin(0, 64, 0, self.tr("all that are free but one"))
        self.epochs = _spin(0, 10_000, 0, self.tr("as the effort says"))
        self.batch = _spin(0, 1024, 0, self.tr("as the effort says"))
        self.rate = QDoubleSpinBox()
        self.rate.setDecimals(6)
        self.rate.setRange(0.0, 0.1)
        self.rate.setSingleStep(1e-4)
        self.rate.setSpecialValueText(self.tr("as the effort says"))
        self.previous = QDoubleSpinBox()
        self.previous.setRange(0.0, 100.0)
        self.previous.setValue(1.0)
        self.others = QPlainTextEdit()
        self.others.setPlaceholderText("losses.label_smoothing=0.05\naugmentation.flip=true")
        self.others.setMaximumHeight(90)
        for title, field in (
            (self.tr("Name of the new model"), self.name),
            (self.tr("Captures of each class to replay"), self.replay),
            (self.tr("Held back to compare by"), self.held_back),
            (self.tr("Near views"), self.near_views),
            (self.tr("Compute on"), self.device),
            (self.tr("Processor threads"), self.threads),
            (self.tr("Epochs"), self.epochs),
            (self.tr("Captures in a batch"), self.batch),
            (self.tr("Learning rate"), self.rate),
            (self.tr("Weight of the model's own answers"), self.previous),
            (self.tr("Any other setting, one a line"), self.others),
        ):
            field.setAccessibleName(title)
            form.addRow(title, field)
        for spin in (self.epochs, self.batch, self.replay, self.held_back):
            spin.valueChanged.connect(self._show_efforts)
        return page

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if self.epochs.value():
            changes["epochs"] = self.epochs.value()
        if self.batch.value():
            changes["batch_size"] = max(2, self.batch.value())
        if self.rate.value():
            changes["learning_rate"] = self.rate.value()
        if self.previous.value() != 1.0:
            changes["losses.previous_weight"] = self.previous.value()
        lines = [line for line in self.others.toPlainText().splitlines() if line.strip()]
        return changes | dict(parse_assignment(line) for line in lines)

    def _on_stock(self, stock: LearningStock) -> None:
        self._stock = stock
        self.summary.setText(self._summary(stock))
        self._warn(concerns_of(stock))
        rows = []
        for one in stock.classes:
            replayed = one.replayable if stock.is_trusted else 0
            counts = (one.corrected, one.accepted, one.fresh, one.near_views, replayed)
            remarks = []
            if one.is_new:
                remarks.append(self.tr("new to the model"))
            if one.is_thin:
                remarks.append(self.tr("few: expect little"))
            if one.too_small:
                remarks.append(self.tr("{0} very small").format(f"{one.too_small:,}"))
            if not one.verified and not replayed:
                remarks.append(self.tr("nothing here keeps it"))
            rows.append((one.name, *(f"{count:,}" if count else "–" for count in counts), ", ".join(remarks)))
        self.table.set_rows(rows, [one.class_id for one in stock.classes])
        self.start_button.setEnabled(stock.verified >= FEWEST_CAPTURES)
        self._show_efforts()
        if stock.verified >= FEWEST_CAPTURES and not self._retrain.is_running:
            self._speed.measure(RetrainRequest(effort=Effort.THOROUGH))

    def _on_no_stock(self, sentence: str) -> None:
        self.summary.setText(localised(sentence))

    def _warn(self, concerns: Concerns) -> None:
        """What makes a training little worth stands above everything else."""
        sentences = []
        if concerns.only_class:
            sentences.append(
                self.tr(
                    "All labels are of one class, {0}: a model can't learn to tell classes apart from that. "
                    "Label captures of other classes, too."
                ).format(concerns.only_class)
            )
        if concerns.single:
            names = ", ".join(concerns.single[:_MOST_NAMES])
            if len(concerns.single) > _MOST_NAMES:
                names = self.tr("{0} and {1} others").format(names, f"{len(concerns.single) - _MOST_NAMES:,}")
            sentences.append(
                self.tr(
                    "A single capture is labelled as each of these classes, which is too few to learn from and to "
                    "check by: {0}. Label at least {1} of each."
                ).format(names, FEWEST_OF_CLASS)
            )
        self.concerns.setText(" ".join(sentences))
        self.concerns.setVisible(bool(sentences))

    def _on_forecast(self, found: LabelForecast | TooFewToForecast | None) -> None:
        if found is None:
            return
        if isinstance(found, TooFewToForecast):
            text = self.tr(
                "Enough yet? Too early to tell: that is measured on labelled captures that the model has not learnt "
                "from, and there are {0} of them. Label about {1} more."
            ).format(f"{found.unlearnt:,}", f"{found.more:,}")
        else:
            text = self.tr(
                "Enough yet? Estimated accuracy on captures that the model has not learnt from: {1} with {0} labels, "
                "about {2} with twice as many ({3} to {4})."
            ).format(
                f"{found.labels:,}",
                percent(found.now),
                percent(found.doubled),
                percent(found.low),
                percent(found.high),
            )
        self.forecast.setText(text)
        self.forecast.show()

    def _on_measured(self, rate_per_s: float, start_s: float) -> None:
        self._rate_per_s, self._start_s = rate_per_s, start_s
        self._show_efforts()

    def _summary(self, stock: LearningStock) -> str:
        parts = [
            self.tr(
                "{0} captures have a class that you gave or accepted, {1} of them since the last training."
            ).format(f"{stock.verified:,}", f"{stock.fresh:,}")
        ]
        if stock.verified < FEWEST_CAPTURES:
            parts.append(self.tr("Label at least {0} to retrain.").format(FEWEST_CAPTURES))
        counts = [one.verified for one in stock.classes if one.verified]
        if len(counts) > 1 and max(counts) >= 10 * min(counts):
            parts.append(
                self.tr("Some classes have ten times as many as others: rare ones are shown more often.")
            )
        if stock.trust is None:
            parts.append(
                self.tr("Too few of the model's sure answers were looked at to replay others of them.")
            )
        elif stock.is_trusted:
            parts.append(
                self.tr(
                    "Of {0} sure answers that you looked at {1} were right, so others are replayed."
                ).format(f"{stock.trust_n:,}", percent(stock.trust))
            )
        else:
            parts.append(
                self.tr(
                    "Of {0} sure answers that you looked at only {1} were right: none are replayed."
                ).format(f"{stock.trust_n:,}", percent(stock.trust))
            )
        return " ".join(parts)

    def _captures(self) -> int:
        """About how many a training would learn from."""
        stock = self._stock
        if stock is None:
            return 0
        replayed = sum(min(one.replayable, self.replay.value()) for one in stock.classes)
        held = self.held_back.value() / 100
        return round(stock.verified * (1 - held)) + (replayed if stock.is_trusted else 0)

    def _seconds(self, effort: Effort) -> float | None:
        captures = self._captures()
        if not self._rate_per_s or not captures:
            return None
        settings = training_settings(effort, captures)
        settings["epochs"] = self.epochs.value() or settings["epochs"]
        settings["batch_size"] = min(captures, self.batch.value()) or settings["batch_size"]
        return self._start_s + images_to_see(settings, captures) / self._rate_per_s

    def _show_efforts(self) -> None:
        names = {
            Effort.QUICK: self.tr("Quick"),
            Effort.BALANCED: self.tr("Balanced"),
            Effort.THOROUGH: self.tr("Thorough"),
        }
        for effort, button in self.efforts.items():
            seconds = self._seconds(effort)
            if seconds is not None:
                time = self.tr("about {0}").format(duration(seconds))
            elif self._retrain.is_running:
                time = self.tr("waits for the training that goes on")
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
                "{0} goes on learning, from about {1} captures and from its own answers where they were right."
            ).format(stock.model.name, f"{self._captures():,}")
        ]
        near_views = sum(one.near_views for one in stock.classes)
        if near_views and self.near_views.isChecked():
            sentences.append(
                self.tr(
                    "{0} of them have near views, and what it says of those, where that is right, is its teacher."
                ).format(f"{near_views:,}")
            )
        sentences.append(
            self.tr("It stays in use meanwhile, and nothing replaces it before you have seen the comparison.")
        )
        self.plan.setText(" ".join(sentences))


def _spin(low: int, high: int, value: int, at_lowest: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSpecialValueText(at_lowest)
    return spin
