"""The closing statement of an issuer: one spelling, one signature, and nothing accepted beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tally.protocol.errors import BadHash, BadText, TallyError, WrongShape
from tally.protocol.issuance import (
    COUNTS,
    FIELDS,
    HASHES,
    BadStatementKey,
    IssuerStatement,
    StatementSignatureInvalid,
    check_statement,
)

NAME = "Ban tổ chức"
KEY = SigningKey(bytes(range(32)))
KEY_HEX = KEY.verify_key.encode().hex()


def sign(statement: IssuerStatement, key: SigningKey = KEY) -> IssuerStatement:
    return replace(statement, signature=key.sign(statement.signing_bytes()).signature.hex())


STATEMENT = sign(
    IssuerStatement(
        issuer=NAME,
        manifest="aa" * 32,
        issued=312,
        reissued=1,
        envelopes=16,
        voided=15,
        undelivered=3,
        refused=2,
        log_head="bb" * 32,
        credentials="cc" * 32,
        signature="00" * 64,
    )
)


def test_the_signing_bytes_are_spelt_as_specified() -> None:
    expected = (
        'phieu-tin-nhiem/v1/issuer-statement|{"issuer":"Ban tổ chức","manifest":"' + "aa" * 32 + '","issued":312,'
        '"reissued":1,"envelopes":16,"voided":15,"undelivered":3,"refused":2,"log_head":"'
        + "bb" * 32
        + '","credentials":"'
        + "cc" * 32
        + '"}'
    )
    assert STATEMENT.signing_bytes().decode() == expected


def test_a_signed_statement_is_accepted() -> None:
    check_statement(STATEMENT, KEY_HEX)


def test_a_statement_is_read_as_it_was_written() -> None:
    assert list(STATEMENT.encode()) == list(FIELDS)
    assert IssuerStatement.parse(STATEMENT.encode()) == STATEMENT


@given(st.tuples(*[st.integers(0, 2**53 - 1) for _ in COUNTS]))
def test_every_count_is_read_as_it_was_written_and_is_signed(counts: tuple[int, ...]) -> None:
    statement = sign(replace(STATEMENT, **dict(zip(COUNTS, counts, strict=True))))
    assert IssuerStatement.parse(statement.encode()) == statement
    check_statement(statement, KEY_HEX)


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "signature"])
def test_no_field_can_be_changed_under_the_signature(name: str) -> None:
    changes: dict[str, Any] = {"issuer": "Ban kiểm phiếu"} | dict.fromkeys(HASHES, "dd" * 32)
    changed = replace(STATEMENT, **{name: changes.get(name, 999)})
    with pytest.raises(StatementSignatureInvalid):
        check_statement(changed, KEY_HEX)


def test_no_flipped_byte_of_the_signature_is_accepted() -> None:
    for position in range(64):
        raw = bytearray.fromhex(STATEMENT.signature)
        raw[position] ^= 1
        with pytest.raises(StatementSignatureInvalid):
            check_statement(replace(STATEMENT, signature=raw.hex()), KEY_HEX)


def test_a_signature_with_an_unreduced_scalar_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    raw = bytes.fromhex(STATEMENT.signature)
    scalar = int.from_bytes(raw[32:], "little") + order
    with pytest.raises(StatementSignatureInvalid):
        check_statement(replace(STATEMENT, signature=(raw[:32] + scalar.to_bytes(32, "little")).hex()), KEY_HEX)


def test_the_key_of_another_issuer_does_not_do() -> None:
    with pytest.raises(StatementSignatureInvalid):
        check_statement(STATEMENT, SigningKey(bytes(32)).verify_key.encode().hex())


@pytest.mark.parametrize("point", ["00" * 32, "01" + "00" * 31, "ff" * 32], ids=["order 4", "identity", "no point"])
def test_a_key_that_verifies_anything_is_refused(point: str) -> None:
    for signature in (STATEMENT.signature, point + "00" * 32, "01" + "00" * 63):
        with pytest.raises(StatementSignatureInvalid):
            check_statement(replace(STATEMENT, signature=signature), point)


@pytest.mark.parametrize("key", ["", KEY_HEX.upper(), KEY_HEX[2:], KEY_HEX + "00", KEY_HEX + "\n", "zz" * 32])
def test_a_key_has_one_spelling(key: str) -> None:
    with pytest.raises(BadStatementKey):
        check_statement(STATEMENT, key)


def test_a_signature_made_for_another_label_is_refused() -> None:
    bare = STATEMENT.signing_bytes().split(b"|", 1)[1]
    with pytest.raises(StatementSignatureInvalid):
        check_statement(replace(STATEMENT, signature=KEY.sign(bare).signature.hex()), KEY_HEX)


@pytest.mark.parametrize("bad", [True, False, -1, 1.0, "1", None, 2**53, [], {}])
@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_a_plain_number(name: str, bad: Any) -> None:
    with pytest.raises(WrongShape):
        IssuerStatement.parse(STATEMENT.encode() | {name: bad})


@pytest.mark.parametrize("bad", ["", "AA" * 32, "aa" * 31, "aa" * 33, "aa" * 32 + "\n", None, 5])
@pytest.mark.parametrize("name", HASHES)
def test_a_hash_has_one_spelling(name: str, bad: Any) -> None:
    with pytest.raises(BadHash):
        IssuerStatement.parse(STATEMENT.encode() | {name: bad})


@pytest.mark.parametrize("bad", ["", "AA" * 64, "aa" * 63, "aa" * 65, None])
def test_a_signature_has_one_spelling(bad: Any) -> None:
    with pytest.raises(WrongShape):
        IssuerStatement.parse(STATEMENT.encode() | {"signature": bad})


@pytest.mark.parametrize(
    "bad",
    ["", f" {NAME}", f"{NAME} ", normalize("NFD", NAME), "Ban\ntổ chức", "Ban\u200btổ chức", "a" * 201, "\ud800"],
    ids=["empty", "blank before", "blank after", "not NFC", "new line", "invisible", "too long", "surrogate"],
)
def test_a_name_that_could_look_like_another_is_refused(bad: str) -> None:
    with pytest.raises(BadText):
        IssuerStatement.parse(STATEMENT.encode() | {"issuer": bad})


def test_a_name_is_text() -> None:
    with pytest.raises(WrongShape):
        IssuerStatement.parse(STATEMENT.encode() | {"issuer": 5})


def test_fields_missing_added_or_out_of_order_are_refused() -> None:
    good = STATEMENT.encode()
    without = [{k: v for k, v in good.items() if k != name} for name in good]
    backwards = dict(reversed(good.items()))
    for bad in [None, [], "x", {}, good | {"time": 0}, backwards, *without]:
        with pytest.raises(WrongShape):
            IssuerStatement.parse(bad)


@pytest.mark.parametrize("error", [BadStatementKey, StatementSignatureInvalid])
def test_a_refusal_has_a_code_and_a_sentence(error: type[TallyError]) -> None:
    assert error.code == error.code.upper()
    assert str(error("chỗ này")).startswith("chỗ này: ")
