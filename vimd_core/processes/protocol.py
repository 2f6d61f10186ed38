"""What the window and its child process say to each other, and how it is framed on a pipe. Torch-free.

A frame is a fixed 16-byte preamble, a JSON header and an optional binary payload:

    offset 0   4 bytes   magic b"ViMD"
    offset 4   u16       protocol version
    offset 6   u16       reserved, 0
    offset 8   u32       length of the header in bytes
    offset 12  u32       length of the payload in bytes

All integers are little-endian. The header is an object with the key "type" and, but for `hello`, `ready`,
`heartbeat` and `shutdown`, the key "request_id" of the request that it belongs to, so that stale answers
can be dropped.

Requests (window to child)
    hello          {}                                         answered by `ready`
    load_model     {path, device}                             `model_loaded` or `failed`
    classify       {captures: [{id, path}], top_k, batch_size}  any number of `classified`, then one of
                                                               `finished`, `cancelled`, `failed`
    super_resolve  {id, path}                                 `view` or `failed`
    embed          {captures, batch_size}                     any number of `embedded`, then as `classify`
    find_similar   {embeddings, top_k}      payload: ids      `ranking` or `failed`
    find_unlike    {embeddings, top_k}      payload: ids of what is labelled; `ranking`, `cancelled` or `failed`
    find_worth_labelling {embeddings, top_k}  payload: ids of what a human has decided about, then 1 for each that has a
                                            class and 0 for each that was set aside; `ranking` (scores are 0),
                                            `cancelled` or `failed`
    find_label_errors {embeddings}          payload: ids, then labels, then groups; any number of `progress`,
                                                              then `doubts`, `cancelled` or `failed`
    lay_out        {embeddings, cache}      any number of `progress`, then `layout`, `cancelled` or `failed`
    explain        {id, path, class_index}  of the likeliest class without class_index; `explanation` or `failed`
    look_at        {looks: [{width_px, height_px}], top_k, with_views}   payload: RGB bytes of each look;
                                                              `looked` or `failed`
    classify_directly {id, path, top_k}     without super-resolution; `answer` or `failed`
    cancel         {}       stops the request of that request_id; it still ends with one closing message
    shutdown       {}       the child ends with exit code 0

Answers (child to window)
    ready          {pid, torch, device_notice}
    heartbeat      {}       at least every `HEARTBEAT_INTERVAL_S`, also while a batch is computed
    model_loaded   {model_id, name, preset, classes, lr_size_px, upscale, device, backend, notice, settings}
    classified     {results: [result], embedding_dim, done, total, rate_per_s, eta_s}
                                            payload: an embedding for each result without error, in order
    embedded       {ids, embedding_dim, done, total, rate_per_s, eta_s}   payload: an embedding for each id
    progress       {share}                  in [0, 1]
    ranking        {count, searched}        payload: ids, then scores
    doubts         {count, checked, classes, enough, grouped}   payload: ids, then likelier labels, then margins
    layout         {count, cached}          payload: ids, then places as x and y in [0, 1]
    explanation    {id, width_px, height_px, class_index, probability, largest_loss, method}
                                            payload: heat in [0, 1], row by row
    answer         {id, top}
    looked         {tops, view_px}          payload: RGB bytes of each SR view, squares of view_px, when wanted
    view           {id, width_px, height_px, result}           payload: RGB bytes of the SR view, row by row
    finished       {done, unreadable, elapsed_s}
    cancelled      {done}
    failed         {kind, message}                             kind is the name of a VimdError, or "crash"

`embeddings` and `cache` are paths of files of one model (`vimd_core.embeddings.file`). In payloads ids, labels and
groups are i64, embeddings float16, everything else float32.

`settings` are those of the model's file that decide its answers beside its tensors, such as the temperature.

A `result` is {id, width_px, height_px, top: [[class_index, probability], ...],
bicubic_top: [[class_index, probability], ...], disagreement, file_size_bytes, modified_ns}, or {id, error} for a file
that can't be read. Size and time are those of the file that was read, both 0 when it was replaced meanwhile.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from vimd_core.errors import WorkerError

PROTOCOL_VERSION: Final = 2
HEARTBEAT_INTERVAL_S: Final = 1.0
MAX_HEADER_BYTES: Final = 64 * 2**20
MAX_PAYLOAD_BYTES: Final = 256 * 2**20
MAGIC: Final = b"ViMD"
_PREAMBLE: Final = struct.Struct("<4sHHII")


@dataclass(frozen=True)
class Message:
    """One message with its binary payload."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    request_id: int | None = None
    payload: bytes = b""


def encode(message: Message) -> bytes:
    """The frame of a message.

    Raises:
        WorkerError: the message is larger than a frame may be.
    """
    header = dict(message.fields)
    header["type"] = message.type
    if message.request_id is not None:
        header["request_id"] = message.request_id
    encoded_header = json.dumps(header, separators=(",", ":")).encode()
    if len(encoded_header) > MAX_HEADER_BYTES or len(message.payload) > MAX_PAYLOAD_BYTES:
        raise WorkerError(
            "A {message} message of {size_bytes} bytes is too long.",
            message=message.type,
            size_bytes=len(encoded_header) + len(message.payload),
        )
    return (
        _PREAMBLE.pack(MAGIC, PROTOCOL_VERSION, 0, len(encoded_header), len(message.payload))
        + encoded_header
        + message.payload
    )


class Decoder:
    """Takes bytes as they come and gives whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Add bytes and yield each message that is now complete.

        Raises:
            WorkerError: the bytes are not frames of this protocol version.
        """
        self._buffer += data
        while len(self._buffer) >= _PREAMBLE.size:
            magic, version, _, header_length, payload_length = _PREAMBLE.unpack_from(self._buffer)
            if magic != MAGIC:
                raise WorkerError("The child process sent something that is not a message.")
            if version != PROTOCOL_VERSION:
                raise WorkerError(
                    "The child process speaks protocol version {version} and the app version "
                    "{protocol_version}: reinstall ViMD Studio.",
                    version=version,
                    protocol_version=PROTOCOL_VERSION,
                )
            if header_length > MAX_HEADER_BYTES or payload_length > MAX_PAYLOAD_BYTES:
                raise WorkerError("The child process announced a message that is too long.")
            end = _PREAMBLE.size + header_length + payload_length
            if len(self._buffer) < end:
                return
            header = bytes(self._buffer[_PREAMBLE.size : _PREAMBLE.size + header_length])
            payload = bytes(self._buffer[_PREAMBLE.size + header_length : end])
            del self._buffer[:end]
            yield _message(header, payload)


def _message(header: bytes, payload: bytes) -> Message:
    try:
        fields = json.loads(header)
        message_type = fields.pop("type")
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise WorkerError("The child process sent a message with a damaged header.") from e
    request_id = fields.pop("request_id", None)
    if not isinstance(message_type, str) or not (request_id is None or isinstance(request_id, int)):
        raise WorkerError("The child process sent a message with a damaged header.")
    return Message(message_type, fields, request_id, payload)
