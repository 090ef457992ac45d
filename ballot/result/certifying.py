"""Xác nhận: the result becomes final once the committee has signed it; a rehearsal never does.

Here lives this one act of the table of phases. Never here: a signature, or trust in what was found at an upload; all
signed documents are verified once more, by the tally in a process of its own.

Where the minutes say that members sign on paper there is nothing to verify: then two organisers say that the signed
papers, of the very documents whose hashes both see, are in their hands. SPEC 5.10, 5.20.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from ballot.acts import Actor, check_allowed, find_round, move, propose
from ballot.box_round import move_box
from ballot.house import House
from ballot.models.registry.acts import Proposal
from ballot.models.registry.rounds import Round
from ballot.public.paper_names import title
from ballot.result import papers, signatures
from ballot.result.papers import Made
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused
from tally.protocol.phase import Act, Phase

ON_PAPER = "certify-on-paper"
SUBJECT = 60


class RehearsalOnly(Refused):
    """A rehearsal: whatever was signed, it has no value and is never certified."""

    code = "REHEARSAL_ONLY"
    text = _("Đợt diễn tập không xác nhận được: kết quả không có giá trị, dù văn bản đã ký.")


class NotSigned(Refused):
    """The committee has not signed, or not all who were to sign, or too few."""

    code = "NOT_SIGNED"
    text = _("Chưa xác nhận được: {missing}.")


def certify(house: House, uuid: str, actor: Actor) -> bool:
    """Make the result final and return whether it is; on paper the first person only proposes.

    Raises WrongPhase, RehearsalOnly, NotSigned, PaperDiffers, TallyRefused.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        made = _ready(house, session, row)
    if not on_paper(made):
        _check_signed(house, uuid, made)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if _ready(house, session, row).digest != made.digest:
            raise NotSigned("round", missing=translate(_("văn bản vừa được lập lại")))
        if on_paper(made) and not propose(session, row, ON_PAPER, actor, subject=made.digest[:SUBJECT]):
            return False
        with writing(house.box) as box:
            move_box(box, uuid, Phase.TALLIED, Phase.CERTIFIED)
        move(house, session, row, Act.CERTIFY, actor)
    return True


def on_paper(made: Made) -> bool:
    """Say whether members sign on paper only."""
    return not all(signer.certificate for signer in made.minutes.signers)


def missing(house: House, row: Round, made: Made | None) -> tuple[str, ...]:
    """Return in words what is missing before the result can be certified, as far as is known without verifying."""
    if made is None:
        return (translate(_("văn bản chưa được lập")),)
    if not made.current:
        return (translate(_("số liệu hoặc biên bản đã đổi sau khi lập văn bản; xin lập lại")),)
    if len(made.minutes.signers) < row.threshold:
        return (translate(_("cần ít nhất {threshold} người ký")).format(threshold=row.threshold),)
    if on_paper(made):
        return ()
    owed = [one.name for one in signatures.standing(house, row.uuid) if not _complete(made, one.owners)]
    words = translate(_("{document} chưa đủ chữ ký"))
    return tuple(words.format(document=title(f"{name}.pdf")) for name in owed)


def waiting(session: Session, row: Round, made: Made) -> int | None:
    """Return the account that has said the papers are signed, where another one must still say so."""
    found = session.get(Proposal, (row.id, ON_PAPER, made.digest[:SUBJECT]))
    return found.account_id if found else None


def _ready(house: House, session: Session, row: Round) -> Made:
    check_allowed(row, Act.CERTIFY)
    if row.rehearsal:
        raise RehearsalOnly("round")
    made = papers.made(house, session, row)
    if (owed := missing(house, row, made)) or made is None:
        raise NotSigned("round", missing="; ".join(owed))
    if (compared := papers.comparison(house, session, row)) is not None:
        compared.check()
    return made


def _check_signed(house: House, uuid: str, made: Made) -> None:
    found = signatures.verified(house.record(uuid), manifest=made.minutes.manifest)
    if not all(_complete(made, owners) for owners in found.values()):
        raise NotSigned("round", missing=translate(_("có văn bản chưa đủ chữ ký hợp lệ")))


def _complete(made: Made, owners: tuple[int, ...]) -> bool:
    return set(owners) == {signer.owner for signer in made.minutes.signers}
