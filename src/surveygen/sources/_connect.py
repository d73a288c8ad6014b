"""Make transports that share the manners of one run."""

from __future__ import annotations

from surveygen.config import ArxivSettings
from surveygen.sources._limiter import Limiter
from surveygen.sources._network_deps import NetworkDeps, budget_of
from surveygen.sources._transport import Transport


def connect(settings: ArxivSettings, url: str, edge: NetworkDeps | None = None) -> Transport:
    """Make a transport for a service of arXiv; nothing is opened or asked."""
    edge = edge or NetworkDeps()
    return Transport(
        Limiter(url, settings.min_interval_seconds, edge.clock, edge.lock_folder),
        contact=settings.contact,
        clock=edge.clock,
        timeouts=edge.timeouts,
        budget=edge.budget or budget_of(settings),
        archive=edge.archive,
    )
