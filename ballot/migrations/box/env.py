"""Alembic's entry for the box database: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.box import BoxBase
from ballot.storage.schema import run

run(context, BoxBase.metadata)
