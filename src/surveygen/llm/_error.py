"""A request that a language model did not answer."""

from __future__ import annotations

from surveygen.errors import SummaryError


class ModelError(SummaryError):
    """No answer came.

    Args:
        message: what happened, in one line.
        status: of HTTP; 0 if no server answered.
        wait_seconds: how long the server asks to be left alone; 0 if it does not say.
    """

    def __init__(self, message: str, *, provider: str = "", status: int = 0, wait_seconds: float = 0.0) -> None:
        super().__init__(message, "check [llm] in survey.toml, the key in the environment and the server")
        self.provider = provider
        self.status = status
        self.wait_seconds = wait_seconds
        self.retryable = status in {0, 408, 409, 425, 429} or status >= 500

    @property
    def hopeless(self) -> bool:
        """Whether no question at all will be answered: a wrong key, no right, no such model."""
        return self.status in {401, 403, 404}
