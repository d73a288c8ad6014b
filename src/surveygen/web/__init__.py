"""Serve a survey to the person who curates it, on this machine alone.

The page shows and asks; every action is the decision that the command line stores.
"""

from surveygen.web._app import make_app
from surveygen.web._server import serve

__all__ = ["make_app", "serve"]
