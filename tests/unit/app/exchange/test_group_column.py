"""What the `group` column of a table says is kept with the captures and written out again."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

from PIL import Image

from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.records import NewCapture
from app.exchange.export_run import ExportRequest, export_captures
from app.exchange.label_import import draft_from_table, take_labels
from app.exchange.label_plan import ImportChoice
from app.storage.project import Project
from vimd_core.data.files.measuring import measure_file


def add_pictures(project: Project, folder: Path, count: int) -> list[int]:
    folder.mkdir()
    found = []
    for number in range(count):
        path = folder / f"{'abcdefgh'[number]}.png"
        Image.new("RGB", (8, 8), (30 * number, 0, 0)).save(path)
        file = measure_file(path)
        found.append(NewCapture(path, file.content_hash, file.file_size_bytes, file.modified_ns, 8, 8))

    def add(unit):  # type: ignore[no-untyped-def]
        return unit.captures.add(unit.captures.add_source(folder, is_folder=True), found).ids

    return list(project.write(add).result())


def things(project: Project, ids: list[int]) -> list[int]:
    found = project.read(lambda unit: unit.groups.of(ids)).result()
    return [found[one] for one in ids]


def written(project: Project, target: Path) -> list[dict[str, str]]:
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    export_captures(project, request, threading.Event(), lambda _progress: None)
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_group_column_is_kept_written_out_and_read_again(project: Project, tmp_path: Path) -> None:
    ids = add_pictures(project, tmp_path / "c", 4)
    assert "group" not in written(project, tmp_path / "before.csv")[0]
    table = tmp_path / "c" / "labels.csv"
    table.write_text(
        "path,label,group\na.png,Stop,day 1\nb.png,Stop,day 1\nc.png,Yield,day 2\nd.png,Yield,\n"
    )
    take_labels(project, draft_from_table(project, table).plan(), ImportChoice.ONLY_NEW, "ada")
    assert things(project, ids) == [1, 1, 3, 4]
    rows = written(project, tmp_path / "c" / "after.csv")
    assert [row["group"] for row in rows] == ["day 1", "day 1", "day 2", ""]
    other = Project.open(tmp_path / "Other.vimd")
    try:
        add_pictures(other, tmp_path / "d", 4)
        for place in (tmp_path / "d").iterdir():
            place.unlink()
        (tmp_path / "d" / "after.csv").write_bytes((tmp_path / "c" / "after.csv").read_bytes())
        text = (tmp_path / "d" / "after.csv").read_text(encoding="utf-8-sig")
        (tmp_path / "d" / "after.csv").write_text(text.replace("/c/", "/d/"))
        plan = draft_from_table(other, tmp_path / "d" / "after.csv").plan()
        take_labels(other, plan, ImportChoice.ONLY_NEW, "bob")
        assert things(other, ids) == [1, 1, 3, 4]
    finally:
        other.close()


def test_groups_come_also_where_every_label_is_known_and_stay_when_labels_are_undone(
    project: Project, tmp_path: Path
) -> None:
    ids = add_pictures(project, tmp_path / "c", 3)
    table = tmp_path / "c" / "labels.csv"
    table.write_text("path,label\na.png,Stop\nb.png,Stop\n")
    take_labels(project, draft_from_table(project, table).plan(), ImportChoice.ONLY_NEW, "ada")
    table.write_text("path,label,group\na.png,Stop,x\nb.png,Stop,x\n")
    plan = draft_from_table(project, table).plan()
    assert plan.equal == 2 and plan.groups == {ids[0]: "x", ids[1]: "x"}
    take_labels(project, plan, ImportChoice.ONLY_NEW, "ada")
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert things(project, ids) == [1, 1, 3]
