"""The chart of how many: delegates, summoned, ballots given out, returned and valid, each a part of the one above.

Here lives what it shows of a whole round. Never here: a unit, a site or a person (threats D5, D7).
"""

from __future__ import annotations

from tally.outcome import Outcome
from tally.report import picture, words
from tally.report.bars import CAPTION, ROW, Segment, Sheet
from tally.report.chart import GAP, title_lines
from tally.report.kinds import COUNTED, REST, told
from tally.report.typeface import Typeface
from tally.report.words import say


def turnout(outcome: Outcome, face: Typeface) -> Sheet:
    """Draw it at 72 dpi, a point to a unit."""
    ballots = outcome.ballots
    bars = (
        (say(words.DELEGATES), ballots.delegates),
        (say(words.SUMMONED), ballots.summoned),
        (say(words.ISSUED), ballots.issued),
        (say(words.RETURNED), ballots.returned),
        (say(words.VALID), ballots.valid),
    )
    whole = max(count for _, count in bars)
    sheet = Sheet(ROW * len(bars) + CAPTION, face, alt=say(words.TURNOUT_ALT, counts=told(bars)))
    for i, (label, count) in enumerate(bars):
        sheet.bar(ROW * i, label, [Segment(count, COUNTED), Segment(whole - count, REST, told=False)], whole=whole)
    mark = say(words.REHEARSAL) if outcome.round.rehearsal else ""
    sheet.caption(ROW * len(bars) + GAP, [say(words.TURNOUT_BASE, count=whole)], mark)
    return sheet


def turnout_files(outcome: Outcome, face: Typeface) -> tuple[bytes, bytes]:
    """Return it as SVG and PNG."""
    return picture.files(turnout(outcome, face), title_lines(outcome))
