"""Private messages between trustees: only the named receiver reads them, and knows who wrote them."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.committee.channel import ALPHABET, SEED_LENGTH, KeyPair, MemberKeys, random_seed, receive, send, sign
from keys.errors import BadPrivateMessage
from tally.protocol.encoding import canonical
from tally.protocol.group import IDENTITY, random_scalar

SENDER, RECEIVER, OTHER = (MemberKeys.derive(random_seed()) for _ in range(3))
TEXT = '{"secret":"12345"}'


def opened(sealed: str, *, sender: MemberKeys = SENDER, receiver: MemberKeys = RECEIVER) -> str:
    return receive(receiver.receiving, sender.signing.public, sealed, "member 1")


def sealed_text(text: str = TEXT) -> str:
    return send(SENDER.signing, RECEIVER.receiving.public, text)


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_a_message_comes_out_as_it_went_in(text: str) -> None:
    assert opened(sealed_text(text)) == text


def test_nobody_else_can_open_it() -> None:
    with pytest.raises(BadPrivateMessage):
        opened(sealed_text(), receiver=OTHER)


def test_a_message_of_another_sender_is_refused_and_the_claimed_sender_named() -> None:
    with pytest.raises(BadPrivateMessage) as refused:
        opened(send(OTHER.signing, RECEIVER.receiving.public, TEXT))
    assert refused.value.where == "member 1"


def test_a_message_sent_on_to_a_third_member_is_refused() -> None:
    """The receiver's name stands inside the signature: a message cannot be sealed anew for somebody else."""
    from keys.committee import channel

    envelope = canonical({"recipient": RECEIVER.receiving.public.encode(), "message": TEXT}).decode()
    inner = canonical(sign(SENDER.signing.secret, envelope).as_json())
    with pytest.raises(BadPrivateMessage):
        opened(channel._encrypt(OTHER.receiving.public, inner, secrets.randbelow), receiver=OTHER)


def test_two_messages_of_one_text_look_unrelated() -> None:
    first, second = (json.loads(sealed_text()) for _ in range(2))
    assert all(first[name] != second[name] for name in ("alpha", "beta", "data"))


def test_the_text_does_not_show_in_the_message() -> None:
    assert "12345" not in sealed_text()


@pytest.mark.parametrize("name", ["alpha", "beta", "data"])
def test_a_changed_field_is_refused(name: str) -> None:
    document = json.loads(sealed_text())
    digit = document[name][5]
    document[name] = document[name][:5] + ("0" if digit != "0" else "1") + document[name][6:]
    with pytest.raises(BadPrivateMessage):
        opened(canonical(document).decode())


@pytest.mark.parametrize(
    "change",
    [{"algorithm": "AES-CCM"}, {"algorithm": "none"}, {"alpha": IDENTITY.encode()}, {"data": ""}, {"data": "zz"},
     {"data": 5}, {"more": "x"}, {"beta": None}],
)  # fmt: skip
def test_a_message_of_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadPrivateMessage):
        opened(canonical(json.loads(sealed_text()) | change).decode())


@pytest.mark.parametrize("sealed", ["", "{}", "[]", "null", '"x"', "\ud800", "[" * 50, "\x00"])
def test_what_is_no_message_is_refused(sealed: str) -> None:
    with pytest.raises(BadPrivateMessage):
        opened(sealed)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_refused_in_the_same_way(sealed: str) -> None:
    with pytest.raises(BadPrivateMessage):
        opened(sealed)


def test_every_flipped_byte_of_the_ciphertext_is_refused() -> None:
    document = json.loads(sealed_text())
    data = bytes.fromhex(document["data"])
    opened_anyway = []
    for at in range(len(data)):
        changed = document | {"data": (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]).hex()}
        try:
            opened_anyway.append(opened(canonical(changed).decode()))
        except BadPrivateMessage:
            continue
    assert opened_anyway == []


def test_the_two_pairs_of_a_member_differ() -> None:
    assert SENDER.signing.public != SENDER.receiving.public


def test_a_seed_is_22_characters_of_base_58_and_never_the_same() -> None:
    seeds = {random_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert all(len(seed) == SEED_LENGTH and set(seed) <= set(ALPHABET) for seed in seeds)


def test_keys_do_not_show_when_printed() -> None:
    pair = KeyPair.derive("sk", random_seed())
    assert str(pair.secret) not in repr(pair)
    assert str(SENDER.signing.secret) not in repr(SENDER)


def test_a_signature_is_under_the_senders_key_only() -> None:
    from tally.protocol.errors import BadSignature

    secret = random_scalar()
    signed = sign(secret, "lời cam kết")
    with pytest.raises(BadSignature):
        signed.check(OTHER.signing.public, "member 1")
