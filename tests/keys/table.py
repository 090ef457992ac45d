"""What lies on the table of a key ceremony, and a member who takes a message from it.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from keys.committee import ceremony
from keys.committee.ceremony import Seat
from tally.protocol.ceremony import Reveal
from tally.protocol.messages import Certificate
from tests.builders import Board


def seat(board: Board, index: int) -> Seat:
    return board.seats[index - 1]


def table(board: Board) -> tuple[tuple[Certificate, ...], tuple[str, ...], tuple[Reveal, ...]]:
    """Return everything that lies on the table when shares are received."""
    m = board.messages
    return tuple(m.certificates.values()), tuple(m.commitments.values()), tuple(m.reveals.values())


def receive_with(board: Board, reveal: Reveal, *, sender: int = 1, receiver: int = 2) -> int:
    certificates, commitments, reveals = table(board)
    changed = (*reveals[: sender - 1], reveal, *reveals[sender:])
    return ceremony.receive_share(seat(board, receiver), certificates, commitments, changed)
