"""LZW as TIFF packs it: codes of 9 to 12 bits, the highest bit first. Torch-free."""

from __future__ import annotations

from typing import Final

_CLEAR: Final = 256
_END: Final = 257
_FIRST_BITS: Final = 9
_MOST_BITS: Final = 12


def decode_lzw(data: bytes, size: int) -> bytes:
    """Decompress a strip.

    Args:
        data: the strip.
        size: bytes that are wanted; decoding ends there.

    Returns:
        As many bytes as there are, at most a little more than `size`.

    Raises:
        ValueError: it is no such data.
    """
    out = bytearray()
    table: list[bytes] = []
    previous = b""
    width = _FIRST_BITS
    held = held_bits = 0
    for byte in data:
        held = held << 8 | byte
        held_bits += 8
        if held_bits < width:
            continue
        held_bits -= width
        code = held >> held_bits
        held &= (1 << held_bits) - 1
        if code == _CLEAR or not table:
            table = [bytes((value,)) for value in range(256)] + [b"", b""]
            width, previous = _FIRST_BITS, b""
            if code == _CLEAR:
                continue
        if code == _END or len(out) >= size:
            break
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            raise ValueError("a code that is not in the table")
        out += entry
        if previous and len(table) < 1 << _MOST_BITS:
            table.append(previous + entry[:1])
        previous = entry
        # A code earlier than needed, as all writers of TIFF do.
        width = min(_MOST_BITS, max(_FIRST_BITS, (len(table) + 1).bit_length()))
    return bytes(out)
