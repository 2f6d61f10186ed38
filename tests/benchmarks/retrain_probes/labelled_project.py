"""A real project that is labelled and retrained as its owner would: through the storage and `vimd project retrain`."""

from __future__ import annotations

import json
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
from app.storage.project import Project
from app.storage.regrouping import regroup
from retrain_probes.figures import accuracy_figures
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import model_id
from vimd_core.data.datasets.capture_batches import read_batches
from vimd_core.data.files.measuring import measure_file
from vimd_core.errors import VimdError
from vimd_core.evaluation.measured import measure_captures
from vimd_core.evaluation.metrics import wilson_interval
from vimd_core.inference.predictor import Predictor

_COMMAND = Path(__file__).with_name("vimd_project.py")
_CHUNK = 256
_TOP_K = 5
AUTHOR = "benchmark"


@dataclass(frozen=True)
class GateFigure:
    """What the gate says of a retrained model: top-1 on captures held back, and its 95 % interval."""

    top1: float
    captures: int
    low: float
    high: float

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> GateFigure:
        """From the command's JSON; where it names no interval, Wilson's."""
        top1, captures = float(said["candidate_top1"]), int(said["captures"])
        low, high = wilson_interval(round(top1 * captures), captures)
        return cls(
            top1, captures, float(said.get("candidate_low", low)), float(said.get("candidate_high", high))
        )


@dataclass(frozen=True)
class Trained:
    """A retrained model and what it took, the start of its processes and the gate included.

    Attributes:
        model: its bundle.
        gate: None where no captures were held back.
        wall_s: of the command.
        processor_s: the same in processor time.
    """

    model: Path
    gate: GateFigure | None
    wall_s: float
    processor_s: float


class LabelledProject:
    """A project whose captures' classes are known to whoever plays its owner.

    Args:
        folder: of the project, which is made.
        truth: name of the class of each capture.
        start: model bundle to start from.
        groups: what a column says that captures belong to.
    """

    def __init__(
        self, folder: Path, truth: Mapping[Path, str], start: Path, groups: Mapping[Path, str]
    ) -> None:
        self.folder = folder
        project = Project.open(folder)
        try:
            self._ids = _import(project, truth)
            given = {self._ids[path]: group for path, group in groups.items() if path in self._ids}
            if given:
                project.write(lambda unit: unit.groups.set_given(given)).result()
            regroup(project)
            info = read_bundle_info(start)
            project.write(
                lambda unit: unit.models.activate_file(model_id(start), info.name, start, info.classes)
            ).result()
        finally:
            project.close()
        self._truth = dict(truth)
        self._answer()

    def active(self) -> RegisteredModel:
        """The model in use."""
        project = Project.open(self.folder)
        try:
            model = project.read(lambda unit: unit.models.active()).result()
        finally:
            project.close()
        assert model is not None
        return model

    def label(self, paths: Iterable[Path]) -> None:
        """Say what captures show."""
        by_name: dict[str, list[int]] = {}
        for path in paths:
            if path in self._ids:
                by_name.setdefault(self._truth[path], []).append(self._ids[path])
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

    def retrain(self, effort: str, threads: int, settings: Sequence[str]) -> Trained:
        """`vimd project retrain`; the new model is registered then, not in use.

        Args:
            effort: quick or balanced.
            threads: processor threads of the training.
            settings: more options of the command.

        Raises:
            VimdError: the command has failed.
        """
        before, start = os.times(), time.perf_counter()
        said = self._command(
            "retrain", f"--{effort}", "--json", "--threads", str(threads), "--device", "cpu", *settings
        )
        wall_s, after = time.perf_counter() - start, os.times()
        processor_s = (
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        result = json.loads(said.splitlines()[-1])
        gate = GateFigure.of(result["gate"]) if "gate" in result else None
        project = Project.open(self.folder)
        try:
            model = project.read(lambda unit: unit.models.get(result["model"])).result()
        finally:
            project.close()
        return Trained(model.path, gate, wall_s, processor_s)

    def _command(self, command: str, *rest: str) -> str:
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
        return finished.stdout

    def _answer(self) -> None:
        """What the window's classifier does with new captures: an answer to each."""
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
                project.write(
                    lambda unit, answers=answers: unit.predictions.store(record, answers)  # type: ignore[misc]
                ).result()
        finally:
            project.close()


def measure(model: Path, truth: Mapping[Path, str], where: str) -> dict[str, float]:
    """Ask a model for captures whose classes are known by name.

    Args:
        model: bundle.
        truth: name of the class of each capture.
        where: as in `accuracy_figures`.
    """
    predictor = Predictor.load(model, device="cpu")
    names = {name: number for number, name in enumerate(predictor.info.classes)}
    found = measure_captures(predictor, ((path, 0) for path in truth))
    classes = np.array([names.get(truth[path], -1) for path in found.paths])
    return accuracy_figures(found.predicted, found.confidence, classes, where)


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
