"""Find the phrases that papers of a theme share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_MIN_FIRST = 0.35  # the same where it begins one: "resource languages" is cut out of "low-resource languages"
_MAX_INSIDE = 0.7  # share of the papers of a phrase that have it only as a part of one longer phrase
_MIN_TITLES = 2  # papers with it in the title; one where only two deal with it
_MIN_PLAIN = 0.3  # share of its papers in whose title it is, or that have it twice
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ADJECTIVE = re.compile(
    r"-(?:[a-z]+ed|based|aware|driven|level|specific|free|like|style|oriented|only|wise|rich|poor)\Z"
)
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
    """Some words of a text: folded, as written, whether a noun phrase begins with them, whether one ends with them."""

    key: str
    written: str
    first: bool
    complete: bool
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
    common_terms = _terms_of(subjects) | {
        singular(word) for word in word_list("topic_ends") | word_list("topic_fillers")
    }
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
        dealing = tuple(span.paper for span in spans)
        if 2 <= len(spans) <= most and len(use.titles.intersection(dealing)) >= min(_MIN_TITLES, len(dealing) - 1):
            topics.append(Topic(use.written(), use.key, dealing, spans, use.plain_share()))
    return tuple(topics)


def _terms_of(subjects: Collection[str]) -> set[str]:
    """Return the words of some texts, folded."""
    return {term for text in subjects for term in fold(" ".join(content_terms(text))).split()}


class _Use:
    """The places of one phrase in the papers of a theme."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.papers: Counter[PaperId] = Counter()
        self.titles: set[PaperId] = set()
        self.spellings: Counter[str] = Counter()
        self.first = self.complete = 0
        self.longer: dict[str, set[PaperId]] = defaultdict(set)

    def add(self, paper: PaperId, item: _Occurrence) -> None:
        """Count one place."""
        self.papers[paper] += 1
        self.spellings[item.written] += 1 if item.in_title else len("abstract")
        self.first += item.first
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
        uses = sum(self.papers.values())
        enough = self.complete >= 2 and self.complete >= _MIN_COMPLETE * uses and self.first >= _MIN_FIRST * uses
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
    unspecific = word_list("topic_openers")
    for start in range(len(run)):
        for stop in range(start + 2, min(start + _MAX_WORDS, len(run)) + 1):
            written = " ".join(run[start:stop])
            first = start == 0 or run[start - 1].lower() in unspecific
            yield _Occurrence(fold(written), written, first, complete and stop == len(run), in_title)
