"""Label clusters of papers with names, descriptions and keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.domain.paper import Paper
from surveygen.themes.induce.phrases import TOKEN, rank_phrases, word_lists

_MAX_KEYWORDS = 8
_MAX_NAME_CANDIDATES = 5  # keywords among which a phrase is looked for before two words are joined
# Endings of words that are adjectives more often than nouns; such a word ends no name (`nouns` of boilerplate.toml do).
_ADJECTIVE = re.compile(r".*(?:al|ive|ous|able|ible|ed|ic|ary|less|ful|ly|-based|-aware|-driven)\Z")
# Shares of the occurrences of a phrase, read from the names of fourteen subjects: a phrase that ends in fewer than the
# first share is cut off, and a word that follows in the second belongs to it; below the third it names nothing alone.
_CUT_OFF, _CONTINUED, _MIN_ENDS = 0.2, 0.35, 0.1
_STEM = 5  # letters
_MAX_READ = 300  # papers of a cluster that are read for its name
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with")
)


@dataclass(frozen=True, slots=True)
class ClusterLabel:
    """The name of a cluster, a sentence on what belongs to it, and the phrases that distinguish it, best first."""

    name: str
    description: str
    keywords: tuple[str, ...]


def label_clusters(
    papers: Sequence[Paper], vectors: Vectors, clusters: NDArray[np.intp], *, taken: Sequence[str] = ()
) -> tuple[ClusterLabel, ...]:
    """Name each cluster so that no two names mean the same.

    Keywords are ranked as in `rank_phrases`; the best matched the human label for .80 of clusters, ranked by
    class-based TF-IDF alone for .68 (25 sub-themes of 1,222 IJCAI papers). Of a cluster of more than 300 papers every
    second, third ... is read.

    Args:
        papers: those of all clusters, in the order of `vectors`.
        vectors: `(n, dim)` float32, rows of length 1.
        clusters: `(n,)` cluster of each paper, from 0 without gaps.
        taken: names of other themes, which no name may repeat or be a part of.
    """
    sizes = np.bincount(clusters)
    members = [np.flatnonzero(clusters == cluster) for cluster in range(len(sizes))]
    read = np.sort(np.concatenate([rows[:: -(-len(rows) // _MAX_READ)] for rows in members]))
    texts = {row: f"{papers[row].title}. {papers[row].abstract}" for row in read.tolist()}
    ranked = rank_phrases([papers[row] for row in read], list(texts.values()), vectors[read], clusters[read])
    labels: dict[int, ClusterLabel] = {}
    for cluster in sorted(range(len(sizes)), key=lambda n: (-sizes[n], n)):
        rows = members[cluster].tolist()
        siblings = [label.name for label in labels.values()]
        texts_inside = [texts[row] for row in rows if row in texts]
        labels[cluster] = _label(ranked[cluster], texts_inside, (papers[row].title for row in rows), siblings, taken)
    return tuple(labels[cluster] for cluster in range(len(sizes)))


def _label(
    ranked: Sequence[str], texts: Sequence[str], titles: Iterable[str], siblings: Sequence[str], taken: Sequence[str]
) -> ClusterLabel:
    """Choose a name among the ranked phrases, or the title of a paper where all repeat other names."""
    distinct: list[str] = []
    for phrase in ranked:
        if not any(_stems(phrase) <= _stems(other) or _stems(other) <= _stems(phrase) for other in distinct):
            distinct.append(phrase)
    keywords = tuple(_as_written(phrase, texts) for phrase in distinct[:_MAX_KEYWORDS])
    unused = [phrase for phrase in keywords if not _repeats(phrase, siblings, taken)]
    if not unused:
        title = _unused_title(titles, {*siblings, *taken})
        return ClusterLabel(title, f"Work like the paper “{title}”.", keywords)
    name = next((word for word in unused[:_MAX_NAME_CANDIDATES] if " " in word and _may_be_noun(word)), "")
    if name:
        ends, next_word, follows = _continuation(name, texts)
        if ends < _CUT_OFF and follows >= _CONTINUED:  # "named entity" is mostly followed by "recognition"
            completed = _as_written(f"{name} {next_word}", texts)
            name = name if _repeats(completed, siblings, taken) else completed
    else:
        name = _joined(unused, texts)
    return ClusterLabel(title_case(name), _description(name, keywords), keywords)


def _joined(unused: Sequence[str], texts: Sequence[str]) -> str:
    """Join the first two words that can name a theme; a phrase is used alone."""
    nouns = [word for word in unused if _may_be_noun(word) and _continuation(word, texts)[0] >= _MIN_ENDS] or unused
    second = next((word for word in nouns[1:] if not _stems(word) & _stems(nouns[0]) and " " not in word), None)
    return nouns[0] if second is None or " " in nouns[0] else f"{nouns[0]} and {second}"


def _may_be_noun(phrase: str) -> bool:
    """Whether the last word can be a noun, judged by its ending."""
    last = phrase.lower().split()[-1]
    return not _ADJECTIVE.match(last) or last in word_lists().nouns


def _continuation(phrase: str, texts: Sequence[str]) -> tuple[float, str, float]:
    """Return the share of occurrences where a phrase ends, the most frequent next word, and the share of that word."""
    breaks = word_lists().breaks
    following: Counter[str] = Counter()
    pattern = _occurrences(phrase, rf"(?:\s+({TOKEN.pattern}))?")
    for text in texts:
        following.update({(match[1] or "").lower() for match in pattern.finditer(text)})
    words = {word: n for word, n in following.items() if word[:1].isalpha() and word not in breaks}
    ends = following.total() - sum(words.values())
    word = max(words, key=lambda word: (words[word], word), default="")
    total = max(following.total(), 1)
    return ends / total, word, words.get(word, 0) / total


def _repeats(phrase: str, siblings: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether a name contains or is part of the name of a sibling, or is part of any other name."""
    stems = _stems(phrase)
    sibling_stems = (_stems(name) for name in siblings)
    return any(stems <= other or other <= stems for other in sibling_stems) or any(
        stems <= _stems(name) for name in taken
    )


def _unused_title(titles: Iterable[str], used: Collection[str]) -> str:
    """Return the first title that is not a name yet, with a number appended if all are."""
    title = ""
    for title in titles:
        if title not in used:
            return title
    return next(name for n in count(2) if (name := f"{title} ({n})") not in used)


def _description(name: str, keywords: Sequence[str]) -> str:
    """Write what belongs to the theme as one sentence."""
    more = [word for word in keywords if not _stems(word) & _stems(name)][:4]
    if not more:
        return f"Work on {name}."
    *most, last = more
    return f"Work on {name}, which deals with {', '.join(most)}{' and ' * bool(most)}{last}."


def title_case(phrase: str) -> str:
    """Write a name in title case; a word with a capital of its own stays as it is.

    >>> title_case("chain-of-thought prompting of LLMs")
    'Chain-of-Thought Prompting of LLMs'
    """
    words: list[str] = []
    for word in phrase.split():
        parts = [
            part if part != part.lower() or (part in _SMALL_WORDS and (words or n)) else part[:1].upper() + part[1:]
            for n, part in enumerate(word.split("-"))
        ]
        words.append("-".join(parts))
    return " ".join(words)


def _stems(phrase: str) -> frozenset[str]:
    """Return the first letters of the words, rough enough to join "hallucinate" with "hallucinations"."""
    return frozenset(
        word.rstrip("es")[:_STEM] for word in re.split(r"[\s-]+", phrase.lower()) if word and word not in _SMALL_WORDS
    )


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    forms = Counter(" ".join(form.split()) for text in texts for form in _occurrences(phrase).findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))


def _occurrences(phrase: str, suffix: str = "") -> re.Pattern[str]:
    """Return a pattern that matches a phrase in any letter case, and a suffix after it."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w){suffix}", re.IGNORECASE)
