"""Messages between processes: typed, declared once, validated when they come. Torch-free and numpy-free.

A conversation is a module that declares a base class for each direction and a class for each message:
`vimd_core.worker.messages` and `suggestion_messages` (classifier), `vimd_core.worker.indexing_messages` (indexer) and
`vimd_core.streaming.messages` (sources). A `MessageSet` finds the classes of a direction by itself, so there is no
list of them to forget one in. Nothing runs that came in a message: fields are plain values, paths and arrays.
"""

from __future__ import annotations

import math
import os
import re
import sys
from array import array
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import PurePath
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import msgspec

from vimd_core.errors import WorkerError
from vimd_core.processes.protocol import PREAMBLE_BYTES, write_preamble

if TYPE_CHECKING:
    import numpy.typing as npt

MessageT = TypeVar("MessageT", bound="Message")
PositiveInt = Annotated[int, msgspec.Meta(ge=1)]
NonNegativeInt = Annotated[int, msgspec.Meta(ge=0)]
_WORD_STARTS: Final = re.compile(r"(?<!^)(?=[A-Z])")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def _tag(class_name: str) -> str:
    """`LoadModel` travels as `load_model`."""
    return _WORD_STARTS.sub("_", class_name).lower()


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=_tag):
    """Base of all messages. Fields may be of any type that msgspec knows, paths, and numpy arrays with a dtype."""


class Priority(Enum):
    """When a request gets its turn."""

    IN_TURN = auto()  # what came before it is done before it, and nothing that came after it overtakes it
    BACKGROUND = auto()  # long: what is interactive overtakes it, also while it runs
    INTERACTIVE = (
        auto()
    )  # a user waits for it: it overtakes what is in the background, and its like never each other


class Request(Message, frozen=True):
    """Base of all that is answered with any number of messages of the classes in `tells`, and then a closing one.

    Attributes:
        closed_by: class of the answer that closes it when it succeeds.
        priority: when it gets its turn.
        tells: classes of what it may be answered with before that.
    """

    closed_by: ClassVar[type[Message]]
    priority: ClassVar[Priority]
    tells: ClassVar[tuple[type[Message], ...]] = ()


class MessageSet(Generic[MessageT]):
    """All messages of one direction of a conversation: each class that derives from a base and is derived from by none.

    Args:
        base: their base class. All of them must have been declared.

    Raises:
        TypeError: a request does not say what closes it or when it gets its turn.
    """

    def __init__(self, base: type[MessageT]) -> None:
        self.classes: tuple[type[MessageT], ...] = tuple(_leaves(base))
        for one in self.classes:
            if issubclass(one, Request) and not (hasattr(one, "closed_by") and hasattr(one, "priority")):
                raise TypeError(f"{one.__name__} must say by what it is closed, and its priority.")
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(
            Union[self.classes],  # noqa: UP007 (they are known only now)
            dec_hook=_from_plain,
        )

    def decode(self, body: bytes) -> MessageT:
        """The message in a frame.

        Raises:
            WorkerError: it is none of these, or a field is missing or of another type.
        """
        try:
            message: MessageT = self._decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, TypeError) as e:
            raise WorkerError("A message between processes is malformed: {reason}", reason=e) from e
        return message


def encode(message: Message, request_id: int = 0) -> bytearray:
    """The frame of a message.

    Args:
        message: to be sent.
        request_id: of the request that it makes or answers; 0 for none.

    Raises:
        WorkerError: the message is longer than a frame may be.
    """
    frame = bytearray(PREAMBLE_BYTES)
    try:
        _ENCODER.encode_into(message, frame, PREAMBLE_BYTES)
    except UnicodeEncodeError:
        # A sentence that names a file whose name is no valid text. Paths themselves travel as bytes.
        _ENCODER.encode_into(_without_surrogates(_to_builtins(message)), frame, PREAMBLE_BYTES)
    write_preamble(frame, request_id)
    return frame


class Array(msgspec.Struct, frozen=True, array_like=True):
    """An array of numbers for a process that need not load numpy; travels as a numpy array does.

    Attributes:
        shape: length of each axis.
        data: the numbers in C order, little-endian.
        typecode: of one number, as in `struct`.
        ndim: number of axes.
    """

    shape: tuple[NonNegativeInt, ...]
    data: memoryview
    typecode: ClassVar[str]
    ndim: ClassVar[int]

    def __post_init__(self) -> None:
        if len(self.shape) != self.ndim:
            raise ValueError(f"an array with {len(self.shape)} axes instead of {self.ndim}")
        _check_length(self.shape, _ITEM_BYTES[self.typecode], len(self.data))

    @classmethod
    def of(cls, values: Any) -> Self:
        """Wrap an array (numpy, `array.array`, memoryview) without copying it.

        Raises:
            ValueError: it has other numbers, or another number of axes.
        """
        view = memoryview(values)
        if view.itemsize != _ITEM_BYTES[cls.typecode] or (view.format in _FLOATS) != (
            cls.typecode in _FLOATS
        ):
            raise ValueError(f"numbers of the format {view.format} are not {cls.typecode}")
        return cls(tuple(view.shape or ()), view.cast("B") if view.nbytes else memoryview(b""))

    def to_numpy(self) -> npt.NDArray[Any]:
        """The same numbers as a numpy array that can't be written to."""
        import numpy as np

        return np.frombuffer(self.data, "<" + self.typecode).reshape(self.shape)

    def to_array(self) -> array[Any]:
        """A copy as a flat `array.array`."""
        copy: array[Any] = array(self.typecode)
        copy.frombytes(self.data)
        return copy


class Int64Array(Array, frozen=True, array_like=True):
    """(N,) whole numbers."""

    typecode = "q"
    ndim = 1


class Float32Array(Array, frozen=True, array_like=True):
    """(N,) numbers."""

    typecode = "f"
    ndim = 1


class Float32Matrix(Array, frozen=True, array_like=True):
    """(N, M) numbers."""

    typecode = "f"
    ndim = 2


class Float16Matrix(Array, frozen=True, array_like=True):
    """(N, M) numbers of half precision."""

    typecode = "e"
    ndim = 2


class Pixels(Array, frozen=True, array_like=True):
    """(H, W, 3) uint8 RGB."""

    typecode = "B"
    ndim = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 in self.shape or self.shape[2] != 3:
            raise ValueError(f"{self.shape} is not the shape of an RGB image")

    @property
    def width_px(self) -> int:
        """Width of the image."""
        return self.shape[1]

    @property
    def height_px(self) -> int:
        """Height of the image."""
        return self.shape[0]


_FLOATS: Final = "efd"
_ITEM_BYTES: Final = {"B": 1, "e": 2, "f": 4, "q": 8}


def _leaves(base: type[MessageT]) -> Iterator[type[MessageT]]:
    for one in base.__subclasses__():
        if one.__subclasses__():
            yield from _leaves(one)
        else:
            yield one


def _check_length(shape: tuple[int, ...], item_bytes: int, length: int) -> None:
    if math.prod(shape) * item_bytes != length:
        raise ValueError(f"an array of the shape {shape} in {length} bytes")


def _to_plain(value: Any) -> Any:
    """What MessagePack has no type for: paths become bytes, arrays their shape and bytes."""
    if isinstance(value, PurePath):
        return os.fsencode(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        return value.item()
    if numpy is not None and isinstance(value, numpy.ndarray):
        little = numpy.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        return [list(little.shape), little.tobytes() if little.size == 0 else memoryview(little).cast("B")]
    raise NotImplementedError(f"a {type(value).__name__} can't travel in a message")


def _from_plain(kind: Any, value: Any) -> Any:
    """The inverse of `_to_plain`, for a field of that type."""
    if isinstance(kind, type) and issubclass(kind, PurePath):
        if not isinstance(value, bytes):
            raise ValueError("a path that is not bytes")
        return kind(os.fsdecode(value))
    numpy = sys.modules.get("numpy")
    if numpy is not None and get_origin(kind) is numpy.ndarray:
        dtype = numpy.dtype(get_args(get_args(kind)[1])[0])
        shape, data = msgspec.convert(value, tuple[tuple[NonNegativeInt, ...], bytes])
        _check_length(shape, dtype.itemsize, len(data))
        return numpy.frombuffer(data, dtype.newbyteorder("<")).reshape(shape)
    raise NotImplementedError(f"a {kind} can't travel in a message")


def _to_builtins(message: Message) -> Any:
    return msgspec.to_builtins(message, builtin_types=(bytes, bytearray, memoryview), enc_hook=_to_plain)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(one) for one in value]
    return value


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_to_plain)
