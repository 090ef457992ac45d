"""Before signing: whether the numbers from paper and those of the record agree, as equations that people can read.

Here lives the arithmetic of SPEC 5.19. Never here: a look at a ballot, or a sum that was decrypted.

    comparison = compare(RecordCounts.of(issuance, credentials, ballots), minutes.paper, recounts=minutes.recounts)
    comparison.sentence            # "Khớp. …" or "Không khớp. …"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.errors import Refused
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE
from tally.protocol.minutes import PaperCounts, Recount

AGREES = _("Khớp. Số trên giấy, số của các bên cấp thẻ và số phiếu trong hòm bằng nhau ở mọi phép so.")
DIFFERS = _("Không khớp ở {numbers}. Chưa ký văn bản: xin tìm nguyên nhân và ghi vào biên bản trước.")
EQUATION = _("phép so {number}")
RECOUNT = _("lần kiểm lại của {program}")
MORE_LEFT = _("{issuer}: phong bì không dùng không quá số phong bì đã ký")
NO_RECOUNT = _("các lần kiểm lại (chưa có lần nào)")

WORDS = {
    1: _("{issuer}: số người được cấp thẻ tại bàn = chữ ký nhận thẻ − phong bì đã dùng + thẻ hỏng đổi bằng phong bì"),
    2: _("{issuer}: số chữ ký mù đã ký = số thẻ trong danh sách, kể cả thẻ đã hủy"),
    3: _("Số phiếu phát ra theo hồ sơ = chữ ký nhận thẻ trên giấy"),
    4: _("Số phiếu thu về không quá chữ ký nhận thẻ"),
    5: _("Phong bì không dùng đếm trên giấy = thẻ đã hủy vì phong bì không dùng"),
    6: _("Thẻ đã dùng trong thùng thẻ = số phiếu thu về"),
}


class PaperDiffers(Refused):
    """Paper, issuers and box, or the recounts, do not agree."""

    code = "PAPER_DIFFERS"
    text = _("Chưa lập được văn bản để ký. {sentence}")


@dataclass(frozen=True, slots=True)
class IssuerCounts:
    """One issuer's own numbers: voters who got a slip, replacements, envelopes, slips that reached nobody."""

    name: str
    issued: int
    reissued: int
    envelopes: int
    undelivered: int


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """What a record says of slips and ballots: credentials `listed`, void as `spoiled` or `unused`; ballots."""

    issuers: tuple[IssuerCounts, ...]
    listed: int
    spoiled: int
    unused: int
    ballots: int

    @classmethod
    def of(cls, issuance: Issuance, credentials: CredentialList, ballots: int) -> RecordCounts:
        """Take them from issuance.json, credentials.json and the number of ballots in the archive."""
        reasons = [v.reason for v in credentials.voided]
        return cls(
            issuers=tuple(
                IssuerCounts(s.issuer, s.issued, s.reissued, s.envelopes, s.undelivered) for s in issuance.statements
            ),
            listed=len(credentials.credentials),
            spoiled=reasons.count(SPOILED),
            unused=reasons.count(UNUSED_ENVELOPE),
            ballots=ballots,
        )


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the comparison: its number in SPEC 5.19, what is compared, both sides, the sign between them."""

    number: int
    words: str
    left: int
    right: int
    sign: str

    @property
    def holds(self) -> bool:
        """Say whether the line is true."""
        return self.left <= self.right if self.sign == "≤" else self.left == self.right


@dataclass(frozen=True, slots=True)
class Comparison:
    """All lines, and the recounts."""

    equations: tuple[Equation, ...]
    recounts: tuple[Recount, ...]

    @property
    def agrees(self) -> bool:
        """Say whether every line is true, somebody recounted, and every recount agreed."""
        return not list(self._wrong())

    @property
    def sentence(self) -> str:
        """The one sentence that a committee reads before it signs."""
        if self.agrees:
            return translate(AGREES)
        return translate(DIFFERS).format(numbers=", ".join(self._wrong()))

    def check(self) -> None:
        """Refuse documents that would be signed over numbers that differ. Raises PaperDiffers. Source: SPEC 5.19."""
        if not self.agrees:
            raise PaperDiffers("minutes.json", sentence=self.sentence)

    def _wrong(self) -> Iterator[str]:
        failing = dict.fromkeys(line.number for line in self.equations if not line.holds)
        yield from (translate(EQUATION).format(number=number) for number in failing)
        if not self.recounts:
            yield translate(NO_RECOUNT)
        yield from (translate(RECOUNT).format(program=r.program) for r in self.recounts if not r.agrees)


def compare(record: RecordCounts, paper: PaperCounts, *, recounts: tuple[Recount, ...]) -> Comparison:
    """Put the numbers of a record beside those from paper. Source: SPEC 5.19."""
    return Comparison(tuple(_lines(record, paper)), recounts)


def _lines(record: RecordCounts, paper: PaperCounts) -> Iterator[Equation]:
    for one in record.issuers:
        drawn, exchanged = one.envelopes - paper.envelopes_left, record.spoiled - one.reissued
        yield _line(1, one.issued - one.undelivered, paper.signatures - drawn + exchanged, issuer=one.name)
    for one in record.issuers:
        signed = one.issued + one.reissued + one.envelopes - one.undelivered
        yield _line(2, signed, record.listed, issuer=one.name)
    yield _line(3, record.listed - record.spoiled - record.unused, paper.signatures)
    yield _line(4, record.ballots, paper.signatures, sign="≤")
    yield _line(5, paper.envelopes_left, record.unused)
    for one in record.issuers:
        if paper.envelopes_left > one.envelopes:  # every sum comes out where slips of voters are voided as envelopes
            words = translate(MORE_LEFT).format(issuer=one.name)
            yield Equation(5, words, paper.envelopes_left, one.envelopes, "≤")
    if paper.slips_counted:
        yield _line(6, paper.slips_in_box, record.ballots)


def _line(number: int, left: int, right: int, *, sign: str = "=", issuer: str = "") -> Equation:
    return Equation(number, translate(WORDS[number]).format(issuer=issuer), left, right, sign)
