"""Alembic's entry for the box database: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.box import BoxBase

context.configure(connection=context.config.attributes["connection"], target_metadata=BoxBase.metadata)
with context.begin_transaction():
    context.run_migrations()
