"""Start the curation server on the loopback interface."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.web._app import make_app
from surveygen.web.auth import Credentials

_HOST = "127.0.0.1"  # the loopback interface only: the page acts for the user of this machine


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
