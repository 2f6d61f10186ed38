"""Copies of what came last into a watched folder, and captures of files that were overwritten at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.capture_files import kept_files
from app.capture_files.kept_files import KeptFiles
from app.domain.capture_query import CaptureQuery
from app.domain.records import AddedCaptures, CaptureRow
from app.domain.stream_records import StreamRecord
from app.storage.project import Project
from app.streams.storing import store_sighting
from vimd_core.data.files.hashing import content_hash
from vimd_core.data.images.decoding import decode_image
from vimd_core.streaming.sightings.sightings import Look, Sighting


def picture(path: Path, shade: int) -> Path:
    Image.new("RGB", (16, 12), (shade, shade, 40)).save(path)
    return path


def digest(path: Path) -> bytes:
    return bytes.fromhex(content_hash(path))


def seen(path: Path) -> Sighting:
    """What a watched folder gives of a file."""
    look = Look(decode_image(path), 1, 0.0, 1_000, 1, (0, 0, 16, 12))
    return Sighting("", "file", (look,), str(path), content_hash(path))


@pytest.fixture
def record(project: Project, tmp_path: Path) -> StreamRecord:
    folder = tmp_path / "camera"
    folder.mkdir()

    def add(unit) -> int:  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(folder, is_folder=True)
        return int(
            unit.streams.add(
                source, name="Gate", kind="folder", url=folder.as_uri(), settings={}, has_credentials=False
            )
        )

    project.write(add).result()
    (found,) = project.read(lambda unit: unit.streams.all()).result()
    return found


def store(project: Project, record: StreamRecord, sighting: Sighting) -> AddedCaptures:
    added = store_sighting(project, record, sighting, None, lambda write: write())
    assert added is not None
    return added


def captures(project: Project) -> list[CaptureRow]:
    def read(unit) -> list[CaptureRow]:  # type: ignore[no-untyped-def]
        return list(unit.captures.rows(unit.captures.find(CaptureQuery()).ids.tolist()))

    return project.read(read).result()


def test_what_was_overwritten_at_once_is_stored_as_it_was_seen(
    project: Project, record: StreamRecord
) -> None:
    path = picture(record.folder / "snapshot.png", 10)
    sighting = seen(path)
    picture(path, 99)
    store(project, record, sighting)
    (row,) = captures(project)
    assert row.path.is_relative_to(project.folder) and decode_image(row.path)[0, 0].tolist() == [10, 10, 40]
    path.unlink()
    store(project, record, sighting)  # and the same once more when nothing is there at all
    assert decode_image(captures(project)[0].path)[0, 0].tolist() == [10, 10, 40]


def test_a_file_is_referred_to_until_its_name_holds_another_picture(
    project: Project, record: StreamRecord
) -> None:
    path = picture(record.folder / "snapshot.png", 10)
    assert store(project, record, seen(path)).ids == (1,)
    assert store(project, record, seen(path)).ids == ()  # as after a restart
    assert captures(project)[0].path == path
    picture(path, 20)
    added = store(project, record, seen(path))
    assert (added.ids, added.moved_ids, added.changed_ids) == ((2,), (1,), ())
    assert [decode_image(row.path)[0, 0, 0] for row in captures(project)] == [10, 20]
    assert captures(project)[1].path == path
    # It counts towards the limits of its source now: it is a file of the project's own.
    assert [one.id for one in project.read(lambda unit: unit.streams.captures(record.id)).result()] == [1]


def test_without_a_copy_the_capture_is_one_that_has_changed(project: Project, record: StreamRecord) -> None:
    path = picture(record.folder / "snapshot.png", 10)
    store(project, record, seen(path))
    for copy in (project.folder / "captures" / ".watched").iterdir():
        copy.unlink()
    picture(path, 20)
    added = store(project, record, seen(path))
    assert (added.ids, added.changed_ids) == ((), (1,)) and captures(project)[0].changed


def test_old_copies_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, "_MOST_FILES", 3)
    kept = KeptFiles(tmp_path / "P.vimd")
    paths = [picture(tmp_path / f"{shade}.png", shade) for shade in range(7)]
    for path in paths:
        assert kept.keep(path, digest(path))
    assert kept.make_own(paths[0], digest(paths[0])) is None
    own = kept.make_own(paths[6], digest(paths[6]))
    assert own is not None and own.read_bytes() == paths[6].read_bytes()
    assert kept.make_own(paths[6], digest(paths[6])) is None  # it was handed over
    assert not kept.keep(paths[1], digest(paths[2]))
    assert np.all(decode_image(own)[..., 0] == 6)
