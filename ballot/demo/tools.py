"""The project's own commands, run as separate processes: the demonstration holds no trustee key and counts nothing.

Here lives the starting of `python -m keys` and `python -m tally`. Never here: a passphrase in an argument or a file.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class ToolFailed(TallyError):
    """A command of ours ended with an error; its own words are in `output`."""

    code = "TOOL_FAILED"
    text = _("Lệnh không thành công (mã {exit}).")

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.details['output']}"


def run(*arguments: object, passphrase: str = "", show: bool = False) -> str:
    """Run `python -m ARGUMENTS…` and return what it printed (nothing when shown). Raises ToolFailed."""
    return run_all([arguments], passphrases=[passphrase], show=show)[0]


def run_all(commands: Sequence[Sequence[object]], *, passphrases: Sequence[str], show: bool = False) -> list[str]:
    """Run several commands at once, each with its own passphrase on standard input. Raises ToolFailed."""
    started = [
        subprocess.Popen(  # noqa: S603 - our own modules, arguments from this package
            [sys.executable, "-m", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        for command in commands
    ]
    outputs = []
    for command, process, passphrase in zip(commands, started, passphrases, strict=True):
        output, _ = process.communicate(f"{passphrase}\n")
        if process.returncode:
            raise ToolFailed(" ".join(map(str, command[:3])), exit=process.returncode, output=output or "")
        outputs.append(output or "")
    return outputs
