"""Write the sections before the themes, and the outlook."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from surveygen.domain.summary import Sentence
from surveygen.domain.survey import (
    Block,
    FlowCount,
    FlowStage,
    KeyValueTable,
    Note,
    Paragraph,
    PrismaFlow,
    Quality,
    Section,
)
from surveygen.domain.theme import Theme
from surveygen.languages import load
from surveygen.survey.context import ComposeContext

METHOD = "method"
_MAX_FLOW_SOURCES = 5  # named in the first box of the flow; the others are summed up
_FLOW_LABELS = {
    "found": "flow_found",
    "distinct": "flow_distinct",
    "placed": "flow_placed",
    "outside": "quality_outside",
    "unassigned": "quality_unassigned",
}


def write_abstract(context: ComposeContext) -> Section:
    """Say what the field is about, the scope of the survey in numbers, and who wrote it."""
    data = context.data
    by_person = any(edit.target for edit in data.edits)
    notices = [context.say("drafted_and_edited" if by_person else "drafted_by_software")]
    editor_notes = sum(paper.abstract_kind == "note" for paper in data.papers)
    if editor_notes:
        notices.append(context.say("editor_notes", n=editor_notes))
    sentences = context.quoted.claim_new(data.front_matter.abstract)
    blocks: list[Block] = [*([Paragraph(sentences)] if sentences else []), Note(_scope(context))]
    blocks += [Note(notice, "notice") for notice in notices]
    return Section("abstract", context.say("abstract"), 1, tuple(blocks))


def complete_abstract(context: ComposeContext, abstract: Section, quality: Quality) -> Section:
    """Add the number of untranslated sentences, and the scope in the other languages of the survey.

    Each scope follows the name that its language has for itself.
    """
    untranslated = quality.untranslated_sentences
    notes = [Note(context.say("untranslated_notice", n=untranslated), "notice")] if untranslated else []
    for code, title in context.data.titles.items():
        if code != context.language.code:
            language = load(code)
            edition = replace(context, data=replace(context.data, title=title), language=language)
            notes.append(Note(f"{language.name}: {_scope(edition)}", language=code))
    return replace(abstract, blocks=(*abstract.blocks, *notes))


def _scope(context: ComposeContext) -> str:
    """Return how many papers, years and themes the survey covers, in fixed words."""
    data = context.data
    years = [paper.year for paper in data.papers if paper.year is not None]
    tops = data.taxonomy.children(None)
    parts = [context.say("abstract_scope", n=len(data.papers), title=data.title)]
    if years and min(years) == max(years):
        parts.append(context.say("theme_year", year=str(min(years))))
    elif years:
        parts.append(context.say("abstract_years", first=str(min(years)), last=str(max(years))))
    if tops:
        named = [context.say("counted_name", name=context.name(top.id), n=len(context.members(top))) for top in tops]
        names = context.language.separator.join(named)
        parts.append(context.say("abstract_themes", n=len(tops), names=names))
    parts.append(context.say("abstract_claims"))
    return context.language.sentence_gap.join(parts)


def write_outlook(context: ComposeContext) -> tuple[Section, ...]:
    """Close with what lies ahead; no section without an outlook."""
    sentences = context.quoted.claim_new(context.data.front_matter.outlook)
    return (Section("outlook", context.say("outlook"), 1, (Paragraph(sentences),)),) if sentences else ()


def write_glance(context: ComposeContext) -> tuple[Section, ...]:
    """Report size and growth, then a finding of each top theme, of its most cited and most central paper."""
    data, number = context.data, context.language.number
    years = Counter(paper.year for paper in data.papers if paper.year is not None)
    rows = [(context.say("papers"), number(len(data.papers))), (context.say("themes"), number(len(data.taxonomy)))]
    if years:
        newest = max(years)
        rows.append((context.say("years"), "–".join(dict.fromkeys((str(min(years)), str(newest))))))
        rows.append((context.say("papers_in_year", year=str(newest)), number(years[newest])))
    blocks: list[Block] = [KeyValueTable(context.say("at_a_glance"), tuple(rows))]
    key_findings: list[Sentence] = []
    for top in data.taxonomy.children(None):
        findings = _findings(context, top)
        key_findings += next((new for finding in findings if (new := context.quoted.claim_new((finding,)))), ())
    if key_findings:
        blocks.append(Paragraph(tuple(key_findings), context.say("findings"), "list"))
    return (Section("glance", context.say("at_a_glance"), 1, tuple(blocks)),)


def _findings(context: ComposeContext, top: Theme) -> list[Sentence]:
    """Return the findings of a theme, the best first: in numbers, of much cited papers, of central ones.

    They are those that its summaries and those below it have chosen, else those of its papers; none only boasts.
    """
    data = context.data
    summaries = (data.summaries.get(theme.id) for theme in data.taxonomy.subtree(top.id))
    strands = [strand for summary in summaries if summary for strand in summary.strands]
    ranked = sorted(context.members(top), key=lambda item: item.paper not in top.seeds)
    rank = {item.paper: at for at, item in enumerate(ranked)}
    chosen = [it for strand in strands for it in strand.sentences if it.role == "finding" and it.cites[:1]]
    own = [finding for item in ranked for finding in data.reviews[item.paper].findings]
    telling = [finding for finding in chosen or own if data.checks.tells_finding(finding)]

    def order(finding: Sentence) -> tuple[bool, int, int]:
        paper = finding.cites[0]
        stats = data.citations.stats.get(paper)
        measured = {result.evidence for result in data.reviews[paper].results}
        return finding.evidence not in measured, -len(stats.cited_by) if stats else 0, rank.get(paper, len(rank))

    return sorted(telling, key=order)


def write_method(context: ComposeContext) -> Section:
    """Report the selection of papers and the tools that made the survey."""
    selection, made, number = context.data.selection, context.data.provenance, context.language.number
    names = [name for name in ("wanted", "without_abstract") if selection.get(name)]
    rows = tuple((context.say(f"selection_{name}"), number(selection[name])) for name in names)
    model: list[tuple[str, str]] = []
    if use := made.model:
        model = [
            (context.say("model"), use.model),
            (context.say("model_calls"), number(use.calls)),
            (context.say("model_tokens"), f"{number(use.input_tokens)} + {number(use.output_tokens)}"),
            *([(context.say("model_cost"), f"{use.cost_usd:.4f}")] if use.cost_usd is not None else []),
            (context.say("model_fallbacks"), number(use.fallbacks)),
            (context.say("model_replaced"), number(use.replaced)),
            (context.say("model_dropped"), number(use.dropped)),
        ]
    tools = (
        (context.say("sources"), ", ".join(made.sources) or "–"),
        (context.say("encoder"), made.encoder),
        (context.say("summarizer"), made.summarizer),
        *(((context.say("translator"), made.translator),) if made.translator else ()),
        *model,
        (context.say("seed"), str(made.seed)),
    )
    blocks: tuple[Block, ...] = (
        Note(context.say("method_text_model" if made.model else "method_text")),
        *_full_text_note(context),
        prisma_flow(context),
        *((KeyValueTable(context.say("selection"), rows),) if rows else ()),
        KeyValueTable(context.say("how_made"), tools),
    )
    return Section(METHOD, context.say("method"), 1, blocks)


def _full_text_note(context: ComposeContext) -> tuple[Note, ...]:
    """Tell how many papers were read in full, and what of them the draft shows; nothing if none was."""
    texts = context.data.texts
    if not texts.records:
        return ()
    count = context.say("full_text_read", n=len(texts.records), all=len(context.data.papers))
    return (Note(f"{count}{context.language.sentence_gap}{context.say(f'full_text_{texts.show}')}"),)


def prisma_flow(context: ComposeContext) -> PrismaFlow:
    """Return the PRISMA flow of records, with the counts before the last refresh if they are recorded."""
    data = context.data
    before = dict(data.changes.counts) if data.changes is not None else {}

    def earlier(*names: str) -> int | None:
        return sum(before.get(name, 0) for name in names) if before else None

    def count(name: str, total: int) -> FlowCount:
        return FlowCount(name, context.say(_FLOW_LABELS.get(name, f"selection_{name}")), total, earlier(name))

    included = len(data.papers)
    placed = sum(not item.outside for item in data.assignments.values())
    outside = len(data.assignments) - placed
    set_aside = tuple(count(name, data.selection.get(name, 0)) for name in ("quarantined", "duplicates"))
    removed = tuple(count(name, data.selection.get(name, 0)) for name in ("withdrawn", "excluded"))
    distinct = included + sum(item.total for item in removed)
    found = distinct + sum(item.total for item in set_aside)
    without_theme = (count("outside", outside), count("unassigned", included - placed - outside))
    records = data.records_by_source
    ranked = sorted(records, key=lambda name: (-records[name], name))  # largest first; many small ones are summed up
    shown = ranked[:_MAX_FLOW_SOURCES] if len(ranked) > _MAX_FLOW_SOURCES + 1 else ranked
    sources = [FlowCount(f"source:{name}", name, records[name], earlier(f"source:{name}")) for name in shown]
    if others := ranked[len(shown) :]:
        total = sum(records[name] for name in others)
        label = context.say("and_more", n=len(others))
        sources.append(FlowCount("source", label, total, earlier(*(f"source:{name}" for name in others))))
    stages = (
        FlowStage(count("found", found), tuple(sources), set_aside),
        FlowStage(count("distinct", distinct), aside=removed),
        FlowStage(count("included", included), aside=without_theme),
        FlowStage(count("placed", placed)),
    )
    caption = context.say("flow_caption", n=included, found=found, placed=placed)
    return PrismaFlow(f"{caption} {context.say('flow_sum')}" if before else caption, stages)
