"""Timestamps of the frames of a video, by its container."""

from __future__ import annotations

from typing import Final

_JUMP_BACK_S: Final = 1.0


class VideoClock:
    """Turns the times of a container into times that never go back.

    Args:
        fps: frames a second, for what has no times of its own; 0 when it is not known.
    """

    def __init__(self, fps: float) -> None:
        self._step_s = 1.0 / fps if fps > 0 else 0.0
        self._offset_s = 0.0
        self._last_s: float | None = None

    def next_s(self, stated_s: float, lost: int = 0) -> float:
        """The time of the next frame.

        Args:
            stated_s: what the container says, from its beginning.
            lost: frames that could not be decoded since the one before.
        """
        if self._last_s is None:
            self._last_s = max(0.0, stated_s)
            return self._last_s
        expected_s = self._last_s + self._step_s * (1 + lost)
        at_s = stated_s + self._offset_s
        if stated_s <= 0.0:
            # No time of its own, or a recording that begins anew.
            self._offset_s = at_s = expected_s
        elif self._last_s - at_s > _JUMP_BACK_S:
            # Recordings that were joined begin anew anywhere.
            self._offset_s += expected_s - at_s
            at_s = expected_s
        self._last_s = max(self._last_s, at_s)
        return self._last_s
