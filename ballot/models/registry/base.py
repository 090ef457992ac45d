"""The base of the registry's tables.

Here lives what makes them one database. Never here: a table.
"""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class RegistryBase(DeclarativeBase):
    """Base of the registry's tables."""
