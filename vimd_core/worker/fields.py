"""Takes the fields of requests apart, and puts those of answers together. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.data.datasets.capture_batches import ReadCapture
from vimd_core.errors import WorkerError
from vimd_core.inference.prediction import Prediction
from vimd_core.processes.protocol import Message

DEFAULT_TOP_K: Final = 5


def text_field(message: Message, name: str) -> str:
    """A text that must be there.

    Raises:
        WorkerError: it isn't.
    """
    value = message.fields.get(name)
    if not isinstance(value, str) or not value:
        raise WorkerError(
            "The request {message} needs the text {name}.", message=message.type, name=repr(name)
        )
    return value


def count_field(message: Message, name: str) -> int | None:
    """A whole number of at least 1, or None when it is absent or null.

    Raises:
        WorkerError: it is something else.
    """
    value = message.fields.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise WorkerError(
            "In the request {message} {name} must be a whole number of at least 1.",
            message=message.type,
            name=repr(name),
        )
    return value


def captures_field(message: Message) -> list[tuple[int, Path]]:
    """Ids and paths of the captures to classify.

    Raises:
        WorkerError: they are not as the protocol says.
    """
    try:
        return [(_id(capture), Path(capture["path"])) for capture in message.fields["captures"]]
    except (KeyError, TypeError) as e:
        raise WorkerError(
            "The request {message} needs captures with id and path.", message=message.type
        ) from e


def id_field(message: Message) -> int:
    """Id of the capture that a request is about.

    Raises:
        WorkerError: there is none.
    """
    try:
        return _id(message.fields)
    except (KeyError, TypeError) as e:
        raise WorkerError("The request {message} needs a whole number as id.", message=message.type) from e


def absent_field(message: Message) -> npt.NDArray[np.int64]:
    """Captures that an embedding file still holds and that are to be left out; none when it isn't said.

    Raises:
        WorkerError: they are no ids.
    """
    value = message.fields.get("absent", [])
    if not isinstance(value, list) or not all(type(each) is int for each in value):
        raise WorkerError("In the request {message} 'absent' must be a list of ids.", message=message.type)
    return np.array(value, dtype=np.int64)


def looks_field(message: Message) -> list[npt.NDArray[np.uint8]]:
    """Images that a request carries as its payload, (H, W, 3) uint8 RGB each.

    Raises:
        WorkerError: they are not as the protocol says.
    """
    images: list[npt.NDArray[np.uint8]] = []
    offset = 0
    try:
        for look in message.fields["looks"]:
            height, width = int(look["height_px"]), int(look["width_px"])
            if height < 1 or width < 1:
                raise ValueError("no pixels")
            image = np.frombuffer(message.payload, np.uint8, height * width * 3, offset)
            images.append(image.reshape(height, width, 3))
            offset += image.size
    except (KeyError, TypeError, ValueError) as e:
        raise WorkerError("The request {message} needs looks and their pixels.", message=message.type) from e
    if not images or offset != len(message.payload):
        raise WorkerError("The request {message} needs looks and their pixels.", message=message.type)
    return images


def ids_of_payload(message: Message) -> npt.NDArray[np.int64]:
    """The whole numbers that a request carries as its payload.

    Raises:
        WorkerError: there are none, or half a number.
    """
    if not message.payload or len(message.payload) % 8:
        raise WorkerError(
            "The request {message} needs numbers of 8 bytes each as its payload.", message=message.type
        )
    return np.frombuffer(message.payload, dtype="<i8").astype(np.int64)


def top_fields(probabilities: npt.NDArray[np.float32], top_k: int) -> list[tuple[int, float]]:
    """The most likely classes with their probabilities, as a `result` has them."""
    return Prediction(probabilities, probabilities).top(top_k)


def _id(values: Mapping[str, Any]) -> int:
    value = values["id"]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"not an id: {value!r}")
    return value


def result_fields(capture: ReadCapture[int], prediction: Prediction | None, top_k: int) -> dict[str, Any]:
    """A `result` of the protocol.

    Args:
        capture: what was read.
        prediction: what was said of it; None when it could not be read.
        top_k: how many classes to name.
    """
    if prediction is None:
        return {"id": capture.key, "error": capture.error}
    return {
        "id": capture.key,
        "width_px": capture.width_px,
        "height_px": capture.height_px,
        "file_size_bytes": capture.file_size_bytes,
        "modified_ns": capture.modified_ns,
        "top": prediction.top(top_k),
        "bicubic_top": prediction.bicubic_top(top_k),
        "disagreement": prediction.disagreement,
    }
