"""Run by alembic: upgrades the connection that `app.storage.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from app.storage.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
