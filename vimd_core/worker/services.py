"""Runs the requests of the window one after the other (dispatcher)."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import torch

from vimd_core.embeddings.frozen_networks import FrozenNetworks
from vimd_core.errors import VimdError
from vimd_core.inference.device import choose_device
from vimd_core.inference.predictor import Predictor
from vimd_core.suggestions.teacher import ProjectTeacher
from vimd_core.user_messages import verbatim
from vimd_core.worker import classifying  # noqa: F401 (it registers its services, as do those below)
from vimd_core.worker.features import embedding, grouping, insight, suggesting  # noqa: F401
from vimd_core.worker.messages import CRASH, Answer, Cancelled, Failed, Hello, Ready
from vimd_core.worker.requests import QueuedRequest, RequestQueue
from vimd_core.worker.serving import SERVICES, ServedRequest, serves


class RequestServer:
    """Answers each request with exactly one closing answer.

    Attributes:
        predictor: the loaded model.
        frozen: what looks at captures beside it.
        teacher: what the project's labels are learnt with.

    Args:
        queue: where requests come from.
        send: takes the answers and the ids of their requests.
    """

    def __init__(self, queue: RequestQueue, send: Callable[[Answer, int], None]) -> None:
        self._queue = queue
        self.send = send
        self.predictor: Predictor | None = None
        self.frozen = FrozenNetworks()
        self.teacher: ProjectTeacher | None = None

    def run_until_closed(self) -> None:
        """Run requests until the queue is closed."""
        while (request := self._queue.next()) is not None:
            self._run(request)

    def run_interactive(self) -> None:
        """Run what overtakes the request that runs."""
        while (request := self._queue.next_interactive()) is not None:
            self._run(request)

    def _run(self, request: QueuedRequest) -> None:
        try:
            self.send(self._closing_answer(request), request.id)
        except VimdError as e:
            self.send(Failed(type(e).__name__, e.sentence), request.id)
        except Exception as e:  # noqa: BLE001 (the edge of the process: one bad request must not end it)
            traceback.print_exc(file=sys.stderr)
            self.send(Failed(CRASH, verbatim(f"{type(e).__name__}: {e}")), request.id)
        finally:
            self._queue.finished(request)

    def _closing_answer(self, request: QueuedRequest) -> Answer:
        if request.cancelled.is_set():
            return Cancelled()
        answer = SERVICES[type(request.message)](request.message, ServedRequest(request, self))
        if not request.message.is_closed_by(answer):
            raise TypeError(f"{type(answer).__name__} does not close {type(request.message).__name__}")
        return answer


@serves(Hello)
def greet(_request: Hello, _job: ServedRequest) -> Ready:
    """Say who answers."""
    return Ready(os.getpid(), str(torch.__version__), choose_device().notice)
