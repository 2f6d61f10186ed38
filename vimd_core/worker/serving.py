"""Registry of services: which function serves which request, with a `ServedRequest`. Torch-free."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from vimd_core.errors import WorkerError
from vimd_core.worker.messages import Answer, WindowRequest
from vimd_core.worker.requests import QueuedRequest

if TYPE_CHECKING:
    from vimd_core.embeddings.extractor import FeatureExtractor
    from vimd_core.embeddings.feature_ids import OwnNetwork
    from vimd_core.embeddings.frozen_networks import FrozenNetworks
    from vimd_core.inference.predictor import Predictor
    from vimd_core.suggestions.teacher import ProjectTeacher

_RequestT = TypeVar("_RequestT", bound=WindowRequest)


class Session(Protocol):
    """What outlives a request."""

    predictor: Predictor | None
    frozen: FrozenNetworks
    teacher: ProjectTeacher | None

    def send(self, answer: Answer, request_id: int) -> None:
        """Send an answer."""

    def run_interactive(self) -> None:
        """Serve what a user waits for, in the middle of something long."""


class ServedRequest:
    """One request that is being served.

    Args:
        request: what is to be done.
        session: what outlives it.
    """

    def __init__(self, request: QueuedRequest, session: Session) -> None:
        self._request = request
        self._session = session

    def tell(self, answer: Answer) -> None:
        """Send an answer that is not the closing one.

        Raises:
            TypeError: the request does not declare it.
        """
        if not isinstance(answer, self._request.message.tells):
            raise TypeError(
                f"{type(answer).__name__} is not declared by {type(self._request.message).__name__}"
            )
        self._session.send(answer, self._request.id)

    def is_cancelled(self) -> bool:
        """Whether the request was taken back; first lets what a user waits for overtake."""
        self._session.run_interactive()
        return self._request.cancelled.is_set()

    @property
    def predictor(self) -> Predictor:
        """The loaded model.

        Raises:
            WorkerError: there is none.
        """
        if self._session.predictor is None:
            raise WorkerError("No model is loaded: open a model first.")
        return self._session.predictor

    def extractor(self, own: OwnNetwork | None, *, with_companion: bool) -> FeatureExtractor:
        """The frozen networks that are wanted, beside the loaded model or that one itself.

        Raises:
            CheckpointError: a file is missing, damaged or another one.
        """
        return self._session.frozen.extractor(own, self._session.predictor, with_companion=with_companion)

    def use(self, predictor: Predictor) -> None:
        """Answer with another model from now on."""
        self._session.predictor = predictor

    @property
    def teacher_if_any(self) -> ProjectTeacher | None:
        """The same, or None; it may be of another project."""
        return self._session.teacher

    @property
    def teacher(self) -> ProjectTeacher:
        """What the project's labels are learnt with.

        Raises:
            WorkerError: nothing was prepared.
        """
        if self._session.teacher is None:
            raise WorkerError("Suggestions are not prepared yet.")
        return self._session.teacher

    def learn_with(self, teacher: ProjectTeacher) -> None:
        """Suggest with another teacher from now on."""
        self._session.teacher = teacher


Service = Callable[[Any, ServedRequest], Answer]
SERVICES: Final[dict[type[WindowRequest], Service]] = {}


def serves(
    kind: type[_RequestT],
) -> Callable[[Callable[[_RequestT, ServedRequest], Answer]], Callable[[_RequestT, ServedRequest], Answer]]:
    """Register a function as the service of a class of requests; it returns the closing answer.

    Raises:
        ValueError: there is one already.
    """

    def register(
        service: Callable[[_RequestT, ServedRequest], Answer],
    ) -> Callable[[_RequestT, ServedRequest], Answer]:
        if kind in SERVICES:
            raise ValueError(f"{kind.__name__} is served already")
        SERVICES[kind] = service
        return service

    return register
