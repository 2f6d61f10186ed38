"""Keyboard shortcut editor: every action with its keys, which the user can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.item_models.row_model import Column, RowModel
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.tables import RowTable
from app.views.wording.numbers import without_mnemonic


def plain_text(action: QAction) -> str:
    """What an action is called, without the marks of menus."""
    return without_mnemonic(action.text()).rstrip("…")


def keys_text(keys: Sequence[QKeySequence]) -> str:
    """Keys as the system writes them."""
    return ", ".join(each.toString(QKeySequence.SequenceFormat.NativeText) for each in keys)


class ShortcutEditor(FittingDialog):
    """Lists actions, finds them by name or key, and takes other keys for them."""

    def __init__(
        self, parent: QWidget, actions: Sequence[QAction], own: Mapping[str, Sequence[QKeySequence]]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(560, 640)
        self._own = own
        self._actions = [action for action in actions if action.objectName()]
        self._keys = {action.objectName(): list(action.shortcuts()) for action in self._actions}
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search actions and shortcuts"))
        self.search.setAccessibleName(self.tr("Search actions and shortcuts"))
        self.search.setClearButtonEnabled(True)
        columns = (Column(self.tr("Action"), is_wide=True), Column(self.tr("Keys")))
        self.table = RowTable(RowModel(columns, self), self.tr("Keyboard shortcuts"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._show_keys()
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName(self.tr("New keys"))
        self.set_button = QPushButton(self.tr("Assign"))
        self.default_button = QPushButton(self.tr("Restore default"))
        self.problem = QLabel()
        self.problem.setProperty("role", "muted")
        self.problem.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.edit, 1)
        line.addWidget(self.set_button)
        line.addWidget(self.default_button)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        save = buttons.button(QDialogButtonBox.StandardButton.Ok)
        save.setText(self.tr("Save"))
        save.setProperty("role", "primary")
        save.setDefault(False)
        save.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        defaults.setText(self.tr("Restore all defaults"))
        defaults.clicked.connect(self._reset_all)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._filter)
        self.table.selectionModel().currentChanged.connect(lambda _new, _old: self._show_current())
        self.set_button.clicked.connect(self._take)
        self.edit.editingFinished.connect(self._check)
        self.default_button.clicked.connect(self._reset_current)
        self.table.selectRow(0)

    @property
    def changes(self) -> dict[str, str]:
        """Keys that are not the program's own, by the name of the action."""
        return {
            name: QKeySequence.listToString(keys)
            for name, keys in self._keys.items()
            if keys != list(self._own[name])
        }

    def choose(self, name: str) -> None:
        """Go to an action."""
        for row in range(self.table.rowCount()):
            if self._name(row) == name:
                self.table.selectRow(row)

    def _name(self, row: int) -> str:
        return str(self.table.rows.key(row)) if row >= 0 else ""

    def _show_keys(self) -> None:
        names = [action.objectName() for action in self._actions]
        texts = [
            (plain_text(action), keys_text(self._keys[name]))
            for action, name in zip(self._actions, names, strict=True)
        ]
        self.table.set_rows(texts, names)

    def _filter(self, text: str) -> None:
        wanted = text.casefold()
        for row in range(self.table.rowCount()):
            cells = [self.table.text(row, column).casefold() for column in (0, 1)]
            self.table.setRowHidden(row, not any(wanted in cell for cell in cells))

    def _show_current(self) -> None:
        self.edit.clear()
        self.problem.clear()

    def _holder(self, keys: QKeySequence, name: str) -> QAction | None:
        for action in self._actions:
            if action.objectName() != name and keys in self._keys[action.objectName()]:
                return action
        return None

    def _check(self) -> None:
        keys, name = self.edit.keySequence(), self._name(self.table.current_row)
        holder = None if keys.isEmpty() else self._holder(keys, name)
        self.problem.setText(
            self.tr("This shortcut is assigned to {0}. Assigning it here removes it there.").format(
                plain_text(holder)
            )
            if holder is not None
            else ""
        )

    def _take(self) -> None:
        name, keys = self._name(self.table.current_row), self.edit.keySequence()
        if not name:
            return
        if not keys.isEmpty():
            holder = self._holder(keys, name)
            if holder is not None:
                held = self._keys[holder.objectName()]
                self._keys[holder.objectName()] = [each for each in held if each != keys]
        self._keys[name] = [] if keys.isEmpty() else [keys]
        self._show_keys()
        self._show_current()

    def _reset_current(self) -> None:
        name = self._name(self.table.current_row)
        if name:
            for other, held in self._keys.items():
                if other != name:
                    self._keys[other] = [keys for keys in held if keys not in self._own[name]]
            self._keys[name] = list(self._own[name])
            self._show_keys()
            self._show_current()

    def _reset_all(self) -> None:
        self._keys = {name: list(keys) for name, keys in self._own.items() if name in self._keys}
        self._show_keys()
        self._show_current()
