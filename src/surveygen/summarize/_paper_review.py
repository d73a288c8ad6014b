"""What one paper says: its sentences with their roles, its quick review, its keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Field, PaperReview, Sentence
from surveygen.languages.detection import detect_language, stop_words
from surveygen.languages.phrases import is_unspaced
from surveygen.languages.phrases import phrases as split_phrases
from surveygen.summarize._content import content_value, is_empty
from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._facets import code_link, extract_facets
from surveygen.summarize._grounding import word_support
from surveygen.summarize._rewriting import replay, rewrite
from surveygen.summarize._roles import (
    Label,
    RoleLabel,
    label_note,
    label_sentences,
    mentions_problem,
    mentions_result,
    refine_role,
)
from surveygen.summarize._text import content_terms, split_sentences, title_parts

_SURE = 0.5  # probability from which a field is filled: benchmarks/train_roles.py prints how often it is then right
_TESTING, _GAP = 0.2, 0.15  # of the value of a sentence, beside `content_value`; chosen by reading 40 cards
_VERY_SURE = 0.7  # the same where no word names whose method it is
_MAX_SENTENCES = 3  # of a field
_ASKS = re.compile(rf"\] (?:[\w-]+ ){{0,2}}{phrases('asks')},? (?:\w+ly )?{phrases('asked')}\b", re.IGNORECASE)
_AIM, _LACKS, _TESTS, _OUTCOME = (
    re.compile(rf"\b{phrases(name)}", re.IGNORECASE) for name in ("aim", "lacks", "tests", "outcome")
)
_TASK = re.compile(r"\bproblems?\b", re.IGNORECASE)  # often no more than what is to be solved
_SIGNIFICANCE = re.compile(rf"\b{phrases('significance')}", re.IGNORECASE)

_MAX_KEYWORDS = 6
_MAX_KEYWORD_WORDS = 3
_BOUNDARY = re.compile(r"\$[^$]*\$|https?:\S+|[.,;:!?()\[\]{}\"“”]|\s[-–—]\s")  # no keyword goes across these
_NAME = re.compile(r"[^\W_][\w+./'’-]*[^\W_]|[^\W\d_]")  # words and names such as C++, CIFAR-10, I/O


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a paper that can stand alone.

    Attributes:
        sentence: the rewritten words with their source.
        label: what it does.
        own: how plainly it is about its paper, 0 to 1: 1 if it names the authors, else by the words of the title in it.
        late: whether it is in the second half of the abstract.
    """

    sentence: Sentence
    label: RoleLabel
    own: float
    late: bool

    def is_sure(self, label: Label) -> bool:
        """Whether the classifier is sure enough of a label, and the sentence is no limit."""
        found = self.label
        return found.label == label and found.probability >= _SURE and found.role != "limit"

    def states_finding(self) -> bool:
        """Whether a result is certain: by its label and its words."""
        label, text = self.label, self.sentence.text
        if label.role != "finding" or label.probability < _SURE or label.label not in ("method", "result"):
            return False
        return mentions_result(text) and not is_empty(self.sentence.plain)

    def states_aim(self) -> bool:
        """Whether the authors say what they want to find out or reach."""
        if self.own < 1 or self.label.role not in ("approach", "other"):
            return False
        asks = self.label.label != "background" and bool(_ASKS.search(self.sentence.text))
        return asks or bool(_AIM.search(self.sentence.text))

    def states_method(self) -> bool:
        """Whether the authors, or what they made, do something; a sentence that names no authors must be very sure."""
        if self.label.role != "approach" or is_empty(self.sentence.plain) or _OUTCOME.search(self.sentence.plain):
            return False
        if self.own == 1:
            return self.label.label in ("method", "objective") and self.label.probability >= _SURE
        very_sure = self.is_sure("method") and self.label.probability >= _VERY_SURE
        return very_sure and not mentions_problem(self.sentence.plain)

    def states_motivation(self) -> bool:
        """Whether it says what is wrong or missing."""
        sure = self.label.role == "problem" and self.is_sure("background")
        return sure and mentions_problem(_TASK.sub("", self.sentence.plain)) and not is_empty(self.sentence.plain)

    def tests(self) -> bool:
        """Whether the authors test or announce what they made, instead of describing it."""
        return bool(_TESTS.search(self.sentence.plain))

    def names_gap(self) -> bool:
        """Whether it says what existing work lacks."""
        return bool(_LACKS.search(self.sentence.plain))

    def states_significance(self) -> bool:
        """Whether it says, late in the abstract, why the result matters."""
        text, label = self.sentence.plain, self.label
        if not self.late or label.role == "limit" or label.label == "background" or self.states_finding():
            return False
        return not text.startswith(("To ", "In order to ")) and bool(_SIGNIFICANCE.search(text))


@lru_cache(maxsize=16_384)
def extract_statements(paper: Paper) -> tuple[Statement, ...]:
    """Split, label and rewrite an abstract; sentences that cannot stand alone are left out.

    Abstracts in another language than English are quoted, all as "other": the classifier knows English only.
    """
    spans = split_sentences(paper.abstract)
    texts = [paper.abstract[start:end] for start, end in spans]
    english = detect_language(paper.abstract) == "en"
    is_note = paper.abstract_kind == "note"
    if english:
        labels = label_note(texts) if is_note else label_sentences(texts)
    else:
        labels = (RoleLabel("other", "other", 0.0),) * len(texts)
    title = set(content_terms(paper.title))
    statements = []
    for position, (span, text, first_label) in enumerate(zip(spans, texts, labels, strict=True)):
        rewritten = rewrite(text, paper)
        if rewritten is None or (english and rewritten.language != "en"):  # the same abstract in two languages
            continue
        in_title = len(title.intersection(content_terms(text))) / len(title) if title else 0.0
        own = 1.0 if rewritten.rule != "quote" else min(0.99, 3 * in_title)
        late = position > 0 and 2 * position >= len(spans) - 1
        label = first_label if is_note else refine_role(first_label, rewritten.text, own, late=late)
        sentence = Sentence(
            text=rewritten.text,
            cites=(paper.id,),
            evidence=(Evidence(paper.id, paper.version, "abstract", *span),),
            rule=rewritten.rule,
            role=label.role,
            language=rewritten.language,
        )
        sentence = replace(sentence, support=word_support(sentence.plain, [text], [paper]))
        statements.append(Statement(sentence, label, own, late))
    return tuple(statements)


def review_paper(paper: Paper) -> PaperReview:
    """Sort what a paper says of itself into the fields of a review; what is uncertain is left out.

    No sentence stands in two fields. The one-line summary is chosen first, and is there whenever a sentence can be
    cited; each field takes its best sentences of the others.
    """
    statements = extract_statements(paper)
    facets = extract_facets(paper)
    kind = next((facet.evidence for facet in facets if facet.name == "kind"), None)
    one_liner = _one_liner(statements, kind)
    free = [item for item in statements if item is not one_liner]
    fields: dict[str, Any] = {}
    for name, choice in _CHOICES:
        chosen = choice.best(free, paper.title)
        fields[name] = tuple(item.sentence for item in chosen)
        free = [item for item in free if item not in chosen]
    code, code_evidence = code_link(paper)
    return PaperReview(
        paper=paper.id,
        one_liner=one_liner.sentence if one_liner else None,
        questions=tuple(islice(_questions(paper), _MAX_SENTENCES)),
        data=_data(paper),
        results=tuple(islice(_results(paper, statements), 1)),
        keywords=extract_keywords(paper),
        code=code,
        code_evidence=code_evidence,
        facets=facets,
        **fields,
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """How a field is filled.

    Attributes:
        fits: whether a statement may be in it. role: for which its content is valued.
        limit: the most sentences. bonus: raises or lowers the value of a sentence.
    """

    fits: Callable[[Statement], bool]
    role: str
    limit: int
    bonus: Callable[[Statement], float] = lambda _: 0.0

    def best(self, statements: Sequence[Statement], title: str) -> list[Statement]:
        """Return the statements that tell most, in the order of the text."""

        def value(item: Statement) -> float:
            return content_value(item.sentence.plain, title, self.role) + self.bonus(item)

        fitting = [item for item in statements if self.fits(item)]
        best = sorted(fitting, key=value, reverse=True)[: self.limit]
        return [item for item in fitting if item in best]


_CHOICES: tuple[tuple[str, _Choice], ...] = (
    ("limits", _Choice(lambda item: item.label.role == "limit", "limit", 2)),
    ("significance", _Choice(Statement.states_significance, "other", 1)),
    ("aims", _Choice(Statement.states_aim, "approach", 1)),
    ("findings", _Choice(Statement.states_finding, "finding", 2)),
    ("methods", _Choice(Statement.states_method, "approach", 2, lambda item: -_TESTING * item.tests())),
    ("motivation", _Choice(Statement.states_motivation, "problem", 1, lambda item: _GAP * item.names_gap())),
)


def _one_liner(statements: Sequence[Statement], kind: Evidence | None) -> Statement | None:
    """Return the sentence that sums up a paper: what its authors made or studied, else what they found."""
    tiers: tuple[Callable[[Statement], bool], ...] = (
        lambda item: item.sentence.evidence == (kind,) and item.own == 1,
        lambda item: item.own == 1 and item.label.role == "approach" and not item.tests(),
        lambda item: not item.tests() and (item.states_method() or item.is_sure("objective")),
        lambda item: item.own == 1 and item.states_finding(),
        lambda item: item.own == 1 and item.label.role == "approach",
        lambda item: item.own == 1 or item.label.role in ("finding", "approach"),
        lambda _: True,
    )
    for tier in tiers:
        fitting = [item for item in statements if tier(item)]
        if telling := next((item for item in fitting if not is_empty(item.sentence.plain)), None):
            return telling
    return next(iter(statements), None)


def _data(paper: Paper) -> tuple[Sentence, ...]:
    """Return the names in the sentence that names most data sets."""
    spans = split_sentences(paper.abstract) if detect_language(paper.abstract) == "en" else ()
    named = [sentence for span in spans for sentence in _extracted(paper, "data", "abstract", *span)]
    return (max(named, key=lambda sentence: sentence.plain.count(";")),) if named else ()


def _questions(paper: Paper) -> Iterator[Sentence]:
    """Yield what the paper asks in its title or in its abstract."""
    for begin, end in title_parts(paper.title):  # without what a colon sets before the question
        if re.search(r"(?<![?!.:])\?\Z", paper.title[begin:end]):
            yield from _extracted(paper, "question", "title", begin, end)
    for begin, end in split_sentences(paper.abstract):
        if paper.abstract[end - 1] == "?":
            yield from _extracted(paper, "question", "abstract", begin, end)


def _results(paper: Paper, statements: Sequence[Statement]) -> Iterator[Sentence]:
    """Yield the results in numbers of the sentences that state a finding, and of late ones that cannot stand alone."""
    spans = split_sentences(paper.abstract) if detect_language(paper.abstract) == "en" else ()
    labels = {item.sentence.evidence[0].start: item.label.role for item in statements}
    for position, (start, end) in enumerate(spans):
        late = 2 * position >= len(spans) - 1
        if labels.get(start, "finding" if late else "") == "finding":
            yield from _extracted(paper, "result", "abstract", start, end)


def _extracted(paper: Paper, rule: str, field: Field, start: int, end: int) -> Iterator[Sentence]:
    text = replay(rule, getattr(paper, field)[start:end], paper)
    if text is not None:
        yield Sentence(text, (paper.id,), (Evidence(paper.id, paper.version, field, start, end),), rule=rule)


def extract_keywords(paper: Paper) -> tuple[str, ...]:
    """Return at most six phrases of one to three words, those of title and abstract together first.

    A phrase counts by its occurrences, more if it is in the title or has several words; phrases of function words or of
    words that every paper uses are left out, and so are phrases inside a chosen one.
    """
    language = detect_language(paper.text)
    title, body = _phrases(paper.title, language), _phrases(paper.abstract, language)
    lowered = [phrase.lower() for phrase in [*title, *body]]
    counts = Counter(lowered)
    in_title = set(lowered[: len(title)])
    spelling = {phrase.lower(): phrase for phrase in [*reversed(title), *reversed(body)]}
    order = {phrase: position for position, phrase in enumerate(dict.fromkeys(lowered))}

    def rank(phrase: str) -> tuple[float, int]:
        length = min(len(phrase) // 2, _MAX_KEYWORD_WORDS) if is_unspaced(phrase) else phrase.count(" ") + 1
        both = phrase in in_title and counts[phrase] > 1
        return -(counts[phrase] * (1.0 + 0.6 * (length - 1)) + 1.5 * (phrase in in_title) + both), order[phrase]

    chosen: list[str] = []
    # Without spaces, only a run of characters that is repeated is known to be a term.
    candidates = (it for it in counts if counts[it] > 1 or (it in in_title and not is_unspaced(it)))
    for phrase in sorted(candidates, key=rank):
        parts = _parts(phrase)
        if not any(parts & _parts(other) for other in chosen):
            chosen.append(phrase)
    return tuple(spelling[phrase] for phrase in chosen[:_MAX_KEYWORDS])


def _parts(phrase: str) -> set[str]:
    """Return the words of a phrase, or the pairs of characters where no spaces divide words."""
    if is_unspaced(phrase):
        return {phrase[at : at + 2] for at in range(len(phrase) - 1)}
    return set(phrase.split())


def _phrases(text: str, language: str) -> list[str]:
    """Return the phrases of one to three words that could be keywords."""
    if language != "en":
        return list(split_phrases(text, language, stop_words(language), _MAX_KEYWORD_WORDS))
    function_words, boilerplate = word_list("stop_words.en"), word_list("boilerplate.words")
    candidates: list[str] = []
    for piece in _BOUNDARY.split(text):
        run: list[str] = []
        for word in [*_NAME.findall(piece), ""]:
            if word and word.lower() not in function_words and not word[0].isdigit():
                run.append(word)
                continue
            telling = [token.lower() not in boilerplate for token in run]
            candidates += [
                " ".join(run[i : i + n])
                for n in range(1, _MAX_KEYWORD_WORDS + 1)
                for i in range(len(run) - n + 1)
                if telling[i] and telling[i + n - 1] and len(run[i]) > 1
            ]
            run = []
    return candidates
