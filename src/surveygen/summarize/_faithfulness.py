"""Compare freely worded sentences with the words they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from surveygen.domain.paper import Paper
from surveygen.domain.person_names import family_name
from surveygen.summarize._english import pairs, words
from surveygen.summarize._split import split_sentences

Source = tuple[Paper, str]  # a cited paper and the span of it that is cited

# Chosen on one half of the planted errors and reported on the other: benchmarks/grounding.py.
LEAST = 0.4  # share of the content words that must stand in the cited spans together
GIVES = 0.1  # share that each cited paper must add, unless it bears out the least by itself
MARGIN = 0.1  # by how much another paper may fit better

_NUMBER = re.compile(r"(?<![^\W\d_])(?<![^\W\d_]-)\d+(?:[.,]\d+)*")  # those of GPT-4 and word2vec are parts of names
_YEAR = re.compile(r"\((\d{4})\)")
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,;:.!?]")
_ENTITY = re.compile(r"(?<=[\w,;:)\]] )[A-Z][\w-]*|\b[A-Za-z][a-z]*[A-Z\d][\w-]*|\b[A-Z][\w-]*(?= et al\b)")
_ENDING = re.compile(r"(?<=\w{4})(?:ations?|ments?|ings?|ions?|ies|ed|es|ly|s|e|y)\Z")
_REACH = 4  # content words after a negation that it is about


def unsupported_reason(text: str, sources: Sequence[Source], others: Sequence[Paper] = ()) -> str:
    """Say what the sources do not bear out; empty if nothing.

    Args:
        text: the sentence without citation markers.
        sources: what it cites.
        others: papers that it could have cited instead, for finding a wrong attribution.
    """
    spans = [span for _, span in sources]
    return (
        _number_fault(text, sources)
        or _name_fault(text, sources)
        or _polarity_fault(text, spans)
        or _share_fault(text, sources)
        or _attribution_fault(text, spans, others)
    )


def share(text: str, spans: Iterable[str]) -> float:
    """Return the share of the content words of a text that stand in the spans in some form, 0 to 1."""
    wanted = _stems(text)
    if not wanted:
        return 1.0
    known = frozenset[str]().union(*(_stems(span) for span in spans))
    return len(wanted & known) / len(wanted)


def _share_fault(text: str, sources: Sequence[Source]) -> str:
    names = " ".join(family_name(author.name) for paper, _ in sources for author in paper.authors)
    together = share(text, [*(span for _, span in sources), names])
    if together < LEAST:
        return f"only {together:.0%} of its words are in the source"
    for paper in {paper.id: paper for paper, _ in sources}.values():
        alone = share(text, [span for other, span in sources if other.id == paper.id])
        rest = share(text, [span for other, span in sources if other.id != paper.id])
        if alone < LEAST and together - rest < GIVES:
            return f"{paper.id} adds nothing to it"
    return ""


def _attribution_fault(text: str, spans: Sequence[str], others: Sequence[Paper]) -> str:
    """Find a paper that says it more plainly than those cited."""
    own = share(text, spans)
    for other in others:
        best = max((share(text, [sentence]) for sentence in _sentences(other.abstract)), default=0.0)
        if best > own + MARGIN:
            return f"{other.id} fits it better"
    return ""


def _number_fault(text: str, sources: Sequence[Source]) -> str:
    known = {number for _, span in sources for number in _numbers(span)}
    years = {str(paper.year) for paper, _ in sources}
    rest = _YEAR.sub(lambda found: "" if found[1] in years else found[0], text)  # "Casper et al. (2023)"
    return next((f"{number} is not in the source" for number in _numbers(rest) if number not in known), "")


def _numbers(text: str) -> Iterator[str]:
    """Yield every number as digits, number words too; commas that group thousands are dropped."""
    named = pairs("numbers")
    for found in _NUMBER.findall(text):
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", found)
        yield found.replace(",", "") if grouped else found
    yield from (named[word] for word in _lower(text) if word in named)


def _name_fault(text: str, sources: Sequence[Source]) -> str:
    """Find a name that stands neither in what is cited nor elsewhere in those papers."""
    families = (family_name(author.name) for paper, _ in sources for author in paper.authors)
    where = " ".join([*families, *(f"{paper.title} {paper.abstract}" for paper, _ in sources)]).lower()
    known = set(_lower(where))
    for entity in _ENTITY.findall(text):
        numbered = re.search(r"\d", entity)  # GPT-4 is not GPT-3
        if entity.lower() not in where if numbered else any(part not in known for part in _lower(entity)):
            return f"{entity} is not in the source"
    return ""


def _polarity_fault(text: str, spans: Sequence[str]) -> str:
    """Find a word that is denied here and stated there, or the other way round, or put into its opposite."""
    said, known = _polarity(text), _polarity(" . ".join(spans))
    for word in said.keys() & known.keys():
        if not said[word] & known[word]:
            return f"{word!r} is {'denied' if True in said[word] else 'stated'}, unlike in the source"
    here, there = set(_lower(text)), {word for span in spans for word in _lower(span)}
    for word, opposites in _opposites().items():
        if word in here and word not in there and opposites & there and not opposites & here:
            return f"{word!r} is the opposite of the source"
    return ""


@lru_cache(maxsize=4096)
def _polarity(text: str) -> dict[str, frozenset[bool]]:
    """Tell of each content word whether it stands after a negation, nowhere after one, or both."""
    found: dict[str, set[bool]] = {}
    left = 0
    for token in _TOKEN.findall(text.lower().replace("’", "'")):
        if token in words("negations") or token.endswith("n't"):
            left = _REACH
        elif token in words("clause_ends") or not token[0].isalnum():
            left = 0
        elif token not in words("stop_words.en"):
            found.setdefault(_stem(token), set()).add(left > 0)
            left = max(left - 1, 0)
    return {word: frozenset(seen) for word, seen in found.items()}


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    """Map each word to the words of the other side."""
    found: dict[str, frozenset[str]] = {}
    for line in words("opposites"):
        one, other = (frozenset(side.split("/")) for side in line.split("|"))
        for side, against in ((one, other), (other, one)):
            found |= {word: found.get(word, frozenset()) | against for word in side}
    return found


@lru_cache(maxsize=16_384)
def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _lower(text) if word not in words("stop_words.en"))


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in split_sentences(text))


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Cut endings, so that "improvements" meets "improving" and "stopped" meets "stops"."""
    cut = _ENDING.sub("", _ENDING.sub("", word))
    return cut[:-1] if len(cut) > 4 and cut[-1] == cut[-2] and cut[-1] not in "aeiouls" else cut


def _lower(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
