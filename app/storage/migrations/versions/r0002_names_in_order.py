"""Names in natural order: a key beside each path, so that a million captures are sorted by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.database.paths import natural_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the key and fill it."""
    op.add_column("captures", sa.Column("name_key", sa.Text, nullable=False, server_default=""))
    raw = op.get_bind().connection.driver_connection
    assert raw is not None
    raw.create_function("natural_key", 1, natural_key, deterministic=True)
    op.execute("UPDATE captures SET name_key = natural_key(path)")
    op.create_index("ix_captures_name_key", "captures", ["name_key"])
