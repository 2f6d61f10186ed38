"""What a packaged program shows beside the rest: licences, a crash's report, and what the desktop opens with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_until_classified

from app.bootstrap import STARTER_MODEL, Studio
from app.main import Application
from app.views.live.stream_dialog import StreamDialog
from app.views.shared.text_dialog import TextDialog
from app.views.window import about_dialog
from app.views.window.about_dialog import AboutDialog


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, running, 2)
    return running


def test_about_shows_the_licences_of_a_package(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(TextDialog, "exec", lambda dialog: shown.append(dialog.text.toPlainText()))
    from_sources = AboutDialog(studio.window, {})
    assert from_sources.licences_button.isHidden()
    terms = tmp_path / "LICENCES.txt"
    terms.write_text("Qt: LGPL", encoding="utf-8")
    monkeypatch.setattr(about_dialog, "LICENCES", terms)
    packaged = AboutDialog(studio.window, {})
    assert not packaged.licences_button.isHidden()
    packaged.licences_button.click()
    assert shown == ["Qt: LGPL"]
    for dialog in (from_sources, packaged):
        dialog.deleteLater()


def test_the_report_of_a_crash_can_be_copied(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "crash.txt"
    report.write_text("Fatal Python error: Segmentation fault", encoding="utf-8")
    places: list[str] = []

    def use(dialog: TextDialog) -> int:
        places.extend(label.text() for label in dialog.findChildren(QLabel))
        dialog.copy_button.click()
        return 0

    monkeypatch.setattr(TextDialog, "exec", use)
    studio.window.program.show_crash(report)
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    assert any(str(report) in text for text in places)
    studio.window.program.show_crash(tmp_path / "gone.txt")  # says nothing, and fails nothing


def test_a_model_that_is_opened_is_used(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.services.classify.model_loaded, timeout=30_000):
        studio.window.exchange.imports.add([STARTER_MODEL])
    assert studio.services.classify.model_path == STARTER_MODEL
    assert studio.captures.rowCount() == 2


def test_what_macos_opens_is_told(qapp: QApplication) -> None:
    opened: list[str] = []

    class Signal:
        def emit(self, name: str) -> None:
            opened.append(name)

    class Fake:
        file_opened = Signal()

    event = QFileOpenEvent(QUrl.fromLocalFile("/captures/a.png"))
    assert Application.event(Fake(), event)  # type: ignore[arg-type]
    assert opened == ["/captures/a.png"]


def test_enter_adds_the_address_that_was_typed(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = StreamDialog(studio.window)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.address.hasFocus)
    QTest.keyClicks(dialog.address, str(tmp_path))
    QTest.keyClick(dialog.address, Qt.Key.Key_Return)
    assert dialog.new is not None, dialog.problem.text()
    dialog.close()
    dialog.deleteLater()
