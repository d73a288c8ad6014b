"""Turn a stream of papers into a living literature survey."""

import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surveygen.api import add, build, create_project, open_project, refresh, show, verify

__version__ = version("surveygen")
__all__ = ["__version__", "add", "build", "create_project", "open_project", "refresh", "show", "verify"]


def __getattr__(name: str) -> object:
    """Import a function of the API when it is first used: ``import surveygen`` itself stays light."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("surveygen.api"), name)
