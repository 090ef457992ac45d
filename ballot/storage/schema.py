"""The schema of a database: brought to the newest version step by step, or made whole where nothing is there yet.

Here live making, migrating and its entry for alembic's env.py. Never here: a table's columns, or a step between
two versions.

The steps up to the first release on PostgreSQL were written for SQLite: a new PostgreSQL database is made from the
models, with its guards (guards.py), and marked as up to date; every later step runs on both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, inspect

from ballot.storage import sqlite
from ballot.storage.guards import guard, without_statistics

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(engine: Engine, name: str) -> None:
    """Bring the database `name` ("registry", "box", "issuer" or "site") to the newest schema."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / name))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if connection.dialect.name == "sqlite":
            with sqlite.migrating(connection):
                command.upgrade(config, "head")
            return
        config.attributes["new"] = not inspect(connection).has_table("alembic_version")
        (command.stamp if config.attributes["new"] else command.upgrade)(config, "head")
        connection.commit()


def make(engine: Engine, metadata: MetaData) -> None:
    """Make the tables of a database that goes through no steps; harmless when they are there."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        if connection.dialect.name == "postgresql":
            without_statistics(connection, metadata)


def run(context: Any, metadata: MetaData) -> None:
    """Do what alembic was asked for on the connection that `migrate` opened."""
    attributes = context.config.attributes
    connection: Connection = attributes["connection"]
    if attributes.get("new"):
        metadata.create_all(connection)
        guard(connection, metadata)
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        without_statistics(connection, metadata)
