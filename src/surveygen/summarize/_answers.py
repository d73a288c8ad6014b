"""Read the JSON of a language model's answer."""

from __future__ import annotations

from typing import Any

from surveygen.domain import llm
from surveygen.errors import SummaryError


def read_list(response: str, key: str) -> list[Any]:
    """Return the list under a key of an answer.

    Raises:
        SummaryError: there is none.
    """
    try:
        return llm.read_list(response, key)
    except ValueError as error:
        raise SummaryError(str(error)) from error
