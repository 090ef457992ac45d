"""The command `tally rules`: reads every rule set and names what is wrong with each that cannot be used.

Here lives the printing. Never here: a rule, or the reading itself (tally/protocol/ruleset).
"""

from __future__ import annotations

from pathlib import Path

import click

from tally import rules
from tally.i18n import marked as _
from tally.protocol.errors import CodedError, one_line
from tally.screen import FAILED, Screen


@click.command("rules", help=_("Liệt kê các bộ quy tắc trong FOLDER (mặc định: các bộ đi kèm) và đọc thử từng bộ."))
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def list_rules(folder: Path | None) -> None:
    """Name each rule set with its title, or the field that is wrong; a wrong one hides no other."""
    screen, folder = Screen(), folder or rules.FOLDER
    wrong = False
    for name in rules.names(folder):
        try:
            screen.say(f"{name}: {one_line(rules.load(name, folder).title)}")
        except CodedError as error:
            screen.say(f"{error.code}: {one_line(str(error))}")
            wrong = True
    if wrong:
        raise click.exceptions.Exit(FAILED)
