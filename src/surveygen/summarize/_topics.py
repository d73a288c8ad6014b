"""Find the phrases that papers of a theme share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from heapq import heapify, heappop, heappush

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence
from surveygen.domain.text import fold_name, singular
from surveygen.languages.detection import detect_language
from surveygen.summarize._english import base_forms, past_forms, word_list
from surveygen.summarize._facets import find_phrases
from surveygen.summarize._text import content_terms, split_sentences, title_parts

_MAX_WORDS = 4  # of a phrase that is counted; a longer one may show that a shorter one is only its part
_MAX_TOPIC_WORDS = 3
_MAX_SHARE = 0.4  # of the papers of a theme; a phrase of more names the theme, not a topic in it
_MIN_COMPLETE = 0.25  # share of the places of a phrase where it ends a noun phrase
_MAX_INSIDE = 0.7  # share of the papers of a phrase that have it only as a part of one longer phrase
_COVERED = 0.4  # share of the papers of a topic that must be new for it to be named
_MIN_PLAIN = 0.4  # share of its papers in whose title it is, or that have it twice
_MAX_CAPITALS = 2  # capitalized words that make a phrase a name
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ADJECTIVE = re.compile(
    r"-(?:[a-z]+ed|based|aware|driven|level|specific|free|like|style|oriented|only|wise|rich|poor)\Z"
)
_WORDS = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase that papers share.

    Attributes:
        phrase: as most of them write it. key: folded, so that spellings compare equal.
        papers: those that have it, sorted by id. evidence: a span for each, a sentence or a part of a title.
        plain: the share of them that have it in the title or more than once, 0 to 1.
    """

    phrase: str
    key: str
    papers: tuple[PaperId, ...]
    evidence: tuple[Evidence, ...]
    plain: float


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """Some words of a text: folded, as written, whether a noun phrase ends with them, whether they are all of it."""

    key: str
    written: str
    complete: bool
    whole: bool
    in_title: bool


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the words of a text in the singular without hyphens and capitals, other marks as a bar.

    >>> fold("Low-Resource Languages, again")
    'low resource language | again'
    """
    parts: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        if end and not _SPACE.fullmatch(text[end : word.start()]):
            parts.append("|")
        parts += [singular(part) for part in re.split(r"[-'’]", word[0].lower())]
        end = word.end()
    return " ".join(parts)


def find_topics(papers: Sequence[Paper], subjects: Collection[str]) -> tuple[Topic, ...]:
    """Return the phrases that at least two papers and at most two fifths of them share, and that set them apart.

    Args:
        papers: of one theme.
        subjects: texts, such as the name of the theme, whose words alone set nothing apart.
    """
    uses = _shared_phrases(papers)
    common_terms = _terms_of(subjects) | {singular(word) for word in word_list("topic_ends")}
    most = max(_MAX_SHARE * len(papers), 2)
    telling = [
        use
        for key, use in sorted(uses.items())
        if len(use.papers) <= most
        and use.is_noun_phrase()
        and not common_terms.issuperset(key.split())
        and not use.is_part(uses)
    ]
    spans_of = find_phrases(sorted(papers, key=lambda paper: paper.id), [use.written() for use in telling])
    topics: list[Topic] = []
    for use in telling:
        spans = spans_of[fold_name(use.written())]
        if 2 <= len(spans) <= most:
            topics.append(Topic(use.written(), use.key, tuple(span.paper for span in spans), spans, use.plain_share()))
    return tuple(topics)


def cover(topics: Sequence[Topic], missing: set[PaperId], allowed: int) -> Iterator[Topic]:
    """Yield the topic that names most of the missing papers, which it takes out of them, until few enough are left.

    Greedy with lazy evaluation (Minoux 1978): what a topic adds only ever falls, so that one is looked at again only
    where it comes first by what it added before.

    Args:
        topics: to choose from; each must name more missing papers than two fifths of its own.
        missing: papers that no topic names yet.
        allowed: how many may be left.
    """
    ordered = sorted(topics, key=lambda topic: topic.key, reverse=True)
    naming: dict[PaperId, list[int]] = defaultdict(list)
    gains = [0] * len(ordered)

    def cost(at: int) -> tuple[float, float, int]:
        return _COVERED * len(ordered[at].papers) - gains[at], -ordered[at].plain, at

    for at, topic in enumerate(ordered):
        for paper in missing.intersection(topic.papers):
            naming[paper].append(at)
            gains[at] += 1
    heap = [cost(at) for at in range(len(ordered))]
    heapify(heap)
    while heap and len(missing) > allowed:
        before = heappop(heap)
        at = before[-1]
        if cost(at) != before:
            heappush(heap, cost(at))
            continue
        if before[0] >= 0:
            return
        for paper in missing.intersection(ordered[at].papers):
            for other in naming[paper]:
                gains[other] -= 1
        missing.difference_update(ordered[at].papers)
        yield ordered[at]


def title_topics(paper: Paper, subjects: Collection[str] = ()) -> list[str]:
    """Return the noun phrases of a title, those that the abstract has too first, then the longest.

    Left out are the names of methods, which are written in capitals in the abstract too ("Adaptive Cancellation"), and
    phrases of words of the subjects alone.
    """
    subject_terms = _terms_of(subjects)
    items = [item for item in _occurrences(paper) if item.complete and _is_nominal(item.written)]
    body: dict[str, str] = {}
    for item in items:
        if not item.in_title and (item.key not in body or item.written.islower()):
            body[item.key] = item.written
    words = set(_WORDS.findall(paper.abstract))
    names = {word for word in words if word.istitle() and word.lower() not in words}
    phrases: dict[str, str] = {}
    for item in items:
        plain = item.key in body or not (_has_verb(item.written) or set(item.written.split()) & past_forms())
        if item.whole and item.in_title and plain and set(item.key.split()) - subject_terms:
            phrase = _WORDS.sub(partial(_as_in_text, names), body.get(item.key) or item.written)
            if sum(word.istitle() for word in _WORDS.findall(phrase)) < _MAX_CAPITALS:
                phrases[item.key] = phrase
    keys = sorted(phrases, key=lambda key: (key not in body, -key.count(" "), key))
    return [phrases[key] for key in keys]


def _terms_of(subjects: Collection[str]) -> set[str]:
    """Return the words of some texts, folded."""
    return {term for text in subjects for term in fold(" ".join(content_terms(text))).split()}


def _as_in_text(names: Collection[str], word: re.Match[str]) -> str:
    """Write a capitalized word of a title small, unless the abstract has it as a name."""
    return word[0].lower() if word[0].istitle() and word[0] not in names else word[0]


def _has_verb(phrase: str) -> bool:
    """Whether a phrase of a title may be a clause, such as "NMT favors characters" or "modeling the past"."""
    first, *others = phrase.lower().split()
    return (
        first.endswith(("ing", "ate", "ize", "ify"))
        or first in word_list("verbs")
        or any(word in base_forms() for word in others[:-1])
    )


class _Use:
    """The places of one phrase in the papers of a theme."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.papers: Counter[PaperId] = Counter()
        self.titles: set[PaperId] = set()
        self.spellings: Counter[str] = Counter()
        self.complete = 0
        self.longer: dict[str, set[PaperId]] = defaultdict(set)

    def add(self, paper: PaperId, item: _Occurrence) -> None:
        """Count one place."""
        self.papers[paper] += 1
        self.spellings[item.written] += 1 if item.in_title else len("abstract")
        self.complete += item.complete
        if item.in_title:
            self.titles.add(paper)

    def written(self) -> str:
        """Return the most common spelling in sentences, else in titles; in lower case if any paper writes it so."""
        return min(self.spellings, key=lambda text: (not text.islower(), -self.spellings[text], text))

    def is_noun_phrase(self) -> bool:
        """Whether its words and the words around it are those of a noun phrase."""
        if not self.titles or self.written().count(" ") >= _MAX_TOPIC_WORDS:
            return False
        enough = self.complete >= 2 and self.complete >= _MIN_COMPLETE * sum(self.papers.values())
        return enough and _is_nominal(self.written()) and self.plain_share() >= _MIN_PLAIN

    def plain_share(self) -> float:
        """Return the share of papers in whose title it is, or that have it more than once."""
        return sum(paper in self.titles or count > 1 for paper, count in self.papers.items()) / len(self.papers)

    def is_part(self, uses: dict[str, _Use]) -> bool:
        """Whether most papers that have it have it as a part of one and the same longer phrase."""
        return any(
            len(papers) >= _MAX_INSIDE * len(self.papers) and uses[longer].complete and _is_nominal(longer)
            for longer, papers in self.longer.items()
        )


def _shared_phrases(papers: Sequence[Paper]) -> dict[str, _Use]:
    """Return the uses of each phrase that two papers or more have, by its key."""
    papers_with = Counter(key for paper in papers for key in {item.key for item in _occurrences(paper)})
    uses = {key: _Use(key) for key, count in papers_with.items() if count > 1}
    for paper in papers:
        for item in _occurrences(paper):
            if item.key in uses:
                uses[item.key].add(paper.id, item)
    for key, use in uses.items():
        words = key.split()
        for part in (" ".join(words[1:]), " ".join(words[:-1])):
            if part in uses:
                uses[part].longer[key].update(use.papers)
    return uses


def _is_nominal(phrase: str) -> bool:
    """Whether the words of a phrase can be a noun with what describes it."""
    words = [word.lower() for word in phrase.split()]
    boilerplate, verbs = word_list("boilerplate.words"), word_list("author_verbs")
    if words[0] in boilerplate and words[0] not in word_list("topic_starts"):
        return False
    if words[-1] in boilerplate and words[-1] not in word_list("topic_ends"):
        return False
    if words[-1] in word_list("adjectives") or _ADJECTIVE.search(words[-1]):
        return False
    if any(word in word_list("topic_breaks") or word.endswith("ly") for word in words):
        return False
    first = words[0]
    acts = first in verbs or first in past_forms() or first in base_forms()
    gerund = first.endswith("ing") and first not in word_list("noun_gerunds")
    return not (acts or gerund or words[-1] in past_forms())


@lru_cache(maxsize=4096)
def _occurrences(paper: Paper) -> tuple[_Occurrence, ...]:
    """Return every run of two to four content words of title and abstract; of English papers only."""
    if detect_language(paper.text) != "en":
        return ()
    texts = [(paper.title[start:end], True) for start, end in title_parts(paper.title)]
    texts += [(paper.abstract[start:end], False) for start, end in split_sentences(paper.abstract)]
    return tuple(item for text, in_title in texts for item in _runs(text, in_title=in_title))


def _runs(text: str, *, in_title: bool) -> Iterator[_Occurrence]:
    stop_words, determiners = word_list("stop_words.en"), word_list("determiners")
    run: list[str] = []
    end = 0
    for word in [*_WORD.finditer(text), None]:
        joined = word is not None and run and _SPACE.fullmatch(text[end : word.start()])
        content = (
            word is not None and word[0].lower() not in stop_words and not word[0].isdigit() and "'" not in word[0]
        )
        if run and not (joined and content):
            following = word[0].lower() if joined and word is not None else ""
            yield from _parts(run, complete=following not in determiners, in_title=in_title)
            run = []
        if word is not None:
            run += [word[0]] if content else []
            end = word.end()


def _parts(run: Sequence[str], *, complete: bool, in_title: bool) -> Iterator[_Occurrence]:
    for start in range(len(run)):
        for stop in range(start + 2, min(start + _MAX_WORDS, len(run)) + 1):
            written = " ".join(run[start:stop])
            at_end = complete and stop == len(run)
            yield _Occurrence(fold(written), written, at_end, at_end and start == 0, in_title)
