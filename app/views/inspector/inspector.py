"""The inspector: the panel of one capture, its predictions and its labels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.records import CaptureDetail, ReviewState
from app.item_models.capture_text import differing_suggestion, model_text
from app.item_models.class_list_model import ClassListModel
from app.services.classifier.insight_service import Heatmap, InsightService
from app.services.classifier.inspect_service import InspectService, NearAnswer, NearView
from app.views.gallery.tile_badges import CHANGED_STYLE, STATE_STYLE
from app.views.inspector.class_picker import ClassPicker
from app.views.inspector.compare_view import CompareView
from app.views.inspector.ledger_view import LedgerView
from app.views.inspector.near_panel import NearPanel
from app.views.inspector.view_pane import heat_image
from app.views.shared.answer_bars import AnswerBars
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.theme import Theme
from app.views.wording.numbers import file_size, percent, seen_text, short_problem

_LEAST_WIDTH_PX = 260
_NOVEL_FROM = 0.7


class Inspector(QFrame):
    """Shows what the inspect service follows."""

    mates_wanted = Signal(tuple)  # ids of the captures of one thing

    def __init__(
        self,
        inspect: InspectService,
        insight: InsightService,
        classes: ClassListModel,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._theme = theme
        self._insight = insight
        self._classes = classes
        self._detail: CaptureDetail | None = None
        self._near_answer: NearAnswer | None = None
        self.compare = CompareView(theme)
        self.bars = AnswerBars(theme)
        self.picker = ClassPicker(classes)
        self.ledger = LedgerView()
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setProperty("role", "heading")
        self.path = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.path.setProperty("role", "muted")
        self.seen = ElidedLabel()
        self.seen.setProperty("role", "muted")
        self.mates = QPushButton()
        self.mates.setProperty("role", "quiet")
        self.mates.clicked.connect(self._on_mates_clicked)
        self.verdict = QLabel()
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.verdict_icon = QLabel()
        self.explanation = QLabel()
        self.explanation.setWordWrap(True)
        self.explanation.setProperty("role", "muted")
        self.explanation.hide()
        self.near = NearPanel()
        self.badge = QFrame()
        self.badge.setObjectName("badge")
        self.label_icon = QLabel()
        self.label_text = ElidedLabel()
        self.label_text.setProperty("role", "heading")
        self._nothing = QLabel(self.tr("Select a capture to inspect it."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("role", "muted")
        self._answers_heading = self._section("")
        self.other_answer = ElidedLabel()
        self.other_answer.setProperty("role", "muted")
        self.novelty = QLabel()
        self.novelty.setWordWrap(True)
        self.novelty.setProperty("role", "notice")
        self.bulk_note = QLabel()
        self.bulk_note.setWordWrap(True)
        self.bulk_note.setProperty("role", "notice")
        self.bulk_note.hide()
        self._body = self._make_body()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self._body, 1)
        self.setMinimumWidth(_LEAST_WIDTH_PX)
        self._on_detail(None)
        inspect.detail_changed.connect(self._on_detail)
        inspect.plain_views_changed.connect(self.compare.set_plain_views)
        inspect.sr_view_changed.connect(self.compare.set_sr_view)
        inspect.sr_view_missing.connect(self.compare.set_sr_text)
        inspect.near_view_changed.connect(self._on_near_view)
        inspect.near_answered.connect(self._on_near_answer)
        self.compare.explanation_wanted.connect(self._on_explanation_wanted)
        insight.explanation_found.connect(self._on_explanation)
        theme.changed.connect(self._show_detail)

    @property
    def detail(self) -> CaptureDetail | None:
        """The capture that is shown."""
        return self._detail

    def set_selected(self, count: int) -> None:
        """Say how many captures a label is for, when it is for more than the one that is shown."""
        self.bulk_note.setVisible(count > 1)
        self.bulk_note.setText(self.tr("Labels apply to all %Ln selected capture(s).", "", count))

    def _make_body(self) -> QWidget:
        content = QWidget()
        content.setObjectName("inspectorBody")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(7)
        layout.addWidget(self.name)
        layout.addWidget(self.path)
        layout.addWidget(self.seen)
        layout.addWidget(self.mates, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(3)
        layout.addWidget(self.compare, 3)
        layout.addWidget(self.explanation)
        badge_layout = QHBoxLayout(self.badge)
        badge_layout.setContentsMargins(10, 7, 10, 7)
        badge_layout.addWidget(self.verdict_icon, 0, Qt.AlignmentFlag.AlignTop)
        badge_layout.addWidget(self.verdict, 1)
        layout.addSpacing(4)
        layout.addWidget(self._answers_heading)
        layout.addWidget(self.bars)
        layout.addWidget(self.other_answer)
        layout.addWidget(self.novelty)
        layout.addSpacing(4)
        layout.addWidget(self._section(self.tr("LABEL")))
        label_line = QHBoxLayout()
        label_line.addWidget(self.label_icon)
        label_line.addWidget(self.label_text, 1)
        layout.addLayout(label_line)
        layout.addWidget(self.bulk_note)
        layout.addWidget(self.picker)
        layout.addSpacing(4)
        # What is looked at only in doubt comes after what a hand needs for each capture.
        layout.addWidget(self.badge)
        layout.addWidget(self.near)
        layout.addSpacing(4)
        layout.addWidget(self._section(self.tr("HISTORY")))
        layout.addWidget(self.ledger)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        return scroll

    def _section(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "section")
        return label

    def _on_detail(self, detail: CaptureDetail | None) -> None:
        is_other = detail is None or self._detail is None or detail.row.id != self._detail.row.id
        self._detail = detail
        self._nothing.setVisible(detail is None)
        self._body.setVisible(detail is not None)
        if is_other:
            self.compare.clear()
            self.explanation.hide()
        self._show_detail()

    def _on_explanation_wanted(self, wanted: bool) -> None:
        detail = self._detail
        if detail is None or not wanted:
            self.compare.set_heat(None)
            self.explanation.hide()
            return
        self.explanation.setText(self.tr("Covering one part after another…"))
        self.explanation.show()
        self._insight.explain(detail.row.id, detail.row.path, detail.top[0].class_id if detail.top else None)

    def _on_explanation(self, found: Heatmap) -> None:
        if self._detail is None or found.capture_id != self._detail.row.id:
            return
        names = {record.id: record.name for record in self._classes.records}
        name = names.get(found.class_id or 0, "?")
        self.compare.set_heat(heat_image(found))
        self.explanation.setText(
            self.tr("{0}: {1}, falling to {2} when the brightest part is covered.").format(
                name, percent(found.probability), percent(max(0.0, found.probability - found.largest_loss))
            )
        )

    def _show_mates(self, detail: CaptureDetail) -> None:
        """Say how many others show the same thing."""
        others = len(detail.mates) - 1
        self.mates.setVisible(others > 0)
        self.mates.setText(
            self.tr("Show %Ln look-alike(s)", "", others)
            if detail.is_look_alike
            else self.tr("Show %Ln other capture(s) of this thing", "", others)
        )

    def _on_mates_clicked(self) -> None:
        if self._detail is not None:
            self.mates_wanted.emit(self._detail.mates)

    def _on_near_view(self, view: NearView | None) -> None:
        self._near_answer = None
        self.near.set_view(view)

    def _on_near_answer(self, answer: NearAnswer) -> None:
        self._near_answer = answer
        self._show_near_answer()

    def _show_near_answer(self) -> None:
        if self._near_answer is not None and self._detail is not None:
            top = self._detail.top
            self.near.set_answer(self._near_answer, top[0].class_id if top else None)

    def _show_detail(self) -> None:
        detail = self._detail
        if detail is None:
            return
        self._show_near_answer()
        row = detail.row
        size = f"{row.width_px} × {row.height_px} px · " if row.width_px is not None else ""
        self.name.setText(row.path.name)
        self.path.setText(f"{size}{file_size(detail.file_size_bytes)} · {row.path.parent}")
        self.seen.setVisible(detail.seen is not None)
        if detail.seen is not None:
            self.seen.setText(seen_text(detail.seen))
        self._show_mates(detail)
        self._show_answers(detail)
        self._show_verdict(detail)
        self._show_label(detail)
        self.ledger.set_entries(detail.history)

    def _show_answers(self, detail: CaptureDetail) -> None:
        """The classes that keys choose from, and below them who says otherwise."""
        row, offered = detail.row, detail.offered
        are_suggestions = offered is detail.suggested and bool(offered)
        self._answers_heading.setText(self.tr("SUGGESTION") if are_suggestions else self.tr("PREDICTION"))
        self._answers_heading.setToolTip(
            self.tr("Learned from your labels, updated after each label.")
            if are_suggestions
            else self.tr("From the model {0}.").format(detail.model_name or "")
        )
        self.bars.set_answers(offered, detail.label_class_id, are_suggestions=are_suggestions)
        self._answers_heading.setVisible(bool(offered))
        self.bars.setVisible(bool(offered))
        other = model_text(row) if are_suggestions else differing_suggestion(row)
        self.other_answer.setText(other or "")
        self.other_answer.setVisible(other is not None)
        novelty = row.suggestion.novelty if row.suggestion is not None else 0.0
        self.novelty.setVisible(novelty >= _NOVEL_FROM and row.problem is None)
        self.novelty.setText(
            self.tr("Unlike everything labelled so far: probably none of your classes ({0}).").format(
                percent(novelty)
            )
        )

    def _show_verdict(self, detail: CaptureDetail) -> None:
        icon, colour, is_changed = "info", "muted", False
        if detail.row.problem is not None:
            icon, colour = "warning", "problem"
            text = short_problem(detail.row.problem, detail.row.path)
        elif not detail.top or detail.bicubic is None:
            text = self.tr("Not classified yet.")
        else:
            first, plain = detail.top[0], detail.bicubic
            difference = percent(detail.row.disagreement or 0.0)
            if first.class_id != plain.class_id:
                icon, colour, is_changed = "warning", "corrected", True
                text = self.tr(
                    "SR changed the prediction: {0} ({1}) instead of {2} ({3}) from the bicubic view. "
                    "Disagreement: {4}."
                ).format(
                    first.name, percent(first.probability), plain.name, percent(plain.probability), difference
                )
            else:
                icon, colour = "check", "accepted"
                text = self.tr(
                    "SR kept the prediction: {0} ({1}; bicubic view: {2}). Disagreement: {3}."
                ).format(first.name, percent(first.probability), percent(plain.probability), difference)
        if detail.row.notice is not None and detail.row.problem is None:
            icon, colour = "warning", "unsure"
            text = f"{short_problem(detail.row.notice, detail.row.path)} {text}"
        self.verdict.setText(text)
        self.verdict_icon.setPixmap(self._theme.icon(icon, colour).pixmap(18, 18))
        self.badge.setProperty("tone", "changed" if is_changed else "")
        self.badge.style().unpolish(self.badge)
        self.badge.style().polish(self.badge)

    def _show_label(self, detail: CaptureDetail) -> None:
        row = detail.row
        texts = {
            ReviewState.UNREVIEWED: self.tr("Not reviewed"),
            ReviewState.UNSURE: self.tr("Unsure"),
            ReviewState.REJECTED: self.tr("Rejected"),
        }
        self.label_text.setText(
            self.tr("Changed on disk") if row.changed else texts.get(row.state) or row.label or ""
        )
        colour, icon = CHANGED_STYLE if row.changed else STATE_STYLE.get(row.state, ("faint", "info"))
        self.label_icon.setPixmap(self._theme.icon(icon, colour).pixmap(18, 18))
