"""Cameras, streams, videos and watched folders as sources, and where in them captures were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("has_credentials", sa.Boolean, nullable=False),
        sa.Column("is_enabled", sa.Boolean, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.text("0")),
        sa.Column("added_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_streams_source_id"),
        sa.UniqueConstraint("source_id", name="uq_streams_source_id"),
    )
    op.create_table(
        "stream_captures",
        sa.Column("capture_id", sa.Integer, nullable=False),
        sa.Column("stream_id", sa.Integer, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("frame_number", sa.Integer, nullable=False),
        sa.Column("taken_ms", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("near_path", sa.Text),
        sa.PrimaryKeyConstraint("capture_id", name="pk_stream_captures"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_stream_captures_capture_id"),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name="fk_stream_captures_stream_id"),
    )
    op.create_index("ix_stream_captures_stream_id", "stream_captures", ["stream_id"])
