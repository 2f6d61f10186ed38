"""The dialog of a source: address, credentials, and what becomes a capture."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.item_models.worded import worded
from app.streams.adding import NewStream
from app.views.live.screen_picker import ScreenPicker
from app.views.live.stream_pages import CapturePage, KeepPage
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.forms import add_field
from vimd_core.errors import SourceError
from vimd_core.streaming.sources.addresses import (
    Credentials,
    PasswordInAddressError,
    SourceAddress,
    SourceKind,
    parse_source,
)

if TYPE_CHECKING:
    from vimd_core.streaming.sources.settings import StreamSettings

_OUT_OF_THE_WAY_MS: Final = 250  # until a window that has moved is no longer on the screen


class StreamDialog(FittingDialog):
    """Takes an address apart as soon as it is given, so that a password in it goes where passwords belong.

    Args:
        parent: the window.
        name: of the source that is edited.
        settings: of it; None for a new source.
    """

    def __init__(self, parent: QWidget, name: str = "", settings: StreamSettings | None = None) -> None:
        super().__init__(parent)
        self.new: NewStream | None = None
        self._before = settings
        self._apart: tuple[str, tuple[tuple[str, str], ...]] = (
            "",
            (),
        )  # an address, and what was secret in it
        is_new = settings is None
        self.setWindowTitle(
            self.tr("Add camera or stream") if is_new else self.tr("Settings for {0}").format(name)
        )
        self.setMinimumWidth(620)
        self.address = QComboBox()
        self.address.setAccessibleName(self.tr("Address"))
        line = QLineEdit()
        line.setPlaceholderText(self.tr("rtsp://…, http://…, a file, a folder, or 0"))
        self.address.setLineEdit(line)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)  # what Enter puts in has no data
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(self.tr("From the address"))
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        if not is_new:
            for field in (self.user, self.password):
                field.setPlaceholderText(self.tr("Unchanged"))
        self.keeps = QCheckBox(self.tr("Save in the system keychain"))
        self.keeps.setChecked(True)
        self.starts = QCheckBox(self.tr("Start when the project opens"))
        self.starts.setChecked(True)
        self.real_time = QCheckBox(self.tr("Play videos in real time"))
        self.udp = QCheckBox(self.tr("RTSP over UDP"))
        self.captures, self.keep = CapturePage(), KeepPage()
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "problem")
        self.problem.hide()
        self._lay_out()
        self._list_cameras()
        self._show(settings)
        line.editingFinished.connect(self._take_apart)
        self.address.editTextChanged.connect(lambda _text: self.problem.hide())
        self.address.setFocus()

    def accept(self) -> None:
        """Close, unless something is wrong with what was given."""
        try:
            self.new = self._read()
        except PasswordInAddressError:
            self._say(
                self.tr(
                    "The address contains an @ after the host, as when a password contains / ? or #. "
                    "Remove the user name and password from the address and enter them in the fields "
                    "below. Write an @ that belongs to the address as %40."
                )
            )
            self.tabs.setCurrentIndex(0)
            self.user.setFocus()
            return
        except SourceError as e:
            self._say(worded(e.sentence))
            return
        super().accept()

    def _take_apart(self) -> None:
        """Bring a user name and a password out of the address, which everybody can read, into their fields."""
        text = self.address.currentText()
        if "://" not in text:
            return
        try:
            address, credentials = parse_source(text)
        except SourceError:
            return  # said when it is added
        if credentials:
            self._apart = (address.url, credentials.parameters)
            self.user.setText(credentials.user or self.user.text())
            self.password.setText(credentials.password or self.password.text())
            self.address.setEditText(address.url)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        # A label that breaks its lines tells its height only when its width is known.
        margins = self.contentsMargins() if (layout := self.layout()) is None else layout.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        self.problem.setMinimumHeight(self.problem.heightForWidth(width))
        self.problem.show()
        self.resize(self.size().expandedTo(self.sizeHint()))

    def _show(self, settings: StreamSettings | None) -> None:
        from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings

        if settings is None:
            self.captures.set_value(CaptureSettings(motion=MotionSettings()))
            return
        self.address.setEditText(_as_typed(settings.address))
        self.captures.set_value(settings.capture)
        self.keep.set_value(settings.keep_below, settings.retention)
        self.starts.setChecked(settings.starts_with_project)
        self.real_time.setChecked(settings.read.pace == "real time")
        self.udp.setChecked(settings.read.transport == "udp")

    def _read(self) -> NewStream:
        from vimd_core.streaming.sources.settings import ReadSettings, StreamSettings

        address, credentials = self._read_address()
        user, password = self.user.text() or credentials.user, self.password.text() or credentials.password
        read = msgspec.structs.replace(
            ReadSettings() if self._before is None else self._before.read,
            transport="udp" if self.udp.isChecked() else "tcp",
            pace="real time" if self.real_time.isChecked() else "fast",
        )
        return NewStream(
            name=self.name.text(),
            address=address,
            credentials=Credentials(user, password, credentials.parameters)
            if address.kind is SourceKind.STREAM
            else Credentials(),
            settings=StreamSettings(
                address=address,
                read=read,
                capture=self.captures.value(),
                keep_below=self.keep.keep_below,
                retention=self.keep.retention,
                starts_with_project=self.starts.isChecked(),
            ),
            keeps_credentials=self.keeps.isChecked(),
        )

    def _read_address(self) -> tuple[SourceAddress, Credentials]:
        chosen = self.address.currentIndex()
        text = self.address.currentText()
        if self._before is not None and text == _as_typed(self._before.address):
            return self._before.address, Credentials()  # a file that is away may stay so
        if chosen >= 0 and text == self.address.itemText(chosen):
            text = str(self.address.itemData(chosen))
        address, credentials = parse_source(text)
        if address.url == self._apart[0] and not credentials.parameters:
            credentials = dataclasses.replace(credentials, parameters=self._apart[1])
        if self._before is not None and SourceKind.FOLDER in (address.kind, self._before.address.kind):
            raise SourceError("The folder of a watched source can't be changed: add another source.")
        return address, credentials

    def _list_cameras(self) -> None:
        from vimd_core.streaming.grabbers.cameras import list_cameras

        for number, name in list_cameras():
            self.address.addItem(name, f"device://{number}")
        self.address.setCurrentIndex(-1)
        self.address.setEditText("")

    def _lay_out(self) -> None:
        browse_file, browse_folder = QPushButton(self.tr("Video…")), QPushButton(self.tr("Folder…"))
        browse_file.clicked.connect(self._browse_file)
        browse_folder.clicked.connect(self._browse_folder)
        self.screen_button = QPushButton(self.tr("Screen…"))
        self.screen_button.clicked.connect(self._pick_screen)
        for picker in (browse_file, browse_folder, self.screen_button):
            picker.setAutoDefault(False)  # Enter adds what was typed
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(browse_file)
        line.addWidget(browse_folder)
        line.addWidget(self.screen_button)
        source = QWidget()
        form = QFormLayout(source)
        form.setContentsMargins(4, 12, 4, 4)
        add_field(form, self.tr("Address"), line)
        add_field(form, self.tr("Name"), self.name)
        add_field(form, self.tr("User name"), self.user)
        add_field(form, self.tr("Password"), self.password)
        for box in (self.keeps, self.starts, self.real_time, self.udp):
            form.addRow("", box)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(source, self.tr("Source"))
        tabs.addTab(self.captures, self.tr("Captures"))
        tabs.addTab(self.keep, self.tr("Retention"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = QPushButton(self.tr("Add") if self._before is None else self.tr("Save"))
        self.add_button.setProperty("role", "primary")
        self.add_button.setDefault(True)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        self.tabs = tabs
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.addWidget(tabs)
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

    def _pick_screen(self) -> None:
        """Get out of the way first: hidden, the dialog would be closed, and not every screen knows transparency."""
        place = self.pos()
        self.setWindowOpacity(0.0)
        area = self.screen().virtualGeometry()
        self.move(area.right() + self.width(), area.bottom() + self.height())
        QTimer.singleShot(_OUT_OF_THE_WAY_MS, self, lambda: self._pick_now(place))

    def _pick_now(self, place: QPoint) -> None:
        picker = ScreenPicker(self)
        try:
            picker.exec()
        finally:
            self.move(place)
            self.setWindowOpacity(1.0)
            picker.deleteLater()
        if picker.chosen is not None:
            area = picker.chosen
            self.address.setEditText(f"device://screen/{area.x()},{area.y()},{area.width()},{area.height()}")


def _as_typed(address: SourceAddress) -> str:
    """An address as a person writes it."""
    is_path = address.kind in (SourceKind.VIDEO, SourceKind.FOLDER)
    return str(address.path) if is_path else address.url
