"""Puts the web application together: one Flask application for each part, told apart by host name.

Here lives `create_app`. Never here: a view or a rule.

The registry's part has a session and accounts. The station's, the committee's and the box's have neither: no cookie, no
login, no access log. Each answers to a host name of its own, because a browser shares cookies and stores among all
pages of a host.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from ballot import navigation, own_place, part, startup
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
from ballot.views import (
    accounts,
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

MAX_ISSUER_BODY = 512 * 1024 * 1024  # a list of credentials of the largest hall
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
        for folder in house.folders():
            own_place.clear(folder)
        parts[house.config.registry_host] = registry_app(house)
        parts[house.config.station_host] = station_app(house)
        parts[house.config.committee_host] = committee_app(house)
    if BOX in house.config.roles:
        parts[house.config.box_host] = box_app(house)
    return _by_host(parts)


def registry_app(house: House) -> Flask:
    """Return the organisers' console and the desk."""
    app = part.begin(house, house.config.registry_host)
    part.keep_sessions(app, house.config)
    for view in (accounts, console, desk, roll, committee, overrides, dossiers, lists, sites, results, projector):
        app.register_blueprint(view.blueprint)
    for view in (journal, provider, people, myself, observers, readers, comparing, certifying, disputes, incidents):
        app.register_blueprint(view.blueprint)
    for blueprint in (retention.blueprint, witnesses.registry, own_device.registry):
        app.register_blueprint(blueprint)
    for view in (planning, rule_books, history, catalogue):
        app.register_blueprint(view.blueprint)
    publishing.install(app)
    login.install(app)
    navigation.install(app)
    return part.finish(app, form=house.config.station_origin)  # where a voter's own device is sent on to


def station_app(house: House) -> Flask:
    """Return the station: it makes slips for a desk it was paired with, and is never told a name.

    It has neither session nor cookie: what a desk gave it decides.
    """
    app = part.begin(house, house.config.station_host)
    for blueprint in (station.blueprint, own_device.station):
        app.register_blueprint(blueprint)
    return part.finish(app, connect=house.config.box_origin)


def committee_app(house: House) -> Flask:
    """Return the page of the committee's members: it carries their messages and holds no secret of theirs.

    It has neither session nor cookie: the token that a member's page came in with decides.
    """
    app = part.begin(house, house.config.committee_host)
    app.register_blueprint(committee_page.blueprint)
    publishing.install(app)
    return part.finish(app)


def box_app(house: House) -> Flask:
    """Return the box: booth, casting, board, the attendants' board of terminals, the audit page."""
    app = part.begin(house, house.config.box_host)
    app.config["FLEET"] = Fleet()
    for view in (board, booth, casting, standing, fleet, for_sites, audit_page):
        app.register_blueprint(view.blueprint)
    app.register_blueprint(witnesses.box)
    sharing.install(app)
    return part.finish(app)


def issuer_app(house: IssuerHouse) -> Flask:
    """Return an issuer that is a process of its own: nothing for people, and nothing without the link's secret."""
    house.finish_what_was_cut_off()
    app = part.begin(house, house.config.issuing.host)
    app.config["MAX_CONTENT_LENGTH"] = MAX_ISSUER_BODY
    issuer.install(app)
    app.register_blueprint(issuer.blueprint)
    return part.finish(app)


def site_app(house: SiteHouse) -> Flask:
    """Return a site with a server of its own: booth, casting, the attendant's page; it begins to hand on by itself."""
    app = part.begin(house, house.settings.host)
    app.config["FLEET"] = Fleet()
    app.register_blueprint(site.blueprint)
    if house.settings.forward:
        Forwarder(house).start()
    return part.finish(app)


def _by_host(parts: dict[str, Wsgi]) -> Wsgi:
    """Choose the part by the request's host name; a name that is nobody's goes to a part that refuses it."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        return parts.get(host, next(iter(parts.values())))(environ, start_response)

    return application
