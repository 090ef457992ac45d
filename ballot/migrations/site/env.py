"""Alembic's entry for the database of a site: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.site import SiteBase

context.configure(connection=context.config.attributes["connection"], target_metadata=SiteBase.metadata)
with context.begin_transaction():
    context.run_migrations()
