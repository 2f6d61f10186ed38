"""A model is known by its tensors and class names, and what else decides its answers stands beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; hashes of files are marked as such until `model_identities` has seen the files."""
    op.add_column("models", sa.Column("settings", sa.JSON(none_as_null=True)))
    op.execute("UPDATE models SET sha256 = 'file:' || sha256")
    column = sa.Column("is_outdated", sa.Boolean, nullable=False, server_default=sa.text("0"))
    op.add_column("predictions", column)
