"""Authentication of requests: token, session cookie and CSRF key."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A custom header: a page of another site cannot send it without a CORS preflight, which is refused.
HEADER = "x-surveygen"
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
    """The credentials of one server run.

    Attributes:
        port: the port of the server; requests for another host name or port are refused, which prevents DNS rebinding.
        token: the access token in the printed address.
        session: the value of the cookie that a browser receives in exchange for the token.
        csrf: the key that the page sends with every change.
    """

    port: int
    token: str
    session: str
    csrf: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """The accepted values of the Host header."""
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    @property
    def cookie(self) -> str:
        """The name of the cookie; it contains the port because browsers share cookies between ports."""
        return f"surveygen-{self.port}"


class AuthMiddleware:
    """ASGI middleware that authenticates requests and adds security headers to responses."""

    def __init__(self, app: ASGIApp, keys: Credentials) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an unauthorized request, pass on any other, and add security headers to every response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._keys.hosts:
            return PlainTextResponse("this server answers on 127.0.0.1 only", 421)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if token is not None and scope["path"] == "/" and scope["method"] in _SAFE:
            if not _same(token[0], self._keys.token):
                return PlainTextResponse("this token is not the one printed by surveygen serve", 403)
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._keys.cookie, self._keys.session, httponly=True, samesite="strict")
            return answer
        if not self._authenticated(headers):
            return PlainTextResponse("open the address printed by surveygen serve; it contains the token", 403)
        if scope["method"] not in _SAFE and not self._same_origin(headers):
            return PlainTextResponse("a change must come from the page of this server", 403)
        return None

    def _authenticated(self, headers: Headers) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._keys.cookie)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self._keys.session)

    def _same_origin(self, headers: Headers) -> bool:
        """Return whether a request comes from the page: by its Origin, its Sec-Fetch-Site and the CSRF key."""
        origin = headers.get("origin") == f"http://{headers['host']}"
        site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
        return origin and site and _same(headers.get(HEADER, ""), self._keys.csrf)


def _same(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())
