"""Drag and drop, paste, open, hand-over: each kind of thing that comes goes where it belongs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from app.exchange.arrivals import Arrivals, need_a_look, sort_out
from app.item_models.worded import worded
from app.locations import is_project
from app.services.container import Services
from app.views.exchange.import_commands import ImportCommands
from app.views.exchange.label_import_commands import LabelImportCommands
from app.views.exchange.questions import ExchangeQuestions
from app.views.live.stream_commands import StreamCommands
from app.views.shared.message_bar import MessageBar
from vimd_core.errors import SourceError
from vimd_core.streaming.sources.addresses import HTTP_SCHEMES, NETWORK_SCHEMES
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.exchange.import_run import ImportReport

Result = TypeVar("Result")

_PICTURE_ADDRESSES: Final = tuple(f"{scheme}://" for scheme in HTTP_SCHEMES)
_ADDRESSES: Final = tuple(f"{scheme}://" for scheme in sorted(NETWORK_SCHEMES))
_IMAGE_DATA: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff", "image/bmp")
_MOST_TEXT: Final = 100_000  # longer than any list of addresses that somebody copies


class Incoming(QObject):
    """Sorts what comes. Nothing that comes is ever run, and what was fetched is looked into before it is kept."""

    def __init__(
        self,
        services: Services,
        imports: ImportCommands,
        labels: LabelImportCommands,
        streams: StreamCommands,
        questions: ExchangeQuestions,
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._imports = imports
        self._labels = labels
        self._streams = streams
        self._questions = questions
        self._message_bar = message_bar
        self._tables: list[Path] = []  # for when the captures that came with them are there
        self._pictures: list[str] = []  # that are being added
        self._waiting: list[tuple[list[Path], list[str]]] = []  # for the project that is being opened
        services.projects.opened.connect(self._on_project_opened)
        services.projects.open_failed.connect(self._on_open_failed)
        services.imports.finished.connect(self._on_imported)
        services.imports.failed.connect(self._on_import_failed)

    @staticmethod
    def is_welcome(data: QMimeData) -> bool:
        """Whether something of this can be taken in."""
        return bool(data.hasUrls() or data.hasImage() or (data.hasText() and _addresses_in(data.text())))

    def take(self, paths: Sequence[Path], addresses: Sequence[str] = ()) -> None:
        """Take files, folders and addresses in; while a project is being opened, they wait for it."""
        is_another_project = len(paths) == 1 and is_project(paths[0])
        if self._services.projects.is_opening and not is_another_project:
            self._waiting.append((list(paths), list(addresses)))
            return
        if need_a_look(paths) and not is_another_project:
            self._do(lambda: sort_out(paths), self._take_sorted)
        else:
            self._imports.add(list(paths))
        for address in addresses:
            self._take_address(address)

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        waiting, self._waiting = self._waiting, []
        for paths, addresses in waiting:
            self.take(paths, addresses)

    def _on_open_failed(self, _sentence: Sentence) -> None:
        self._waiting.clear()

    def take_data(self, data: QMimeData) -> None:
        """Take in what was dropped or copied: files, or else a picture itself, or else addresses."""
        urls = data.urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        encoded = [bytes(url.toEncoded().data()).decode("ascii", "replace") for url in urls]
        remote = [address for address in encoded if address.lower().startswith(_ADDRESSES)]
        picture = None if paths else _picture_in(data)
        if picture is not None:
            self._save(picture)
        elif paths or remote:
            self.take(paths, remote)
        elif data.hasText():
            self._take_text(data.text())

    def paste(self) -> None:
        """Take in what was copied; into a text field while one is being written in."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit | QTextEdit | QPlainTextEdit):
            focused.paste()
            return
        data = QGuiApplication.clipboard().mimeData()
        if self.is_welcome(data) or _paths_in(data.text()):
            self.take_data(data)
        else:
            self._message_bar.show_notice(
                self.tr("The clipboard holds nothing to add: copy an image, files or an address.")
            )

    def open_files(self) -> None:
        """Take single files in."""
        self.take(self._questions.ask_files())

    def open_address(self) -> None:
        """Ask for an address, and take in what is there."""
        address = self._questions.ask_address()
        if address:
            self._take_address(address)

    def _take_text(self, text: str) -> None:
        self.take(_paths_in(text), _addresses_in(text))

    def _take_sorted(self, arrivals: Arrivals) -> None:
        if arrivals.tables and not arrivals.captures:
            self._tables += arrivals.tables
            self._offer_tables()
        elif arrivals.captures:
            self._tables += arrivals.tables
            self._imports.add(list(arrivals.captures))
        kinds = [
            self.tr("label files: {0}").format(len(arrivals.tables)) if arrivals.tables else "",
            self.tr("videos: {0}").format(len(arrivals.videos)) if arrivals.videos else "",
        ]
        if sum(map(bool, (arrivals.captures, *kinds))) > 1:
            self._message_bar.show_notice(
                self.tr("Other items found, which you are asked about one at a time: {0}.").format(
                    ", ".join(filter(None, kinds))
                )
            )
        for video in arrivals.videos:
            self._streams.add(str(video))

    def _offer_tables(self) -> None:
        tables, self._tables = self._tables, []
        if tables:
            self._labels.import_label_table(tables[0])
        if len(tables) > 1:
            self._message_bar.show_error(
                self.tr("Only {1} was read: add the other label files one at a time ({0} in all).").format(
                    len(tables), tables[0].name
                )
            )

    def _take_address(self, address: str) -> None:
        """Fetch a picture, or offer to watch what is there; the dialog hides a password in the address."""
        from vimd_core.streaming.sources.addresses import parse_source

        try:
            source, credentials = parse_source(address)
        except SourceError as e:
            self._message_bar.show_error(worded(e.sentence))
            return
        if credentials or not source.url.lower().startswith(_PICTURE_ADDRESSES):
            self._streams.add(address)
            return
        project = self._services.projects.project
        if project is None:
            self._message_bar.show_error(
                self.tr("No project is open: use File > Open project or File > New project.")
            )
            return
        from app.exchange.picture_download import IsStreamError, download_picture

        def fetch() -> Path | None:
            try:
                return download_picture(
                    source.url, project.folder, lambda: self._services.projects.project is not project
                )
            except IsStreamError:
                return None

        def go_on(path: Path | None) -> None:
            if path is None:
                self._streams.add(address)
            elif self._services.projects.project is project:
                self._message_bar.clear()
                self._add_picture(path)

        self._message_bar.show_notice(self.tr("Downloading {0}…").format(source.name))
        self._do(fetch, go_on)

    def _save(self, picture: bytes) -> None:
        project = self._services.projects.project
        if project is None:
            self._message_bar.show_error(
                self.tr("No project is open: use File > Open project or File > New project.")
            )
            return
        from app.exchange.picture_download import save_picture

        def go_on(path: Path) -> None:
            if self._services.projects.project is project:
                self._add_picture(path)

        self._do(lambda: save_picture(picture, project.folder), go_on)

    def _add_picture(self, path: Path) -> None:
        self._pictures.append(path.name)
        self._services.imports.import_paths([path], path.parent)

    def _on_imported(self, report: ImportReport) -> None:
        """Say where a picture went that came from nowhere in particular: it is listed last."""
        names, self._pictures = self._pictures, []
        if names and report.added and not report.num_left_out:
            self._message_bar.show_notice(self.tr("Capture added: {0}.").format(", ".join(names)))
        self._offer_tables()

    def _on_import_failed(self, _sentence: Sentence | str) -> None:
        self._tables.clear()
        self._pictures.clear()

    def _do(self, work: Callable[[], Result], go_on: Callable[[Result], None]) -> None:
        """Work in a thread of its own: a drive or a server may take its time."""
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except Exception as e:  # noqa: BLE001 - the edge of a thread: it is passed on
                future.set_exception(e)

        threading.Thread(target=run, name="vimd-incoming", daemon=True).start()
        self._services.tasks.watch(future, go_on, self._message_bar.show_error)


def _picture_in(data: QMimeData) -> bytes | None:
    """The picture that is the data itself, as a file would hold it."""
    for kind in _IMAGE_DATA:
        if data.hasFormat(kind):
            content = bytes(data.data(kind).data())
            if content:
                return content
    image = data.imageData() if data.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return None
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def _addresses_in(text: str) -> list[str]:
    lines = text[:_MOST_TEXT].split()
    return [line for line in lines if line.lower().startswith(_ADDRESSES)] if lines else []


def _paths_in(text: str) -> list[Path]:
    """Files that a text names line by line, as terminals and some file managers copy them."""
    lines = [line.strip() for line in text[:_MOST_TEXT].splitlines()]
    try:
        paths = [Path(line) for line in lines if line.startswith("/") or line[1:3] in (":\\", ":/")]
        return [path for path in paths if path.exists()]
    except (OSError, ValueError):
        return []
