"""A capture whose file has changed is marked, and what its file held before is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark and the label that is set aside to the table and its view, and the table of earlier contents."""
    op.execute("DROP VIEW captures")
    mark = sa.Column("changed", sa.Boolean, nullable=False, server_default=sa.text("0"))
    op.add_column("all_captures", mark)
    state = sa.Column("earlier_state", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("all_captures", state)
    op.add_column("all_captures", sa.Column("earlier_class_id", sa.Integer))
    op.execute("CREATE VIEW captures AS SELECT * FROM all_captures WHERE removed = 0")
    op.create_index("ix_captures_changed", "all_captures", ["changed"], sqlite_where=sa.text("changed != 0"))
    op.create_table(
        "capture_contents",
        sa.Column("action_id", sa.Integer, nullable=False),
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("file_size_bytes", sa.Integer, nullable=False),
        sa.Column("modified_ns", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("action_id", "capture_id", name="pk_capture_contents"),
        sa.ForeignKeyConstraint(
            ["action_id"], ["label_actions.id"], name="fk_capture_contents_action_id_label_actions"
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["all_captures.id"], name="fk_capture_contents_capture_id_all_captures"
        ),
    )
    op.create_index("ix_capture_contents_capture_id", "capture_contents", ["capture_id"])
