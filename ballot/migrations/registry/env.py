"""Alembic's entry for the registry database: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models import aftercare, catalogue, planning, results  # noqa: F401 - their tables belong to this database
from ballot.models.registry import RegistryBase
from ballot.storage.schema import run

run(context, RegistryBase.metadata)
