"""A station in Python, the twin of the page: makes a slip, has it signed blindly, sends it sealed to the box.

Here lives the station's half. Never here: a name together with a credential; the two meet nowhere.
"""

from __future__ import annotations

from nacl.public import PublicKey, SealedBox

from ballot.demo.client import Browser
from tally.protocol.blind import blind, credential_message, finalize
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.encoding import canonical
from tally.protocol.manifest import Manifest


def make_slip(registry: Browser, box: Browser, manifest: Manifest, *, code: str, freeze_key: str) -> SlipCode:
    """Make a slip under a desk's one-time `code`; it exists only when every signature is right and in the box."""
    slip = SlipCode.random()
    credential = Credential.derive(slip, manifest.uuid).public
    messages = [
        credential_message(manifest_hash=manifest.hash, issuer_name=i.name, credential_hex=credential.encode())
        for i in manifest.issuers
    ]
    blindings = [blind(i.key, message) for i, message in zip(manifest.issuers, messages, strict=True)]
    request = {"authorisation": code, "blinded": [b.blinded_message.hex() for b in blindings]}
    answers = registry.post_json(f"/tram/{manifest.uuid}/cap", request)["signatures"]
    signatures = tuple(
        finalize(i.key, message, blinding=blinding, blind_signature=bytes.fromhex(answer))
        for i, message, blinding, answer in zip(manifest.issuers, messages, blindings, answers, strict=True)
    )
    listed = canonical(ListedCredential(credential, signatures).as_json())
    sealed = SealedBox(PublicKey(bytes.fromhex(freeze_key))).encrypt(listed)
    box.post(f"/dot/{manifest.uuid}/tam", sealed, "application/octet-stream")
    return slip
