"""What a hand does and an eye sees in the real program: each story yields what it waits for on the screen.

A story notes in `report` what the test compares to the project's files afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from replies import reply

from app.bootstrap import SAMPLES, Studio
from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.records import CaptureRow, LabelResult, ReviewState
from app.exchange.export_run import ExportRequest
from app.exchange.label_plan import ImportChoice
from app.item_models.capture_list_model import CaptureRole
from app.views.live.stream_dialog import StreamDialog
from app.views.live.stream_pages import CHANGE, DEMAND
from app.views.training.retrain_dialog import RetrainDialog
from vimd_core.streaming.sources.status import StreamState
from vimd_core.training.retraining.effort import Effort

NUM_CORRECTED = 10
CORRECTED_ROW = 5
NEW_CLASS = "Seen at last"
Condition = Callable[[], object]
report: dict[str, object] = {}


def tile(studio: Studio, row: int) -> CaptureRow | None:
    """A capture as the gallery shows it."""
    shown = studio.captures.index(row).data(CaptureRole.ROW)
    return shown if isinstance(shown, CaptureRow) else None


def answers(studio: Studio) -> list[str]:
    return [bar.answer.name for bar in studio.window.inspector.panel.bars.bars if bar.answer is not None]


def click_tile(studio: Studio, row: int) -> None:
    gallery = studio.window.gallery.view
    index = studio.captures.index(row)
    gallery.scrollTo(index)
    position = gallery.visualRect(index).center()
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, position)


def drop(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window = studio.window
    middle, copy = window.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(middle, copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), copy, data, left, none))


def all_classified(studio: Studio) -> bool:
    count = studio.captures.rowCount()
    shown = [tile(studio, row) for row in range(count)]
    return count > 40 and all(row is not None and row.predicted is not None for row in shown)


def inspector_shows(studio: Studio, row: int) -> bool:
    detail = studio.window.inspector.panel.detail
    return detail is not None and detail.row.id == studio.captures.capture_id(row) and bool(detail.top)


def inspector_is_at(studio: Studio, row: int) -> bool:
    detail = studio.window.inspector.panel.detail
    return detail is not None and detail.row.id == studio.captures.capture_id(row)


def first_day(studio: Studio) -> Iterator[Condition]:
    """Drop the samples, wait for the answers, correct one, and leave."""
    yield lambda: studio.services.projects.project
    report["was_empty"] = studio.window.is_empty
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    report["captures"] = studio.captures.rowCount()
    click_tile(studio, CORRECTED_ROW)
    yield lambda: inspector_shows(studio, CORRECTED_ROW)
    yield lambda: studio.window.inspector.panel.compare.super_resolved.image is not None
    yield lambda: QApplication.focusWindow() is not None
    chosen = answers(studio)[1]
    QTest.keyClick(studio.window.gallery.view, Qt.Key.Key_2)
    yield lambda: (shown := tile(studio, CORRECTED_ROW)) is not None and shown.label == chosen
    report["label"] = chosen
    corrected = tile(studio, CORRECTED_ROW)
    assert corrected is not None
    report["name"] = corrected.path.name
    report["model_said"] = corrected.predicted


def second_day(studio: Studio) -> Iterator[Condition]:
    """Find everything as it was left."""
    yield lambda: studio.captures.rowCount() > 40
    click_tile(studio, CORRECTED_ROW)
    yield lambda: tile(studio, CORRECTED_ROW) is not None and inspector_shows(studio, CORRECTED_ROW)
    yield lambda: studio.services.classify.is_model_loaded
    shown = tile(studio, CORRECTED_ROW)
    assert shown is not None
    report["captures"] = studio.captures.rowCount()
    report["name"] = shown.path.name
    report["label"] = shown.label
    report["state"] = shown.state.name
    report["label_on_screen"] = studio.window.inspector.panel.label_text.text()
    report["history"] = studio.window.inspector.panel.ledger.lines
    report["classifies_again"] = studio.services.classify.is_running


def table() -> Path:
    """Where the labels go from one program to the next."""
    return Path(os.environ["VIMD_TABLE"])


def labels(studio: Studio) -> dict[str, str | None]:
    """What each capture is labelled with, by the name of its file, as the gallery shows it."""
    shown = [tile(studio, row) for row in range(studio.captures.rowCount())]
    return {row.path.name: row.label for row in shown if row is not None}


def correct_and_export(studio: Studio) -> Iterator[Condition]:
    """Correct ten captures with one key each, and write all labels into a table."""
    yield lambda: studio.services.projects.project
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    for row in range(NUM_CORRECTED):
        click_tile(studio, row)
        yield lambda row=row: inspector_shows(studio, row)
        yield lambda: QApplication.focusWindow() is not None
        chosen = answers(studio)[2]
        QTest.keyClick(studio.window.gallery.view, Qt.Key.Key_3)
        yield (
            lambda row=row, chosen=chosen: (shown := tile(studio, row)) is not None and shown.label == chosen
        )
    report["labels"] = labels(studio)
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), table())
    reply(studio.window, ask_export=lambda *_: request)
    studio.window.actions_.export.trigger()
    yield lambda: "exported to" in studio.window.message_bar.text


def import_again(studio: Studio) -> Iterator[Condition]:
    """Drop the same captures on an empty project, and take the labels from the table."""
    yield lambda: studio.services.projects.project
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    report["labels_before"] = labels(studio)
    reply(studio.window, ask_label_table=table)
    reply(studio.window, ask_label_import=lambda _imports, _draft, plan: (plan, ImportChoice.ONLY_NEW))
    studio.window.actions_.import_labels.trigger()
    yield lambda: "labels imported" in studio.window.message_bar.text
    yield lambda: sum(label is not None for label in labels(studio).values()) == NUM_CORRECTED
    report["labels"] = labels(studio)


def merge_and_undo(studio: Studio) -> Iterator[Condition]:
    """Accept everything, merge one class into another, and take it back."""
    yield lambda: studio.services.projects.project
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    studio.window.gallery.view.selectAll()
    yield lambda: studio.window.actions_.accept.isEnabled()
    studio.window.actions_.accept.trigger()
    yield lambda: None not in labels(studio).values()
    before = report["before"] = labels(studio)
    merged, into = sorted({label for label in before.values() if label is not None})[:2]
    report["merged"], report["into"] = merged, into
    records = {record.name: record for record in studio.classes.records}
    reply(studio.window, ask_merge_target=lambda *_args, **_named: records[into].id)
    studio.window.classes.panel.choose(records[merged].id)
    yield lambda: set(labels(studio).values()) == {merged}  # a chosen class filters the gallery
    studio.window.actions_.merge_classes.trigger()
    yield lambda: not studio.captures.is_loading and merged not in {r.name for r in studio.classes.records}
    studio.window.actions_.clear_filter.trigger()
    yield lambda: len(labels(studio)) == len(before) and merged not in labels(studio).values()
    report["after"] = labels(studio)
    studio.window.actions_.undo.trigger()
    yield lambda: labels(studio) == before
    report["undone"] = labels(studio)


def predictions(studio: Studio) -> dict[str, str | None]:
    """What the model in use says of each capture, by the name of its file, as the gallery shows it."""
    shown = [tile(studio, row) for row in range(studio.captures.rowCount())]
    return {row.path.name: row.predicted for row in shown if row is not None}


def retrain_and_back(studio: Studio) -> Iterator[Condition]:
    """Correct a class to one that the model does not know, retrain, see the gate, use the new model, and go back."""
    window, services = studio.window, studio.services
    yield lambda: services.projects.project
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    before = report["before"] = predictions(studio)
    window.gallery.view.selectAll()
    yield lambda: window.actions_.accept.isEnabled()
    window.actions_.accept.trigger()
    yield lambda: None not in labels(studio).values()
    said = [name for name in before.values() if name is not None]
    # So many that some of them are held back for the gate.
    renamed = sorted(set(said), key=lambda name: (-said.count(name), name))[:5]
    shown = [tile(studio, row) for row in range(studio.captures.rowCount())]
    services.labels.label_by_name([row.id for row in shown if row and row.predicted in renamed], NEW_CLASS)
    yield lambda: list(labels(studio).values()).count(NEW_CLASS) == sum(map(said.count, renamed))
    report["renamed"] = renamed
    report["truth"] = labels(studio)
    # Not called from here: the dialog waits for its answer, and this story has to give it.
    QTimer.singleShot(0, window.actions_.retrain.trigger)
    yield lambda: isinstance(QApplication.activeModalWidget(), RetrainDialog)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RetrainDialog)
    yield dialog.start_button.isEnabled
    dialog.efforts[Effort.QUICK].setChecked(True)
    dialog.advanced.epochs.setValue(3)
    dialog.advanced.others.setPlainText("epoch_images=0")
    report["plan"] = dialog.plan.text()
    QTimer.singleShot(0, dialog.start_button.click)
    yield lambda: services.retrain.is_running and len(services.retrain.curves.losses.get("", [])) > 0
    report["panel"] = window.training.panel.isVisible()
    yield lambda: window.models.commands.gate is not None
    gate = window.models.commands.gate
    assert gate is not None
    report["at_the_gate"] = predictions(studio)
    report["gate"] = gate.heading.text()
    report["curve"] = len(services.retrain.curves.losses[""])
    gate.promote_button.click()
    yield lambda: window.models.commands.gate is None and predictions(studio) != before
    yield lambda: all_classified(studio) and not services.classify.is_running
    report["after"] = predictions(studio)
    report["labels_after"] = labels(studio)
    window.actions_.roll_back.trigger()
    yield lambda: predictions(studio) == before
    report["rolled_back"] = predictions(studio)


def damaged(studio: Studio) -> Iterator[Condition]:
    """Open a project whose database is no database any more."""
    yield lambda: studio.window.message_bar.text
    report["message"] = studio.window.message_bar.text
    report["action"] = studio.window.message_bar.action_button.text()


def half_damaged(studio: Studio) -> Iterator[Condition]:
    """Look at a project of which a part is damaged, try to label, and put back what is offered."""
    window = studio.window
    yield lambda: "damaged" in window.message_bar.text
    report["message"] = window.message_bar.text
    yield lambda: studio.captures.rowCount() > 40
    report["title"] = window.windowTitle()
    report["captures"] = studio.captures.rowCount()
    click_tile(studio, CORRECTED_ROW)
    yield lambda: tile(studio, CORRECTED_ROW) is not None and inspector_shows(studio, CORRECTED_ROW)
    report["label"] = window.inspector.panel.label_text.text()
    yield lambda: QApplication.focusWindow() is not None
    QTest.keyClick(window.gallery.view, Qt.Key.Key_U)
    yield lambda: "read-only" in window.message_bar.text
    reply(window, ask_backup=lambda _name, records: records[0].path)
    window.actions_.restore.trigger()
    yield lambda: "(read only)" not in window.windowTitle() and studio.captures.rowCount() > 40
    report["title_after"] = window.windowTitle()


def chinese(studio: Studio) -> Iterator[Condition]:
    """Look at the menus."""
    yield lambda: studio.services.projects.project
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    report["menus"] = [action.text() for action in studio.window.menuBar().actions()]
    report["actions"] = [action.text() for action in studio.window.actions_.all()]
    report["footer"] = studio.window.footer.state_text.text()


def in_dialog(
    studio: Studio, open_dialog: Callable[[], object], use: Callable[[StreamDialog], object]
) -> None:
    """Open the dialog of a source and use it; its own loop runs until it is closed."""

    def look() -> None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, StreamDialog)]
        if not found or not found[0].isVisible():
            QTimer.singleShot(20, studio, look)
            return
        use(found[0])
        found[0].add_button.click()

    QTimer.singleShot(0, studio, look)
    open_dialog()
    studio.window.activateWindow()  # a desktop does that by itself


def drag_on_picture(studio: Studio, left: float, top: float, right: float, bottom: float) -> None:
    """Draw a region on the live picture."""
    picture = studio.window.live.view.picture
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    start, end = picture.to_widget(left, top).toPoint(), picture.to_widget(right, bottom).toPoint()
    QTest.mousePress(picture, button, none, start)
    QTest.mouseMove(picture, (start + end) / 2)
    QTest.mouseMove(picture, end)
    QTest.mouseRelease(picture, button, none, end)


def at_the_road(studio: Studio) -> Iterator[Condition]:
    """Add a camera, draw a region around the sign that it sees, let captures come, and correct one."""
    window, streams = studio.window, studio.services.streams
    yield lambda: studio.services.projects.project

    def fill_in(dialog: StreamDialog) -> None:
        dialog.address.setEditText(os.environ["VIMD_STREAM"])
        dialog.name.setText("Road")
        dialog.captures.trigger.setCurrentIndex(DEMAND)

    in_dialog(studio, window.actions_.add_stream.trigger, fill_in)
    yield lambda: streams.records and streams.status(streams.records[0].id).state is StreamState.LIVE
    window.live.stream_list.setCurrentIndex(window.live.stream_list.model().index(0, 0))
    window.live.stream_list.show_live.trigger()
    view = window.live.view
    yield lambda: view.picture.isVisible() and view.picture.has_frame
    left, top, side = (int(value) for value in os.environ["VIMD_SIGN"].split(","))
    drag_on_picture(studio, left - 3, top - 3, left + side + 3, top + side + 3)
    yield lambda: len(view.picture.regions) == 1
    view.name.setText("Sign")
    view.name.editingFinished.emit()
    yield lambda: view.cards.cards and view.cards.cards[0].region.text() == "Sign"
    yield lambda: view.cards.cards[0].probability.text()  # until the model has answered, it says "…"
    report["live_label"] = view.cards.cards[0].answer.text()
    report["latency"] = view.latency.text()

    def capture_changes(dialog: StreamDialog) -> None:
        dialog.captures.trigger.setCurrentIndex(CHANGE)
        dialog.captures.interval.setValue(0.2)

    in_dialog(studio, window.live.stream_list.edit_settings.trigger, capture_changes)

    def classified() -> list[CaptureRow]:
        shown = [tile(studio, row) for row in range(studio.captures.rowCount())]
        return [row for row in shown if row is not None and row.predicted is not None]

    yield lambda: len(classified()) >= 4
    window.live.stream_list.stop.trigger()
    yield lambda: not streams.is_running(streams.records[0].id) and not studio.services.classify.is_running
    report["answers"] = {row.path.name: row.predicted for row in classified()}
    window.docks.show_panel("inspector")
    click_tile(studio, 1)
    yield lambda: inspector_shows(studio, 1)
    yield lambda: QApplication.focusWindow() is not None
    chosen = answers(studio)[1]
    QTest.keyClick(window.gallery.view, Qt.Key.Key_2)
    yield lambda: (shown := tile(studio, 1)) is not None and shown.label == chosen
    corrected = tile(studio, 1)
    assert corrected is not None
    report["corrected"], report["label"] = corrected.path.name, chosen


def busy(studio: Studio) -> Iterator[Condition]:
    """Add a folder, mark one capture after the other and export now and then, until someone kills the program.

    Each thing that the window is told is done becomes a line of a file at once.
    """
    told = Path(os.environ["VIMD_TOLD"])

    def note(*lines: str) -> None:
        with told.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

    services = studio.services
    keys = {ReviewState.UNSURE: Qt.Key.Key_U, ReviewState.REJECTED: Qt.Key.Key_X}
    pressed: list[ReviewState] = []
    labelled: list[int] = []

    def on_labels(result: LabelResult) -> None:
        labelled.extend(result.capture_ids)
        note(*(f"label {capture_id} {int(pressed[0])}" for capture_id in result.capture_ids))

    services.imports.captures_added.connect(lambda added: note(*(f"capture {i}" for i in added.ids)))
    services.labels.labels_changed.connect(on_labels)
    services.exports.finished.connect(lambda path, rows: note(f"export {rows} {path}"))
    yield lambda: services.projects.project
    drop(studio, Path(os.environ["VIMD_FOLDER"]))
    yield lambda: studio.captures.rowCount() > 20
    yield lambda: QApplication.focusWindow() is not None
    number = len(told.read_text(encoding="utf-8"))
    while True:
        number += 1
        row = number % 20
        click_tile(studio, row)
        yield lambda row=row: inspector_is_at(studio, row) and tile(studio, row) is not None
        shown = tile(studio, row)
        assert shown is not None
        pressed[:] = [ReviewState.REJECTED if shown.state is ReviewState.UNSURE else ReviewState.UNSURE]
        before = len(labelled)
        QTest.keyClick(studio.window.gallery.view, keys[pressed[0]])
        yield lambda before=before: len(labelled) > before
        if number % 10 == 0:
            target = told.with_name(f"{number}.csv")
            services.exports.export(ExportRequest(ExportFormat.CSV, CaptureQuery(), target))


STORIES = {
    story.__name__: story
    for story in (
        first_day,
        second_day,
        correct_and_export,
        import_again,
        merge_and_undo,
        retrain_and_back,
        damaged,
        half_damaged,
        busy,
        chinese,
        at_the_road,
    )
}
