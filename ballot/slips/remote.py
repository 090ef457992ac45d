"""An issuer that is a process of its own, as the registry speaks to it: strict JSON over HTTP, with a secret and TLS.

Here lives the transport. Never here: a decision to sign, or the secret in a log, an address or an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError, TimeoutError
from urllib3.util import Timeout

from ballot.issuer.acts import Counts
from ballot.ledger import IssuingPaused
from ballot.punctual import POOLS
from ballot.slips.issuer_errors import IssuerAway, IssuerNotLinked, IssuerRefused, IssuerUnclear
from keys.signers import (
    AlreadyIssued,
    BlindedOutOfRange,
    BlindedRepeated,
    IssuerStopped,
    IssuingFrozen,
    KeyNotDestroyed,
    Kind,
    NotEntitled,
    NotFrozen,
    NotIssued,
    SigningFault,
    machine_secret,
)
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import canonical, decode, fields, string
from tally.protocol.errors import CodedError, TallyError
from tally.protocol.issuance import IssuerStatement
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.manifest import Issuer, Manifest

JSON, BYTES = "application/json", "application/octet-stream"
ANSWER_LIMIT = 64 * 1024
QUICK, LONG = Timeout(connect=3, read=10), Timeout(connect=3, read=60)
AS_THEY_ARE = {
    kind.code: kind
    for kind in (
        AlreadyIssued, BlindedOutOfRange, BlindedRepeated, IssuerStopped, IssuingFrozen, IssuingPaused,
        KeyNotDestroyed, NotEntitled, NotFrozen, NotIssued, SigningFault,
    )
}  # fmt: skip
"""Refusals of an issuer that need no details: they are the same wherever it runs."""


class Remote:
    """An issuer at an origin, known by a certificate (or on loopback), to which the registry is known by a secret."""

    def __init__(self, name: str, url: str, *, secret_file: Path, ca: Path | None) -> None:
        self.name, self._url, self._secret_file, self._secret = name, url, secret_file, ""
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=8,
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca) if ca else None,
        )
        self._pool.pool_classes_by_scheme = POOLS

    def prepare(self, uuid: str) -> Issuer:
        """Let it make its keys. Raises IssuerUnclear, and what `_ask` raises."""
        m = self._ask(uuid, "khoa", {}, "name", "key", "statement_key", timeout=LONG)
        if m["name"] != self.name:
            raise IssuerUnclear("name", issuer=self.name)
        return Issuer(self.name, IssuerPublicKey.parse(m["key"]), string(m["statement_key"], "statement_key"))

    def hand_over(self, manifest: Manifest, *, salt: bytes, roll: Sequence[tuple[str, str, str, str]]) -> None:
        """Send roll and manifest. Raises IssuerRefused (ROLL_DIFFERS…), IssuerUnclear, and what `_ask` raises."""
        body = {"salt": salt.hex(), "manifest": manifest.raw.decode("utf-8"), "roll": roll}
        if self._ask(manifest.uuid, "nhan", body, "manifest", timeout=LONG)["manifest"] != manifest.hash:
            raise IssuerUnclear("manifest", issuer=self.name)

    def sign(self, uuid: str, *, kind: Kind, reference: str, blinded: bytes) -> bytes:
        """Return the blind signature; whoever blinded verifies it. Raises what the issuer refuses."""
        body = {"kind": kind.value, "reference": reference, "blinded": blinded.hex()}
        digits = string(self._ask(uuid, "cap", body, "signature")["signature"], "signature")
        try:
            return bytes.fromhex(digits)
        except ValueError:
            raise IssuerUnclear("signature", issuer=self.name) from None

    def counts(self, uuid: str) -> Counts:
        """Return its counts."""
        return self._counts(uuid, "so-lieu")

    def pause(self, uuid: str) -> None:
        """Pause it."""
        self._counts(uuid, "tam-dung")

    def resume(self, uuid: str) -> None:
        """Let it go on."""
        self._counts(uuid, "tiep-tuc")

    def freeze(self, uuid: str) -> Counts:
        """End its issuing. Raises IssuerUnclear if it does not say that its key is gone."""
        ended = self._counts(uuid, "chot")
        if not (ended.frozen and ended.destroyed):
            raise IssuerUnclear("chot", issuer=self.name)
        return ended

    def statement(self, uuid: str, credentials: CredentialList) -> IssuerStatement:
        """Return its statement over this list, which it looks at itself. Raises IssuerRefused, and reading errors."""
        m = self._send(uuid, "ban-ke", credentials.encode(), BYTES, LONG, "statement")
        return IssuerStatement.parse(m["statement"], self.name)

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()

    # --- the wire -------------------------------------------------------------------------------------------------

    def _counts(self, uuid: str, act: str) -> Counts:
        return Counts.parse(self._ask(uuid, act, {}, "counts")["counts"], self.name)

    def _ask(self, uuid: str, act: str, value: Any, *names: str, timeout: Timeout = QUICK) -> dict[str, Any]:
        return self._send(uuid, act, canonical(value), JSON, timeout, *names)

    def _send(self, uuid: str, act: str, body: bytes, mimetype: str, timeout: Timeout, *names: str) -> dict[str, Any]:
        """Send one request; return the fields of its answer.

        Raises IssuerNotLinked, KeyFileExposed, IssuerAway, IssuerRefused, IssuerUnclear, and those in AS_THEY_ARE.
        """
        headers = {"Content-Type": mimetype, "Authorization": f"Bearer {self._secret or self._read_secret()}"}
        try:
            status, raw = self._exchange(f"{self._url}/dot/{uuid}/{act}", body, headers, timeout)
        except HTTPError:  # its text may quote the request
            raise IssuerAway("issuer", issuer=self.name) from None
        try:
            value = decode(raw, self.name, limit=ANSWER_LIMIT, exact=False)
            if status == 200:
                return fields(value, self.name, *names)
            refusal = {key: string(value[key], self.name) for key in ("code", "sentence")}
        except (TallyError, KeyError, TypeError):
            if status >= 500:
                raise IssuerAway("issuer", issuer=self.name) from None
            raise IssuerUnclear("issuer", issuer=self.name) from None
        raise self._refusal(status, **refusal)

    def _exchange(self, url: str, body: bytes, headers: dict[str, str], timeout: Timeout) -> tuple[int, bytes]:
        """Send and read, once more where a kept connection had been closed meanwhile: every act may be repeated."""
        for last in (False, True):
            try:
                answer = self._pool.request(
                    "POST", url, body=body, headers=headers, timeout=timeout, redirect=False,
                    preload_content=False, decode_content=False,
                )  # fmt: skip
                try:
                    return answer.status, _read_within(answer, float(timeout.read_timeout or 0))
                finally:
                    answer.drain_conn() if answer.length_remaining == 0 else answer.close()
                    answer.release_conn()
            except ProtocolError:
                if last:
                    raise
        raise ProtocolError

    def _refusal(self, status: int, *, code: str, sentence: str) -> CodedError:
        if status == 401:
            self._secret = ""  # looked up anew, once it was mended
        if code in AS_THEY_ARE:
            return AS_THEY_ARE[code](self.name)
        if status >= 500:
            return IssuerAway("issuer", issuer=self.name)
        return IssuerRefused("issuer", issuer=self.name, code=code, sentence=sentence)

    def _read_secret(self) -> str:
        if not self._secret_file.is_file():
            raise IssuerNotLinked(self._secret_file.name, issuer=self.name)
        self._secret = machine_secret(self._secret_file).strip()
        return self._secret


def _read_within(answer: urllib3.BaseHTTPResponse, seconds: float) -> bytes:
    """Read a body that is all there in time: who drips a byte now and then would hold the registry for hours."""
    end, raw = monotonic() + seconds, b""
    while len(raw) <= ANSWER_LIMIT and (piece := answer.read1(ANSWER_LIMIT + 1 - len(raw))):
        raw += piece
        if monotonic() > end:
            raise TimeoutError
    return raw
