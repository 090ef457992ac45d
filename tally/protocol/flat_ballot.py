"""Ballots of the usual shape, read flat: rows of numbers straight from the text, without an object for each.

Here lives a second way to the same reading, ten times as fast, for ballots whose text has the canonical form. Never
here: a refusal. What is not read here is read by ballot.py, which says what is wrong; so this module may only ever read
what ballot.py reads, and as the same (tests/tally/test_flat_ballot.py). Whether it is good, flat_checks.py says.

The usual shape: every question without a blank, its sum 0 or 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice

from tally.protocol.ballot import LIMIT, Answer, Ballot
from tally.protocol.cipher import Ciphertext
from tally.protocol.election import Election, Question
from tally.protocol.group import Point, Q
from tally.protocol.proofs import Proof

MOST_RUNS = 64
"""Runs of questions that are alike, each of which the expression spells out; thousands take seconds and gigabytes."""
_POINT = r"[0-9a-f]{64}"
_NUMBER = r"(?:0|[1-9][0-9]{0,75}+)"
_CHOICE = rf'\{{"alpha":"{_POINT}","beta":"{_POINT}"\}}'
_PROOF = rf'\{{"challenge":"{_NUMBER}","response":"{_NUMBER}"\}}'
_PAIR = rf"\[{_PROOF},{_PROOF}\]"
_POINTS = re.compile(rb'"(?:alpha|beta)":"([0-9a-f]{64})"')
_NUMBERS = re.compile(rb'"(?:challenge|response)":"([0-9]+)"')


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of every ballot of one election: its form as one expression, and how many choices each row has."""

    election: Election
    form: re.Pattern[bytes]
    widths: tuple[int, ...]
    key: bytes

    @classmethod
    def of(cls, election: Election) -> Layout | None:
        """Return the layout of an election's ballots, or nothing if they are not of the usual shape."""
        if not election.questions or not all(_usual(question) for question in election.questions):
            return None
        widths = tuple(question.width for question in election.questions)
        runs = [(width, len(list(alike))) for width, alike in groupby(widths)]
        if len(runs) > MOST_RUNS:
            return None
        rows = ",".join(_many(_row(width), count) for width, count in runs)
        text = (
            rf'(?P<body>\{{"election_uuid":"{re.escape(election.uuid)}",'
            rf'"election_hash":"{re.escape(election.fingerprint)}",'
            rf'"credential":"(?P<credential>{_POINT})","answers":\[{rows}\]),'
            rf'"signature":\{{"hash":"(?P<hash>[A-Za-z0-9+/]{{43}})","proof":{_PROOF}\}}\}}'
        )
        return cls(election, re.compile(text.encode("ascii")), widths, election.public_key.raw)

    @property
    def choices(self) -> int:
        """Ciphertexts in a ballot."""
        return sum(self.widths)


def _usual(question: Question) -> bool:
    return not question.blank and question.width > 0 and (question.min, question.max) == (0, 1)


def _row(width: int) -> str:
    choices, proofs = _many(_CHOICE, width), _many(_PAIR, width)
    return rf'\{{"choices":\[{choices}\],"individual_proofs":\[{proofs}\],"overall_proof":{_PAIR}\}}'


def _many(one: str, count: int) -> str:
    return one if count == 1 else rf"{one}(?:,{one}){{{count - 1}}}"


@lru_cache(maxsize=4)
def layout_of(election_raw: bytes) -> Layout | None:
    """Return the layout for these bytes of an election, made once. Raises what Election.parse does."""
    return Layout.of(Election.parse(election_raw))


@dataclass(frozen=True, slots=True)
class FlatBallot:
    """A ballot whose text has the canonical form; whether its points are members and its proofs hold is open."""

    raw: bytes
    credential_text: bytes
    pairs: tuple[bytes, ...]
    """`alpha,beta` of every choice, in the digits of the text."""
    points: bytes
    """The same as RFC 8032 encodings, joined."""
    numbers: tuple[int, ...]
    """Challenge and response of every proof in the order of the text, the signature's last; all below q."""
    body: bytes
    signed_hash: str

    @property
    def credential(self) -> Point:
        """The right to be counted; a member where `checked` found so, or if it is on a list of members."""
        return Point(bytes.fromhex(self.credential_text.decode("ascii"))[::-1])

    @property
    def alphas(self) -> bytes:
        """The 32 bytes of each alpha, joined."""
        return b"".join(self.points[at : at + 32] for at in range(0, len(self.points), 64))

    def ballot(self, layout: Layout) -> Ballot:
        """Return what Ballot.parse reads from the same bytes; only where `checked` found them good."""
        proofs = (Proof(c, r) for c, r in zip(self.numbers[::2], self.numbers[1::2], strict=True))
        starts = range(0, len(self.points), 64)
        choices = (Ciphertext(Point(self.points[i : i + 32]), Point(self.points[i + 32 : i + 64])) for i in starts)
        answers = tuple(
            Answer(
                tuple(islice(choices, width)),
                tuple((next(proofs), next(proofs)) for _ in range(width)),
                (next(proofs), next(proofs)),
                None,
            )
            for width in layout.widths
        )
        election = layout.election
        return Ballot(election.uuid, election.fingerprint, self.credential, answers, self.signed_hash, next(proofs))


def read(raw: bytes, layout: Layout) -> FlatBallot | None:
    """Read canonical bytes of a ballot for this election, or return nothing. SPEC 4.6."""
    found = layout.form.fullmatch(raw) if len(raw) <= LIMIT else None
    if found is None:
        return None
    digits = _POINTS.findall(raw)
    numbers = tuple(map(int, _NUMBERS.findall(raw)))
    points = bytes.fromhex(b"".join(reversed(digits)).decode("ascii"))[::-1]  # each point the other way round
    if max(numbers) >= Q:
        return None
    return FlatBallot(
        raw=raw,
        credential_text=found["credential"],
        pairs=tuple(b"%b,%b" % pair for pair in zip(digits[::2], digits[1::2], strict=True)),
        points=points,
        numbers=numbers,
        body=found["body"] + b"}",
        signed_hash=found["hash"].decode("ascii"),
    )
