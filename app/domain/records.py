"""Records: what storage takes and gives, as frozen values that any thread may hold. No SQL here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path

from app.domain.stream_records import SeenCapture
from app.domain.suggestions import Suggestion
from vimd_core.user_messages import Sentence


class ReviewState(IntEnum):
    """What a human has decided about a capture; the numbers are stored."""

    UNREVIEWED = 0
    ACCEPTED = 1  # the human agreed with the model
    CORRECTED = 2  # the human chose another class, or labelled where the model had no answer
    UNSURE = 3
    REJECTED = 4  # not a capture of anything


class CaptureFilter(StrEnum):
    """Which captures a list shows."""

    ALL = "all"
    UNREVIEWED = "unreviewed"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    UNSURE = "unsure"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    CHANGED = "changed"  # on disk, and not decided about since


class ActionKind(StrEnum):
    """What a human did; the words are stored in the ledger."""

    LABEL = "label"
    ACCEPT = "accept"
    UNSURE = "unsure"
    REJECT = "reject"
    CLEAR = "clear"
    ADD_CLASS = "add-class"
    RENAME_CLASS = "rename-class"
    RECOLOUR_CLASS = "recolour-class"
    RETIRE_CLASSES = "retire-classes"  # merge, or delete
    IMPORT = "import"
    REMOVE = "remove"  # from the project, never from the disk
    FILE_CHANGED = "file-changed"  # done by the program: what was said of the file's old content is set aside
    KEEP_LABELS = "keep-labels"  # of changed files
    DROP_LABELS = "drop-labels"
    UNDO = "undo"
    REDO = "redo"


class Removal(IntEnum):
    """Whether a capture is in the project; the numbers are stored."""

    IN_PROJECT = 0
    BY_ITSELF = 1  # the user removed just this one
    WITH_SOURCE = 2  # the user removed what it came from


class BringBack(IntEnum):
    """What of the removed captures comes back when it is found again."""

    NOTHING = 0  # a watched folder or a camera has it again
    WITH_SOURCE = 1  # its folder is added: what the user had removed by itself stays out
    EVERYTHING = 2  # the user adds just this file


@dataclass(frozen=True, slots=True)
class NewCapture:
    """A file that was found and measured, ready to be added.

    Attributes:
        path: absolute path of the original.
        content_hash: SHA-256 of its bytes.
        problem: why it can't be read, or None.
        notice: that it is incomplete and is shown all the same, or None.
    """

    path: Path
    content_hash: bytes
    file_size_bytes: int
    modified_ns: int
    width_px: int | None
    height_px: int | None
    problem: Sentence | None = None
    notice: Sentence | None = None


@dataclass(frozen=True, slots=True)
class AddedCaptures:
    """What became of a chunk of new captures.

    Attributes:
        ids: the captures that are new, in the order of the chunk.
        readable_ids: those of them that have no problem.
        known: files that the project refers to already.
        duplicates: files with the same content as a capture that is there: (new path, path that is kept).
        returned_ids: captures that had been removed and are in the project again.
        left_removed: files whose captures were removed and stay out.
        changed_ids: captures that were there and whose files hold something else now.
        moved_ids: captures that were there and whose files have other names now.
        incomplete: how many of the new ones are of files that were cut off.
    """

    ids: tuple[int, ...]
    readable_ids: tuple[int, ...]
    known: int
    duplicates: tuple[tuple[Path, Path], ...]
    returned_ids: tuple[int, ...] = ()
    left_removed: int = 0
    changed_ids: tuple[int, ...] = ()
    moved_ids: tuple[int, ...] = ()
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """A class of the project.

    Attributes:
        key: a keyboard shortcut of its own, if it has one.
        pinned: whether digits choose it whatever is predicted.
        is_none: whether it stands for what is none of the others, such as background.
    """

    id: int
    name: str
    colour: str
    key: str | None
    position: int
    pinned: bool = False
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class EnsuredClasses:
    """Classes that are there now.

    Attributes:
        ids: their ids by the names that were asked for, as they were spelt.
        made: those of them that were not there before; an action that is told of them takes them away when undone.
    """

    ids: dict[str, int]
    made: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model that has answered in this project; `sha256` is of its tensors and class names."""

    id: int
    sha256: str
    name: str
    class_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What one model says of one capture, in that model's class indices; probabilities in [0, 1]."""

    capture_id: int
    width_px: int
    height_px: int
    top: tuple[tuple[int, float], ...]
    bicubic_top: tuple[tuple[int, float], ...]
    disagreement: float


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """What a tile of the gallery shows.

    Thousands are in memory, and garbage collection looks at each object that could hold others: the path is text.

    Attributes:
        suggestion: what the project's labels say of it; None where it has a label of its own.
        is_suggestion_shown: whether it is held for that, and not for the model's prediction.
    """

    id: int
    file: str
    width_px: int | None
    height_px: int | None
    state: ReviewState
    label: str | None
    label_colour: str | None
    predicted: str | None
    probability: float | None
    disagreement: float | None
    sr_changed: bool
    problem: Sentence | None
    predicted_colour: str | None = None
    content_hash: bytes = b""
    changed: bool = False
    file_size_bytes: int = 0
    modified_ns: int = 0
    notice: Sentence | None = None
    suggestion: Suggestion | None = None
    is_suggestion_shown: bool = False

    @property
    def path(self) -> Path:
        """The file, absolute."""
        return Path(self.file)


@dataclass(frozen=True, slots=True)
class ClassProbability:
    """One class of an answer."""

    class_id: int
    name: str
    colour: str
    probability: float


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of a capture's history: where the model has no name, what it said was a suggestion."""

    kind: ActionKind
    state: ReviewState
    label: str | None
    previous_label: str | None
    model_name: str | None
    model_said: str | None
    model_probability: float | None
    author: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class CaptureDetail:
    """What the inspector shows.

    Attributes:
        top: the active model's most likely classes, most likely first; empty before it has answered.
        suggested: the likeliest classes by the project's labels; empty where there is no suggestion.
        bicubic: its first choice when the capture is enlarged by bicubic interpolation.
        history: newest first.
        seen: where in its stream it was seen, if it is of one.
        mates: captures of the same thing, itself included.
        is_look_alike: whether only their look says so.
    """

    row: CaptureRow
    file_size_bytes: int
    label_class_id: int | None
    model_name: str | None
    top: tuple[ClassProbability, ...]
    bicubic: ClassProbability | None
    history: tuple[LedgerEntry, ...]
    seen: SeenCapture | None = None
    suggested: tuple[ClassProbability, ...] = ()
    mates: tuple[int, ...] = ()
    is_look_alike: bool = False

    @property
    def offered(self) -> tuple[ClassProbability, ...]:
        """The classes that keys choose from: those that the capture is held for."""
        return self.suggested if self.row.is_suggestion_shown and self.suggested else self.top


@dataclass(frozen=True, slots=True)
class UndoState:
    """What undo and redo would do now; None when there is nothing."""

    undo: ActionKind | None
    redo: ActionKind | None


@dataclass(frozen=True, slots=True)
class LabelResult:
    """What an action on labels has changed, after its commit.

    Attributes:
        capture_ids: captures that are labelled otherwise now; without any the ledger has no line of it.
        skipped: captures that were left as they were (accepted where the model has no answer).
        classes_changed: whether names, colours or the list of classes are others now.
        unchanged: captures that were labelled so before.
        is_membership_changed: whether captures or sources are in the project now that were not, or the other way
            round; `capture_ids` are these.
    """

    kind: ActionKind
    capture_ids: tuple[int, ...]
    skipped: int
    undo_state: UndoState
    classes_changed: bool = False
    unchanged: int = 0
    is_membership_changed: bool = False


@dataclass(frozen=True, slots=True)
class CaptureCounts:
    """How many captures there are, and of each kind."""

    total: int
    unreviewed: int
    accepted: int
    corrected: int
    unsure: int
    rejected: int
    unreadable: int
    changed: int = 0


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many captures a project has, and of how many things they are."""

    captures: int
    things: int


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """How many captures belong to each class and each source, by id; what has none is not listed."""

    labelled: dict[int, int]
    predicted: dict[int, int]
    shown: dict[int, int]  # the label, or else the model's answer
    sources: dict[int, int]


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One line of the exported table."""

    id: int
    path: Path
    width_px: int | None
    height_px: int | None
    state: ReviewState
    label: str | None
    labelled_by: str | None
    labelled_ms: int | None
    predicted: str | None
    probability: float | None
    bicubic_predicted: str | None
    bicubic_probability: float | None
    disagreement: float | None
    model_name: str | None
    problem: str | None
    notice: str | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Captures whose files have changed, and that nobody has decided about since.

    Attributes:
        marked: all of them.
        labelled: those that had been decided about before.
    """

    marked: tuple[int, ...]
    labelled: tuple[int, ...]


@dataclass(frozen=True)
class BackupRecord:
    """A copy that can be put back.

    Attributes:
        made: when, in UTC.
        reason: why it was made, as its name says: daily, before-...
        captures: how many it holds.
        labels: how many of them a human has given a class.
    """

    path: Path
    made: datetime
    reason: str
    captures: int
    labels: int
