"""Who reached a share that the rules name, and what the rules then say: in neutral words, with the source of each.

Here lives the wording. Never here: a decision about anybody; that is for those whom the rules name.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from tally.outcome import OfficialOutcome, Outcome
from tally.report import words
from tally.report.documents.paper_styles import PaperStyles
from tally.report.documents.parts import plain
from tally.report.documents.rating_words import level_of, source
from tally.report.remarks import few, unanimous
from tally.report.words import say

NEUTRAL = (
    "Ban kiểm phiếu ghi lại số liệu và lời của văn bản; việc xem xét, quyết định thuộc thẩm quyền của cấp, cơ quan mà "
    "văn bản quy định."
)
PERSON = "{name}, {post} (số thứ tự {number}):"
REACHED = "{level}: {count} phiếu, chiếm {percent} {base}; thuộc trường hợp {words}."
CONSEQUENCE = "Văn bản quy định: {text} ({source})."
TRIGGER = "Căn cứ để xem xét bỏ phiếu tín nhiệm: {text} ({source})."


def thresholds(outcome: Outcome, styles: PaperStyles) -> list[Flowable]:
    """Return who reached a threshold and what follows, then the neutral remarks (threats D2, D5)."""
    reached = [row for row in outcome.officials if row.deciding]
    story: list[Flowable] = [KeepTogether(list(_one(outcome, row, styles))) for row in reached]
    if reached:
        story.append(styles.para(NEUTRAL))
    else:
        story.append(styles.para(say(words.NOBODY, rules=outcome.round.rules.number)))
    return story + [styles.para(sentence) for sentence in (unanimous(outcome), few(outcome)) if sentence]


def _one(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles) -> Iterator[Flowable]:
    rules, threshold = outcome.round.rules, row.deciding
    if threshold is None:
        raise ValueError("a row without a threshold has no consequence")
    index = level_of(outcome, threshold)
    yield styles.para(
        PERSON.format(name=row.official.name, post=row.official.position, number=row.number), styles.named
    )
    reached = REACHED.format(
        level=rules.levels[index].label, count=plain(row.counts[index]), percent=row.percent[index],
        base=rules.base.words, words=threshold.words,
    )  # fmt: skip
    yield styles.para(reached, styles.inset)
    cited = source(threshold.citation, rules)
    yield styles.para(CONSEQUENCE.format(text=threshold.consequence, source=cited), styles.inset)
    for trigger in row.triggers:
        cited = source(trigger.citation, rules)
        yield styles.para(TRIGGER.format(text=trigger.words, source=cited), styles.inset)
