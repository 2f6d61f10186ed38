"""Tables of labels as other programs, spreadsheets and people write them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vimd_core.data.classes.class_identity import tidy_class_name
from vimd_core.data.tables.csv_tables import CsvWriter
from vimd_core.data.tables.label_rows import LabelTable, TableForm
from vimd_core.data.tables.label_tables import read_label_table
from vimd_core.errors import DatasetError

Pairs = list[tuple[str, tuple[str, ...]]]


def read(folder: Path, content: str | bytes, name: str = "labels.csv") -> LabelTable:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_label_table(path)


def pairs(table: LabelTable) -> Pairs:
    return [(row.path, row.labels) for row in table.rows]


TWO: Pairs = [("images/a01.png", ("Stop",)), ("images/Übung.png", ("Yield",))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_whatever_separates_and_encodes(tmp_path: Path, delimiter: str, encoding: str, line_end: str) -> None:
    lines = [("path", "note", "label"), *((path, 'x, y; "z"', label[0]) for path, label in TWO)]
    text = line_end.join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    )
    table = read(tmp_path, text.encode(encoding))
    assert pairs(table) == TWO
    assert table.delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        # Sixty rows that look like one thing, and then quotes.
        (
            "path,label\n"
            + "".join(f'"{i}.png","bolt, long"\n' for i in range(60))
            + '"x.png","2"" pipe, steel"\n',
            [*((f"{i}.png", ("bolt, long",)) for i in range(60)), ("x.png", ('2" pipe, steel',))],
        ),
        ('path,label\na.png,2" pipe\n', [("a.png", ('2" pipe',))]),
        ("path,label\n'a.png','x'\n", [("'a.png'", ("'x'",))]),
        ("sep=;\r\npath;label\r\na.png;Stop, or so\r\n", [("a.png", ("Stop, or so",))]),
        ('"sep=|"\npath|label\na.png|Stop\n', [("a.png", ("Stop",))]),
        (
            'path, label\na.png, "Stop, really"\nb.png, "Yield"\n',
            [("a.png", ("Stop, really",)), ("b.png", ("Yield",))],
        ),
        ('path,label\na.png,"say \\"hi\\", you"\n', [("a.png", ('say "hi", you',))]),
        ('path\tlabel\na.png\t"quoted" word\n', [("a.png", ('"quoted" word',))]),
        ("Path ;LABEL;\na.png;Stop;\n", [("a.png", ("Stop",))]),
        ("a.png,Stop\nb.png,Yield\n", [("a.png", ("Stop",)), ("b.png", ("Yield",))]),
        ("Stop\ta b.png\n", [("a b.png", ("Stop",))]),
        # GTSRB, Kaggle, Label Studio, FiftyOne, VoTT
        (
            "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n00000.ppm;53;54;6;5;48;49;16\n",
            [("00000.ppm", ("16",))],
        ),
        ("id,label\n0a1b,beagle\n", [("0a1b", ("beagle",))]),
        ("id,breed\n0a1b,beagle\n", [("0a1b", ("beagle",))]),
        ("Image,Id\nw1.jpg,w_77\n", [("w1.jpg", ("w_77",))]),
        (
            "image,id,sign,annotator,annotation_id,created_at,updated_at,lead_time\n"
            "/data/upload/3/abcd1234-a.png,1,Stop,1,7,2024,2024,3.1\n"
            '/data/upload/3/abcd1235-b.png,2,"{""choices"":[""Stop"",""Yield""]}",1,8,2024,2024,3.1\n',
            [
                ("/data/upload/3/abcd1234-a.png", ("Stop",)),
                ("/data/upload/3/abcd1235-b.png", ("Stop", "Yield")),
            ],
        ),
        ("filepath,tags,ground_truth.label\n/d/a.png,train,Stop\n", [("/d/a.png", ("Stop",))]),
        (
            "filename, Stop, Yield\na.jpg, 1, 0\nb.jpg, 1, 1\nc.jpg, 0, 0\n",
            [("a.jpg", ("Stop",)), ("b.jpg", ("Stop", "Yield")), ("c.jpg", ())],
        ),
        ("image,MEL,NV,BCC\nISIC_1,0.0,1.0,0.0\n", [("ISIC_1", ("NV",))]),
        ("val/0001.JPEG 65\nval/a b.JPEG 970\n", [("val/0001.JPEG", ("65",)), ("val/a b.JPEG", ("970",))]),
        ("[a]/b.png,Stop\n{c}.png,Yield\n", [("[a]/b.png", ("Stop",)), ("{c}.png", ("Yield",))]),
        ("image,xmin,ymin,xmax,ymax,label\na.png,1,2,3,4,Stop\n", [("a.png", ("Stop",))]),
    ],
)
def test_csv_of_many_makers(tmp_path: Path, content: str, wanted: Pairs) -> None:
    assert pairs(read(tmp_path, content)) == wanted


def task(image: str, *choices: str, **more: Any) -> dict[str, Any]:
    result = [{"from_name": "sign", "type": "choices", "value": {"choices": list(choices)}}]
    return {
        "id": 1,
        "data": {"image": image},
        "annotations": [{"was_cancelled": False, "result": result}],
        **more,
    }


@pytest.mark.parametrize(
    ("document", "form", "wanted"),
    [
        ([{"path": "a.png", "label": "Stop"}], TableForm.JSON, [("a.png", ("Stop",))]),
        ({"path": "a.png", "label": 3}, TableForm.JSON, [("a.png", ("3",))]),
        (
            [task("/data/upload/3/abcd1234-a.png", "Stop"), task("b.png", "Stop", "Yield")],
            TableForm.LABEL_STUDIO,
            [("/data/upload/3/abcd1234-a.png", ("Stop",)), ("b.png", ("Stop", "Yield"))],
        ),
        (
            [
                {
                    "image": "a.png",
                    "id": 1,
                    "choice": "Stop",
                    "annotator": 1,
                    "annotation_id": 2,
                    "lead_time": 2.5,
                }
            ],
            TableForm.JSON,
            [("a.png", ("Stop",))],
        ),
        (
            {
                "classes": ["Stop", "Yield"],
                "labels": {"a": 1, "sub/b": {"label": 0, "confidence": 1.0}, "c": None},
            },
            TableForm.FIFTYONE,
            [("a", ("Yield",)), ("sub/b", ("Stop",)), ("c", ())],
        ),
        ({"classes": None, "labels": {"a": "Stop"}}, TableForm.FIFTYONE, [("a", ("Stop",))]),
        (
            {
                "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
                "categories": [{"id": 1, "name": "Stop"}, {"id": 2, "name": "Yield"}],
                "annotations": [
                    {"image_id": 1, "category_id": 1},
                    {"image_id": 1, "category_id": 2},
                    {"image_id": 1, "category_id": 1},
                ],
            },
            TableForm.COCO,
            [("a.png", ("Stop", "Yield")), ("b.png", ())],
        ),
        (
            {
                "assets": {
                    "x": {
                        "asset": {"name": "a.png", "path": "file:C:/d/a.png"},
                        "regions": [{"tags": ["Stop"]}],
                    },
                    "y": {"asset": {"name": "b.png"}, "regions": [{"tags": ["Stop"]}, {"tags": ["Yield"]}]},
                }
            },
            TableForm.VOTT,
            [("file:C:/d/a.png", ("Stop",)), ("b.png", ("Stop", "Yield"))],
        ),
    ],
)
def test_json_of_many_makers(tmp_path: Path, document: Any, form: TableForm, wanted: Pairs) -> None:
    table = read(tmp_path, json.dumps(document), "labels.json")
    assert (table.form, pairs(table)) == (form, wanted)


def test_fiftyones_own_samples(tmp_path: Path) -> None:
    """The field ground_truth, or the only one that holds labels: of several others, which one counts is not known."""

    def classified(label: str) -> dict[str, Any]:
        return {"_cls": "Classification", "label": label}

    samples = [
        {"filepath": "/d/a.png", "ground_truth": classified("Stop"), "guess": classified("Yield")},
        {"filepath": "b.png", "weather": {"classifications": [classified("Rain")]}, "tags": ["new", "test"]},
        {"filepath": "c.png", "one": classified("Stop"), "two": classified("Yield")},
        {"filepath": "d.png", "ground_truth": None, "metadata": {"width": 3}},
    ]
    table = read(tmp_path, json.dumps({"samples": samples}), "samples.json")
    assert table.form is TableForm.FIFTYONE
    assert pairs(table) == [("/d/a.png", ("Stop",)), ("b.png", ("Rain",)), ("c.png", ()), ("d.png", ())]
    assert [row.split for row in table.rows] == ["", "test", "", ""]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for_but_one_that_the_shell_gives_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(DatasetError, match="is a pipe"):
        read_label_table(tmp_path / "a.csv")
    reading, writing = os.pipe()
    os.write(writing, b"path,label\na.png,Stop\n")
    os.close(writing)
    assert pairs(read_label_table(Path(f"/dev/fd/{reading}"))) == [("a.png", ("Stop",))]
    os.close(reading)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.txt"])
def test_json_lines_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    lines = '{"path": "a.png", "label": "x\u2028y"}\n\n{"file": "a", "path": "b.png", "label": 2}\n'
    assert pairs(read(tmp_path, lines, name)) == [("a.png", ("x\u2028y",)), ("b.png", ("2",))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"path,label\na.png,S\0top\n", "Line 2 .* zero byte"),
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"sep=;\n", "is empty"),
        (b"name of a file and nothing else\n", "no column"),
        (b'path,label\n"a.png,Stop\n', "Line 2 .* quotes"),
        (b"path,label\na.png,\x81\n", "Line 2 .* UTF-8"),
        (b"\xff\xfep\0a\0t", "UTF-16"),
        (b"[1, 2]", "Line 1 .* no JSON object"),
        (b'{"a": 1}', "not a supported label file"),
        (b'{"images": 3, "annotations": 1, "categories": 2}', "not a supported label file"),
        (
            b'{"images": [{"id": 1, "file_name": "a"}], "categories": [], "annotations": [{"image_id": 1, '
            b'"category_id": 9}]}',
            r"\(an annotation is of the category 9, which is not listed\)",
        ),
        (b'{"images": [{}], "annotations": [], "categories": []}', r"\(something in it has no 'id'\)"),
        (b'{"assets": 3}', "not a supported label file"),
        (b"[" * 100_000, "not a JSON label file"),
        (b'{"path": ', "not a JSON label file"),
        (b'{"path": "a\\u0000.png", "label": "Stop"}', "Line 1 .* zero byte"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, content)


def test_a_line_that_was_parted_wrongly_is_known(tmp_path: Path) -> None:
    table = read(tmp_path, "path,label\na.png,bolt, long\nb.png,Stop\n")
    assert [row.extra_cells for row in table.rows] == [1, 0]


TEXT = st.text(
    st.one_of(
        st.sampled_from("\"',;\t|\r\n \\=-"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXT.filter(str.strip), TEXT.filter(tidy_class_name)), min_size=1, max_size=8))
def test_what_is_written_is_read(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    writer = CsvWriter(stream)
    writer.writerow(["path", "width_px", "label"])
    for path, label in rows:
        writer.writerow([path, 3, label])
    table = read(tmp_path, stream.getvalue())
    assert [row.path for row in table.rows] == [path for path, _ in rows]
    assert [row.labels for row in table.rows] == [tuple_of(label) for _, label in rows]


def tuple_of(label: str) -> tuple[str, ...]:
    return (tidy_class_name(label),)
