"""Records of label imports: what they take from a project and give to it. No SQL here."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.records import ReviewState


@dataclass(frozen=True, slots=True)
class MarkedCapture:
    """A capture and what a person has said of it.

    Attributes:
        file: its path, absolute, with forward slashes.
        label: id of its class.
        is_readable: whether the file was an image when it was last read.
    """

    id: int
    source_id: int
    file: str
    state: ReviewState
    label: int | None
    is_readable: bool


@dataclass(frozen=True)
class ProjectMarks:
    """All captures of a project and what people have said of them.

    Attributes:
        classes: names by id.
        folders: the folders that were added, by the id of their source, with forward slashes. Single files, and
            sources whose pictures the program has stored itself, have none.
    """

    captures: tuple[MarkedCapture, ...]
    classes: dict[int, str]
    folders: dict[int, str]


@dataclass(frozen=True, slots=True)
class TakenLabel:
    """What shall be written down of a capture.

    Attributes:
        capture_id: the capture.
        state: CORRECTED with a class; UNSURE or REJECTED without.
        label: name of the class.
        before: what it was when this was decided; one that is another by now is left alone.
    """

    capture_id: int
    state: ReviewState
    label: str | None
    before: tuple[ReviewState, int | None]
