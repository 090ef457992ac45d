"""The machines that voters and attendants stand at: what their browser may do, and what it keeps.

Here live policies, the same bytes for the same addresses. Never here: a look at a machine (startup/terminals.py).

A terminal of the booth forgets all of it with the browser's end. A station keeps a slip that is not on paper yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ballot.deployment.errors import BadLayout
from tally.i18n import marked as _

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?\Z")

ORIGINS = _("địa chỉ bắt đầu bằng https://, chỉ gồm tên máy, ví dụ https://hom.lan")


class Kind(Enum):
    """Who stands at the machine: a voter, or an attendant who prints slips."""

    TERMINAL = "terminal"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A machine with one browser: its kind, and the origins that it may show, the one it begins with first."""

    kind: Kind
    origins: tuple[str, ...]

    def check(self) -> None:
        """Refuse what is no origin, such as an address with a path or without a scheme. Raises BadLayout."""
        for origin in self.origins or ("",):
            if not _ORIGIN.match(origin):
                raise BadLayout(f"--{self.kind.value}", value=origin, allowed=ORIGINS)

    @property
    def forgets(self) -> bool:
        """Whether nothing may outlive the browser."""
        return self.kind is Kind.TERMINAL


def policies(kiosk: Kiosk) -> dict[str, bytes]:
    """Return the files of both browsers by their path below the root. Raises BadLayout. Source: threats 6, H7."""
    kiosk.check()
    return {CHROMIUM: _json(chromium(kiosk)), FIREFOX: _json({"policies": firefox(kiosk)})}


CHROMIUM = "etc/chromium/policies/managed/ptn.json"
CHROME = "etc/opt/chrome/policies/managed/ptn.json"
FIREFOX = "etc/firefox/policies/policies.json"


def chromium(kiosk: Kiosk) -> Mapping[str, Any]:
    """Return Chromium's policies by their own names. Source: chromeenterprise.google/policies."""
    return {
        # One address, and no way out of its pages; the browser's own pages are not among "*".
        "URLBlocklist": ["*", "chrome://*"], "URLAllowlist": list(kiosk.origins), "DeveloperToolsAvailability": 2,
        "AllowFileSelectionDialogs": not kiosk.forgets, "ExtensionInstallBlocklist": ["*"], "DefaultPopupsSetting": 2,
        "BrowserAddPersonEnabled": False, "BrowserGuestModeEnabled": False, "EditBookmarksEnabled": False,
        # Nothing of a person stays: neither what was typed nor where the browser had been.
        "AutofillAddressEnabled": False, "AutofillCreditCardEnabled": False, "PasswordManagerEnabled": False,
        "SavingBrowserHistoryDisabled": True, "ForceEphemeralProfiles": kiosk.forgets, "SearchSuggestEnabled": False,
        "AllowBackForwardCacheForCacheControlNoStorePageEnabled": False,
        # Nothing leaves the machine but by the page itself.
        "DownloadRestrictions": 3 if kiosk.forgets else 0, "PrintingEnabled": not kiosk.forgets,
        "SyncDisabled": True, "BrowserSignin": 0, "MetricsReportingEnabled": False,
        "SafeBrowsingProtectionLevel": 0, "SpellCheckServiceEnabled": False, "TranslateEnabled": False,
        "NetworkPredictionOptions": 2, "EnableMediaRouter": False, "UserFeedbackAllowed": False,
        "ComponentUpdatesEnabled": False, "DefaultSearchProviderEnabled": False, "AlternateErrorPagesEnabled": False,
        # The camera reads slips, on these pages alone.
        "VideoCaptureAllowed": False, "VideoCaptureAllowedUrls": list(kiosk.origins), "AudioCaptureAllowed": False,
        "ScreenCaptureAllowed": False, "DefaultGeolocationSetting": 2, "DefaultNotificationsSetting": 2,
        "DefaultSerialGuardSetting": 2, "DefaultWebUsbGuardSetting": 2, "DefaultWebBluetoothGuardSetting": 2,
        "DefaultWebHidGuardSetting": 2,
    }  # fmt: skip


def firefox(kiosk: Kiosk) -> Mapping[str, Any]:
    """Return the same for Firefox, by its names. Source: firefox-admin-docs.mozilla.org."""
    locked = {
        "browser.cache.disk.enable": False, "browser.formfill.enable": False, "places.history.enabled": False,
        "browser.sessionstore.resume_from_crash": False, "browser.sessionhistory.max_total_viewers": 0,
    }  # fmt: skip
    return {
        "WebsiteFilter": {"Block": ["<all_urls>"], "Exceptions": [f"{origin}/*" for origin in kiosk.origins]},
        "BlockAboutAddons": True, "BlockAboutConfig": True, "BlockAboutProfiles": True, "BlockAboutSupport": True,
        "DisableDeveloperTools": True, "ExtensionSettings": {"*": {"installation_mode": "blocked"}},
        "PasswordManagerEnabled": False, "OfferToSaveLogins": False, "DisableFormHistory": True,
        "AutofillAddressEnabled": False, "AutofillCreditCardEnabled": False, "SearchSuggestEnabled": False,
        "SanitizeOnShutdown": kiosk.forgets, "PrintingEnabled": not kiosk.forgets, "DisableFirefoxAccounts": True,
        "DisableTelemetry": True, "DisableFirefoxStudies": True, "DisableFirefoxScreenshots": True,
        "DisableFeedbackCommands": True, "DisableProfileImport": True, "NetworkPrediction": False,
        "Certificates": {"ImportEnterpriseRoots": True},
        "Permissions": {
            "Camera": {"Allow": list(kiosk.origins), "BlockNewRequests": True},
            "Microphone": {"BlockNewRequests": True}, "Location": {"BlockNewRequests": True},
            "Notifications": {"BlockNewRequests": True},
        },
        "Preferences": {name: {"Value": value, "Status": "locked"} for name, value in locked.items()},
    }  # fmt: skip


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode("ascii")
