"""Models know where they come from; what a training learns from is frozen; trainings and comparisons are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What SQLite can add to a table without copying it, and with it every row that refers to it.
_MODEL_COLUMNS = (
    "parent_id INTEGER CONSTRAINT fk_models_parent_id REFERENCES models (id)",
    "state TEXT NOT NULL DEFAULT 'kept'",
    "config JSON",
    "metrics JSON",
    "author TEXT NOT NULL DEFAULT ''",
    "notes TEXT NOT NULL DEFAULT ''",
)
_FROZEN = ("dataset_revisions", "revision_captures")


def upgrade() -> None:
    """Add the tables and columns."""
    _add_revisions()
    for column in _MODEL_COLUMNS:
        op.execute(f"ALTER TABLE models ADD COLUMN {column}")
    op.create_index("ix_models_parent_id", "models", ["parent_id"])
    _add_activations()
    _add_runs()
    _add_comparisons()
    for table in _FROZEN:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'a dataset revision is never changed'); END"
            )


def _add_revisions() -> None:
    op.create_table(
        "dataset_revisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("model_id", sa.Integer, nullable=False),
        sa.Column("classes", sa.JSON, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_revisions"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_dataset_revisions_model_id"),
    )
    op.create_index("ix_dataset_revisions_model_id", "dataset_revisions", ["model_id"])
    op.create_table(
        "revision_captures",
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.Column("split", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("group_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", "capture_id", name="pk_revision_captures"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["dataset_revisions.id"], name="fk_revision_captures_revision_id"
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_revision_captures_capture_id"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_revision_captures_class_id"),
    )
    op.create_index("ix_revision_captures_capture_id", "revision_captures", ["capture_id"])
    op.create_index("ix_revision_captures_class_id", "revision_captures", ["class_id"])


def _add_activations() -> None:
    op.create_table(
        "model_activations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("model_id", sa.Integer, nullable=False),
        sa.Column("activated_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_activations"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_activations_model_id"),
    )
    op.create_index("ix_model_activations_model_id", "model_activations", ["model_id"])
    # The model whose answers are shown is the first one that can be gone back to.
    op.execute(
        "INSERT INTO model_activations (model_id, activated_ms) "
        "SELECT active_model_id, created_ms FROM project WHERE active_model_id IS NOT NULL"
    )


def _add_runs() -> None:
    op.create_table(
        "training_runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("parent_model_id", sa.Integer, nullable=False),
        sa.Column("result_model_id", sa.Integer),
        sa.Column("effort", sa.Text, nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.Column("started_ms", sa.Integer),
        sa.Column("ended_ms", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_training_runs"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["dataset_revisions.id"], name="fk_training_runs_revision_id"
        ),
        sa.ForeignKeyConstraint(["parent_model_id"], ["models.id"], name="fk_training_runs_parent_model_id"),
        sa.ForeignKeyConstraint(["result_model_id"], ["models.id"], name="fk_training_runs_result_model_id"),
    )
    for column in ("revision_id", "parent_model_id", "result_model_id"):
        op.create_index(f"ix_training_runs_{column}", "training_runs", [column])


def _add_comparisons() -> None:
    op.create_table(
        "model_comparisons",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("baseline_model_id", sa.Integer, nullable=False),
        sa.Column("candidate_model_id", sa.Integer, nullable=False),
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("speeds", sa.JSON, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_comparisons"),
        sa.ForeignKeyConstraint(
            ["baseline_model_id"], ["models.id"], name="fk_model_comparisons_baseline_model_id"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_model_id"], ["models.id"], name="fk_model_comparisons_candidate_model_id"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["dataset_revisions.id"], name="fk_model_comparisons_revision_id"
        ),
    )
    for column in ("baseline_model_id", "candidate_model_id", "revision_id"):
        op.create_index(f"ix_model_comparisons_{column}", "model_comparisons", [column])
