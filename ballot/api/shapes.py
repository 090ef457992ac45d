"""The JSON shapes of requests and answers, as JSON Schema.

Here lives the form of things alone. Never here: what a signature or a proof must say (tally/SPEC.md).
"""

from __future__ import annotations

from typing import Any

from tally.protocol.holding import VOID_REASONS

Schema = dict[str, Any]


def text(pattern: str = "", *, most: int = 0) -> Schema:
    """Return a string, of a pattern or at most so long."""
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **({"maxLength": most} if most else {})}


def hex_of(size: int) -> Schema:
    """Return bytes as lower-case hexadecimal digits."""
    return text(f"^[0-9a-f]{{{2 * size}}}$")


def one_of(*values: str) -> Schema:
    """Return one of these strings."""
    return {"type": "string", "enum": list(values)}


def listed(items: Schema, *, most: int = 0) -> Schema:
    """Return an array."""
    return {"type": "array", "items": items, **({"maxItems": most} if most else {})}


def whole(low: int, high: int) -> Schema:
    """Return an integer within bounds."""
    return {"type": "integer", "minimum": low, "maximum": high}


def thing(_optional: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return an object with exactly these fields."""
    required = [name for name in properties if name not in _optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def anything() -> Schema:
    """Return an object whose form stands in tally/SPEC.md."""
    return {"type": "object"}


SCALAR = text("^(0|[1-9][0-9]{0,76})$")
POINT = hex_of(32)
HASH43 = text("^[A-Za-z0-9+/]{43}$")
PROOF = thing(challenge=SCALAR, response=SCALAR)
CIPHERTEXT = thing(alpha=POINT, beta=POINT)
ANSWER = thing(
    ("blank_proof",),
    choices=listed(CIPHERTEXT),
    individual_proofs=listed(listed(PROOF)),
    overall_proof=listed(PROOF),
    blank_proof=listed(PROOF),
)
BALLOT = thing(
    election_uuid=text(),
    election_hash=HASH43,
    credential=POINT,
    answers=listed(ANSWER),
    signature=thing(hash=HASH43, proof=PROOF),
)
CHOICE = thing(alpha=POINT, beta=POINT, value=whole(0, 1), randomness=SCALAR)
OPENED = thing(election=hex_of(32), terminal=text("^([A-Z]{1,2}[0-9]{1,3})?$"), rows=listed(listed(CHOICE)))
RECEIPT = thing(round=text(), tracker=HASH43, commit=hex_of(32), signature=text())
VOID = thing(
    staging_key=text(),
    credential=anything(),
    reason=one_of(*VOID_REASONS),
    proof=PROOF,
)
STANDING = thing(credential=POINT, proof=PROOF)
STANDS = thing(("receipt",), state=one_of("recorded", "absent", "void"), receipt=RECEIPT)
ORDER = thing(
    id=hex_of(16),
    kind=one_of("first", "replacement", "envelope"),
    state=one_of("taken", "signed", "delivered"),
    permission=text(),
    key=text(),
)
REFUSAL = thing(code=text("^[A-Z][A-Z0-9_]*$"), sentence=text())
TOKEN = text(most=100)
