"""Kills a program 50 times: `python killed_program.py FOLDER KILLS`; exit code 0 when nothing was ever lost.

Each round a child labels, imports, exports or migrates, and writes a line for each action that it was told is done;
this process kills it with SIGKILL at a random moment and lets another child compare the project to those lines. The
children are forked, so that the libraries are loaded once; this process has no threads.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from storage_verbs import CLASSES, activate, add_captures, new_capture

from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.records import ExportRow
from app.exchange.export_formats import write_export
from app.storage.database.connections import connect, make_engine
from app.storage.project import Project
from app.storage.upgrade import _run_migrations

NUM_CAPTURES = 200
IMPORTED_AT_ONCE = 40
FIRST_IMPORTED = 1_000_000
OLDEST_REVISION = "0001"


class Acknowledged:
    """Lines that outlive the process which writes them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, *words: object) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(" ".join(map(str, words)) + "\n")

    def __iter__(self) -> Iterator[list[str]]:
        return iter([line.split() for line in self._path.read_text(encoding="utf-8").splitlines()])

    def __len__(self) -> int:
        return sum(1 for _ in self) if self._path.exists() else 0


def label(folder: Path, acknowledged: Acknowledged, seed: int) -> None:
    project = Project.open(folder)
    classes = project.read(lambda unit: unit.catalogue.classes()).result()
    chance = random.Random(seed)
    while True:
        ids, chosen = [chance.randint(1, NUM_CAPTURES) for _ in range(3)], chance.choice(classes)
        project.write(lambda unit, ids=ids, chosen=chosen: unit.labels.label(ids, chosen.id, "ada")).result()
        for capture_id in ids:
            acknowledged.note("label", capture_id, CLASSES.index(chosen.name))


def import_captures(folder: Path, acknowledged: Acknowledged, seed: int) -> None:
    project = Project.open(folder)
    first = FIRST_IMPORTED * (seed + 1)
    while True:
        found = [new_capture(first + i) for i in range(IMPORTED_AT_ONCE)]

        def add(unit, found=found):  # type: ignore[no-untyped-def]
            return unit.captures.add(unit.captures.add_source(Path("/captures"), is_folder=True), found).ids

        for capture_id in project.write(add).result():
            acknowledged.note("capture", capture_id)
        first += IMPORTED_AT_ONCE


def export(folder: Path, acknowledged: Acknowledged, seed: int) -> None:
    project = Project.open(folder)
    number = 0
    while True:
        ids = project.read(lambda unit: unit.captures.find(CaptureQuery()).ids.tolist()).result()

        def rows(ids: list[int] = ids) -> Iterator[ExportRow]:
            for start in range(0, len(ids), 50):
                part = ids[start : start + 50]
                yield from project.read(lambda unit, part=part: unit.captures.export_rows(part)).result()

        target = folder.parent / "exports" / f"{seed}-{number}.csv"
        write_export(ExportFormat.CSV, target, rows())
        acknowledged.note("export", target, len(ids))
        number += 1


def migrate(folder: Path, acknowledged: Acknowledged, _seed: int) -> None:
    Project.open(folder).close()
    acknowledged.note("open")
    time.sleep(60)


def check(folder: Path, acknowledged: Acknowledged) -> None:
    """Compare a project to what its programs were told."""
    labels: dict[int, list[str]] = {}
    captures: set[int] = set()
    for line in acknowledged:
        if line[0] == "label":
            given = labels.setdefault(int(line[1]), [])
            if given[-1:] != [
                CLASSES[int(line[2])]
            ]:  # what is said again changes nothing and is not written again
                given.append(CLASSES[int(line[2])])
        elif line[0] == "capture":
            captures.add(int(line[1]))
        elif line[0] == "export":
            with Path(line[1]).open(encoding="utf-8-sig", newline="") as file:
                assert len(list(csv.DictReader(file))) == int(line[2]), line
    for target in (folder.parent / "exports").glob("*.csv"):
        with target.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) >= NUM_CAPTURES, f"{target} is not whole"
    project = Project.open(folder)
    try:
        known = set(project.read(lambda unit: unit.captures.find(CaptureQuery()).ids.tolist()).result())
        assert captures <= known, f"{len(captures - known)} captures are lost"
        assert len(known) >= NUM_CAPTURES
        for capture_id, wanted in labels.items():
            history = project.read(lambda unit, i=capture_id: unit.labels.history(i)).result()
            kept = iter([entry.label for entry in reversed(history)])
            # In the order they were given; one between them may have been written and never acknowledged.
            assert all(label in kept for label in wanted), (capture_id, wanted, history)
    finally:
        project.close()
    with closing(connect(folder / "project.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None


def forked(work: Callable[[], None]) -> int:
    """Run in a child; its id."""
    process_id = os.fork()
    if process_id:
        return process_id
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a forked child must never go on as its parent
        traceback.print_exc()
        os._exit(1)


def old_project(folder: Path) -> None:
    """A project as the first version of the program left it."""
    folder.mkdir()
    for name in ("captures", "models", "backups"):
        (folder / name).mkdir()
    path = folder / "project.sqlite"
    engine = make_engine(path, read_only=False, pool_size=1)
    _run_migrations(engine, OLDEST_REVISION)
    engine.dispose()
    with closing(connect(path)) as connection:
        connection.execute(
            "INSERT INTO sources (id, path, is_folder, added_ms) VALUES (1, '/captures', 1, 0)"
        )
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO captures (source_id, path, content_hash, file_size_bytes, modified_ns, added_ms) "
            "VALUES (1, ?, ?, 900, 1, 1)",
            [(f"/captures/{i}.png", i.to_bytes(16, "big")) for i in range(NUM_CAPTURES)],
        )
        connection.execute("COMMIT")


def main() -> int:
    base, kills = Path(sys.argv[1]), int(sys.argv[2])
    folder, template, acknowledged = base / "Signs.vimd", base / "Old.vimd", Acknowledged(base / "told.txt")
    (base / "exports").mkdir()

    def prepare() -> None:
        project = Project.open(folder)
        add_captures(project, NUM_CAPTURES)
        activate(project)
        project.close()
        old_project(template)

    assert os.waitpid(forked(prepare), 0)[1] == 0
    jobs = (label, import_captures, export, migrate)
    for seed in range(kills):
        job, chance = jobs[seed % len(jobs)], random.Random(seed)
        project, told = folder, acknowledged
        if job is migrate:
            project = base / f"Old {seed}.vimd"
            shutil.copytree(template, project)
            told = Acknowledged(base / f"told {seed}.txt")
            told.note("nothing")
        before = len(told)
        child = forked(lambda job=job, project=project, told=told, seed=seed: job(project, told, seed))
        try:
            deadline = time.monotonic() + 20
            while job is not migrate and len(told) == before and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.12))
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        checker = forked(lambda project=project, told=told: check(project, told))
        if os.waitpid(checker, 0)[1] != 0:
            print(f"lost in round {seed}, {job.__name__}")
            return 1
    print(f"{kills} kills, {len(acknowledged)} actions, nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
