"""Issuing as the hall does it: a station makes each slip, the issuers sign what they cannot read.

Here lives the station's half. Never here: a name together with a credential; the two meet nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keys.signers import Issuer
from tally.protocol.blind import CredentialSignature, blind, credential_message, finalize
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.manifest import Manifest

Ask = Callable[[Issuer, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Slip:
    """What the printer hands to a person."""

    code: SlipCode


def make_slip(manifest: Manifest, issuers: list[Issuer], ask: Ask) -> tuple[Slip, ListedCredential]:
    """Make a credential, have every issuer sign it blindly through `ask`, and return the slip and its public half."""
    code = SlipCode.random()
    credential = Credential.derive(code, manifest.uuid)
    signatures: list[CredentialSignature] = []
    for entry, issuer in zip(manifest.issuers, issuers, strict=True):
        message = credential_message(
            manifest_hash=manifest.hash, issuer_name=entry.name, credential_hex=credential.public.encode()
        )
        blinding = blind(entry.key, message)
        answer = ask(issuer, blinding.blinded_message)
        signatures.append(finalize(entry.key, message, blinding=blinding, blind_signature=answer))
    return Slip(code), ListedCredential(credential.public, tuple(signatures))
