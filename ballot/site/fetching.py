"""Fetching what is public of a round, checked against nothing but the manifest's hash from paper.

Here live linking with a round and keeping up with its void slips. Never here: a file that is believed because the box
sent it: manifest, committee, election and every listed credential are checked one by the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.models.site import WAITING, SiteRound
from ballot.site.errors import BoxUnclear
from ballot.site.house import SiteHouse
from ballot.site.line import LIST_LIMIT, Line
from ballot.site.rounds import follow, found, look_up
from ballot.storage import writing
from tally.protocol.committee import Committee
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import decode, fields, hex_hash, sha256_hex, string
from tally.protocol.errors import Mismatch, OriginUnproven
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

LEAST_DIGITS = 32
FILE_LIMIT = 8 * 1024 * 1024
PHASES = tuple(phase.value for phase in Phase)


@dataclass(frozen=True, slots=True)
class Course:
    """Where the round stands at its box, and the hash of the list with everything that is void."""

    phase: str
    credentials: str


@dataclass(frozen=True, slots=True)
class Files:
    """What a site keeps of a round."""

    manifest: bytes
    committee: bytes
    election: bytes
    credentials: bytes


def fetch(house: SiteHouse, uuid: str, *, box_url: str, line: Line, typed: str) -> SiteRound:
    """Link this site with a round; again, only the list is fetched anew and the box's address kept.

    Raises BoxAway, BoxRefused (before the committee has its key), BoxUnclear, OriginUnproven for another manifest than
    the one on paper, Mismatch for other files than those kept, and what the files' readers and checks refuse.
    """
    course = ask_course(line, uuid)
    got = Files(*(line.get(f"/dot/{uuid}/{name}.json", limit) for name, limit in _PARTS))
    _check(got, uuid, typed)
    with writing(house.engine) as session:
        row = session.get(SiteRound, uuid)
        if row is None:
            row = SiteRound(
                uuid=uuid, state=WAITING, box_url=box_url, site_key=house.create_key(uuid), status_lock=b"",
                manifest=got.manifest, committee=got.committee, election=got.election, credentials=got.credentials,
            )  # fmt: skip
            session.add(row)
        elif (row.manifest, row.election) != (got.manifest, got.election):
            raise Mismatch("manifest.json", other=sha256_hex(row.manifest))
        else:
            row.box_url = box_url
            _renew(row, got.credentials)
        follow(row, course.phase)
    return row


_PARTS = (
    ("manifest", FILE_LIMIT), ("committee", FILE_LIMIT), ("election", FILE_LIMIT), ("credentials", LIST_LIMIT),
)  # fmt: skip


def _check(got: Files, uuid: str, typed: str) -> None:
    """Check from the paper down to the last signature on the list."""
    digits = "".join(typed.split()).lower()
    if len(digits) < LEAST_DIGITS or not sha256_hex(got.manifest).startswith(digits):
        raise OriginUnproven("manifest.json")
    sealed = Manifest.parse(got.manifest)
    if sealed.uuid != uuid:
        raise Mismatch("manifest.json.uuid", other=uuid)
    members = Committee.parse(got.committee)
    members.check_for(sealed)
    members.check_ceremony()
    if got.election != members.election(sealed).raw:
        raise Mismatch("election.json", other="manifest.json, committee.json")
    _check_list(sealed, got.credentials)


def _check_list(manifest: Manifest, raw: bytes) -> None:
    listed = CredentialList.parse(raw)
    listed.check_form(manifest)
    for number, credential in enumerate(listed.credentials):
        credential.check_signatures(manifest, f"credentials.json[{number}]")


# --- keeping up ---------------------------------------------------------------------------------------------------


def ask_course(line: Line, uuid: str) -> Course:
    """Ask where the round stands. Raises BoxAway, BoxRefused, BoxUnclear."""
    m = fields(decode(line.get(f"/dot/{uuid}/diem-cau.json"), "box", limit=4096, exact=False), "box", *Course.__slots__)
    if m["phase"] not in PHASES:
        raise BoxUnclear("box")
    return Course(string(m["phase"], "phase"), hex_hash(m["credentials"], "credentials"))


def keep_up(house: SiteHouse, uuid: str, line: Line) -> Course:
    """Follow the box to where it stands. Raises BoxAway, BoxRefused, BoxUnclear."""
    course = ask_course(line, uuid)
    with writing(house.engine) as session:
        follow(found(session, uuid), course.phase)
    return course


def renew_list(house: SiteHouse, uuid: str, line: Line, course: Course) -> None:
    """Learn which slips are void by now; a list that is not a newer one of ours changes nothing here.

    Raises BoxAway, BoxRefused, BoxUnclear, Mismatch for a list that lost a credential or a void, and what checking the
    list refuses.
    """
    row = look_up(house, uuid)
    if sha256_hex(row.credentials) != course.credentials:
        raw = line.get(f"/dot/{uuid}/credentials.json", LIST_LIMIT)
        _check_list(Manifest.parse(row.manifest), raw)
        with writing(house.engine) as session:
            _renew(found(session, uuid), raw)


def _renew(row: SiteRound, raw: bytes) -> None:
    """Keep a newer list: the same credentials, and no void undone. Raises Mismatch."""
    old, new = CredentialList.parse(row.credentials), CredentialList.parse(raw)
    if new.credentials != old.credentials or not set(old.voided) <= set(new.voided):
        raise Mismatch("credentials.json", other=old.hash)
    row.credentials = raw
