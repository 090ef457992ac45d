"""What an administrator of a PostgreSQL server runs once for us: shown, never run by us.

Here lives the showing. Never here: a password.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tally.i18n import marked as _

PARTS = ("registry", "box")


def setup_file(part: str) -> Path:
    """Return the file of psql commands that makes a part's database and logins."""
    return Path(__file__).parent / f"{part}.sql"


@click.command(
    "database",
    help=_("In lệnh psql để người quản trị PostgreSQL lập cơ sở dữ liệu và tài khoản cho một phần (registry, box)."),
)
@click.argument("part", type=click.Choice(PARTS))
def database(part: str) -> None:
    """Print the psql commands of a part."""
    sys.stdout.write(setup_file(part).read_text(encoding="utf-8"))
