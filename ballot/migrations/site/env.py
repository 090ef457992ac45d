"""Alembic's entry for the database of a site: the connection comes from ballot.storage. Nothing else lives here."""

from alembic import context

from ballot.models.site import SiteBase
from ballot.storage.schema import run

run(context, SiteBase.metadata)
