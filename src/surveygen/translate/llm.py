"""Translation by the language model of the survey."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from babel import Locale

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.errors import SummaryError
from surveygen.translate import Masked

_ANGLE_BRACKETS = str.maketrans("‹›", "<>")  # undoes the escaping of the prompt
_SCHEMA = json.dumps(
    {
        "title": "translations",
        "type": "object",
        "additionalProperties": False,
        "required": ["translations"],
        "properties": {
            "translations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["number", "text"],
                    "properties": {"number": {"type": "integer"}, "text": {"type": "string"}},
                },
            }
        },
    }
)


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> LlmTranslator:
    """Make the engine; no request is sent yet."""
    return LlmTranslator(connect(), settings.revision)


class LlmTranslator:
    """Sends a few numbered sentences in one request; a sentence that the response lacks has no translation."""

    batch_size: Final = 6  # of 60 tokens in a script that needs three times as many: responses of about 1,100 tokens
    last_error: Final = ""  # the usage of the model reports failures

    def __init__(self, client: LlmClient, revision: str) -> None:
        self._client = client
        self._revision = revision

    @property
    def fingerprint(self) -> str:
        """What the responses of the model depend on."""
        return f"llm: {self._client.fingerprint} {self._revision}".strip()

    @property
    def workers(self) -> int:
        """As many as requests may be on their way at once."""
        return self._client.workers

    def supports(self, source: str, target: str) -> bool:
        """Return True: the check finds what the model cannot do."""
        del source, target
        return True

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Send one request; None for all if there is no usable response, "" for a sentence that it left out."""
        sentences = [{"number": number, "text": masked.text} for number, masked in enumerate(batch, start=1)]
        marks = [
            {"number": number, "mark": placeholder.mark, "source": placeholder.source, "becomes": placeholder.target}
            for number, masked in enumerate(batch, start=1)
            for placeholder in masked.placeholders
            if not placeholder.source.startswith("[@")
        ]
        languages = [Locale.parse(code).get_display_name("en") or code for code in (source, target)]
        values = {"source": languages[0], "target": languages[1], "sentences": sentences, "marks": marks}
        translations = self._client("translate", values, _SCHEMA, partial(_parse, count=len(batch)))
        if translations is None:
            return [None] * len(batch)
        return [translations.get(number, "") for number in range(1, len(batch) + 1)]


def _parse(response: str, count: int) -> dict[int, str]:
    """Return the translations of a response by their numbers, 1 to `count`.

    Raises:
        SummaryError: it is not JSON, of another form, or has no translation at all.
    """
    start, end = response.find("{"), response.rfind("}")
    try:
        data = json.loads(response[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise SummaryError("it is not JSON") from error
    rows = data.get("translations") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise SummaryError('it has no list "translations"')
    rows = [row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str)]
    translations = {
        row["number"]: row["text"].translate(_ANGLE_BRACKETS)
        for row in rows
        if type(row.get("number")) is int and 1 <= row["number"] <= count
    }
    if not translations:
        raise SummaryError("it has no translation with number and text")
    return translations
