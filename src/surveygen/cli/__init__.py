"""The command line: parse, call the pipeline, print."""

from surveygen.cli._app import main

__all__ = ["main"]
