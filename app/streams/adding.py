"""Adds a watched source to a project, or brings the one back that was removed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.streams.storing import make_folder
from vimd_core.streaming.sources.addresses import Credentials, SourceAddress, SourceKind
from vimd_core.streaming.sources.redaction import redact

if TYPE_CHECKING:  # numpy and OpenCV come with these, and a window opens sooner without
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.sources.settings import StreamSettings


@dataclass(frozen=True, kw_only=True)
class NewStream:
    """A source to be watched.

    Attributes:
        name: what the user calls it; its address says one when empty.
        address: where it is.
        credentials: what it needs to let us in.
        settings: how it is read, and what is made of its frames.
        keeps_credentials: whether the system's key store shall have them.
    """

    name: str
    address: SourceAddress
    credentials: Credentials
    settings: StreamSettings
    keeps_credentials: bool = True


def add_stream(unit: Unit, project: Project, new: NewStream) -> tuple[int, str | None]:
    """Write a source down.

    Returns:
        Its id, and what it is called if it had been removed before.
    """
    from vimd_core.streaming.sources.settings import to_stored

    address = new.address
    given = redact(new.name.strip())  # an address in place of a name may hold a password
    before = unit.streams.removed(address.kind, address.url)
    if before is not None:
        unit.captures.add_source(before.folder, is_folder=True)
        called = given or before.name
        unit.streams.bring_back(before.id, name=called, has_credentials=bool(new.credentials))
        return before.id, called
    name = given or address.name
    folder = address.path if address.kind is SourceKind.FOLDER else make_folder(project, name)
    added = unit.streams.add(
        unit.captures.add_source(folder, is_folder=True),
        name=name,
        kind=address.kind,
        url=address.url,
        settings=to_stored(new.settings),
        has_credentials=bool(new.credentials),
    )
    return added, None
