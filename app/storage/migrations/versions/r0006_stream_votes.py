"""How many looks at a capture of a stream agreed, and how large its near view is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    column = sa.Column("near_bytes", sa.Integer, nullable=False, server_default=sa.text("0"))
    op.add_column("stream_captures", column)
    op.add_column("stream_captures", sa.Column("votes", sa.Integer))
    op.add_column("stream_captures", sa.Column("is_agreed", sa.Boolean))
