"""The six words of a ceremony: a list that never changes, and words that follow from everything that was revealed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from tally.protocol.fingerprint import COUNT, WORDS, fingerprint
from tests.builders import Board, Round

SPEC = Path(__file__).parents[2] / "tally" / "SPEC.md"


def words(board: Board, transcript: str = "0" * 64) -> tuple[str, ...]:
    return fingerprint(transcript, [board.messages.reveals[n].coefexps for n in sorted(board.messages.reveals)])


def test_the_list_of_words_is_the_one_the_specification_fixes() -> None:
    digest = hashlib.sha256("\n".join(WORDS).encode()).hexdigest()
    assert re.search(rf"SHA-256 of the words joined by newlines:\s+`{digest}`", SPEC.read_text("utf-8"))
    assert (len(WORDS), len(set(WORDS))) == (256, 256)
    assert all(unicodedata.is_normalized("NFC", word) for word in WORDS)


def test_no_two_words_look_alike_without_their_marks() -> None:
    plain = [unicodedata.normalize("NFD", word).encode("ascii", "ignore") for word in WORDS]
    assert len(set(plain)) > 250


def test_the_words_follow_from_the_transcript_and_from_every_reveal(round_: Round) -> None:
    board = round_.board
    found = words(board)
    assert (len(found), set(found) <= set(WORDS)) == (COUNT, True)
    assert words(board) == found
    assert words(board, "1" * 64) != found
    others = [board.messages.reveals[n].coefexps for n in (2, 1, 3)]
    assert fingerprint("0" * 64, others) != found
