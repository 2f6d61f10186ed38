"""Modal dialogs about trainings: what to train, and what becomes of it when the window closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from app.views.shared.room_questions import RoomQuestions

if TYPE_CHECKING:
    from app.retraining.choice import RetrainRequest
    from app.services.training.retrain_service import RetrainService
    from app.services.training.speed_service import SpeedService


class TrainingQuestions(RoomQuestions):
    """The Retrain dialog, and the question when the window closes."""

    def ask_retrain(self, retrain: RetrainService, speed: SpeedService) -> RetrainRequest | None:
        """What to train, and how long."""
        from app.views.training.retrain_dialog import RetrainDialog

        dialog = RetrainDialog(self._window, retrain, speed)
        return dialog.request if self._is_accepted(dialog) else None

    def ask_training_at_close(self) -> bool | None:
        """What becomes of a training when the window is closed: whether it goes on; None keeps the window open."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Training in progress"))
        box.setText(self.tr("Keep training in the background?"))
        box.setInformativeText(
            self.tr(
                "Background training appears again at the next start. Paused training can be resumed later."
            )
        )
        go_on = box.addButton(self.tr("Keep training"), QMessageBox.ButtonRole.AcceptRole)
        pause = box.addButton(self.tr("Pause"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        try:
            box.exec()
            clicked = box.clickedButton()
        finally:
            box.deleteLater()
        return None if clicked not in (go_on, pause) else clicked is go_on
