"""The tally as a process of its own: `python -m tally`, run from here and judged by its exit code.

Here lives running it. Never here: an import of what counts; the web application cannot.
"""

from __future__ import annotations

import subprocess
import sys

from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class TallyRefused(TallyError):
    """The tally process refused; its own words are in `output`."""

    code = "TALLY_REFUSED"
    text = _("Chương trình kiểm phiếu không chấp nhận:\n{output}")


def run_tally(*arguments: object) -> str:
    """Run `python -m tally` and return what it printed. Raises TallyRefused."""
    done = subprocess.run(  # noqa: S603 - our own module, arguments from this package
        [sys.executable, "-m", "tally", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        lines = (line.strip() for line in (done.stdout + done.stderr)[-2000:].splitlines())
        raise TallyRefused(output=" · ".join(filter(None, lines)))  # an error's details stand on one line
    return done.stdout
