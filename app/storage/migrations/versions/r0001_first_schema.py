"""The first schema: captures, classes, models, predictions and the label ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("label_actions", "label_events")


def upgrade() -> None:
    """Create every table, and triggers that keep the ledger append-only."""
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("is_folder", sa.Boolean, nullable=False),
        sa.Column("added_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("path", name="uq_sources_path"),
    )
    op.create_table(
        "classes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("colour", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
        sa.UniqueConstraint("name", name="uq_classes_name"),
    )
    op.create_table(
        "models",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("classes", sa.JSON, nullable=False),
        sa.Column("added_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("sha256", name="uq_models_sha256"),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.Column("active_model_id", sa.Integer),
        sa.CheckConstraint("id = 1", name="ck_project_single_row"),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.ForeignKeyConstraint(["active_model_id"], ["models.id"], name="fk_project_active_model_id"),
    )
    op.create_table(
        "model_classes",
        sa.Column("model_id", sa.Integer, nullable=False),
        sa.Column("class_index", sa.Integer, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("model_id", "class_index", name="pk_model_classes"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_classes_model_id"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_model_classes_class_id"),
    )
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("file_size_bytes", sa.Integer, nullable=False),
        sa.Column("modified_ns", sa.Integer, nullable=False),
        sa.Column("width_px", sa.Integer),
        sa.Column("height_px", sa.Integer),
        sa.Column("added_ms", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("state", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("label_class_id", sa.Integer),
        sa.Column("predicted_class_id", sa.Integer),
        sa.Column("prediction_model_id", sa.Integer),
        sa.Column("probability", sa.Float),
        sa.Column("disagreement", sa.Float),
        sa.Column("sr_changed", sa.Boolean),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        sa.UniqueConstraint("path", name="uq_captures_path"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_captures_source_id"),
        sa.ForeignKeyConstraint(["label_class_id"], ["classes.id"], name="fk_captures_label_class_id"),
        sa.ForeignKeyConstraint(
            ["predicted_class_id"], ["classes.id"], name="fk_captures_predicted_class_id"
        ),
        sa.ForeignKeyConstraint(
            ["prediction_model_id"], ["models.id"], name="fk_captures_prediction_model_id"
        ),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("model_id", sa.Integer, nullable=False),
        sa.Column("top", sa.JSON, nullable=False),
        sa.Column("bicubic_top", sa.JSON, nullable=False),
        sa.Column("disagreement", sa.Float, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_predictions"),
        sa.UniqueConstraint("capture_id", "model_id", name="uq_predictions_capture_id_model_id"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_predictions_capture_id"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_predictions_model_id"),
    )
    op.create_table(
        "label_actions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target_action_id", sa.Integer),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_label_actions"),
        sa.ForeignKeyConstraint(
            ["target_action_id"], ["label_actions.id"], name="fk_label_actions_target_action_id"
        ),
    )
    op.create_table(
        "label_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("action_id", sa.Integer, nullable=False),
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("class_id", sa.Integer),
        sa.Column("previous_state", sa.SmallInteger, nullable=False),
        sa.Column("previous_class_id", sa.Integer),
        sa.Column("model_id", sa.Integer),
        sa.Column("model_class_id", sa.Integer),
        sa.Column("model_probability", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_label_events"),
        sa.ForeignKeyConstraint(["action_id"], ["label_actions.id"], name="fk_label_events_action_id"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_label_events_capture_id"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_label_events_class_id"),
        sa.ForeignKeyConstraint(
            ["previous_class_id"], ["classes.id"], name="fk_label_events_previous_class_id"
        ),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_label_events_model_id"),
        sa.ForeignKeyConstraint(["model_class_id"], ["classes.id"], name="fk_label_events_model_class_id"),
    )
    for table, columns in {
        "project": ["active_model_id"],
        "model_classes": ["class_id"],
        "captures": [
            "source_id",
            "content_hash",
            "state",
            "label_class_id",
            "predicted_class_id",
            "prediction_model_id",
        ],
        "predictions": ["model_id"],
        "label_actions": ["target_action_id"],
        "label_events": [
            "action_id",
            "capture_id",
            "class_id",
            "previous_class_id",
            "model_id",
            "model_class_id",
        ],
    }.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(
        "ix_captures_with_problem", "captures", ["id"], sqlite_where=sa.text("problem IS NOT NULL")
    )
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
