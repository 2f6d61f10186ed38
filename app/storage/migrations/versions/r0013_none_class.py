"""One class may stand for what is none of the others, such as background and empty crops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("classes", sa.Column("is_none", sa.Boolean, nullable=False, server_default=sa.text("0")))
