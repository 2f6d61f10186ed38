"""The schema's history leads to the schema of today, from each of its versions."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.storage.database import schema
from app.storage.database.connections import connect, make_engine
from app.storage.migrations import HEAD_REVISION
from app.storage.project import Project
from app.storage.upgrade import _run_migrations, _script_location, open_checked

SCRIPTS = ScriptDirectory(str(_script_location()))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]


def migrate(path: Path, revision: str) -> None:
    engine = make_engine(path, read_only=False, pool_size=1)
    try:
        _run_migrations(engine, revision)
    finally:
        engine.dispose()


def test_the_constant_names_the_newest_revision() -> None:
    assert SCRIPTS.get_heads() == [HEAD_REVISION]


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_is_upgraded_to_the_present_schema(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "project.sqlite"
    migrate(path, revision)
    open_checked(path)
    engine = make_engine(path, read_only=False, pool_size=1)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()
    backups = list((tmp_path / "backups").glob("*.sqlite")) if (tmp_path / "backups").exists() else []
    assert len(backups) == (revision != HEAD_REVISION)


def test_every_foreign_key_is_indexed(project: Project) -> None:
    def unindexed(connection) -> list[str]:  # type: ignore[no-untyped-def]
        inspector = inspect(connection)
        missing = []
        for table in inspector.get_table_names():
            leading = {index["column_names"][0] for index in inspector.get_indexes(table)}
            leading |= {
                constraint["column_names"][0] for constraint in inspector.get_unique_constraints(table)
            }
            leading |= set(inspector.get_pk_constraint(table)["constrained_columns"][:1])
            missing += [
                f"{table}.{key['constrained_columns'][0]}"
                for key in inspector.get_foreign_keys(table)
                if key["constrained_columns"][0] not in leading
            ]
        return missing

    assert project._database.read(unindexed).result() == []


def test_an_upgrade_backs_the_database_up_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Project.open(folder).close()
    path = folder / "project.sqlite"
    # As if a later version of the program came: the same file is now one revision behind.
    monkeypatch.setattr("app.storage.upgrade.HEAD_REVISION", "9999")
    open_checked(path)
    (backup,) = (folder / "backups").glob("*before-9999.sqlite")
    with closing(connect(backup)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone()[0] == HEAD_REVISION
