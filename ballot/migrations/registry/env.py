"""Alembic's entry for the registry database: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models import catalogue, planning, results  # noqa: F401 - their tables belong to this database
from ballot.models.registry import RegistryBase

context.configure(connection=context.config.attributes["connection"], target_metadata=RegistryBase.metadata)
with context.begin_transaction():
    context.run_migrations()
