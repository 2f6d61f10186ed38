"""What the tests of storage do again and again."""

from __future__ import annotations

from pathlib import Path

from app.domain.records import ModelAnswer, ModelRecord, NewCapture
from app.storage.project import Project

CLASSES = ("Stop", "Give way", "No entry")


def new_capture(number: int, *, path: Path | None = None, content: int | None = None) -> NewCapture:
    digest = (number if content is None else content).to_bytes(16, "big")
    return NewCapture(path or Path(f"/captures/{number}.png"), digest, 900, 1_000_000, 32, 32)


def add_captures(project: Project, count: int) -> tuple[int, ...]:
    """Add captures numbered from 0."""

    def work(unit):  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        return unit.captures.add(source, [new_capture(i) for i in range(count)]).ids

    return project.write(work).result()


def activate(project: Project, *, sha256: str = "ab" * 32, classes: tuple[str, ...] = CLASSES) -> ModelRecord:
    return project.write(
        lambda unit: unit.models.activate_file(sha256, "signs", Path("/signs.safetensors"), classes)
    ).result()


def answer(capture_id: int, *, first: int = 0, bicubic: int = 0, probability: float = 0.75) -> ModelAnswer:
    rest = tuple(i for i in range(3) if i != first)
    top = ((first, probability), (rest[0], 0.15), (rest[1], 0.1))
    return ModelAnswer(capture_id, 32, 32, top, ((bicubic, 0.5),), 0.25)


def predict(project: Project, model: ModelRecord, answers: list[ModelAnswer]) -> None:
    project.write(lambda unit: unit.predictions.store(model, answers)).result()
