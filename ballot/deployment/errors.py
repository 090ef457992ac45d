"""The one refusal of a deployment. Never here: a choice, or a look at a machine."""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class BadLayout(Refused):
    """A deployment that could not work: a host named twice, a name that no unit can bear; with what is allowed."""

    code = "BAD_LAYOUT"
    text = _("Không dùng được “{value}”; cần {allowed}.")
