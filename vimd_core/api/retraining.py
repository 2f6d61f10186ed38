"""Making a better model of labelled images: the same recipe, split, calibration and gate as Tools > Retrain."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.api.arguments import as_path, as_settings, as_whole_number, is_share, one_for_each
from vimd_core.api.comparison import Comparison
from vimd_core.api.evaluation import Labels, checked_labels, require_pairs
from vimd_core.api.model import Images, Model, as_model, listed, load
from vimd_core.api.project_records import EffortName, OnEvent
from vimd_core.api.projects import Project, open_project
from vimd_core.checkpoints.find_model import PROJECT_SUFFIX
from vimd_core.data.classes.class_identity import class_key, tidy_class_name
from vimd_core.data.classes.class_list import ListedClass
from vimd_core.data.images.image_sources import ImageSource, path_of, pixels_in_memory
from vimd_core.errors import CancelledError, CheckpointError, ConfigError, DatasetError
from vimd_core.evaluation.gate import ComparedCapture, judge
from vimd_core.groups.things import named_things
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.training.retraining.effort import (
    Effort,
    merged_settings,
    most_unlabelled,
    training_settings,
)
from vimd_core.training.retraining.retraining_folder import (
    Retraining,
    TaughtCapture,
    TeacherSources,
    next_name,
)
from vimd_core.training.retraining.split import (
    HELD_BACK_SHARE,
    VALIDATION_SHARE,
    CaptureSplit,
    SplitShares,
    assign_splits,
)
from vimd_core.training.runs.comparison import read_comparison
from vimd_core.training.runs.files import RESULT

if TYPE_CHECKING:
    from vimd_core.training.runs.files import TrainingPlan

FEWEST_IMAGES: Final = 8
_IMAGES: Final = "images"
_UNLABELLED: Final = "unlabelled"


@dataclass(frozen=True, slots=True)
class _Labelled:
    """An image with the place of its class among those of the new model."""

    id: int
    path: Path
    class_id: int


@dataclass(frozen=True)
class _PairedAnswers:
    baseline_ms: float
    candidate_ms: float
    answers: tuple[ComparedCapture, ...]


def retrain(
    model: Model | Project | str | os.PathLike[str],
    images: Images | None = None,
    labels: Labels | None = None,
    *,
    unlabelled: Images | None = None,
    effort: EffortName = "balanced",
    groups: Iterable[str] | None = None,
    held_back: float = HELD_BACK_SHARE,
    validation: float = VALIDATION_SHARE,
    name: str = "",
    device: str = "auto",
    threads: int = 0,
    settings: Mapping[str, Any] | None = None,
    folder: str | os.PathLike[str] | None = None,
    on_event: OnEvent = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Model:
    """Make a better model of labelled images, in this process: the same as Tools > Retrain.

    A part of the images is held back. What the new model's temperature is found on, and what both models are compared
    on, is never learnt from. The model that is improved stays as it is.

    Args:
        model: the one to improve, or what `load` takes; or a project, whose labels are then learnt
            (`Project.retrain`, in a process of its own), without images and labels.
        images: as for `Model.predict`; at least 8. Files are read where they lie, others are kept in `folder`.
        labels: for each image the name of its class, or its place in `Model.classes`. Names of classes that the model
            does not have become new classes.
        unlabelled: more images of the same kinds of things, without labels. A classifier on what two frozen networks
            see in all images is fitted to the labels that are learnt from, and its answers teach as well, the more the
            surer they are.
        effort: "quick" takes minutes, "balanced" some more.
        groups: for each image what it must not be separated from, such as the number of one physical sign; None takes
            the part of a file's name before the last "_", if it has a digit.
        held_back: share of each class, in [0, 1), that both models are compared on; classes of fewer than 8 images give
            theirs together, and of fewer than 500 images in all it is less.
        validation: share of what is left, in [0, 1), that the best epoch is chosen by; none where these would be
            fewer than 50 images.
        name: of the new model; empty numbers that of the old one.
        device: "auto", "cuda", "mps" or "cpu".
        threads: processor threads; 0 leaves torch's as they are.
        settings: of the recipe's part `training` by dotted name, such as {"epochs": 30, "losses.previous_weight": 2}.
        folder: for checkpoints, log and result; made when it is not there. None takes a temporary one, whose model
            `Model.save` keeps.
        on_event: is told each event, in this thread: a mapping with the key "event": "progress" about every second,
            "epoch", "notice", "extracting" and "comparing".
        should_stop: is asked many times a second, in this thread; True saves and stops.

    Returns:
        The new model, calibrated; `Model.comparison` holds the figures of the gate.

    Raises:
        CancelledError: `should_stop` said so; the same call with the same folder resumes.
        DatasetError: there are too few images, their number is not that of the labels, or an image has two labels.
        ImageError: an image can't be read.
        ConfigError: a setting is unknown or out of range, or the folder holds a finished training.
        CheckpointError: the model can't be loaded, or nothing can be written.
        DeviceError: the device is not there, or has not enough memory.

    Examples:
        >>> import numpy as np
        >>> noise = np.random.default_rng(0)
        >>> images = [noise.integers(0, 90, (12, 12, 3), np.uint8) for _ in range(6)]
        >>> images += [noise.integers(160, 256, (12, 12, 3), np.uint8) for _ in range(6)]
        >>> better = retrain(
        ...     model, images, ["Stop"] * 6 + ["Night"] * 6, effort="quick", device="cpu", threads=1,
        ...     settings={"epochs": 2, "epoch_images": 0},
        ... )
        >>> better.name, better.classes
        ('Tiny signs v2', ('Stop', 'Yield', 'Speed limit 20', 'Night'))
        >>> better.comparison.n, better.comparison.before_top1 <= 0.5
        (2, True)
    """
    if images is None or labels is None:
        if images is not None or labels is not None or unlabelled is not None:
            raise DatasetError("Retraining needs images and a label for each.")
        with _project(model) as project:
            return project.retrain(
                effort=effort,
                device=device,
                threads=threads,
                name=name,
                settings=settings,
                on_event=on_event,
                should_stop=should_stop,
            )
    if isinstance(model, Project):
        raise ConfigError("A project is retrained with its own labels: leave images and labels out.")
    if not (is_share(held_back) and is_share(validation)):
        raise ConfigError("held_back and validation are shares: at least 0, and less than 1.")
    threads = as_whole_number("threads", threads, least=0)
    changes = as_settings(settings)
    baseline = as_model(model, device=device)
    temporary = tempfile.TemporaryDirectory(prefix="vimd-retrain-") if folder is None else None
    place = as_path("folder", folder if temporary is None else temporary.name).absolute()
    if (place / RESULT).exists():
        raise ConfigError("{folder} holds a finished training: choose another folder.", folder=place)
    classes, captures = _labelled(baseline, images, labels, place / _IMAGES)
    group_of = _own_groups(captures, place / _IMAGES) if groups is None else _given_groups(captures, groups)
    splits = assign_splits(captures, group_of, {}, SplitShares(held_back, validation))
    taught = sum(what is CaptureSplit.TRAIN for what in splits.values())
    familiarity = _familiarity(baseline, captures)
    others = _others(captures, unlabelled, place / _UNLABELLED, most_unlabelled(_effort(effort), taught))
    held = [one for one in captures if splits[one.id] is CaptureSplit.HELD_BACK]
    others = _of_other_things(others, held, (place / _UNLABELLED, place / _IMAGES))
    retraining = Retraining(
        model=baseline.path.absolute(),
        classes=classes,
        captures=[
            TaughtCapture(one.id, one.path, one.class_id, splits[one.id], group_of[one.id])
            for one in captures
        ],
        teacher=TeacherSources(
            unlabelled=others, features_model=baseline.path.absolute(), earlier_accuracy=familiarity
        )
        if others
        else None,
        training=merged_settings(
            training_settings(_effort(effort), taught, familiarity, unlabelled=len(others)), changes
        ),
        name=name or next_name(baseline.name),
        device=device,
        threads=threads,
    )
    try:
        plan = retraining.write(place)
    except OSError as e:
        raise _not_written(place, e) from e
    _run(place, plan, on_event, should_stop)
    comparison = _comparison(place, captures, group_of, [one.name for one in classes])
    return load(place / RESULT, device=device).compared(comparison, keeps=temporary)


@contextlib.contextmanager
def _project(model: Model | Project | str | os.PathLike[str]) -> Iterator[Project]:
    """The project whose labels are to be learnt: open already, or for as long as the block runs."""
    if isinstance(model, Project):
        yield model
    elif isinstance(model, Model) or as_path("model", model).suffix != PROJECT_SUFFIX:
        raise DatasetError("Retraining needs images and a label for each.")
    else:
        with open_project(model) as project:
            yield project


def _effort(name: str) -> Effort:
    try:
        return Effort(name)
    except ValueError:
        raise ConfigError("There is no effort {name!r}: use quick or balanced.", name=name) from None


def _labelled(
    model: Model, images: Images, labels: Labels, folder: Path
) -> tuple[list[ListedClass], list[_Labelled]]:
    """The classes of the new model, and each image as a file with its class; images in memory go into a folder."""
    paths = [_as_file(source, folder, number) for number, source in enumerate(listed(images))]
    given = checked_labels(labels, model.classes)
    require_pairs(paths, given)
    if len(paths) < FEWEST_IMAGES:
        raise DatasetError(
            "{count} images are too few: give at least {fewest} to retrain.",
            count=len(paths),
            fewest=FEWEST_IMAGES,
        )
    classes = [ListedClass(name, (place,)) for place, name in enumerate(model.classes)]
    place_of = {class_key(one.name): place for place, one in enumerate(classes)}
    for place, folder_name in enumerate(model.info.class_folders):
        place_of.setdefault(class_key(folder_name), place)
    captures: list[_Labelled] = []
    label_of: dict[Path, int] = {}
    for number, (path, label) in enumerate(zip(paths, given, strict=True)):
        if isinstance(label, str) and class_key(label) not in place_of:
            place_of[class_key(label)] = len(classes)
            classes.append(ListedClass(tidy_class_name(label)))
        class_id = place_of[class_key(label)] if isinstance(label, str) else label
        if label_of.setdefault(path, class_id) != class_id:
            raise DatasetError(
                "{path} has two labels, {first} and {second}: give one.",
                path=path,
                first=classes[label_of[path]].name,
                second=classes[class_id].name,
            )
        captures.append(_Labelled(number, path, class_id))
    return classes, captures


def _as_file(source: ImageSource, folder: Path, number: int) -> Path:
    """An image as a file: where it lies, or as PNG, without loss, in a folder."""
    path = path_of(source)
    if path is not None:
        return path.absolute()
    from PIL import Image

    pixels = pixels_in_memory(source)
    target = folder / f"{number:06d}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as temporary:
            Image.fromarray(pixels).save(temporary, format="PNG")
    except OSError as e:
        raise _not_written(folder, e) from e
    return target


def _others(
    captures: Sequence[_Labelled], unlabelled: Images | None, folder: Path, most: int
) -> list[tuple[int, Path]]:
    """Images without a label as files, with numbers behind those of the labelled ones; of many, some, spread evenly."""
    sources = [] if unlabelled is None else list(listed(unlabelled))
    step = max(1.0, len(sources) / most)
    chosen = [round(place * step) for place in range(min(most, len(sources)))]
    first, labelled = len(captures), {one.path for one in captures}
    files = [(first + place, _as_file(sources[place], folder, place)) for place in chosen]
    return [(key, path) for key, path in files if path not in labelled]


def _of_other_things(
    others: Sequence[tuple[int, Path]], held: Sequence[_Labelled], folders: Sequence[Path]
) -> list[tuple[int, Path]]:
    """Those that show no held-back thing, as far as names tell; files in `folders` were in memory and have no names."""
    files = {**{one.id: one.path for one in held}, **dict(others)}
    thing_of = named_things({key: str(path) for key, path in files.items() if path.parent not in folders})
    things = {thing_of[one.id] for one in held if one.id in thing_of}
    return [(key, path) for key, path in others if thing_of.get(key) not in things]


def _own_groups(captures: Sequence[_Labelled], folder: Path) -> dict[int, str]:
    """What names of files tell; images that were in memory, and lie in a folder now, have no names."""
    named = named_things({one.id: str(one.path) for one in captures if one.path.parent != folder})
    return {one.id: named.get(one.id, str(one.id)) for one in captures}


def _given_groups(captures: Sequence[_Labelled], groups: Iterable[str]) -> dict[int, str]:
    given = [str(group) for group in one_for_each("groups", groups)]
    if len(given) != len(captures):
        raise DatasetError(
            "There are {images:,} images and {groups:,} groups: give one for each.",
            images=len(captures),
            groups=len(given),
        )
    return dict(enumerate(given))


def _familiarity(model: Model, captures: Sequence[_Labelled]) -> float:
    """How much of the images the model knows already, in [0, 1]: how sure it is of them, or how often right."""
    predictions = model.predict([one.path for one in captures])
    right = sum(said.class_index == one.class_id for said, one in zip(predictions, captures, strict=True))
    confidence = sum(said.confidence for said in predictions)
    return max(right, confidence) / len(captures)


def _run(folder: Path, plan: TrainingPlan, on_event: OnEvent, should_stop: Callable[[], bool]) -> None:
    """Train and compare in this process."""
    from vimd_core.training.loop.stopping import TrainingStoppedError
    from vimd_core.training.retraining.retraining_run import retrain_in_folder

    try:
        retrain_in_folder(
            folder,
            plan,
            lambda event: on_event(event.to_mapping()),
            should_stop,
            threads=plan.threads,
        )
    except (TrainingStoppedError, CancelledError) as e:
        raise CancelledError(
            "The training was stopped: the same call resumes it, where it was given a folder."
        ) from e


def _comparison(
    folder: Path, captures: Sequence[_Labelled], group_of: Mapping[int, str], classes: Sequence[str]
) -> Comparison | None:
    """What the gate says; None where nothing was held back to compare on."""
    found = read_comparison(folder)
    if found is None:
        return None
    label_of = {one.id: one.class_id for one in captures}
    # The classes of the model before are the first ones of the new one.
    answers = tuple(
        ComparedCapture(
            capture_id=one.key,
            class_id=label_of[one.key],
            baseline_class_id=one.baseline.output,
            baseline_probability=one.baseline.probability,
            candidate_class_id=one.candidate.output,
            candidate_probability=one.candidate.probability,
            thing=group_of[one.key],
        )
        for one in found.answers
    )
    paired = _PairedAnswers(found.baseline.milliseconds, found.candidate.milliseconds, answers)
    return Comparison.of(judge(paired), dict(enumerate(classes)))


def _not_written(folder: Path, e: OSError) -> CheckpointError:
    return CheckpointError(
        "The folder {folder} can't be written ({reason}): choose another.",
        folder=folder,
        reason=e.strerror or e,
    )
