"""What a terminal hands to whoever tests it (*Kiểm tra máy*): the opened draft as a file, or as a few QR codes.

Here live the two forms, their strict reading, and the check of an opened draft against its commit code. Never here: a
ballot that counts, or a screen. SPEC 4.14. Twin: opened.js.

    opened_file(election, draft, "B1")     # {"format":…,"election":…,"terminal":"B1","rows":[…]}, what a phone keeps
    opened_frames(election, draft)         # ["PTN1:1/9:2E7AEE1778BF7BFC:…", …], each as the text of one QR code
    checked = check_opened(election, read_frames(election, texts))     # checked.commit, checked.levels

The frames hold choices and randomness only; whoever reads them encrypts again and compares the commit code that the
terminal had shown. That proves that this draft was encrypted as shown, and nothing about another.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from tally.i18n import marked as _
from tally.protocol.booth import Draft, commit_code
from tally.protocol.cipher import encrypt
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, fields, hex_hash
from tally.protocol.errors import BadScalar, Incomplete, Mismatch, UnsupportedElection, WrongShape
from tally.protocol.group import Q
from tally.protocol.spoiled import OpenedBallot

FORMAT = "phieu-tin-nhiem/opened/v1"
LIMIT = 4 * 1024 * 1024
CHUNK = 480
SCALAR = 32
_FRAME = re.compile(r"PTN1:([1-9][0-9]{0,3})/([1-9][0-9]{0,3}):([0-9A-F]{16}):([A-Z2-7]+)\Z")


class FramesMissing(Incomplete):
    """Some of the QR codes of an opened draft were not given; `missing` names them."""

    text = _("Còn thiếu các khung mã QR số {missing} trong {total} khung.")


@dataclass(frozen=True, slots=True)
class CheckedOpening:
    """An opened draft that encrypts to what it says: its commit code, and for each question the level, None if blank.

    Levels count from 0 in the order of the answers. `terminal` may be empty; frames never say it.
    """

    commit: str
    levels: tuple[int | None, ...]
    terminal: str


# --- the file -----------------------------------------------------------------------------------------------------


def opened_file(election: Election, draft: Draft, terminal: str) -> bytes:
    """Return the canonical bytes of the file. Raises WrongShape for a name no terminal has. Source: SPEC 4.14."""
    entry = OpenedBallot.of(draft, terminal).as_json()
    return canonical({"format": FORMAT, "election": election.hash, **entry})


def file_name(commit: str) -> str:
    """Return the name under which the file is offered."""
    return f"kiem-tra-may-{commit[:8]}.json"


def read_file(election: Election, raw: bytes, where: str = "opened") -> OpenedBallot:
    """Read the file; its openings are checked by `check_opened`.

    Raises Mismatch if it is of another election, and reading errors. Source: SPEC 4.14.
    """
    m = fields(decode(raw, where, limit=LIMIT), where, "format", "election", "terminal", "rows")
    if m["format"] != FORMAT:
        raise WrongShape(f"{where}.format", expected=FORMAT)
    if hex_hash(m["election"], f"{where}.election") != election.hash:
        raise Mismatch(f"{where}.election", other="election")
    return OpenedBallot.parse({"terminal": m["terminal"], "rows": m["rows"]}, where)


# --- the frames ---------------------------------------------------------------------------------------------------


def opened_frames(election: Election, draft: Draft) -> list[str]:
    """Return the texts of the QR codes, in the alphabet that QR packs best. Source: SPEC 4.14."""
    _check_kind(election)
    marks = bytes(_level(row) for row in draft.choices)
    randomness = b"".join(r.to_bytes(SCALAR, "big") for row in draft.randomness for r in row)
    return _frames(marks + randomness, commit_code(election, draft.ciphertexts))


def read_frames(election: Election, texts: Iterable[str], where: str = "opened") -> OpenedBallot:
    """Put frames together, in any order and case, some of them twice, and encrypt again what they say.

    Raises FramesMissing naming them, WrongShape, BadScalar, and Mismatch if they are of different drafts, or of a
    draft whose commit code is not the one they name. Source: SPEC 4.14.
    """
    _check_kind(election)
    width = sum(question.width for question in election.questions)
    size = len(election.questions) + SCALAR * width
    chunks, claimed = _collect(texts, -(-size // CHUNK), where)
    payload = b"".join(chunks)
    if len(payload) != size or [len(chunk) for chunk in chunks] != [len(c) for c in _chunks(payload)]:
        raise WrongShape(where, expected=f"{size} byte")
    ballot = OpenedBallot.of(_draft(election, payload, where))
    if ballot.commit_code(election)[:16].upper() != claimed:
        raise Mismatch(where, other=_("mã cam kết"))
    return ballot


def _collect(texts: Iterable[str], total: int, where: str) -> tuple[list[bytes], str]:
    """Return the chunks in order and the commit prefix that all frames name."""
    found: dict[int, bytes] = {}
    claimed = ""
    for line, text in enumerate(texts, start=1):
        match = _FRAME.match(text.strip().upper())
        if match is None or int(match[2]) != total or int(match[1]) > total:
            raise WrongShape(f"{where}, {line}", expected=f"PTN1:1…{total}/{total}:…:…")
        chunk = _unpacked(match[4], f"{where}, {line}")
        claimed = claimed or match[3]
        if match[3] != claimed or found.setdefault(int(match[1]), chunk) != chunk:
            raise Mismatch(f"{where}, {line}", other="PTN1")
    missing = [str(number) for number in range(1, total + 1) if number not in found]
    if missing:
        raise FramesMissing(where, missing=", ".join(missing), total=total)
    return [found[number] for number in range(1, total + 1)], claimed


def _draft(election: Election, payload: bytes, where: str) -> Draft:
    """Read choices and randomness, and make the ciphertexts anew."""
    at = len(election.questions)
    choices, randomness = [], []
    for i, question in enumerate(election.questions):
        if payload[i] > question.width:
            raise WrongShape(f"{where}[{i}]", expected=f"0…{question.width}")
        choices.append(tuple(int(k + 1 == payload[i]) for k in range(question.width)))
        row = [int.from_bytes(payload[at + SCALAR * k :][:SCALAR], "big") for k in range(question.width)]
        if not all(0 < r < Q for r in row):
            raise BadScalar(f"{where}[{i}]")
        randomness.append(tuple(row))
        at += SCALAR * question.width
    pairs = (zip(ms, rs, strict=True) for ms, rs in zip(choices, randomness, strict=True))
    ciphertexts = tuple(tuple(encrypt(election.public_key, m, r) for m, r in row) for row in pairs)
    return Draft(tuple(choices), tuple(randomness), ciphertexts)


def _frames(payload: bytes, commit: str) -> list[str]:
    chunks = _chunks(payload)
    return [
        f"PTN1:{i}/{len(chunks)}:{commit[:16].upper()}:{base64.b32encode(chunk).decode('ascii').rstrip('=')}"
        for i, chunk in enumerate(chunks, start=1)
    ]


def _chunks(payload: bytes) -> list[bytes]:
    """Cut into as few chunks as fit, the first ones a byte longer where it does not come out even."""
    count = -(-len(payload) // CHUNK)
    size, longer = divmod(len(payload), count)
    starts = [i * size + min(i, longer) for i in range(count + 1)]
    return [payload[a:b] for a, b in pairwise(starts)]


def _unpacked(text: str, where: str) -> bytes:
    """Decode base32 in its one spelling."""
    try:
        chunk = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise WrongShape(where, expected="base32") from None
    if base64.b32encode(chunk).decode("ascii").rstrip("=") != text:
        raise WrongShape(where, expected="base32")
    return chunk


def _level(row: tuple[int, ...]) -> int:
    return row.index(1) + 1 if 1 in row else 0


def _check_kind(election: Election) -> None:
    """Refuse what one byte a question cannot say, and what none of our rounds has."""
    if not election.questions:
        raise UnsupportedElection("election", what="questions")
    for question in election.questions:
        if question.blank or (question.min, question.max) != (0, 1) or question.width > 255:
            raise UnsupportedElection("election", what="blank / min / max")


# --- the check ----------------------------------------------------------------------------------------------------


def check_opened(election: Election, ballot: OpenedBallot, where: str = "opened") -> CheckedOpening:
    """Encrypt an opened draft again and compare; return what it says.

    Raises WrongShape, BadChoice, BadProof, UnsupportedElection. Source: SPEC 5.1, step 2.
    """
    _check_kind(election)
    ballot.check(election, where)
    marks = (_level(tuple(o.value for o in row)) for row in ballot.rows)
    return CheckedOpening(ballot.commit_code(election), tuple(m - 1 if m else None for m in marks), ballot.terminal)
