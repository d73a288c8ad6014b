"""The command-line interface."""

from surveygen.cli._app import main

__all__ = ["main"]
