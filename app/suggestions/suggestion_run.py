"""Suggestions for a whole project without a window: missing features are computed, then the labels are learnt from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.capture_query import CaptureQuery
from app.domain.errors import ProjectError
from app.domain.suggestions import CurrentSuggestions
from app.storage.captures.feature_files import (
    NewFeatures,
    feature_files,
    keep_features,
    known_captures,
    missing_features,
)
from app.suggestions.classifier_process import ClassifierProcess
from app.suggestions.project_labels import ProjectLabels, read_project_labels
from app.suggestions.suggestion_answers import suggestions_of
from app.suggestions.suggestion_file import keep_suggestions, read_suggestions, suggestion_file
from vimd_core.api.project_records import ProjectSuggestion
from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.errors import CancelledError
from vimd_core.worker.features.suggestion_messages import (
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
    Suggested,
)
from vimd_core.worker.messages import CaptureFile, Embed, Embedded

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

OnDone = Callable[[int, int], None]
_CHUNK: Final = 256


def suggest_for(
    project: Project,
    command: Sequence[str],
    on_done: OnDone = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[ProjectSuggestion]:
    """Suggest a class for every readable capture of a project, in the order in which they were added.

    Args:
        project: is open.
        command: how to start the child that computes.
        on_done: told how many captures were looked at, of how many that had not been before.
        should_stop: asked now and then.

    Raises:
        ProjectError: fewer than two classes have labels, or the project has no model.
        CancelledError: `should_stop` said so; what was computed stays.
        WorkerError: the child died.
    """
    labels = project.read(lambda unit: read_project_labels(unit, with_things=True)).result()
    if not labels.are_enough:
        raise ProjectError("Suggestions need labels of at least two classes: label some captures first.")
    wanted = project.read(
        lambda unit: unit.captures.find(CaptureQuery(unreadable=False)).ids.tolist()
    ).result()
    path = suggestion_file(project.folder)
    found = read_suggestions(path, labels.key)
    if found is None or any(found.row_of(one) is None for one in wanted):
        with ClassifierProcess(command) as child:
            files = _look(project, child, wanted, on_done, should_stop)
            found = _learn(project, child, files, labels)
        keep_suggestions(path, found, labels.key)
    return project.read(lambda unit: _rows(unit, wanted, found, labels)).result()


def _look(
    project: Project,
    child: ClassifierProcess,
    wanted: Sequence[int],
    on_done: OnDone,
    should_stop: Callable[[], bool],
) -> FeatureFiles:
    """Have the two networks look at what they have not seen yet."""
    own = project.read(_own_network).result()
    files = feature_files(project.folder, own.model_id)
    missing = missing_features(files, wanted)
    done = 0
    for needs in sorted(set(missing.values())):
        alike = [one for one, lacking in missing.items() if lacking == needs]
        for start in range(0, len(alike), _CHUNK):
            ids = alike[start : start + _CHUNK]
            paths = project.read(partial(_paths, ids=ids)).result()
            captures = tuple(CaptureFile(*one) for one in paths)
            for answer in child.ask(Embed(captures, own if needs[0] else None, needs[1])):
                if isinstance(answer, Embedded):
                    read = tuple(one.id for one in answer.read)
                    keep_features(files, NewFeatures(read, answer.own, answer.companion))
                    done += len(read) + len(answer.unreadable)
                    on_done(done, len(missing))
                if should_stop():
                    raise CancelledError("Cancelled.")
    return files


def _learn(
    project: Project, child: ClassifierProcess, files: FeatureFiles, labels: ProjectLabels
) -> CurrentSuggestions:
    present = set(project.read(lambda unit: unit.captures.find(CaptureQuery()).ids.tolist()).result())
    absent = tuple(sorted(known_captures(files).difference(present)))
    for request in (
        PrepareSuggestions(files.own, files.companion, absent),
        ReconsiderSuggestions(labels.labels),
    ):
        list(child.ask(request))
    *_, answer = child.ask(Suggest(labels.labels))
    assert isinstance(answer, Suggested)
    return suggestions_of(answer, labels)


def _paths(unit: Unit, *, ids: Sequence[int]) -> list[tuple[int, Path]]:
    return unit.captures.paths(ids)


def _own_network(unit: Unit) -> OwnNetwork:
    model = unit.models.active()
    if model is None:
        raise ProjectError(
            "The project has no model yet: open it in a window, or choose one with vimd project models."
        )
    return unit.models.own_network(model.id)


def _rows(
    unit: Unit, wanted: Sequence[int], found: CurrentSuggestions, labels: ProjectLabels
) -> list[ProjectSuggestion]:
    given = dict(zip(labels.labels.ids.to_array(), labels.labels.classes.to_array(), strict=True))
    names = {class_id: name for class_id, (name, _colour) in labels.classes.items()}
    rows = []
    for capture_id, path in unit.captures.paths(list(wanted)):
        row = found.row_of(capture_id)
        if row is not None:
            (class_id, confidence), *_ = found.top_of(capture_id)
            label = names[given[capture_id]] if capture_id in given else None
            rows.append(ProjectSuggestion(path, label, names[class_id], confidence, found.novelty[row]))
    return rows
