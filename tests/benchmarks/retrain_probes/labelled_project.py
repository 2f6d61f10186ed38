"""A real project that is labelled and retrained as its owner would: through the storage and `vimd project retrain`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.records import ModelAnswer, NewCapture
from app.domain.training_records import RegisteredModel
from app.insight.embedding_files import NewEmbeddings, embedding_file, keep_embeddings
from app.storage.project import Project
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import model_id
from vimd_core.data.datasets.capture_batches import read_batches
from vimd_core.data.files.measuring import measure_file
from vimd_core.errors import VimdError
from vimd_core.evaluation.measured import measure_captures
from vimd_core.evaluation.metrics import reliability
from vimd_core.inference.calibration import CALIBRATION, rescale
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.messages import Float16Matrix

_COMMAND = Path(__file__).with_name("vimd_project.py")
_CHUNK = 256
_TOP_K = 5
AUTHOR = "benchmark"


@dataclass(frozen=True)
class Cost:
    """What a retraining took, the start of its processes and the gate included."""

    wall_s: float
    processor_s: float


class LabelledProject:
    """A project whose captures' classes are known to whoever plays its owner.

    Args:
        folder: of the project, which is made.
        truth: name of the class of each capture.
        start: model bundle to start from.
    """

    def __init__(self, folder: Path, truth: Mapping[Path, str], start: Path) -> None:
        self.folder = folder
        project = Project.open(folder)
        try:
            self._ids = _import(project, truth)
            info = read_bundle_info(start)
            project.write(
                lambda unit: unit.models.activate_file(model_id(start), info.name, start, info.classes)
            ).result()
        finally:
            project.close()
        self.path_of = {capture_id: path for path, capture_id in self._ids.items()}
        """File of each capture of the project."""
        self.truth = {capture_id: truth[path] for path, capture_id in self._ids.items()}
        """Name of the class of each."""
        self._answer()

    @property
    def embeddings(self) -> Path:
        """The file of the model in use."""
        return embedding_file(self.folder, self.active().sha256)

    def active(self) -> RegisteredModel:
        """The model in use."""
        project = Project.open(self.folder)
        try:
            model = project.read(lambda unit: unit.models.active()).result()
        finally:
            project.close()
        assert model is not None
        return model

    def label(self, ids: Iterable[int]) -> None:
        """Say what captures show."""
        by_name: dict[str, list[int]] = {}
        for capture_id in ids:
            by_name.setdefault(self.truth[capture_id], []).append(capture_id)
        project = Project.open(self.folder)
        try:
            for name, captures in by_name.items():
                class_id = project.write(
                    lambda unit, name=name: unit.catalogue.ensure_classes([name])[name]  # type: ignore[misc]
                ).result()
                project.write(
                    lambda unit, captures=captures, class_id=class_id: unit.labels.label(  # type: ignore[misc]
                        captures, class_id, AUTHOR
                    )
                ).result()
        finally:
            project.close()

    def retrain(self, threads: int, settings: Sequence[str]) -> Cost:
        """`vimd project retrain --quick`; the new model is in use then, and has answered for all captures.

        Args:
            threads: processor threads of the training.
            settings: more options of the command.

        Raises:
            VimdError: the command has failed.
        """
        before, start = os.times(), time.perf_counter()
        self._command("retrain", "--quick", "--json", "--threads", str(threads), "--device", "cpu", *settings)
        wall_s, after = time.perf_counter() - start, os.times()
        processor_s = (
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        newest = max(self._models(), key=lambda model: model.id)
        self._command("models", "promote", str(newest.id))
        self._answer()
        return Cost(wall_s, processor_s)

    def _models(self) -> list[RegisteredModel]:
        project = Project.open(self.folder)
        try:
            return project.read(lambda unit: unit.models.all()).result()
        finally:
            project.close()

    def _command(self, command: str, *rest: str) -> None:
        arguments = [sys.executable, str(_COMMAND), command, str(self.folder), *rest]
        finished = subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if finished.returncode != 0:
            said = (finished.stderr or finished.stdout)[-400:]
            raise VimdError(f"vimd project {command} has failed: {said}")

    def _answer(self) -> None:
        """What the window's classifier does after a promotion: an answer and an embedding of each capture."""
        active = self.active()
        predictor = Predictor.load(active.path, device="cpu")
        project = Project.open(self.folder)
        try:
            record = project.read(lambda unit: unit.models.active_record()).result()
            assert record is not None
            keyed = [(capture_id, path) for path, capture_id in self._ids.items()]
            for batch in read_batches(keyed, batch_size=64, size_px=predictor.info.config.lr_size_px):
                read = [one for one in batch if one.image is not None]
                found = predictor.predict([one.image for one in read if one.image is not None])
                answers = [
                    ModelAnswer(
                        one.key,
                        one.width_px,
                        one.height_px,
                        _top(prediction.probabilities),
                        _top(prediction.bicubic_probabilities),
                        float(np.abs(prediction.probabilities - prediction.bicubic_probabilities).sum() / 2),
                    )
                    for one, prediction in zip(read, found, strict=True)
                ]
                vectors = np.stack([one.embedding for one in found if one.embedding is not None])
                project.write(
                    lambda unit, answers=answers: unit.predictions.store(record, answers)  # type: ignore[misc]
                ).result()
                new = NewEmbeddings(tuple(one.key for one in read), Float16Matrix.of(vectors))
                keep_embeddings(embedding_file(self.folder, record.sha256), new)
        finally:
            project.close()


@dataclass(frozen=True)
class Measured:
    """A model on captures that are in no project; fractions.

    Attributes:
        top1: of captures, the share that it gives their own class.
        confidence: how sure it is of its first answers, on average.
        calibration_error: how far both lie apart (expected calibration error).
        error_before: the same with the temperature that it had before it was calibrated.
    """

    top1: float
    confidence: float
    calibration_error: float
    error_before: float


def measure(model: Path, rest: Mapping[Path, str]) -> Measured:
    """Ask a model for captures whose classes are known by name."""
    predictor = Predictor.load(model, device="cpu")
    info = predictor.info
    names = [
        {name, folder} for name, folder in zip(info.classes, info.class_folders or info.classes, strict=True)
    ]
    found = measure_captures(predictor, ((path, 0) for path in rest))
    right = np.array(
        [rest[path] in names[said] for path, said in zip(found.paths, found.predicted, strict=True)]
    )
    before = float(info.training.get(CALIBRATION, {}).get("before", info.temperature))
    earlier = rescale(found.probabilities, before / info.temperature)
    return Measured(
        float(right.mean()),
        float(found.confidence.mean()),
        reliability(found.confidence, right).error,
        reliability(earlier.max(axis=1), right).error,
    )


def _import(project: Project, captures: Iterable[Path]) -> dict[Path, int]:
    """Add files as the window does; those with the content of another one are left out."""
    ids: dict[Path, int] = {}
    paths = list(captures)
    for first in range(0, len(paths), _CHUNK):
        found = [_measured(path) for path in paths[first : first + _CHUNK]]

        def add(unit: Any, found: list[NewCapture] = found) -> None:
            source = unit.captures.add_source(found[0].path.parent, is_folder=True)
            added = unit.captures.add(source, found)
            ids.update(zip(_paths(unit, added.ids), added.ids, strict=True))

        project.write(add).result()
    return ids


def _paths(unit: Any, ids: Sequence[int]) -> list[Path]:
    path_of = dict(unit.captures.paths(ids))
    return [path_of[capture_id] for capture_id in ids]


def _measured(path: Path) -> NewCapture:
    file = measure_file(path)
    return NewCapture(
        path,
        file.content_hash,
        file.file_size_bytes,
        file.modified_ns,
        file.width_px,
        file.height_px,
        file.problem,
    )


def _top(probabilities: npt.NDArray[np.float32]) -> tuple[tuple[int, float], ...]:
    best = np.argsort(-probabilities, kind="stable")[:_TOP_K]
    return tuple((int(index), float(probabilities[index])) for index in best)
