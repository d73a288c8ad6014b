"""Name clusters of papers by the phrases that distinguish them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, count
from typing import Any

import numpy as np
from babel.lists import format_list
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper
from surveygen.languages import load as load_language
from surveygen.languages.detection import detect_language, stop_words
from surveygen.languages.phrases import WORD, is_unspaced
from surveygen.languages.phrases import phrases as split_phrases

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
_LINKS = frozenset(("d", "da", "das", "de", "dei", "del", "dell", "della", "des", "di", "do", "dos", "du", "la"))
_MAX_WORDS = 5  # of a phrase
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_TERM = 4  # characters without spaces that make a phrase
_MAX_RANKED = 60
_MAX_PHRASES = 20_000
# Read from the names of the subjects of benchmarks/themes/induce.py: a phrase names a theme better than a word, what
# occurs in titles better than what occurs in abstracts only, and what all papers say names nothing.
_PHRASE_BONUS = 1.5
_TITLE_FLOOR = 0.1
_MIN_LIFT = 1.3
_MIN_SHARE = 0.05  # of a cluster's papers, and at least two papers, must contain a phrase that names it


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
    languages = {row: detect_language(text) for row, text in texts.items()}
    documents = [_PhraseSource(papers[row].title, texts[row], languages[row]) for row in texts]
    ranked = rank_phrases(documents, vectors[read], clusters[read])
    labels: dict[int, ClusterLabel] = {}
    for cluster in sorted(range(len(sizes)), key=lambda n: (-sizes[n], n)):
        rows = members[cluster].tolist()
        siblings = [label.name for label in labels.values()]
        inside = [row for row in rows if row in texts]
        main = Counter(languages[row] for row in inside).most_common(1)[0][0]
        namer = _Namer([texts[row] for row in inside], main, siblings, taken)
        labels[cluster] = namer.label(ranked[cluster], [papers[row].title for row in rows])
    return tuple(labels[cluster] for cluster in range(len(sizes)))


@dataclass(frozen=True, slots=True)
class _PhraseSource:
    """A title, the title with the abstract, and the language of both."""

    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Namer:
    """Names one cluster in the language of its texts, different from its siblings and from names already taken."""

    texts: Sequence[str]
    language: str
    siblings: Sequence[str]
    taken: Sequence[str]

    def label(self, ranked: Sequence[str], titles: Sequence[str]) -> ClusterLabel:
        """Choose a name among the ranked phrases, or the title of a paper where all repeat other names."""
        distinct: list[str] = []
        for phrase in ranked:
            if not any(_same_subject(phrase, other) for other in distinct):
                distinct.append(phrase)
        keywords = tuple(_as_written(phrase, self.texts) for phrase in distinct[:_MAX_KEYWORDS])
        unused = [phrase for phrase in keywords if not self._repeats(phrase)]
        if not unused:
            numbered = (f"{titles[-1]} ({n})" for n in count(2))
            title = next(it for it in chain(titles, numbered) if it not in self.siblings and it not in self.taken)
            return ClusterLabel(title, load_language("en").say("theme_like", title=title), keywords)
        name = self._name(unused)
        more = [word for word in keywords if not _stems(word) & _stems(name)][:4]
        cased = title_case(name) if self.language == "en" else name[:1].upper() + name[1:]
        return ClusterLabel(cased, describe(name, more, "en"), keywords)

    def _name(self, unused: Sequence[str]) -> str:
        """Return the first phrase that can name a theme, completed if it is cut off; else join two words."""
        name = next((word for word in unused[:_MAX_NAME_CANDIDATES] if _is_term(word) and self._may_be_noun(word)), "")
        if name:
            ends, next_word, follows = self._continuation(name)
            if ends < _CUT_OFF and follows >= _CONTINUED:  # "named entity" is mostly followed by "recognition"
                completed = _as_written(f"{name} {next_word}", self.texts)
                name = name if self._repeats(completed) else completed
            return name
        # The first two words that can name a theme are joined; a phrase is used alone.
        nouns = [word for word in unused if self._may_be_noun(word) and self._continuation(word)[0] >= _MIN_ENDS]
        nouns = nouns or list(unused)
        second = next((word for word in nouns[1:] if not _stems(word) & _stems(nouns[0]) and not _is_term(word)), None)
        return nouns[0] if second is None or _is_term(nouns[0]) else join([nouns[0], second], self.language)

    def _may_be_noun(self, phrase: str) -> bool:
        """Whether the last word can be a noun, judged by its ending; in another language than English any can."""
        last = phrase.lower().split()[-1]
        return self.language != "en" or not _ADJECTIVE.match(last) or last in word_lists().nouns

    def _continuation(self, phrase: str) -> tuple[float, str, float]:
        """Return the share of occurrences where a phrase ends, the most frequent next word, and its share."""
        breaks = word_lists().breaks if self.language == "en" else stop_words(self.language)
        following: Counter[str] = Counter()
        pattern = _occurrences(phrase, rf"(?:\s+({WORD}|[^\w\s]))?")
        for text in self.texts:
            following.update({(match[1] or "").lower() for match in pattern.finditer(text)})
        words = {word: n for word, n in following.items() if word[:1].isalpha() and word not in breaks}
        ends = following.total() - sum(words.values())
        word = max(words, key=lambda word: (words[word], word), default="")
        total = max(following.total(), 1)
        return (1.0 if is_unspaced(phrase) else ends / total), word, words.get(word, 0) / total

    def _repeats(self, phrase: str) -> bool:
        """Whether a name contains or is part of the name of a sibling, or is part of any other name."""
        stems = _stems(phrase)
        sibling_stems = (_stems(name) for name in self.siblings)
        return any(stems <= other or other <= stems for other in sibling_stems) or any(
            stems <= _stems(name) for name in self.taken
        )


def describe(name: str, keywords: Sequence[str], language: str) -> str:
    """Write the sentence on what belongs to an induced theme, in one of the shipped languages."""
    words = load_language(language)
    if not keywords:
        return words.say("theme_on", name=name)
    return words.say("theme_on_and", name=name, keywords=join(keywords, language))


def join(words: Sequence[str], language: str) -> str:
    """Join words as a list of the language; in English without a comma before "and"."""
    return format_list(words, locale="en_GB" if language == "en" else language)


def _is_term(phrase: str) -> bool:
    """Whether a phrase has several words, or as many characters where no spaces divide them."""
    return " " in phrase or "'" in phrase or (is_unspaced(phrase) and len(phrase) >= _TERM)


def _same_subject(phrase: str, other: str) -> bool:
    """Whether one of two phrases has all words of the other, or they share a part where no spaces divide words."""
    if is_unspaced(phrase) and is_unspaced(other):
        return any(phrase[at : at + 2] in other for at in range(len(phrase) - 1))
    return _stems(phrase) <= _stems(other) or _stems(other) <= _stems(phrase)


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
    words = re.split(r"[\s-]+|(?<=\bd)['’]|(?<=\bdell)['’]", phrase.lower())
    return frozenset(word.rstrip("es")[:_STEM] for word in words if word and word not in _SMALL_WORDS | _LINKS)


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    forms = Counter(" ".join(form.split()) for text in texts for form in _occurrences(phrase).findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))


def _occurrences(phrase: str, suffix: str = "") -> re.Pattern[str]:
    """Return a pattern that matches a phrase in any letter case, and a suffix after it."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split()).replace("'", "['’]")
    return re.compile(rf"(?<!\w){spaced}(?!\w){suffix}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that end a phrase, words that alone make no phrase, and nouns that look like adjectives."""

    breaks: frozenset[str]
    weak: frozenset[str]
    nouns: frozenset[str]


@cache
def word_lists() -> WordLists:
    """Read the shipped lists of words; stop words end a phrase as well."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415  # slow to import

    data = tomllib.loads((files("surveygen.themes.induce") / "boilerplate.toml").read_text(encoding="utf-8"))
    breaks, weak, nouns = (frozenset(data[key].split()) for key in ("breaks", "weak", "nouns"))
    return WordLists(breaks | ENGLISH_STOP_WORDS, weak, nouns)


def phrases(text: str, language: str = "en") -> Iterator[str]:
    """Yield the lower-case phrases of one to five words; none crosses a stop word or a punctuation mark.

    A text in English may hold sentences in another language, such as a second abstract.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    if language != "en":
        yield from split_phrases(text.lower(), language, stop_words(language), _MAX_WORDS)
        return
    words = word_lists()
    for sentence in _SENTENCE_END.split(text):
        other = detect_language(sentence)
        breaks = words.breaks if other == "en" else stop_words(other)
        for phrase in split_phrases(sentence.lower(), other, breaks, _MAX_WORDS):
            if not words.weak.issuperset(phrase.split()):
                yield phrase


def rank_phrases(documents: Sequence[_PhraseSource], vectors: Vectors, clusters: NDArray[np.intp]) -> list[list[str]]:
    """Return the candidate phrases of each cluster, best first.

    The weight is class-based TF-IDF (Grootendorst, arXiv 2203.05794) times the similarity of phrase and cluster.

    Args:
        documents: those of the clusters.
        vectors: `(n, dim)` float32, rows of length 1.
        clusters: `(n,)` cluster of each document, from 0 without gaps.
    """
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415  # slow to import

    counter = CountVectorizer(
        analyzer=lambda document: list(phrases(*document)),
        binary=True,
        min_df=2 if len(documents) >= 20 else 1,
        max_features=_MAX_PHRASES,
    )
    try:
        counts: Any = counter.fit_transform((document.text, document.language) for document in documents)
    except ValueError:  # no phrase is left: only stop words
        return [[] for _ in range(int(clusters.max()) + 1)]
    names = counter.get_feature_names_out()
    member = np.eye(int(clusters.max()) + 1, dtype=np.float32)[clusters]
    inside = np.asarray((counts.T @ member).T)
    in_titles = np.asarray(
        (counter.transform((document.title, document.language) for document in documents).T @ member).T
    )
    weights = class_tfidf(inside, member) * _phrase_similarity(counts, vectors, member)
    weights *= _TITLE_FLOOR + in_titles / np.maximum(inside, 1)
    weights *= np.array([_PHRASE_BONUS if _is_term(name) else 1.0 for name in names])
    best = np.argsort(-weights, axis=1, kind="stable")[:, :_MAX_RANKED]
    ranked = [
        [(str(names[n]), inside[cluster, n]) for n in row if weights[cluster, n] > 0]
        for cluster, row in enumerate(best)
    ]
    return [  # without phrases that occur mostly inside a longer one ("budgeting" in "participatory budgeting")
        [
            phrase
            for phrase, number in of_cluster
            if not any(_within(phrase, longer) and longer != phrase and n >= number / 2 for longer, n in of_cluster)
        ]
        for of_cluster in ranked
    ]


def _within(phrase: str, longer: str) -> bool:
    """Whether a phrase is part of a longer one."""
    return phrase in longer if is_unspaced(phrase) else f" {phrase} " in f" {longer} ".replace("'", "' ")


def class_tfidf(inside: NDArray[np.float32], member: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weigh each phrase of each cluster; 0 where a cluster contains it hardly more often than all papers do.

    `(clusters, phrases)` numbers of papers and `(papers, clusters)` membership in, `(clusters, phrases)` weights out.
    """
    totals = inside.sum(axis=0)
    share = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    weights: NDArray[np.float32] = share * np.log1p(inside.sum() / len(inside) / np.maximum(totals, 1))
    if len(inside) > 1:
        sizes = member.sum(axis=0)
        lift = (inside / sizes[:, None]) / np.maximum(totals / sizes.sum(), 1e-9)
        weights[lift < _MIN_LIFT] = 0
    fewest = np.maximum(2, _MIN_SHARE * member.sum(axis=0))[:, None]
    weights[inside < np.minimum(fewest, inside.max(axis=1, keepdims=True))] = 0
    return weights


def _phrase_similarity(counts: Any, vectors: Vectors, member: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401  # sparse
    """Cosine of phrase and cluster, both as centered means of papers; 1 where there is one cluster."""
    if member.shape[1] == 1:
        return np.ones((1, counts.shape[1]), dtype=np.float32)
    mean = vectors.mean(axis=0)
    totals = np.asarray(counts.sum(axis=0)).reshape(-1, 1)
    of_phrases = unit_rows(np.asarray(counts.T @ vectors / np.maximum(totals, 1), dtype=np.float32) - mean)
    of_clusters = unit_rows(np.asarray(member.T @ vectors / member.sum(axis=0)[:, None], dtype=np.float32) - mean)
    similarity: NDArray[np.float32] = np.maximum(of_clusters @ of_phrases.T, 0)
    return similarity
