"""Translate by the language model of the survey."""

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

_PLAIN = str.maketrans("‹›", "<>")  # what the prompt made of them
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
    """Make the engine; nothing is asked yet."""
    return LlmTranslator(connect(), settings.revision)


class LlmTranslator:
    """Puts a few numbered sentences in one question; what has no answer there has none."""

    batch_size: Final = 6  # sentences of 60 tokens in a script that needs three times as many: about 1,100 of an answer
    last_error: Final = ""  # the meter of the model tells

    def __init__(self, ask: LlmClient, revision: str) -> None:
        self._ask = ask
        self._revision = revision

    @property
    def fingerprint(self) -> str:
        """What the answers of the model depend on."""
        return f"llm: {self._ask.fingerprint} {self._revision}".strip()

    @property
    def workers(self) -> int:
        """As many as questions may be asked at once."""
        return self._ask.workers

    def supports(self, source: str, target: str) -> bool:
        """Say yes: what it cannot do, the check finds."""
        del source, target
        return True

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Ask once; None for all if the model gave no usable answer, "" for a sentence that it left out."""
        sentences = [{"number": number, "text": masked.text} for number, masked in enumerate(batch, start=1)]
        marks = [
            {"number": number, "mark": kept.mark, "source": kept.source, "becomes": kept.target}
            for number, masked in enumerate(batch, start=1)
            for kept in masked.placeholders
            if not kept.source.startswith("[@")
        ]
        values = {"source": _name(source), "target": _name(target), "sentences": sentences, "marks": marks}
        said = self._ask("translate", values, _SCHEMA, partial(_read, most=len(batch)))
        if said is None:
            return [None] * len(batch)
        return [said.get(number, "") for number in range(1, len(batch) + 1)]


def _name(code: str) -> str:
    return Locale.parse(code).get_display_name("en") or code


def _read(answer: str, most: int) -> dict[int, str]:
    """Read an answer: number -> translation.

    Raises:
        SummaryError: it is no JSON, of another form, or has no translation at all.
    """
    start, end = answer.find("{"), answer.rfind("}")
    try:
        data = json.loads(answer[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise SummaryError("it is not JSON") from error
    rows = data.get("translations") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise SummaryError('it has no list "translations"')
    found = [row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str)]
    said = {row["number"]: row["text"].translate(_PLAIN) for row in found if type(row.get("number")) is int}
    said = {number: text for number, text in said.items() if 1 <= number <= most}
    if not said:
        raise SummaryError("it has no translation with number and text")
    return said
