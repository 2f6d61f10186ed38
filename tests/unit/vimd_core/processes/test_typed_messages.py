"""Typed messages: what is sent arrives as it was, and what is malformed does not arrive."""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from vimd_core.errors import WorkerError
from vimd_core.processes.messages import (
    Array,
    Float16Matrix,
    Float32Array,
    Int64Array,
    Message,
    MessageSet,
    Pixels,
    PositiveInt,
    Priority,
    Request,
    encode,
)
from vimd_core.processes.protocol import FrameReader


class Said(Message, frozen=True):
    """Base of this test's messages."""


class Told(Said, frozen=True):
    """Plain values."""

    text: str = ""
    count: PositiveInt = 1
    path: Path = Path("a")


class Counted(Said, frozen=True):
    """An array without numpy."""

    numbers: Int64Array


class Drawn(Said, frozen=True, eq=False):
    """An array of numpy."""

    image: npt.NDArray[np.uint8]
    points: npt.NDArray[np.float32]


SAID = MessageSet(Said)


def travelled(message: Said) -> Said:
    (frame,) = FrameReader().feed(encode(message))
    return SAID.decode(frame.body)


@pytest.mark.parametrize(
    "message",
    [
        Told("two\nlines", 3, Path("C:\\täst\\日本.png")),
        Told(path=Path(os.fsdecode(b"no \xff utf-8"))),
        Counted(Int64Array.of(array("q", [1, -2, 3]))),
        Counted(Int64Array.of(np.arange(3))),
        Counted(Int64Array.of(array("q"))),
    ],
)
def test_what_is_sent_arrives_as_it_was(message: Said) -> None:
    assert travelled(message) == message


def test_a_sentence_with_a_name_that_is_no_valid_text_arrives_readable() -> None:
    assert travelled(Told("no file a\udcff.png", path=Path(os.fsdecode(b"\xff")))) == Told(
        "no file a\N{REPLACEMENT CHARACTER}.png", path=Path(os.fsdecode(b"\xff"))
    )


def test_numpy_arrays_arrive_with_their_shape_and_dtype_and_cannot_be_written_to() -> None:
    image = np.random.default_rng(0).integers(0, 255, (4, 6, 3), dtype=np.uint8)[:, ::2]
    received = travelled(Drawn(image, np.empty((0, 2), np.float32)))
    assert isinstance(received, Drawn)
    assert received.image.dtype == np.uint8 and np.array_equal(received.image, image)
    assert received.points.shape == (0, 2) and received.points.dtype == np.float32
    assert not received.image.flags.writeable


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Int64Array, np.arange(5)),
        (Float32Array, np.linspace(0, 1, 4, dtype=np.float32)),
        (Float16Matrix, np.ones((2, 3), np.float16)),
        (Pixels, np.full((2, 4, 3), 7, np.uint8)),
    ],
)
def test_arrays_give_back_what_they_wrap(kind: type[Array], values: npt.NDArray[Any]) -> None:
    wrapped = kind.of(values)
    assert wrapped.shape == values.shape
    assert np.array_equal(wrapped.to_numpy(), values)
    if kind.typecode != "e":  # `array.array` has no half precision
        assert wrapped.to_array().tolist() == values.ravel().tolist()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Int64Array, np.arange(3, dtype=np.int32)),
        (Int64Array, np.ones(3)),
        (Float32Array, np.arange(3, dtype=np.int32)),
        (Float32Array, np.ones((2, 2), np.float32)),
        (Pixels, np.ones((2, 2, 4), np.uint8)),
        (Pixels, np.ones((0, 2, 3), np.uint8)),
    ],
)
def test_other_numbers_or_axes_are_not_wrapped(kind: type[Array], values: npt.NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"format|axes|shape"):
        kind.of(values)


def test_a_wrapped_array_need_not_have_loaded_numpy() -> None:
    assert Int64Array.of(array("q", [5, 6])).to_array() == array("q", [5, 6])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"words",
        *map(
            msgspec.msgpack.encode,
            [
                [],
                {},
                {"text": "no type"},
                {"type": "dance"},
                {"type": 1},
                {"type": "told", "text": 1},
                {"type": "told", "count": 0},
                {"type": "told", "count": "1"},
                {"type": "told", "count": True},
                {"type": "told", "path": "text"},
                {"type": "told", "path": {"__reduce__": "os.system"}},
                {"type": "counted"},
                {"type": "counted", "numbers": [[2], b"123"]},
                {"type": "counted", "numbers": [[1, 1], bytes(8)]},
                {"type": "counted", "numbers": [[-1], b""]},
                {"type": "counted", "numbers": b"12345678"},
                {"type": "drawn", "image": [[2, 2], b"123"], "points": [[0], b""]},
                {"type": "drawn", "image": "pixels", "points": [[0], b""]},
                {"type": "drawn", "image": [[0], b""], "points": [[1], b"123"]},
            ],
        ),
    ],
)
def test_what_is_malformed_is_one_clear_error(body: bytes) -> None:
    with pytest.raises(WorkerError, match="malformed"):
        SAID.decode(body)


def test_a_request_must_say_what_closes_it_and_when_it_gets_its_turn() -> None:
    class Asked(Request, frozen=True):
        """Base of the two below."""

    class Complete(Asked, frozen=True):
        """Says it."""

        closed_by = Told
        priority = Priority.BACKGROUND

    assert MessageSet(Asked).classes == (Complete,)

    class Forgetful(Asked, frozen=True):
        """Does not say when it gets its turn."""

        closed_by = Told

    with pytest.raises(TypeError, match="Forgetful"):
        MessageSet(Asked)
    del Forgetful
