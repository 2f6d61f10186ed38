"""Captures and sources can be removed from a project: they stay in the tables, and a view leaves them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the view in the table's place, so that whoever reads captures sees those that are in the project."""
    op.add_column("sources", sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.text("0")))
    op.rename_table("captures", "all_captures")
    op.add_column(
        "all_captures", sa.Column("removed", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )
    op.drop_index("ix_captures_state", "all_captures")
    op.create_index("ix_captures_state", "all_captures", ["state", "removed"])
    op.create_index("ix_captures_removed", "all_captures", ["removed"], sqlite_where=sa.text("removed != 0"))
    op.execute("CREATE VIEW captures AS SELECT * FROM all_captures WHERE removed = 0")
    op.create_table(
        "removed_captures",
        sa.Column("action_id", sa.Integer, nullable=False),
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("how", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("action_id", "capture_id", name="pk_removed_captures"),
        sa.ForeignKeyConstraint(
            ["action_id"], ["label_actions.id"], name="fk_removed_captures_action_id_label_actions"
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["all_captures.id"], name="fk_removed_captures_capture_id_all_captures"
        ),
    )
    op.create_index("ix_removed_captures_capture_id", "removed_captures", ["capture_id"])
