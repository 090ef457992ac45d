"""Makes tests/vectors/js, what Python computes and the browser must compute: `python -m tests.make_js_vectors`.

Here live the inputs and the reason for each. Never here: chance; everything is drawn from named streams, so that the
files are the same whenever they are made, and a ballot is the same byte for byte in both languages.

A vector has `comment` and `expect`: a value, or the code of a refusal (capitals).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from nacl import bindings as sodium
from nacl.hashlib import blake2b

from tally.protocol.blind import credential_message
from tally.protocol.booth import cast, commit_code, encrypt, shown_commit
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, sha256_compact, sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.group import G, Point, Q, decode_scalar, g_pow
from tally.protocol.padding import padded, padded_length
from tally.protocol.proofs import challenge, schnorr_sign
from tally.protocol.receipt import receipt_bytes
from tally.protocol.site import SiteReceipt
from tally.protocol.spoiled import OpenedBallot
from tests.js_committee_vectors import (
    ceremonies,
    ceremony_words,
    certificate_refusals,
    reveal_refusals,
    share_refusals,
)
from tests.js_custody_vectors import committee_refusals, committees, destruction_refusals, opening_refusals
from tests.js_decryption_vectors import decryptions, typed_roots
from tests.js_keyfile_vectors import damaged_key_files, key_files, memories, passphrases
from tests.js_manifest_vectors import manifests, sealed_manifests
from tests.js_record_vectors import commit_codes, holdings, opened_files, opened_frames
from tests.js_vector_base import KEY, UUID, Stream, Vector, election, outcome, vector

FOLDER = Path(__file__).parent / "vectors" / "js"
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


# --- encoding ------------------------------------------------------------------------------------------------------


def canonical_json() -> Iterator[Vector]:
    values = {
        "field order is kept, not sorted": {"b": 1, "a": [True, False, None]},
        "Vietnamese text is not escaped": {"tên": "Nguyễn Văn Ẫm", "chức vụ": "Phó Chủ tịch – ₫"},
        "the five short escapes, quote and backslash": '\b\f\n\r\t"\\/',
        "other control characters in lower-case hexadecimal": "\x00\x01\x1f\x7f",
        "line separators and characters outside the basic plane as they are": "\u2028\u2029 𝄞 😀",
        "largest safe integer": [2**53 - 1, -(2**53) + 1, 0],
        "nothing": [[], {}, ""],
    }
    for comment, value in values.items():
        yield vector(comment, canonical(value).hex(), value=value)


def strict_reading() -> Iterator[Vector]:
    texts = {
        "canonical": b'{"a":[1,"\xe1\xba\xab"]}',
        "a blank": b'{"a": 1}',
        "a trailing newline": b'{"a":1}\n',
        "a key twice": b'{"a":1,"a":1}',
        "an escape that is not needed": b'{"a":"\\u00e1"}',
        "an escaped slash": b'["\\/"]',
        "a fraction": b"[1.5]",
        "one in another spelling": b"[1e0]",
        "minus zero": b"[-0]",
        "not UTF-8": b'["\xff"]',
        "a byte order mark": b"\xef\xbb\xbf[]",
        "half a surrogate pair": b'["\\ud800"]',
        "not a number": b"[NaN]",
        "nothing": b"",
    }
    for comment, raw in texts.items():
        expect = "accepted" if comment == "canonical" else "refused"
        try:
            decode(raw, "vector", limit=1000)
            assert expect == "accepted", comment
        except Refused:
            assert expect == "refused", comment
        yield vector(comment, expect, raw=raw.hex())


def hashes() -> Iterator[Vector]:
    for comment, raw in {"nothing": b"", "three letters": b"abc", "beyond one block": bytes(range(256))}.items():
        yield vector(comment, {"hex": sha256_hex(raw), "compact": sha256_compact(raw)}, raw=raw.hex())


# --- group ---------------------------------------------------------------------------------------------------------


def points() -> Iterator[Vector]:
    with_torsion = sodium.crypto_core_ed25519_add(G.raw, ORDER_8)
    p = 2**255 - 19
    texts = {
        "the base point, reversed": G.encode(),
        "g to the 5": g_pow(5).encode(),
        "the election key of these vectors": KEY.encode(),
        "the base point as RFC 8032 writes it": G.raw.hex(),
        "capitals": G.encode().upper(),
        "a digit short": G.encode()[1:],
        "a digit long": "0" + G.encode(),
        "the identity": f"{1:064x}",
        "the identity, spelled with y = p + 1": f"{p + 1:064x}",
        "the identity with the sign bit": f"{1 + 2**255:064x}",
        "order 2": f"{p - 1:064x}",
        "order 4": f"{0:064x}",
        "order 8": ORDER_8[::-1].hex(),
        "a member times a point of order 8": with_torsion[::-1].hex(),
        "not on the curve": f"{2:064x}",
        "all ones": "f" * 64,
        "a blank in it": " " + G.encode()[1:],
    }
    for comment, text in texts.items():
        yield vector(comment, outcome(lambda text=text: Point.decode(text, "p").encode()), text=text)


def powers() -> Iterator[Vector]:
    exponents = {"one": 1, "zero": 0, "q itself": Q, "q minus one": Q - 1, "any": Stream("powers")(Q)}
    for comment, exponent in exponents.items():
        expect = {"g": g_pow(exponent).encode(), "y": (KEY**exponent).encode()}
        yield vector(comment, expect, exponent=str(exponent), key=KEY.encode())


def scalars() -> Iterator[Vector]:
    texts = {
        "zero": "0", "one": "1", "largest": str(Q - 1), "q": str(Q), "empty": "", "a leading zero": "01",
        "a sign": "+1", "negative": "-1", "a blank": " 1", "a newline": "1\n", "hexadecimal": "0x1",
        "Arabic digits": "١٢", "an underscore": "1_0", "far too long": "1" * 77,
    }  # fmt: skip
    for comment, text in texts.items():
        yield vector(comment, outcome(lambda text=text: str(decode_scalar(text, "s"))), text=text)


def challenges() -> Iterator[Vector]:
    cases = {"no point": ("sig|abc|", []), "one": ("pok|Ed25519|", [G]), "two": ("prove|", [G, KEY])}
    for comment, (prefix, members) in cases.items():
        names = [member.encode() for member in members]
        yield vector(comment, str(challenge(prefix, *members)), prefix=prefix, points=names)


def schnorr() -> Iterator[Vector]:
    proof = schnorr_sign("sig|vector|", 12345, Stream("schnorr"))
    yield vector("nonce from the stream", proof.as_json(), prefix="sig|vector|", exponent="12345", seed="schnorr")


# --- credential ----------------------------------------------------------------------------------------------------


def slip_codes() -> Iterator[Vector]:
    value = Stream("slip")(32**26)
    shown = SlipCode(value).shown()
    bare = shown.replace("-", "")
    swapped = bare[1] + bare[0] + bare[2:]
    typed = {
        "as printed": shown,
        "small letters, no hyphens": bare.lower(),
        "blanks of all kinds": f"\t{bare[:4]}  {bare[4:]}\u00a0\n",
        "all zeros, with O for 0": "O" * 28,
        "I and L read as 1": SlipCode(int("1" * 26, 32)).shown().replace("1", "I", 9).replace("1", "l", 5),
        "a digit short": bare[:-1],
        "a digit long": bare + "0",
        "U is no digit": "U" + bare[1:],
        "one digit wrong": ("1" if bare[0] != "1" else "2") + bare[1:],
        "two neighbours swapped": swapped,
        "a zero-width blank": "\u200b" + bare,
        "a byte order mark": "\ufeff" + bare,
        "nothing": "",
    }
    for comment, text in typed.items():
        yield vector(comment, outcome(lambda text=text: SlipCode.read(text).shown()), typed=text)


def credentials() -> Iterator[Vector]:
    for comment, value in {"zero": 0, "any": Stream("slip")(32**26), "largest": 32**26 - 1}.items():
        credential = Credential.derive(SlipCode(value), UUID)
        expect = {"public": credential.public.encode(), "secret": str(credential.secret)}
        yield vector(comment, expect, slip=SlipCode(value).shown(), uuid=UUID)


# --- elections and ballots -----------------------------------------------------------------------------------------


def elections() -> Iterator[Vector]:
    good = election()
    yield vector("two levels and three", good.fingerprint, raw=good.raw.decode())
    text = good.raw.decode()
    changed = {
        "version 2": text.replace('"version":1', '"version":2'),
        "another group": text.replace('"Ed25519"', '"BELENIOS-2048"'),
    }
    for comment, raw in changed.items():
        yield vector(comment, outcome(lambda raw=raw: Election.parse(raw.encode()).fingerprint), raw=raw)
    only_here = {
        "a blank flag, which Belenios knows and our rounds do not use": text.replace(
            '],"min"', '],"blank":true,"min"', 1
        ),
        "two marks allowed, which our rounds do not use": text.replace('"max":1', '"max":2', 1),
        "a mark demanded, which our rounds do not use": text.replace('"min":0', '"min":1', 1),
    }
    for comment, raw in only_here.items():
        Election.parse(raw.encode())
        yield vector(comment, "UNSUPPORTED_ELECTION", raw=raw)
    broken = {
        "the identity as key": text.replace(KEY.encode(), f"{1:064x}"),
        "a short uuid": text.replace(UUID, "abc"),
        "an unknown field": text.replace('"uuid"', '"x":1,"uuid"'),
    }
    for comment, raw in broken.items():
        yield vector(comment, outcome(lambda raw=raw: Election.parse(raw.encode()).fingerprint), raw=raw)


def ballots() -> Iterator[Vector]:
    made = election()
    cases = {
        "first, last, second level": ((1, 0, 0), (0, 0, 1), (0, 1)),
        "everything left blank": ((0, 0, 0), (0, 0, 0), (0, 0)),
        "one line left blank": ((0, 1, 0), (0, 0, 0), (1, 0)),
    }
    for number, (comment, choices) in enumerate(cases.items()):
        random, slip = Stream(f"ballot-{number}"), SlipCode(Stream(f"voter-{number}")(32**26))
        draft = encrypt(made, choices, random)
        ballot = cast(made, draft, Credential.derive(slip, UUID), random)
        commit = commit_code(made, draft.ciphertexts)
        raw = ballot.encode()
        expect = {
            "commit": commit,
            "shown": shown_commit(commit),
            "ballot": raw.decode(),
            "tracker": ballot.tracker,
            "opened": canonical(OpenedBallot.of(draft, "B1").as_json()).decode(),
            "padded_sha256": sha256_hex(padded(raw, made)),
        }
        yield vector(comment, expect, election=made.raw.decode(), choices=choices, seed=random.seed, slip=slip.shown())


def bad_choices() -> Iterator[Vector]:
    made = election()
    cases = {
        "two levels for one official": ((1, 1, 0), (0, 0, 0), (0, 0)),
        "a two": ((2, 0, 0), (0, 0, 0), (0, 0)),
        "a level too few": ((1, 0), (0, 0, 0), (0, 0)),
        "an official too few": ((1, 0, 0), (0, 0, 0)),
        "minus one": ((-1, 1, 1), (0, 0, 0), (0, 0)),
    }
    for comment, choices in cases.items():
        expect = outcome(lambda choices=choices: encrypt(made, choices, Stream("bad")))
        yield vector(comment, expect, election=made.raw.decode(), choices=choices)


def lengths() -> Iterator[Vector]:
    for comment, rows in {"one official": (3,), "44 officials": (3,) * 44, "a confidence vote": (2, 2)}.items():
        made = election(rows)
        yield vector(comment, padded_length(made), election=made.raw.decode())


# --- messages ------------------------------------------------------------------------------------------------------


def credential_messages() -> Iterator[Vector]:
    cases = {
        "plain": ("ab" * 32, "ban-to-chuc", "cd" * 32),
        "a manifest hash in capitals": ("AB" * 32, "ban-to-chuc", "cd" * 32),
        "a credential a digit short": ("ab" * 32, "ban-to-chuc", "c" * 63),
    }
    for comment, (manifest, issuer, credential) in cases.items():
        inputs = {"manifestHash": manifest, "issuerName": issuer, "credential": credential}

        def act(manifest: str = manifest, issuer: str = issuer, credential: str = credential) -> str:
            return credential_message(manifest_hash=manifest, issuer_name=issuer, credential_hex=credential).hex()

        yield vector(comment, outcome(act), **inputs)


def sealed_boxes() -> Iterator[Vector]:
    secret, ephemeral = hashlib.sha256(b"freeze").digest(), hashlib.sha256(b"ephemeral").digest()
    public, sender = (sodium.crypto_scalarmult_base(s) for s in (secret, ephemeral))
    plain = canonical({"credential": "ab" * 32, "signatures": []})
    nonce = blake2b(sender + public, digest_size=24).digest()
    box = sender + sodium.crypto_box(plain, nonce, public, ephemeral)
    inputs = {"secret": secret.hex(), "public": public.hex(), "ephemeral": ephemeral.hex()}
    yield vector("opened and made again", plain.hex(), sealed=box.hex(), **inputs)
    yield vector("last bit changed", "BAD_BOX", sealed=(box[:-1] + bytes([box[-1] ^ 1])).hex(), **inputs)
    yield vector("another sender's key", "BAD_BOX", sealed=(public + box[32:]).hex(), **inputs)
    yield vector("nothing in it", "BAD_BOX", sealed=box[:40].hex(), **inputs)


def receipts() -> Iterator[Vector]:
    public, secret = sodium.crypto_sign_seed_keypair(hashlib.sha256(b"box").digest())
    expected = {"round": UUID, "tracker": "A" * 43, "commit": "ab" * 32}
    body = receipt_bytes(UUID, tracker=expected["tracker"], commit=expected["commit"])
    signature = sodium.crypto_sign(body, secret)[:64].hex()
    receipt = {**expected, "signature": signature}
    cases = {
        "signed by the box": (receipt, "accepted"),
        "about another ballot": ({**receipt, "tracker": "B" * 43}, "MISMATCH"),
        "with another commit code": ({**receipt, "commit": "cd" * 32}, "MISMATCH"),
        "of another round": ({**receipt, "round": "1" * 14}, "MISMATCH"),
        "with a changed signature": ({**receipt, "signature": "00" + signature[2:]}, "BAD_SIGNATURE"),
        "without a signature": (expected, "WRONG_SHAPE"),
    }
    for comment, (value, expect) in cases.items():
        yield vector(comment, expect, raw=json.dumps(value), expected=expected, box_key=public.hex())


def site_receipts() -> Iterator[Vector]:
    """Answers in a hall with a server of its own: which is provisional, and that none is taken for the other."""
    (box_key, box), (site_key, site) = (
        sodium.crypto_sign_seed_keypair(hashlib.sha256(name).digest()) for name in (b"box", b"site")
    )
    expected = {"round": UUID, "tracker": "A" * 43, "commit": "ab" * 32}
    unsigned = SiteReceipt(UUID, expected["tracker"], expected["commit"], "")
    boxs = receipt_bytes(UUID, tracker=expected["tracker"], commit=expected["commit"])
    held, final = (
        {**expected, "signature": sodium.crypto_sign(body, secret)[:64].hex()}
        for body, secret in ((unsigned.signed(), site), (boxs, box))
    )
    cases = {
        "held by the site": ({"held": held}, site_key, "provisional"),
        "final at the site": (final, site_key, "final"),
        "held where no site answers": ({"held": held}, b"", "WRONG_SHAPE"),
        "the site's as if it were final": (held, site_key, "BAD_SIGNATURE"),
        "the box's as if it were held": ({"held": final}, site_key, "BAD_SIGNATURE"),
        "about another ballot": ({"held": {**held, "tracker": "B" * 43}}, site_key, "MISMATCH"),
        "of another site": ({"held": held}, box_key, "BAD_SIGNATURE"),
        "nothing held": ({"held": None}, site_key, "WRONG_SHAPE"),
    }
    for comment, (value, key, expect) in cases.items():
        keys = {"boxKey": box_key.hex(), "siteKey": key.hex()}
        yield vector(comment, expect, raw=json.dumps(value), expected=expected, keys=keys)


FILES: dict[str, Callable[[], Iterator[Vector]]] = {
    "canonical_json": canonical_json,
    "strict_reading": strict_reading,
    "hashes": hashes,
    "points": points,
    "powers": powers,
    "scalars": scalars,
    "challenges": challenges,
    "schnorr": schnorr,
    "slip_codes": slip_codes,
    "credentials": credentials,
    "elections": elections,
    "ballots": ballots,
    "bad_choices": bad_choices,
    "lengths": lengths,
    "credential_messages": credential_messages,
    "sealed_boxes": sealed_boxes,
    "receipts": receipts,
    "site_receipts": site_receipts,
    "holdings": holdings,
    "manifests": manifests,
    "sealed_manifests": sealed_manifests,
    "opened_files": opened_files,
    "opened_frames": opened_frames,
    "commit_codes": commit_codes,
    "ceremonies": ceremonies,
    "ceremony_words": ceremony_words,
    "certificate_refusals": certificate_refusals,
    "reveal_refusals": reveal_refusals,
    "share_refusals": share_refusals,
    "committees": committees,
    "committee_refusals": committee_refusals,
    "opening_refusals": opening_refusals,
    "destruction_refusals": destruction_refusals,
    "memories": memories,
    "key_files": key_files,
    "damaged_key_files": damaged_key_files,
    "passphrases": passphrases,
    "decryptions": decryptions,
    "typed_roots": typed_roots,
}


def write(name: str) -> str:
    """Return the text of one file."""
    return json.dumps(list(FILES[name]()), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(write(name), encoding="utf-8")
