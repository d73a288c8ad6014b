"""The terms that a paper is about, and where its code lies."""

from __future__ import annotations

import re
from collections import Counter

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Field
from surveygen.summarize._english import words

MOST = 6  # keywords of one paper
_LONGEST = 3  # words in a keyword
_PIECE = re.compile(r"\$[^$]*\$|https?:\S+|[.,;:!?()\[\]{}\"“”]|\s[-–—]\s")
_TOKEN = re.compile(r"[^\W_][\w+./'’-]*[^\W_]|[^\W\d_]")
_CODE = re.compile(r"https?://(?:www\.)?(github|gitlab)\.com/([A-Za-z0-9][\w.-]*/[\w-][\w.-]*)", re.IGNORECASE)


def keywords(paper: Paper) -> tuple[str, ...]:
    """Return at most MOST phrases of one to three words, those of title and abstract together first.

    A phrase counts by its occurrences, more if it stands in the title or has several words; phrases of function words
    or of words that every paper uses are none. Phrases inside a chosen one are left out.
    """
    title, body = _phrases(paper.title), _phrases(paper.abstract)
    said = [*title, *body]
    lowered = [phrase.lower() for phrase in said]
    counts = Counter(lowered)
    in_title = set(lowered[: len(title)])
    written = {phrase.lower(): phrase for phrase in [*reversed(title), *reversed(body)]}
    order = {phrase: place for place, phrase in enumerate(dict.fromkeys(lowered))}

    def weight(phrase: str) -> tuple[float, int]:
        length = phrase.count(" ") + 1
        both = phrase in in_title and counts[phrase] > 1
        return -(counts[phrase] * (1.0 + 0.6 * (length - 1)) + 1.5 * (phrase in in_title) + both), order[phrase]

    chosen: list[str] = []
    for phrase in sorted((p for p in counts if counts[p] > 1 or p in in_title), key=weight):
        if not any(_overlap(phrase, other) for other in chosen):
            chosen.append(phrase)
    return tuple(written[phrase] for phrase in chosen[:MOST])


def code_link(paper: Paper) -> tuple[str, Evidence | None]:
    """Return the first repository on GitHub or GitLab that abstract or comment names, and where; "" if none is."""
    fields: tuple[Field, ...] = ("abstract", "comment")
    for field in fields:
        for found in _CODE.finditer(getattr(paper, field)):
            path = found[2].rstrip(".-").removesuffix(".git").rstrip(".")
            if path.count("/") == 1 and not path.endswith("/"):
                where = Evidence(paper.id, paper.version, field, found.start(), found.start(2) + len(path))
                return f"https://{found[1].lower()}.com/{path}", where
    return "", None


def _phrases(text: str) -> list[str]:
    stops = words("stop_words.en")
    found: list[str] = []
    for piece in _PIECE.split(text):
        run: list[str] = []
        for token in [*_TOKEN.findall(piece), ""]:
            if token and token.lower() not in stops and not token[0].isdigit():
                run.append(token)
                continue
            if run:
                found += _ngrams(run)
                run = []
    return found


def _ngrams(run: list[str]) -> list[str]:
    common = words("boilerplate.words")
    telling = [token.lower() not in common for token in run]
    last = len(run)
    return [
        " ".join(run[i : i + n])
        for n in range(1, _LONGEST + 1)
        for i in range(last - n + 1)
        if telling[i] and telling[i + n - 1] and len(run[i]) > 1
    ]


def _overlap(phrase: str, other: str) -> bool:
    return bool(set(phrase.split()) & set(other.split()))
