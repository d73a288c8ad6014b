"""Write the introduction, the background and the conclusion of the survey."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from babel.lists import format_list

from surveygen.domain.summary import Count, Sentence
from surveygen.domain.survey import Block, Note, Paragraph, Section
from surveygen.domain.text import fold_name, singular, tokenize
from surveygen.domain.theme import Theme
from surveygen.languages.definitions import read_definition
from surveygen.survey._aggregates import PaperScope, count_sentence, write_profile
from surveygen.survey.context import ComposeContext

INTRODUCTION = "introduction"
_MIN_DEFINITIONS = 3  # for a section of their own
_MAX_SURVEYS = 2  # of which a sentence is quoted
_MIN_TOPICS, _MAX_TOPICS = 2, 4  # that tell a theme from others
_THEME_WORDINGS = 2
_MIN_DATED = 8  # papers of which half are a number worth a sentence


def write_introduction(context: ComposeContext) -> Section:
    """Say what the field is about, which papers are surveys, and how the themes differ."""
    front = context.data.front_matter
    definitions = front.definitions if len(front.definitions) < _MIN_DEFINITIONS else ()
    about = context.quoted.claim_new((*front.introduction, *definitions))
    blocks: list[Block] = [Paragraph(about)] if about else []
    if surveys := tuple(_surveys(context)):
        blocks.append(Paragraph(surveys))
    tops = context.data.taxonomy.children(None)
    if tops:
        lines = (_theme(context, top, at % _THEME_WORDINGS + 1) for at, top in enumerate(tops))
        blocks.append(Note(context.language.sentence_gap.join((context.say("intro_themes", n=len(tops)), *lines))))
    else:
        blocks.append(Note(context.say("no_themes"), "notice"))
    return Section(INTRODUCTION, context.say("introduction"), 1, tuple(blocks))


def write_background(context: ComposeContext) -> tuple[Section, ...]:
    """Define the terms of the field in the words of the papers; no section for one or two."""
    definitions = context.quoted.claim_new(context.data.front_matter.definitions)
    if len(definitions) < _MIN_DEFINITIONS:
        return ()
    return (Section("background", context.say("axis_background"), 1, (Paragraph(definitions),)),)


def write_conclusion(context: ComposeContext) -> tuple[Section, ...]:
    """Count what all papers of the survey have in common; no section if there is less to count."""
    profile = write_profile(context, None, "conclude_kinds")
    kinds = PaperScope.of(context, None).count_parts("conclude_kinds", "kind")
    counted = profile.sentences if profile else tuple(filter(None, [kinds]))
    sentences = (*counted, *_recent(context))
    if not sentences:
        return ()
    return (Section("conclusion", context.say("conclusion"), 1, (Paragraph(sentences),)),)


def _surveys(context: ComposeContext) -> Iterator[Sentence]:
    """Yield how many papers are surveys, then what the most central ones say of themselves."""
    scope = PaperScope.of(context, None)
    count = next((it for it in scope.counts if (it.facet, it.value) == ("kind", "survey")), None)
    if count is None or len(count.papers) == len(scope.papers):
        return
    yield from filter(None, [count_sentence(context, "intro_surveys", [count], list(scope.spans(count)))])
    placed = context.data.assignments
    scores = {paper: placed[paper].score for paper in count.papers if paper in placed and not placed[paper].outside}
    central = sorted(scores, key=lambda paper: (-scores[paper], paper))[:_MAX_SURVEYS]
    # What a survey says of its subject is not what it does.
    lines = (line for paper in central if (line := context.data.reviews[paper].one_liner) and line.rule != "quote")
    yield from context.quoted.claim_new(tuple(lines))


def _theme(context: ComposeContext, theme: Theme, wording: int) -> str:
    """Return the size, the years and the topics of a theme in fixed words; a topic in its name or the title is none."""
    members = context.members(theme)
    years = sorted(year for item in members if (year := context.papers[item.paper].year) is not None)
    span = "–".join(dict.fromkeys((str(years[0]), str(years[-1])))) if years else "–"
    subject = _words(" ".join((theme.name, *context.data.all_titles)))
    summary = context.data.summaries.get(theme.id)
    strands = sorted(summary.strands if summary else (), key=lambda strand: -len(strand.papers))
    topics = [it.topic for it in strands if len(it.papers) > 1 and not _words(it.topic) <= subject]
    below = [name for child in context.data.taxonomy.children(theme.id) if (name := _subject(context, child))]
    words = [keyword for keyword in theme.keywords if not _words(keyword) <= subject]
    more = below or words or [context.name(theme.id)]
    listed: dict[str, str] = {}
    for topic in (*topics, *(more if len(topics) < _MIN_TOPICS else ())):
        listed.setdefault(fold_name(topic), context.say("quoted_topic", topic=topic))
    named = format_list(list(listed.values())[:_MAX_TOPICS], locale=context.language.code)
    values = {"theme": context.name(theme.id), "years": span, "topics": named}
    return context.say(f"intro_theme_{wording}", n=len(members), **values)


def _subject(context: ComposeContext, theme: Theme) -> str:
    """Return what a theme is about, an induced one in the letter case of the papers; "" for one of several subjects."""
    definition = read_definition(theme.description) if theme.origin == "induced" else None
    name = context.name(theme.id)
    if definition is None:
        return name
    if definition.key == "theme_mixed":
        return ""
    return definition.name if fold_name(definition.name) == fold_name(name) else name


def _words(text: str) -> set[str]:
    return {singular(word) for word in tokenize(text)}


def _recent(context: ComposeContext) -> Iterator[Sentence]:
    """Yield since which year half of the papers date, if there are older ones."""
    scope = PaperScope.of(context, None)
    years = sorted(context.years)
    newer = accumulate(context.years[year] for year in reversed(years))
    since = next((year for year, n in zip(reversed(years), newer, strict=True) if 2 * n >= len(scope.papers)), 0)
    papers = tuple(paper for paper in scope.papers if since and (context.papers[paper].year or 0) >= since)
    count = Count("year", str(since), papers, len(scope.papers))
    spans = list(scope.spans(count))
    if len(scope.papers) >= _MIN_DATED and papers and since > years[0] and len(spans) == len(papers):
        yield from filter(None, [count_sentence(context, "conclude_recent", [count], spans, value=str(since))])
