"""A capture whose file is incomplete and can be shown all the same is marked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to the table and its view."""
    op.execute("DROP VIEW captures")
    op.add_column("all_captures", sa.Column("notice", sa.Text))
    op.execute("CREATE VIEW captures AS SELECT * FROM all_captures WHERE removed = 0")
