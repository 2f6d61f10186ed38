"""Messages between the window and the child process that classifies. Torch-free and numpy-free.

Each request declares here what closes it and when it gets its turn; the queue, the services and the window's client
read that from it. Any request may be closed by `Failed` or `Cancelled` instead.

`features` are the files of what the two frozen networks see in captures; `absent` are captures that these still hold
and that are left out, since they are in the project no more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.processes.messages import (
    Float16Matrix,
    Float32Array,
    Float32Matrix,
    Int64Array,
    Message,
    NonNegativeInt,
    Pixels,
    PositiveInt,
    Priority,
    Request,
)
from vimd_core.user_messages import Sentence, verbatim

DEFAULT_TOP_K: Final = 5
DEFAULT_RANKING: Final = 500
CRASH: Final = "crash"
Top = tuple[tuple[int, float], ...]  # (class index, probability), the likeliest first


# --- Answers: from the child ------------------------------------------------------------------------------------------


class Answer(Message, frozen=True):
    """Base of all that the child says."""


class Ready(Answer, frozen=True):
    """The child can take requests: torch is there."""

    pid: int
    torch: str
    device_notice: Sentence


class Heartbeat(Answer, frozen=True):
    """Comes at least every `HEARTBEAT_INTERVAL_S`, also while a batch is computed."""


class Failed(Answer, frozen=True):
    """Closes any request.

    Attributes:
        kind: name of a class of `vimd_core.errors`, or `CRASH`, a mistake of the child's own.
        reason: why, to be shown.
    """

    kind: str
    reason: Sentence

    @property
    def is_crash(self) -> bool:
        """Whether nobody foresaw it, so that the same request may do better the next time."""
        return self.kind == CRASH


def reason_of(answer: Answer) -> Sentence:
    """Why a request was closed otherwise than it was meant to be."""
    return answer.reason if isinstance(answer, Failed) else verbatim(type(answer).__name__)


class Cancelled(Answer, frozen=True):
    """Closes a request that was taken back.

    Attributes:
        done: captures that were finished before.
    """

    done: int = 0


class Finished(Answer, frozen=True):
    """Closes work on many captures."""

    done: int
    unreadable: int
    elapsed_s: float


class Progress(Answer, frozen=True):
    """How much of a computation is done, in [0, 1]."""

    share: float


class ModelLoaded(Answer, frozen=True):
    """The model that answers from now on.

    Attributes:
        device: where it computes.
        backend: of its scan.
        notice: a sentence about the device.
        settings: those of its file that decide its answers beside its tensors, such as the temperature.
    """

    model_id: str
    name: str
    preset: str
    classes: tuple[str, ...]
    lr_size_px: int
    upscale: int
    device: str
    backend: str
    notice: Sentence
    settings: dict[str, Any]


class Classification(msgspec.Struct, frozen=True, array_like=True):
    """What is said of one capture.

    Attributes:
        disagreement: of the super-resolved and the bicubic view, in [0, 1].
        file_size_bytes: of the file that was read; 0 when it was replaced meanwhile.
        modified_ns: its time; 0 when it was replaced meanwhile.
    """

    id: int
    width_px: int
    height_px: int
    top: Top
    bicubic_top: Top
    disagreement: float
    file_size_bytes: int
    modified_ns: int


class UnreadableCapture(msgspec.Struct, frozen=True, array_like=True):
    """A capture whose file can't be read, and why, in a sentence."""

    id: int
    error: Sentence


class BatchProgress(msgspec.Struct, frozen=True):
    """How far a batch job is, and how fast."""

    done: int
    total: int
    rate_per_s: float
    eta_s: float | None


class Classified(Answer, frozen=True):
    """Some captures of a `Classify`.

    Attributes:
        features: what the model sees at several depths, for each of `results` in their order.
    """

    results: tuple[Classification, ...]
    unreadable: tuple[UnreadableCapture, ...]
    features: Float16Matrix
    pace: BatchProgress


class ReadFile(msgspec.Struct, frozen=True, array_like=True):
    """A capture whose file was read, and how long and old that was; 0 when it was replaced meanwhile."""

    id: int
    file_size_bytes: int
    modified_ns: int


class Embedded(Answer, frozen=True):
    """Some captures of an `Embed`.

    Attributes:
        read: those that could be read.
        unreadable: the others.
        own: features of each of `read`; (., 0) where they were not asked for.
        companion: the same of the companion.
    """

    read: tuple[ReadFile, ...]
    unreadable: tuple[int, ...]
    own: Float16Matrix
    companion: Float16Matrix
    pace: BatchProgress


class View(Answer, frozen=True):
    """A super-resolved capture, and what is said of it."""

    pixels: Pixels
    result: Classification


class Ranking(Answer, frozen=True):
    """Captures, the most striking first.

    Attributes:
        scores: one for each; what they mean depends on the request.
        searched: captures that were looked at.
    """

    ids: Int64Array
    scores: Float32Array
    searched: int


class Doubts(Answer, frozen=True):
    """Labels that may be wrong, the surest first.

    Attributes:
        suggested: likelier labels.
        margins: by how much they are likelier.
        checked: labels that were looked at.
        classes: of them.
        are_enough: whether there are labels enough to judge by.
        are_grouped: whether no capture was judged by others of its group.
    """

    ids: Int64Array
    suggested: Int64Array
    margins: Float32Array
    checked: int
    classes: int
    are_enough: bool
    are_grouped: bool


class LaidOut(Answer, frozen=True):
    """A map of captures.

    Attributes:
        places: (N, 2), x and y of each in [0, 1].
        is_cached: whether it was computed before.
    """

    ids: Int64Array
    places: Float32Matrix
    is_cached: bool


class Explained(Answer, frozen=True):
    """Where the model looked.

    Attributes:
        heat: (H, W) in [0, 1]: how much of the answer is lost without the place.
        probability: of the class that is explained.
        largest_loss: what is lost at most when one place is covered.
        method: one sentence.
    """

    id: int
    heat: Float32Matrix
    class_index: int
    probability: float
    largest_loss: float
    method: str


class Looked(Answer, frozen=True):
    """What is said of each look, and its super-resolved view when it was asked for and is square."""

    tops: tuple[Top, ...]
    views: tuple[Pixels, ...]


class ClassifiedDirectly(Answer, frozen=True):
    """What the classifier says of a picture by itself."""

    id: int
    top: Top


# --- Commands: from the window, not answered ------------------------------------------------------------------------


class FromWindow(Message, frozen=True):
    """Base of all that the window says."""


class Cancel(FromWindow, frozen=True):
    """Stops the request of its frame's id, which still ends with one closing answer."""


class Shutdown(FromWindow, frozen=True):
    """The child ends with exit code 0."""


# --- Requests: from the window --------------------------------------------------------------------------------------


class WindowRequest(FromWindow, Request, frozen=True):
    """Base of what is answered."""

    def is_closed_by(self, answer: Message) -> bool:
        """Whether nothing more comes after an answer."""
        return isinstance(answer, (self.closed_by, Failed, Cancelled))


class Hello(WindowRequest, frozen=True):
    """The first of all, with no request id."""

    closed_by = Ready
    priority = Priority.IN_TURN


class CaptureFile(msgspec.Struct, frozen=True, array_like=True):
    """A capture and its file."""

    id: int
    path: Path


class LoadModel(WindowRequest, frozen=True):
    """Takes the place of the model in use, once it is whole."""

    path: Path
    device: str = "auto"

    closed_by = ModelLoaded
    priority = Priority.IN_TURN


class Classify(WindowRequest, frozen=True):
    """Batch sizes that are None are chosen by the child."""

    captures: tuple[CaptureFile, ...]
    top_k: PositiveInt = DEFAULT_TOP_K
    batch_size: PositiveInt | None = None

    tells = (Classified,)
    closed_by = Finished
    priority = Priority.BACKGROUND


class Embed(WindowRequest, frozen=True):
    """Compute features of captures, which learn from no label and stay what they are.

    Attributes:
        own: the network that is loaded beside the model in use, if it is not that one; None where it is not to look.
        with_companion: whether the companion looks.
        batch_size: small, so that what a user waits for comes soon.
    """

    captures: tuple[CaptureFile, ...]
    own: OwnNetwork | None
    with_companion: bool
    batch_size: PositiveInt = 8

    tells = (Embedded,)
    closed_by = Finished
    priority = Priority.BACKGROUND


class SuperResolve(WindowRequest, frozen=True):
    """Enlarge one capture."""

    capture: CaptureFile

    closed_by = View
    priority = Priority.INTERACTIVE


class LookAt(WindowRequest, frozen=True):
    """Classify images that are no files."""

    looks: tuple[Pixels, ...]
    top_k: PositiveInt = DEFAULT_TOP_K
    with_views: bool = False

    closed_by = Looked
    priority = Priority.INTERACTIVE

    def __post_init__(self) -> None:
        if not self.looks:
            raise ValueError("there are no looks")


class ClassifyDirectly(WindowRequest, frozen=True):
    """Classify without super-resolution, as a teacher does."""

    capture: CaptureFile
    top_k: PositiveInt = DEFAULT_TOP_K

    closed_by = ClassifiedDirectly
    priority = Priority.INTERACTIVE


class Explain(WindowRequest, frozen=True):
    """Where the model looked for a class; None is the likeliest."""

    capture: CaptureFile
    class_index: NonNegativeInt | None = None

    closed_by = Explained
    priority = Priority.INTERACTIVE


class FindSimilar(WindowRequest, frozen=True):
    """Captures that are most alike to some."""

    features: FeatureFiles
    ids: Int64Array
    absent: tuple[int, ...] = ()
    top_k: PositiveInt = DEFAULT_RANKING

    closed_by = Ranking
    priority = Priority.INTERACTIVE


class FindUnlike(WindowRequest, frozen=True):
    """Captures that are most unlike to all that is labelled."""

    features: FeatureFiles
    labelled: Int64Array
    absent: tuple[int, ...] = ()
    top_k: PositiveInt = DEFAULT_RANKING

    closed_by = Ranking
    priority = Priority.BACKGROUND


class FindLabelErrors(WindowRequest, frozen=True):
    """Labels that a classifier which never saw them contradicts; captures of a group are judged together."""

    features: FeatureFiles
    ids: Int64Array
    labels: Int64Array
    groups: Int64Array
    absent: tuple[int, ...] = ()

    tells = (Progress,)
    closed_by = Doubts
    priority = Priority.BACKGROUND

    def __post_init__(self) -> None:
        _require_one_length(self.ids, self.labels, self.groups)


class LayOut(WindowRequest, frozen=True):
    """Put all captures on a map, kept in `cache` for the next time."""

    features: FeatureFiles
    cache: Path
    absent: tuple[int, ...] = ()

    tells = (Progress,)
    closed_by = LaidOut
    priority = Priority.BACKGROUND


def _require_one_length(*arrays: Int64Array) -> None:
    lengths = {one.shape for one in arrays}
    if len(lengths) > 1:
        raise ValueError(f"arrays of one length were expected, and their shapes are {sorted(lengths)}")
