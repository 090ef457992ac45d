"""Puts the web application together: settings, parts, headers, errors, access; in this order and nowhere else.

Here lives `create_app`. Never here: a view or a rule.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from ballot import access, errors, headers
from ballot.config import Config
from ballot.views import board
from tally.i18n import translate
from tally.protocol.encoding import grouped

MAX_BODY = 2 * 1024 * 1024
PARTS = {"board": board.blueprint}


def create_app(config: Config | None = None) -> Flask:
    """Return the application for the parts that `config` (default: the environment) names.

    Raises BadSetting, UndeclaredEndpoint: it does not start half-configured.
    """
    config = config or Config.from_environ(os.environ)
    app = Flask("ballot", template_folder=str(_templates()), static_folder=str(Path(__file__).parent / "static"))
    app.config.update(
        PTN=config,
        MAX_CONTENT_LENGTH=MAX_BODY,
        TRUSTED_HOSTS=list(config.hosts),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="Strict",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["_"] = translate
    app.jinja_env.filters["grouped"] = grouped
    for role in sorted(config.roles):
        app.register_blueprint(PARTS[role])
    headers.install(app)
    errors.install(app)
    access.enforce(app)
    return app


def _templates() -> Path:
    """Return the templates' folder: beside the packages in a checkout, inside `ballot` in an installed wheel."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"
