"""What every view asks of its request: whose house this is, who is logged in, which day it is in Vietnam.

Here live these answers. Never here: a form's fields (forms.py, bodies.py), or a decision.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from flask import current_app
from flask_login import current_user

from ballot.acts import Actor
from ballot.house import House

VIETNAM = timezone(timedelta(hours=7))


def house() -> House:
    """Return the house of this application."""
    found: House = current_app.config["HOUSE"]
    return found


def actor() -> Actor:
    """Return who is logged in."""
    found: Actor = current_user.actor
    return found


def today() -> str:
    """Return today's day in Vietnam."""
    return datetime.now(VIETNAM).date().isoformat()
