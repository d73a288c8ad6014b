"""Measure a draft: citations, evidence, repetition, gaps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Catalogue, ComparisonTable, Paragraph, Quality, Section
from surveygen.domain.theme import ThemeId
from surveygen.survey.data import SurveyData


def measure(material: SurveyData, sections: Sequence[Section]) -> Quality:
    """Count over all claims of the draft, cited or not, so that no uncited sentence flatters the figures.

    Whether a claim is found in its source is asked of the program's own; a person's are counted apart.
    """
    prose = list(_prose(sections))
    claims = [*prose, *_cells(sections)]
    known = {paper.id for paper in material.papers}
    own = [claim for claim in claims if claim.method != "human"]
    human = [claim for claim in claims if claim.method == "human"]
    cited = {paper for claim in claims for paper in claim.cites}
    holds = [material.checks.grounded(claim) for claim in own]
    listed = known if any(isinstance(block, Catalogue) for section in sections for block in section.blocks) else cited
    flaws = Counter(material.checks.flaw(each) for each in prose if each.method != "human")
    return Quality(
        claim_sentences=len(claims),
        citation_coverage=_share(bool(claim.cites) for claim in claims),
        grounded_share=_share(holds),
        orphan_citations=len(cited - known),
        uncited_references=len(known - cited - listed),
        grounded_cited_share=_share(held for claim, held in zip(own, holds, strict=True) if claim.cites),
        model_sentences=sum(claim.method == "llm" for claim in claims),
        human_sentences=len(human),
        doubted_sentences=sum(
            claim.attribution is not None and bool(claim.attribution.stale_sources) for claim in human
        ),
        redundancy=material.checks.redundancy(prose),
        uncertain_papers=sum(item.uncertain for item in material.assignments.values()),
        unassigned_papers=len(known - set(material.assignments)),
        papers_without_abstract=sum(not paper.abstract for paper in material.papers),
        editor_notes=sum(paper.abstract_kind == "note" for paper in material.papers),
        quarantined_records=material.selection.get("quarantined", 0),
        outside_papers=sum(item.outside for item in material.assignments.values()),
        dangling_sentences=flaws["dangling"],
        fragments=flaws["fragment"],
        least_theme_cited=min(_cited_shares(material, sections), default=1.0),
    )


def _cited_shares(material: SurveyData, sections: Sequence[Section]) -> Iterator[float]:
    """Yield the share of each theme's papers that its sections name, for every theme with papers."""
    named: dict[ThemeId, set[PaperId]] = defaultdict(set)
    for section in sections:
        if section.theme is not None:
            here = {paper for claim in _prose([section]) for paper in claim.cites}
            here |= {row.paper for block in section.blocks if isinstance(block, ComparisonTable) for row in block.rows}
            for theme in material.taxonomy.path(section.theme):
                named[theme] |= here
    members: dict[ThemeId, set[PaperId]] = defaultdict(set)
    for item in material.assignments.values():
        for theme in () if item.outside else item.path:
            members[theme].add(item.paper)
    for theme, inside in members.items():
        yield len(inside & named[theme]) / len(inside)


def _prose(sections: Sequence[Section]) -> Iterator[Sentence]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences


def _cells(sections: Sequence[Section]) -> Iterator[Sentence]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, ComparisonTable):
                yield from (cell for row in block.rows for cell in row.cells if cell is not None)


def _share(hits: Iterable[bool]) -> float:
    """Return the share of hits; 1.0 of nothing, as nothing is wrong with it."""
    counted = list(hits)
    return sum(counted) / len(counted) if counted else 1.0
