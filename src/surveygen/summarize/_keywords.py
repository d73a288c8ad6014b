"""The terms that a paper is about, and where its code lies."""

from __future__ import annotations

import re
from collections import Counter

from surveygen.domain.paper import Paper
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
    counts = Counter(phrase.lower() for phrase in [*title, *body])
    in_title = {phrase.lower() for phrase in title}
    written = {phrase.lower(): phrase for phrase in [*reversed(title), *reversed(body)]}
    order = list(dict.fromkeys(phrase.lower() for phrase in [*title, *body]))

    def weight(phrase: str) -> tuple[float, int]:
        length = len(phrase.split())
        both = phrase in in_title and counts[phrase] > 1
        return -(counts[phrase] * (1.0 + 0.6 * (length - 1)) + 1.5 * (phrase in in_title) + both), order.index(phrase)

    chosen: list[str] = []
    for phrase in sorted((p for p in counts if counts[p] > 1 or p in in_title), key=weight):
        if not any(_overlap(phrase, other) for other in chosen):
            chosen.append(phrase)
    return tuple(written[phrase] for phrase in chosen[:MOST])


def code_link(paper: Paper) -> str:
    """Return the first repository on GitHub or GitLab that abstract or comment names, "" if there is none."""
    found = _CODE.search(f"{paper.abstract} {paper.comment}")
    if found is None:
        return ""
    path = found[2].rstrip(".-").removesuffix(".git").rstrip(".")
    return f"https://{found[1].lower()}.com/{path}" if path.count("/") == 1 and not path.endswith("/") else ""


def _phrases(text: str) -> list[str]:
    found: list[str] = []
    for piece in _PIECE.split(text):
        run: list[str] = []
        for token in [*_TOKEN.findall(piece), ""]:
            if token and token.lower() not in words("stop_words.en") and not token[0].isdigit():
                run.append(token)
                continue
            found += _ngrams(run)
            run = []
    return found


def _ngrams(run: list[str]) -> list[str]:
    common = words("boilerplate.words")
    spans = [run[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(run) - n + 1)]
    return [
        " ".join(span)
        for span in spans
        if not (span[0].lower() in common or span[-1].lower() in common) and len(span[0]) > 1
    ]


def _overlap(phrase: str, other: str) -> bool:
    return bool(set(phrase.split()) & set(other.split()))
