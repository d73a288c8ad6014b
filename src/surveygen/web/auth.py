"""Let only the person who started the server in, and only from its own page."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-surveygen"  # a page of another site cannot set it without being asked for leave first
_SAFE = {"GET", "HEAD"}
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens the door.

    Attributes:
        port: where the server listens; a request for another host name or port is turned away, so that no site can
            have a name of its own resolved to this machine.
        token: stands in the address that is printed. session: what a browser gets for it. csrf: what the page sends.
    """

    port: int
    token: str
    session: str
    csrf: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that the server answers to."""
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    @property
    def cookie(self) -> str:
        """The name of the cookie; cookies do not tell ports apart, so the port is in it."""
        return f"surveygen-{self.port}"


class AuthMiddleware:
    """Stands before the application and looks at each request."""

    def __init__(self, app: ASGIApp, keys: Credentials) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may not pass, and let the others through with safe headers on what they get."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
            await send(message)

        refused = self._refusal(scope)
        await (refused or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._keys.hosts:
            return PlainTextResponse("this server answers on 127.0.0.1 only", 421)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if given is not None and scope["path"] == "/" and scope["method"] in _SAFE:
            return self._welcome(given[0])
        if not self._authenticated(headers):
            return PlainTextResponse("open the address that surveygen serve has printed; it holds the token", 403)
        if scope["method"] not in _SAFE and not self._own(headers):
            return PlainTextResponse("a change must come from the page of this server", 403)
        return None

    def _welcome(self, token: str) -> Response:
        if not _same(token, self._keys.token):
            return PlainTextResponse("this token is not the one that surveygen serve has printed", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._keys.cookie, self._keys.session, httponly=True, samesite="strict")
        return answer

    def _authenticated(self, headers: Headers) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._keys.cookie)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self._keys.session)

    def _own(self, headers: Headers) -> bool:
        """Whether a request comes from the page: its origin, what the browser says of the site, and the page's key."""
        origin = headers.get("origin") == f"http://{headers['host']}"
        site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
        return origin and site and _same(headers.get(HEADER, ""), self._keys.csrf)


def _same(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())
