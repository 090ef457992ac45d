"""An issuer's key inside a PKCS#11 token: made there for one round, used there with one mechanism, destroyed there.

Here live the four acts: create, open, sign, destroy. Never here: a private number, or a mechanism beside raw RSA.

The token computes m^d and nothing else; what may be signed is decided here, and every answer is verified before it
leaves, exactly as for a key in a file. A token is trusted to keep the key, not to compute without a fault.
"""

from __future__ import annotations

import secrets
from typing import Any

import gmpy2  # type: ignore[import-untyped]

from keys.errors import TokenKeyExists, TokenKeyMissing, TokenRefused
from keys.issuer.errors import IssuerStopped, SigningFault
from keys.issuer.key import check_blinded
from keys.token import Session, Token, fingerprint_of_label, log_in, log_out, logged_in, pkcs11
from tally.i18n import marked as _
from tally.protocol.blind import IssuerPublicKey
from tally.protocol.issuer_key import EXPONENT, MODULUS_BITS

NO_RAW_RSA = _("thiết bị không có phép RSA thô (CKM_RSA_X_509)")
LOOSE_KEY = _("khóa không được tạo trong thiết bị, hoặc có thể lấy ra ngoài")
TWO_KEYS = _("có hai khóa cùng một nhãn")
STILL_THERE = _("khóa vẫn còn trong thiết bị sau khi xóa")
_NO_SUCH_ATTRIBUTE = ("AttributeTypeInvalid", "AttributeValueInvalid", "TemplateInconsistent", "AttributeReadOnly")


def key_label(*, name: str, round_id: str) -> str:
    """Return the label of an issuer's key: it names the purpose, the round and the issuer."""
    return f"phieu-tin-nhiem issuer {round_id} {name}"


class TokenSigner:
    """Signs blinded messages with a key inside a token; the same promises as `keys.issuer.key.BlindSigner`.

    Two threads may sign: the token serves one after the other.
    """

    def __init__(self, session: Session, private: Any, public: IssuerPublicKey, name: str) -> None:
        self.public = public
        self.name = name
        self._session: Session | None = session
        self._private = private

    def close(self) -> None:
        """Let go of the key and of this signer's part in the session; `blind_sign` refuses from now on."""
        session, self._session, self._private = self._session, None, None
        if session is not None:
            log_out(session)

    @property
    def stopped(self) -> bool:
        """Whether the key was let go, by `close` or by a fault."""
        return self._session is None

    def blind_sign(self, blinded: bytes) -> bytes:
        """Return the blind signature, as long as the modulus.

        Raises BlindedOutOfRange, IssuerStopped, TokenMissing, TokenRefused, and SigningFault once, after which the
        signer stays stopped. Source: RFC 9474, 4.3; SPEC 3.9.
        """
        if (session := self._session) is None:
            raise IssuerStopped("issuer")
        m = check_blinded(self.public, blinded)  # RFC 9474 4.3, step 1
        with session.calling():
            if (private := self._private) is None:  # let go while this thread waited for its turn
                raise IssuerStopped("issuer")
            answer = private.sign(blinded, mechanism=pkcs11().Mechanism.RSA_X_509)  # step 2
        s = int.from_bytes(answer)
        if s >= self.public.modulus or gmpy2.powmod(s, EXPONENT, self.public.modulus) != m:  # steps 3-4
            self.close()
            raise SigningFault("issuer")
        return s.to_bytes(self.public.length)  # step 5


def create_token_key(token: Token, *, name: str, round_id: str) -> IssuerPublicKey:
    """Make a pair of keys inside the token, try it once, and return the public half.

    A pair that does not pass is destroyed again. Raises TokenKeyExists, BadIssuerKey, SigningFault, and what
    `keys.token.log_in` raises.
    """
    label = key_label(name=name, round_id=round_id)
    with logged_in(token) as session:
        with session.calling() as raw:
            if _halves(raw, label):
                raise TokenKeyExists(token.label)
            if pkcs11().Mechanism.RSA_X_509 not in raw.token.slot.get_mechanisms():
                raise TokenRefused(token.label, reason=NO_RAW_RSA)
            _generate(raw, label)
        try:
            return _tried(token, name=name, round_id=round_id)
        except BaseException:
            destroy_token_key(token, name=name, round_id=round_id)
            raise


def open_token_signer(token: Token, *, name: str, round_id: str) -> TokenSigner:
    """Open the key that `create_token_key` made for this round and issuer.

    Raises TokenKeyMissing, TokenRefused (also for a key that could leave the token), BadIssuerKey, and what
    `keys.token.log_in` raises.
    """
    session = log_in(token)
    try:
        with session.calling() as raw:
            private, public = _pair(raw, key_label(name=name, round_id=round_id), token.label)
        return TokenSigner(session, private, public, name)
    except BaseException:
        log_out(session)
        raise


def destroy_token_key(token: Token, *, name: str, round_id: str) -> None:
    """Destroy both halves inside the token and look whether they are gone.

    Read in keys/README.md what this cannot do. Raises TokenKeyMissing, TokenRefused where the token keeps a half, and
    what `keys.token.log_in` raises.
    """
    label = key_label(name=name, round_id=round_id)
    with logged_in(token) as session, session.calling() as raw:
        found = _halves(raw, label)
        if not found:
            raise TokenKeyMissing(token.label)
        for half in found:
            half.destroy()
        if _halves(raw, label):
            raise TokenRefused(token.label, reason=STILL_THERE)


# --- inside the token --------------------------------------------------------------------------------------------


def _generate(raw: Any, label: str) -> None:
    """Generate the pair; where the token knows it, the key is bound to the raw mechanism alone."""
    library = pkcs11()
    attribute = library.Attribute
    private = {
        attribute.PRIVATE: True, attribute.SENSITIVE: True, attribute.EXTRACTABLE: False, attribute.SIGN: True,
        attribute.DECRYPT: False, attribute.UNWRAP: False,
    }  # fmt: skip
    bound = private | {attribute.ALLOWED_MECHANISMS: [library.Mechanism.RSA_X_509]}
    try:
        _generate_with(raw, label, bound)
    except library.PKCS11Error as error:
        if type(error).__name__ not in _NO_SUCH_ATTRIBUTE:
            raise
        _generate_with(raw, label, private)


def _generate_with(raw: Any, label: str, private: dict[Any, Any]) -> None:
    library = pkcs11()
    attribute = library.Attribute
    raw.generate_keypair(
        library.KeyType.RSA,
        MODULUS_BITS,
        id=fingerprint_of_label(label),
        label=label,
        store=True,
        public_template={
            attribute.PUBLIC_EXPONENT: EXPONENT.to_bytes(3), attribute.VERIFY: True, attribute.ENCRYPT: False,
            attribute.WRAP: False,
        },
        private_template=private,
    )  # fmt: skip


def _tried(token: Token, *, name: str, round_id: str) -> IssuerPublicKey:
    """Sign one number that nobody asked for: a token that computes wrongly is found before the round is sealed."""
    signer = open_token_signer(token, name=name, round_id=round_id)
    try:
        signer.blind_sign((2 + secrets.randbelow(signer.public.modulus - 4)).to_bytes(signer.public.length))
        return signer.public
    finally:
        signer.close()


def _halves(raw: Any, label: str) -> list[Any]:
    return list(raw.get_objects({pkcs11().Attribute.LABEL: label}))


def _pair(raw: Any, label: str, where: str) -> tuple[Any, IssuerPublicKey]:
    """Return the private handle and the checked public key of a label."""
    library = pkcs11()
    attribute, kinds = library.Attribute, library.ObjectClass
    found = _halves(raw, label)
    private = [half for half in found if half.object_class == kinds.PRIVATE_KEY]
    public = [half for half in found if half.object_class == kinds.PUBLIC_KEY]
    if not private or not public:
        raise TokenKeyMissing(where)
    if len(found) != 2:
        raise TokenRefused(where, reason=TWO_KEYS)
    _check_kept(private[0], where)
    modulus, exponent = (int.from_bytes(public[0][name]) for name in (attribute.MODULUS, attribute.PUBLIC_EXPONENT))
    if exponent != EXPONENT or int.from_bytes(private[0][attribute.MODULUS]) != modulus:
        raise TokenRefused(where, reason=TWO_KEYS)
    return private[0], IssuerPublicKey(modulus)


def _check_kept(private: Any, where: str) -> None:
    """Refuse a key that was brought in from outside, could be read, or ever could."""
    attribute = pkcs11().Attribute
    kept = (attribute.SENSITIVE, attribute.ALWAYS_SENSITIVE, attribute.NEVER_EXTRACTABLE, attribute.LOCAL)
    if not all(private[name] for name in kept) or private[attribute.EXTRACTABLE]:
        raise TokenRefused(where, reason=LOOSE_KEY)
