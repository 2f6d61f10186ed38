"""Status bar and messages of the classifier: what it does, how good its suggestions are, and what befell it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from app.domain.suggestions import CurrentSuggestions
from app.item_models.worded import worded
from app.services.classifier.suggestion_service import SuggestionProgress, SuggestionService
from app.services.container import Services
from app.views.shared.message_bar import MessageBar
from app.views.shared.theme import Theme
from app.views.window.footer import Footer
from app.views.wording.numbers import percent
from vimd_core.user_messages import Sentence

_STOPPED: Final = "classifier stopped"  # topic: it is over once a model is loaded again
_WIDEST_INTERVAL: Final = 0.45  # of about twenty labels


class ClassifierStatus(QObject):
    """Follows the child process and the classify service."""

    def __init__(
        self, services: Services, footer: Footer, message_bar: MessageBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._footer = footer
        self._message_bar = message_bar
        self._has_failed = False  # to load a model, since one was loaded
        services.worker.state_changed.connect(self._show_state)
        services.worker.crashed.connect(self._on_crashed)
        services.worker.gave_up.connect(self._on_gave_up)
        services.classify.model_loaded.connect(self._on_model_loaded)
        services.classify.model_failed.connect(self._on_model_failed)
        services.classify.failed.connect(message_bar.show_error)
        services.classify.recalibrated.connect(message_bar.show_notice)
        services.classify.capture_skipped.connect(message_bar.show_error)
        services.features.limited.connect(message_bar.show_notice)
        services.classify.progress_changed.connect(footer.classify_job.set_progress)
        footer.classify_job.cancel_wanted.connect(services.classify.cancel)

    def _show_state(self, _state: str = "") -> None:
        self._footer.set_worker_state(
            self._services.worker.state,
            has_model=self._services.classify.is_model_loaded,
            has_failed=self._has_failed,
        )

    def _on_model_loaded(self, name: str, notice: Sentence | None) -> None:
        self._has_failed = False
        if self._message_bar.has(_STOPPED):
            self._message_bar.show_notice(
                self.tr("The classifier stopped and was restarted. Nothing is lost."), topic=_STOPPED
            )
        self._footer.device.setText(f"{name} · {worded(notice)}" if notice else name)
        self._show_state()

    def _on_model_failed(self, _sentence: Sentence | str) -> None:
        self._has_failed = True
        self._footer.device.setText("")
        self._show_state()

    def _on_crashed(self, reason: Sentence) -> None:
        self._message_bar.show_error(
            self.tr("The classifier stopped: {0}. Restarting it; nothing is lost.").format(worded(reason)),
            topic=_STOPPED,
        )

    def _on_gave_up(self, reason: Sentence) -> None:
        self._message_bar.show_error(
            self.tr("The classifier keeps stopping: {0}. You can continue labelling without it.").format(
                worded(reason)
            ),
            self.tr("Try again"),
            self._services.worker.start,
            topic=_STOPPED,
        )


class SuggestionStatus(QObject):
    """Follows the suggestion service; nothing is said while fewer than two classes have labels."""

    def __init__(
        self, service: SuggestionService, footer: Footer, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._footer = footer
        self._theme = theme
        service.progress_changed.connect(self._show)
        service.state.changed.connect(self._show)
        theme.changed.connect(self._show_icon)
        self._show_icon()
        self._show()

    def _show_icon(self) -> None:
        self._footer.spark.setPixmap(self._theme.icon("sparkle", "suggested").pixmap(16, 16))

    def _show(self) -> None:
        progress = self._service.progress
        for widget in (self._footer.spark, self._footer.suggestions):
            widget.setVisible(progress is not SuggestionProgress.NONE)
        self._footer.suggestions.setText(self._text())
        meaning = self.tr("Suggestions are learned from your labels and updated after each label.")
        self._footer.suggestions.set_note("\n".join(filter(None, (meaning, self._details()))))

    def _text(self) -> str:
        found = self._service.state.suggestions
        if self._service.progress is SuggestionProgress.PREPARING:
            return self.tr("Preparing suggestions…")
        if found is None:
            return ""
        if found.accuracy is None or not _says_much(found):
            return self.tr("Suggestions from %Ln label(s)", "", found.num_labels)
        return self.tr("Suggestions: about {0} correct").format(percent(found.accuracy))

    def _details(self) -> str:
        found = self._service.state.suggestions
        if found is None or found.accuracy is None or not _says_much(found):
            return ""
        low, high = found.accuracy_interval
        text = self.tr(
            "Estimated from %Ln label(s): {0} correct, between {1} and {2} with 95 % confidence.",
            "",
            found.num_labels,
        )
        return text.format(percent(found.accuracy), percent(low), percent(high))


def _says_much(found: CurrentSuggestions) -> bool:
    """Whether the share is known well enough to be told."""
    low, high = found.accuracy_interval
    return high - low <= _WIDEST_INTERVAL
