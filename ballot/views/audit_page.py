"""The page on which an observer checks an opened test ballot. Here lives one view; the check runs in their browser.

Never here: what the observer scanned; nothing of it is sent.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from ballot.access import Who, allow

blueprint = Blueprint("audit_page", __name__)


@blueprint.get("/kiem-tra")
@allow(Who.ANYBODY)
def page() -> str:
    """Show the page; `?dot=` names the round whose election it fetches from this host."""
    return render_template("audit_page/page.html")
