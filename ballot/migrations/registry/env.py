"""Alembic's entry for the registry database: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.registry.base import RegistryBase
from ballot.storage.schema import run

run(context, RegistryBase.metadata)
