"""Nghị quyết xác nhận kết quả: the draft of a council's resolution, for rules that name one.

Here lives the document, in the manner of published ones. Never here: a decision; it stays a draft until it is passed.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.ruleset import RuleSet
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import FIELD_HEIGHT, TIGHT, amount, day_words, dots, recipients_placed, title_block
from tally.report.documents.rating_words import finished, rating, source
from tally.report.headings import headed
from tally.report.sheet import WIDTH
from tally.report.typeface import Typeface

KIND = "Nghị quyết"
COUNCIL, ASSEMBLY = "hội đồng nhân dân", "quốc hội"
BASIS = "Căn cứ {text};"
MINUTES = "Căn cứ Biên bản kiểm phiếu {day} của Ban kiểm phiếu{session},"
RESOLVES = "QUYẾT NGHỊ:"
ARTICLE = "Điều {number}."
DONE = (
    "{session}{body} đã {rating} đối với {count} người có tên tại Điều 2. Việc {rating} được thực hiện theo trình tự, "
    "thủ tục quy định tại văn bản số {rules}. Số phiếu phát ra: {issued}; số phiếu thu về: {returned}; số phiếu hợp "
    "lệ: {valid}; số phiếu không hợp lệ: {invalid}."
)
AT = "Tại {session}, "
CONFIRMS = "Xác nhận kết quả {rating} đối với từng người như sau:"
LINE = "- Số phiếu {level}: {count} phiếu (chiếm {percent} {base}){end}"
VOID_LINE = "- Số phiếu không ghi hợp lệ ở dòng này: {count} phiếu."
REACHED = "Người có kết quả thuộc trường hợp quy định tại {source}: {people}."
IN_FORCE = "Nghị quyết này có hiệu lực kể từ ngày được thông qua."
PASSED = "Nghị quyết này được {body} thông qua{session} {day}./."
CHAIR = "Chủ tịch"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def needed(papers: Papers) -> bool:
    """Say whether the rules of the round name a resolution."""
    return bool(papers.outcome.round.rules.titles.resolution)


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document."""
    styles = styles_of(papers, face)
    facts = papers.outcome.round
    title = facts.rules.titles.resolution
    about = title.removeprefix(f"{KIND} ")
    story = [
        *letterhead(papers, styles, symbol=("NQ", _body_symbol(facts.body)), draft=True),
        *title_block(KIND, about[:1].upper() + about[1:], styles),
        styles.para(facts.body.upper(), styles.strong_centre),
        *([styles.para(facts.session.upper(), styles.strong_centre)] if facts.session else []),
        Spacer(1, 8),
        *_grounds(papers, styles),
        styles.para(RESOLVES, styles.resolves),
        *_articles(papers, styles),
        *_ending(papers, styles),
    ]
    return finished(papers, title, story, face)


def _body_symbol(body: str) -> str:
    """Return how a number names the body, where its name begins as one of the two that pass resolutions."""
    if body.lower().startswith(ASSEMBLY):
        return "QH"
    return "HĐND" if body.lower().startswith(COUNCIL) else ""


def _grounds(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the lines of what the resolution rests on; the office adds the laws on its body on the dots."""
    facts = papers.outcome.round
    session = f" {facts.session}" if facts.session else ""
    lines = (
        BASIS.format(text=dots(26)),
        BASIS.format(text=facts.rules.title),
        MINUTES.format(day=day_words(facts.date), session=session),
    )
    return [styles.para(line, styles.italic) for line in lines]


def _articles(papers: Papers, styles: PaperStyles) -> Iterator[Flowable]:
    outcome = papers.outcome
    facts, ballots = outcome.round, outcome.ballots
    done = DONE.format(
        session=AT.format(session=facts.session) if facts.session else "", body=facts.body, rating=rating(facts.rules),
        count=amount(len(outcome.officials)), rules=facts.rules.number, issued=_known(papers, ballots.issued),
        returned=amount(ballots.returned), valid=amount(ballots.valid), invalid=amount(ballots.invalid),
    )  # fmt: skip
    yield _article(1, done, styles)
    yield _article(2, CONFIRMS.format(rating=rating(facts.rules)), styles)
    yield from _people(outcome, styles)
    yield from _reached(outcome, styles)
    yield _article(3, IN_FORCE, styles)
    session = f" tại {facts.session}" if facts.session else ""
    yield styles.para(PASSED.format(body=facts.body, session=session, day=day_words(facts.date)))


def _article(number: int, text: str, styles: PaperStyles) -> Flowable:
    return styles.led(ARTICLE.format(number=number), text)


def _known(papers: Papers, count: int) -> str:
    return amount(count) if count or papers.electronic else dots(3)


def _people(outcome: Outcome, styles: PaperStyles) -> Iterator[Flowable]:
    """Yield each person's lines under the headings of forms and blocks, which have Roman numbers."""
    begun = 0
    for headings, row in headed(outcome.officials):
        above: list[Flowable] = []
        for heading in headings:
            begun += 1
            number = f"{ROMAN[begun - 1]}. " if begun <= len(ROMAN) else ""
            above.append(styles.para(f"{number}{heading.text}", styles.person))
        yield KeepTogether([*above, *_person(outcome.round.rules, row, styles)])


def _person(rules: RuleSet, row: OfficialOutcome, styles: PaperStyles) -> Iterator[Flowable]:
    yield styles.para(f"{row.number}. {row.official.name}, {row.official.position}:", styles.named)
    last = len(rules.levels) - 1
    for i, (level, count, share) in enumerate(zip(rules.levels, row.counts, row.percent, strict=True)):
        line = LINE.format(
            level=level.label[:1].lower() + level.label[1:], count=amount(count), percent=share, base=rules.base.words,
            end="." if i == last and not row.void else ";",
        )  # fmt: skip
        yield styles.para(line, styles.item)
    if row.void:
        yield styles.para(VOID_LINE.format(count=amount(row.void)), styles.item)


def _reached(outcome: Outcome, styles: PaperStyles) -> Iterator[Flowable]:
    """Yield who reached which threshold, by its source: the words of the law stand in the minutes."""
    rules = outcome.round.rules
    for threshold in rules.thresholds:
        people = [row.official.name for row in outcome.officials if row.deciding == threshold]
        if people:
            cited = f"{source(threshold.citation, rules)} ({threshold.words})"
            yield styles.para(REACHED.format(source=cited, people="; ".join(people)))


def _ending(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the list of recipients beside the place of whoever signs the resolution once it is passed."""
    chair = [styles.para(CHAIR.upper(), styles.caption), Spacer(1, FIELD_HEIGHT), styles.para(dots(12), styles.caption)]
    beside, below = recipients_placed(papers, styles)
    table = Table([[beside, chair]], colWidths=[WIDTH / 2] * 2, style=TIGHT)
    return [Spacer(1, 12), KeepTogether([table]), *below]
