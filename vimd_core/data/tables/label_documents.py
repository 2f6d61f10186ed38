"""Labels in JSON: lists of objects, COCO, Label Studio, FiftyOne, VoTT. Torch-free.

Each document is looked at for what it holds, not for what its file is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from vimd_core.data.tables.label_columns import LabelColumns, find_columns
from vimd_core.data.tables.label_rows import LabelRow, TableForm, distinct_labels
from vimd_core.errors import DatasetError
from vimd_core.user_messages import Sentence, sentence

STATE_KEY: Final = "review_state"
"""Says in COCO's list of images what is unsure or no capture of anything."""
_SPLIT_TAGS: Final = ("train", "validation", "val", "test")
_IMAGE_KEYS: Final = ("image", "img", "path", "url", "photo", "picture")

Rows = tuple[TableForm, tuple[LabelRow, ...], bool]
"""The form, the rows, and whether these say of captures without a label what they are."""


def rows_of_document(path: Path, document: Any) -> Rows:
    """The labels in a whole JSON document.

    Raises:
        DatasetError: it is of no known kind.
    """
    try:
        if isinstance(document, list):
            return rows_of_objects(path, enumerate(document, start=1), TableForm.JSON)
        if "images" in document and "annotations" in document and "categories" in document:
            return TableForm.COCO, tuple(_coco(path, document)), True
        if "assets" in document or ("asset" in document and "regions" in document):
            return TableForm.VOTT, tuple(_vott(document)), False
        if isinstance(document.get("samples"), list):
            return TableForm.FIFTYONE, tuple(_samples(document["samples"])), False
        if isinstance(document.get("labels"), dict):
            return TableForm.FIFTYONE, tuple(_fiftyone(document)), False
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as e:
        raise _unknown(path, _reason(e)) from e
    if find_columns(list(document)) is not None:  # the only line of JSON lines
        return rows_of_objects(path, [(1, document)], TableForm.JSON)
    if not document:
        raise _unknown(path, sentence("it has nothing"))
    raise _unknown(path, sentence("it has {names}", names=", ".join(list(document)[:8])))


def rows_of_objects(path: Path, objects: Iterable[tuple[int, Any]], form: TableForm) -> Rows:
    """The labels in a list of objects, or in one object a line.

    Raises:
        DatasetError: one of them is no object, or a value that is needed is no text.
    """
    listed = list(objects)
    for line, value in listed:
        if not isinstance(value, dict):
            raise DatasetError(
                "Line {line} of {path} is no JSON object: each needs a path and a label.",
                line=line,
                path=path,
            )
    if any(isinstance(value.get("data"), dict) for _, value in listed):
        try:
            return TableForm.LABEL_STUDIO, tuple(_task(line, value) for line, value in listed), False
        except (KeyError, TypeError, AttributeError) as e:
            raise _unknown(path, _reason(e)) from e
    keys = list(dict.fromkeys(key for _, value in listed for key in value))
    # A key that no line has is a label that each line lacks: that is said of the line.
    columns = find_columns(keys) or find_columns([*keys, "label"]) if keys else None
    if keys and columns is None:
        raise _unknown(path, sentence("its objects have {names}", names=", ".join(keys[:8])))
    rows = tuple(_flat(path, line, value, [*keys, "label"], columns) for line, value in listed if columns)
    return form, rows, columns is not None and columns.state is not None


def labels_in(value: Any) -> tuple[str, ...]:
    """The labels in what Label Studio writes as the value of one control, or in a list of such."""
    return distinct_labels(_labels(value))


def _labels(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _labels(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "choices" or key.endswith("labels"):
                yield from _labels(one)


def _flat(
    path: Path, line: int, value: Mapping[str, Any], keys: Sequence[str], columns: LabelColumns
) -> LabelRow:
    def text(place: int | None) -> str:
        return "" if place is None else _text(path, line, keys[place], value.get(keys[place]))

    label = value.get(keys[columns.label])
    labels = labels_in(label) if isinstance(label, dict | list) else (text(columns.label),)
    return LabelRow(
        line,
        text(columns.path),
        distinct_labels(labels),
        text(columns.state).strip(),
        text(columns.split).strip(),
        text(columns.hr),
        text(columns.group).strip(),
    )


def _text(path: Path, line: int, name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise DatasetError(
            "Line {line} of {path} has a {name} that is no text: put it in quotes.",
            line=line,
            path=path,
            name=name,
        )
    return str(value)


def _coco(path: Path, document: Mapping[str, Any]) -> Iterator[LabelRow]:
    names = {entry["id"]: str(entry["name"]) for entry in document["categories"]}
    labels: dict[Any, list[str]] = {entry["id"]: [] for entry in document["images"]}
    for entry in document["annotations"]:
        image, category = entry["image_id"], entry["category_id"]
        if image not in labels or category not in names:
            if image not in labels:
                why = sentence("an annotation is of the image {image}, which is not listed", image=image)
            else:
                why = sentence(
                    "an annotation is of the category {category}, which is not listed", category=category
                )
            raise _unknown(path, why)
        labels[image].append(names[category])
    for number, entry in enumerate(document["images"], start=1):
        state = str(entry.get(STATE_KEY, ""))
        yield LabelRow(number, str(entry["file_name"]), distinct_labels(labels[entry["id"]]), state)


def _vott(document: Mapping[str, Any]) -> Iterator[LabelRow]:
    assets = document.get("assets", {"": document})
    for number, entry in enumerate(assets.values() if isinstance(assets, dict) else assets, start=1):
        asset = entry.get("asset", entry)
        tags = (tag for region in entry.get("regions", ()) for tag in region.get("tags", ()))
        yield LabelRow(number, str(asset.get("path") or asset["name"]), distinct_labels(map(str, tags)))


def _fiftyone(document: Mapping[str, Any]) -> Iterator[LabelRow]:
    classes = document.get("classes")

    def named(target: Any) -> Iterator[str]:
        if isinstance(target, dict):
            yield from named(target.get("label"))
        elif isinstance(target, list):
            for one in target:
                yield from named(one)
        elif isinstance(target, int) and classes:
            yield str(classes[target])
        elif target is not None:
            yield str(target)

    for number, (name, target) in enumerate(document["labels"].items(), start=1):
        yield LabelRow(number, name, distinct_labels(named(target)))


def _samples(samples: Iterable[Mapping[str, Any]]) -> Iterator[LabelRow]:
    """FiftyOne's own form: whole samples, of which the field ground_truth, or the only one with labels, counts."""
    for number, sample in enumerate(samples, start=1):
        fields = {
            name: value
            for name, value in sample.items()
            if isinstance(value, dict) and ("label" in value or "classifications" in value)
        }
        only = next(iter(fields.values())) if len(fields) == 1 else None
        value = fields.get("ground_truth", only) or {}
        targets = value.get("classifications") or [value]
        names = [str(one["label"]) for one in targets if one.get("label") is not None]
        split = next((tag for tag in sample.get("tags") or () if tag in _SPLIT_TAGS), "")
        yield LabelRow(number, str(sample["filepath"]), distinct_labels(names), split=split)


def _task(line: int, task: Mapping[str, Any]) -> LabelRow:
    data = task["data"]
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    image = next((texts[key] for key in _IMAGE_KEYS if key in texts), next(iter(texts.values()), ""))
    given = [
        one
        for one in task.get("annotations") or task.get("completions") or ()
        if isinstance(one, dict) and not one.get("was_cancelled")
    ]
    values = [result.get("value") for one in given for result in one.get("result", ())]
    return LabelRow(line, image or str(task.get("file_upload") or ""), labels_in(values))


def _reason(error: Exception) -> Sentence:
    """Why a document that has the keys of a known kind is none of it after all."""
    if isinstance(error, KeyError):
        return sentence("something in it has no {name}", name=repr(error.args[0]))
    return sentence("it has another structure")


def _unknown(path: Path, why: Sentence) -> DatasetError:
    return DatasetError(
        "{path} is not a supported label file ({reason}): use CSV or JSON Lines with path and label, "
        "or an export of COCO, Label Studio, FiftyOne or VoTT.",
        path=path,
        reason=why,
    )
