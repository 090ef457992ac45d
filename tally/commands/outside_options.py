"""The options by which a verifier is handed what others kept: copies of witnesses, receipts of voters.

Here lives reading these files. Never here: what they mean (checks/witnesses.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from tally.checks.evidence import Outside
from tally.file_bytes import read_at_most
from tally.i18n import marked as _
from tally.protocol.errors import one_line

LIMIT = 256 * 1024 * 1024
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])


def outside_options(command: Command) -> Command:
    """Add --witness and --receipt, each as often as wanted, to a command."""
    receipt = click.option("--receipt", "receipts", type=FILE, multiple=True, help=_("Biên nhận đã giữ (JSON)."))
    witness = click.option(
        "--witness", "copies", type=FILE, multiple=True, help=_("Bản chép của một người chứng kiến, giữ ngoài hồ sơ.")
    )
    return witness(receipt(command))


def read_outside(copies: Iterable[Path], receipts: Iterable[Path]) -> Outside:
    """Read these files. Raises TooLarge."""
    return Outside(dict(map(_read, copies)), dict(map(_read, receipts)))


def _read(path: Path) -> tuple[str, bytes]:
    return one_line(str(path)), read_at_most(path, LIMIT, one_line(path.name))
