"""The commands that change classes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.domain.records import ClassRecord
from app.item_models.class_list_model import ClassListModel
from app.services.captures.label_service import LabelService
from app.views.classes.class_panel import ClassPanel
from app.views.classes.questions import UNLABEL, ClassQuestions
from app.views.review.review_session import ReviewSession
from app.views.shared.actions import Actions
from app.views.shared.room_context import on
from app.views.wording.numbers import without_mnemonic


class ClassCommands(QObject):
    """Puts questions before the service, and gives classes their own keys."""

    def __init__(
        self,
        labels: LabelService,
        classes: ClassListModel,
        panel: ClassPanel,
        review: ReviewSession,
        actions: Actions,
        questions: ClassQuestions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._labels = labels
        self._classes = classes
        self._panel = panel
        self._review = review
        self._actions = actions
        self._questions = questions
        self._window = window
        self._keys: list[QAction] = []
        on(actions.add_class, self.add)
        on(actions.rename_class, self.rename)
        on(actions.recolour_class, self.recolour)
        on(actions.class_key, self.choose_key)
        on(actions.pin_class, self.pin)
        on(actions.merge_classes, self.merge)
        on(actions.delete_class, self.delete)
        panel.rename_wanted.connect(self.rename)
        panel.chosen_changed.connect(self._show_enabled)
        panel.list.addActions(actions.class_actions)
        classes.modelReset.connect(self._bind_keys)
        self._show_enabled()

    def add(self) -> None:
        """Make a class that no capture has yet."""
        name = self._questions.ask_class_name(self.tr("Add class"))
        if name:
            self._labels.add_class(name)

    def rename(self) -> None:
        """Give the chosen class another name."""
        for record in self._panel.chosen[:1]:
            name = self._questions.ask_class_name(self.tr("Rename class"), record.name)
            other = self._classes.find(name)
            if other is not None and other.id != record.id:
                if self._questions.ask_merge_instead(record, other):
                    self._labels.merge_classes([record.id], other.id)
            elif name and name != record.name:
                self._labels.rename_class(record.id, name)

    def recolour(self) -> None:
        """Give the chosen class another colour."""
        for record in self._panel.chosen[:1]:
            colour = self._questions.ask_class_colour(record)
            if colour is not None and colour != record.colour:
                self._labels.recolour_class(record.id, colour)

    def choose_key(self) -> None:
        """Give the chosen class a key of its own."""
        for record in self._panel.chosen[:1]:
            key = self._questions.ask_class_key(record, self._taken_keys(record))
            if key is not None:
                self._labels.set_class_key(record.id, key or None)

    def pin(self) -> None:
        """Put the chosen classes among those that digits choose, or take them out."""
        chosen = self._panel.chosen
        pinned = not all(record.pinned for record in chosen)
        for record in chosen:
            self._labels.set_class_pinned(record.id, pinned)

    def merge(self) -> None:
        """Turn the chosen classes into one."""
        chosen = self._panel.chosen
        into = self._questions.ask_merge_target(chosen, self._classes.records)
        if into is not None:
            self._labels.merge_classes([record.id for record in chosen if record.id != into], into)

    def delete(self) -> None:
        """Take the chosen class away, after asking where its labels go."""
        for record in self._panel.chosen[:1]:
            self._labels.find_model_classes(partial(self._delete, record))

    def _delete(self, record: ClassRecord, known_to_models: frozenset[int]) -> None:
        where = self._questions.ask_where_labels_go(
            record,
            self._classes.counts.labelled.get(record.id, 0),
            self._classes.records,
            model_knows=record.id in known_to_models,
        )
        if where == UNLABEL:
            self._labels.delete_class(record.id)
        elif where is not None:
            self._labels.merge_classes([record.id], where)

    def _show_enabled(self) -> None:
        count = len(self._panel.chosen)
        actions = self._actions
        for action in (
            actions.rename_class,
            actions.recolour_class,
            actions.class_key,
            actions.delete_class,
        ):
            action.setEnabled(count == 1)
        actions.pin_class.setEnabled(count > 0)
        actions.merge_classes.setEnabled(count > 0 and self._classes.rowCount() > 1)
        actions.pin_class.setText(
            self.tr("Un&pin") if count and all(r.pinned for r in self._panel.chosen) else self.tr("&Pin")
        )

    def _taken_keys(self, record: ClassRecord) -> dict[str, str]:
        taken = {
            keys.toString(): without_mnemonic(action.text())
            for action in self._actions.all()
            for keys in action.shortcuts()
        }
        taken |= {other.key: other.name for other in self._classes.records if other.key}
        taken.pop(record.key or "", None)
        return taken

    def _bind_keys(self) -> None:
        for action in self._keys:
            self._window.removeAction(action)
            action.deleteLater()
        self._keys = []
        pinned = [record for record in self._classes.records if record.pinned]
        self._review.set_pinned([record.name for record in pinned])
        for record in self._classes.records:
            if record.key:
                action = QAction(record.name, self._window)
                action.setShortcut(QKeySequence(record.key))
                action.triggered.connect(
                    lambda _checked=False, name=record.name: self._review.choose_class(name)
                )
                self._window.addAction(action)
                self._keys.append(action)
