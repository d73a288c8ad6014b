"""Read the JSON of a language model's answer."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from surveygen.errors import SummaryError

_MAX_STARTS = 50  # braces at which the object may begin: words before it can have some of their own


def read_list(response: str, key: str) -> list[Any]:
    """Return the list under a key of the first JSON object that has it; words around the object are ignored.

    Raises:
        SummaryError: there is no such object, or what it has under the key is no list.
    """
    decoder, found = json.JSONDecoder(), False
    for start in islice(re.finditer(r"\{", response), _MAX_STARTS):
        try:
            data, _ = decoder.raw_decode(response, start.start())
        except (ValueError, RecursionError):
            continue
        found = True
        if isinstance(data, dict) and isinstance(data.get(key), list):
            rows: list[Any] = data[key]
            return rows
    raise SummaryError(f'it has no list "{key}"' if found else "it is not JSON")
