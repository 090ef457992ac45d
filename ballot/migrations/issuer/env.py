"""Alembic's entry for the database of an issuer: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.issuer import IssuerBase

context.configure(connection=context.config.attributes["connection"], target_metadata=IssuerBase.metadata)
with context.begin_transaction():
    context.run_migrations()
