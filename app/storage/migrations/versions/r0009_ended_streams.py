"""Which videos were watched to their end, and the names of sources are unique."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and put a number behind names that are there more than once."""
    op.add_column("streams", sa.Column("ended_ms", sa.Integer))
    streams = sa.table("streams", sa.column("id"), sa.column("name"), sa.column("removed"))
    connection = op.get_bind()
    taken: set[str] = set()
    rows = connection.execute(
        sa.select(streams.c.id, streams.c.name).where(streams.c.removed.is_(False)).order_by(streams.c.id)
    ).all()
    for row in rows:
        name, number = row.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{row.name} {number}"
        taken.add(name.casefold())
        if name != row.name:
            connection.execute(sa.update(streams).where(streams.c.id == row.id).values(name=name))
