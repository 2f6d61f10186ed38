"""Status of the classifier: in the status bar what it does, in the message bar what befell it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.item_models.worded import worded
from app.services.container import Services
from app.views.shared.message_bar import MessageBar
from app.views.window.footer import Footer
from vimd_core.user_messages import Sentence


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
        self._footer.device.setText(f"{name} · {worded(notice)}" if notice else name)
        self._show_state()

    def _on_model_failed(self, _sentence: Sentence | str) -> None:
        self._has_failed = True
        self._footer.device.setText("")
        self._show_state()

    def _on_crashed(self, reason: Sentence) -> None:
        self._message_bar.show_error(
            self.tr("The classifier stopped: {0}. Restarting it; nothing is lost.").format(worded(reason))
        )

    def _on_gave_up(self, reason: Sentence) -> None:
        self._message_bar.show_error(
            self.tr("The classifier keeps stopping: {0}. You can continue labelling without it.").format(
                worded(reason)
            ),
            self.tr("Try again"),
            self._services.worker.start,
        )
