"""The language of an answer: Vietnamese unless the reader asked for another, by address, session or account.

Here lives the choice, request by request. Never here: a sentence, or a guess from what a browser says of itself, for
those in a hall are set up by whoever built the machine.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask_babel import Babel, get_locale
from flask_login import current_user

from tally.i18n import default_language, language_in_use, languages, speak, stop_speaking, translate

ASKED = "ngon-ngu"
"""The parameter of an address; `session` keeps it where there is a session, links carry it on where there is none."""
KEPT = "language"
NAMES = {"vi": "Tiếng Việt", "en": "English"}
TIMEZONE = "Asia/Ho_Chi_Minh"


class Other(NamedTuple):
    """A language that a page offers: its code, its own name, and this page's address in it."""

    code: str
    name: str
    address: str


def install(app: Flask) -> None:
    """Let every answer of this part be in the language that was asked for, with the days and hours of Vietnam."""
    Babel(app, default_locale=default_language(), default_timezone=TIMEZONE, locale_selector=_chosen)
    app.before_request(_begin)
    app.teardown_request(_end)
    app.url_defaults(_carry_on)
    app.jinja_env.globals.update(_=translate, other_languages=other_languages)  # not the extension's own gettext
    app.context_processor(lambda: {"language": language_in_use()})


def other_languages() -> list[Other]:
    """Return the languages in which this page is not shown now; none for an answer to a form."""
    if request.endpoint is None or request.method != "GET":
        return []
    # what an address asks is never handed to url_for, which takes some of it (_scheme, _anchor, …) as orders to itself
    path = url_for(request.endpoint, **(request.view_args or {})).partition("?")[0]
    query = {name: values for name, values in request.args.lists() if name != ASKED}
    others = [code for code in languages() if code != language_in_use()]
    asked = {code: urlencode({**query, ASKED: code}, doseq=True, errors="replace") for code in others}
    return [Other(code, NAMES[code], f"{path}?{asked[code]}") for code in others]


def _begin() -> None:
    asked = request.args.get(ASKED)
    if asked in languages() and _has_session() and session.get(KEPT) != asked:
        session[KEPT] = asked
    g.speaking = speak(str(get_locale()))


def _end(_error: Any) -> None:
    token = g.pop("speaking", None)
    if token is not None:
        stop_speaking(token)


def _chosen() -> str:
    """Return the language of this request: as the address asks, as was asked before, as the account says."""
    choices = [request.args.get(ASKED)]
    if _has_session():
        choices += [session.get(KEPT), getattr(current_user, "language", "")]
    return next((each for each in choices if each in languages()), default_language())


def _carry_on(endpoint: str, values: dict[str, Any]) -> None:
    """Where nothing is kept, the links of a page in another language lead on in it."""
    if not has_request_context() or _has_session() or endpoint == "static":
        return
    asked = request.args.get(ASKED)
    if asked in languages():
        values.setdefault(ASKED, asked)


def _has_session() -> bool:
    return hasattr(current_app, "login_manager")
