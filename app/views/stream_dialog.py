"""What is asked before a source is watched: where it is, how to be let in, and what becomes a capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.services.stream_service import NewStream
from app.views.error_wording import localised
from vimd_core.errors import SourceError
from vimd_core.streaming.addresses import Credentials, SourceKind, parse_source

if TYPE_CHECKING:
    from vimd_core.streaming.settings import CaptureSettings

_MOTION, _INTERVAL, _CHANGE, _DEMAND = range(4)


class StreamDialog(QDialog):
    """Takes an address apart as soon as it is given, so that a password in it goes where passwords belong."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.new: NewStream | None = None
        self.setWindowTitle(self.tr("Add camera or stream"))
        self.setMinimumWidth(520)
        self.address = QComboBox()
        self.address.setAccessibleName(self.tr("Address"))
        line = QLineEdit()
        line.setPlaceholderText(self.tr("rtsp://…, http://…, a file, a folder, or 0"))
        self.address.setLineEdit(line)
        self._list_cameras()
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("as its address says"))
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keeps = QCheckBox(self.tr("Keep them in the system's key store"))
        self.keeps.setChecked(True)
        self.trigger = QComboBox()
        for value, text in (
            (_MOTION, self.tr("Each thing that moves, once")),
            (_INTERVAL, self.tr("The picture, at intervals")),
            (_CHANGE, self.tr("The picture, when it has changed")),
            (_DEMAND, self.tr("Only what I ask for")),
        ):
            self.trigger.addItem(text, value)
        self.interval = QDoubleSpinBox()
        self.interval.setRange(0.1, 3600.0)
        self.interval.setValue(1.0)
        self.interval.setSuffix(self.tr(" s"))
        self.real_time = QCheckBox(self.tr("Play videos at their own pace"))
        self.udp = QCheckBox(self.tr("RTSP over UDP"))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "problem")
        self.problem.hide()
        self._lay_out()
        self.trigger.currentIndexChanged.connect(self._enable)
        self.address.editTextChanged.connect(lambda _text: self.problem.hide())
        self._enable()

    def accept(self) -> None:
        """Close, unless something is wrong with what was given."""
        try:
            self.new = self._read()
        except SourceError as e:
            self.problem.setText(localised(str(e)))
            self.problem.show()
            return
        super().accept()

    def _read(self) -> NewStream:
        from vimd_core.streaming.settings import ReadSettings, StreamSettings

        chosen = self.address.currentIndex()
        text = self.address.currentText()
        if chosen >= 0 and text == self.address.itemText(chosen):
            text = str(self.address.itemData(chosen))
        address, credentials = parse_source(text)
        user, password = self.user.text() or credentials.user, self.password.text() or credentials.password
        read = ReadSettings(
            transport="udp" if self.udp.isChecked() else "tcp",
            pace="real time" if self.real_time.isChecked() else "fast",
        )
        return NewStream(
            name=self.name.text(),
            address=address,
            credentials=Credentials(user, password, credentials.parameters)
            if address.kind is SourceKind.STREAM
            else Credentials(),
            settings=StreamSettings(address=address, read=read, capture=self._capture()),
            keeps_credentials=self.keeps.isChecked(),
        )

    def _capture(self) -> CaptureSettings:
        from vimd_core.streaming.settings import CaptureSettings, MotionSettings

        chosen, interval_s = self.trigger.currentData(), self.interval.value()
        if chosen == _MOTION:
            return CaptureSettings(motion=MotionSettings())
        if chosen == _CHANGE:
            return CaptureSettings(trigger="change", interval_s=interval_s)
        if chosen == _DEMAND:
            return CaptureSettings(trigger="demand")
        return CaptureSettings(interval_s=interval_s)

    def _enable(self) -> None:
        self.interval.setEnabled(self.trigger.currentData() in (_INTERVAL, _CHANGE))

    def _list_cameras(self) -> None:
        from vimd_core.streaming.cameras import list_cameras

        for number, name in list_cameras():
            self.address.addItem(name, f"device://{number}")
        self.address.setCurrentIndex(-1)
        self.address.setEditText("")

    def _lay_out(self) -> None:
        browse_file, browse_folder = QPushButton(self.tr("Video…")), QPushButton(self.tr("Folder…"))
        browse_file.clicked.connect(self._browse_file)
        browse_folder.clicked.connect(self._browse_folder)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(browse_file)
        line.addWidget(browse_folder)
        form = QFormLayout()
        form.addRow(self.tr("Address"), line)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("User name"), self.user)
        form.addRow(self.tr("Password"), self.password)
        form.addRow("", self.keeps)
        form.addRow(self.tr("What becomes a capture"), self.trigger)
        form.addRow(self.tr("Interval"), self.interval)
        form.addRow("", self.real_time)
        form.addRow("", self.udp)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = QPushButton(self.tr("Add"))
        self.add_button.setProperty("role", "primary")
        self.add_button.setDefault(True)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)

    def _browse_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a video"))
        if name:
            self.address.setEditText(name)

    def _browse_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder to watch"))
        if name:
            self.address.setEditText(name)


class CredentialsDialog(QDialog):
    """Asks how to be let in to one source."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("User name and password"))
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keeps = QCheckBox(self.tr("Keep them in the system's key store"))
        self.keeps.setChecked(True)
        form = QFormLayout()
        form.addRow(self.tr("User name"), self.user)
        form.addRow(self.tr("Password"), self.password)
        form.addRow("", self.keeps)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        heading = QLabel(self.tr("{0} wants to know who is asking.").format(name))
        heading.setWordWrap(True)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(buttons)

    @property
    def credentials(self) -> Credentials:
        """What was typed."""
        return Credentials(self.user.text(), self.password.text())
