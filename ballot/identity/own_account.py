"""What everybody may change of their own account: the password and the language.

Here live these two acts. Never here: a name, a role, or somebody else's account.
"""

from __future__ import annotations

from ballot.acts import Actor
from ballot.house import House
from ballot.identity import organisations, passwords
from ballot.identity.login import User
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.storage import reading, writing
from tally.i18n import languages
from tally.i18n import marked as _
from tally.protocol.errors import Refused, WrongShape


class PasswordWrong(Refused):
    """Not the password that this account has now."""

    code = "PASSWORD_WRONG"
    text = _("Mật khẩu hiện tại chưa đúng. Chưa có gì thay đổi.")


class PasswordsDiffer(Refused):
    """The new password was typed differently the second time, or is the old one."""

    code = "PASSWORDS_DIFFER"
    text = _("Mật khẩu mới gõ hai lần không giống nhau, hoặc trùng mật khẩu cũ. Chưa có gì thay đổi.")


def check_password(house: House, actor: Actor, password: str) -> str:
    """Refuse an act of somebody who holds a session and not the password; return its hash. Raises PasswordWrong."""
    with reading(house.registry) as session:
        kept = session.get_one(Account, actor.account_id).password
    if not passwords.is_right(kept, password):
        raise PasswordWrong("password")
    return kept


def change_password(house: House, actor: Actor, *, old: str, new: str, again: str) -> User:
    """Change one's password, end all sessions, and return the user as who one goes on.

    Raises PasswordWrong, PasswordsDiffer, WeakPassword, GuessablePassword.
    """
    before = check_password(house, actor, old)
    if new != again or new == old:
        raise PasswordsDiffer("password")
    with reading(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        known = (account.login, account.name, organisations.name_of(session, account.organisation_id))
    passwords.check_strength(new, known=known)
    kept = passwords.hashed(new)
    with writing(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        if account.password != before:  # an administrator gave another one meanwhile
            raise PasswordWrong("password")
        account.password, account.temporary, account.sessions = kept, False, account.sessions + 1
        audit.record(session, actor.organisation_id, actor=actor.login, act="password-change", subject=actor.login)
        return User(account)


def choose_language(house: House, actor: Actor, language: str) -> None:
    """Keep the language of one's pages; none means Vietnamese. Raises WrongShape."""
    if language and language not in languages():
        raise WrongShape("language", expected=" / ".join(languages()))
    with writing(house.registry) as session:
        session.get_one(Account, actor.account_id).language = language
