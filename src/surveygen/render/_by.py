"""Say who worded something, and what has changed below it since."""

from __future__ import annotations

from surveygen.domain.summary import Attribution
from surveygen.languages import Language, load


def by(hand: Attribution, language: Language, written_in: str) -> str:
    """Name the author and the day; the language of the words, where it is not that of the edition."""
    said = language.say("by_person", author=hand.author, date=language.day(hand.at))
    return said if written_in == language.code else f"{said}; {load(written_in).name}"


def doubted(hand: Attribution, language: Language) -> str:
    """Name the sources that changed; "" if none did."""
    told = ", ".join(language.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in hand.stale_sources)
    return f"{language.say('sources_changed')}: {told}" if told else ""
