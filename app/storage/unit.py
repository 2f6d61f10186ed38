"""Unit of work: one transaction on a project, with its tables by subject."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection, insert, select

from app.domain.records import CaptureDetail, UndoState
from app.storage.captures.captures import Captures
from app.storage.captures.contents import Contents
from app.storage.captures.relinking import Relinking
from app.storage.captures.streams import Streams
from app.storage.database import schema
from app.storage.database.capture_index import CaptureColumns
from app.storage.database.paths import StoredPaths
from app.storage.database.statements import now_ms
from app.storage.groups.capture_groups import Groups
from app.storage.labels.catalogue import Catalogue
from app.storage.labels.insights import Insights
from app.storage.labels.label_import import LabelImport
from app.storage.labels.labels import Labels
from app.storage.labels.undo import UndoStacks
from app.storage.models.judging import Judging
from app.storage.models.model_answers import ModelAnswers
from app.storage.models.model_identities import ModelIdentities
from app.storage.models.model_registry import ModelRegistry
from app.storage.models.predictions import Predictions
from app.storage.models.revisions import Revisions
from app.storage.models.training_runs import TrainingRuns
from vimd_core.groups.things import GroupKind


class Unit:
    """What a function sees that runs in `Project.read` or `Project.write`."""

    def __init__(self, connection: Connection, paths: StoredPaths, columns: CaptureColumns) -> None:
        self._connection = connection
        self._paths = paths
        self._columns = columns

    @cached_property
    def captures(self) -> Captures:
        """Captures and where they come from."""
        return Captures(self._connection, self._paths, self._columns)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Classes, sources and saved filters by their names."""
        return Catalogue(self._connection)

    @cached_property
    def predictions(self) -> Predictions:
        """What models said."""
        return Predictions(self._connection)

    @cached_property
    def labels(self) -> Labels:
        """What humans said."""
        return Labels(self._connection)

    @cached_property
    def label_import(self) -> LabelImport:
        """Labels from tables and folders."""
        return LabelImport(self._connection, self._paths)

    @cached_property
    def contents(self) -> Contents:
        """What the captures' files hold."""
        return Contents(self._connection, self._paths, self._columns)

    @cached_property
    def relinking(self) -> Relinking:
        """Where the captures' files are."""
        return Relinking(self._connection, self._paths, self._columns)

    @cached_property
    def streams(self) -> Streams:
        """Cameras, streams, videos and watched folders."""
        return Streams(self._connection, self._paths)

    @cached_property
    def groups(self) -> Groups:
        """Which captures show one thing."""
        return Groups(self._connection, self._paths)

    @cached_property
    def insights(self) -> Insights:
        """Figures of the whole project."""
        return Insights(self._connection)

    @cached_property
    def judging(self) -> Judging:
        """Which captures may judge a model."""
        return Judging(self._connection, self.groups)

    @cached_property
    def models(self) -> ModelRegistry:
        """All models that the project knows, and where they come from."""
        return ModelRegistry(self._connection, self._paths)

    @cached_property
    def identities(self) -> ModelIdentities:
        """What models of older projects are known by."""
        return ModelIdentities(self._connection, self._paths)

    @cached_property
    def answers(self) -> ModelAnswers:
        """What any two models have said of the same captures."""
        return ModelAnswers(self._connection, self._paths)

    @cached_property
    def revisions(self) -> Revisions:
        """What can be learnt from, and what was."""
        return Revisions(self._connection, self._paths)

    @cached_property
    def runs(self) -> TrainingRuns:
        """Trainings and what they led to."""
        return TrainingRuns(self._connection)

    def ensure_metadata(self, name: str) -> None:
        """Write the row that describes the project, once."""
        if self._connection.scalar(select(schema.project.c.id)) is None:
            self._connection.execute(insert(schema.project).values(id=1, name=name, created_ms=now_ms()))

    def undo_state(self) -> UndoState:
        """What undo and redo would do now."""
        return UndoStacks.replay(self._connection).state

    def detail(self, capture_id: int) -> CaptureDetail | None:
        """All that the inspector shows of one capture, or None when there is no such capture."""
        rows = self.captures.rows([capture_id])
        if not rows:
            return None
        table = schema.captures
        extra = self._connection.execute(
            select(table.c.file_size_bytes, table.c.label_class_id).where(table.c.id == capture_id)
        ).one()
        model_name, top, bicubic = self.predictions.of_capture(capture_id)
        kind, mates = self.groups.mates(capture_id)
        return CaptureDetail(
            row=rows[0],
            file_size_bytes=extra.file_size_bytes,
            label_class_id=extra.label_class_id,
            model_name=model_name,
            top=top,
            bicubic=bicubic,
            history=self.labels.history(capture_id),
            seen=self.streams.seen(capture_id),
            mates=mates,
            is_look_alike=kind is GroupKind.LOOK_ALIKE,
        )
