"""What the child process does for the window: load a model, classify captures, enlarge one, and look closer."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from vimd_core.checkpoints.identity import answer_settings
from vimd_core.data.datasets.capture_batches import read_batches, read_capture
from vimd_core.errors import ImageError, VimdError, WorkerError
from vimd_core.inference.device import choose_device
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.protocol import Message
from vimd_core.processes.rate import RateMeter
from vimd_core.worker.fields import (
    DEFAULT_TOP_K,
    captures_field,
    count_field,
    id_field,
    looks_field,
    result_fields,
    text_field,
)
from vimd_core.worker.insight import InsightServices
from vimd_core.worker.requests import Request, RequestQueue

CRASH: Final = "crash"
_Steps = Generator[None, None, None]


class Services:
    """Runs requests one after the other, and answers each with exactly one closing message.

    A service is a generator that yields where it may be interrupted for something urgent.

    Args:
        queue: where requests come from.
        send: takes the answers.
    """

    def __init__(self, queue: RequestQueue, send: Callable[[Message], None]) -> None:
        self._queue = queue
        self._send = send
        self._predictor: Predictor | None = None
        self._services: dict[str, Callable[[Request], _Steps]] = {
            "hello": self._hello,
            "load_model": self._load_model,
            "classify": self._classify,
            "super_resolve": self._super_resolve,
            "look_at": self._look_at,
            **InsightServices(self._answer, self._loaded_predictor, self._run_urgent).services,
        }

    def run_until_closed(self) -> None:
        """Run requests until the queue is closed."""
        while (request := self._queue.next()) is not None:
            self._run(request)

    def _run(self, request: Request) -> None:
        try:
            if request.cancelled.is_set():
                self._answer(request, "cancelled", done=0)
                return
            for _ in self._steps(request):
                self._run_urgent()
        except VimdError as e:
            self._answer(request, "failed", kind=type(e).__name__, message=str(e))
        except Exception as e:  # noqa: BLE001 (the edge of the process: one bad request must not end it)
            traceback.print_exc(file=sys.stderr)
            self._answer(request, "failed", kind=CRASH, message=f"{type(e).__name__}: {e}")
        finally:
            self._queue.finished(request)

    def _run_urgent(self) -> None:
        while (urgent := self._queue.next_urgent()) is not None:
            self._run(urgent)

    def _steps(self, request: Request) -> _Steps:
        service = self._services.get(request.message.type)
        if service is None:
            raise WorkerError("There is no request {message}.", message=repr(request.message.type))
        return service(request)

    def _answer(self, request: Request, kind: str, /, *, payload: bytes = b"", **fields: Any) -> None:
        self._send(Message(kind, fields, request.message.request_id, payload))

    def _hello(self, request: Request) -> _Steps:
        self._answer(
            request, "ready", pid=os.getpid(), torch=torch.__version__, device_notice=choose_device().notice
        )
        yield from ()

    def _load_model(self, request: Request) -> _Steps:
        path = Path(text_field(request.message, "path"))
        # Only when the new one is whole does it take the place of the one in use.
        predictor = Predictor.load(path, device=request.message.fields.get("device") or "auto")
        predictor.warm_up()
        self._predictor = predictor
        info = predictor.info
        self._answer(
            request,
            "model_loaded",
            model_id=predictor.model_id,
            name=info.name,
            preset=info.config.preset,
            classes=list(info.classes),
            lr_size_px=info.config.smallest_lr_side_px,
            upscale=info.config.super_resolution.upscale,
            device=predictor.device,
            backend=predictor.scan_backend,
            notice=predictor.notice,
            settings=answer_settings(info),
        )
        yield from ()

    def _classify(self, request: Request) -> _Steps:
        predictor = self._loaded_predictor()
        captures = captures_field(request.message)
        top_k = count_field(request.message, "top_k") or DEFAULT_TOP_K
        batch_size = count_field(request.message, "batch_size") or predictor.batch_size
        meter = RateMeter(len(captures))
        unreadable = 0
        batches = read_batches(captures, batch_size=batch_size, size_px=predictor.info.config.lr_size_px)
        try:
            for batch in batches:
                if request.cancelled.is_set():
                    self._answer(request, "cancelled", done=meter.done)
                    return
                images = [capture.image for capture in batch if capture.image is not None]
                found = predictor.predict(images) if images else []
                embeddings = [one.embedding for one in found if one.embedding is not None]
                predictions = iter(found)
                results = [
                    result_fields(capture, None if capture.image is None else next(predictions), top_k)
                    for capture in batch
                ]
                meter.advance(len(batch))
                unreadable += sum(capture.image is None for capture in batch)
                self._answer(
                    request,
                    "classified",
                    payload=np.stack(embeddings).tobytes() if embeddings else b"",
                    embedding_dim=len(embeddings[0]) if embeddings else 0,
                    results=results,
                    done=meter.done,
                    total=meter.total,
                    rate_per_s=meter.rate_per_s,
                    eta_s=meter.eta_s,
                )
                yield
        finally:
            batches.close()
        self._answer(request, "finished", done=meter.done, unreadable=unreadable, elapsed_s=meter.elapsed_s)

    def _super_resolve(self, request: Request) -> _Steps:
        predictor = self._loaded_predictor()
        path = Path(text_field(request.message, "path"))
        capture = read_capture(id_field(request.message), path, predictor.info.config.lr_size_px)
        if capture.image is None:
            raise ImageError(capture.error)
        (prediction,) = predictor.predict([capture.image], with_sr_views=True)
        view = prediction.sr_view
        if view is None:
            raise WorkerError("The model gave no super-resolved view of {path}.", path=path)
        height, width = view.shape[:2]
        self._answer(
            request,
            "view",
            payload=view.tobytes(),
            id=capture.key,
            width_px=width,
            height_px=height,
            result=result_fields(capture, prediction, DEFAULT_TOP_K),
        )
        yield from ()

    def _look_at(self, request: Request) -> _Steps:
        predictor = self._loaded_predictor()
        images = looks_field(request.message)
        top_k = count_field(request.message, "top_k") or DEFAULT_TOP_K
        wants_views = bool(request.message.fields.get("with_views"))
        found = predictor.predict(images, with_sr_views=wants_views, with_bicubic=False)
        views = [one.sr_view for one in found if one.sr_view is not None]
        if views and views[0].shape[0] != views[0].shape[1]:
            views = []  # the live view shows squares
        self._answer(
            request,
            "looked",
            payload=b"".join(view.tobytes() for view in views),
            tops=[one.top(top_k) for one in found],
            view_px=views[0].shape[0] if views else 0,
        )
        yield from ()

    def _loaded_predictor(self) -> Predictor:
        if self._predictor is None:
            raise WorkerError("No model is loaded: open a model first.")
        return self._predictor
