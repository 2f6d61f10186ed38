"""The tables, as the newest migration leaves them.

Times are milliseconds since 1970 UTC (`_ms`), paths are relative to the project's folder when inside it and
absolute otherwise. The current label and the active model's answer stand on the capture itself, so that a
million captures are filtered and sorted without a join; they are written in the transaction of the event or
the prediction that they repeat.

What the user has removed stays in the tables, for undo and the ledger. All reading goes through `captures`, a view that
leaves removed ones out; only what writes, and what must know of removed ones, names `all_captures`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from app.storage.database.sentence_text import SentenceText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

project = Table(
    "project",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single_row"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
    Column("active_model_id", Integer, ForeignKey("models.id"), index=True),
    # Triggers count what may change which captures belong together, and which of that the things below know of.
    Column("groups_changed", Integer, nullable=False, server_default=text("1")),
    Column("groups_settled", Integer, nullable=False, server_default=text("0")),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("is_folder", Boolean, nullable=False),
    Column("added_ms", Integer, nullable=False),
    Column("removed", Boolean, nullable=False, server_default=text("0")),
)

classes = Table(
    "classes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("colour", Text, nullable=False),
    Column("key", Text),
    Column("position", Integer, nullable=False),
    Column("pinned", Boolean, nullable=False, server_default=text("0")),
    # Merged into another class or deleted: old lines of the ledger still speak of it.
    Column("retired", Boolean, nullable=False, server_default=text("0")),
    # What is none of the other classes, such as background: at most one that is not retired.
    Column("is_none", Boolean, nullable=False, server_default=text("0")),
)

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    # Of its tensors and class names; "file:" and the SHA-256 of the file where an older version has written it and the
    # file was not seen since (`app.storage.models.model_identities`).
    Column("sha256", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("classes", JSON, nullable=False),
    Column("added_ms", Integer, nullable=False),
    # What it was trained from; its training run says on which data, and the project alone which model is active.
    Column("parent_id", Integer, ForeignKey("models.id"), index=True),
    Column("state", Text, nullable=False, server_default="kept"),
    Column("config", JSON(none_as_null=True)),
    Column("metrics", JSON(none_as_null=True)),
    Column("author", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False, server_default=""),
    # What of its file decides its answers beside the tensors, as they were when it answered last.
    Column("settings", JSON(none_as_null=True)),
)

# Each time that another model's answers were shown: what one can go back to.
model_activations = Table(
    "model_activations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("activated_ms", Integer, nullable=False),
)

# What a training learns from, frozen: triggers refuse every change of these two tables.
dataset_revisions = Table(
    "dataset_revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    # The model that was to be improved.
    Column("model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    # In the order of the new model's outputs: class id, name, outputs of the model above that meant it.
    Column("classes", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
)

revision_captures = Table(
    "revision_captures",
    metadata,
    Column("revision_id", Integer, ForeignKey("dataset_revisions.id"), primary_key=True),
    Column("capture_id", Integer, ForeignKey("all_captures.id"), primary_key=True, index=True),
    Column("class_id", Integer, ForeignKey("classes.id"), nullable=False, index=True),
    Column("split", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("group_key", Text, nullable=False),
)

training_runs = Table(
    "training_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("revision_id", Integer, ForeignKey("dataset_revisions.id"), nullable=False, index=True),
    Column("parent_model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("result_model_id", Integer, ForeignKey("models.id"), index=True),
    Column("effort", Text, nullable=False),
    Column("config", JSON, nullable=False),
    Column("folder", Text, nullable=False),
    Column("pid", Integer),
    Column("progress", JSON, nullable=False),
    Column("problem", SentenceText(none=""), nullable=False),
    Column("author", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
    Column("started_ms", Integer),
    Column("ended_ms", Integer),
)

model_comparisons = Table(
    "model_comparisons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("baseline_model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("candidate_model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("revision_id", Integer, ForeignKey("dataset_revisions.id"), nullable=False, index=True),
    # Milliseconds a capture, of both.
    Column("speeds", JSON, nullable=False),
    # For each capture: its id, its class, and for both models the class said and the probability.
    Column("answers", JSON, nullable=False),
    Column("created_ms", Integer, nullable=False),
)

# Answers keep the model's own indices, as it said them; this table says which class of the project each one
# is, and follows when classes are renamed or merged.
model_classes = Table(
    "model_classes",
    metadata,
    Column("model_id", Integer, ForeignKey("models.id"), primary_key=True),
    Column("class_index", Integer, primary_key=True),
    Column("class_id", Integer, ForeignKey("classes.id"), nullable=False, index=True),
)

all_captures = Table(
    "all_captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("name_key", Text, nullable=False, server_default=""),
    Column("content_hash", LargeBinary, nullable=False),
    Column("file_size_bytes", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("added_ms", Integer, nullable=False),
    Column("problem", SentenceText()),
    Column("state", SmallInteger, nullable=False, server_default="0"),
    Column("label_class_id", Integer, ForeignKey("classes.id")),
    Column("predicted_class_id", Integer, ForeignKey("classes.id")),
    Column("prediction_model_id", Integer, ForeignKey("models.id")),
    Column("probability", Float),
    Column("disagreement", Float),
    Column("sr_changed", Boolean),
    # A `Removal`: 0 for what is in the project.
    Column("removed", SmallInteger, nullable=False, server_default=text("0")),
    # Its file holds another picture than it did, and nobody has decided about it since (`contents`).
    Column("changed", Boolean, nullable=False, server_default=text("0")),
    # What had been decided about it until then; classes are retired and never deleted, so the number stays good.
    Column("earlier_state", SmallInteger, nullable=False, server_default="0"),
    Column("earlier_class_id", Integer),
    # That the file is incomplete and is shown all the same.
    Column("notice", SentenceText()),
    UniqueConstraint("path", name="uq_captures_path"),
    Index("ix_captures_source_id", "source_id"),
    Index("ix_captures_name_key", "name_key"),
    Index("ix_captures_content_hash", "content_hash"),
    Index("ix_captures_label_class_id", "label_class_id"),
    Index("ix_captures_predicted_class_id", "predicted_class_id"),
    Index("ix_captures_prediction_model_id", "prediction_model_id"),
    # What a window counts first is answered by the index alone.
    Index("ix_captures_state", "state", "removed"),
    # Few captures have a problem or are removed, and a list of just those must not read all the others.
    Index("ix_captures_with_problem", "id", sqlite_where=Column("problem", Text).is_not(None)),
    Index("ix_captures_removed", "removed", sqlite_where=Column("removed", SmallInteger) != text("0")),
    Index("ix_captures_changed", "changed", sqlite_where=Column("changed", SmallInteger) != text("0")),
)

# The view; it belongs to no metadata, which is for tables.
captures = Table(
    "captures",
    MetaData(),
    *(Column(column.name, column.type, key=column.key) for column in all_captures.columns),
)

# What tells which captures belong together, and the thing that several show: none of them is judged by another one.
# A capture that has no row, or no thing, is alone.
capture_groups = Table(
    "capture_groups",
    metadata,
    Column("capture_id", Integer, ForeignKey("all_captures.id"), primary_key=True),
    # What the `group` column of an imported table says.
    Column("given", Text, nullable=False, server_default=""),
    # Numbers of groups of captures that look alike, and that are nearly the same picture; 0 for none.
    Column("look_alike", Integer, nullable=False, server_default=text("0")),
    Column("near_duplicate", Integer, nullable=False, server_default=text("0")),
    # The smallest id among the captures of the thing, and why they belong together (a `GroupKind`).
    Column("thing", Integer, index=True),
    Column("kind", Text),
)

# What the file of a capture held before the action that noticed its change; events before that one are about this.
capture_contents = Table(
    "capture_contents",
    metadata,
    Column("action_id", Integer, ForeignKey("label_actions.id"), primary_key=True),
    Column("capture_id", Integer, ForeignKey("all_captures.id"), primary_key=True, index=True),
    Column("content_hash", LargeBinary, nullable=False),
    Column("file_size_bytes", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
)

# Which captures an action took out of the project: undo brings just these back.
removed_captures = Table(
    "removed_captures",
    metadata,
    Column("action_id", Integer, ForeignKey("label_actions.id"), primary_key=True),
    Column("capture_id", Integer, ForeignKey("all_captures.id"), primary_key=True, index=True),
    # A `Removal`.
    Column("how", SmallInteger, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("capture_id", Integer, ForeignKey("all_captures.id"), nullable=False),
    Column("model_id", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("top", JSON, nullable=False),
    Column("bicubic_top", JSON, nullable=False),
    Column("disagreement", Float, nullable=False),
    Column("created_ms", Integer, nullable=False),
    # The model has been calibrated anew since: it is asked again.
    Column("is_outdated", Boolean, nullable=False, server_default=text("0")),
    UniqueConstraint("capture_id", "model_id"),
)

label_actions = Table(
    "label_actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("target_action_id", Integer, ForeignKey("label_actions.id"), index=True),
    Column("author", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
    # What a change of classes did, to take it back or do it again.
    Column("detail", JSON(none_as_null=True)),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("query", JSON, nullable=False),
    Column("position", Integer, nullable=False),
)

label_events = Table(
    "label_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action_id", Integer, ForeignKey("label_actions.id"), nullable=False, index=True),
    Column("capture_id", Integer, ForeignKey("all_captures.id"), nullable=False, index=True),
    Column("state", SmallInteger, nullable=False),
    Column("class_id", Integer, ForeignKey("classes.id"), index=True),
    Column("previous_state", SmallInteger, nullable=False),
    Column("previous_class_id", Integer, ForeignKey("classes.id"), index=True),
    Column("model_id", Integer, ForeignKey("models.id"), index=True),
    Column("model_class_id", Integer, ForeignKey("classes.id"), index=True),
    Column("model_probability", Float),
)

# Cameras, streams, videos and watched folders. The source is the folder of the project that their captures lie in.
# No credentials are ever in here: an address is stored without.
streams = Table(
    "streams",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("has_credentials", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False, server_default=text("0")),
    Column("added_ms", Integer, nullable=False),
    # When a video was watched to its end; it is not played again by itself.
    Column("ended_ms", Integer),
)

# Where in its stream a capture was seen.
stream_captures = Table(
    "stream_captures",
    metadata,
    Column("capture_id", Integer, ForeignKey("all_captures.id"), primary_key=True),
    Column("stream_id", Integer, ForeignKey("streams.id"), nullable=False, index=True),
    Column("region", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("frame_number", Integer, nullable=False),
    Column("taken_ms", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("near_path", Text),
    Column("near_bytes", Integer, nullable=False, server_default=text("0")),
    # How many of the looks agree; null when the model was not asked before it was kept.
    Column("votes", Integer),
    Column("is_agreed", Boolean),
)

# In the order in which events are written by INSERT ... SELECT.
EVENT_COLUMNS = (
    "action_id",
    "capture_id",
    "state",
    "class_id",
    "previous_state",
    "previous_class_id",
    "model_id",
    "model_class_id",
    "model_probability",
)


def first_index(answers: Column[Any]) -> Any:
    """The model's index of the most likely class, of a column of answers."""
    return func.json_extract(answers, "$[0][0]")
