"""Projects of ViMD Studio without its window: captures, labels, exports, models and retraining."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, get_args

from vimd_core.api.arguments import as_choice, as_path, as_settings, as_whole_number
from vimd_core.api.model import Model, load
from vimd_core.api.project_records import (
    AddedFiles,
    EffortName,
    ExportForm,
    LabelChoice,
    OnEvent,
    OnProgress,
    ProjectBackend,
    ProjectCapture,
    ProjectModel,
    ProjectSuggestion,
    WhichCaptures,
    WrittenLabels,
)
from vimd_core.checkpoints.find_model import find_model, plugins_with
from vimd_core.errors import ConfigError

PathT = TypeVar("PathT", bound=str | os.PathLike[str])
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class Project:
    """An open project; made by `open_project`. Nobody else can open it until it is closed.

    It is a context manager that closes it, and is for one thread at a time.
    """

    def __init__(self, backend: ProjectBackend) -> None:
        self._backend = backend
        self._closed = False

    @property
    def _open(self) -> ProjectBackend:
        if self._closed:
            raise ConfigError("The project {name} was closed: open it again.", name=self.name)
        return self._backend

    @property
    def path(self) -> Path:
        """Its folder, NAME.vimd."""
        return self._backend.folder

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.stem

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of its classes."""
        return self._open.classes()

    def captures(self, which: WhichCaptures = "all") -> Iterator[ProjectCapture]:
        """Its captures with labels and predictions, read as they are asked for.

        Args:
            which: "all", those that a user has looked at ("reviewed"), or whose prediction a user has corrected.
        """
        as_choice("which", which, get_args(WhichCaptures))
        return self._open.captures(which)

    def suggestions(
        self, *, on_progress: OnProgress = lambda done, total: None
    ) -> Sequence[ProjectSuggestion]:
        """A class for each of its readable captures, learned from the labels of the project alone.

        The captures are looked at once by two networks that have learnt none of the labels, which takes some
        milliseconds each; what they see is kept in the project. Nothing is labelled.

        Args:
            on_progress: is told captures that were looked at, and how many had not been before.

        Returns:
            One for each capture, labelled ones too, in the order in which they were added.

        Raises:
            VimdError: fewer than two classes have labels.
        """
        return self._open.suggestions(on_progress)

    @property
    def labels(self) -> dict[Path, str]:
        """The class of each capture that a user has given one or accepted it."""
        return {one.path: one.label for one in self.captures("reviewed") if one.label is not None}

    def add(self, paths: Paths, *, on_progress: OnProgress = lambda done, total: None) -> AddedFiles:
        """Add captures, as dropping them on the window does; the files stay where they are.

        Args:
            paths: image files, folders with all their sub-folders, and ZIP archives.
            on_progress: is told files that are done, and how many there are as far as it is known.
        """
        return self._open.add([as_path("paths", path).absolute() for path in _several(paths)], on_progress)

    def label(
        self,
        labels: Mapping[PathT, str] | str | os.PathLike[str],
        *,
        choice: LabelChoice = "only-new",
        author: str = "",
    ) -> WrittenLabels:
        """Give captures classes; new classes are made. One step, which the window can undo.

        Args:
            labels: the class of each capture by its path; or the path of a table of labels (CSV, JSON lines, COCO ...).
            choice: label what no user has looked at ("only-new"), also what is marked unsure ("keep-mine"), or
                replace what differs ("take-theirs").
            author: under whose name; empty for that of the user.

        Raises:
            DatasetError: the table can't be read.
            VimdError: a class has no name.
        """
        as_choice("choice", choice, get_args(LabelChoice))
        if isinstance(labels, str | os.PathLike):
            return self._open.label_by_table(Path(labels), choice, author)
        if not isinstance(labels, Mapping):
            raise ConfigError(
                "labels must be a mapping from paths to names of classes, or the path of a table, not {kind}.",
                kind=type(labels).__name__,
            )
        class_of = {as_path("labels", path): name for path, name in labels.items()}
        for path, name in class_of.items():
            if not isinstance(name, str):
                raise ConfigError(
                    "The class of {path} must be a name, not {value}.", path=path, value=repr(name)
                )
        return self._open.label(class_of, choice, author)

    def export(
        self,
        target: str | os.PathLike[str],
        *,
        export_format: ExportForm | None = None,
        which: WhichCaptures = "all",
        overwrite: bool = False,
    ) -> int:
        """Write captures with labels and predictions out, whole or not at all.

        Args:
            target: a .csv file, a .json file (COCO), or a folder, which gets a sub-folder for each class.
            export_format: "csv", "coco" or "folders"; None goes by the name of the target.
            which: as of `captures`.
            overwrite: replace a file that is there.

        Returns:
            Captures that were written.

        Raises:
            VimdError: the target is there already or can't be written.
        """
        as_choice("which", which, get_args(WhichCaptures))
        if export_format is not None:
            as_choice("export_format", export_format, get_args(ExportForm))
        return self._open.export(as_path("target", target), export_format, which, overwrite)

    @property
    def models(self) -> tuple[ProjectModel, ...]:
        """Its models, by number; `promote` makes one the active one."""
        return self._open.models()

    def model(self, name: str | int = "active", *, device: str = "auto") -> Model:
        """Load one of its models.

        Args:
            name: number or name of the model, or "active".
            device: as of `load`.

        Raises:
            CheckpointError: its file is damaged.
            VimdError: there is none of that name.
        """
        return load(find_model(Path(f"{self.path}:{name}")), device=device)

    def promote(self, number: int) -> None:
        """Make a model the active one; promoting the one before takes it back.

        Raises:
            CheckpointError: its file is missing or damaged.
            VimdError: there is none of that number.
        """
        self._open.promote(number)

    def retrain(
        self,
        *,
        effort: EffortName = "balanced",
        device: str = "auto",
        threads: int = 0,
        replay_per_class: int = 20,
        use_near_views: bool = True,
        name: str = "",
        settings: Mapping[str, Any] | None = None,
        on_event: OnEvent = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Model:
        """Make a better model of its labels: the same as Tools > Retrain, in a process of its own.

        A retraining that was stopped is resumed. The new model is one of `models`, but not the active one before
        `promote`.

        Args:
            effort: "quick" takes minutes, "balanced" some more.
            device: "auto", "cuda", "mps" or "cpu".
            threads: processor threads; 0 takes all that are free but one.
            replay_per_class: captures of each class that no user has looked at, learnt with the model's own
                prediction, so that nothing is forgotten.
            use_near_views: also learn from near views that lie beside the captures.
            name: of the new model; empty numbers that of the old one.
            settings: of the recipe's part `training` by dotted name, such as {"losses.previous_weight": 2}.
            on_event: is told each event of the training: a mapping with the key "event" ("progress", "epoch",
                "notice", "comparing") and others.
            should_stop: is asked several times a second; True saves and stops.

        Returns:
            The new model; `Model.comparison` says whether it is better.

        Raises:
            CancelledError: `should_stop` said so; the same call resumes.
            VimdError: there are too few labels, or the training failed.
        """
        as_choice("effort", effort, get_args(EffortName))
        made = self._open.retrain(
            effort=effort,
            device=device,
            threads=as_whole_number("threads", threads, least=0),
            replay_per_class=as_whole_number("replay_per_class", replay_per_class, least=0),
            use_near_views=use_near_views,
            name=name,
            settings=as_settings(settings),
            on_event=on_event,
            should_stop=should_stop,
        )
        return load(made.model.path, device=device).compared(made.comparison)

    def close(self) -> None:
        """Finish all writes and let others open it."""
        self._closed = True
        self._backend.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Project {self.path}>"


def open_project(
    path: str | os.PathLike[str], *, create: bool = False, model: str | os.PathLike[str] | None = None
) -> Project:
    """Open a project of ViMD Studio. Needs the extra `projects`: pip install 'vimd-studio[projects]'.

    Args:
        path: its folder, NAME.vimd.
        create: make it when there is nothing of that name.
        model: of a project that is made: what `load` takes; None takes the starter model.

    Raises:
        ConfigError: the part of the program that knows projects is not installed; the message says what to install.
        CheckpointError: there is no such model.
        VimdError: it is no project, is damaged, or another program has it open.

    Examples:
        >>> with vimd.open_project(folder / "Signs.vimd", create=True) as project:
        ...     added = project.add("resources/samples/captures")
        ...     some = [one.path for one in project.captures() if one.path.name.startswith("14_")]
        ...     written = project.label({path: "Stop" for path in some})
        ...     print(added.added, written.written, len(project.classes), [one.name for one in project.models])
        48 1 43 ['Traffic signs (compact)']
    """
    for plugin in plugins_with("open_project"):
        backend: ProjectBackend = plugin.open_project(
            as_path("path", path), create=create, model=None if model is None else as_path("model", model)
        )
        return Project(backend)
    raise ConfigError(
        "This installation does not include projects: run pip install 'vimd-studio[projects]' to open "
        "{path}.",
        path=path,
    )


def _several(paths: Paths) -> Iterable[str | os.PathLike[str]]:
    return paths if isinstance(paths, Iterable) and not isinstance(paths, str) else [paths]
