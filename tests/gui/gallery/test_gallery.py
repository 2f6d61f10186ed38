"""The grid: positions, keys, selections, and lists of any length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, tile, wait_for, wait_until_classified

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.gallery_pages import MAX_PAGES, PAGE_SIZE
from app.services.classifier.suggestion_state import SuggestionState
from app.services.pictures.image_service import ImageService
from app.services.program.preferences import ThemeMode
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.views.gallery.gallery_view import GalleryView
from app.views.shared.theme import Theme

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Numbers(QAbstractListModel):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self.count

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def gallery(qtbot: QtBot, qapp: QApplication) -> Iterator[GalleryView]:
    """Five columns of 100 x 100 px over a million numbers."""
    theme = Theme(qapp, ThemeMode.LIGHT)
    view = GalleryView(theme)
    model = Numbers(1_000_000)
    model.setParent(view)
    view.setModel(model)
    view.set_tile_size(QSize(100, 100))
    view.resize(540, 420)
    with qtbot.waitExposed(view):
        view.show()
    assert view.columns == 5
    yield view
    view.close()
    view.deleteLater()
    theme.deleteLater()


def selected(gallery: GalleryView) -> list[int]:
    return sorted(index.row() for index in gallery.selectionModel().selectedIndexes())


def click(
    gallery: GalleryView, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    position = gallery.visualRect(gallery.model().index(row, 0)).center()
    QTest.mouseClick(gallery.viewport(), LEFT, modifier, position)


def test_each_tile_is_found_where_it_is_drawn(gallery: GalleryView) -> None:
    for row in (0, 4, 5, 11, 999_999):
        index = gallery.model().index(row, 0)
        gallery.scrollTo(index)
        rect = gallery.visualRect(index)
        assert gallery.viewport().rect().contains(rect.center())
        assert gallery.indexAt(rect.center()).row() == row
    assert not gallery.indexAt(QPoint(1, 1)).isValid()
    gallery.scrollToTop()
    assert not gallery.indexAt(QPoint(gallery.viewport().width() - 1, 50)).isValid()


def test_arrow_keys_stay_within_the_list(gallery: GalleryView) -> None:
    gallery.model().count = 13  # type: ignore[attr-defined]
    gallery.reset()
    click(gallery, 0)
    for key, row in (
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Down, 5),
        (Qt.Key.Key_Right, 6),
        (Qt.Key.Key_Down, 11),
        (Qt.Key.Key_Down, 11),
        (Qt.Key.Key_Up, 6),
        (Qt.Key.Key_End, 12),
        (Qt.Key.Key_Right, 12),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_PageDown, 12),
    ):
        QTest.keyClick(gallery, key)
        assert gallery.currentIndex().row() == row, key
    gallery.setCurrentIndex(gallery.model().index(9, 0))
    QTest.keyClick(gallery, Qt.Key.Key_Down)
    assert gallery.currentIndex().row() == 12  # the last row is shorter, its last tile is meant


def test_shift_selects_a_range_and_control_single_tiles(gallery: GalleryView) -> None:
    click(gallery, 3)
    click(gallery, 7, SHIFT)
    assert selected(gallery) == [3, 4, 5, 6, 7]
    click(gallery, 1, SHIFT)  # from the same start, the other way
    assert selected(gallery) == [1, 2, 3]
    click(gallery, 9, CONTROL)
    click(gallery, 2, CONTROL)
    assert selected(gallery) == [1, 3, 9]
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    QTest.keyClick(gallery, Qt.Key.Key_Down, SHIFT)
    assert selected(gallery) == [0, 1, 2, 3, 4, 5]


def test_a_drag_selects_what_it_covers(gallery: GalleryView) -> None:
    viewport = gallery.viewport()
    start = gallery.visualRect(gallery.model().index(1, 0)).center()
    end = gallery.visualRect(gallery.model().index(13, 0)).center()
    QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert selected(gallery) == [1, 2, 3, 6, 7, 8, 11, 12, 13]


def test_the_size_of_tiles_changes_around_what_is_looked_at(gallery: GalleryView) -> None:
    index = gallery.model().index(500_000, 0)
    gallery.setCurrentIndex(index)
    gallery.scrollTo(index)
    gallery.set_tile_size(QSize(60, 60))
    assert gallery.viewport().rect().contains(gallery.visualRect(index).center())
    gallery.resize(900, 300)
    assert gallery.viewport().rect().contains(gallery.visualRect(index).center())


@pytest.fixture
def big_model(qtbot: QtBot, tmp_path: Path) -> Iterator[CaptureListModel]:
    """100,000 captures whose files are not there."""
    tasks = TaskRunner()
    projects = ProjectService(tasks)
    images = ImageService()
    model = CaptureListModel(projects, images, SuggestionState())
    with qtbot.waitSignal(projects.opened, timeout=30_000):
        projects.open(tmp_path / "Big.vimd")
    project = projects.project
    assert project is not None

    project.write(lambda unit: unit.captures.add_source(tmp_path, is_folder=True)).result()
    project._database.write(
        lambda connection: connection.exec_driver_sql(
            "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99999) "
            "INSERT INTO all_captures (source_id, path, content_hash, file_size_bytes, modified_ns, added_ms) "
            "SELECT 1, n || '.png', CAST(n AS BLOB), 1, 1, 1 FROM numbers"
        ).close()
    ).result()
    with qtbot.waitSignal(model.filter_applied, timeout=30_000):
        model.reload()
    yield model
    projects.shut_down()
    images.shut_down()


def test_a_list_of_a_hundred_thousand_reads_only_what_is_seen(
    qtbot: QtBot, big_model: CaptureListModel
) -> None:
    assert big_model.rowCount() == 100_000
    assert tile_text(big_model, 70_000) is None
    wait_for(qtbot, lambda: tile_text(big_model, 70_000) is not None, "the row has come")
    assert tile_text(big_model, 70_000) == "70000.png"
    assert big_model._pages.pages_in_memory == 1
    for row in range(0, 100_000, PAGE_SIZE):
        tile_text(big_model, row)
    wait_for(qtbot, lambda: not big_model.is_loading, "all pages have come")
    assert big_model._pages.pages_in_memory == MAX_PAGES


def tile_text(model: CaptureListModel, row: int) -> str | None:
    return model.index(row).data()


def test_the_capture_model_keeps_qts_rules(
    qtbot: QtBot, start, tmp_path: Path, qtmodeltester: ModelTester
) -> None:
    studio = start()
    tester = QAbstractItemModelTester(studio.captures, QAbstractItemModelTester.FailureReportingMode.Fatal)
    studio.window.exchange.imports.add([make_captures(tmp_path / "in", numbered(300))])
    wait_until_classified(qtbot, studio, 300)
    wait_for(qtbot, lambda: tile(studio, 299) is not None, "the last row has come")
    qtmodeltester.check(studio.captures, force_py=True)
    tester.deleteLater()


def test_the_class_model_keeps_qts_rules(qtbot: QtBot, start, qtmodeltester: ModelTester) -> None:
    studio = start()
    wait_for(qtbot, lambda: studio.classes.rowCount() == 10, "the classes of the model are there")
    qtmodeltester.check(studio.classes, force_py=True)


def test_thumbnails_keep_the_pixels_of_small_captures(qtbot: QtBot, start, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    from app.item_models.capture_list_model import CaptureRole

    studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    index = studio.captures.index(1)
    wait_for(qtbot, lambda: isinstance(index.data(CaptureRole.THUMBNAIL), QImage), "the thumbnail has come")
    thumbnail = index.data(CaptureRole.THUMBNAIL)
    assert (thumbnail.width(), thumbnail.height()) == (25, 24)
    assert thumbnail.pixelColor(1, 0).name() == "#ffffff"
    assert thumbnail.pixelColor(5, 5).getRgb()[:3] == (37, 91, 7)


def test_a_held_key_waits_until_its_last_step_is_painted(
    gallery: GalleryView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a slow machine would go on for seconds after the key is let go."""
    now = [100.0]
    monkeypatch.setattr("app.views.gallery.gallery_view.monotonic", lambda: now[0])

    def send(kind: QEvent.Type, *, is_held: bool) -> QKeyEvent:
        event = QKeyEvent(kind, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", is_held)
        event.ignore()
        QApplication.sendEvent(gallery, event)
        return event

    def step(*, is_held: bool = True) -> int:
        send(QEvent.Type.KeyPress, is_held=is_held)
        return gallery.currentIndex().row()

    gallery.setCurrentIndex(gallery.model().index(0, 0))
    gallery.viewport().repaint()
    assert not gallery.is_behind
    assert not send(QEvent.Type.ShortcutOverride, is_held=True).isAccepted()
    assert step() == 1
    assert gallery.is_behind
    now[0] += 0.2
    assert step() == 1, "nothing is painted yet"
    assert send(QEvent.Type.ShortcutOverride, is_held=True).isAccepted()
    assert not send(QEvent.Type.ShortcutOverride, is_held=False).isAccepted()
    assert step(is_held=False) == 2, "a key that is pressed anew always counts"
    gallery.viewport().repaint()
    assert step() == 3
    now[0] += 0.26
    assert step() == 4, "a window that is covered is never painted, and is not waited for"
