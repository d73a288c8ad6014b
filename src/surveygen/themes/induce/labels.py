"""Name groups of papers by the phrases that set them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.domain.paper import Paper
from surveygen.themes.induce.phrases import WORD, boilerplate, rank_phrases

_KEYWORDS = 8
_NAME_FROM = 5  # keywords among which a phrase is looked for before two words are joined
# Endings of words that are adjectives more often than nouns; such a word ends no name (`nouns` of boilerplate.toml do).
_ADJECTIVE = re.compile(r".*(?:al|ive|ous|able|ible|ed|ic|ary|less|ful|ly|-based|-aware|-driven)\Z")
# Of the places of a phrase, read over the names of fourteen subjects: a phrase that ends in fewer than the first share
# is cut off, and a word that follows in the second belongs to it; below the third it names nothing by itself.
_MOSTLY_ENDS, _MOSTLY_FOLLOWS, _LEAST_ENDS = 0.2, 0.35, 0.1
_STEM = 5  # letters
_READ = 300  # papers of a group that are read for its name
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with")
)


@dataclass(frozen=True, slots=True)
class ClusterLabel:
    """What a group is called, a sentence of what belongs there, and the phrases that set it apart, best first."""

    name: str
    description: str
    keywords: tuple[str, ...]


def label_clusters(
    papers: Sequence[Paper], vectors: Vectors, groups: NDArray[np.intp], *, taken: Sequence[str] = ()
) -> tuple[ClusterLabel, ...]:
    """Name each group so that no name says the same as another.

    Phrases are ranked by class-based TF-IDF (Grootendorst, arXiv 2203.05794) times the likeness of the phrase's papers
    to the middle of the group, which matched human labels for .80 of groups against .68 (notes/theming.md B). Of a
    group of more than 300 papers every second, third ... is read.

    Args:
        papers: all of them, in the order of `vectors`.
        vectors: `(n, dim)` float32, rows of length 1.
        groups: `(n,)` group of each paper, from 0 without gaps.
        taken: names of other themes, which no name may repeat or be a part of.
    """
    sizes = np.bincount(groups)
    members = [np.flatnonzero(groups == group) for group in range(len(sizes))]
    read = np.sort(np.concatenate([rows[:: -(-len(rows) // _READ)] for rows in members]))
    texts = {row: f"{papers[row].title}. {papers[row].abstract}" for row in read.tolist()}
    ranked = rank_phrases([papers[row] for row in read], list(texts.values()), vectors[read], groups[read])
    labels: dict[int, ClusterLabel] = {}
    for group in sorted(range(len(sizes)), key=lambda g: (-sizes[g], g)):
        inside = [texts[row] for row in members[group].tolist() if row in texts]
        siblings = [known.name for known in labels.values()]
        titles = (papers[row].title for row in members[group].tolist())
        labels[group] = _choose(ranked[group], inside, titles, siblings, taken)
    return tuple(labels[group] for group in range(len(sizes)))


def _choose(
    ranked: Sequence[str], texts: Sequence[str], titles: Iterator[str], siblings: Sequence[str], taken: Sequence[str]
) -> ClusterLabel:
    distinct: list[str] = []
    for phrase in ranked:
        if not any(_stems(phrase) <= _stems(one) or _stems(one) <= _stems(phrase) for one in distinct):
            distinct.append(phrase)
    words = tuple(_as_written(phrase, texts) for phrase in distinct[:_KEYWORDS])
    fresh = [phrase for phrase in words if not _repeats(phrase, siblings, taken)]
    if not fresh:
        name = _unused(titles, {*siblings, *taken})
        return ClusterLabel(name, f"Work like the paper “{name}”.", words)
    whole = next((phrase for phrase in fresh[:_NAME_FROM] if " " in phrase and _ends_well(phrase)), None)
    longer = _as_written(_completed(whole, texts), texts) if whole else _joined(fresh, texts)
    chosen = whole if whole and _repeats(longer, siblings, taken) else longer
    return ClusterLabel(title_case(chosen), _definition(chosen, words), words)


def _joined(fresh: Sequence[str], texts: Sequence[str]) -> str:
    """Join the first two words that can stand for a theme; a phrase stands alone."""
    nouns = [phrase for phrase in fresh if _ends_well(phrase) and _end(phrase, texts)[0] >= _LEAST_ENDS] or fresh
    second = next((phrase for phrase in nouns[1:] if not _stems(phrase) & _stems(nouns[0]) and " " not in phrase), None)
    return nouns[0] if second is None or " " in nouns[0] else f"{nouns[0]} and {second}"


def _ends_well(phrase: str) -> bool:
    """Whether the last word can be a noun, as far as its ending tells."""
    last = phrase.lower().split()[-1]
    return not _ADJECTIVE.match(last) or last in boilerplate().nouns


def _completed(phrase: str, texts: Sequence[str]) -> str:
    """Add the word that a phrase is cut off before: "named entity" is mostly followed by "recognition"."""
    ends, after, follows = _end(phrase, texts)
    return f"{phrase} {after}" if ends < _MOSTLY_ENDS and follows >= _MOSTLY_FOLLOWS else phrase


def _end(phrase: str, texts: Sequence[str]) -> tuple[float, str, float]:
    """Return the share of its places where a phrase ends, and the word that follows it most, with the share of that."""
    breaks = boilerplate().breaks
    after: Counter[str] = Counter()
    for text in texts:
        after.update(
            {(found[1] or "").lower() for found in _spelled(phrase, rf"(?:\s+({WORD.pattern}))?").finditer(text)}
        )
    ends = sum(n for word, n in after.items() if not word[:1].isalpha() or word in breaks)
    longer = {word: n for word, n in after.items() if word[:1].isalpha() and word not in breaks}
    word = max(longer, key=lambda one: (longer[one], one), default="")
    total = max(after.total(), 1)
    return ends / total, word, longer.get(word, 0) / total


def _repeats(phrase: str, siblings: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether a name would say what a sibling says, more or less of it, or be a part of any other name."""
    said = _stems(phrase)
    beside = (_stems(name) for name in siblings)
    return any(said <= one or one <= said for one in beside) or any(said <= _stems(name) for name in taken)


def _unused(titles: Iterator[str], used: Collection[str]) -> str:
    """Return the first title that is no name yet, with a number behind it if all are."""
    title = ""
    for title in titles:
        if title not in used:
            return title
    return next(name for n in count(2) if (name := f"{title} ({n})") not in used)


def _definition(chosen: str, words: Sequence[str]) -> str:
    """Write what belongs to the theme as one sentence."""
    more = [word for word in words if not _stems(word) & _stems(chosen)][:4]
    if not more:
        return f"Work on {chosen}."
    *most, last = more
    return f"Work on {chosen}, which deals with {', '.join(most)}{' and ' * bool(most)}{last}."


def title_case(phrase: str) -> str:
    """Write a name in title case; a word with a capital of its own stays as it is.

    >>> title_case("chain-of-thought prompting of LLMs")
    'Chain-of-Thought Prompting of LLMs'
    """
    words = [_capital(word, first=n == 0) for n, word in enumerate(phrase.split())]
    return " ".join(words)


def _capital(word: str, *, first: bool) -> str:
    parts = word.split("-")
    return "-".join(
        part if part != part.lower() or (part in _SMALL and not (first and n == 0)) else part[:1].upper() + part[1:]
        for n, part in enumerate(parts)
    )


def _stems(phrase: str) -> frozenset[str]:
    """Return the beginnings of the words, rough enough to join "hallucinate" with "hallucinations"."""
    return frozenset(
        word.rstrip("es")[:_STEM] for word in re.split(r"[\s-]+", phrase.lower()) if word and word not in _SMALL
    )


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    forms = Counter(" ".join(form.split()) for text in texts for form in _spelled(phrase).findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))


def _spelled(phrase: str, after: str = "") -> re.Pattern[str]:
    """Match a phrase in any letter case, and what comes after it."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w){after}", re.IGNORECASE)
