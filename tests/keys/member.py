"""A member of the committee after the ceremony: what its key file holds, and its one act.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from collections.abc import Callable

from keys.committee import trustee
from keys.committee.ceremony import Polynomial
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile
from tally.protocol.ceremony import transcript_of
from tally.protocol.decryption import PartialDecryption
from tally.verify import ClosedRecord
from tests.builders import Round

WORDS = "một mật khẩu đủ dài"
NewFile = Callable[..., TrusteeFile]


def memory_of(round_: Round, index: int) -> Memory:
    """Return what the file of a member holds after the ceremony."""
    board = round_.board
    spent = Polynomial((), board.polynomials[index - 1].public)
    transcript = transcript_of(board.committee)
    seed = board.seeds[index - 1]
    return Memory(round_.manifest.hash, index, seed, spent, transcript, board.shares[index])


def decrypt(file: TrusteeFile, closed: ClosedRecord) -> PartialDecryption:
    return trustee.decrypt(file, closed, typed_root=closed.root)
