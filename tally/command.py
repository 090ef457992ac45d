"""How every command of the project ends: one sentence and an exit code, never a traceback.

Here lives the border between errors and the terminal. Never here: a command.

Exit codes: 0 done · 1 refused · 2 wrong use · 3 incomplete · 130 interrupted · 143 ended (`tally`).
"""

from __future__ import annotations

import sys
from concurrent.futures.process import BrokenProcessPool
from typing import NoReturn

import click

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import CodedError, Incomplete
from tally.screen import FAILED, INCOMPLETE, Screen
from tally.verify import CheckFailed

OUT_OF_MEMORY = _("Dữ liệu quá lớn cho bộ nhớ của máy này, hoặc một tiến trình đã bị dừng.")
FILE_ERROR = _("Không đọc hoặc ghi được {name}: {reason}.")
SYSTEM_ERROR = _("Hệ điều hành từ chối: {reason}.")


def run(group: click.Group) -> NoReturn:
    """Run `group` and exit."""
    screen = Screen()
    translate_help(group)
    try:
        sys.exit(group.main(standalone_mode=False) or 0)
    except CheckFailed as failed:
        sys.exit(screen.failure(failed))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (MemoryError, BrokenProcessPool):
        screen.say(f"OUT_OF_MEMORY: {translate(OUT_OF_MEMORY)}")
        sys.exit(FAILED)
    except OSError as error:
        screen.say(f"FILE_ERROR: {_about(error)}")
        sys.exit(FAILED)
    except CodedError as error:
        screen.say(f"{error.code}: {error}")
        sys.exit(INCOMPLETE if isinstance(error, Incomplete) else FAILED)


def _about(error: OSError) -> str:
    """Say what the system refused; not everything that it refuses is a file."""
    reason = error.strerror or str(error)
    if error.filename is None:
        return translate(SYSTEM_ERROR).format(reason=reason)
    return translate(FILE_ERROR).format(name=error.filename, reason=reason)


def translate_help(command: click.Command) -> None:
    """Put the help texts and prompts of a command, and of all below it, into the language in force."""
    command.help = command.help and translate(command.help)
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = option.help and translate(option.help)
            option.prompt = option.prompt and translate(option.prompt)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            translate_help(below)
