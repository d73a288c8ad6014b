"""Write what stands before the themes: abstract, at a glance, method, taxonomy, overview."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from surveygen.domain.summary import Sentence
from surveygen.domain.survey import (
    Block,
    KeyValueTable,
    Note,
    PaperItem,
    PaperList,
    Paragraph,
    Quality,
    Section,
    TaxonomyFigure,
    YearChart,
)
from surveygen.languages import load
from surveygen.survey._figures import write_map, write_timeline
from surveygen.survey._flow import write_flow
from surveygen.survey._similarity import write_likeness
from surveygen.survey.context import ComposeContext, telling
from surveygen.survey.counts import chart_years

METHOD = "method"
_EXAMPLES = 3  # papers named at a leaf of the taxonomy figure: more do not fit one line of A4
_MOST_CITED = 10


def write_abstract(desk: ComposeContext) -> Section:
    """Say what the draft covers, in numbers, and that software wrote it."""
    material = desk.material
    by_person = any(edit.target for edit in material.edits)
    notices = [desk.say("drafted_and_edited" if by_person else "drafted_by_software")]
    notes = sum(paper.abstract_kind == "note" for paper in material.papers)
    if notes:
        notices.append(desk.say("editor_notes", n=notes))
    told = desk.used.take(material.frame.abstract)
    blocks: list[Note | Paragraph] = [Note(_numbers(desk)), *([Paragraph(told)] if told else [])]
    blocks += [Note(notice, "notice") for notice in notices]
    return Section("abstract", desk.say("abstract"), 1, tuple(blocks))


def _numbers(desk: ComposeContext) -> str:
    """Tell in fixed words how much the draft covers."""
    material = desk.material
    years = [paper.year for paper in material.papers if paper.year is not None]
    tops = material.taxonomy.children(None)
    parts = [desk.say("abstract_scope", n=len(material.papers), title=material.title)]
    if years:
        parts.append(desk.say("abstract_years", first=str(min(years)), last=str(max(years))))
    if tops:
        names = "; ".join(f"{desk.name(top.id)} ({len(desk.members(top))})" for top in tops)
        parts.append(desk.say("abstract_themes", n=len(tops), names=names))
    parts.append(desk.say("abstract_claims"))
    return " ".join(parts)


def with_other_languages(desk: ComposeContext, abstract: Section) -> Section:
    """Add the numbers of the abstract in the other languages of the survey, each after the language's own name."""
    notes: list[Note] = []
    for code, title in desk.material.titles.items():
        if code != desk.language.code:
            language = load(code)
            there = replace(desk, material=replace(desk.material, title=title), language=language)
            notes.append(Note(f"{language.name}: {_numbers(there)}", language=code))
    return replace(abstract, blocks=(*abstract.blocks, *notes))


def with_notice(desk: ComposeContext, abstract: Section, quality: Quality) -> Section:
    """Add to the abstract how many claims are in another language than the edition; nothing if all are in it."""
    left = quality.untranslated_sentences
    notices = (Note(desk.say("untranslated_notice", n=left), "notice"),) if left else ()
    return replace(abstract, blocks=(*abstract.blocks, *notices))


def write_introduction(desk: ComposeContext) -> tuple[Section, ...]:
    """Introduce the subject; nothing if nobody wrote an introduction."""
    told = desk.used.take(desk.material.frame.introduction)
    return (Section("introduction", desk.say("introduction"), 1, (Paragraph(told),)),) if told else ()


def write_glance(desk: ComposeContext) -> tuple[Section, ...]:
    """Give size and growth, then one finding of each top theme that the theme's own text does not use."""
    material = desk.material
    years = Counter(paper.year for paper in material.papers if paper.year is not None)
    rows = [(desk.say("papers"), desk.language.number(len(material.papers)))]
    rows.append((desk.say("themes"), desk.language.number(len(material.taxonomy))))
    if years:
        newest = max(years)
        rows.append((desk.say("years"), f"{min(years)}–{newest}"))
        rows.append((desk.say("papers_in_year", year=str(newest)), desk.language.number(years[newest])))
    findings = _findings(desk)
    blocks: list[KeyValueTable | Paragraph] = [KeyValueTable(desk.say("at_a_glance"), tuple(rows))]
    if findings:
        blocks.append(Paragraph(findings, desk.say("findings"), "list"))
    return (Section("glance", desk.say("at_a_glance"), 1, tuple(blocks)),)


def _findings(desk: ComposeContext) -> tuple[Sentence, ...]:
    """Take one finding a top theme, from its most typical papers; one that tells how much goes first."""
    chosen: list[Sentence] = []
    for top in desk.material.taxonomy.children(None):
        told = [each for item in desk.members(top) for each in desk.material.cards[item.paper].findings]
        ranked = [each for each in told if telling((each,))] + told
        chosen += next((fresh for each in ranked if (fresh := desk.used.take((each,)))), ())
    return tuple(chosen)


def write_method(desk: ComposeContext) -> Section:
    """Account for the papers that came in and for how the draft was made."""
    material = desk.material
    names = [name for name in ("wanted", "without_abstract") if material.selection.get(name)]
    rows = tuple((desk.say(f"selection_{name}"), desk.language.number(material.selection[name])) for name in names)
    made = material.provenance
    how = (
        (desk.say("sources"), ", ".join(made.sources) or "–"),
        (desk.say("encoder"), made.encoder),
        (desk.say("summarizer"), made.summarizer),
        *(((desk.say("translator"), made.translator),) if made.translator else ()),
        *model_rows(desk),
        (desk.say("seed"), str(made.seed)),
    )
    blocks: tuple[Block, ...] = (
        Note(desk.say("method_text_model" if made.model else "method_text")),
        write_flow(desk),
        *((KeyValueTable(desk.say("selection"), rows),) if rows else ()),
        KeyValueTable(desk.say("how_made"), how),
    )
    return Section(METHOD, desk.say("method"), 1, blocks)


def model_rows(desk: ComposeContext) -> tuple[tuple[str, str], ...]:
    """Account for the language model; nothing without one."""
    used, number = desk.material.provenance.model, desk.language.number
    if used is None:
        return ()
    tokens = f"{number(used.input_tokens)} + {number(used.output_tokens)}"
    cost = () if used.cost_usd is None else ((desk.say("model_cost"), f"{used.cost_usd:.4f}"),)
    return (
        (desk.say("model"), used.model),
        (desk.say("model_calls"), number(used.calls)),
        (desk.say("model_tokens"), tokens),
        *cost,
        (desk.say("model_fallbacks"), number(used.fallbacks)),
        (desk.say("model_replaced"), number(used.replaced)),
        (desk.say("model_dropped"), number(used.dropped)),
    )


def write_taxonomy(desk: ComposeContext) -> Section:
    """Show the tree of themes, with examples at each theme that has papers of its own."""
    examples = tuple(
        (theme.id, tuple(item.paper for item in desk.members(theme) if item.theme == theme.id)[:_EXAMPLES])
        for theme in desk.material.taxonomy
    )
    figure = TaxonomyFigure(desk.say("taxonomy_caption", n=len(desk.material.papers)), examples)
    blocks: tuple[Block, ...] = (
        (figure, *write_likeness(desk)) if examples else (Note(desk.say("no_themes"), "notice"),)
    )
    return Section("taxonomy", desk.say("taxonomy"), 1, blocks)


def write_overview(desk: ComposeContext) -> tuple[Section, ...]:
    """Chart papers per year and by likeness, and name those that stand out; nothing if there is nothing to show."""
    chart, cited = _chart(desk), _most_cited(desk)
    blocks = (*chart, *write_timeline(desk), *write_map(desk), *cited)
    heading = desk.say("overview" if len(blocks) > len(cited) else "most_cited")
    return (Section("overview", heading, 1, blocks),) if blocks else ()


def _chart(desk: ComposeContext) -> tuple[YearChart, ...]:
    """Chart papers per year; nothing if no paper has a date or there is no theme."""
    material = desk.material
    years = Counter(paper.year for paper in material.papers if paper.year is not None)
    if not years:
        return ()
    busiest = max(years, key=lambda year: (years[year], year))
    caption = desk.say("years_caption", n=years[busiest], year=str(busiest))
    chart = chart_years(material.papers, material.taxonomy, material.assignments, caption)
    return (chart,) if chart else ()


def _most_cited(desk: ComposeContext) -> tuple[Block, ...]:
    """List the papers that most others of the survey cite; nothing where no citation is known."""
    material = desk.material
    times = {paper: len(standing.cited_by) for paper, standing in material.citations.stats.items()}
    ranked = sorted(
        (paper for paper in material.papers if times.get(paper.id)), key=lambda one: (-times[one.id], one.id)
    )
    if not ranked:
        return ()
    items = tuple(
        PaperItem(paper.id, paper.title, desk.say("cited_here", n=times[paper.id])) for paper in ranked[:_MOST_CITED]
    )
    providers = sorted({edge.provider for edge in material.citations.edges})
    who = ", ".join(material.graphs.get(name, name) for name in providers)
    note = Note(desk.say("citations_told", n=sum(times.values()), who=who))
    return (PaperList(desk.say("most_cited"), items), note)
