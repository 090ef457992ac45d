"""A voter in Python: a slip signed blindly by every issuer, marks, and a ballot.

Here lives what a person and a booth do. Never here: a file, or a lie (those are in the tests).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from keys.issuer import BlindSigner
from tally.protocol.blind import CredentialSignature, blind, credential_message, finalize
from tally.protocol.booth import Draft, cast, encrypt
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.election import Election
from tally.protocol.group import Point
from tally.protocol.manifest import Manifest

LEVELS = 3
Levels = Sequence[int | None]  # for each official the place of the mark, None for a line left blank


def new_slip(manifest: Manifest) -> tuple[SlipCode, Credential]:
    code = SlipCode.random()
    return code, Credential.derive(code, manifest.uuid)


def signature_of(manifest: Manifest, number: int, signer: BlindSigner, credential: Point) -> CredentialSignature:
    """Have `signer` sign a credential as issuer `number` (from 0) of the manifest would."""
    entry = manifest.issuers[number]
    message = credential_message(
        manifest_hash=manifest.hash, issuer_name=entry.name, credential_hex=credential.encode()
    )
    blinding = blind(signer.public, message)
    answer = signer.blind_sign(blinding.blinded_message)
    return finalize(signer.public, message, blinding=blinding, blind_signature=answer)


def listed(manifest: Manifest, signers: Sequence[BlindSigner], credential: Point) -> ListedCredential:
    return ListedCredential(
        credential, tuple(signature_of(manifest, n, signer, credential) for n, signer in enumerate(signers))
    )


def marks(levels: Levels) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(place == level) for place in range(LEVELS)) for level in levels)


def any_levels(officials: int) -> list[int | None]:
    return [secrets.choice((0, 1, 2, None)) for _ in range(officials)]


def draft(election: Election, levels: Levels) -> Draft:
    return encrypt(election, marks(levels))


def vote(election: Election, levels: Levels, credential: Credential) -> bytes:
    return cast(election, draft(election, levels), credential).encode()
