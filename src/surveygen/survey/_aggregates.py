"""Write sentences that count papers."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from babel import Locale
from babel.lists import format_list

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Count, Evidence, FacetName, Role, Sentence
from surveygen.domain.survey import Paragraph
from surveygen.domain.text import MAX_TEXT, fold_name, singular, tokenize
from surveygen.domain.theme import Theme, ThemeId
from surveygen.survey._significance import false_discovery_rates, fisher_chance
from surveygen.survey.context import ComposeContext

_LEAST_OF = 4  # papers among which is counted: fewer are read at a glance
_LEAST = 2  # papers that a sentence counts
_LEAST_SHARE = 0.05  # of the papers, where this is more: a few of hundreds say nothing of them
_LEAST_FURTHER, _LEAST_FURTHER_SHARE = 3, 0.1  # the same for a property besides the kind of work
_TRIVIAL_SHARE = 0.85  # of the papers from which a property does not tell them apart
_SEVERAL = 3  # papers that use the only name of a sentence
_MAX_PARTS = 4  # counts of a sentence
_MAX_CONTRASTS = 4
_LEAST_CONTRASTED = 8  # papers of each theme that is compared
_FALSE_DISCOVERY_RATE = 0.05
_RECENT_YEARS = 2
_GAIN = 1.3  # times the share of the other papers, from which a property sets a theme apart
_LEAST_SPAN = 4  # years of a survey in which recent papers are worth a count
_CLOSED: tuple[FacetName, ...] = ("kind", "modality", "access", "people", "code")  # facets with values of a list
_FURTHER: tuple[FacetName, ...] = ("modality", "access", "year")  # what is told besides the kind of work
_OF_MANY: tuple[FacetName, ...] = ("people", "code")  # told of top themes and of the survey only
_NAME_WORDINGS = 2
_BARE: tuple[FacetName, ...] = ("people", "code", "year")  # which papers have or have not
_NAMED: tuple[FacetName, ...] = ("data", "model")  # facets whose values are names


def write_profile(context: ComposeContext, theme: Theme | None, frame: str = "count_of") -> Paragraph | None:
    """Tell what the papers of a theme have in common, None if there is nothing to count.

    The kinds of work come first, then what most papers share; each sentence counts one property.

    Args:
        context: of the edition.
        theme: whose papers, those of its sub-themes included, are counted; None for all papers of the survey.
        frame: the key of the words around the kinds of work.
    """
    scope = PaperScope.of(context, theme)
    if len(scope.papers) < _LEAST_OF:
        return None
    kinds = scope.count_parts(frame, "kind")
    sentences = [kinds] if kinds else []
    for facet in (*_FURTHER, *(_OF_MANY if theme is None or theme.parent is None else ())):
        # "Among them" after a sentence with one count could mean the papers of that count.
        key = "count_among" if sentences == [kinds] else "count_also" if sentences else "count_of"
        sentences += filter(None, [scope.count_parts(key, facet)])
    sentences += filter(None, (*(scope.count_names(facet) for facet in _NAMED), scope.count_languages()))
    return Paragraph(tuple(sentences)) if sentences else None


def count_kinds(context: ComposeContext, theme: Theme | None) -> Sentence | None:
    """Count the kinds of work of a theme or of all papers, None if fewer than two papers are of any one."""
    return PaperScope.of(context, theme).count_parts("count_of", "kind")


def count_limits(context: ComposeContext, theme: Theme, since: int = 0) -> Sentence | None:
    """Count the papers of a theme that tell a limit or a failure, None if fewer than two do.

    Args:
        context: of the edition.
        theme: with those below it.
        since: the first year of the papers that are considered, 0 for all.
    """
    scope = PaperScope.of(context, theme)
    considered = [paper for paper in scope.papers if (context.papers[paper].year or 0) >= since]
    told_by = scope.evidence.get(("limit", "yes"), {})
    papers = tuple(paper for paper in considered if paper in told_by)
    if len(papers) < _LEAST:
        return None
    counts = [Count("limit", "yes", papers, len(considered), theme.id, since)]
    spans = [told_by[paper] for paper in papers]
    key = "open_limits" if since else "theme_limits"
    return count_sentence(context, key, counts, spans, role="limit", year=str(since))


def compare_themes(context: ComposeContext) -> Paragraph | None:
    """Compare top themes by the properties in which they differ most, None if no difference is significant.

    Of each property, the themes with the largest and the smallest share are compared by Fisher's exact test, corrected
    for the pairs of themes (Bonferroni) and for the properties (Benjamini and Hochberg 1995).
    """
    tops = [PaperScope.of(context, top) for top in context.data.taxonomy.children(None)]
    tops = [scope for scope in tops if len(scope.papers) >= _LEAST_CONTRASTED]
    contrasts = [pair for name in _CLOSED for pair in _extremes(tops, name)]
    pairs = math.comb(len(tops), 2)
    rates = false_discovery_rates([min(1.0, pairs * _chance(more, less)) for more, less in contrasts])
    found = [pair for pair, rate in zip(contrasts, rates, strict=True) if rate <= _FALSE_DISCOVERY_RATE]
    found.sort(key=lambda pair: (_share(pair[1]) - _share(pair[0]), pair[0].facet, pair[0].value))
    scopes = {scope.theme: scope for scope in tops}
    sentences = tuple(filter(None, (_contrast(context, scopes, *pair) for pair in found[:_MAX_CONTRASTS])))
    return Paragraph(sentences) if sentences else None


def count_sentence(
    context: ComposeContext,
    key: str,
    counts: Sequence[Count],
    evidence: Sequence[Evidence],
    *,
    role: Role = "other",
    **values: object,
) -> Sentence | None:
    """Write fixed words of the edition's language around counts, citing the papers that are counted.

    None if these are so many that their marks do not fit a stored text.

    Args:
        context: of the edition.
        key: of the wording, which may name `{n}`, `{all}` and `{marks}` of the first count and the other values.
        counts: what the sentence counts; all are repeated by `verify`.
        evidence: a span for each paper counted.
        role: of the sentence.
        **values: further values of the wording, written as they are.
    """
    first = counts[0]
    text = context.say(key, n=len(first.papers), all=first.total, marks=citation_marks(first.papers), **values)
    return _aggregate(context, text, counts, evidence, role)


def citation_marks(papers: Iterable[PaperId]) -> str:
    """Return the citation marks of papers, as they stand in the text of a sentence."""
    return " ".join(f"[@{paper}]" for paper in papers)


@dataclass(frozen=True, eq=False)
class PaperScope:
    """The papers of a theme or of a survey, with what can be counted of them.

    Attributes:
        theme: None for all papers of the survey.
        papers: in the order of the references. subject: words of what they are about anyway.
    """

    context: ComposeContext
    theme: ThemeId | None
    papers: tuple[PaperId, ...]
    subject: frozenset[str]

    @classmethod
    def of(cls, context: ComposeContext, theme: Theme | None) -> PaperScope:
        """Return the papers of a theme and those below it, or all papers of the survey."""
        data = context.data
        rank = context.rank
        members = [item.paper for item in context.members(theme)] if theme else [paper.id for paper in data.papers]
        members.sort(key=lambda paper: (rank.get(paper, len(rank)), context.papers[paper].date or "9999", paper))
        themes = [data.taxonomy[name] for name in data.taxonomy.path(theme.id)] if theme else []
        subject = _words(" ".join((*data.all_titles, *(it.name for it in themes))))
        return cls(context, theme.id if theme else None, tuple(members), subject)

    @cached_property
    def evidence(self) -> Mapping[tuple[FacetName, str], Mapping[PaperId, Evidence]]:
        """The papers of each property, its value folded, in their order, with the first span that shows it."""
        found: dict[tuple[FacetName, str], dict[PaperId, Evidence]] = defaultdict(dict)
        for paper in self.papers:
            for facet in self.context.data.reviews[paper].facets:
                found[facet.name, fold_name(facet.value)].setdefault(paper, facet.evidence)
        return found

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """What can be counted, each value in its most common spelling; the most papers first."""
        spellings: dict[tuple[FacetName, str], Counter[str]] = defaultdict(Counter)
        for paper in self.papers:
            for facet in self.context.data.reviews[paper].facets:
                spellings[facet.name, fold_name(facet.value)][facet.value] += 1
        counts = (
            Count(
                name,
                min(spelled, key=lambda value: (-spelled[value], value)),
                tuple(self.evidence[name, folded]),
                len(self.papers),
                self.theme,
            )
            for (name, folded), spelled in spellings.items()
        )
        return tuple(sorted(counts, key=lambda count: (-len(count.papers), count.facet, count.value)))

    def count_parts(self, frame: str, facet: FacetName) -> Sentence | None:
        """Count values of a closed list in one sentence: "Of the 24 papers, 11 propose a method and 5 ..."."""
        counts = list(self._recent() if facet == "year" else self._telling(facet))
        counts.sort(key=lambda count: -len(count.papers))
        worded = [count for count in counts if _part_key(count) in self.context.language.words]
        return self._list(frame, [(count, _part(self.context, count)) for count in worded], n=len(self.papers))

    def count_names(self, facet: FacetName) -> Sentence | None:
        """Name what two or more papers use: "Several papers use the same data sets: SQuAD (5 papers), ..."."""
        counts = [it for it in self._telling(facet) if not _words(it.value) <= self.subject]
        if len(counts) == 1 and len(counts[0].papers) < _SEVERAL:
            return None
        return self._list(f"count_{facet}_{self._wording}", [(it, self._item(it, it.value)) for it in counts])

    @property
    def _wording(self) -> int:
        """The number of the wording that names are told in; neighboring themes have different ones."""
        return self.context.theme_numbers[self.theme] % _NAME_WORDINGS + 1 if self.theme is not None else 1

    def count_languages(self) -> Sentence | None:
        """Name the languages that two or more papers study, but those that the theme is named after."""
        english, own = (Locale.parse(code).languages for code in ("en", self.context.language.code))
        parts = [
            (count, self._item(count, str(own[count.value])))
            for count in self._telling("language")
            if count.value in own and not _words(str(english.get(count.value, ""))) <= self.subject
        ]
        return self._list("count_language", parts)

    def _telling(self, facet: FacetName) -> Iterator[Count]:
        """Yield the counts that are neither too few nor nearly all, and of a theme only what sets it apart.

        What as large a share of the other papers has says nothing of a theme; only its kinds of work always do.
        """
        few, share = _LEAST, _LEAST_SHARE
        if facet in (*_FURTHER, *_OF_MANY):
            few, share = _LEAST_FURTHER, _LEAST_FURTHER_SHARE
        for count in self.counts:
            named = facet != "kind" and _words(count.value) and _words(count.value) <= self.subject
            most = len(self.papers) - 1 if facet == "kind" else _TRIVIAL_SHARE * len(self.papers)
            fits = (
                count.facet == facet and max(few, share * len(self.papers)) <= len(count.papers) <= most and not named
            )
            if fits and (facet == "kind" or self._sets_apart(count)):
                yield count
                few = 1 if facet == "kind" else few  # beside a larger kind a single paper is worth its words

    def _sets_apart(self, count: Count) -> bool:
        """Whether the share of the papers with a property is clearly larger than that of the other papers."""
        others = len(self.context.papers) - len(self.papers)
        of_others = self.context.uses[count.facet, fold_name(count.value)] - len(count.papers)
        return len(count.papers) * others >= _GAIN * of_others * len(self.papers)

    def _recent(self) -> Iterator[Count]:
        """Yield the count of recent papers if a theme has more of them than the rest of the survey."""
        years = self.context.years
        if self.theme is None or not years or max(years) - min(years) < _LEAST_SPAN:
            return
        since = max(years) - _RECENT_YEARS + 1
        dated = {paper: year for paper in self.papers if (year := self.context.papers[paper].year) is not None}
        own = tuple(paper for paper, year in dated.items() if year >= since and self._title(paper))
        others = years - Counter(dated.values())
        usual = sum(n for year, n in others.items() if year >= since) / others.total() if others else 1.0
        if len(own) >= _LEAST_FURTHER and _GAIN * usual <= len(own) / len(self.papers) <= _TRIVIAL_SHARE:
            yield Count("year", str(since), own, len(self.papers), self.theme)

    def _title(self, paper: PaperId) -> tuple[Evidence, ...]:
        source = self.context.papers[paper]
        return (Evidence(paper, source.version, "title", 0, len(source.title)),) if source.title else ()

    def spans(self, count: Count) -> Iterator[Evidence]:
        """Yield a span for each paper of a count."""
        counted = self.evidence.get((count.facet, fold_name(count.value)), {})
        for paper in count.papers:
            yield from [counted[paper]] if paper in counted else self._title(paper)

    def _item(self, count: Count, value: str) -> str:
        marks = citation_marks(count.papers)
        return self.context.say("count_item", n=len(count.papers), value=value, marks=marks)

    def _list(self, frame: str, parts: Sequence[tuple[Count, str]], n: int | None = None) -> Sentence | None:
        """Join counts in a sentence; those that would make it too long to be stored are left out."""
        parts = parts[:_MAX_PARTS]
        while parts:
            listed = format_list([text for _, text in parts], locale=self.context.language.code)
            text = self.context.say(frame, n=len(parts) if n is None else n, list=listed)
            counts = [count for count, _ in parts]
            spans = [span for count in counts for span in self.spans(count)]
            if sentence := _aggregate(self.context, text, counts, spans):
                return sentence
            longest = max(range(len(parts)), key=lambda at: len(parts[at][1]))
            parts = [*parts[:longest], *parts[longest + 1 :]]
        return None


def _extremes(tops: Sequence[PaperScope], facet: FacetName) -> Iterator[tuple[Count, Count]]:
    """Yield for each value of a facet the counts of the themes with the largest and with the smallest share."""
    values = dict.fromkeys(count.value for scope in tops for count in scope.counts if count.facet == facet)
    for value in values if len(tops) > 1 else ():
        none = [Count(facet, value, (), len(scope.papers), scope.theme) for scope in tops]
        if _part_key(none[0]) in tops[0].context.language.words:
            found = [
                next((it for it in scope.counts if it.facet == facet and it.value == value), zero)
                for scope, zero in zip(tops, none, strict=True)
            ]
            yield max(found, key=_share), min(found, key=_share)


def _chance(more: Count, less: Count) -> float:
    sizes = (len(more.papers), len(less.papers))
    return fisher_chance(((sizes[0], sizes[1]), (more.total - sizes[0], less.total - sizes[1])))


def _share(count: Count) -> float:
    return len(count.papers) / count.total


def _contrast(context: ComposeContext, scopes: Mapping[ThemeId | None, PaperScope], *counts: Count) -> Sentence | None:
    """Tell how many papers of one theme have a property, and how few of another."""
    more, less = counts
    names = [context.name(count.theme) for count in counts if count.theme]
    first = context.say("contrast_first", n=more.total, theme=names[0], part=_part(context, more))
    if less.papers:
        second = context.say("contrast_second", n=less.total, theme=names[1], part=_part(context, less))
        text = context.say("contrast", n=less.total, first=first, second=second)
    else:
        text = context.say("contrast_none", n=less.total, first=first, theme=names[1])
    return _aggregate(context, text, counts, [span for count in counts for span in scopes[count.theme].spans(count)])


def _part_key(count: Count) -> str:
    """Return the key of the wording that counts a property of a closed list."""
    key = f"count_{count.facet}" if count.facet in _BARE else f"count_{count.facet}_{count.value}"
    return key.replace("-", "_")


def _part(context: ComposeContext, count: Count) -> str:
    marks = citation_marks(count.papers)
    return context.say(_part_key(count), n=len(count.papers), value=count.value, marks=marks)


def _aggregate(
    context: ComposeContext, text: str, counts: Sequence[Count], evidence: Iterable[Evidence], role: Role = "other"
) -> Sentence | None:
    """Return the sentence, None if it is too long to be stored whole."""
    if len(text) > MAX_TEXT:
        return None
    return Sentence(
        text=text,
        cites=tuple(dict.fromkeys(paper for count in counts for paper in count.papers)),
        evidence=tuple(dict.fromkeys(evidence)),
        method="aggregate",
        role=role,
        language=context.language.code,
        counts=tuple(counts),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(singular(word) for word in tokenize(text))
