"""A second count of a round from the files of its record alone, written from SPEC.md and from nothing else.

Here lives, in one file, all that such a recount needs: archive, proofs of ballots, sums, decryption, result.json.
Never may it import or copy a line of this project: one mistake must not hide in both programs that count.

    python -I tally/recount.py FOLDER_OR_ZIP [--proofs] [--json]        0 agrees · 1 differs or refuses · 2 wrong use

Not asked here, but by `tally verify`: issuers' signatures and statements, the messages of the key ceremony, the opening
test, opened drafts, checkpoints and closing, the minimum of ballots, and that the manifest is the one on paper. So who
may vote is taken from credentials.json; that it is the box's own list, closing.txt says.
"""

import base64
import calendar
import datetime
import hashlib
import io
import json
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from math import isqrt
from pathlib import Path
from typing import IO, Any

try:
    from nacl import bindings as sodium

    FAST = bool(sodium.has_crypto_core_ed25519 and sodium.has_crypto_scalarmult_ed25519)
except ImportError:
    FAST = False

USAGE = "Cách dùng: python -I tally/recount.py HỒ_SƠ [--proofs] [--json]   (HỒ_SƠ: thư mục hoặc tệp .zip)"
MEBIBYTE = 1 << 20
# Above this size of the archive, ballots' proofs are checked on demand only: so much takes a slow core half a minute.
PROOFS_BY_DEFAULT = 16 * MEBIBYTE if FAST else MEBIBYTE // 2
CANNOT_READ = (OSError, EOFError, ValueError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)


class Refused(Exception):
    """The record is malformed, contradicts itself, or says another number; the text says where."""


def need(condition: bool, sentence: str) -> None:
    """Refuse with this sentence unless the condition holds."""
    if not condition:
        raise Refused(sentence)


# ---- The group: SPEC 3 -----------------------------------------------------------------------------------------------
# A point is its 32 bytes of RFC 8032, so equal points are equal bytes. libsodium computes where PyNaCl is installed.

Point = bytes
Extended = tuple[int, int, int, int]
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ONE: Point = b"\x01" + bytes(31)
G: Point = b"\x58" + b"\x66" * 31


@lru_cache(maxsize=4096)
def expand(point: Point) -> Extended:
    """Give the extended coordinates of a point in canonical spelling; Refused when there is none (RFC 8032, 5.1.3)."""
    y = int.from_bytes(point, "little") & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and not (x == 0 and point[31] >> 7), "điểm không nằm trên đường cong")
    x = P - x if x & 1 != point[31] >> 7 else x
    return x, y, 1, x * y % P


def compress(extended: Extended) -> Point:
    """Give the bytes of a point."""
    inverse = pow(extended[2], -1, P)
    x, y = extended[0] * inverse % P, extended[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def add(a: Extended, b: Extended) -> Extended:
    """Add by the complete formulas of RFC 8032, 5.1.4."""
    minus, plus = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = plus - minus, d - c, d + c, plus + minus
    return e * f % P, g * h % P, f * g % P, e * h % P


def ladder(base: Extended, exponent: int) -> Extended:
    """Multiply by doubling and adding; nothing here is secret, so its time may tell."""
    total: Extended = (0, 1, 1, 0)
    for bit in f"{exponent:b}":
        total = add(total, total)
        total = add(total, base) if bit == "1" else total
    return total


def mul(a: Point, b: Point) -> Point:
    """Give a·b, in the multiplicative spelling of the SPEC."""
    return sodium.crypto_core_ed25519_add(a, b) if FAST else compress(add(expand(a), expand(b)))


def div(a: Point, b: Point) -> Point:
    """Give a / b: the inverse of a member has the other sign bit, but for the identity, which is its own."""
    return a if b == ONE else mul(a, b[:31] + bytes([b[31] ^ 0x80]))


def product(factors: Iterable[Point]) -> Point:
    """Multiply points."""
    total = ONE
    for factor in factors:
        total = mul(total, factor)
    return total


def power(base: Point, exponent: int) -> Point:
    """Give base to the exponent; libsodium refuses exponent 0 and the identity, so they are answered here."""
    exponent %= Q
    if exponent == 0 or base == ONE:
        return ONE
    if not FAST:
        return compress(ladder(expand(base), exponent))
    scalar = exponent.to_bytes(32, "little")
    if base == G:
        return sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
    return sodium.crypto_scalarmult_ed25519_noclamp(scalar, base)


def point(text: str, where: str, *, identity: bool = False) -> Point:
    """Read 64 reversed hex digits as a member of the subgroup (SPEC 3.1); the identity only where it is allowed."""
    raw = bytes.fromhex(text)[::-1]
    if raw == ONE:
        need(identity, f"{where}: phần tử đơn vị không được phép ở đây")
    elif FAST:
        need(sodium.crypto_core_ed25519_is_valid_point(raw), f"{where}: không phải điểm của nhóm")
    else:
        need(compress(ladder(expand(raw), Q)) == ONE, f"{where}: không phải điểm của nhóm")
    return raw


def spell(member: Point) -> str:
    """Give s(P) of SPEC 3.1."""
    return member[::-1].hex()


# ---- Proofs: SPEC 3.3 to 3.7 -----------------------------------------------------------------------------------------

Proof = dict[str, str]
Ciphertext = tuple[Point, Point]


def challenge(prefix: str, *points: Point) -> int:
    """Give H(prefix; P₁,…,Pₙ) of SPEC 3.3."""
    return int(sha256((prefix + ",".join(map(spell, points))).encode()), 16) % Q


def commitment(base: Point, other: Point, proof: Proof) -> Point:
    """Give baseʳ·otherᶜ, from which every proof here begins."""
    return mul(power(base, int(proof["response"])), power(other, int(proof["challenge"])))


def check_schnorr(prefix: str, key: Point, proof: Proof, where: str) -> None:
    """Check a Schnorr signature (SPEC 3.3)."""
    need(challenge(prefix, commitment(G, key, proof)) == int(proof["challenge"]), f"{where}: chữ ký không đúng")


def check_zero_or_one(tag: str, key: Point, ciphertext: Ciphertext, proofs: list[Proof], where: str) -> None:
    """Check that a ciphertext holds 0 or 1 (SPEC 3.4); in a round every statement of a ballot is of this kind."""
    made: list[Point] = []
    for value, proof in enumerate(proofs):
        shifted = div(ciphertext[1], power(G, value))
        made += [commitment(G, ciphertext[0], proof), commitment(key, shifted, proof)]
    total = sum(int(proof["challenge"]) for proof in proofs) % Q
    need(challenge(tag, *made) == total, f"{where}: chứng minh không tiết lộ không đúng")


def check_strong(fields: list[bytes], points: list[Point], proof: Proof, where: str) -> None:
    """Check the strong proof that f = αˣ for X = gˣ, the points being X, α and f (SPEC 3.7)."""
    key, alpha, factor = points
    points = [*points, commitment(G, key, proof), commitment(alpha, factor, proof)]
    text = b"phieu-tin-nhiem/v1/decryption" + b"".join(len(f).to_bytes(8) + f for f in fields + points)
    hashed = int.from_bytes(hashlib.sha512(text).digest()) % Q
    need(hashed == int(proof["challenge"]), f"{where}: chứng minh mạnh không đúng")


# ---- Bytes and forms: SPEC 2 -----------------------------------------------------------------------------------------
# A form is a type, a pattern, a fixed text, [of each element], (of a list this long), or {of each field}.


def texts(names: str) -> dict[str, Any]:
    """Give the form of fields that are all texts."""
    return dict.fromkeys(names.split(), str)


HEX = re.compile(r"[0-9a-f]{64}")
SCALAR = re.compile(r"0|[1-9][0-9]{0,75}")
PROOF = {"challenge": SCALAR, "response": SCALAR}
CHOICES = [{"alpha": HEX, "beta": HEX}]
ANSWER = {"choices": CHOICES, "individual_proofs": [(PROOF, PROOF)], "overall_proof": (PROOF, PROOF)}
UNSIGNED = {"election_uuid": str, "election_hash": str, "credential": HEX, "answers": [ANSWER]}
BALLOT = UNSIGNED | {"signature": {"hash": str, "proof": PROOF}}
PART = {"decryption_factors": [[HEX]], "decryption_proofs": [[PROOF]], "strong_proofs": [[PROOF]]}
KEY = {"public_key": HEX}
SHARED_KEY = {"threshold": int, "coefexps": [{"message": str}], "verification_keys": [KEY]}
COMMITTEE = {"format": "phieu-tin-nhiem/committee/v1", "manifest": HEX, "threshold": int, "trustees": list}
VOIDED = {"credential": HEX, "reason": re.compile("spoiled|unused_envelope"), "proof": PROOF}
LISTED = {"credential": HEX, "signatures": list}
CREDENTIALS = {"format": "phieu-tin-nhiem/credentials/v1", "manifest": HEX, "credentials": [LISTED], "voided": [VOIDED]}
ROLL = {"delegates": int, "summoned": int, "voters": int}
THRESHOLD = texts("key level consequence citation") | {"numerator": int, "denominator": int, "strict": bool}
BASE = {"kind": re.compile("returned|delegates"), "words": str}
RULES = texts("id number") | {"levels": [texts("key label")], "base": BASE, "thresholds": [THRESHOLD]}
BLOCKS = [texts("title form") | {"officials": [texts("id name position")]}]
MANIFEST = texts("title body") | {"format": "phieu-tin-nhiem/manifest/v1", "rehearsal": bool}
MANIFEST |= {"uuid": re.compile("[1-9A-HJ-NP-Za-km-z]{14,40}"), "date": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")}
MANIFEST |= {"rules": RULES, "blocks": BLOCKS, "roll": ROLL, "committee": {"members": int, "threshold": int}}


def sha256(raw: bytes) -> str:
    """Hash, in hex."""
    return hashlib.sha256(raw).hexdigest()


def compact(raw: bytes) -> str:
    """Hash, in compact Base64 (SPEC 2.2)."""
    return base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def encode(value: Any) -> bytes:
    """Spell a value canonically (SPEC 2.1, step 5)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def load(raw: bytes, form: Any, where: str, *, exact: bool = True, canonical: bool = True) -> Any:
    """Read strict JSON of a form (SPEC 2.1), spelled canonically but where any spelling is taken."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), f"{where}: một tên xuất hiện hai lần")
        return dict(pairs)

    def no_fraction(_: str) -> None:
        raise ValueError

    try:
        value = json.loads(raw.decode(), object_pairs_hook=once, parse_float=no_fraction, parse_constant=no_fraction)
        spelled = encode(value)
    except (ValueError, RecursionError):
        raise Refused(f"{where}: không phải JSON hợp lệ") from None
    need(not canonical or spelled == raw, f"{where}: không viết theo dạng chuẩn duy nhất")
    check(value, form, where, exact=exact)
    return value


def check(value: Any, form: Any, where: str, *, exact: bool = True) -> None:
    """Compare a value with a form, so that whoever indexes it cannot fail; `exact`: no other fields, in this order."""
    if isinstance(form, dict):
        known = isinstance(value, dict) and (list(value) == list(form) if exact else set(form) <= set(value))
        need(known, f"{where}: cần các trường {', '.join(form)}")
        for name, inner in form.items():
            check(value[name], inner, f"{where}.{name}", exact=exact)
    elif isinstance(form, list | tuple):
        need(isinstance(value, list), f"{where}: phải là danh sách")
        need(isinstance(form, list) or len(value) == len(form), f"{where}: sai số phần tử")
        forms = form if isinstance(form, tuple) else form * len(value)
        for index, (element, inner) in enumerate(zip(value, forms, strict=True)):
            check(element, inner, f"{where}[{index}]", exact=exact)
    elif isinstance(form, re.Pattern):
        need(isinstance(value, str) and form.fullmatch(value) is not None, f"{where}: sai dạng")
        need(form is not SCALAR or int(value) < Q, f"{where}: số mũ quá lớn")
    elif isinstance(form, str):
        need(value == form, f"{where}: phải là {form}")
    else:
        # `type`, not isinstance: a boolean is no integer.
        need(type(value) is form, f"{where}: sai kiểu")
        need(form is not int or 0 <= value < 2**53, f"{where}: số ngoài giới hạn")


def open_member(record: Path, name: str) -> tuple[IO[bytes], int]:
    """Open a file of a folder, or of a zip, and give its size; refuses links, doubles and bombs (SPEC 5.11, 7.2)."""
    if record.is_dir():
        path = record / name
        need(path.is_file() and not path.is_symlink(), f"hồ sơ thiếu tệp {name}")
        return path.open("rb"), path.stat().st_size
    packed = zipfile.ZipFile(record)
    found = [info for info in packed.infolist() if info.filename == name]
    need(len(found) == 1, f"hồ sơ thiếu tệp {name}, hoặc có hai tệp cùng tên")
    plain = found[0].compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    need(plain and found[0].file_size <= 100 * (found[0].compress_size + 1024), f"{name}: không được nén như vậy")
    return packed.open(found[0]), found[0].file_size


def read_file(record: Path, name: str, limit: int) -> bytes:
    """Read one file up to its limit."""
    stream, size = open_member(record, name)
    with stream:
        need(size <= limit, f"{name}: quá lớn")
        return stream.read(limit)


# ---- The archive: SPEC 4.8 and 5.7 -----------------------------------------------------------------------------------

RECORDS = {"Setup": 4, "Ballot": 1, "EndBallots": 0, "EncryptedTally": 2, "PartialDecryption": 2, "Result": 1}
FOLLOWERS = {
    "": ["Setup"],
    "Setup": ["Ballot", "EndBallots"],
    "Ballot": ["Ballot", "EndBallots"],
    "EndBallots": ["EncryptedTally"],
    "EncryptedTally": ["PartialDecryption"],
    "PartialDecryption": ["PartialDecryption", "Result"],
    "Result": [],
}


def make_header(name: bytes, size: int, mtime: int) -> bytes:
    """Write the only header that an entry may have (SPEC 4.8)."""
    header = bytearray(512)
    fixed = [(0, name), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"), (148, b" " * 8), (156, b"0")]
    for at, text in [*fixed, (124, b"%011o" % size), (136, b"%011o" % mtime)]:
        header[at : at + len(text)] = text
    header[148:156] = b"%06o\x00 " % sum(header)
    return bytes(header)


def read_entries(stream: IO[bytes], mtime: int) -> Iterator[tuple[bool, bytes]]:
    """Give every entry after the first as (is it an event?, body); each must be byte for byte what a writer writes."""
    first = encode({"version": 1, "timestamp": str(mtime)})
    opening = make_header(b"BELENIOS", len(first), mtime) + first + bytes(-len(first) % 512)
    # SPEC 4.8: in a record the timestamp is 0:00 UTC of the manifest's date.
    need(stream.read(len(opening)) == opening, "kho lưu trữ: phần mở đầu không đúng, hoặc sai ngày")
    while header := stream.read(512):
        need(re.fullmatch(rb"[0-7]{11}", header[124:135]) is not None, "kho lưu trữ: một mục hỏng")
        size, suffix = int(header[124:135], 8), header[64:75].rstrip(b"\x00")
        need(size <= 256 * MEBIBYTE, "kho lưu trữ: một mục quá lớn")
        body = stream.read(size)
        whole = len(body) == size and stream.read(-size % 512) == bytes(-size % 512)
        right = header == make_header(sha256(body).encode() + suffix, size, mtime)
        named = suffix in (b".data.json", b".event.json")
        need(whole and right and named, f"kho lưu trữ: mục {header[:8].decode('ascii', 'replace')}… hỏng")
        yield suffix == b".event.json", body


def read_events(stream: IO[bytes], mtime: int) -> Iterator[tuple[str, list[bytes], str]]:
    """Give (type, data records, hash) of each event, in an election's only order and chained (SPEC 5.7, steps 3, 4)."""
    data: list[bytes] = []
    kind, parent, height = "", "", 0
    for is_event, body in read_entries(stream, mtime):
        # SPEC 7.2: only what Setup brings may be large; JSON takes ten times its bytes once it is read.
        limit = 4096 if is_event else 8 * MEBIBYTE if kind else 256 * MEBIBYTE
        need(len(body) <= limit, "kho lưu trữ: một mục quá lớn")
        if not is_event:
            data.append(body)
            need(len(data) <= max(RECORDS.values()), "kho lưu trữ: dữ liệu không thuộc sự kiện nào")
            continue
        follows = load(body, {"type": str}, "sự kiện", exact=False)["type"]
        need(follows in FOLLOWERS[kind], f"kho lưu trữ: sai trình tự sau sự kiện {kind or 'đầu tiên'}")
        need(len(data) == RECORDS[follows], f"kho lưu trữ: sai số mục dữ liệu của {follows}")
        event: dict[str, Any] = ({"parent": parent} if height else {}) | {"height": height, "type": follows}
        event |= {"payload": sha256(data[-1])} if data else {}
        need(encode(event) == body, f"kho lưu trữ: chuỗi sự kiện đứt ở {follows}, thứ {height}")
        kind, parent, height = follows, sha256(body), height + 1
        yield kind, data, parent
        data = []
    need(kind == "Result" and not data, "kho lưu trữ: chưa có kết quả, hoặc bị cắt cuối")


# ---- What is fixed before the first ballot: SPEC 4.1 to 4.7 ----------------------------------------------------------


def read_manifest(raw: bytes) -> dict[str, Any]:
    """Read the fields of the manifest that a count needs, and leave the others to their hash."""
    manifest: dict[str, Any] = load(raw, MANIFEST, "manifest.json", exact=False)
    rules, size = manifest["rules"], manifest["committee"]
    need(not rules.get("bad_line_voids_ballot"), "manifest.json.rules: dòng hỏng không thể làm hỏng phiếu không mở")
    levels = [level["key"] for level in rules["levels"]]
    known = all(t["level"] in levels and 1 <= t["numerator"] <= t["denominator"] for t in rules["thresholds"])
    need(known and len(set(levels)) == len(levels), "manifest.json.rules: ngưỡng không khớp các mức")
    check(rules.setdefault("triggers", []), [texts("key kind")], "manifest.json.rules.triggers", exact=False)
    need(1 <= size["threshold"] <= size["members"] <= 9, "manifest.json.committee: sai cỡ")
    return manifest


def list_officials(manifest: dict[str, Any]) -> list[dict[str, str]]:
    """Give all officials in the order of the ballot, each with its block and form."""
    blocks = manifest["blocks"]
    return [{"form": b["form"], "block": b["title"], **official} for b in blocks for official in b["officials"]]


def make_keys(trustees: Any, members: int, threshold: int) -> list[Point]:
    """Give the election's key and then the members', computed from the polynomials in the exponent (SPEC 4.4, 5.4)."""
    form = ("Single", KEY) if members == 1 else ("Pedersen", SHARED_KEY)
    check(trustees, (form,), "trustees", exact=False)
    if members == 1:
        return [point(trustees[0][1]["public_key"], "khóa của thành viên")] * 2
    parameters, images = trustees[0][1], []
    for signed in parameters["coefexps"]:
        message = load(signed["message"].encode(), {"coefexps": [HEX]}, "coefexps", canonical=False)
        images.append([point(text, "coefexps") for text in message["coefexps"]])
    fits = len(images) == len(parameters["verification_keys"]) == members and parameters["threshold"] == threshold
    need(fits and {len(image) for image in images} == {threshold}, "trustees: sai số thành viên hoặc ngưỡng")
    sums = [product(image[k] for image in images) for k in range(threshold)]
    keys = [product(power(a, j**k) for k, a in enumerate(sums)) for j in range(1, members + 1)]
    stated = [point(key["public_key"], "khóa của thành viên") for key in parameters["verification_keys"]]
    need(keys == stated and sums[0] != ONE, "trustees: khóa của một thành viên không khớp các đa thức")
    return [sums[0], *keys]


def make_election(manifest: dict[str, Any], description: str, key: Point) -> bytes:
    """Write the election that this manifest, committee and key make (SPEC 4.5)."""
    labels = [level["label"] for level in manifest["rules"]["levels"]]
    names = [f"{i}. {o['name']} \N{EN DASH} {o['position']}" for i, o in enumerate(list_officials(manifest), 1)]
    questions = [{"answers": labels, "min": 0, "max": 1, "question": name} for name in names]
    election = {"version": 1, "description": description, "name": manifest["title"], "group": "Ed25519"}
    return encode(election | {"public_key": spell(key), "questions": questions, "uuid": manifest["uuid"]})


def read_credentials(raw: bytes, manifest_hash: str) -> tuple[list[str], list[str]]:
    """Give the listed credentials and the void ones; whoever voids one must have held its slip (SPEC 4.7)."""
    value = load(raw, CREDENTIALS, "credentials.json")
    need(value["manifest"] == manifest_hash, "credentials.json: của bản niêm phong khác")
    listed, void = ([entry["credential"] for entry in value[part]] for part in ("credentials", "voided"))
    ascending = all(a < b for names in (listed, void) for a, b in pairwise(names))
    need(ascending and set(void) <= set(listed), "credentials.json: sai thứ tự, lặp, hoặc hủy một thẻ không có")
    for name in listed:
        point(name, "credentials.json")
    for entry in value["voided"]:
        prefix = f"phieu-tin-nhiem/v1/void|{manifest_hash}|{entry['reason']}|{entry['credential']}|"
        where = f"thẻ hủy {entry['credential'][:8]}…"
        check_schnorr(prefix, point(entry["credential"], where), entry["proof"], where)
    return listed, void


# ---- Counting: SPEC 5.2, 5.5, 5.6 ------------------------------------------------------------------------------------


class Recount:
    """One pass over a record: what is fixed, what has been counted so far, and a method for each kind of event."""

    def __init__(self, record: Path, say: Callable[[str], None]) -> None:
        self.record, self.say, self.proofs = record, say, False
        self.ballots, self.counts, self.root = 0, list[list[int]](), ""
        self.last_ballot, self.alphas = "", set[str]()
        self.sums: list[list[Ciphertext]] = []
        self.parts: dict[int, list[list[Point]]] = {}

    def run(self, *, proofs: bool) -> None:
        """Count the whole record again; Refused at the first difference."""
        self.fix()
        stream, size = open_member(self.record, self.manifest["uuid"] + ".bel")
        self.proofs = proofs or size <= PROOFS_BY_DEFAULT
        acts = dict(zip(RECORDS, (self.setup, self.ballot, self.end, self.tally, self.part, self.result), strict=True))
        with stream:
            for kind, data, event_hash in read_events(stream, midnight(self.manifest["date"])):
                acts[kind](data, event_hash)
        stated = load(read_file(self.record, "result.json", 512 * MEBIBYTE), dict, "result.json")
        compare(make_result(self), stated, "result.json")
        self.say("result.json: mọi số và mọi lời đúng như đếm lại.")

    def fix(self) -> None:
        """Read what is fixed before the first ballot, and bind its parts to each other."""
        raw = read_file(self.record, "manifest.json", 4 * MEBIBYTE)
        self.manifest, self.manifest_hash = read_manifest(raw), sha256(raw)
        self.say(f"Bản niêm phong “{self.manifest['title']}”, mã băm {self.manifest_hash} (hãy so với mã trên giấy).")
        raw, size = read_file(self.record, "committee.json", 4 * MEBIBYTE), self.manifest["committee"]
        committee = load(raw, COMMITTEE, "committee.json", exact=False)
        need(committee["manifest"] == self.manifest_hash, "committee.json: của bản niêm phong khác")
        need(committee["threshold"] == size["threshold"], "committee.json: ngưỡng khác bản niêm phong")
        self.key, *self.keys = make_keys(committee["trustees"], size["members"], size["threshold"])
        self.trustees = encode(committee["trustees"])
        self.election = make_election(self.manifest, f"manifest:{self.manifest_hash}|committee:{sha256(raw)}", self.key)
        self.fingerprint = compact(self.election)
        raw = read_file(self.record, "credentials.json", 512 * MEBIBYTE)
        self.listed, void = read_credentials(raw, self.manifest_hash)
        self.barred = dict.fromkeys(self.listed, "") | dict.fromkeys(void, "đã hủy")
        self.issued, voters = len(self.listed) - len(void), self.manifest["roll"]["voters"]
        need(self.issued <= voters, f"phát ra {self.issued} thẻ, nhiều hơn {voters} cử tri")
        self.say(f"Danh sách thẻ: phát ra {self.issued}, hủy {len(void)}.")

    def setup(self, data: list[bytes], _: str) -> None:
        """Compare election, trustees and credentials with the record's other files, byte for byte (4.4, 4.5, 4.7)."""
        need(data[0] == self.election, "kho lưu trữ: tệp bầu cử không do bản niêm phong và khóa này mà ra")
        need(data[1] == self.trustees, "kho lưu trữ: ban kiểm phiếu khác committee.json")
        # SPEC 4.7: no credential of a record carries a weight, so everything below weighs 1.
        need(data[2] == encode(self.listed), "kho lưu trữ: danh sách thẻ khác credentials.json")
        names = ("election", "trustees", "credentials")
        hashes = {name: sha256(raw) for name, raw in zip(names, data[:3], strict=True)}
        need(data[3] == encode(hashes), "kho lưu trữ: mục setup không khớp")
        levels = len(self.manifest["rules"]["levels"])
        self.sums = [[(ONE, ONE)] * levels for _ in list_officials(self.manifest)]
        self.say(f"Tệp bầu cử đúng bản niêm phong, khóa và danh sách thẻ; mã băm {sha256(self.election)}.")

    def ballot(self, data: list[bytes], _: str) -> None:
        """Check one ballot and multiply it into the sums (SPEC 5.2)."""
        where = f"phiếu {sha256(data[0])[:8]}…"
        ballot = load(data[0], BALLOT, where)
        credential, signature = ballot["credential"], ballot.pop("signature")
        # SPEC 4.8: ballots ascend by hash, so none is there twice.
        need(self.last_ballot < sha256(data[0]), f"{where}: sai thứ tự hoặc lặp lại")
        self.last_ballot = sha256(data[0])
        # SPEC 5.2, step 2.
        ours = (self.manifest["uuid"], self.fingerprint)
        need((ballot["election_uuid"], ballot["election_hash"]) == ours, f"{where}: của cuộc bỏ phiếu khác")
        # SPEC 5.2, steps 3 and 4.
        barred = self.barred.get(credential, "không có trong danh sách")
        need(not barred, f"{where}: thẻ {barred}")
        self.barred[credential] = "đã dùng"
        # SPEC 5.2, step 5.
        need(signature["hash"] == compact(encode(ballot)), f"{where}: mã băm được ký không đúng")
        check_schnorr(f"sig|{signature['hash']}|", point(credential, where), signature["proof"], where)
        # SPEC 5.2, step 7.
        need(len(ballot["answers"]) == len(self.sums), f"{where}: sai số dòng")
        for index, answer in enumerate(ballot["answers"]):
            self.answer(index, answer, f"{self.fingerprint}|{credential}", f"{where}, dòng {index + 1}")
        self.ballots += 1

    def answer(self, index: int, answer: dict[str, Any], s0: str, where: str) -> None:
        """Check one line's ciphertexts and proofs (SPEC 3.5) and multiply it into the sums (SPEC 5.5)."""
        choices, sums, pairs = answer["choices"], self.sums[index], list[Ciphertext]()
        need(len(choices) == len(answer["individual_proofs"]) == len(sums), f"{where}: sai số mức")
        for choice in choices:
            # SPEC 5.2, step 6: a copied ciphertext counts somebody's mark twice, and so may tell what it is.
            need(choice["alpha"] not in self.alphas, f"{where}: bản mã bị sao chép")
            self.alphas.add(choice["alpha"])
            pairs.append((point(choice["alpha"], where), point(choice["beta"], where, identity=True)))
        self.sums[index] = [(mul(a, c), mul(b, d)) for (a, b), (c, d) in zip(sums, pairs, strict=True)]
        if not self.proofs:
            return
        spelled = [f"{spell(alpha)},{spell(beta)}" for alpha, beta in pairs]
        for text, pair, proofs in zip(spelled, pairs, answer["individual_proofs"], strict=True):
            check_zero_or_one(f"prove|{s0}|{text}|", self.key, pair, proofs, where)
        alpha, beta = (product(half) for half in zip(*pairs, strict=True))
        tag = f"prove|{s0}|{','.join(spelled)}|{spell(alpha)},{spell(beta)}|"
        check_zero_or_one(tag, self.key, (alpha, beta), answer["overall_proof"], where)

    def end(self, _: list[bytes], __: str) -> None:
        """Say how many ballots there are, and what was checked of them."""
        proofs = "mọi chứng minh không tiết lộ" if self.proofs else "KHÔNG kiểm chứng minh không tiết lộ (--proofs)"
        self.say(f"{self.ballots} phiếu: thẻ có quyền và dùng một lần, chữ ký đúng; {proofs}.")

    def tally(self, data: list[bytes], event_hash: str) -> None:
        """Compare our products with the archive's, byte for byte (SPEC 5.5)."""
        made = encode([[{"alpha": spell(a), "beta": spell(b)} for a, b in row] for row in self.sums])
        sized = {"num_tallied": self.ballots, "total_weight": self.ballots, "encrypted_tally": sha256(made)}
        need(data[0] == made, "tổng mã hóa trong kho lưu trữ không phải tích của các phiếu")
        need(data[1] == encode(sized), "tổng mã hóa trong kho lưu trữ ghi sai số phiếu")
        self.root, self.sums_hash = event_hash, sha256(made)
        self.say(f"Tổng mã hóa đúng là tích của {self.ballots} phiếu; mã gốc {self.root}.")

    def part(self, data: list[bytes], _: str) -> None:
        """Check a member's factors: every proof of both kinds (SPEC 5.6, steps 2 and 3)."""
        owned = load(data[1], {"owner": int, "payload": HEX}, "phần giải mã")
        owner, where = owned["owner"], f"phần giải mã của thành viên {owned['owner']}"
        need(owned["payload"] == sha256(data[0]), f"{where}: không khớp dữ liệu")
        need(max(self.parts, default=0) < owner <= len(self.keys), f"{where}: sai số thứ tự của thành viên")
        part = load(data[0], PART, where)
        shape = [len(row) for row in self.sums]
        need(all([len(row) for row in part[name]] == shape for name in PART), f"{where}: sai số dòng hoặc số mức")
        factors = [[point(text, where, identity=True) for text in row] for row in part["decryption_factors"]]
        for q, row in enumerate(factors):
            for a, factor in enumerate(row):
                weak, strong = part["decryption_proofs"][q][a], part["strong_proofs"][q][a]
                self.factor((owner, q, a), factor, weak, strong)
        self.parts[owner] = factors
        self.say(f"Phần giải mã của thành viên {owner}: mọi chứng minh đúng.")

    def factor(self, place: tuple[int, int, int], factor: Point, weak: Proof, strong: Proof) -> None:
        """Check one factor at (owner, question, answer) by its Belenios proof and its strong proof."""
        owner, question, answer = place
        where = f"phần giải mã của thành viên {owner}, dòng {question + 1}, mức {answer + 1}"
        key, alpha = self.keys[owner - 1], self.sums[question][answer][0]
        # SPEC 3.6.
        hashed = challenge(
            f"decrypt|{self.fingerprint}|{spell(key)}|", commitment(G, key, weak), commitment(alpha, factor, weak)
        )
        need(hashed == int(weak["challenge"]), f"{where}: chứng minh không đúng")
        # SPEC 3.7.
        hashes = [bytes.fromhex(h) for h in (self.manifest_hash, sha256(self.election), self.sums_hash)]
        check_strong(hashes + [number.to_bytes(8) for number in place], [key, alpha, factor], strong, where)

    def result(self, data: list[bytes], _: str) -> None:
        """Combine the first t parts, solve, and compare with the archive's result (SPEC 5.6, steps 4 and 5)."""
        threshold = self.manifest["committee"]["threshold"]
        taken = sorted(self.parts)[:threshold]
        need(len(taken) == threshold, f"kho lưu trữ: chỉ có {len(taken)} phần giải mã, cần {threshold}")
        solve = make_solver(self.ballots)
        for q, row in enumerate(self.sums):
            found: list[int] = []
            for a, (_alpha, beta) in enumerate(row):
                factor = product(power(self.parts[d][q][a], lagrange(d, taken)) for d in taken)
                found.append(solve(div(beta, factor), f"dòng {q + 1}, mức {a + 1}"))
            need(sum(found) <= self.ballots, f"dòng {q + 1}: tổng các mức vượt số phiếu")
            self.counts.append(found)
        need(data[0] == encode({"result": self.counts}), "kho lưu trữ: Result khác tổng đã giải mã")
        self.say(f"Giải mã từ phần của các thành viên {', '.join(map(str, taken))}: {self.counts}.")


def lagrange(d: int, taken: list[int]) -> int:
    """Give γ_d of SPEC 5.6, step 4."""
    above = below = 1
    for k in taken:
        if k != d:
            above, below = above * k, below * (k - d)
    return above * pow(below, -1, Q) % Q


def make_solver(bound: int) -> Callable[[Point, str], int]:
    """Give the search for m in [0, bound] with gᵐ a given point: baby steps once, giant steps for each sum."""
    width = isqrt(bound) + 1
    babies, step = {}, ONE
    for j in range(width):
        babies[step] = j
        step = mul(step, G)

    def solve(target: Point, where: str) -> int:
        for i in range(width):
            m = i * width + babies.get(target, bound + 1)
            if m <= bound:
                return m
            target = div(target, step)
        raise Refused(f"{where}: tổng giải mã không nằm trong khoảng từ 0 đến {bound}")

    return solve


# ---- The outcome: SPEC 4.2, 4.13 -------------------------------------------------------------------------------------


def percent(count: int, base: int) -> str:
    """Write a share with at most two decimals, half up (SPEC 4.13)."""
    if base == 0:
        return "0%"
    whole, hundredths = divmod((20000 * count + base) // (2 * base), 100)
    return f"{whole},{hundredths:02}".rstrip("0").rstrip(",") + "%"


def is_met(threshold: dict[str, Any], count: int, base: int) -> bool:
    """Say whether a threshold is met, in integers (SPEC 4.2)."""
    left, right = count * threshold["denominator"], base * threshold["numerator"]
    return base > 0 and (left > right if threshold["strict"] else left >= right)


def make_row(rules: dict[str, Any], counts: list[int], returned: int, base: int) -> dict[str, Any]:
    """Write what result.json must say of one official after who it is."""
    of_level = {level["key"]: count for level, count in zip(rules["levels"], counts, strict=True)}
    met = [t for t in rules["thresholds"] if is_met(t, of_level[t["level"]], base)]
    keys = [threshold["key"] for threshold in met]
    of_first = [t["key"] for t in rules["triggers"] if t["kind"] == "threshold" and t.get("threshold") in keys[:1]]
    return {
        "counts": counts,
        "void": returned - sum(counts),
        "percent": [percent(count, base) for count in counts],
        "thresholds": keys,
        "triggers": of_first,
        "consequence": met[0]["consequence"] if met else "",
        "citation": met[0]["citation"] if met else "",
    }


def make_result(count: Recount) -> dict[str, Any]:
    """Write the result.json that follows from the manifest and the counts (SPEC 4.13)."""
    manifest, rules, returned = count.manifest, count.manifest["rules"], count.ballots
    roll = {name: manifest["roll"][name] for name in ("delegates", "summoned")}
    sizes = {"issued": count.issued, "returned": returned, "not_returned": count.issued - returned}
    base = {"returned": returned, "delegates": roll["delegates"]}[rules["base"]["kind"]]
    rows = []
    for number, (who, counts) in enumerate(zip(list_officials(manifest), count.counts, strict=True), 1):
        names = {name: who[name] for name in ("form", "block", "id", "name", "position")}
        rows.append({"number": number} | names | make_row(rules, counts, returned, base))
    return {
        "format": "phieu-tin-nhiem/result/v1",
        "manifest": count.manifest_hash,
        "root": count.root,
        "round": manifest["title"],
        **{name: manifest[name] for name in ("body", "date", "rehearsal")},
        "rules": {"id": rules["id"], "number": rules["number"]},
        "ballots": roll | sizes | {"valid": returned, "invalid": 0},
        "base": {"kind": rules["base"]["kind"], "count": base, "words": rules["base"]["words"]},
        "levels": [{"key": level["key"], "label": level["label"]} for level in rules["levels"]],
        "officials": rows,
    }


def compare(ours: Any, theirs: Any, where: str) -> None:
    """Refuse at the first place where the record says something else, and name it."""
    both = f"hồ sơ ghi {encode(theirs).decode():.200}, đếm lại được {encode(ours).decode():.200}"
    need(type(ours) is type(theirs), f"{where}: {both}")
    if isinstance(ours, dict):
        need(list(ours) == list(theirs), f"{where}: hồ sơ có các trường {list(theirs)!s:.200}, phải là {list(ours)}")
        for name in ours:
            compare(ours[name], theirs[name], f"{where}.{name}")
    elif isinstance(ours, list):
        need(len(ours) == len(theirs), f"{where}: {both}")
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            compare(*pair, f"{where}[{index}]")
    else:
        need(ours == theirs, f"{where}: {both}")


# ---- The program -----------------------------------------------------------------------------------------------------


def midnight(date: str) -> int:
    """Give 0:00 UTC of the manifest's date in seconds (SPEC 4.8)."""
    try:
        seconds = calendar.timegm(datetime.date.fromisoformat(date).timetuple())
    except ValueError:
        raise Refused("manifest.json.date: không phải ngày của lịch") from None
    need(0 < seconds < 8**11, "manifest.json.date: ngoài khoảng của kho lưu trữ")
    return seconds


def print_plainly(text: str) -> None:
    """Print a line; what a hostile file put into it can neither move the cursor nor hide."""
    print("".join(letter if letter.isprintable() else "\N{WHITE SQUARE}" for letter in text), flush=True)


def main(arguments: list[str]) -> int:
    """Read the command line, recount, print, and give the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An isolated Python ignores PYTHONIOENCODING, and a console may be anything but UTF-8.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    names = [argument for argument in arguments if not argument.startswith("--")]
    options = set(arguments) - set(names)
    if len(names) != 1 or options - {"--proofs", "--json"} or not os.path.exists(names[0]):
        print_plainly(USAGE)
        return 2
    count, difference = Recount(Path(names[0]), print_plainly), ""
    try:
        count.run(proofs="--proofs" in options)
    except Refused as refused:
        difference = str(refused)
    except CANNOT_READ as fault:
        difference = f"hồ sơ không đọc được ({type(fault).__name__})"
    print_plainly(f"KHÔNG KHỚP: {difference}." if difference else "KHỚP: đếm lại ra đúng kết quả của hồ sơ.")
    if "--json" in options:
        line = {"program": "recount", "agrees": not difference, "counts": count.counts, "ballots": count.ballots}
        print(json.dumps(line | {"difference": difference}))
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
