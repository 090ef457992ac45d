"""Holds the round that tally/SPEC.md shows first and writes its values there: `python -m tests.make_spec_example`.

Here live that round and the wording around its numbers. Never here: a key that serves anything else; all are drawn
afresh each time, so run it only when a format changes, and then every number of the example changes together.
"""

# ruff: noqa: E501 (the lines of a text are as long as those of tally/SPEC.md)
from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from tally import rules
from tally.outcome import evaluate
from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.booth import cast as cast_ballot
from tally.protocol.booth import commit_code, encrypt, shown_commit
from tally.protocol.credential import Credential
from tally.protocol.credential_list import Issuance
from tally.protocol.encoding import sha256_compact, sha256_hex
from tally.protocol.holding import SPOILED
from tally.protocol.manifest import Block, Manifest, Official, Roll, roll_digest
from tally.protocol.opened import opened_frames
from tally.protocol.padding import padded_length
from tally.protocol.receipt import make_receipt
from tally.record import CLOSING, Record
from tally.verify import verify_record
from tests import voter
from tests.builders import Hall, Round, convene, new_hall, seal

SPEC = Path(__file__).parents[1] / "tally" / "SPEC.md"
UUID = "8e1CVLYEET9UQq"
TITLE = "Lấy phiếu tín nhiệm: ví dụ"
VOTES = ((0, 1), (0, 2), (0, 2), (1, 2), (2, None))
VOTERS = 6


@dataclass(frozen=True)
class Example:
    """The round, its record, and the first voter's ballot with the draft behind it."""

    round: Round
    record: Record
    commit: str
    raw: bytes


def sealed(hall: Hall) -> Manifest:
    officials = (Official("001", "Nguyễn Thị A", "Chủ tịch"), Official("002", "Trần Văn B", "Phó Chủ tịch"))
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(b"// booth.js of the example\n").digest()).decode()
    return seal(
        hall, uuid=UUID, title=TITLE, session="", rehearsal=True, rules=rules.load("NQ96_2023"),
        blocks=(Block("Khối A", officials),), software={"booth.js": integrity},
        roll=Roll(VOTERS, VOTERS, VOTERS, roll_digest(bytes(32), [f"cử tri {n}" for n in range(VOTERS)])),
    )  # fmt: skip


def hold() -> Example:
    """Five vote, the sixth spoiled a slip and did not use the second; one observer tests the terminal B1."""
    hall = new_hall()
    manifest = sealed(hall)
    made = [voter.new_slip(manifest) for _ in range(VOTERS + 1)]
    listed = tuple(voter.listed(manifest, hall.signers, credential.public) for _, credential in made)
    codes = tuple(code for code, _ in made)
    empty = Round(hall, manifest, codes, listed, (), convene(manifest))
    empty = replace(empty, voided=(empty.voiding(made[-1][1], SPOILED),))
    ready = replace(empty, opening=empty.files().opened(1, 3))
    draft = encrypt(ready.election, voter.marks(VOTES[0]))
    first = cast_ballot(ready.election, draft, ready.slips[0]).encode()
    others = (voter.vote(ready.election, v, s) for v, s in zip(VOTES[1:], ready.slips[1:], strict=False))
    voted = replace(ready, ballots=(first, *others), spoiled=(voter.draft(ready.election, (None, 0)),))
    files = voted.files()
    statements = (
        files.statement(issuer.name, key, issued=VOTERS, reissued=1)
        for issuer, key in zip(manifest.issuers, hall.statements, strict=True)
    )
    parts = {owner: files.part(owner).encode() for owner in (1, 3)}
    record = voted.record(issuance=Issuance(tuple(statements)).encode(), parts=parts)
    verify_record(record, expected_manifest=manifest.hash)
    return Example(voted, record, commit_code(voted.election, draft.ciphertexts), first)


# --- the text ------------------------------------------------------------------------------------------------------


def text(e: Example) -> str:
    """Return the section "An example first"."""
    return "\n\n".join([OPENING.strip(), before_voting(e), voting(e), afterwards(e)]) + "\n\n"


OPENING = """
## An example first

Six delegates, two officials, five ballots, two issuers, three members of the committee of whom two suffice. It is a rehearsal; every number is real and its keys are
worthless. `…` stands for bytes left out.
"""


def before_voting(e: Example) -> str:
    manifest, election = e.round.manifest, e.round.election
    code, slip, spoiled = e.round.codes[0], e.round.slips[0], e.round.voided[0]
    point, h = slip.public.encode(), manifest.hash
    committee = election.description.partition("|committee:")[2]
    assert Credential.derive(code, UUID) == slip
    return f"""**Sealed.** The manifest is written, and its hash goes onto paper. It names the round.

```text
manifest.json  {{"format":"phieu-tin-nhiem/manifest/v1","uuid":"{UUID}","title":"{TITLE}",…}}
SHA-256        {h}
```

**Issued.** A station draws a slip code and derives a key pair from it (3.8). Each issuer signs the public half without seeing it (3.9). The voter leaves with the
slip; the station forgets it.

```text
slip code      {code.shown()}
hashed         phieu-tin-nhiem/v1/credential-secret|{UUID}|{code.digits}
secret x       {slip.secret}
credential     {point}
blindly signed phieu-tin-nhiem/v1/credential|{h[:8]}…{h[-5:]}|ban-to-chuc|{point[:8]}…{point[-6:]}, after a 32-byte random prefix
```

**Voided.** The sixth delegate spoils a slip and hands it back. The desk scans it, which proves that it was there (4.7); another is made.

```text
void           {spoiled.credential.encode()}
signed         phieu-tin-nhiem/v1/void|{h[:8]}…{h[-5:]}|spoiled|{spoiled.credential.encode()[:8]}…{spoiled.credential.encode()[-6:]}|
challenge      {spoiled.proof.challenge}
response       {spoiled.proof.response}
```

**Ready.** Issuing is frozen, the list is final, the committee has made its key (4.4). The election is fixed:

```text
election       {{"version":1,"description":"manifest:{h[:8]}…|committee:{committee[:8]}…","name":"{TITLE}",…}}
SHA-256        {election.hash}
fingerprint    {election.fingerprint}          the same hash in compact Base64
```"""


def voting(e: Example) -> str:
    election, ballot = e.round.election, Ballot.parse(e.raw)
    point, test = ballot.credential.encode(), e.round.spoiled[0]
    receipt = make_receipt(ballot, election, lambda raw: e.round.hall.box.sign(raw).signature)
    assert receipt.commit == e.commit
    length = padded_length(election)
    frame = opened_frames(election, test)[0]
    return f"""**Tested.** An observer without a slip marks nothing for the first official and *tín nhiệm cao* for the second, copies the commit code, and chooses *Kiểm tra máy*
instead of casting. The terminal shows what it had encrypted as one QR code (4.14); anybody's own device encrypts it again.

```text
commit code    {shown_commit(commit_code(election, test.ciphertexts))}
QR code        {frame[:60]}…{frame[-8:]}
spoiled.json   {{"terminal":"B1","rows":[[{{"alpha":"{test.ciphertexts[0][0].alpha.encode()[:8]}…","beta":"{test.ciphertexts[0][0].beta.encode()[:8]}…","value":0,"randomness":"…"}},…],…]}}
```

**Cast.** The voter marks *tín nhiệm cao* for the first official and *tín nhiệm* for the second: `(1,0,0) (0,1,0)`. The terminal encrypts, shows the commit code, and
only then reads the slip, proves, signs and sends.

```text
commit code    {e.commit}
shown          {shown_commit(e.commit)}          its first 100 bits
ballot         {{"election_uuid":"{UUID}","election_hash":"{election.fingerprint[:8]}…","credential":"{point[:8]}…","answers":[…],"signature":{{…}}}}
SHA-256        {sha256_hex(e.raw)}
tracker        {sha256_compact(e.raw)}          the same hash in compact Base64
padded         {len(e.raw)} bytes and {length - len(e.raw)} spaces: every ballot of this round is sent in {length} bytes (5.13)
receipt        {receipt.signature[:64]}
               {receipt.signature[64:]}
```"""


def afterwards(e: Example) -> str:
    archive = Archive.parse(e.record["archive"])
    hashes = sorted(map(sha256_hex, archive.ballots))
    head = e.record[CLOSING].decode().split("\n")[2]
    election = e.round.election.hash
    outcome = evaluate(
        e.round.manifest, root=archive.root, issued=VOTERS, returned=len(VOTES), counts=((3, 1, 1), (0, 1, 3))
    )
    assert outcome.encode() == e.record["result.json"]
    second = outcome.officials[1]
    assert (second.percent, second.met, second.void) == (("0%", "20%", "60%"), ("over_half",), 1)
    return f"""**Closed.** Five ballots are one batch. The chain over it starts from the election and ends in `closing.txt`:

```text
start          SHA-256("phieu-tin-nhiem/v1/checkpoint-start|{election[:8]}…{election[-4:]}")
batch          {", ".join(f"{h[:8]}…" for h in hashes)}        sorted
head           {head}
root           {archive.root}    onto paper
```

**Opened.** Members 1 and 3 decrypt the six sums, each after verifying the whole record. The archive ends with the result:

```text
Result         {archive.of_type("Result")[0].data[0].decode()}
result.json    {{"number":2,…,"counts":[0,1,3],"void":1,"percent":["0%","20%","60%"],"thresholds":["over_half"],…}}
```

Five ballots, four marks for the second official: one line was left blank, so one is void. `2 · 3 > 5`: over half."""


def rewritten(spec: str, e: Example) -> str:
    """Return the specification with the values of `e` in every place that shows one."""
    start, end = spec.index("## An example first"), spec.index("## 1. Words")
    spec = spec[:start] + text(e) + spec[end:]
    closing = e.record[CLOSING].decode().rstrip("\n")
    spec = re.sub(r"(of eleven lines:\n\n```text\n)(?:.*\n)+?(```)", rf"\g<1>{closing}\n\g<2>", spec, count=1)
    key = e.round.manifest.box_key
    spec = re.sub(r"(its box key is\s+`)[0-9a-f]{64}`", rf"\g<1>{key}`", spec, count=1)
    h = e.round.manifest.hash
    return re.sub(r"grouped in fours: `[0-9a-f]{4} [0-9a-f]{4} …`", f"grouped in fours: `{h[:4]} {h[4:8]} …`", spec)


if __name__ == "__main__":
    SPEC.write_text(rewritten(SPEC.read_text("utf-8"), hold()), "utf-8")
