"""Modal dialogs about cameras and streams: address, settings, password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from app.views.shared.room_questions import RoomQuestions

if TYPE_CHECKING:
    from app.streams.adding import NewStream
    from vimd_core.streaming.sources.addresses import Credentials
    from vimd_core.streaming.sources.settings import StreamSettings


class LiveQuestions(RoomQuestions):
    """A source and its settings, its password, and whether to remove it."""

    def ask_stream(
        self, name: str = "", settings: StreamSettings | None = None, *, address: str = ""
    ) -> NewStream | None:
        """A camera, stream, video or folder to watch, or other settings of the one that is given.

        Args:
            name: of the one that is given.
            settings: of it.
            address: of a new one, as somebody has given it.
        """
        from app.views.live.stream_dialog import StreamDialog

        dialog = StreamDialog(self._window, name, settings)
        if address:
            dialog.address.setEditText(address)
        return dialog.new if self._is_accepted(dialog) else None

    def ask_stream_removal(self, name: str) -> bool:
        """Whether a source shall be watched no longer."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove source"))
        box.setText(self.tr("Stop watching {0} and remove it?").format(name))
        box.setInformativeText(
            self.tr(
                "Its captures and labels stay in the project. Its password is deleted. Add the same "
                "address again to restore its regions and settings."
            )
        )
        remove = box.addButton(self.tr("Remove source"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        try:
            box.exec()
            return box.clickedButton() is remove
        finally:
            box.deleteLater()

    def ask_credentials(self, name: str) -> tuple[Credentials, bool] | None:
        """How to be let in to a source, and whether the key store shall have it."""
        from app.views.live.credentials_dialog import CredentialsDialog

        dialog = CredentialsDialog(self._window, name)
        return (dialog.credentials, dialog.keeps.isChecked()) if self._is_accepted(dialog) else None
