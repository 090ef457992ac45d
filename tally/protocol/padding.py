"""One length for every ballot on its way to the box, so that nobody who sees the network learns anything from sizes.

Here lives the padding of a request body and its removal. Never here: padding inside a ballot, whose bytes are hashed.

A ballot's length varies only with the digits of its scalars. The body is the ballot followed by ASCII spaces up to the
length that it would have if each scalar had 76 digits; spaces after a JSON value mean nothing. SPEC 5.13. Twin:
padding.js.
"""

from __future__ import annotations

from typing import Any

from tally.protocol.election import Election, Question
from tally.protocol.encoding import canonical
from tally.protocol.errors import TooLarge

_PROOF = {"challenge": "9" * 76, "response": "9" * 76}
_POINT = "0" * 64
_HASH = "0" * 43


def padded_length(election: Election) -> int:
    """Return the length in bytes of every padded ballot of `election`."""
    body = {
        "election_uuid": election.uuid,
        "election_hash": _HASH,
        "credential": _POINT,
        "answers": [_longest(question) for question in election.questions],
        "signature": {"hash": _HASH, "proof": _PROOF},
    }
    return len(canonical(body))


def padded(raw: bytes, election: Election) -> bytes:
    """Return the request body that carries the ballot `raw`.

    Raises TooLarge for what is no ballot of this election. Source: SPEC 5.13.
    """
    length = padded_length(election)
    if len(raw) > length:
        raise TooLarge("ballot", limit=length)
    return raw.ljust(length, b" ")


def unpadded(body: bytes) -> bytes:
    """Return the ballot in a request body: everything but trailing ASCII spaces. Source: SPEC 5.13."""
    return body.rstrip(b" ")


def _longest(question: Question) -> dict[str, Any]:
    branches = question.max - question.min + 1 + question.blank
    blank = {"blank_proof": [_PROOF] * 2} if question.blank else {}
    return {
        "choices": [{"alpha": _POINT, "beta": _POINT}] * question.width,
        "individual_proofs": [[_PROOF] * 2] * question.width,
        "overall_proof": [_PROOF] * branches,
        **blank,
    }
