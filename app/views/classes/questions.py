"""Modal dialogs of the classes' room: what is asked before classes change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.records import ClassRecord
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.room_questions import RoomQuestions

UNLABEL: Final = 0  # what `ask_where_labels_go` gives when they shall be reviewed anew


class ClassQuestions(RoomQuestions):
    """Name, colour and key of a class, and what its labels become."""

    def ask_class_name(self, title: str, current: str = "") -> str:
        """A name for a class; nothing when it was given up."""
        name, is_chosen = QInputDialog.getText(
            self._window, title, self.tr("Class name:"), QLineEdit.EchoMode.Normal, current
        )
        return name.strip() if is_chosen else ""

    def ask_class_colour(self, record: ClassRecord) -> str | None:
        """A colour as "#rrggbb"; nothing when it was given up."""
        title = self.tr("Colour for {0}").format(record.name)
        colour = QColorDialog.getColor(
            QColor(record.colour), self._window, title, QColorDialog.ColorDialogOption.DontUseNativeDialog
        )
        return colour.name() if colour.isValid() else None

    def ask_merge_target(
        self, chosen: Sequence[ClassRecord], all_classes: Sequence[ClassRecord]
    ) -> int | None:
        """The class that others are merged into: one of them when there are several, any other one otherwise."""
        offered = (
            list(chosen) if len(chosen) > 1 else [record for record in all_classes if record not in chosen]
        )
        names = ", ".join(record.name for record in chosen)
        dialog = _Question(
            self._window,
            self.tr("Merge classes"),
            self.tr("Merge {0} into:").format(names),
            self.tr("Merge"),
        )
        box = _class_box(offered)
        dialog.add(box)
        return int(box.currentData()) if dialog.is_agreed() else None

    def ask_merge_instead(self, record: ClassRecord, other: ClassRecord) -> bool:
        """Whether a class that was to get the name of another one becomes that one."""
        text = self.tr(
            "A class named {0} already exists. Merge {1} into it? Labels and predictions move with it.",
        )
        dialog = _Question(
            self._window,
            self.tr("Merge classes"),
            text.format(other.name, record.name),
            self.tr("Merge"),
        )
        return dialog.is_agreed()

    def ask_where_labels_go(
        self, record: ClassRecord, count: int, all_classes: Sequence[ClassRecord], *, model_knows: bool
    ) -> int | None:
        """What becomes of the labels of a class that is deleted.

        Returns:
            The class that takes them, `UNLABEL`, or None when the class shall stay.
        """
        others = [other for other in all_classes if other.id != record.id]
        if count:
            text = self.tr("{0} is the label of %Ln capture(s).", "", count).format(record.name)
        else:
            text = self.tr("No capture has the label {0}.").format(record.name)
        dialog = _Question(
            self._window,
            self.tr("Delete class {0}").format(record.name),
            text,
            self.tr("Delete"),
        )
        unlabel = QRadioButton(self.tr("Mark them as unreviewed"))
        move = QRadioButton(self.tr("Change their label to:"))
        group = QButtonGroup(dialog)
        box = _class_box(others)
        if model_knows:
            dialog.add(
                QLabel(self.tr("The model predicts this class; its predictions move to the other class too."))
            )
        for button in (unlabel, move):
            group.addButton(button)
            dialog.add(button)
        dialog.add(box)
        move.setEnabled(bool(others))
        unlabel.setEnabled(not model_knows)
        (move if model_knows else unlabel).setChecked(True)
        box.setEnabled(move.isChecked())
        move.toggled.connect(box.setEnabled)
        if not dialog.is_agreed():
            return None
        return int(box.currentData()) if move.isChecked() else UNLABEL

    def ask_class_key(self, record: ClassRecord, taken: dict[str, str]) -> str | None:
        """A key for a class.

        Args:
            record: the class.
            taken: keys that mean something else, with what.

        Returns:
            The key, nothing for none, or None when it shall stay as it is.
        """
        text = self.tr("Press the key for labelling with {0}.").format(record.name)
        dialog = _KeyQuestion(self._window, self.tr("Class shortcut"), text, self.tr("Use this key"), taken)
        return dialog.key if dialog.is_agreed() else ("" if dialog.is_cleared else None)


class _Question(FittingDialog):
    def __init__(self, parent: QWidget, title: str, text: str, agree: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(20, 18, 20, 16)
        self._layout.setSpacing(10)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setMinimumWidth(340)
        self._layout.addWidget(label)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.agree_button = QPushButton(agree)
        self.agree_button.setProperty("role", "primary")
        self.buttons.addButton(self.agree_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.buttons():
            button.setIcon(QIcon())
        self._layout.addWidget(self.buttons)

    def add(self, widget: QWidget) -> None:
        self._layout.insertWidget(self._layout.count() - 1, widget)

    def is_agreed(self) -> bool:
        try:
            return self.exec() == QDialog.DialogCode.Accepted
        finally:
            self.deleteLater()


class _KeyQuestion(_Question):
    def __init__(self, parent: QWidget, title: str, text: str, agree: str, taken: dict[str, str]) -> None:
        super().__init__(parent, title, text, agree)
        self._taken = taken
        self.key = ""
        self.is_cleared = False
        self._shown = QLabel("–")
        self._shown.setProperty("role", "title")
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._why = QLabel()
        self._why.setProperty("role", "muted")
        self._why.setWordWrap(True)
        self.add(self._shown)
        self.add(self._why)
        clear = QPushButton(self.tr("No key"))
        clear.clicked.connect(self._clear)
        self.buttons.addButton(clear, QDialogButtonBox.ButtonRole.ResetRole)
        self.agree_button.setEnabled(False)
        for button in self.buttons.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # all keys are for the class

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
            return
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            return
        keys = QKeySequence(QKeyCombination(event.modifiers(), Qt.Key(event.key()))).toString()
        holder = self._taken.get(keys)
        self.key = "" if holder else keys
        self._shown.setText(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText))
        self._why.setText(
            self.tr("This key is assigned to {0}. Press another key.").format(holder) if holder else ""
        )
        self.agree_button.setEnabled(bool(self.key))

    def _clear(self) -> None:
        self.is_cleared = True
        self.reject()


def _class_box(classes: Sequence[ClassRecord]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(QCoreApplication.translate("ClassQuestions", "Class"))
    for record in classes:
        box.addItem(record.name, record.id)
    return box
