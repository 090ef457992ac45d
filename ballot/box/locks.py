"""What the box keeps of two keys that pages know, so that it can tell who has one and cannot give it away.

Here live these two hashes. Never here: a key.
"""

from __future__ import annotations

import hashlib

_FLEET_LABEL = b"phieu-tin-nhiem/v1/fleet-key|"
_STAGING_LABEL = b"phieu-tin-nhiem/v1/staging-key|"


def fleet_lock(key: str) -> bytes:
    """Return what the box keeps of the key to the board of terminals. Source: SPEC 5.14."""
    return hashlib.sha256(_FLEET_LABEL + key.encode("utf-8")).digest()


def staging_lock(key: bytes) -> bytes:
    """Return what the box keeps of the key with which stations send before the freeze. Source: SPEC 5.14."""
    return hashlib.sha256(_STAGING_LABEL + key).digest()
