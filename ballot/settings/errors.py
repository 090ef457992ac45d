"""The one refusal of a setting. Here lives its class, because settings are read in several files.

Never here: a setting.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class BadSetting(TallyError):
    """An environment variable that cannot be understood; the application does not start."""

    code = "BAD_SETTING"
    text = _("Giá trị không hợp lệ; được phép: {allowed}.")
