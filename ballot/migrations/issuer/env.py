"""Alembic's entry for the database of an issuer: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.issuer import IssuerBase
from ballot.storage.schema import run

run(context, IssuerBase.metadata)
