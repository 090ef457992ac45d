"""What a member's key file remembers: seed, polynomial, the ceremony it is bound to, the share, the root it has opened.

Here live its one spelling and its changes, each a new value. Never here: a file, a passphrase, or a use of the share.
Twin: ballot/frontend/src/protocol/memory.js; SPEC 4.4.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from keys.committee.ceremony import Polynomial, Seat, draw_polynomial
from keys.committee.channel import MemberKeys, random_seed
from keys.committee.errors import NotThisTrustee, OtherRootDecrypted, ShareMissing, TranscriptChanged
from keys.errors import WrongRound
from keys.roles import TRUSTEE
from tally.protocol.ceremony import transcript_of
from tally.protocol.committee import Committee
from tally.protocol.encoding import array, canonical, decode, fields, hex_hash, integer, string
from tally.protocol.group import RandBelow, decode_scalar, g_pow
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Coefexps

_FIELDS = ("manifest", "index", "seed", "polynomial", "coefexps", "transcript", "share", "nonce", "decrypted_root")
_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """What a trustee's key file holds. `transcript`, `share` and `decrypted_root` are empty until there is one."""

    manifest: str
    index: int
    seed: str = field(repr=False)
    polynomial: Polynomial = field(repr=False)
    transcript: str = ""
    share: int | None = field(default=None, repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_hex(32))
    decrypted_root: str = ""

    @classmethod
    def new(cls, manifest: Manifest, index: int, randbelow: RandBelow = secrets.randbelow) -> Memory:
        """Draw everything a member needs for a ceremony: seed, polynomial with its signature, nonce, in this order."""
        seed = random_seed(randbelow)
        polynomial = draw_polynomial(Seat(manifest, index, MemberKeys.derive(seed)), randbelow)
        return cls(manifest.hash, index, seed, polynomial, nonce=randbelow(1 << 256).to_bytes(32).hex())

    @classmethod
    def parse(cls, raw: bytes) -> Memory:
        """Read the secret of a key file."""
        where = TRUSTEE
        m = fields(decode(raw, where, limit=_LIMIT), where, *_FIELDS)
        coefficients = tuple(decode_scalar(a, where) for a in array(m["polynomial"], where))
        transcript, root = string(m["transcript"], where), string(m["decrypted_root"], where)
        return cls(
            manifest=hex_hash(m["manifest"], where),
            index=integer(m["index"], where, 1, 1000),
            seed=string(m["seed"], where),
            polynomial=Polynomial(coefficients, Coefexps.parse(m["coefexps"], where)),
            transcript=hex_hash(transcript, where) if transcript else "",
            share=decode_scalar(m["share"], where) if m["share"] else None,
            nonce=hex_hash(m["nonce"], where),
            decrypted_root=hex_hash(root, where) if root else "",
        )

    def encode(self) -> bytes:
        """Return the bytes that are encrypted into the key file."""
        document: dict[str, Any] = {
            "manifest": self.manifest,
            "index": self.index,
            "seed": self.seed,
            "polynomial": [str(a) for a in self.polynomial.coefficients],
            "coefexps": self.polynomial.public.signed.as_json(),
            "transcript": self.transcript,
            "share": "" if self.share is None else str(self.share),
            "nonce": self.nonce,
            "decrypted_root": self.decrypted_root,
        }
        return canonical(document)

    def bound_to(self, transcript: str) -> Memory:
        """Return the memory bound to one set of certificates and commitments: a polynomial is revealed to no other.

        Raises TranscriptChanged: whoever carries the folder has replaced messages since. Source: threats F5.
        """
        if self.transcript not in ("", transcript):
            raise TranscriptChanged(f"member {self.index}")
        return replace(self, transcript=transcript)

    def with_share(self, share: int) -> Memory:
        """Keep the finished share; the polynomial has served and is forgotten."""
        return replace(self, share=share, polynomial=Polynomial((), self.polynomial.public))

    def seat(self, manifest: Manifest) -> Seat:
        """Return the member's seat. Raises WrongRound."""
        if manifest.hash != self.manifest:
            raise WrongRound("manifest.json")
        return Seat(manifest, self.index, MemberKeys.derive(self.seed))

    def require_share(self) -> int:
        """Return the share. Raises ShareMissing."""
        if self.share is None:
            raise ShareMissing(f"member {self.index}")
        return self.share

    def statement_secret(self, committee: Committee) -> int:
        """Return what this member signs statements with: the signing key of the ceremony, or, alone, the share itself.

        Raises ShareMissing. Source: SPEC 4.15, 4.18.
        """
        return self.require_share() if len(committee.members) == 1 else MemberKeys.derive(self.seed).signing.secret

    def check_belongs(self, committee: Committee) -> None:
        """Check that this file was made in the ceremony of this committee and holds its share.

        Raises WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged.
        """
        if committee.manifest != self.manifest:
            raise WrongRound("committee.json")
        share, owners = self.require_share(), committee.trustees.owners
        if self.index > len(owners) or g_pow(share) != owners[self.index - 1]:
            raise NotThisTrustee(f"member {self.index}")
        self.bound_to(transcript_of(committee))

    def bound_to_root(self, root: str) -> Memory:
        """Return the memory bound to one root: no key ever opens two sets of sums.

        Raises OtherRootDecrypted. Source: threats F7–F10.
        """
        if self.decrypted_root not in ("", root):
            raise OtherRootDecrypted(f"member {self.index}")
        return replace(self, decrypted_root=root)
