"""Groups of captures that no split may separate: what is known of them, and the things that they show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SAYS_SOMETHING = " WHEN NEW.given != '' OR NEW.look_alike != 0 OR NEW.near_duplicate != 0"
_CHANGES = (
    ("captures_added", "INSERT ON all_captures", ""),
    ("captures_deleted", "DELETE ON all_captures", ""),
    ("captures_changed", "UPDATE OF path ON all_captures", ""),
    ("sightings_added", "INSERT ON stream_captures", ""),
    ("evidence_added", "INSERT ON capture_groups", _SAYS_SOMETHING),
    ("evidence_changed", "UPDATE OF given, look_alike, near_duplicate ON capture_groups", ""),
    ("evidence_deleted", "DELETE ON capture_groups", ""),
)


def upgrade() -> None:
    """Add the table, and triggers that say when the things have to be found anew."""
    op.create_table(
        "capture_groups",
        sa.Column(
            "capture_id",
            sa.Integer,
            sa.ForeignKey("all_captures.id", name="fk_capture_groups_capture_id"),
            nullable=False,
        ),
        sa.Column("given", sa.Text, nullable=False, server_default=""),
        sa.Column("look_alike", sa.Integer, nullable=False, server_default="0"),
        sa.Column("near_duplicate", sa.Integer, nullable=False, server_default="0"),
        sa.Column("thing", sa.Integer),
        sa.Column("kind", sa.Text),
        sa.PrimaryKeyConstraint("capture_id", name="pk_capture_groups"),
    )
    op.create_index("ix_capture_groups_thing", "capture_groups", ["thing"])
    op.add_column("project", sa.Column("groups_changed", sa.Integer, nullable=False, server_default="1"))
    op.add_column("project", sa.Column("groups_settled", sa.Integer, nullable=False, server_default="0"))
    for name, change, when in _CHANGES:
        op.execute(
            f"CREATE TRIGGER groups_{name} AFTER {change}{when} "
            "BEGIN UPDATE project SET groups_changed = groups_changed + 1; END"
        )
