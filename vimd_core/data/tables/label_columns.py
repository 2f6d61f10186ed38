"""Column detection: which columns of a table name a capture and its label. Torch-free.

Known are this program's own tables, GTSRB (`Filename;…;ClassId`), Label Studio, FiftyOne, VoTT, and what Kaggle and
others use (`id,label`). A list without a header is known by names of image files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from vimd_core.data.images.formats import IMAGE_EXTENSIONS
from vimd_core.data.tables.csv_tables import KNOWN

_PAIR: Final = 2
_NO: Final = frozenset({"", "0", "0.0", "False", "false"})
_YES: Final = frozenset({"1", "1.0", "True", "true"})
_SEPARATORS: Final = re.compile(r"[\s_.\-]+")
# The first of several counts: "id" names a capture only where nothing else does.
_PATHS: Final = (
    *(
        "path",
        "filepath",
        "imagepath",
        "imgpath",
        "relativepath",
        "relpath",
        "absolutepath",
        "filename",
        "file",
    ),
    *("imagefilename", "imagefile", "imgfile", "imagename", "imgname", "image", "img", "photo", "picture"),
    *("uri", "url", "imageuri", "imageurl", "imageid", "imgid", "name", "id"),
)
_LABELS: Final = (
    *(
        "label",
        "labels",
        "class",
        "classname",
        "category",
        "categoryname",
        "labelname",
        "classlabel",
        "choice",
    ),
    *("choices", "groundtruthlabel", "groundtruth", "target", "species", "classid", "labelid", "categoryid"),
    *("targetid", "classindex", "trueclass", "truelabel", "tag", "tags"),
)
_OTHERS: Final = re.compile(
    r"id|annotator|annotationid|createdat|updatedat|leadtime|width|height|widthpx|heightpx|roi[xy]?\d|[xy]|[xy](min|max)"
    r"|[xy]\d|depth|channels|split|usage|hr|group|state|confidence|probability|score|metadata|tags|size|md5|hash|time|date"
)


@dataclass(frozen=True)
class LabelColumns:
    """The places of columns; None for those that a table lacks.

    Attributes:
        has_header: whether the first line names them; otherwise it is a capture already.
        holds_documents: whether labels may be JSON, as Label Studio writes them.
    """

    path: int
    label: int
    state: int | None = None
    split: int | None = None
    hr: int | None = None
    group: int | None = None
    has_header: bool = True
    holds_documents: bool = False


def find_columns(header: Sequence[str]) -> LabelColumns | None:
    """The columns that a first line names or shows; None when it tells neither captures nor labels."""
    names = [_SEPARATORS.sub("", name.strip().casefold()) for name in header]
    path = _first_of(_PATHS, names)
    label = _first_of(_LABELS, [name if place != path else "" for place, name in enumerate(names)])
    if path is not None and label is None:
        label = _only_one([i for i, name in enumerate(names) if i != path and not _OTHERS.fullmatch(name)])
        if label is None and len(names) == _PAIR:
            label = 1 - path
    elif label is not None and path is None and len(names) == _PAIR:
        path = 1 - label
    if path is None or label is None or _is_image(header[path]):
        return _without_header(header)

    def place(name: str) -> int | None:
        return names.index(name) if name in names else None

    return LabelColumns(
        path,
        label,
        state=place("state"),
        split=place("split"),
        hr=place("hr"),
        group=place("group"),
        holds_documents="annotationid" in names or "leadtime" in names,
    )


def rank_header(header: Sequence[str]) -> int:
    """How sure a first line is one of labels (see `csv_tables.HeaderRank`)."""
    found = find_columns(header)
    if found is None:
        return 0
    names = [_SEPARATORS.sub("", name.strip().casefold()) for name in header]
    is_sure = names[found.path] in _PATHS and names[found.label] in _LABELS
    return KNOWN if found.has_header and is_sure else 1


def find_one_hot(lines: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]] | None:
    """Where each class has a column with 1 for those that it has, as Roboflow and others write.

    Args:
        lines: the table with its header.

    Returns:
        The place of the column of paths, and the classes by the places of theirs; None when it is no such table.
    """
    names = [_SEPARATORS.sub("", name.strip().casefold()) for name in lines[0]]
    path = _first_of(_PATHS, names)
    places = [place for place in range(len(names)) if place != path and names[place]]
    if path is None or len(places) < _PAIR or len(lines) < _PAIR:
        return None
    values = {line[place].strip() for line in lines[1:] if len(line) == len(names) for place in places}
    if not values <= _NO | _YES or not values & _YES:
        return None
    return path, {place: lines[0][place] for place in places}


def is_yes(value: str) -> bool:
    """Whether a value of such a table says that a capture has a class."""
    return value.strip() in _YES


def name_twice(header: Sequence[str], columns: LabelColumns) -> str | None:
    """The name of a column that is used and stands there twice."""
    names = [name.strip().casefold() for name in header]
    used = (columns.path, columns.label, columns.split, columns.hr, columns.group)
    return next((names[i] for i in used if i is not None and names.count(names[i]) > 1), None)


def _without_header(cells: Sequence[str]) -> LabelColumns | None:
    """Two columns, one of which holds names of image files."""
    if len(cells) != _PAIR or _is_image(cells[0]) == _is_image(cells[1]):
        return None
    path = 0 if _is_image(cells[0]) else 1
    return LabelColumns(path, 1 - path, has_header=False)


def _is_image(text: str) -> bool:
    return PurePosixPath(text.strip().replace("\\", "/")).suffix.lower() in IMAGE_EXTENSIONS


def _first_of(known: Sequence[str], names: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _only_one(places: Sequence[int]) -> int | None:
    return places[0] if len(places) == 1 else None
