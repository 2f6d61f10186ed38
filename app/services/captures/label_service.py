"""Labels captures: writes what the user says of them to the ledger, with undo and redo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.records import ActionKind, LabelResult, UndoState
from app.domain.suggestions import ShownClass
from app.services.project_service import ProjectService
from vimd_core.data.classes.class_identity import class_key

if TYPE_CHECKING:
    from app.domain.label_records import TakenLabel
    from app.storage.unit import Unit


class LabelService(QObject):
    """Labels captures; `labels_changed` comes when the ledger is on disk, never before."""

    labels_changed = Signal(object)  # LabelResult
    nothing_changed = Signal(object)  # LabelResult, of what was so before or can't be
    undo_state_changed = Signal(object)  # UndoState
    classes_changed = Signal()
    labels_imported = Signal(object)  # LabelResult
    failed = Signal(object)

    def __init__(self, projects: ProjectService, author: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._author = author
        projects.opened.connect(self._on_project_opened)

    def set_author(self, author: str) -> None:
        """Under which name labels are written down from now on."""
        self._author = author

    def label(self, capture_ids: Sequence[int], class_id: int) -> None:
        """Say what captures show."""
        ids, author = tuple(capture_ids), self._author
        self._write(lambda unit: unit.labels.label(ids, class_id, author))

    def label_by_name(self, capture_ids: Sequence[int], class_name: str) -> None:
        """The same with a class that is made when there is none of that name."""
        ids, author = tuple(capture_ids), self._author
        if not ids or not class_key(class_name):
            return

        def work(unit: Unit) -> LabelResult:
            classes = unit.catalogue.make_missing([class_name])
            return unit.labels.label(ids, classes.ids[class_name], author, classes.made)

        self._write(work)

    def label_none(self, capture_ids: Sequence[int], name: str) -> None:
        """Say that captures are none of the classes.

        Args:
            capture_ids: which captures.
            name: what the class for this is called that is made when there is none.
        """
        ids, author = tuple(capture_ids), self._author

        def work(unit: Unit) -> LabelResult:
            classes = unit.catalogue.make_none_class(name)
            return unit.labels.label(ids, classes.ids[name], author, classes.made)

        self._write(work)

    def accept(
        self, capture_ids: Sequence[int], shown: Sequence[ShownClass] = (), *, keeps_labels: bool = False
    ) -> None:
        """Agree with what captures are shown with.

        Args:
            capture_ids: which captures.
            shown: the classes that the user has seen; of all others the prediction that stands is taken.
            keeps_labels: whether captures keep labels that say otherwise.
        """
        ids, seen, author = tuple(capture_ids), tuple(shown), self._author
        self._write(lambda unit: unit.labels.accept(ids, author, seen, keeps_labels=keeps_labels))

    def mark(self, kind: ActionKind, capture_ids: Sequence[int]) -> None:
        """Set captures aside as unsure or rejected, or clear their label."""
        ids, author = tuple(capture_ids), self._author
        self._write(lambda unit: unit.labels.mark(kind, ids, author))

    def remove(self, capture_ids: Sequence[int]) -> None:
        """Take captures out of the project, never from the disk."""
        ids, author = tuple(capture_ids), self._author
        self._write(lambda unit: unit.labels.remove(ids, author))

    def remove_sources(self, source_ids: Sequence[int]) -> None:
        """Take sources out of the project with all that came from them, never from the disk."""
        ids, author = tuple(source_ids), self._author
        self._write(lambda unit: unit.labels.remove_sources(ids, author))

    def keep_earlier(self) -> None:
        """Say that the labels of all captures whose files have changed still fit."""
        author = self._author

        def work(unit: Unit) -> LabelResult:
            marked = unit.contents.set_aside().marked
            return unit.labels.keep_earlier(unit.contents.earlier_labels(marked), marked, author)

        self._write(work)

    def drop_earlier(self) -> None:
        """Say that the labels of all captures whose files have changed fit no longer."""
        author = self._author
        self._write(lambda unit: unit.labels.drop_earlier(unit.contents.set_aside().marked, author))

    def announce_changed_files(self, ids: Sequence[int]) -> None:
        """Tell that the labels of captures were set aside, because their files hold something else now."""
        changed = tuple(ids)
        self._projects.read(
            lambda unit: LabelResult(ActionKind.FILE_CHANGED, changed, 0, unit.undo_state()),
            self.labels_changed.emit,
        )

    def rename_class(self, class_id: int, name: str) -> None:
        """Give a class another name."""
        author = self._author
        self._write(lambda unit: unit.labels.rename_class(class_id, name, author))

    def recolour_class(self, class_id: int, colour: str) -> None:
        """Give a class another colour, as "#rrggbb"."""
        author = self._author
        self._write(lambda unit: unit.labels.recolour_class(class_id, colour, author))

    def merge_classes(self, class_ids: Sequence[int], into_id: int) -> None:
        """Turn classes into another one."""
        ids, author = tuple(class_ids), self._author
        self._write(lambda unit: unit.labels.merge_classes(ids, into_id, author))

    def delete_class(self, class_id: int) -> None:
        """Take a class away that no model knows."""
        author = self._author
        self._write(lambda unit: unit.labels.delete_class(class_id, author))

    def add_class(self, name: str) -> None:
        """Make a class that no capture has yet."""
        author = self._author
        self._write(lambda unit: unit.labels.add_class(name, author))

    def set_class_key(self, class_id: int, key: str | None) -> None:
        """Give a class a key of its own, or none; another class that had it loses it."""
        self._change_classes(lambda unit: unit.catalogue.set_key(class_id, key))

    def set_class_pinned(self, class_id: int, pinned: bool) -> None:
        """Put a class among those that digits choose whatever the model says, or take it out."""
        self._change_classes(lambda unit: unit.catalogue.set_pinned(class_id, pinned))

    def find_model_classes(self, on_found: Callable[[frozenset[int]], None]) -> None:
        """Ask which classes models of the project can answer."""
        self._projects.read(lambda unit: unit.models.all_class_ids(), on_found, self.failed.emit)

    def take(self, labels: Callable[[], Sequence[TakenLabel]], groups: Mapping[int, str]) -> None:
        """Take labels over that were given elsewhere, as one step; ends in `labels_imported`.

        Args:
            labels: says which, in the thread that writes: there may be very many.
            groups: what is said of captures that belong together; stays when the labels are undone.
        """
        author = self._author

        def on_success(result: LabelResult) -> None:
            self._tell(result)
            self.labels_imported.emit(result)

        def work(unit: Unit) -> LabelResult:
            unit.groups.set_given(groups)
            return unit.label_import.take(labels(), author)

        self._projects.write(work, on_success, self.failed.emit)

    def undo(self) -> None:
        """Take back the last action."""
        author = self._author
        self._write(lambda unit: unit.labels.undo(author))

    def redo(self) -> None:
        """Do again what was undone last."""
        author = self._author
        self._write(lambda unit: unit.labels.redo(author))

    def _change_classes(self, work: Callable[[Unit], object]) -> None:
        self._projects.write(work, lambda _result: self.classes_changed.emit(), self.failed.emit)

    def _write(self, work: Callable[[Unit], LabelResult | None]) -> None:
        self._projects.write(work, self._tell, self.failed.emit)

    def _tell(self, result: LabelResult | None) -> None:
        if result is None:
            return
        if not result.capture_ids and not result.classes_changed:
            self.nothing_changed.emit(result)
            return
        if result.classes_changed:
            self.classes_changed.emit()
        self.undo_state_changed.emit(result.undo_state)
        self.labels_changed.emit(result)

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._projects.read(lambda unit: unit.undo_state(), self._on_undo_state, self.failed.emit)

    def _on_undo_state(self, state: UndoState) -> None:
        self.undo_state_changed.emit(state)
