"""The working report as a PDF: what was counted, what follows from it, and how anybody can check it.

Here lives the making of the file and the order of its sections. Never here: a sentence, or the forms that are signed.

The same outcome gives the same bytes: fonts are embedded, dates are those of the round, and nothing is drawn at random.
"""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable

from tally.outcome import Outcome
from tally.report import sections, title, words
from tally.report.engine import Furniture, build
from tally.report.sections import Findings
from tally.report.sheet import Styles
from tally.report.typeface import Typeface
from tally.report.vector import FigureFlowable
from tally.report.words import say

ROOM_FOR_A_SECTION, ROOM_FOR_A_NAME = 150, 40


def pdf(outcome: Outcome, findings: Findings, face: Typeface) -> bytes:
    """Return the whole document."""
    facts = outcome.round
    furniture = Furniture(
        title=f"{title.document_title(outcome)}: {facts.title}", author=facts.body, subject=facts.session,
        record_hash=findings.record_hash, rehearsal=facts.rehearsal,
    )  # fmt: skip
    return build(_story(outcome, findings, Styles(face)), furniture, face)


def _story(outcome: Outcome, findings: Findings, styles: Styles) -> list[Flowable]:
    story = title.heading(outcome, styles)
    exempt, exceptions = sections.exempt(outcome, styles), sections.exceptions(findings.overrides, styles)
    for number, (name, content) in enumerate(
        (
            (words.COUNTERS, sections.counters(outcome, styles)),
            (words.SLIPS, sections.slips(findings.slips, styles)),
            (words.RESULTS, sections.results(outcome, styles)),
            *([(words.EXEMPT, exempt)] if exempt else []),
            (words.CONSEQUENCES, sections.consequences(outcome, styles)),
            (words.CHART, sections.charts(outcome, styles)),
            *([(words.EXCEPTIONS, exceptions)] if exceptions else []),
            (words.VERIFICATION, sections.verification(outcome, findings, styles)),
        ),
        start=1,
    ):
        story += [CondPageBreak(_room(content)), styles.para(f"{number}. {say(name)}", styles.section), *content]
    return story


def _room(content: list[Flowable]) -> float:
    """Return how much room a section needs below it to begin on a page: its first chart whole, else a few lines."""
    first = content[0]
    return first.height + ROOM_FOR_A_NAME if isinstance(first, FigureFlowable) else ROOM_FOR_A_SECTION
