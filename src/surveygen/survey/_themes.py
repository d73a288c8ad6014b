"""Write the sections of themes, and those across them, such as bridges and results."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.survey import (
    Block,
    ComparisonRow,
    ComparisonTable,
    KeyValueTable,
    Note,
    PaperItem,
    PaperList,
    Paragraph,
    ResultRow,
    ResultsTable,
    Section,
)
from surveygen.domain.text import singular, tokenize
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.survey._aggregates import compare_themes, count_limits, write_profile
from surveygen.survey._paragraphs import write_limits, write_strands
from surveygen.survey._significance import false_discovery_rates, fisher_chance
from surveygen.survey.context import ComposeContext

_MAX_BRIDGES = 12
_MAX_TERMS = 10  # rising, and falling
_MAX_YEARS = 8  # with papers of a term, the latest
_MAX_QUESTIONS = 5  # of a top theme
_MIN_QUESTION = 5  # words
_MIN_LETTERS = 4  # of a word that carries a subject
_SUBJECT_SHARE = 0.25  # of the papers before and since: a term of so many names the subject of the survey
_MIN_PAPERS = 20  # before and since the year that divides them
_MIN_USES = 5  # of a term: the exact test cannot tell fewer uses from chance
_FALSE_DISCOVERY_RATE = 0.05
_MIN_FILLED = 0.25  # share of the rows of a column that have a cell
_MIN_ROWS = 3  # papers; fewer are no comparison
_MAX_ROWS = 120  # no table fills a book
_COINED = re.compile(r"\w[A-Z]|\d")  # a name: LSTM, word2vec

Cells = Mapping[str, Sentence | None]


def write_themes(context: ComposeContext) -> tuple[Section, ...]:
    """Write the sections of all themes in reading order; a theme without papers has none."""
    return tuple(section for top in context.data.taxonomy.children(None) for section in _subtree(context, top, 1))


def _subtree(context: ComposeContext, theme: Theme, level: int) -> Iterator[Section]:
    members = context.members(theme)
    if not members:
        return
    blocks: list[Block] = [Note(theme.description, "definition")] if theme.description else []
    years = [year for item in members if (year := context.papers[item.paper].year) is not None]
    uncertain = sum(item.uncertain for item in members)
    size = [context.say("theme_papers", n=len(members))]
    if years and min(years) == max(years):
        size.append(context.say("theme_year", year=str(min(years))))
    elif years:
        size.append(context.say("theme_years", first=str(min(years)), last=str(max(years))))
    if uncertain:
        size.append(context.say("theme_uncertain", n=uncertain))
    blocks.append(Note(context.language.sentence_gap.join(size)))
    blocks += _running_text(context, theme)
    children = context.data.taxonomy.children(theme.id)
    below = [section for child in children for section in _subtree(context, child, level + 1)]
    blocks += _comparison(context, theme, [item for item in members if not below or item.theme == theme.id])
    yield Section(f"theme-{theme.id}", context.name(theme.id), level, tuple(blocks), theme.id)
    yield from below


def _running_text(context: ComposeContext, theme: Theme) -> tuple[Paragraph, ...]:
    """Write what can be counted of a theme, then its strands; a single count begins the first of these."""
    profile = write_profile(context, theme)
    strands = write_strands(context, theme, context.data.summaries.get(theme.id))
    if profile is None or len(profile.sentences) > 1:
        return (*([profile] if profile else []), *strands)
    first = strands[:1]
    return (*(replace(it, sentences=(*profile.sentences, *it.sentences)) for it in first), *strands[1:])


def _comparison(context: ComposeContext, theme: Theme, members: Sequence[Assignment]) -> Iterator[ComparisonTable]:
    """Compare what the running text does not say of papers: data sets, a result in numbers, code; oldest first.

    Cells are names and short phrases. A column that few papers fill is left out, and so is a paper without a cell; no
    table of fewer than three papers. A theme of more than `_MAX_ROWS` papers compares its most typical ones.
    """
    cards = [context.data.reviews[item.paper] for item in members]
    filled = [(card, cells) for card in cards if any((cells := _cells(card)).values())]
    columns = [name for name in ("data", "result") if _is_filled(filled, name)]
    shown = [card for card, cells in filled if any(cells[name] for name in columns)][:_MAX_ROWS]
    if not columns or len(shown) < _MIN_ROWS:
        return
    shown.sort(key=lambda card: (context.papers[card.paper].date or "9999", card.paper))
    rows = tuple(ComparisonRow(card.paper, tuple(_cells(card)[name] for name in columns), card.code) for card in shown)
    key = "comparison_caption" if len(rows) == len(members) else "comparison_some"
    caption = context.say(key, theme=context.name(theme.id), n=len(rows), all=len(members))
    yield ComparisonTable(caption, tuple(context.say(f"column_{name}") for name in columns), rows)


def _cells(card: PaperReview) -> Cells:
    """Return the cells of a paper by column."""
    return {"data": next(iter(card.data), None), "result": next(iter(card.results), None)}


def _is_filled(rows: Sequence[tuple[PaperReview, Cells]], column: str) -> bool:
    return sum(cells[column] is not None for _, cells in rows) >= _MIN_FILLED * max(len(rows), 1)


def write_cross_theme(context: ComposeContext) -> tuple[Section, ...]:
    """Compare the themes, list the papers between them and the rising and falling terms; no section without any."""
    blocks = (*filter(None, [compare_themes(context)]), *_bridges(context), *_trend_blocks(context))
    return (Section("across", context.say("across"), 1, blocks),) if blocks else ()


def write_questions(context: ComposeContext) -> tuple[Section, ...]:
    """List what the papers ask by top theme, one question of each paper; no section without any."""
    blocks: list[Block] = []
    for top in context.data.taxonomy.children(None):
        chosen: list[Sentence] = []
        for item in context.members(top):
            if len(chosen) < _MAX_QUESTIONS:
                asked = (it for it in context.data.reviews[item.paper].questions if _is_asked(context, item, it))
                chosen += context.quoted.claim_new(tuple(islice(asked, 1)))
        if chosen:
            blocks.append(Paragraph(tuple(chosen), context.name(top.id), "list"))
    return (Section("questions", context.say("research_questions"), 1, tuple(blocks)),) if blocks else ()


def _is_asked(context: ComposeContext, item: Assignment, question: Sentence) -> bool:
    """Whether a sentence is a question about the subject of its paper, asked in the abstract or by half of the title.

    A question in the title must name something of the paper's theme: many are puns.
    """
    themes = [context.data.taxonomy[theme] for theme in item.path]
    subject = {word for theme in themes for text in (theme.name, *theme.keywords) for word in _words(text)}
    field = question.evidence[0].field
    if field == "abstract":
        subject |= _words(" ".join(context.data.reviews[item.paper].keywords))
    elif question.evidence[0].end - question.evidence[0].start == len(context.papers[item.paper].title):
        return False  # the title itself
    words = tokenize(question.plain)
    return question.plain.endswith("?") and len(words) >= _MIN_QUESTION and bool(subject & _words(question.plain))


def _words(text: str, letters: int = _MIN_LETTERS) -> set[str]:
    """Return the words of a text in the singular; nearly no function word has four letters or more."""
    return {singular(word) for word in tokenize(text) if len(word) >= letters}


def write_open_problems(context: ComposeContext) -> tuple[Section, ...]:
    """Tell how many of the newest papers of each top theme report limits, then which, or what a model says is open.

    A theme in which fewer than two papers do so is left out, unless full texts tell limits.
    No section without any.
    """
    blocks: list[Block] = []
    for top in context.data.taxonomy.children(None):
        summaries = [context.data.summaries.get(theme.id) for theme in context.data.taxonomy.subtree(top.id)]
        problems = [it for found in summaries if found for it in context.quoted.claim_new(found.open_problems)]
        if problems:
            blocks.append(Paragraph(tuple(problems), context.name(top.id), "list"))
        elif (summary := context.data.summaries.get(top.id)) is not None:
            groups = write_limits(context, top, summary)
            count = count_limits(context, top, summary.since) if groups else None
            if count is not None:
                blocks += [replace(groups[0], sentences=(count, *groups[0].sentences)), *groups[1:]]
            elif any(_is_from_full_text(sentence) for group in groups for sentence in group.sentences):
                blocks += groups
    return (Section("open-problems", context.say("open_problems"), 1, tuple(blocks)),) if blocks else ()


def _is_from_full_text(sentence: Sentence) -> bool:
    return any(span.field.startswith(TEXT_FIELD) for span in sentence.evidence)


def _bridges(context: ComposeContext) -> Iterator[Block]:
    """List papers with a large share in another top theme too, smallest margin first."""
    taxonomy = context.data.taxonomy

    def other_top(item: Assignment) -> ThemeId | None:
        tops = (taxonomy.path(theme)[0] for theme in item.secondary if theme in taxonomy)
        return next((top for top in tops if top != item.path[0]), None)

    assigned = [item for item in context.data.assignments.values() if not item.outside]
    bridges = [(item, other) for item in assigned if (other := other_top(item)) is not None]
    if not bridges:
        return
    closest = sorted(bridges, key=lambda pair: (pair[0].margin, pair[0].paper))[:_MAX_BRIDGES]
    items = tuple(
        PaperItem(item.paper, context.papers[item.paper].title, f"{context.name(item.path[0])} ↔ {context.name(other)}")
        for item, other in closest
    )
    yield PaperList(context.say("counted_name", name=context.say("bridges"), n=len(bridges)), items)
    yield Note(context.say("bridges_text"))
    if len(bridges) > _MAX_BRIDGES:
        yield Note(context.say("and_more", n=len(bridges) - _MAX_BRIDGES))


@dataclass(frozen=True, slots=True)
class _Trend:
    """A term with its papers before the dividing year, since, and by year."""

    term: str
    before: int
    after: int
    years: tuple[tuple[int, int], ...]


def _trend_blocks(context: ComposeContext) -> Iterator[Block]:
    """Compare the terms of papers before the median year with those since; nothing if either half is small."""
    data = context.data
    dated = [(paper.year, data.reviews[paper.id].keywords) for paper in data.papers if paper.year is not None]
    middle = sorted(year for year, _ in dated)[len(dated) // 2] if dated else 0
    earlier = sum(year < middle for year, _ in dated)
    later = len(dated) - earlier
    if min(earlier, later) < _MIN_PAPERS:
        return
    trends: list[_Trend] = []
    for term, by_year in _frequent_terms(dated):
        before = sum(n for year, n in by_year.items() if year < middle)
        trends.append(_Trend(term, before, by_year.total() - before, tuple(sorted(by_year.items()))))
    common = {it.term for it in trends if min(it.before / earlier, it.after / later) >= _SUBJECT_SHARE}
    trends = _telling(trends, [*data.all_titles, *common], [paper.abstract for paper in data.papers])
    significant = _significant(trends, earlier, later)
    rising = [trend for trend in significant if trend.after * earlier > trend.before * later]
    falling = [trend for trend in significant if trend.after * earlier < trend.before * later]

    def counts(trend: _Trend) -> str:
        values = {"before": trend.before, "earlier": earlier, "after": trend.after, "later": later}
        text = context.say("trend_row", year=str(middle), **values)
        return f"{text} ({', '.join(f'{year}: {n}' for year, n in trend.years[-_MAX_YEARS:])})"

    for key, terms in (("rising", rising), ("falling", falling)):
        if terms:
            yield KeyValueTable(context.say(key), tuple((trend.term, counts(trend)) for trend in terms[:_MAX_TERMS]))
    if rising or falling:
        yield Note(context.say("terms_text"))


def _telling(trends: Sequence[_Trend], subjects: Sequence[str], abstracts: Sequence[str]) -> list[_Trend]:
    """Leave out single common words, and terms that repeat a subject of the survey, in full or as an acronym."""
    subject_words = [_words(subject, 1) for subject in subjects]
    named = [it for it in trends if " " in it.term or _COINED.search(it.term)]
    telling: list[_Trend] = []
    for trend in named:
        words = _words(_expansion(trend.term, abstracts), 1)
        # It repeats a subject if it has no word of its own, or at least two words of the subject, or its only one.
        repeated = (it for it in subject_words if it and (words <= it or len(words & it) >= min(2, len(it))))
        if not any(repeated):
            telling.append(trend)
    return telling


def _expansion(term: str, abstracts: Sequence[str]) -> str:
    """Return the words that the first abstract to explain an acronym has for it; other terms stay as they are."""
    letters = term.removesuffix("s")
    if not letters.isupper() or not letters.isalpha():
        return term
    words = "[ -]".join(rf"{letter}[^\W\d_]*" for letter in letters)
    explained = re.compile(rf"\b({words}) \({term}", re.IGNORECASE)
    matches = (explained.search(abstract) for abstract in abstracts if f"({term}" in abstract)
    return next((match[1] for match in matches if match), term)


def _frequent_terms(dated: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[str, Counter[int]]]:
    """Return each frequent keyword in its most common spelling, with its papers by year.

    Letter case and a plural in "s" make no other keyword.
    """
    years: dict[str, Counter[int]] = defaultdict(Counter)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for year, keywords in dated:
        of_paper: dict[str, str] = {}
        for keyword in keywords:
            folded = keyword.casefold()
            is_plural = folded.endswith("s") and not folded.endswith("ss") and len(folded) > 3
            of_paper[folded[:-1] if is_plural else folded] = keyword
        for key, keyword in of_paper.items():
            years[key][year] += 1
            spellings[key][keyword] += 1
    frequent = sorted(key for key, by_year in years.items() if by_year.total() >= _MIN_USES)
    return [(min(spellings[key], key=lambda word: (-spellings[key][word], word)), years[key]) for key in frequent]


def _significant(trends: Sequence[_Trend], earlier: int, later: int) -> list[_Trend]:
    """Select the terms whose uses differ by Fisher's exact test, corrected by Benjamini and Hochberg (1995)."""
    tables = (((it.before, it.after), (earlier - it.before, later - it.after)) for it in trends)
    chances = [fisher_chance(table) for table in tables]
    rates = false_discovery_rates(chances)
    ranked = sorted(zip(chances, trends, rates, strict=True), key=lambda row: (row[0], row[1].term))
    return [trend for _, trend, rate in ranked if rate <= _FALSE_DISCOVERY_RATE]


def write_results(context: ComposeContext) -> tuple[Section, ...]:
    """Show the values on each data set that two papers share, as printed and in no order of merit; none without any."""
    data = context.data
    if not data.results:
        return ()
    blocks: list[Block] = [Note(context.say("results_about"))]
    for results in data.results:
        differing = results.conflicts()
        rows = tuple(
            ResultRow(cell, data.texts.records[cell.paper].link(cell.element), differs=at in differing)
            for at, cell in enumerate(results.cells)
        )
        caption = context.say("results_on", name=results.name, n=len({cell.paper for cell in results.cells}))
        blocks.append(ResultsTable(caption, results.name, results.file, rows))
    return (Section("results", context.say("results"), 1, tuple(blocks)),)
