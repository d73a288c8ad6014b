"""The web server for curating a survey on the local machine.

The page shows the survey; every action stores the same decision as the command line.
"""

from surveygen.web._app import make_app, serve
from surveygen.web.actions import ACTIONS
from surveygen.web.auth import Credentials

__all__ = ["ACTIONS", "Credentials", "make_app", "serve"]
