"""Bytes of a signed document, changed or covered by halves: every flipped byte is caught, wherever it is.

Here lives what somebody does to the bytes of a file. Never here: a revision added to it (test_signed_revisions.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator

import pytest

from keys.documents.signing import IdentitySigner
from tally.protocol.errors import Refused
from tally.signed.document import check_signed
from tests.signatories import document, identities, signed, signed_by, signers

FLIPS = 50


def refused(raw: bytes, *codes: str) -> str:
    with pytest.raises(Refused) as found:
        check_signed(raw, expected=document(), signers=signers(), where="bien-ban.pdf")
    assert not codes or found.value.code in codes, str(found.value)
    return found.value.code


def drawn(label: str, count: int, under: int) -> Iterator[int]:
    """Numbers that look like chance and are the same every time."""
    for i in range(count):
        yield int.from_bytes(hashlib.sha256(f"{label}{i}".encode()).digest()) % under


# --- bytes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revision", [0, 1, 2, 3])
def test_one_flipped_byte_is_caught_wherever_it_is(revision: int) -> None:  # threats G6
    raw = signed()
    start, end = (0 if revision == 0 else len(signed(revision - 1))), len(signed(revision))
    for place, bit in zip(drawn(f"place{revision}", FLIPS, end - start), drawn("bit", FLIPS, 8), strict=True):
        changed = bytearray(raw)
        changed[start + place] ^= 1 << bit
        refused(bytes(changed))


def test_no_digit_of_the_last_signature_can_be_another() -> None:
    """Nothing covers the envelope of the last signature but its own checks."""
    raw = signed()
    start = raw.rindex(b"/Contents <") + len(b"/Contents <")
    used = len(raw[start : raw.index(b">", start)].rstrip(b"0"))
    for place in range(start, start + used + 40, 101):
        other = b"0123456789ABCDEF"[(int(raw[place : place + 1], 16) + 7) % 16]
        refused(raw[:place] + bytes((other,)) + raw[place + 1 :], "SIGNATURE_BROKEN", "SIGNER_UNKNOWN")


def test_the_digits_of_a_signature_have_one_spelling() -> None:
    raw = signed()
    start = raw.rindex(b"/Contents <") + len(b"/Contents <")
    place = next(i for i in range(start, len(raw)) if raw[i] in b"ABCDEF")
    refused(raw[:place] + raw[place : place + 1].lower() + raw[place + 1 :], "SIGNATURE_BROKEN")


@pytest.mark.parametrize("tail", [b"\n", b" ", b"\0", b"% x\n", b"%%EOF\n", b"<script>"])
def test_bytes_after_the_end_are_refused(tail: bytes) -> None:
    refused(signed() + tail, "SIGNED_UNREADABLE")


def test_bytes_between_revisions_are_refused() -> None:
    for count in (0, 1, 2):
        place = len(signed(count))
        refused(signed()[:place] + b"% x\n" + signed()[place:])


def test_a_file_cut_off_anywhere_is_refused() -> None:
    raw = signed()
    for length in (0, 1, 8, 1024, *(len(signed(i)) - 1 for i in (0, 1, 2, 3)), *drawn("cut", 12, len(raw))):
        refused(raw[:length])
    for count in (0, 1, 2):
        refused(raw[: len(signed(count))], "SIGNATURE_MISSING")


# --- what a signature covers ---------------------------------------------------------------------------------------


def over(raw: bytes, ranges: Callable[[int, int, int], tuple[int, int, int, int]]) -> bytes:
    """Sign the last revision again over other ranges than everything but the hole."""
    place = raw.rindex(b"/ByteRange [")
    written = re.compile(rb"/ByteRange \[\d+ (\d+) (\d+) (\d+)\] *").match(raw, place)
    assert written is not None
    zero, hole, after, rest = ranges(*(int(number) for number in written.groups()))
    said = b"/ByteRange [%d %d %d %d]" % (zero, hole, after, rest)
    raw = raw[:place] + said.ljust(len(written[0])) + raw[written.end() :]
    digest = hashlib.sha256(raw[zero : zero + hole] + raw[after : after + rest]).digest()
    signer = IdentitySigner(identities()[2])
    envelope = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True)).dump().hex().upper().encode()
    start = raw.rindex(b"/Contents <") + len(b"/Contents <")
    room = raw.index(b">", start) - start
    return raw[:start] + envelope.ljust(room, b"0") + raw[start + room :]


def test_a_signature_over_a_part_is_refused() -> None:
    assert len(over(signed(), lambda hole, after, rest: (0, hole, after, rest))) == len(signed())
    check_signed(
        over(signed(), lambda hole, after, rest: (0, hole, after, rest)), expected=document(), signers=signers()
    )
    for ranges in (
        lambda hole, after, rest: (0, hole, after, rest - 10),
        lambda hole, after, rest: (0, hole - 100, after, rest),
        lambda hole, after, rest: (0, hole, after + 100, rest - 100),
        lambda hole, after, rest: (100, hole - 100, after, rest),
        lambda hole, after, rest: (0, 100, after, rest),
    ):
        refused(over(signed(), ranges), "SIGNATURE_BROKEN")


def test_a_signature_copied_from_another_document_is_refused() -> None:
    other = signed_by(document("Báo cáo (số liệu thử)."), *enumerate(identities(), start=1))
    mine, theirs = (re.findall(rb"/Contents <([0-9A-F]+)>", raw) for raw in (signed(), other))
    for own, foreign in zip(mine, theirs, strict=True):
        refused(signed().replace(own, foreign), "SIGNATURE_BROKEN")


def test_a_reader_is_not_led_elsewhere_by_what_no_table_names() -> None:
    """Two objects of one number in one revision: who repairs a file would take the last one."""
    hidden = b"6 0 obj\n<<\n/Type /Page\n>>\nendobj\n"
    place = signed().rindex(b"xref\n0 1\n")
    raw = signed()[:place] + hidden + signed()[place:]
    moved = raw.rindex(b"startxref\n") + len(b"startxref\n")
    raw = raw[:moved] + b"%d\n%%%%EOF\n" % (place + len(hidden))
    assert refused(raw) in ("SIGNED_EXTRA", "SIGNED_UNREADABLE", "SIGNATURE_BROKEN")


def test_the_document_is_read_from_bytes_alone() -> None:
    """No file, no clock and no network: the same bytes give the same answer."""
    raw = signed()
    one, other = (check_signed(raw, expected=document(), signers=signers()) for _ in range(2))
    assert one == other


def test_a_time_that_is_none_is_not_shown() -> None:
    """Whoever signs may write anything into their own revision, and be answered all the same."""
    place = signed().rindex(b"/M (D") + len(b"/M (D")
    raw = over(signed()[:place] + b"xxxxxxxx" + signed()[place + 8 :], lambda hole, after, rest: (0, hole, after, rest))
    found = check_signed(raw, expected=document(), signers=signers())
    assert [one.claimed is None for one in found.signatures] == [False, False, True]
    assert found.signatures[2].in_life is None
