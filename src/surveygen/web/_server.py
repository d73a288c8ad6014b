"""Listen on this machine, for one person."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.web._app import make_app
from surveygen.web.auth import Credentials

_HOST = "127.0.0.1"  # never another: the page speaks for the person who is logged in here


def serve(project: Project, port: int, ready: Callable[[str], None], *, debug: bool = False) -> None:
    """Serve a survey until interrupted.

    Args:
        project: the survey.
        port: where to listen; 0 for any free one.
        ready: is told the address, with the token that lets its reader in.
        debug: whether a fault of ours is told on stderr with its traceback.

    Raises:
        ConfigError: the port is in use, or may not be used.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_HOST, port))
            listening.listen()  # before the address is told: who is there sooner than uvicorn waits a moment
        except OSError as error:
            raise ConfigError(f"port {port}: {error.strerror}", "name another with --port, or leave it out") from error
        keys = Credentials(listening.getsockname()[1], *(secrets.token_urlsafe(24) for _ in range(3)))
        config = uvicorn.Config(
            make_app(project, keys),
            log_level="warning" if debug else "critical",
            access_log=False,  # it would hold the token
            server_header=False,
            timeout_graceful_shutdown=3,  # seconds for a decision under way; a build is begun again
        )
        ready(f"http://{_HOST}:{keys.port}/?token={keys.token}")
        uvicorn.Server(config).run(sockets=[listening])
