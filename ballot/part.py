"""What every part of the web application is before it has a view and once it has them all.

Here live these two moments. Never here: a view, or which part has which (app.py).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionInterface
from flask_wtf.csrf import CSRFProtect
from jinja2 import BytecodeCache, StrictUndefined
from jinja2.bccache import Bucket

from ballot import access, assets, errors, headers, key_files, speaking
from ballot.config import Config
from ballot.house import House
from ballot.issuer.house import IssuerHouse
from ballot.phases import phase_name
from ballot.site.house import SiteHouse
from ballot.vietnamese import vndate
from ballot.views import api
from keys.signers import machine_secret
from tally.protocol.encoding import grouped

MAX_BODY = 8 * 1024 * 1024
IDLE = timedelta(minutes=15)
CSRF = CSRFProtect()


def begin(house: House | IssuerHouse | SiteHouse, host: str) -> Flask:
    """Return a part without a view: it answers to one host name, and keeps no session unless it is told to."""
    app = Flask("ballot", template_folder=str(_templates()), static_folder=str(Path(__file__).parent / "static"))
    app.config.update(HOUSE=house, MAX_CONTENT_LENGTH=MAX_BODY, TRUSTED_HOSTS=[host])
    app.session_interface = NoSession()
    app.json.sort_keys = False  # the order of fields is part of our formats
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = _COMPILED
    app.jinja_env.globals.update(asset=assets.tag, config_=house.config)
    app.jinja_env.filters["grouped"] = grouped
    app.jinja_env.filters["vndate"] = vndate
    app.jinja_env.filters["phase_name"] = phase_name
    return app


def keep_sessions(app: Flask, config: Config) -> None:
    """Give a part sessions, for people who log in, and a token in every form; a session nobody uses ends by itself."""
    secure = config.scheme == "https"
    app.session_interface = SecureCookieSessionInterface()
    app.config.update(
        SECRET_KEY=machine_secret(config.keys / key_files.SESSION),
        SESSION_COOKIE_NAME="__Host-phien" if secure else "phien",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=IDLE,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRF.init_app(app)


def finish(app: Flask, *, connect: str = "", form: str = "") -> Flask:
    """Return a part that has all its views: with headers, errors, languages, its description, and access enforced.

    `connect` and `form` are the one other origin that its scripts may ask and its forms may go to. Raises
    UndeclaredEndpoint.
    """
    tls = app.config["HOUSE"].config.scheme == "https"
    headers.install(app, connect=connect, form=form, tls=tls)
    errors.install(app)
    speaking.install(app)
    app.register_blueprint(api.blueprint)
    access.enforce(app)
    return app


class NoSession(SessionInterface):
    """No session: nothing is read from a cookie and none is ever set."""

    def open_session(self, app: Flask, request: Any) -> NullSession:
        """Return a session that refuses to be written."""
        return NullSession()

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        """Set no cookie."""


class _Compiled(BytecodeCache):
    """What templates compile to, by their text: the parts of one process have most of their templates in common."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this very text."""
        if found := self._code.get(f"{bucket.key}{bucket.checksum}"):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._code[f"{bucket.key}{bucket.checksum}"] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def _templates() -> Path:
    """Return the templates' folder: beside the packages in a checkout, inside `ballot` in an installed wheel."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"
