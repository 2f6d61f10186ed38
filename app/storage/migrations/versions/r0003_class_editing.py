"""Classes can be pinned, renamed, merged and taken away, each as a step of the ledger; filters can be saved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    for name in ("pinned", "retired"):
        op.add_column("classes", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("0")))
    op.add_column("label_actions", sa.Column("detail", sa.JSON))
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("name", name="uq_saved_filters_name"),
    )
