"""What the exports say besides the table of officials: the round, its counters, its base, who was left out, hashes.

Here live these rows, each a name and a value. Never here: how a spreadsheet looks, or a verdict of one run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tally.protocol.override import OFFICES
from tally.report import words
from tally.report.documents.papers import Papers
from tally.report.remarks import few, unanimous
from tally.report.words import printed_date, say
from tally.slips import of_each

Row = tuple[str, str | int]

ROUND, BODY, SESSION, DATE, RULES, SECRECY = (
    "Đợt", "Cơ quan, đơn vị", "Hội nghị, kỳ họp", "Ngày", "Căn cứ", "Độ mật",
)  # fmt: skip
BASE, BASE_COUNT, BASE_CITATION = "Tỷ lệ tính trên", "Số để tính tỷ lệ", "Căn cứ của cách tính"
NOTE, ROUNDING = "Ghi chú", "Số phiếu là căn cứ; tỷ lệ làm tròn đến hai chữ số thập phân, chỉ để đọc."
NOBODY_EXEMPT = "Không có người nào."
PAPER = "Đợt kiểm phiếu giấy: không có hồ sơ điện tử để kiểm chứng."
ELECTRONIC = "Các số trong tệp này lấy từ result.json của hồ sơ; bản ký của ban kiểm phiếu là tệp PDF."


def summary_rows(papers: Papers) -> Iterator[Row]:
    """Yield the round, every counter even when zero, the base in words, and the neutral remarks."""
    facts, ballots = papers.outcome.round, papers.outcome.ballots
    yield (ROUND, facts.title)
    yield (BODY, facts.body)
    yield from ([(SESSION, facts.session)] if facts.session else [])
    yield (DATE, printed_date(facts.date))
    yield (RULES, facts.rules.title)
    yield from ([(SECRECY, facts.policy.secrecy)] if facts.policy.secrecy else [])
    yield (say(words.COUNTERS), "")
    yield (say(words.DELEGATES), ballots.delegates)
    yield (say(words.SUMMONED), ballots.summoned)
    yield (say(words.ISSUED), ballots.issued)
    yield (say(words.RETURNED), ballots.returned)
    yield (say(words.NOT_RETURNED), ballots.not_returned)
    yield (say(words.VALID), ballots.valid)
    yield (say(words.INVALID), ballots.invalid)
    yield (BASE, facts.rules.base.words)
    yield (BASE_COUNT, papers.outcome.base)
    yield from ([(BASE_CITATION, facts.rules.base.citation)] if facts.rules.base.citation else [])
    for note in (ROUNDING, say(words.VOID_NOTE), unanimous(papers.outcome), few(papers.outcome)):
        yield from ([(NOTE, note)] if note else [])


def exempt_rows(papers: Papers) -> list[Sequence[str | int]]:
    """Return who holds a rated post and is not rated, numbered; a line that says so where that is nobody."""
    people = papers.outcome.round.exempt
    rows: list[Sequence[str | int]] = [
        (number, e.name, e.position, e.reason, e.citation or say(words.NO_CITATION))
        for number, e in enumerate(people, start=1)
    ]
    return rows or [("", NOBODY_EXEMPT, "", "", "")]


def checked_rows(papers: Papers) -> Iterator[Row]:
    """Yield hashes and the command that checks them, slips, exceptions, and what nobody has compared with the law."""
    yield from _hashes(papers)
    yield from _slips(papers)
    for o in papers.overrides:
        yield (say(words.EXCEPTIONS), f"{o.name}: {say(OFFICES[o.office])}. {o.reason} ({o.first}; {o.second})")
    for note in papers.outcome.round.rules.verify:
        yield (say(words.NOT_COMPARED), note)


def _hashes(papers: Papers) -> Iterator[Row]:
    seal = papers.outcome.seal
    if seal is None:
        yield (NOTE, PAPER)
        return
    yield (NOTE, ELECTRONIC)
    yield (say(words.MANIFEST_HASH), seal.manifest)
    yield (say(words.ROOT), seal.root)
    yield (say(words.RECORD_HASH), papers.record_hash)
    yield (say(words.COMMITTEE), say(words.COMMITTEE_VALUE, members=seal.committee_size, threshold=seal.threshold))
    yield (say(words.COMMAND), f"tally verify {say(words.RECORD_FOLDER)} --manifest {seal.manifest}")


def _slips(papers: Papers) -> Iterator[Row]:
    counts = papers.slips
    if counts is None:
        return
    yield (say(words.ISSUERS), ", ".join(counts.issuers))
    yield (say(words.VOTERS), of_each(counts.issued))
    yield (say(words.REISSUED), of_each(counts.reissued))
    yield (say(words.ENVELOPES), of_each(counts.envelopes))
    yield (say(words.SPOILED), counts.spoiled)
    yield (say(words.UNUSED), counts.unused)
    yield (say(words.UNDELIVERED), of_each(counts.undelivered))
    yield (say(words.TESTS), sum(counts.tests.values()))
