"""HTTP requests with rate limit, retries and a budget.

`surveygen.sources.http.transport` sends requests; it is imported by the clients only, as it needs the library requests.
"""

from surveygen.sources.http.limiter import Clock, NetworkDeps, Timeouts
from surveygen.sources.http.retry import Budget, BudgetError

__all__ = ["Budget", "BudgetError", "Clock", "NetworkDeps", "Timeouts"]
