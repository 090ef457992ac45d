"""Asking for a passphrase: without echo from a person, one line of standard input from a program.

Here lives the question. Never here: a passphrase in an argument, in the environment, or in any output.
"""

from __future__ import annotations

import sys

import click

from tally.i18n import marked as _
from tally.i18n import translate


def without_core() -> None:
    """See to it that a crash of this process writes no memory to the disk, since secrets are in it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def passphrase(*, new: bool = False, of: str = "") -> str:
    """Ask for a passphrase, twice for a new one; `of` names the file where several are asked for."""
    if sys.stdin.isatty():
        question = translate(_("Mật khẩu của tệp khóa")) + (f" {of}" if of else "")
        return str(click.prompt(question, hide_input=True, confirmation_prompt=new))
    return sys.stdin.readline().rstrip("\r\n")
