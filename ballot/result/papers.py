"""Văn bản: the documents of a count, made from the record and from what was typed, and which of them there are.

Here lives the making, all of them or none, and the list. Never here: what a document says (tally/report/documents/).

Nothing is made to be signed before two people agreed on the numbers from paper, all programs recounted, and every
comparison holds; and nothing is made again once a signed file is kept. SPEC 5.19, 5.20.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from ballot import uptime
from ballot.acts import Actor, check_phase, find_round
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.rounds import Round
from ballot.public import cosigning, paper_names
from ballot.public.disclosure import Sees
from ballot.public.paper_names import PAPERS, Paper
from ballot.result import comparing, complaint_wait, incidents, recounts, signatures, sittings, statements
from ballot.result.tally_process import run_tally
from ballot.storage import reading, writing
from ballot.whole_files import write_whole
from ballot.written_record import copied, written_root
from tally.comparison import Comparison, compare
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.minutes import Minutes
from tally.protocol.phase import Phase
from tally.record import REPORT

MINUTES = "minutes.json"
UNFINISHED = _("Số trên giấy và số trong hồ sơ bằng nhau. Còn phải kiểm lại bằng các chương trình độc lập.")
"""In the place of the sentence while nothing differs and a program has not recounted yet."""


class MinutesIncomplete(Refused):
    """Something is missing without which no minutes can be made."""

    code = "MINUTES_INCOMPLETE"
    text = _("Chưa lập được văn bản. Còn thiếu: {missing}.")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the minutes behind it, whether what stands typed now would give the same, the SHA-256 of them."""

    minutes: Minutes
    current: bool
    digest: str


def comparison(house: House, session: Session, row: Round) -> Comparison | None:
    """Return the numbers of the record beside those from paper; nothing while no two people agree on the latter."""
    paper = comparing.agreed(session, row)
    if paper is None:
        return None
    told = recounts.recounts(session, row, written_root(house, row.uuid))
    return compare(comparing.record_counts(house, row.uuid), paper, recounts=told)


def sentence(house: House, session: Session, row: Round) -> str:
    """Return the one sentence about all comparisons; nothing while no two people agree."""
    found = comparison(house, session, row)
    if found is None:
        return ""
    return translate(UNFINISHED) if awaits_recounts(house, session, row) else found.sentence


def awaits_recounts(house: House, session: Session, row: Round) -> bool:
    """Say whether nothing differs so far, and a program that is here has not recounted yet."""
    found = comparison(house, session, row)
    if found is None or not recounts.missing(session, row, written_root(house, row.uuid)):
        return False
    return all(line.holds for line in found.equations) and all(one.agrees for one in found.recounts)


def lacking(house: House, session: Session, row: Round) -> tuple[str, ...]:
    """Return in words what is still missing before documents can be made."""
    found = [] if comparing.agreed(session, row) else [translate(_("hai người nhập số trên giấy và bằng nhau"))]
    program = translate(_("kiểm lại bằng {program}"))
    found += [program.format(program=name) for name in recounts.missing(session, row, written_root(house, row.uuid))]
    typed, revision = sittings.draft(session, row, members=row.committee_size)
    if not revision:
        return (*found, translate(_("biên bản được lưu")))
    found += [f"“{translate(label)}”" for label in typed.lacking()]
    if len(typed.signers) < row.threshold:
        found.append(translate(_("ít nhất {threshold} người ký")).format(threshold=row.threshold))
    known, owed = statements.certificates(house, row.uuid), translate(_("tờ khai chứng thư của thành viên số {number}"))
    without = [n for n in typed.signers if n not in known] if not typed.on_paper else []
    return (*found, *(owed.format(number=n) for n in without))


def made(house: House, session: Session, row: Round) -> Made | None:
    """Return what documents were made of; nothing before."""
    path = house.record(row.uuid) / REPORT / MINUTES
    if not path.is_file():
        return None
    raw = path.read_bytes()
    current = signatures.is_signed(house, row.uuid) or _would_be(house, session, row) == raw
    return Made(Minutes.parse(raw), current, sha256_hex(raw))


def _would_be(house: House, session: Session, row: Round) -> bytes | None:
    return None if lacking(house, session, row) else _minutes(house, session, row).encode()


def draw_up(house: House, uuid: str, actor: Actor) -> None:
    """Write minutes.json and let the tally make all documents of it, in a process of its own.

    Raises WrongPhase, AlreadySigned, MinutesIncomplete, PaperDiffers, TallyRefused; nothing is changed then.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        _check(house, session, row)
        minutes, manifest = _minutes(house, session, row), sha256_hex(row.manifest or b"")
    with copied(house, uuid, report=True) as copy:
        report = copy / REPORT
        report.mkdir(exist_ok=True)
        for path in report.iterdir():
            if PAPERS.match(path.name):
                path.unlink()
        (report / MINUTES).write_bytes(minutes.encode())
        run_tally("documents", copy, "--manifest", manifest)
        with writing(house.registry) as session:
            row = find_round(session, uuid)
            _check(house, session, row)
            _keep(report, house.record(uuid) / REPORT)
            told = f"{uuid} {sha256_hex(minutes.encode())}"
            audit.record(session, row.organisation_id, actor=actor.login, act="make-documents", subject=told)


def listed(house: House, uuid: str, seen: Sees = Sees.PAPERS) -> tuple[Paper, ...]:
    """Return the files of a round's report that this much of a result lets somebody have."""
    return paper_names.listed(house.record(uuid) / REPORT, seen)


def _check(house: House, session: Session, row: Round) -> None:
    check_phase(row, Phase.TALLIED)
    signatures.check_unsigned(house, row.uuid)
    if missing := lacking(house, session, row):
        raise MinutesIncomplete("round", missing=", ".join(missing))
    if (compared := comparison(house, session, row)) is not None:
        compared.check()


def _minutes(house: House, session: Session, row: Round) -> Minutes:
    paper, root = comparing.agreed(session, row), written_root(house, row.uuid)
    if paper is None:
        raise MinutesIncomplete("round", missing=translate(_("hai người nhập số trên giấy và bằng nhau")))
    typed, _revision = sittings.draft(session, row, members=row.committee_size)
    made = typed.minutes(
        manifest=sha256_hex(row.manifest or b""),
        root=root,
        paper=paper,
        recounts=recounts.recounts(session, row, root),
        certificates=statements.certificates(house, row.uuid),
    )
    window = complaint_wait.standing(session, row, uptime.now()).stated
    watched = cosigning.stated(house, row.uuid)
    whole = replace(made, window=window, incidents=incidents.stated(session, row), witnesses=watched)
    return Minutes.parse(whole.encode())


def _keep(made_now: Path, report: Path) -> None:
    """Put the new documents in the place of the old ones; minutes.json says that they are whole.

    It goes first and comes last: what is cut off between is no set of documents, whatever is typed afterwards.
    """
    fresh = {path.name: path.read_bytes() for path in made_now.iterdir() if PAPERS.match(path.name)}
    report.mkdir(exist_ok=True)
    (report / MINUTES).unlink(missing_ok=True)
    for path in report.iterdir():
        if PAPERS.match(path.name) and path.name not in fresh:
            path.unlink()
    for name, raw in fresh.items():
        write_whole(report / name, raw)
    write_whole(report / MINUTES, (made_now / MINUTES).read_bytes())
