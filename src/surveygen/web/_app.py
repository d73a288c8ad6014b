"""The curation server: its routes, and serving it on the loopback interface."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from surveygen.config import Project
from surveygen.errors import ConfigError, SurveygenError
from surveygen.render import TemplateRoots, curation_page, template_root
from surveygen.web.actions import read_request
from surveygen.web.auth import AuthMiddleware, Credentials
from surveygen.web.service import ConflictError, CurationService

_HOST = "127.0.0.1"  # the loopback interface only: the page acts for the user of this machine
_MAX_BODY = 100_000  # bytes: ten times the longest text of a person that the store accepts
_BAD, _STALE, _LOCKED = 400, 409, 423
# The draft is sandboxed: a page with an opaque origin can neither read from this server nor send requests to it.
_DRAFT_POLICY = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'none'"


def serve(project: Project, port: int, ready: Callable[[str], None], *, debug: bool = False) -> None:
    """Serve a survey until interrupted.

    Args:
        project: the survey.
        port: the port to listen on; 0 for any free port.
        ready: is called with the address, which contains the access token, once the server listens.
        debug: whether unexpected errors are logged on stderr with a traceback.

    Raises:
        ConfigError: the port is in use or not permitted.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_HOST, port))
            listening.listen()  # before `ready`: connections made before uvicorn starts wait in the queue
        except OSError as error:
            raise ConfigError(f"port {port}: {error.strerror}", "choose another with --port, or omit it") from error
        keys = Credentials(listening.getsockname()[1], *(secrets.token_urlsafe(24) for _ in range(3)))
        config = uvicorn.Config(
            make_app(project, keys),
            log_level="warning" if debug else "critical",
            access_log=False,  # it would contain the token
            server_header=False,
            timeout_graceful_shutdown=3,  # seconds for a running decision; an interrupted build can be started again
        )
        ready(f"http://{_HOST}:{keys.port}/?token={keys.token}")
        uvicorn.Server(config).run(sockets=[listening])


def make_app(project: Project, keys: Credentials) -> Starlette:
    """Create the web application for one survey.

    Args:
        project: the survey whose store and drafts are served.
        keys: the credentials that a request must present.
    """
    handlers = _Routes(CurationService(project), keys)
    routes = [
        Route("/", handlers.page),
        Route("/api/overview", handlers.overview),
        Route("/api/paper/{paper:path}", handlers.paper),
        Route("/api/proposals", handlers.proposals),
        Route("/api/lines", handlers.lines),
        Route("/api/act", handlers.act, methods=["POST"]),
        Route("/api/rebuild", handlers.rebuild, methods=["POST"]),
        Route("/api/events", handlers.events),
        Route("/draft/{language:str}", handlers.draft),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(AuthMiddleware, keys=keys)], exception_handlers={SurveygenError: _explain}
    )


class _Routes:
    """The request handlers; work runs in threads so that events are still sent meanwhile."""

    def __init__(self, service: CurationService, keys: Credentials) -> None:
        self._service = service
        self._keys = keys

    async def page(self, _: Request) -> Response:
        """Return the curation page."""
        project, language = self._service.project, self._service.language
        roots = TemplateRoots(template_root(), project.templates)
        text, policy = await run_in_threadpool(curation_page, project.settings.title, self._keys.csrf, language, roots)
        return HTMLResponse(text, headers={"content-security-policy": policy})

    async def overview(self, _: Request) -> Response:
        """Return themes, papers and decisions."""
        return JSONResponse(await run_in_threadpool(self._service.overview))

    async def paper(self, request: Request) -> Response:
        """Return the abstract of a paper, and the sentences that decided its theme."""
        return JSONResponse(await run_in_threadpool(self._service.paper, request.path_params["paper"]))

    async def proposals(self, _: Request) -> Response:
        """Return the proposed changes of the themes."""
        return JSONResponse(await run_in_threadpool(self._service.proposals))

    async def lines(self, _: Request) -> Response:
        """Return the editable sentences of the draft."""
        return JSONResponse(await run_in_threadpool(self._service.lines))

    async def act(self, request: Request) -> Response:
        """Store a decision and return the new overview."""
        action = read_request(await _body(request))
        return JSONResponse(await run_in_threadpool(self._service.act, action))

    async def rebuild(self, _: Request) -> Response:
        """Start a build."""
        if not self._service.rebuild.start():
            raise ConflictError("a build is running", "wait until it has finished", retryable=True)
        return JSONResponse({}, 202)

    async def events(self, _: Request) -> Response:
        """Stream the progress of the build until it finishes."""
        return StreamingResponse(self._service.rebuild.events(), media_type="text/event-stream")

    async def draft(self, request: Request) -> Response:
        """Return the HTML edition from the last build."""
        path = self._service.draft(request.path_params["language"])
        if path is None:
            return PlainTextResponse("this edition is not built yet", 404)
        text = await run_in_threadpool(path.read_text, "utf-8")
        return HTMLResponse(text, headers={"content-security-policy": _DRAFT_POLICY})


async def _body(request: Request) -> object:
    """Read a JSON request body of limited size.

    Raises:
        ConfigError: the body is too large, or is not valid JSON.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ConfigError("the request is too large", f"at most {_MAX_BODY} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError("the request is not valid JSON", "load the page again") from error


async def _explain(_: Request, error: Exception) -> Response:
    """Return an error with its message and hint as JSON."""
    body = {"message": str(error), "hint": getattr(error, "hint", "")}
    if not isinstance(error, ConflictError):
        return JSONResponse(body, _BAD)
    return JSONResponse(body, _LOCKED if error.retryable else _STALE)
