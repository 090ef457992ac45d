"""Commands that other packages add to `tally`, such as `tally witness`, which holds a key and so cannot live here.

Here lives finding them by the entry points of the group `tally.commands`. Never here: an import of what they need, or
a way for them to take the place of a command of our own.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import click

from tally.command import translate_help
from tally.i18n import marked as _
from tally.i18n import translate

GROUP = "tally.commands"
BROKEN = _("Lệnh thêm {name} không nạp được: {reason}.")


class Extensible(click.Group):
    """A group that loads a further command only when it is asked for: a broken one breaks nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, our own and further ones."""
        return sorted({*super().list_commands(ctx), *_found()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of this name; our own come first."""
        own = super().get_command(ctx, cmd_name)
        point = _found().get(cmd_name)
        return own if own is not None or point is None else _loaded(point)


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(point: EntryPoint) -> click.Command | None:
    try:
        command = point.load()
    except Exception as error:  # whatever another package does while it is imported
        click.echo(translate(BROKEN).format(name=point.name, reason=type(error).__name__), err=True)
        return None
    if not isinstance(command, click.Command):
        click.echo(translate(BROKEN).format(name=point.name, reason=type(command).__name__), err=True)
        return None
    translate_help(command)
    return command
