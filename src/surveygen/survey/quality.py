"""Measure the claims and papers of a survey, and report the figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Catalogue, ComparisonTable, KeyValueTable, Note, Paragraph, Quality, Section
from surveygen.domain.theme import ThemeId
from surveygen.survey.context import ComposeContext
from surveygen.survey.data import SurveyData


def measure(data: SurveyData, sections: Sequence[Section]) -> Quality:
    """Measure all claims of the text and the tables, cited or not, and the papers.

    Grounding and flaws are measured for the sentences of the program; those of a person are counted apart. Glue claims
    nothing, so it counts neither for citations nor for grounding.
    """
    prose = list(_prose(sections))
    blocks = [block for section in sections for block in section.blocks]
    rows = [row for block in blocks if isinstance(block, ComparisonTable) for row in block.rows]
    claims = [*prose, *(cell for row in rows for cell in row.cells if cell is not None)]
    claims = [claim for claim in claims if claim.method != "glue"]
    human = [claim for claim in claims if claim.method == "human"]
    grounded = [(claim, data.checks.grounded(claim)) for claim in claims if claim.method != "human"]
    flaws = Counter(data.checks.flaw(claim) for claim in prose if claim.method not in {"human", "glue"})
    cited = {paper for claim in claims for paper in claim.cites}
    catalogued = any(isinstance(block, Catalogue) for block in blocks)  # a catalogue names all papers
    papers = {paper.id for paper in data.papers}
    assignments = data.assignments.values()
    return Quality(
        claim_sentences=len(claims),
        citation_coverage=_share(bool(claim.cites) for claim in claims),
        grounded_share=_share(holds for _, holds in grounded),
        grounded_cited_share=_share(holds for claim, holds in grounded if claim.cites),
        orphan_citations=len(cited - papers),
        uncited_references=0 if catalogued else len(papers - cited),
        redundancy=data.checks.redundancy(prose),
        uncertain_papers=sum(item.uncertain for item in assignments),
        unassigned_papers=len(papers - set(data.assignments)),
        outside_papers=sum(item.outside for item in assignments),
        papers_without_abstract=sum(not paper.abstract for paper in data.papers),
        editor_notes=sum(paper.abstract_kind == "note" for paper in data.papers),
        quarantined_records=data.selection.get("quarantined", 0),
        model_sentences=sum(claim.method == "llm" for claim in claims),
        human_sentences=len(human),
        doubted_sentences=sum(bool(claim.attribution and claim.attribution.stale_sources) for claim in human),
        dangling_sentences=flaws["dangling"],
        fragments=flaws["fragment"],
        least_theme_cited=min(_cited_shares(data, sections), default=1.0),
    )


def _cited_shares(data: SurveyData, sections: Sequence[Section]) -> Iterator[float]:
    """Yield the share of its papers that the sections of a theme cite, for every theme with papers."""
    cited: dict[ThemeId, set[PaperId]] = defaultdict(set)
    for section in sections:
        if section.theme is not None:
            papers = {paper for claim in _prose([section]) for paper in claim.cites}
            tables = (block for block in section.blocks if isinstance(block, ComparisonTable))
            papers |= {row.paper for table in tables for row in table.rows}
            for theme in data.taxonomy.path(section.theme):
                cited[theme] |= papers
    members: dict[ThemeId, set[PaperId]] = defaultdict(set)
    for item in data.assignments.values():
        for theme in () if item.outside else item.path:
            members[theme].add(item.paper)
    for theme, papers in members.items():
        yield len(papers & cited[theme]) / len(papers)


def _prose(sections: Sequence[Section]) -> Iterator[Sentence]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences


def _share(hits: Iterable[bool]) -> float:
    """Return the share of hits; 1.0 for no values, as none of them is wrong."""
    values = list(hits)
    return sum(values) / len(values) if values else 1.0


def write_quality(context: ComposeContext, quality: Quality) -> Section:
    """Report the figures, and how to reproduce the survey."""
    made, translated = context.data.provenance, bool(context.data.provenance.translator)
    figures: tuple[tuple[str, int | float, bool], ...] = (
        ("claims", quality.claim_sentences, True),
        ("cited", quality.citation_coverage, True),
        ("grounded", quality.grounded_share, True),
        ("grounded_cited", quality.grounded_cited_share, True),
        ("model", quality.model_sentences, bool(made.model)),
        ("human", quality.human_sentences, bool(quality.human_sentences)),
        ("doubted", quality.doubted_sentences, bool(quality.human_sentences)),
        ("redundancy", quality.redundancy, True),
        ("dangling", quality.dangling_sentences, True),
        ("fragments", quality.fragments, True),
        ("least", quality.least_theme_cited, True),
        ("orphans", quality.orphan_citations, True),
        ("uncited", quality.uncited_references, True),
        ("uncertain", quality.uncertain_papers, True),
        ("unassigned", quality.unassigned_papers, True),
        ("outside", quality.outside_papers, True),
        ("no_abstract", quality.papers_without_abstract, True),
        ("notes", quality.editor_notes, True),
        ("quarantined", quality.quarantined_records, True),
        ("untranslated", quality.untranslated_sentences, True),
        ("translated", quality.translated_sentences, translated),
        ("failed_translations", quality.failed_translations, translated),
    )
    shares = {"cited", "grounded", "grounded_cited", "redundancy", "least"}
    number, percent = context.language.number, context.language.percent
    rows = tuple(
        (context.say(f"quality_{name}"), percent(value) if name in shares else number(value))
        for name, value, shown in figures
        if shown
    )
    reproduce = (
        (context.say("version"), made.surveygen),
        (context.say("config_hash"), made.config_sha256[:16]),
        (context.say("corpus_hash"), made.corpus_sha256[:16]),
        (context.say("command"), f"surveygen build --lang {context.language.code}"),
    )
    blocks = (
        Note(context.say("quality_text")),
        KeyValueTable(context.say("quality"), rows),
        KeyValueTable(context.say("reproduce"), reproduce),
    )
    return Section("quality", context.say("quality"), 1, blocks)
