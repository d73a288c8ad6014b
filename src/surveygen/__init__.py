"""Turn a stream of papers into a living literature survey."""

from importlib.metadata import version

__version__ = version("surveygen")
__all__ = ["__version__"]
