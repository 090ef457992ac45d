"""A member of the committee after the ceremony: what its key file holds, and its one act.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from collections.abc import Callable

from keys import trustee
from keys.ceremony import Polynomial, transcript_of
from keys.channel import random_seed
from keys.trustee import Memory, TrusteeFile
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
    return Memory(round_.manifest.hash, index, random_seed(), spent, transcript, board.shares[index])


def decrypt(file: TrusteeFile, closed: ClosedRecord) -> PartialDecryption:
    return trustee.decrypt(file, closed, typed_root=closed.root)
