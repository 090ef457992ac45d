"""The specification and the code say the same: codes, labels, checks, references, and the values of the examples.

Here live comparisons of tally/SPEC.md with the source. Never here: a value that the text itself does not state.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tally.checks import RECORD
from tally.outcome import percent
from tally.protocol.booth import shown_commit
from tally.protocol.checkpoint import Head, parse_notes
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election, Question
from tally.protocol.group import G, Point, g_pow
from tally.protocol.holding import check_void
from tally.protocol.padding import padded_length
from tally.protocol.phase import LIFE
from tally.protocol.proofs import Proof
from tally.protocol.receipt import Receipt

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "tally" / "SPEC.md").read_text("utf-8")
LABEL = "phieu-tin-nhiem/v1/"
OF_NO_CLASS = {"FILE_ERROR", "OUT_OF_MEMORY", "FORM_EXPIRED", "FAULT", "HTTP_404"}
HEX = r"[0-9a-f]{64}"


def sources(*suffixes: str) -> Iterator[Path]:
    for package in ("tally", "keys", "ballot"):
        for path in sorted((ROOT / package).rglob("*")):
            generated = {"node_modules", "dist", "__pycache__"} & set(path.relative_to(ROOT).parts)
            if path.suffix in suffixes and path.name != "SPEC.md" and not generated:
                yield path


@cache
def python() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in sources(".py")}


def section(number: str) -> str:
    """The text under a heading, up to the next heading of the same depth or above."""
    head = re.search(rf"^(#+) {re.escape(number)}(?:\.? .*)?$", SPEC, re.M)
    assert head, number
    rest = SPEC[head.end() :]
    end = re.search(rf"^#{{1,{len(head[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def stated(pattern: str, text: str = SPEC) -> str:
    """The one value that the text states in this place."""
    found = re.findall(pattern, text, re.M)
    assert len(set(found)) == 1, (pattern, found)
    return str(found[0])


EXAMPLE = section("An example first")


# --- codes --------------------------------------------------------------------------------------------------------


def codes_of_classes() -> set[str]:
    found = set()
    for text in python().values():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
                value = getattr(line, "value", None)
                named = any(isinstance(t, ast.Name) and t.id == "code" for t in targets)
                if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def test_every_code_is_listed_and_none_too_many() -> None:
    listed = re.findall(r"`([A-Z][A-Z0-9_]+)`", section("8"))
    assert len(listed) == len(set(listed))
    assert set(listed) - OF_NO_CLASS == codes_of_classes()
    assert set(listed) >= OF_NO_CLASS


def test_codes_without_a_class_are_answered_somewhere() -> None:
    everything = "".join(python().values())
    for code in OF_NO_CLASS - {"HTTP_404"}:
        assert re.search(rf"\b{code}\b", everything), code
    assert 'f"HTTP_{status}"' in everything


def test_the_text_uses_no_code_that_is_not_listed() -> None:
    used = set(re.findall(r"\b([A-Z]{3,}(?:_[A-Z]+)+)\b", SPEC))
    assert used <= codes_of_classes() | OF_NO_CLASS


# --- labels and formats -------------------------------------------------------------------------------------------


def test_every_label_stands_in_the_table() -> None:
    rows = [line.split(" | ")[0] for line in section("2.5").splitlines() if line.startswith("| `")]
    listed = {name.rstrip("\\|") for row in rows for name in re.findall(r"`([a-z-]+(?:\\\|)?)`", row)} - {"sigmsg"}
    texts = [path.read_text("utf-8") for path in sources(".py", ".js")]
    used = {name for text in texts for name in re.findall(rf"{LABEL}([a-z-]+)", text)}
    assert used == listed
    assert set(re.findall(rf"{LABEL}([a-z-]+)", SPEC)) <= listed


def test_labels_end_as_the_table_says() -> None:
    bare = set(re.findall(r"^\| `([a-z-]+)`", section("2.5"), re.M))
    assert bare == {"decryption", "opening-proof", "record"}
    for text in python().values():
        for name, after in re.findall(rf'"{LABEL}([a-z-]+)(.)', text):
            assert (after == "|") is (name not in bare), name


def test_every_format_is_named() -> None:
    used = {name for text in python().values() for name in re.findall(r"phieu-tin-nhiem/([a-z-]+)/v1", text)}
    named = stated(r"NAME one\s+of `([^.]*)\. The origin", section("2.5"))
    assert used == set(re.findall(r"[a-z-]{3,}", named)) - {"private", "keys"}


# --- checks, phases, references -----------------------------------------------------------------------------------


def test_the_table_of_checks_is_the_one_that_runs() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*?) \| .* \| (B?) ?\| (C?) ?\|$", section("6"), re.M)
    assert rows == [(str(c.number), c.title, "B" * c.bare, "C" * c.before_decryption) for c in RECORD]


def test_the_table_of_phases_is_the_one_that_rules() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w ]+) \| (\w+) \| (\d) \|", section("5.10"), re.M)
    assert [(act, target, int(persons)) for act, _, target, persons in rows] == [
        (step.act.value, step.target.value, step.persons) for step in LIFE
    ]
    for (_, source, _, _), step in zip(rows, LIFE, strict=True):
        assert source == "any before tallied" or {source} == {phase.value for phase in step.source}


def references() -> Iterator[tuple[str, str, str]]:
    """Yield (file, section, steps) for every reference to the specification, and for its own to itself."""
    reference = re.compile(r"SPEC(?:\.md`)?\s+(\d+(?:\.\d+)?(?:, steps? [\d ,and]*\d|(?:, |; |–)\d+\.\d+)*)")
    for path in sources(".py", ".js", ".md"):
        for whole in reference.findall(path.read_text("utf-8")):
            for number, steps in re.findall(r"(\d+(?:\.\d+)?)(?:, steps? ([\d ,and]+))?", whole):
                yield path.name, number, steps


def test_every_reference_finds_its_heading_and_step() -> None:
    headings = set(re.findall(r"^##+ (\d+(?:\.\d+)?)", SPEC, re.M))
    found = list(references())
    assert len(found) > 100
    for name, number, steps in found:
        assert number in headings, (name, number)
        for step in re.findall(r"\d", steps):
            assert re.search(rf"^(?:\| )?{step}(?:\.| \|) ", section(number), re.M), (name, number, step)


def test_the_text_refers_to_headings_of_its_own() -> None:
    headings = set(re.findall(r"^##+ (\d+(?:\.\d+)?)", SPEC, re.M))
    for number in re.findall(r"\((\d\.\d+)[,;)]", SPEC):
        assert number in headings, number


# --- the examples, computed from the text alone -------------------------------------------------------------------


def test_the_slip_of_the_example_derives_its_credential() -> None:
    code = SlipCode.read(stated(r"^slip code +(\S+)$", EXAMPLE))
    assert code.shown() == stated(r"^slip code +(\S+)$", EXAMPLE)
    hashed = stated(r"^hashed +(\S+)$", EXAMPLE)
    uuid = stated(r"^phieu-tin-nhiem/(\w{14})$")
    assert hashed == f"{LABEL}credential-secret|{uuid}|{code.digits}"
    credential = Credential.derive(code, uuid)
    assert credential.secret == int(stated(r"^secret x +(\d+)$", EXAMPLE))
    assert credential.public.encode() == stated(rf"^credential +({HEX})$", EXAMPLE)


def test_the_void_slip_of_the_example_was_voided_by_its_holder() -> None:
    manifest = re.findall(rf"^SHA-256 +({HEX})$", EXAMPLE, re.M)[0]
    point = Point.decode(stated(rf"^void +({HEX})$", EXAMPLE), "void")
    numbers = {name: stated(rf"^{name} +(\d+)$", EXAMPLE) for name in ("challenge", "response")}
    check_void(manifest, point, "spoiled", Proof.parse(numbers, "proof"), "void")
    signed = stated(r"^signed +(\S+)$", EXAMPLE)
    assert signed.startswith(f"{LABEL}void|{manifest[:8]}…")
    assert signed.endswith(f"|spoiled|{point.encode()[:8]}…{point.encode()[-6:]}|")


def test_the_qr_code_of_the_example_names_the_commit_code_that_was_shown() -> None:
    prefix = stated(r"^QR code +PTN1:1/1:([0-9A-F]{16}):", EXAMPLE)
    shown = re.findall(r"^commit code +(\S{24})$", EXAMPLE, re.M)
    assert [code[:14] for code in shown] == [shown_commit(f"{prefix.lower():0<64}")[:14]]


def test_the_code_of_value_zero() -> None:
    assert f"Value 0 is `{SlipCode(0).shown()}`" in " ".join(section("3.8").split())


@pytest.mark.parametrize(("hashed", "short"), [(r"^SHA-256 +", r"^fingerprint +"), (r"^SHA-256 +", r"^tracker +")])
def test_both_spellings_of_a_hash_agree(hashed: str, short: str) -> None:
    compact = stated(rf"{short}(\S{{43}}) ", EXAMPLE)
    assert base64.b64decode(f"{compact}=").hex() in re.findall(rf"{hashed}({HEX})$", EXAMPLE, re.M)


def test_what_a_terminal_shows_of_the_commit_code() -> None:
    commit = stated(rf"^commit code +({HEX})$", EXAMPLE)
    assert stated(r"^shown +(\S+)", EXAMPLE) == shown_commit(commit)


def test_the_receipt_of_the_example_is_signed_by_the_box_of_the_example() -> None:
    class Sealed:
        uuid = stated(r"^phieu-tin-nhiem/(\w{14})$")
        box_key = stated(rf"box key is\s+`({HEX})`")

    signature = "".join(re.findall(r"^(?:receipt)? +([0-9a-f]{64})$", EXAMPLE, re.M))
    tracker = stated(r"^tracker +(\S{43}) ", EXAMPLE)
    commit = stated(rf"^commit code +({HEX})$", EXAMPLE)
    Receipt(Sealed.uuid, tracker, commit, signature).check(Sealed)  # type: ignore[arg-type]


def test_the_padded_length_of_the_example() -> None:
    labels = ("", "", "")
    questions = tuple(Question(labels, False, 0, 1, "") for _ in range(2))
    uuid = stated(r"^phieu-tin-nhiem/(\w{14})$")
    length = padded_length(Election.make(name="", description="", public_key=G, questions=questions, uuid=uuid))
    ballot, spaces, whole = re.findall(r"^padded +(\d+) bytes and (\d+) spaces: .* in (\d+) bytes", EXAMPLE, re.M)[0]
    assert int(ballot) + int(spaces) == int(whole) == length


def test_closing_txt_of_the_example_is_signed_and_belongs_to_it() -> None:
    text = stated(r"of eleven lines:\n\n```text\n((?:.*\n)+?)```", section("4.11"))
    (note,) = parse_notes(text.encode(), "closing.txt")
    uuid = note.lines[0].partition("/")[2]
    note.check(f"phieu-tin-nhiem/{uuid}", stated(rf"box key is\s+`({HEX})`"), "closing.txt")
    said = dict(line.split(" ") for line in note.lines[4:])
    hashes = re.findall(rf"^SHA-256 +({HEX})$", EXAMPLE, re.M)
    assert [said["manifest"], said["election"]] == hashes[:2]
    assert said["root"] == stated(rf"^root +({HEX}) ", EXAMPLE)
    assert note.lines[2] == stated(r"^head +(\S+)$", EXAMPLE)
    assert list(said) == ["manifest", "election", "opening", "credentials", "issuance", "spoiled", "root"]


def test_the_start_of_the_chain_is_hashed_as_written() -> None:
    election = re.findall(rf"^SHA-256 +({HEX})$", EXAMPLE, re.M)[1]
    left, right = re.findall(r'"phieu-tin-nhiem/v1/checkpoint-start\|(\w+)…(\w+)"', EXAMPLE)[0]
    assert election.startswith(left)
    assert election.endswith(right)
    assert Head.start(election).hash == hashlib.sha256(f"{LABEL}checkpoint-start|{election}".encode()).digest()


def test_the_numbers_that_the_text_computes() -> None:
    assert G.encode() == "6" * 62 + "58"
    assert g_pow(0).encode() == "0" * 63 + "1"
    for count, base, shown in re.findall(r"(\d+) (?:of) (\d+): `([\d,]+%)`", section("4.13")):
        assert percent(int(count), int(base)) == shown
    assert '"percent":["0%","20%","60%"]' in EXAMPLE
    assert [percent(count, 5) for count in (0, 1, 3)] == ["0%", "20%", "60%"]
