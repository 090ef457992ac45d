"""Puts the web application together: one Flask application for each part, told apart by host name.

Here lives `create_app`. Never here: a view or a rule.

The registry's part has a session and accounts. The station's, the committee's and the box's have neither: no cookie, no
login, no access log. Each answers to a host name of its own, because a browser shares cookies and stores among all
pages of a host.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import NullSession, SessionInterface
from flask_wtf.csrf import CSRFProtect
from jinja2 import BytecodeCache, StrictUndefined
from jinja2.bccache import Bucket

from ballot import access, assets, errors, headers, navigation, speaking, startup
from ballot.box import sharing
from ballot.box.fleet import Fleet
from ballot.config import BOX, ISSUER, REGISTRY, SITE, Config
from ballot.heap import share_heaps
from ballot.house import House
from ballot.identity import login
from ballot.issuer.house import IssuerHouse
from ballot.life import sealing
from ballot.public import publishing
from ballot.site.forwarder import Forwarder
from ballot.site.house import SiteHouse
from ballot.vietnamese import vndate
from ballot.views import (
    accounts,
    api,
    audit_page,
    board,
    booth,
    casting,
    catalogue,
    certifying,
    committee,
    committee_page,
    comparing,
    console,
    desk,
    disputes,
    dossiers,
    fleet,
    for_sites,
    history,
    incidents,
    issuer,
    journal,
    lists,
    myself,
    observers,
    overrides,
    own_device,
    people,
    planning,
    projector,
    provider,
    readers,
    results,
    retention,
    roll,
    rule_books,
    site,
    sites,
    standing,
    station,
    witnesses,
)
from keys.signers import machine_secret
from tally.protocol.encoding import grouped

MAX_BODY = 8 * 1024 * 1024
MAX_ISSUER_BODY = 512 * 1024 * 1024  # a list of credentials of the largest hall
IDLE = timedelta(minutes=15)
CSRF = CSRFProtect()
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def create_app(config: Config | None = None) -> Wsgi:
    """Return the WSGI application for the parts that `config` (default: the environment) names.

    Raises BadSetting, NotFitToServe, StorageLawBroken, KeyReused, UndeclaredEndpoint: never started half-configured.
    """
    share_heaps()
    config = config or Config.from_environ(os.environ)
    if config.production:
        startup.require(config)
    if ISSUER in config.roles:
        return issuer_app(IssuerHouse.open(config))
    if SITE in config.roles:
        return site_app(SiteHouse.open(config))
    house = House.open(config)
    parts: dict[str, Wsgi] = {}
    if REGISTRY in house.config.roles:
        sealing.check_all_keys(house)
        parts[house.config.registry_host] = registry_app(house)
        parts[house.config.station_host] = station_app(house)
        parts[house.config.committee_host] = committee_app(house)
    if BOX in house.config.roles:
        parts[house.config.box_host] = box_app(house)
    return _by_host(parts)


def registry_app(house: House) -> Flask:
    """Return the organisers' console and the desk."""
    app = _bare_app(house, house.config.registry_host)
    secure = house.config.scheme == "https"
    app.config.update(
        SECRET_KEY=machine_secret(house.config.instance / "keys" / "session.secret"),
        SESSION_COOKIE_NAME="__Host-phien" if secure else "phien",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=IDLE,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    for view in (accounts, console, desk, roll, committee, overrides, dossiers):
        app.register_blueprint(view.blueprint)
    for view in (lists, sites, results, projector, journal):
        app.register_blueprint(view.blueprint)
    for view in (provider, people, myself, observers, readers):
        app.register_blueprint(view.blueprint)
    for view in (comparing, certifying, disputes, incidents, retention):
        app.register_blueprint(view.blueprint)
    app.register_blueprint(witnesses.registry)
    app.register_blueprint(own_device.registry)
    app.register_blueprint(planning.blueprint)
    app.register_blueprint(rule_books.blueprint)
    app.register_blueprint(history.blueprint)
    app.register_blueprint(catalogue.blueprint)
    CSRF.init_app(app)
    publishing.install(app)
    login.install(app)
    navigation.install(app)
    return _finish(app, form=house.config.station_origin)  # where a voter's own device is sent on to


def station_app(house: House) -> Flask:
    """Return the station: it makes slips for a desk it was paired with, and is never told a name.

    It has neither session nor cookie: what a desk gave it decides.
    """
    app = _bare_app(house, house.config.station_host)
    app.session_interface = NoSession()
    for blueprint in (station.blueprint, own_device.station):
        app.register_blueprint(blueprint)
    return _finish(app, connect=house.config.box_origin)


def committee_app(house: House) -> Flask:
    """Return the page of the committee's members: it carries their messages and holds no secret of theirs.

    It has neither session nor cookie: the token that a member's page came in with decides.
    """
    app = _bare_app(house, house.config.committee_host)
    app.session_interface = NoSession()
    app.register_blueprint(committee_page.blueprint)
    publishing.install(app)
    return _finish(app)


def box_app(house: House) -> Flask:
    """Return the box: booth, casting, board, the attendants' board of terminals, the audit page."""
    app = _bare_app(house, house.config.box_host)
    app.session_interface = NoSession()
    app.config["FLEET"] = Fleet()
    for view in (board, booth, casting, standing, fleet, for_sites, audit_page):
        app.register_blueprint(view.blueprint)
    app.register_blueprint(witnesses.box)
    sharing.install(app)
    return _finish(app)


def issuer_app(house: IssuerHouse) -> Flask:
    """Return an issuer that is a process of its own: nothing for people, and nothing without the link's secret."""
    house.finish_what_was_cut_off()
    app = _bare_app(house, house.config.issuing.host)
    app.config["MAX_CONTENT_LENGTH"] = MAX_ISSUER_BODY
    app.session_interface = NoSession()
    issuer.install(app)
    app.register_blueprint(issuer.blueprint)
    return _finish(app)


def site_app(house: SiteHouse) -> Flask:
    """Return a site with a server of its own: booth, casting, the attendant's page; it begins to hand on by itself."""
    app = _bare_app(house, house.settings.host)
    app.session_interface = NoSession()
    app.config["FLEET"] = Fleet()
    app.register_blueprint(site.blueprint)
    if house.settings.forward:
        Forwarder(house).start()
    return _finish(app)


class NoSession(SessionInterface):
    """Box and station have no session: nothing is read from a cookie and none is ever set."""

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


def _bare_app(house: House | IssuerHouse | SiteHouse, host: str) -> Flask:
    app = Flask("ballot", template_folder=str(_templates()), static_folder=str(Path(__file__).parent / "static"))
    app.config.update(HOUSE=house, MAX_CONTENT_LENGTH=MAX_BODY, TRUSTED_HOSTS=[host])
    app.json.sort_keys = False  # the order of fields is part of our formats
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = _COMPILED
    app.jinja_env.globals.update(asset=assets.tag, config_=house.config)
    app.jinja_env.filters["grouped"] = grouped
    app.jinja_env.filters["vndate"] = vndate
    return app


def _finish(app: Flask, *, connect: str = "", form: str = "") -> Flask:
    tls = app.config["HOUSE"].config.scheme == "https"
    headers.install(app, connect=connect, form=form, tls=tls)
    errors.install(app)
    speaking.install(app)
    app.register_blueprint(api.blueprint)
    access.enforce(app)
    return app


def _by_host(parts: dict[str, Wsgi]) -> Wsgi:
    """Choose the part by the request's host name; a name that is nobody's goes to a part that refuses it."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        return parts.get(host, next(iter(parts.values())))(environ, start_response)

    return application


def _templates() -> Path:
    """Return the templates' folder: beside the packages in a checkout, inside `ballot` in an installed wheel."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"
