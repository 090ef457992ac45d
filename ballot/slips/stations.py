"""Stations: a desk shows a code, a station that types it is paired with the desk; it is known by a token afterwards.

Here lives pairing. Never here: a code or a token in the clear, a voter, or a clock; views pass the time in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import Pairing, Station
from ballot.phases import ARRIVING
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.credential import ALPHABET, plain
from tally.protocol.errors import Refused

CODE_DIGITS = 8
CODE_SECONDS = 600
MOST_TRIES = 1_000
"""Wrong codes that end a waiting one. It has 40 bits, so a thousand guesses find it once in a thousand million times; a
low number would let anybody on the network end every pairing (threats A20, whose five tries are for shorter codes)."""


class PairingRefused(Refused):
    """Not a code that waits to be typed: wrong, used, too old or ended; the answer does not say which."""

    code = "PAIRING_REFUSED"
    text = _("Mã ghép không đúng, đã dùng hoặc đã hết hạn. Xin lấy mã mới ở bàn tiếp đón.")


class StationUnknown(Refused):
    """No station of this round has this token."""

    code = "STATION_UNKNOWN"
    text = _("Trạm này chưa được ghép với bàn nào của đợt. Xin lấy mã ghép mới ở bàn tiếp đón.")


@dataclass(frozen=True, slots=True)
class Paired:
    """A station's token, the round it belongs to, and the login of the desk it was paired with just now."""

    station: str = field(repr=False)
    uuid: str
    desk: str

    def as_json(self) -> dict[str, str]:
        """Return {"station","uuid","desk"}."""
        return {"station": self.station, "uuid": self.uuid, "desk": self.desk}


def pairing_code(house: House, uuid: str, actor: Actor, *, now: int) -> str:
    """Return a new code with which one station can be paired with this desk; an earlier code ends.

    It serves once, for ten minutes, and not after a thousand wrong tries. Raises WrongPhase. Source: threats A20.
    """
    code = "".join(secrets.choice(ALPHABET) for _number in range(CODE_DIGITS))
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *ARRIVING)
        pairing = session.get(Pairing, (row.id, actor.account_id))
        if pairing is None:
            pairing = Pairing(round_id=row.id, account_id=actor.account_id)
            session.add(pairing)
        pairing.code, pairing.expires, pairing.tries = _code_hash(code), now + CODE_SECONDS, 0
        audit.record(session, actor.organisation_id, actor=actor.login, act="pairing-code", subject=uuid)
    return f"{code[:4]}-{code[4:]}"


def pair(house: House, typed: str, token: str, *, now: int) -> Paired:
    """Pair a station with the desk whose code was typed; a station of the same round may serve further desks.

    A wrong code counts against every code that waits. Raises PairingRefused. Source: SPEC 5.14, step 1.
    """
    with writing(house.registry) as session:
        waiting = [p for p in session.scalars(select(Pairing).where(Pairing.code.is_not(None))) if _alive(p, now)]
        wanted = _code_hash(plain(typed))
        found = [p for p in waiting if hmac.compare_digest(p.code or b"", wanted)]
        if found:
            return _pair(session, found[0], token)
        for pairing in waiting:
            pairing.tries += 1
            _alive(pairing, now)
    raise PairingRefused("code")


def _alive(pairing: Pairing, now: int) -> bool:
    """Say whether a code may still be typed; a dead one is forgotten."""
    if now >= pairing.expires or pairing.tries >= MOST_TRIES:
        pairing.code = None
    return pairing.code is not None


def _pair(session: Session, pairing: Pairing, token: str) -> Paired:
    station = session.scalar(
        select(Station).where(Station.round_id == pairing.round_id, Station.token == _token_hash(token))
    )
    if station is None:
        token = secrets.token_urlsafe(32)
        station = Station(id=secrets.token_bytes(16), round_id=pairing.round_id, token=_token_hash(token))
        session.add(station)
        session.flush()
    pairing.station_id, pairing.code, pairing.tries = station.id, None, 0
    desk = session.scalars(select(Account.login).where(Account.id == pairing.account_id)).one()
    row = session.scalars(select(Round).where(Round.id == pairing.round_id)).one()
    audit.record(session, row.organisation_id, actor=desk, act="pair-station", subject=row.uuid)
    return Paired(token, row.uuid, desk)


def known_station(session: Session, row: Round, token: str) -> Station:
    """Return the station of this round that holds this token. Raises StationUnknown."""
    found = session.scalar(select(Station).where(Station.round_id == row.id, Station.token == _token_hash(token)))
    if found is None:
        raise StationUnknown("station")
    return found


def station_of(session: Session, row: Round, account_id: int) -> Station | None:
    """Return the station that makes the slips for a desk, if one was paired with it."""
    pairing = session.get(Pairing, (row.id, account_id))
    return session.get(Station, pairing.station_id) if pairing and pairing.station_id else None


def _code_hash(code: str) -> bytes:
    """Return the hash under which a pairing code is kept. SPEC 5.14, step 1."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/pairing|" + code.encode("utf-8", "replace")).digest()


def _token_hash(token: str) -> bytes:
    """Return the hash under which a station's token is kept. SPEC 5.14, step 1."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/station|" + token.encode("utf-8", "replace")).digest()
