"""Messages about look-alikes: which captures of a project were taken together. Torch-free and numpy-free."""

from __future__ import annotations

from pathlib import Path

from vimd_core.processes.messages import Int64Array, Priority
from vimd_core.worker.messages import Answer, CaptureFile, Progress, WindowRequest


class LookAlikesFound(Answer, frozen=True):
    """Captures that look like another one, in arrays of one length.

    Attributes:
        look_alike: number of the group of look-alikes of each.
        near_duplicate: number of its group of nearly the same pictures; 0 for none.
    """

    ids: Int64Array
    look_alike: Int64Array
    near_duplicate: Int64Array

    def __post_init__(self) -> None:
        if not self.ids.shape == self.look_alike.shape == self.near_duplicate.shape:
            raise ValueError("arrays that do not fit each other")


class FindLookAlikes(WindowRequest, frozen=True):
    """Group all captures by their look.

    Attributes:
        own_model: the model whose features these are.
        own: file of the features of the model that the project began with.
        absent: captures in it that are left out.
        missing: captures whose features are computed first, and kept in the file.
    """

    own_model: Path
    own: Path
    absent: tuple[int, ...] = ()
    missing: tuple[CaptureFile, ...] = ()

    tells = (Progress,)
    closed_by = LookAlikesFound
    priority = Priority.BACKGROUND
