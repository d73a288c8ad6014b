"""The addresses of the server."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from surveygen.config import Project
from surveygen.errors import ConfigError, SurveygenError
from surveygen.render import TemplateRoots, curation_page, template_root
from surveygen.web.actions import read_order
from surveygen.web.auth import AuthMiddleware, Credentials
from surveygen.web.service import ConflictError, CurationService

_MAX_BODY = 100_000  # bytes: ten times the longest text that the store keeps of a person
_BAD, _STALE, _LOCKED = 400, 409, 423
# The draft is a page of its own: as a page of no origin it can neither read nor ask anything here.
_APART = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'none'"


def make_app(project: Project, keys: Credentials) -> Starlette:
    """Make the application for one survey.

    Args:
        project: whose store and drafts.
        keys: what a request must show to be let in.
    """
    places = _Routes(CurationService(project), keys)
    routes = [
        Route("/", places.page),
        Route("/api/overview", places.overview),
        Route("/api/paper/{paper:path}", places.paper),
        Route("/api/proposals", places.proposals),
        Route("/api/lines", places.lines),
        Route("/api/act", places.act, methods=["POST"]),
        Route("/api/rebuild", places.rebuild, methods=["POST"]),
        Route("/api/events", places.events),
        Route("/draft/{language:str}", places.draft),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(AuthMiddleware, keys=keys)], exception_handlers={SurveygenError: _explain}
    )


class _Routes:
    """What stands at each address; the work is done in threads, so that events go on meanwhile."""

    def __init__(self, desk: CurationService, keys: Credentials) -> None:
        self._desk = desk
        self._keys = keys

    async def page(self, _: Request) -> Response:
        """The page itself."""
        project, language = self._desk.project, self._desk.language
        roots = TemplateRoots(template_root(), project.templates)
        text, policy = await run_in_threadpool(curation_page, project.settings.title, self._keys.csrf, language, roots)
        return HTMLResponse(text, headers={"content-security-policy": policy})

    async def overview(self, _: Request) -> Response:
        """Themes, papers, decisions."""
        return JSONResponse(await run_in_threadpool(self._desk.overview))

    async def paper(self, request: Request) -> Response:
        """The abstract of a paper, and why it stands where it does."""
        return JSONResponse(await run_in_threadpool(self._desk.paper, request.path_params["paper"]))

    async def proposals(self, _: Request) -> Response:
        """What may be worth a change of the themes."""
        return JSONResponse(await run_in_threadpool(self._desk.offered))

    async def lines(self, _: Request) -> Response:
        """The sentences of the draft."""
        return JSONResponse(await run_in_threadpool(self._desk.lines))

    async def act(self, request: Request) -> Response:
        """Decide."""
        order = read_order(await _body(request))
        return JSONResponse(await run_in_threadpool(self._desk.act, order))

    async def rebuild(self, _: Request) -> Response:
        """Begin a build."""
        if not self._desk.rebuild.start():
            raise ConflictError("a build is running", "wait until it has ended", retryable=True)
        return JSONResponse({}, 202)

    async def events(self, _: Request) -> Response:
        """How far the build is, until it has ended."""
        return StreamingResponse(self._desk.rebuild.events(), media_type="text/event-stream")

    async def draft(self, request: Request) -> Response:
        """The HTML edition as it was built last."""
        path = self._desk.draft(request.path_params["language"])
        if path is None:
            return PlainTextResponse("this edition is not built yet", 404)
        text = await run_in_threadpool(path.read_text, "utf-8")
        return HTMLResponse(text, headers={"content-security-policy": _APART})


async def _body(request: Request) -> object:
    """Read JSON of a page, up to a size.

    Raises:
        ConfigError: it is larger, or no JSON.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ConfigError("the request is too large", f"at most {_MAX_BODY} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError("the request is no JSON", "load the page again") from error


async def _explain(_: Request, error: Exception) -> Response:
    """Tell the page what went wrong and what to do."""
    body = {"message": str(error), "hint": getattr(error, "hint", "")}
    if not isinstance(error, ConflictError):
        return JSONResponse(body, _BAD)
    return JSONResponse(body, _LOCKED if error.retryable else _STALE)
