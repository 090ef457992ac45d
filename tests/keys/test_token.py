"""An issuer's key in a PKCS#11 token (SoftHSM2): what it signs, what it refuses, and that it is gone when destroyed."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from keys import signers
from keys import token as tokens
from keys.errors import (
    KeyFileExposed,
    KeyFileMissing,
    KeysError,
    Pkcs11Missing,
    TokenKeyExists,
    TokenKeyMissing,
    TokenMissing,
    TokenRefused,
)
from keys.issuer import MemoryLedger
from keys.issuer.errors import BlindedOutOfRange, IssuerStopped, SigningFault
from keys.issuer.token import key_label
from keys.signers import (
    Issuer,
    Token,
    TokenSigner,
    create_token_key,
    destroy_token_key,
    open_token_signer,
)
from tally.protocol.blind import blind, check_signature, credential_message, finalize
from tests.commands import run
from tests.softhsm import LABEL, PIN, needs_softhsm, token

pytestmark = needs_softhsm
NAME, MANIFEST = "ban-kiem-phieu", "a1" * 32


@pytest.fixture
def hsm(tmp_path: Path) -> Token:
    return token(tmp_path)


@pytest.fixture
def round_id() -> str:
    return secrets.token_hex(8)


@pytest.fixture
def signer(hsm: Token, round_id: str) -> Iterator[TokenSigner]:
    create_token_key(hsm, name=NAME, round_id=round_id)
    opened = open_token_signer(hsm, name=NAME, round_id=round_id)
    yield opened
    opened.close()
    destroy_token_key(hsm, name=NAME, round_id=round_id)


def drawn(signer: TokenSigner) -> bytes:
    return (2 + secrets.randbelow(signer.public.modulus - 4)).to_bytes(384)


def signs(signer: TokenSigner) -> None:
    blinded = drawn(signer)
    answer = int.from_bytes(signer.blind_sign(blinded))
    assert pow(answer, 65537, signer.public.modulus) == int.from_bytes(blinded)


def test_a_credential_signed_by_a_token_verifies(signer: TokenSigner) -> None:
    issuer = Issuer(signer, voters=["đại biểu 1"], ledger=MemoryLedger(manifest=MANIFEST, issuer=signer.name))
    message = credential_message(manifest_hash=MANIFEST, issuer_name=NAME, credential_hex="e5" * 32)
    blinding = blind(signer.public, message)
    answer = issuer.issue("đại biểu 1", blinding.blinded_message)
    check_signature(signer.public, message, finalize(signer.public, message, blinding=blinding, blind_signature=answer))
    issuer.freeze()
    assert signer.stopped


def test_the_public_half_told_at_the_making_is_the_one_that_opens(hsm: Token, round_id: str) -> None:
    public = create_token_key(hsm, name=NAME, round_id=round_id)
    opened = open_token_signer(hsm, name=NAME, round_id=round_id)
    assert (opened.public, opened.name, public.modulus.bit_length()) == (public, NAME, 3072)
    opened.close()
    destroy_token_key(hsm, name=NAME, round_id=round_id)


@pytest.mark.parametrize("private_number", ["PRIVATE_EXPONENT", "PRIME_1", "PRIME_2", "EXPONENT_1", "COEFFICIENT"])
def test_no_private_number_comes_out(signer: TokenSigner, private_number: str) -> None:
    with pytest.raises(pkcs11.AttributeSensitive):
        signer._private[pkcs11.Attribute[private_number]]


# threats A8
@pytest.mark.parametrize("mechanism", ["RSA_PKCS", "SHA256_RSA_PKCS", "SHA384_RSA_PKCS_PSS"])
def test_the_key_signs_no_report_by_its_own_mechanisms(signer: TokenSigner, mechanism: str) -> None:
    with pytest.raises(pkcs11.PKCS11Error):
        signer._private.sign(b"x" * 32, mechanism=pkcs11.Mechanism[mechanism])


def test_the_key_decrypts_nothing(signer: TokenSigner) -> None:
    with pytest.raises((pkcs11.PKCS11Error, AttributeError)):
        signer._private.decrypt(drawn(signer), mechanism=pkcs11.Mechanism.RSA_X_509)


def test_what_signs_itself_or_does_not_fit_is_refused(signer: TokenSigner) -> None:
    n = signer.public.modulus
    numbers = [0, 1, n - 1, n, n + 2]
    for blinded in [b"", *(number.to_bytes(384) for number in numbers), (5).to_bytes(383), (5).to_bytes(385)]:
        with pytest.raises(BlindedOutOfRange):
            signer.blind_sign(blinded)
    signs(signer)


class Faulty:
    """A private key of a token that computes wrongly in one byte, or answers in another length."""

    def __init__(self, real: object, change: object) -> None:
        self.real, self.change = real, change

    def sign(self, blinded: bytes, **chosen: object) -> bytes:
        return self.change(self.real.sign(blinded, **chosen))


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]),
        lambda answer: bytes(384),
        lambda answer: b"",
        lambda answer: b"\xff" * 384,
        lambda answer: answer + b"\0",
    ],
)
def test_a_fault_of_the_token_is_never_answered_and_stops_the_signer(signer: TokenSigner, change: object) -> None:
    signer._private = Faulty(signer._private, change)
    with pytest.raises(SigningFault):
        signer.blind_sign(drawn(signer))
    assert signer.stopped
    with pytest.raises(IssuerStopped):
        signer.blind_sign(drawn(signer))


def test_two_threads_sign_at_once(signer: TokenSigner) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: signs(signer), range(24)))


def test_a_signer_closed_under_threads_answers_rightly_or_not_at_all(hsm: Token, round_id: str) -> None:
    create_token_key(hsm, name=NAME, round_id=round_id)
    opened = open_token_signer(hsm, name=NAME, round_id=round_id)

    def one(number: int) -> str:
        if number == 10:
            opened.close()
        try:
            signs(opened)
        except IssuerStopped:
            return "stopped"
        return "signed"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(one, range(24)))
    assert outcomes[-1] == "stopped"
    destroy_token_key(hsm, name=NAME, round_id=round_id)


def test_two_rounds_and_two_issuers_share_a_token(hsm: Token) -> None:
    names = [(NAME, "r-một"), (NAME, "r-hai"), ("ban-to-chuc", "r-một")]
    publics = [create_token_key(hsm, name=name, round_id=round_id) for name, round_id in names]
    assert len({public.modulus for public in publics}) == 3
    opened = [open_token_signer(hsm, name=name, round_id=round_id) for name, round_id in names]
    assert [signer.public for signer in opened] == publics
    for signer in opened:
        signs(signer)
    opened[0].close()
    signs(opened[1])
    destroy_token_key(hsm, name=NAME, round_id="r-một")
    with pytest.raises(TokenKeyMissing):
        open_token_signer(hsm, name=NAME, round_id="r-một")
    signs(opened[2])
    for signer in opened[1:]:
        signer.close()
    assert not tokens._sessions
    for name, round_id in names[1:]:
        destroy_token_key(hsm, name=name, round_id=round_id)


def test_a_new_process_finds_the_key(hsm: Token, round_id: str) -> None:
    public = create_token_key(hsm, name=NAME, round_id=round_id)
    script = (
        "import sys; from pathlib import Path; from keys.signers import Token, open_token_signer;"
        "t = Token(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]));"
        "s = open_token_signer(t, name=sys.argv[4], round_id=sys.argv[5]);"
        "print(s.public.encode(), s.blind_sign((7).to_bytes(384)).hex())"
    )
    done = python(script, hsm.module, hsm.label, hsm.pin_file, NAME, round_id)
    modulus, answer = done.split()
    assert modulus == public.encode()
    assert pow(int(answer, 16), 65537, public.modulus) == 7
    destroy_token_key(hsm, name=NAME, round_id=round_id)


def python(script: str, *arguments: object) -> str:
    import subprocess

    from tests.commands import ROOT

    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout


def test_a_key_is_never_overwritten(signer: TokenSigner, hsm: Token, round_id: str) -> None:
    with pytest.raises(TokenKeyExists):
        create_token_key(hsm, name=NAME, round_id=round_id)
    signs(signer)


def test_a_destroyed_key_is_gone(hsm: Token, round_id: str) -> None:
    create_token_key(hsm, name=NAME, round_id=round_id)
    opened = open_token_signer(hsm, name=NAME, round_id=round_id)
    destroy_token_key(hsm, name=NAME, round_id=round_id)
    with pytest.raises(TokenRefused):
        opened.blind_sign(drawn(opened))
    opened.close()
    for act in (open_token_signer, destroy_token_key):
        with pytest.raises(TokenKeyMissing):
            act(hsm, name=NAME, round_id=round_id)
    with tokens.logged_in(hsm) as session:
        label = key_label(name=NAME, round_id=round_id)
        assert list(session.raw.get_objects({pkcs11.Attribute.LABEL: label})) == []


def test_half_a_key_is_none_and_can_be_cleared_away(hsm: Token, round_id: str) -> None:
    create_token_key(hsm, name=NAME, round_id=round_id)
    with tokens.logged_in(hsm) as session:
        wanted = {
            pkcs11.Attribute.LABEL: key_label(name=NAME, round_id=round_id),
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY,
        }
        for public in session.raw.get_objects(wanted):
            public.destroy()
    with pytest.raises(TokenKeyMissing):
        open_token_signer(hsm, name=NAME, round_id=round_id)
    destroy_token_key(hsm, name=NAME, round_id=round_id)


@pytest.mark.parametrize("change", [{"EXTRACTABLE": True}, {"SENSITIVE": False}])
def test_a_key_that_could_leave_the_token_is_refused(
    hsm: Token, round_id: str, change: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    from keys.issuer import token as issuer_token

    real = issuer_token._generate_with

    def loosely(raw: object, label: str, private: dict[object, object]) -> None:
        real(raw, label, private | {pkcs11.Attribute[name]: value for name, value in change.items()})

    monkeypatch.setattr(issuer_token, "_generate_with", loosely)
    with pytest.raises(TokenRefused, match="ra ngoài"):
        create_token_key(hsm, name=NAME, round_id=round_id)
    with pytest.raises(TokenKeyMissing):
        destroy_token_key(hsm, name=NAME, round_id=round_id)


def test_a_token_that_cannot_bind_a_key_to_a_mechanism_is_used_without(
    hsm: Token, round_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keys.issuer import token as issuer_token

    real = issuer_token._generate_with

    def old_fashioned(raw: object, label: str, private: dict[object, object]) -> None:
        if pkcs11.Attribute.ALLOWED_MECHANISMS in private:
            raise pkcs11.AttributeTypeInvalid
        real(raw, label, private)

    monkeypatch.setattr(issuer_token, "_generate_with", old_fashioned)
    create_token_key(hsm, name=NAME, round_id=round_id)
    destroy_token_key(hsm, name=NAME, round_id=round_id)


def refusal(error: type[KeysError], hsm: Token) -> str:
    with pytest.raises(error) as refused:
        create_token_key(hsm, name=NAME, round_id="r-từ-chối")
    return f"{refused.value} {refused.value!r} {refused.value.__cause__!r}"


def test_a_wrong_pin_is_refused_and_never_shown(hsm: Token, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    wrong = token(tmp_path / "other", pin="999 sai rồi")
    assert "PIN" in refusal(TokenRefused, wrong)
    assert "999 sai rồi" not in refusal(TokenRefused, wrong)
    with tokens.logged_in(hsm):  # the session is open, and yet not for somebody with another PIN
        assert "999 sai rồi" not in refusal(TokenRefused, wrong)
    assert PIN not in repr(hsm) + str(hsm)


def test_a_token_or_library_that_is_not_there_is_named(hsm: Token, tmp_path: Path) -> None:
    assert "thẻ khác" in refusal(TokenMissing, replace(hsm, label="thẻ khác"))
    refusal(TokenMissing, replace(hsm, module=tmp_path / "không-có.so"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_pin_file_that_others_can_read_is_refused(hsm: Token, mode: int) -> None:
    hsm.pin_file.chmod(mode)
    assert PIN not in refusal(KeyFileExposed, hsm)


def test_a_pin_file_that_is_missing_or_no_text_is_refused(hsm: Token) -> None:
    hsm.pin_file.write_bytes(b"\xff\xfe")
    refusal(TokenRefused, hsm)
    hsm.pin_file.unlink()
    refusal(KeyFileMissing, hsm)


def test_without_the_extra_the_answer_says_what_to_install(hsm: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    assert "pip install '.[hsm]'" in refusal(Pkcs11Missing, hsm)


def test_no_other_module_loads_the_library_of_tokens() -> None:
    script = "import sys, keys.cli, keys.signers; print('pkcs11' in sys.modules)"
    assert python(script).strip() == "False"


def test_the_key_counts_among_the_purposes(signer: TokenSigner) -> None:
    assert len(signers.issuer_fingerprint(signer.public)) == 64


def test_a_new_issuer_on_the_command_line_has_its_key_in_the_token(hsm: Token, tmp_path: Path, round_id: str) -> None:
    place = ("--module", hsm.module, "--token-label", LABEL, "--pin-file", hsm.pin_file)
    who = ("--name", NAME, "--uuid", round_id)
    done = run("keys", "new-issuer", tmp_path, *who, *place, stdin="cây tre trăm đốt\n")
    assert done.code == 0, done.output
    assert PIN not in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.statement.key", "pin"]
    opened = open_token_signer(hsm, name=NAME, round_id=round_id)
    assert opened.public.encode() in done.output
    opened.close()
    done = run("keys", "destroy-token-key", *who, *place, "--yes")
    assert done.code == 0, done.output
    with pytest.raises(TokenKeyMissing):
        open_token_signer(hsm, name=NAME, round_id=round_id)
    assert run("keys", "new-issuer", tmp_path, *who, *place[:2]).code == 2


def test_a_session_does_not_outlive_a_fork(signer: TokenSigner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signer._session is not None
    monkeypatch.setattr(signer._session, "process", 0)
    with pytest.raises(TokenRefused, match="tiến trình khác"):
        signer.blind_sign(drawn(signer))
    monkeypatch.undo()
    signs(signer)
