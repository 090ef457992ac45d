"""How the working report begins: the mark of secrecy, whose round it is, what the document is and is not.

Here lives the head of page one. Never here: an emblem, a signature, or a number of ballots.
"""

from __future__ import annotations

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, HRFlowable, Spacer, Table

from tally.outcome import Outcome
from tally.protocol.ruleset import RESTRICTED, VOTE
from tally.report import sheet, words
from tally.report.sheet import IDENTITY, Styles
from tally.report.words import printed_date, say


def document_title(outcome: Outcome) -> str:
    """Return the name of the document for the kind of round."""
    return say(words.VOTE_TITLE if outcome.round.rules.kind == VOTE else words.RATING_TITLE)


def heading(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return secrecy mark, body, session, name of the document, round, date, legal basis; no emblem, no signature."""
    facts = outcome.round
    return [
        *([_mark(facts.policy.secrecy, styles), Spacer(1, 8)] if facts.policy.secrecy else []),
        styles.para(facts.body.upper(), styles.body_name),
        *([styles.para(facts.session, styles.centre)] if facts.session else []),
        HRFlowable(width=90, thickness=1.2, color=IDENTITY, spaceBefore=5, spaceAfter=14),
        styles.para(document_title(outcome).upper(), styles.title),
        styles.balanced(facts.title, styles.subtitle),
        styles.para(say(words.DATE, date=printed_date(facts.date)), styles.centre),
        Spacer(1, 8),
        styles.para(say(words.LEGAL_BASIS, rules=facts.rules.title), styles.body),
        styles.para(say(words.NATURE), styles.nature),
        *([styles.para(say(words.RESTRICTED), styles.nature)] if facts.policy.disclosure == RESTRICTED else []),
    ]


def _mark(secrecy: str, styles: Styles) -> Table:
    """Return the mark of secrecy (*dấu chỉ độ mật*) as documents bear it: framed, in capitals, at the upper left."""
    text = styles.face.spell(secrecy.upper())
    width = min(stringWidth(text, styles.mark.fontName, styles.mark.fontSize) + 22, sheet.WIDTH / 2)
    return Table(
        [[styles.para(text, styles.mark)]], colWidths=[width], hAlign="LEFT",
        style=[
            ("BOX", (0, 0), (-1, -1), 1.4, IDENTITY),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ],
    )  # fmt: skip
