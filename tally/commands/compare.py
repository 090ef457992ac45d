"""`tally compare`: the numbers from paper in minutes.json beside those of a verified record, and the one sentence.

Here lives this command. Never here: an equation (tally/comparison.py).
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.comparison import Comparison
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import one_line
from tally.record import REPORT
from tally.screen import FAILED, Screen
from tally.sitting import MINUTES, comparison_of, read_minutes

LINE = "{number}. {words}: {left} {sign} {right}"
RECOUNTED = _("Kiểm lại bằng {program}")


@click.command("compare", help=_("So số trên giấy trong minutes.json với hồ sơ; in từng phép so và một câu kết luận."))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@click.option("--minutes", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--manifest", "manifest_hash", help=_("Mã niêm phong chép từ giấy."))
@worker_options
def compare_numbers(record: Path, file: Path | None, manifest_hash: str | None, workers: Workers) -> None:
    """Verify the record, then put both sides beside each other; the exit code is 1 where they differ."""
    screen = Screen()
    minutes = read_minutes(file or record / REPORT / MINUTES)
    found = comparison_of(verified_record(screen, record, manifest_hash, workers), minutes)
    show(screen, found)
    if not found.agrees:
        raise click.exceptions.Exit(FAILED)


def show(screen: Screen, found: Comparison) -> None:
    """Write every line with its mark, the recounts, and the sentence."""
    for line in found.equations:
        words = LINE.format(
            number=line.number, words=one_line(line.words), left=line.left, sign=line.sign, right=line.right
        )
        screen.say(f"{'✓' if line.holds else '✗'}  {words}")
    for recount in found.recounts:
        words = translate(RECOUNTED).format(program=one_line(recount.program))
        screen.say(f"{'✓' if recount.agrees else '✗'}  {words}")
    screen.say(found.sentence)
