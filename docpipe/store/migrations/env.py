"""Alembic's entry: runs the migrations on the connection that ``docpipe.store.schema`` hands in. Imports the tables."""

from __future__ import annotations

from alembic import context

from docpipe.store.delivery_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
