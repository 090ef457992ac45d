"""Signed notes as C2SP writes them: one spelling, and a signature of the named key or none.

Here lives the form of a note. Never here: what the box says in one (test_checkpoint.py).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tally.protocol.checkpoint import Note, encode_notes, parse_notes, sign_note
from tally.protocol.errors import BadSignature, NotCanonical

BOX, STRANGER = SigningKey(bytes(range(32))), SigningKey(bytes(32))


def sign(lines: Sequence[str], name: str, key: SigningKey = BOX) -> Note:
    return sign_note(lines, name, key.verify_key.encode(), lambda text: key.sign(text).signature)


def test_the_key_hash_is_that_of_the_signed_note_format() -> None:
    """C2SP signed-note: SHA-256 of name, newline, 0x01 and the key; its example key is from golang.org/x/mod."""
    name, vkey = "PeterNeumann", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    raw = base64.b64decode(vkey.split("+")[2])
    note = sign_note(["x"], name, raw[1:], lambda text: bytes(64))
    assert (raw[0], note.signatures[0][1][:4].hex()) == (1, "c74f20a3")


def test_the_example_note_of_the_format_is_read_and_verified() -> None:
    raw = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    ).encode()
    (note,) = parse_notes(raw, "note")
    key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    note.check("PeterNeumann", key.hex(), "note")
    assert note.encode() == raw


NAME, KEY = "box", BOX.verify_key.encode().hex()
NOTE = sign(["a line", "Tín nhiệm"], NAME)
MARK = NOTE.signatures[0][1]
FORGED = {
    "nobody signed": replace(NOTE, signatures=()),
    "another key signed": sign(NOTE.lines, NAME, STRANGER),
    "another key under the hash of ours": replace(
        NOTE, signatures=((NAME, MARK[:4] + sign(NOTE.lines, NAME, STRANGER).signatures[0][1][4:]),)
    ),
    "another name": replace(NOTE, signatures=(("box2", MARK),)),
    "another key hash": replace(NOTE, signatures=((NAME, b"\0\0\0\0" + MARK[4:]),)),
    "another text": replace(NOTE, lines=("a line", "tín nhiệm")),
    "a line more": replace(NOTE, lines=(*NOTE.lines, "more")),
    "a bit flipped": replace(NOTE, signatures=((NAME, MARK[:-1] + bytes([MARK[-1] ^ 1])),)),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_a_note_that_the_box_did_not_sign_is_refused(case: str) -> None:
    NOTE.check(NAME, KEY, "note")
    with pytest.raises(BadSignature):
        FORGED[case].check(NAME, KEY, "note")


@pytest.mark.parametrize("beside", [sign(NOTE.lines, "witness", STRANGER), NOTE], ids=["another's", "its own"])
def test_a_signature_beside_that_of_the_box_is_refused(beside: Note) -> None:
    """A line that nobody verifies would let one note have many spellings."""
    for signatures in ((*NOTE.signatures, *beside.signatures), (*beside.signatures, *NOTE.signatures)):
        with pytest.raises(BadSignature):
            parse_notes(replace(NOTE, signatures=signatures).encode(), "note")[0].check(NAME, KEY, "note")


@given(st.lists(st.lists(st.text("abc Tín—", min_size=1), min_size=1, max_size=3), max_size=3))
def test_notes_are_read_back_byte_for_byte(texts: list[list[str]]) -> None:
    notes = tuple(sign(lines, NAME) for lines in texts)
    assert parse_notes(encode_notes(notes), "notes") == notes


RAW = encode_notes([NOTE, NOTE])
UNREADABLE = {
    "cut": RAW[:-1], "newline after": RAW + b"\n", "carriage returns": RAW.replace(b"\n", b"\r\n"),
    "no signature": b"a line\n\n", "text only": b"a line\n", "hyphen": RAW.replace("—".encode(), b"-"),
    "not base64": RAW.replace(b"=", b"*"), "no padding": RAW.replace(b"=\n", b"\n"), "latin-1": b"\xed" + RAW,
    "two blanks": RAW.replace("— box".encode(), "—  box".encode()),
    "byte order mark": b"\xef\xbb\xbf" + NOTE.encode()[:-2],
    "short signature": NOTE.signed_bytes + "\n— box AAAA\n".encode(), "lone newline": b"\n",
}  # fmt: skip


# threats C20
@pytest.mark.parametrize("case", UNREADABLE)
def test_notes_in_another_spelling_are_refused(case: str) -> None:
    with pytest.raises(NotCanonical):
        parse_notes(UNREADABLE[case], "notes")
