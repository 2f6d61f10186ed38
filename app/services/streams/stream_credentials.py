"""Credentials of watched sources: known for as long as the program runs, and kept in the system's key store."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.services.project_service import ProjectService
from app.services.streams.sighting_writer import SightingWriter
from app.services.tasks import TaskRunner
from app.streams.secret_store import SecretStore
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.user_messages import Sentence


class StreamCredentials(QObject):
    """Asks the key store in the thread that writes, since it may wait for the user to unlock it."""

    key_store_missing = Signal()

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        writer: SightingWriter,
        secrets: SecretStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._writer = writer
        self._secrets = secrets
        self._known: dict[str, Credentials] = {}  # by address

    def known(self, url: str) -> Credentials | None:
        """What an address needs, as far as that was typed or loaded since the program started."""
        return self._known.get(url)

    def note(self, url: str, credentials: Credentials, *, keeps: bool) -> None:
        """Know what an address needs, and perhaps have the key store keep it."""
        self._known[url] = credentials
        if keeps and self._projects.project is not None:
            self._tasks.watch(
                self._writer.submit(self._secrets.save, url, credentials),
                lambda is_kept: None if is_kept else self.key_store_missing.emit(),
            )

    def forget(self, url: str) -> None:
        """Know and keep it no longer."""
        self._known.pop(url, None)
        self._writer.submit(self._secrets.forget, url)

    def load(
        self,
        url: str,
        on_loaded: Callable[[Credentials | None], None],
        on_failed: Callable[[Sentence], None],
    ) -> None:
        """Ask the key store what an address needs."""
        self._tasks.watch(self._writer.submit(self._secrets.load, url), on_loaded, on_failed)
