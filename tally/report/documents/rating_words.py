"""Words and frame that several documents share: what a round does, its legal basis, thresholds, the finished file.

Here lives what would else stand in each of them. Never here: a whole section.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable

from tally.outcome import Outcome
from tally.protocol.ruleset import VOTE, RuleSet, Threshold
from tally.report.documents.papers import Papers
from tally.report.engine import Furniture, build
from tally.report.typeface import Typeface

RATING_DONE, VOTE_DONE = "lấy phiếu tín nhiệm", "bỏ phiếu tín nhiệm"
VOTED_ON = "đưa ra bỏ phiếu tín nhiệm"
BASIS = "Căn cứ {rules}."
OVER, FROM = "trên {share}", "từ {share} trở lên"
SOURCE, SOURCE_RULES = "{citation}, văn bản số {rules}", "văn bản số {rules}"


def rating(rules: RuleSet) -> str:
    """Return what a round under these rules does, as a verb in the middle of a sentence."""
    return VOTE_DONE if rules.kind == VOTE else RATING_DONE


def subjected(rules: RuleSet) -> str:
    """Return what happens to officials in a round, after *được* or *không*."""
    return VOTED_ON if rules.kind == VOTE else RATING_DONE


def basis(rules: RuleSet) -> str:
    """Return the line that names the legal basis."""
    return BASIS.format(rules=rules.title)


def share(threshold: Threshold) -> str:
    """Return the share of a threshold in words: *trên 1/2*, *từ 2/3 trở lên*."""
    form = OVER if threshold.strict else FROM
    return form.format(share=f"{threshold.numerator}/{threshold.denominator}")


def source(citation: str, rules: RuleSet) -> str:
    """Return where a rule stands: its Điều, where that is known, and the number of the text."""
    return (SOURCE if citation else SOURCE_RULES).format(citation=citation, rules=rules.number)


def level_of(outcome: Outcome, threshold: Threshold) -> int:
    """Return the place of the level that a threshold watches, in the order of the rules."""
    return [level.key for level in outcome.round.rules.levels].index(threshold.level)


def lower_first(text: str) -> str:
    """Return a sentence as it stands in the middle of another."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Return words as they begin a sentence."""
    return text[:1].upper() + text[1:]


def around(papers: Papers, name: str) -> Furniture:
    """Return what stands around a document called `name`: its properties, and the footer of its record."""
    facts = papers.outcome.round
    return Furniture(
        title=f"{name}: {facts.title}", author=facts.body, subject=facts.session,
        record_hash=papers.record_hash, rehearsal=facts.rehearsal,
    )  # fmt: skip


def finished(papers: Papers, name: str, story: Sequence[Flowable], face: Typeface) -> bytes:
    """Return the file of a document with the footer of its record."""
    return build(story, around(papers, name), face)
