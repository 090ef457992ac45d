"""An election of the foreign tool, replayed step by step; what both elections of it have in common is tested on both.

Here live the steps from a code to a result. Never here: the key ceremony (test_vectors_pedersen.py).
"""

from __future__ import annotations

import pytest

from tally.protocol.ballot import SumStatements, check_election, check_proofs, check_signature, individual_tag
from tally.protocol.cipher import combine, without
from tally.protocol.decryption import Owned, PartialDecryption, check_partial
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import WrongShape
from tally.protocol.group import G, Point, Q, commitment, g_commitment, g_pow
from tally.protocol.proofs import Proof, Statement, ballot_signature_prefix, challenge
from tally.protocol.public_credentials import parse_public_credentials
from tally.protocol.result import Result, combine_factors, open_sums
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.protocol.trustees import Single, Trustees
from tests.tally.belenios_files import PEDERSEN, SINGLE, Files, belenios_secret, hashed

both = pytest.mark.parametrize("files", [SINGLE, PEDERSEN], ids=lambda files: files.name)


def commitments_of(key: Point, statements: tuple[Statement, ...], proofs: tuple[Proof, ...]) -> list[Point]:
    found = []
    for (ciphertext, message), proof in zip(statements, proofs, strict=True):
        found.append(g_commitment(proof.response, ciphertext.alpha, proof.challenge))
        found.append(commitment(key, proof.response, without(ciphertext.beta, message), proof.challenge))
    return found


@both
def test_the_group_is_the_one_of_the_tool(files: Files) -> None:
    assert (str(Q), G.encode()) == (files.vectors["q"], files.vectors["g"])


@both
def test_codes_lead_to_the_credentials_of_the_tool(files: Files) -> None:
    for sample in files.vectors["credentials"]:
        secret = belenios_secret(sample["private"], files.uuid)
        assert (str(secret), g_pow(secret).encode()) == (sample["scalar"], sample["public"])


@both
def test_every_code_has_its_credential_in_the_published_list(files: Files) -> None:
    derived = {g_pow(belenios_secret(code, files.uuid)) for code in files.json("private_creds.json").values()}
    assert parse_public_credentials(files.archive.setup("setup")[2]) == dict.fromkeys(derived, 1)


@both
def test_a_list_that_still_names_voters_is_refused(files: Files) -> None:
    with pytest.raises(WrongShape):
        parse_public_credentials(files.raw("public_creds.json"))


@both
def test_the_election_has_the_fingerprint_of_the_tool(files: Files) -> None:
    assert files.election.fingerprint == files.vectors["fingerprint"]
    assert files.election.hash == files.vectors["election_hash_hex"]
    assert files.election.public_key.encode() == files.vectors["public_key"]


@both
def test_every_ballot_is_read_and_written_byte_for_byte(files: Files) -> None:
    assert [ballot.encode() for ballot in files.parsed] == files.ballots


@both
def test_every_ballot_passes_every_check(files: Files) -> None:
    for ballot in files.parsed:
        check_election(ballot, files.election, "ballot")
        check_signature(ballot, "ballot")
        check_proofs(ballot, files.election, "ballot")


@both
def test_a_ballot_has_the_tracker_of_the_tool(files: Files) -> None:
    sample, ballot = files.vectors["ballot_0_question_0"], files.parsed[0]
    assert (ballot.tracker, ballot.hash) == (sample["tracker"], sample["ballot_sha256_hex"])


@both
def test_a_proof_of_one_choice_hashes_what_the_tool_hashes(files: Files) -> None:
    sample, answer = files.vectors["ballot_0_question_0"], files.parsed[0].answers[0]
    choice, expected = answer.choices[0], sample["individual_0"]
    tag = individual_tag(sample["S0"], choice)
    points = commitments_of(files.election.public_key, ((choice, 0), (choice, 1)), answer.individual[0])
    assert (tag[:80], len(tag)) == (expected["hash_input_first_80"], expected["tag_length"])
    assert [point.encode() for point in points] == expected["commitments"]
    assert sha256_hex(hashed(tag, points).encode()) == expected["hash_input_sha256"]
    assert str(challenge(tag, *points)) == expected["challenge_sum"]


@both
@pytest.mark.parametrize("which", ["overall", "blank"])
def test_a_proof_about_a_sum_hashes_what_the_tool_hashes(files: Files, which: str) -> None:
    sample, answer = files.vectors["ballot_0_question_0"], files.parsed[0].answers[0]
    sums = SumStatements.of(answer.choices, files.election.questions[0], sample["S0"])
    tag, statements, proofs = {
        "overall": (sums.overall_tag, sums.overall, answer.overall),
        "blank": (sums.blank_tag, sums.blank, answer.blank),
    }[which]
    points = commitments_of(files.election.public_key, statements, proofs or ())
    assert (tag[:80], len(tag)) == (sample[which]["hash_input_first_80"], sample[which]["tag_length"])
    assert sha256_hex(tag.split("|", 1)[1].removesuffix("|").encode()) == sample["S_sha256"]
    assert [point.encode() for point in points] == sample[which]["commitments"]
    assert sha256_hex(hashed(tag, points).encode()) == sample[which]["hash_input_sha256"]
    assert str(challenge(tag, *points)) == sample[which]["challenge_sum"]


@both
def test_the_sum_of_one_answer_is_that_of_the_tool(files: Files) -> None:
    sample = files.vectors["ballot_0_question_0"]["sum_ciphertext"]
    assert combine(files.parsed[0].answers[0].choices[1:]).as_json() == sample


@both
def test_the_signature_of_a_ballot_hashes_what_the_tool_hashes(files: Files) -> None:
    sample, ballot = files.vectors["ballot_0_question_0"]["signature"], files.parsed[0]
    point = g_commitment(ballot.signature.response, ballot.credential, ballot.signature.challenge)
    assert hashed(ballot_signature_prefix(ballot.signed_hash), [point]) == sample["hash_input"]
    assert (ballot.signed_hash, point.encode()) == (sample["hash"], sample["commitment"])
    assert str(ballot.signature.challenge) == sample["challenge"]


@both
def test_the_product_of_the_ballots_is_the_encrypted_tally(files: Files) -> None:
    tally = EncryptedTally.over(files.election, ((ballot, 1) for ballot in files.parsed))
    assert tally.encode() == files.printed("encrypted_tally.out")[0]
    assert sha256_hex(tally.encode()) == files.vectors["encrypted_tally_sha256"]
    assert EncryptedTally.parse(tally.encode(), files.election) == tally


@both
def test_the_tool_describes_the_tally_as_we_do(files: Files) -> None:
    raw, sized = files.printed("encrypted_tally.out")
    tally, count = EncryptedTally.parse(raw, files.election), len(files.ballots)
    assert SizedTally.of(tally, ballots=count, weight=count).encode() == sized
    assert SizedTally.parse(sized).encode() == sized


def test_the_only_trustee_is_read_checked_and_written_byte_for_byte() -> None:
    trustees = Trustees.parse(SINGLE.raw("trustees.json"))
    assert isinstance(trustees.items[0], Single)
    assert Trustees.make(trustees.items).raw == SINGLE.raw("trustees.json")
    assert trustees.public_key == g_pow(int(SINGLE.vectors["single_private_key"])) == SINGLE.election.public_key


@both
def test_partial_decryptions_pass_and_hash_what_the_tool_hashes(files: Files) -> None:
    trustees = Trustees.parse(files.raw("trustees.json"))
    tally = EncryptedTally.parse(files.printed("encrypted_tally.out")[0], files.election)
    for sample in files.vectors["partial_decryptions"]:
        owner = sample["owner"]
        raw, public = files.printed(f"pd.{owner}.out")[0], trustees.owners[owner - 1]
        part = PartialDecryption.parse(raw, files.election, "part")
        check_partial(files.election, tally, part, public, "part")
        alpha, factor, proof = tally.rows[0][0].alpha, part.factors[0][0], part.proofs[0][0]
        points = [
            g_commitment(proof.response, public, proof.challenge),
            commitment(alpha, proof.response, factor, proof.challenge),
        ]
        assert part.encode() == raw
        assert (alpha.encode(), factor.encode()) == (sample["alpha"], sample["factor"])
        assert [point.encode() for point in points] == [sample["A"], sample["B"]]
        assert str(challenge(sample["hash_prefix"], *points)) == sample["challenge"] == str(proof.challenge)


def test_the_factors_are_the_sums_raised_to_the_private_key() -> None:
    secret = SINGLE.json("0C984679.privkey")
    tally = EncryptedTally.parse(SINGLE.printed("encrypted_tally.out")[0], SINGLE.election)
    part = PartialDecryption.parse(SINGLE.printed("pd.1.out")[0], SINGLE.election, "part")
    assert part.factors == tuple(tuple(c.alpha ** int(secret) for c in row) for row in tally.rows)


@both
def test_the_parts_open_to_the_result_of_the_tool(files: Files) -> None:
    trustees = Trustees.parse(files.raw("trustees.json"))
    tally = EncryptedTally.parse(files.printed("encrypted_tally.out")[0], files.election)
    owners = [sample["owner"] for sample in files.vectors["partial_decryptions"]]
    parts = {k: PartialDecryption.parse(files.printed(f"pd.{k}.out")[0], files.election, "part") for k in owners}
    result = open_sums(tally, combine_factors(trustees, parts), len(files.ballots))
    assert result.encode() == files.raw("result.out")
    assert Result.parse(files.raw("result.out"), files.election) == result
    assert [list(row) for row in result.rows] == files.vectors["result"]


@both
def test_the_archive_is_the_tools_files_chained(files: Files) -> None:
    parts = [event.data for event in files.archive.of_type("PartialDecryption")]
    owners = [sample["owner"] for sample in files.vectors["partial_decryptions"]]
    assert files.archive.setup("setup")[:2] == (files.election.raw, files.raw("trustees.json"))
    assert files.archive.ballots == files.ballots
    assert [list(part) for part in parts] == [files.printed(f"pd.{k}.out") for k in owners]
    assert [Owned.parse(part[1], "owned").owner for part in parts] == owners
    assert files.archive.events[-1].hash == files.vectors["last_event_sha256"]
