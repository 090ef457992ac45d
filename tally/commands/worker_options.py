"""The options by which a person says who shall do the work of a verification.

Here lives reading them. Never here: starting anything (tally/executors.py).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from tally.executors import Workers
from tally.i18n import marked as _


def worker_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --workers and --dask to a command, which gets both as one `workers`."""

    @functools.wraps(command)
    def call(*given: Any, workers: int | None, dask: str | None, **named: Any) -> Any:
        return command(*given, workers=Workers(workers, dask), **named)

    number = click.option("--workers", type=click.IntRange(1, 256), help=_("Số tiến trình; mặc định: mọi lõi."))
    cluster = click.option("--dask", metavar="tcp://HOST:PORT", help=_("Cụm máy Dask làm việc thay cho máy này."))
    return number(cluster(call))
