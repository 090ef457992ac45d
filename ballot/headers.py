"""The headers of every answer: strict, the same for all pages of a part, without exceptions for one of them.

Here live the header values. Never here: `unsafe-inline`, or a source outside the project's own hosts.
"""

from __future__ import annotations

from flask import Flask, Response, request

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OVER_TLS = {"Strict-Transport-Security": "max-age=86400"}
"""For a day from each answer: a hall's next authority is fetched without TLS from the same name. Threats H14."""


def policy(connect: str = "", form: str = "") -> str:
    """Return the content security policy; scripts may also send to `connect`, and a form may lead on to `form`."""
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {connect}".rstrip(),
        "worker-src 'self' blob:",  # the booth starts its workers from bytes that it has checked and keeps in memory
        "manifest-src 'self'",
        f"form-action 'self' {form}".rstrip(),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return "; ".join(directives)


def install(app: Flask, *, connect: str = "", form: str = "", tls: bool = False) -> None:
    """Put the headers on every answer; nothing but static files may be kept by a browser."""
    always = HEADERS | (OVER_TLS if tls else {}) | {"Content-Security-Policy": policy(connect, form)}

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(always)
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "no-cache"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
