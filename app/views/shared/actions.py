"""Actions, menus and keys: every action of the window, with its menu, its keyboard shortcuts and its icon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.domain.records import CaptureFilter
from app.item_models.class_list_model import PINNED_DIGITS
from app.services.program.preferences import ThemeMode
from app.views.shared.answer_bars import NUM_BARS
from app.views.shared.theme import Theme
from app.views.wording.numbers import without_mnemonic

Key = TypeVar("Key")


class Actions(QObject):
    """Made once; the window connects them to what they do."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._icons: list[tuple[QAction, str]] = []
        self.open_folder = self._make(self.tr("Open &folder…"), "Ctrl+O", icon="folder")
        self.open_files = self._make(self.tr("Open f&iles…"), "Ctrl+Shift+O", icon="images")
        self.open_address = self._make(self.tr("Open a&ddress…"), "Ctrl+L")
        self.add_stream = self._make(self.tr("Add &camera or stream…"), "Ctrl+Shift+A")
        self.capture_now = self._make(self.tr("Capture no&w"), "F9")
        self.try_samples = self._make(self.tr("Try the &samples"), icon="sparkle")
        self.new_project = self._make(self.tr("&New project…"), "Ctrl+N", icon="project")
        self.open_project = self._make(self.tr("Open &project…"), "Ctrl+Alt+O")
        self.recent_projects = QMenu(self.tr("Recent pro&jects"), window)
        self.restore = self._make(self.tr("&Restore backup…"))
        self.find_moved = self._make(self.tr("Find &moved folders…"))
        self.import_labels = self._make(self.tr("Import &labels…"))
        self.import_folder_labels = self._make(self.tr("&Use folder names as labels…"))
        self.export = self._make(self.tr("&Export…"), "Ctrl+E", icon="export")
        self.quit = self._make(self.tr("&Quit"), "Ctrl+Q")
        self.undo = self._make(self.tr("&Undo"), "Ctrl+Z", icon="undo")
        self.redo = self._make(self.tr("&Redo"), "Ctrl+Shift+Z", "Ctrl+Y", icon="redo")
        self.paste = self._make(self.tr("&Paste"), "Ctrl+V")
        self.select_all = self._make(self.tr("Select &all"), "Ctrl+A")
        self.accept = self._make(self.tr("&Accept"), "Return", "Enter", icon="check")
        self.accept_confident = self._make(self.tr("Accept c&onfident captures…"), "Ctrl+Return")
        self.choose = [
            self._make(self.tr("Label with class &{0} of the list").format(n), str(n))
            for n in range(1, NUM_BARS + 1)
        ]
        self.choose_pinned = [
            self._make(self.tr("Label with pinned class {0}").format(n), digit)
            for n, digit in enumerate(PINNED_DIGITS, start=1)
        ]
        self.add_class = self._make(self.tr("&Add class…"), "Ctrl+Shift+N")
        self.rename_class = self._make(self.tr("&Rename…"), "F2")
        self.recolour_class = self._make(self.tr("&Colour…"))
        self.class_key = self._make(self.tr("&Key…"))
        self.pin_class = self._make(self.tr("&Pin"))
        self.merge_classes = self._make(self.tr("&Merge into…"))
        self.delete_class = self._make(self.tr("&Delete…"))
        self.class_actions = [
            self.rename_class,
            self.recolour_class,
            self.class_key,
            self.pin_class,
            self.merge_classes,
            self.delete_class,
        ]
        self.remove = self._make(self.tr("Remove from &project"), "Delete")
        self.search = self._make(self.tr("&Find captures…"), "Ctrl+F")
        self.clear_filter = self._make(self.tr("&Show all captures"), "Ctrl+Shift+F")
        self.save_filter = self._make(self.tr("Sa&ve filter…"))
        self.queue_least_sure = self._make(self.tr("&Least confident first"), "Alt+1")
        self.queue_disagreement = self._make(self.tr("Largest &SR disagreement first"), "Alt+2")
        self.queue_label_errors = self._make(self.tr("Likely label &errors"), "Alt+3")
        self.queue_unlike = self._make(self.tr("&None of these?"), "Alt+4")
        self.queue_audit = self._make(self.tr("&Random audit"), "Alt+5")
        self.queue_worth = self._make(self.tr("Most &worth labelling"), "Alt+6")
        self.find_similar = self._make(self.tr("S&imilar captures"), "S")
        self.explain = self._make(self.tr("S&how where the model looked"), "W")
        self.reset_layout = self._make(self.tr("&Reset layout"))
        self.pick_class = self._make(self.tr("Label with another &class…"), "/", "L", icon="pencil")
        self.unsure = self._make(self.tr("&Unsure"), "U", icon="question")
        self.reject = self._make(self.tr("Re&ject"), "X", icon="forbid")
        self.none_of_these = self._make(self.tr("N&one of these"), "Shift+N", icon="none")
        self.clear_label = self._make(self.tr("Clear label"), "Backspace")
        self.next = self._make(self.tr("&Next capture"), "D")
        self.previous = self._make(self.tr("&Previous capture"), "A")
        self.auto_advance = self._make(self.tr("&Go to next after labelling"), is_checkable=True)
        self.choose_model = self._make(self.tr("&Choose model…"), "Ctrl+M", icon="model")
        self.classify_missing = self._make(self.tr("Classify remai&ning captures"), "F6")
        self.retry_unreadable = self._make(self.tr("Retry &unreadable captures"))
        self.cancel_classify = self._make(self.tr("&Stop classifying"), "Shift+F6")
        self.restart_worker = self._make(self.tr("&Restart classifier"))
        self.retrain = self._make(self.tr("&Retrain…"), "Ctrl+R")
        self.models = self._make(self.tr("&Models…"), "Ctrl+Shift+M")
        self.roll_back = self._make(self.tr("Re&vert to previous model"))
        self.larger = self._make(self.tr("&Larger thumbnails"), "Ctrl++", "Ctrl+=")
        self.smaller = self._make(self.tr("&Smaller thumbnails"), "Ctrl+-")
        self.refresh = self._make(self.tr("Check for &changes"), "F5")
        self.fit_views = self._make(self.tr("&Fit to view"), "F")
        self.settings = self._make(self.tr("Settin&gs…"), "Ctrl+,")
        self.palette = self._make(self.tr("&Find action…"), "Ctrl+K")
        self.help = self._make(self.tr("&Manual"), "F1")
        self.start_tour = self._make(self.tr("&Tour"))
        self.shortcuts = self._make(self.tr("&Keyboard shortcuts…"), "Ctrl+F1")
        self.about = self._make(self.tr("&About ViMD Studio"))
        self.themes = self._make_group(
            {
                ThemeMode.SYSTEM: self.tr("&System"),
                ThemeMode.LIGHT: self.tr("&Light"),
                ThemeMode.DARK: self.tr("&Dark"),
            }
        )
        self.filters = self._make_group(
            {
                CaptureFilter.ALL: self.tr("&All"),
                CaptureFilter.UNREVIEWED: self.tr("&Unreviewed"),
                CaptureFilter.CORRECTED: self.tr("&Corrected"),
                CaptureFilter.ACCEPTED: self.tr("A&ccepted"),
                CaptureFilter.UNSURE: self.tr("U&nsure"),
                CaptureFilter.REJECTED: self.tr("R&ejected"),
                CaptureFilter.UNREADABLE: self.tr("Un&readable"),
                CaptureFilter.CHANGED: self.tr("Changed on &disk"),
            }
        )
        # A filter that is put together otherwise is none of these.
        next(iter(self.filters.values())).actionGroup().setExclusionPolicy(
            QActionGroup.ExclusionPolicy.ExclusiveOptional
        )
        theme.changed.connect(self._show_icons)
        self._show_icons()
        self._fill_menus()
        self._name_actions()
        self.own_shortcuts = {action.objectName(): action.shortcuts() for action in self.all()}

    def all(self) -> list[QAction]:
        """Every action, in the order of the menus."""
        return [action for _, action in self.with_menus()]

    def with_menus(self) -> list[tuple[str, QAction]]:
        """The same with the title of the menu that each is in."""
        found: list[tuple[str, QAction]] = []

        def visit(menu: QMenu, title: str) -> None:
            for action in menu.actions():
                submenu = action.menu()
                if submenu is self.recent_projects:
                    continue  # what is in it changes
                if isinstance(submenu, QMenu):
                    visit(submenu, without_mnemonic(submenu.title()))
                elif not action.isSeparator() and action.isVisible():
                    found.append((title, action))

        for action in self._window.menuBar().actions():
            menu = action.menu()
            if isinstance(menu, QMenu):
                visit(menu, without_mnemonic(menu.title()))
        return found

    def add_panel(self, action: QAction, name: str) -> None:
        """Take an action that shows and hides a panel."""
        action.setObjectName(f"panel_{name}")
        self.panels_menu.addAction(action)
        self.own_shortcuts[action.objectName()] = action.shortcuts()

    def use_shortcuts(self, changes: Mapping[str, str]) -> None:
        """Give actions the user's keys, and all others their own.

        Args:
            changes: keys as `QKeySequence.listToString` writes them, by the name of the action.
        """
        for action in self.all():
            name = action.objectName()
            text = changes.get(name)
            chosen = [keys for keys in QKeySequence.listFromString(text or "") if not keys.isEmpty()]
            action.setShortcuts(self.own_shortcuts[name] if text is None else chosen)

    def _name_actions(self) -> None:
        """Under these names the user's keys are kept: those of the attributes."""
        for name, value in vars(self).items():
            made = (
                value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            )
            for position, action in enumerate(made, start=1):
                if isinstance(action, QAction) and not action.objectName():
                    action.setObjectName(name if action is value else f"{name}_{position}")

    def _make(self, text: str, *keys: str, icon: str | None = None, is_checkable: bool = False) -> QAction:
        action = QAction(text, self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(is_checkable)
        if icon is not None:
            self._icons.append((action, icon))
        return action

    def _make_group(self, texts: dict[Key, str]) -> dict[Key, QAction]:
        group = QActionGroup(self)
        made: dict[Key, QAction] = {}
        for key, text in texts.items():
            made[key] = self._make(text, is_checkable=True)
            group.addAction(made[key])
        return made

    def _show_icons(self) -> None:
        for action, name in self._icons:
            action.setIcon(self._theme.icon(name))

    def _fill_menus(self) -> None:
        bar = self._window.menuBar()
        file = bar.addMenu(self.tr("&File"))
        _fill(file, self.open_folder, self.open_files, self.open_address, self.add_stream)
        _fill(file, self.capture_now, self.try_samples)
        _fill(file, None, self.new_project)
        _fill(file, self.open_project)
        file.addMenu(self.recent_projects)
        _fill(
            file,
            self.restore,
            self.find_moved,
            None,
            self.import_labels,
            self.import_folder_labels,
            self.export,
            None,
            self.settings,
            self.quit,
        )
        edit = bar.addMenu(self.tr("&Edit"))
        _fill(
            edit,
            self.undo,
            self.redo,
            None,
            self.paste,
            self.select_all,
            self.remove,
            None,
            self.search,
            self.clear_filter,
        )
        _fill(edit, self.save_filter)
        label = bar.addMenu(self.tr("&Label"))
        _fill(label, self.accept, self.accept_confident, *self.choose, self.pick_class)
        _fill(label.addMenu(self.tr("Pinned classes")), *self.choose_pinned)
        _fill(label, None, self.none_of_these, self.unsure, self.reject)
        _fill(label, self.clear_label, None, self.previous, self.next, self.auto_advance)
        _fill(label, None)
        _fill(label.addMenu(self.tr("C&lasses")), self.add_class, None, *self.class_actions)
        review = bar.addMenu(self.tr("&Review"))
        _fill(
            review, self.queue_worth, self.queue_least_sure, self.queue_disagreement, self.queue_label_errors
        )
        _fill(review, self.queue_unlike, self.queue_audit, None, self.find_similar, self.explain)
        model = bar.addMenu(self.tr("&Model"))
        _fill(model, self.choose_model, None, self.classify_missing, self.retry_unreadable)
        _fill(model, self.cancel_classify, self.restart_worker)
        tools = bar.addMenu(self.tr("&Tools"))
        _fill(tools, self.retrain, None, self.models, self.roll_back)
        view = bar.addMenu(self.tr("&View"))
        _fill(view.addMenu(self.tr("&Show")), *self.filters.values())
        _fill(view, self.refresh, None)
        _fill(view.addMenu(self.tr("&Theme")), *self.themes.values())
        _fill(view, self.larger, self.smaller, self.fit_views, None)
        self.panels_menu = view.addMenu(self.tr("&Panels"))
        _fill(view, self.reset_layout)
        help_menu = bar.addMenu(self.tr("&Help"))
        _fill(help_menu, self.palette, None, self.help, self.start_tour, self.shortcuts, None, self.about)


def _fill(menu: QMenu, *actions: QAction | None) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
