"""Who takes the opening test, with whose nonces: opening-call.json, which travels between the members.

Here lives its one spelling. Never here: who decides it, or the test (opening.py). SPEC 5.8, step 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer, objects
from tally.protocol.messages import MAX_TRUSTEES

CALL = "opening-call.json"
_LIMIT = 64 * 1024


def encode_call(nonces: Mapping[int, str]) -> bytes:
    """Return the file: {"owner","nonce"} of each who is called, in the order of owners."""
    return canonical([{"owner": owner, "nonce": nonces[owner]} for owner in sorted(nonces)])


def parse_call(raw: bytes) -> dict[int, str]:
    """Return the nonces of those who are called, by owner. Raises reading errors."""
    nonces = {}
    for entry, where in objects(decode(raw, CALL, limit=_LIMIT), CALL):
        m = fields(entry, where, "owner", "nonce")
        nonces[integer(m["owner"], where, 1, MAX_TRUSTEES)] = hex_hash(m["nonce"], where)
    return nonces
