"""The browser's modules under Node: the shared vectors, and what one language makes the other accepts.

Here live the runs of Node and the checks in Python. Never here: a vector (tests/make_js_vectors.py).
"""

from __future__ import annotations

import json
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox

from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.blind import CredentialSignature, credential_message
from tally.protocol.blind import check_signature as check_blind
from tally.protocol.booth import commit_code
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.encoding import decode
from tally.protocol.holding import VOID_REASONS, check_standing, check_void
from tally.protocol.opened import check_opened, read_file, read_frames
from tally.protocol.padding import padded_length, unpadded
from tally.protocol.proofs import Proof
from tally.protocol.spoiled import OpenedBallot
from tests import make_js_vectors as make
from tests.builders import new_hall

HERE = Path(__file__).parent


def ask(node: str, act: str, **request: Any) -> Any:
    command = [node, str(HERE / "cross.mjs")]
    done = subprocess.run(
        command, input=json.dumps({"act": act, **request}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", make.FILES)
def test_the_vectors_are_what_python_makes(name: str) -> None:
    assert (make.FOLDER / f"{name}.json").read_text("utf-8") == make.write(name)


def test_every_module_opens_with_its_law_and_keeps_short() -> None:
    sources = HERE.parents[1] / "ballot" / "frontend" / "src"
    texts = {path.name: path.read_text("utf-8") for path in sources.glob("*.js")}
    assert texts
    assert [name for name, text in texts.items() if "\n// Never here: " not in text[:400]] == []
    assert [name for name, text in texts.items() if text.count("\n") > 200] == []
    forbidden = ("Math.random", "innerHTML", "localStorage", "indexedDB", "console.", "eval(")
    assert [(name, word) for name, text in texts.items() for word in forbidden if word in text] == []


def test_javascript_passes_every_vector(node: str, dist: Path) -> None:
    files = sorted(map(str, HERE.glob("*.test.mjs")))
    done = subprocess.run([node, "--test", "--test-reporter=tap", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "# fail 0" in done.stdout


def test_python_accepts_what_javascript_cast(node: str, dist: Path) -> None:
    election = make.election()
    choices = [((1, 0, 0), (0, 0, 1), (0, 1)), ((0, 0, 0), (0, 1, 0), (0, 0))]
    slips = [SlipCode.random() for _ in choices]
    made = ask(node, "ballots", election=election.raw.decode(), choices=choices, slips=[slip.shown() for slip in slips])
    for slip, one in zip(slips, made, strict=True):
        body = bytes.fromhex(one["body"])
        assert len(body) == padded_length(election)
        ballot = Ballot.parse(unpadded(body))
        check_election(ballot, election, "ballot")
        check_signature(ballot, "ballot")
        check_proofs(ballot, election, "ballot")
        assert ballot.credential == Credential.derive(slip, election.uuid).public
        assert ballot.tracker == one["tracker"]
        assert commit_code(election, tuple(a.choices for a in ballot.answers)) == one["commit"]


def test_python_accepts_that_javascript_holds_a_slip(node: str, dist: Path) -> None:
    slip, manifest = SlipCode.random(), "ab" * 32
    credential = Credential.derive(slip, make.UUID)
    made = ask(node, "hold", manifestHash=manifest, uuid=make.UUID, slip=slip.shown(), reasons=VOID_REASONS)
    for reason, proof in zip(VOID_REASONS, made["voids"], strict=True):
        check_void(manifest, credential.public, reason, Proof.parse(proof, "void"), "void")
    check_standing(manifest, credential.public, Proof.parse(made["standing"], "standing"), "standing")


def test_python_reads_what_a_terminal_opened(node: str, dist: Path) -> None:
    election, choices = make.election((3,) * 12), [[int(k == i % 4) for k in range(3)] for i in range(12)]
    made = ask(node, "open", election=election.raw.decode(), choices=choices, terminal="B1")
    file = read_file(election, bytes.fromhex(made["file"]))
    assert OpenedBallot.parse(decode(bytes.fromhex(made["entry"]), "entry", limit=2**20), "entry") == file
    for ballot in (file, read_frames(election, made["frames"])):
        checked = check_opened(election, ballot)
        assert checked.commit == made["commit"]
        assert checked.levels == (0, 1, 2, None) * 3


def test_python_opens_what_javascript_sealed(node: str, dist: Path) -> None:
    key = PrivateKey.generate()
    for length in (0, 1, 63, 64, 65, 2000):
        plain = secrets.token_bytes(length)
        sealed = ask(node, "seal", plain=plain.hex(), key=bytes(key.public_key).hex())
        assert SealedBox(key).decrypt(bytes.fromhex(sealed)) == plain


def test_python_signs_what_javascript_blinded(node: str, dist: Path) -> None:
    signers = new_hall().signers
    keys = [signer.public.encode() for signer in signers]
    message = credential_message(manifest_hash="ab" * 32, issuer_name="ban-to-chuc", credential_hex="cd" * 32)
    blindings = ask(node, "blind", keys=keys, message=message.hex())
    answers = [s.blind_sign(bytes.fromhex(b["blinded"])).hex() for s, b in zip(signers, blindings, strict=True)]
    inputs = {"keys": keys, "message": message.hex(), "blindings": blindings, "answers": answers}
    for signer, value in zip(signers, ask(node, "finalize", **inputs), strict=True):
        check_blind(signer.public, message, CredentialSignature.parse(value))


def test_slips_made_in_javascript_are_read_in_python_and_never_repeat(node: str, dist: Path) -> None:
    codes = [SlipCode.read(shown).value for shown in ask(node, "slips", count=200)]
    assert len(set(codes)) == 200
    assert max(codes) > 32**25  # all 130 bits are drawn
