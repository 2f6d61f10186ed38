"""Opening projects: new, in use, damaged, unfinished, from the future."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from storage_verbs import add_captures

from app.domain.errors import DamagedProjectError, ProjectError, ProjectInUseError
from app.locations import data_folder, default_project_folder
from app.storage.database.connections import connect
from app.storage.project import Project
from app.storage.project_preview import has_captures


def test_a_new_project_has_its_folders(project: Project, folder: Path) -> None:
    assert {entry.name for entry in folder.iterdir()} >= {"project.sqlite", "captures", "models", "backups"}
    assert project.name == "Signs"


def test_a_second_opening_is_refused_until_the_first_is_closed(project: Project, folder: Path) -> None:
    with pytest.raises(ProjectInUseError, match="open in another window"):
        Project.open(folder)
    project.close()
    Project.open(folder).close()


def test_a_killed_holder_leaves_nothing_to_clean_up(folder: Path) -> None:
    code = (
        "import os, sys, pathlib; from app.storage.project import Project; "
        "Project.open(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False, timeout=60)
    Project.open(folder).close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"This is no database, it is a letter to my aunt." * 100),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192 + path.read_bytes()[12288:]),
        lambda path: path.unlink(),
    ],
    ids=["empty", "no database", "overwritten pages", "missing"],
)
def test_a_damaged_database_is_never_an_empty_project(folder: Path, damage) -> None:  # type: ignore[no-untyped-def]
    project = Project.open(folder)
    add_captures(project, 500)
    project.close()
    damage(folder / "project.sqlite")
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(DamagedProjectError, match="damaged") as caught:
        Project.open(folder)
    assert "backup" in str(caught.value)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_newest_backup_is_named_when_there_is_one(folder: Path) -> None:
    Project.open(folder).close()
    (folder / "project.sqlite").rename(folder / "backups" / "2026-01-01-000000-before-0002.sqlite")
    (folder / "backups" / "2026-01-02-000000-daily.sqlite").write_bytes(b"x")  # no backup at all
    (folder / "project.sqlite").write_bytes(b"")
    with pytest.raises(DamagedProjectError, match="before-0002"):
        Project.open(folder)


def test_a_foreign_database_is_refused(folder: Path) -> None:
    Project.open(folder).close()
    (folder / "project.sqlite").unlink()
    with closing(sqlite3.connect(folder / "project.sqlite")) as other:
        other.execute("CREATE TABLE songs (id INTEGER)")
        other.commit()
    with pytest.raises(DamagedProjectError, match="no project"):
        Project.open(folder)


def test_a_project_of_a_newer_version_is_left_alone(folder: Path) -> None:
    Project.open(folder).close()
    with closing(sqlite3.connect(folder / "project.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(ProjectError, match="newer version"):
        Project.open(folder)


def test_a_folder_with_other_things_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(ProjectError, match="not empty"):
        Project.open(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_project_that_was_killed_while_it_was_made_is_made_again(folder: Path) -> None:
    folder.mkdir()
    (folder / "project.lock").write_text("process 1\n")
    (folder / "project.sqlite.new").write_bytes(b"half a database")
    (folder / "project.sqlite.new-journal").write_bytes(b"half a journal")
    Project.open(folder).close()
    assert not (folder / "project.sqlite.new").exists()


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, ordinary_user: None) -> None:
    with pytest.raises(ProjectError, match="choose a writable folder"):
        Project.open(tmp_path / "Signs.vimd")


def test_connections_keep_what_they_promise(project: Project, folder: Path) -> None:
    with closing(connect(folder / "project.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA busy_timeout").fetchone()[0] >= 5000


def test_the_home_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIMD_HOME", str(tmp_path))
    assert data_folder() == tmp_path
    assert default_project_folder().parent == tmp_path
    monkeypatch.delenv("VIMD_HOME")
    assert "ViMD Studio" in str(data_folder())


def test_a_look_into_a_project_tells_whether_it_holds_captures(folder: Path) -> None:
    assert not has_captures(folder)
    project = Project.open(folder)
    assert not has_captures(folder)
    add_captures(project, 1)
    assert has_captures(folder)  # also while it is open
    project.close()
    (folder / "project.sqlite").write_bytes(b"scrambled" * 1000)
    assert not has_captures(folder)
