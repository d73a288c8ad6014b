"""Clients of services that know who cites whom.

Every public module of this package is a citation source, and so is every entry point of the group
``surveygen.sources.citations`` that names a module or an object with the same two names::

    TITLE = "Semantic Scholar"

    def make(settings: Settings, deps: NetworkDeps) -> CitationSource: ...

A source opens no connection before its first request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from surveygen.domain.citation import CitationRecord
from surveygen.domain.paper import Paper

__all__ = ["CitationSource"]


class CitationSource(Protocol):
    """A client of one service."""

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests that would be sent, each in one line without secrets."""
        ...

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield the records of the papers of each request, also of those that the service does not know.

        Papers without an id that the service can look up are left out.

        Raises:
            ConfigError: the key in the environment is invalid.
            SourceError: a key is required, the service refused, or gave no usable response.
            BudgetError: the budget of the run is spent.
        """
        ...
