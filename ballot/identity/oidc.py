"""Logging in through the organisation's identity provider: OpenID Connect, code flow with PKCE, state and nonce.

Here lives the conversation with the provider. Never here: an account made by it, or a role it says somebody has: it
only says who somebody is, and an administrator entered that name before.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hmac import compare_digest
from threading import BoundedSemaphore
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select

from ballot.house import House
from ballot.identity.login import LoginFailed
from ballot.models.registry.accounts import Account
from ballot.settings.oidc import OidcSettings, is_safe
from ballot.storage import reading
from keys.signers import machine_secret
from tally.i18n import marked as _
from tally.protocol.errors import Refused

SCOPE = "openid"
ALGORITHMS = ("RS256", "PS256", "ES256")
"""What a token may be signed with: never `none`, and never a secret that we share."""
TIMEOUT = (3.05, 7)
"""Seconds to connect, and between two bytes of an answer."""
MOST, SOON = 8, 1.0
"""So many talk to the provider at a time, and whoever comes then waits so many seconds to be one of them.

Anybody may begin a login; while a provider is silent each one holds a thread, of which the desks need some too.
"""
LEEWAY = 60
LARGEST = 256 * 1024
LONGEST = 2000
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_PLACES = BoundedSemaphore(MOST)


class ProviderOff(Refused):
    """No identity provider is set up here."""

    code = "PROVIDER_OFF"
    text = _("Nơi này không dùng hệ thống đăng nhập chung. Xin đăng nhập bằng tên và mật khẩu.")


class ProviderAway(Refused):
    """The identity provider does not answer, or not as the standard says."""

    code = "PROVIDER_AWAY"
    text = _("Hệ thống đăng nhập chung không trả lời. Xin thử lại sau, hoặc đăng nhập bằng tên và mật khẩu.")


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun: where the browser goes, and what its session keeps until it is back."""

    address: str
    kept: dict[str, str]


def begin(house: House, *, back: str) -> Begun:
    """Begin a login; the provider sends the browser to `back`, our address. Raises ProviderOff, ProviderAway."""
    settings = _settings(house)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    with _talking(settings, back) as client:
        found = _discovered(client, settings)
        address, _state = client.create_authorization_url(
            found["authorization_endpoint"], state=kept["state"], code_verifier=kept["verifier"], nonce=kept["nonce"]
        )
    return Begun(address, kept)


def finish(house: House, answer: Mapping[str, str], kept: Mapping[str, str], *, back: str, now: int) -> int:
    """Return the number of the account that the provider vouches for; `kept` is used up by the caller.

    Raises LoginFailed for everything that does not fit, ProviderOff, ProviderAway. Source: OpenID Connect Core 3.1.
    """
    settings = _settings(house)
    code, state = answer.get("code", ""), answer.get("state", "")
    from_us = compare_digest(state.encode("utf-8", "replace"), kept.get("state", "").encode())
    if not kept or not code or len(code) > LONGEST or not from_us:
        raise LoginFailed("login")
    if answer.get("iss", settings.issuer) != settings.issuer:  # RFC 9207: an answer of another provider
        raise LoginFailed("login")
    with _talking(settings, back) as client:
        found = _discovered(client, settings)
        raw = _token(client, found["token_endpoint"], settings, code=code, verifier=kept["verifier"])
        published = _fetched(client, found["jwks_uri"])
    return _account(house, _subject(raw, published, settings, nonce=kept["nonce"], now=now))


def _account(house: House, subject: str) -> int:
    with reading(house.registry) as session:
        account = session.scalar(select(Account).where(Account.subject == subject))
    if account is None or not account.active:
        raise LoginFailed("login")
    return account.id


# --- tokens -------------------------------------------------------------------------------------------------------


def _token(client: OAuth2Session, url: str, settings: OidcSettings, *, code: str, verifier: str) -> dict[str, Any]:
    """Return what the provider gives for a code. Raises LoginFailed when it gives nothing."""
    client.client_secret = machine_secret(settings.secret_file).strip()
    try:
        return dict(
            client.fetch_token(
                url, grant_type="authorization_code", code=code, code_verifier=verifier,
                timeout=TIMEOUT, allow_redirects=False,
            )
        )  # fmt: skip
    except AuthlibBaseError:  # its text may quote the answer
        raise LoginFailed("login") from None


def _subject(answer: dict[str, Any], published: Any, settings: OidcSettings, *, nonce: str, now: int) -> str:
    """Check the token of identity and return whose it is. Raises LoginFailed."""
    params = {"nonce": nonce, "client_id": settings.client_id, "access_token": answer.get("access_token", "")}
    wanted = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
    }
    try:
        token = jwt.decode(str(answer["id_token"]), KeySet.import_key_set(published), algorithms=list(ALGORITHMS))
        claims = CodeIDToken(token.claims, token.header, wanted, params)
        claims.validate(now=now, leeway=LEEWAY)
        subject = claims["sub"]
    except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError, AttributeError):
        raise LoginFailed("login") from None
    if not isinstance(subject, str) or not subject or claims.get("nonce") != nonce:
        raise LoginFailed("login")
    return subject


# --- the wire -----------------------------------------------------------------------------------------------------


def _settings(house: House) -> OidcSettings:
    if house.config.oidc is None:
        raise ProviderOff("oidc")
    return house.config.oidc


@contextmanager
def _talking(settings: OidcSettings, back: str) -> Iterator[OAuth2Session]:
    """Lend a client of the provider; whatever goes wrong on the wire is ProviderAway, and tells nothing of it.

    Source: threats H16.
    """
    if not _PLACES.acquire(timeout=SOON):
        raise ProviderAway("oidc")
    try:
        with OAuth2Session(
            settings.client_id, "", "client_secret_basic", scope=SCOPE, redirect_uri=back, code_challenge_method="S256"
        ) as client:
            client.trust_env = False  # no proxy and no password of the environment
            client.verify = str(settings.ca) if settings.ca else True
            yield client
    except (requests.RequestException, ValueError):
        raise ProviderAway("oidc") from None
    finally:
        _PLACES.release()


def _discovered(client: OAuth2Session, settings: OidcSettings) -> dict[str, str]:
    """Return the provider's addresses, each as safe as its own. Raises ProviderAway."""
    found = _fetched(client, settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    addresses = {name: found.get(name) for name in ENDPOINTS} if isinstance(found, dict) else {}
    if not addresses or found.get("issuer") != settings.issuer:
        raise ProviderAway("issuer")
    if not all(isinstance(address, str) and is_safe(address) for address in addresses.values()):
        raise ProviderAway("oidc")
    return addresses


def _fetched(client: OAuth2Session, url: str) -> Any:
    """Return JSON of no more than LARGEST bytes; a redirection is no answer. Raises ProviderAway."""
    with client.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True, withhold_token=True) as answer:
        raw = answer.raw.read(LARGEST + 1, decode_content=True)
    if answer.status_code != 200 or len(raw) > LARGEST:
        raise ProviderAway("oidc")
    return json.loads(raw)
