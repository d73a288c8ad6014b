"""An invented survey of any size, for what depends on size: bytes, time, color, scrolling."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

from sample_survey import sample_survey
from surveygen.domain.citation import CitationStats, CitedWork
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion
from surveygen.domain.summary import Count, Evidence, PaperReview, Sentence
from surveygen.domain.survey import (
    BibliographyEntry,
    Block,
    Catalogue,
    ComparisonRow,
    ComparisonTable,
    KeyValueTable,
    MapLabel,
    Note,
    Paragraph,
    Provenance,
    References,
    Section,
    Survey,
    TaxonomyFigure,
    ThemeCount,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId

_TOPS = ("Outer alignment", "Inner alignment", "Interpretability", "Attacks and defenses", "Evaluation")
_KINDS = ("Foundations", "Methods that learn from feedback", "Scaling and cost")
_WORD_LIST = """
    judge model reward policy human feedback preference signal training protocol argument weak strong oversight
    benchmark failure goal proxy circuit neuron feature attention attack prompt defense toxic bias factual answer
    language large small method data label noise robust transfer shift scale cost sample token layer probe audit
"""
_WORDS = tuple(_WORD_LIST.split())
_VERBS = ("improves", "measures", "explains", "limits", "predicts", "exposes", "reduces", "stabilizes", "compares")
_FAMILIES = ("Abe", "Baker", "Cole", "Dietz", "Eriksen", "Fuchs", "Garcia", "Haddad", "Ito", "Jansen", "Kim", "Lopez")
# Drawn once: 20,000 papers have 180,000 claims, and each drawing of 18 words takes longer than all else in a claim.
_SAMPLES = tuple(random.Random(number).sample(_WORDS, 18) for number in range(1000))
_CATEGORIES = ("cs.CL", "cs.LG", "cs.AI", "stat.ML")
_YEARS = (2019, 2020, 2021, 2022, 2023, 2024, 2025)


def large_survey(papers: int = 500) -> Survey:
    """Build a survey with abstracts of about 1,250 characters, cards, tables and five themes with sub-themes."""
    rng = random.Random(7)
    themes = _taxonomy()
    leaves = [theme.id for theme in themes if theme.parent is not None]
    entries = _cited([_entry(rng, number, themes, leaves) for number in range(1, papers + 1)])
    own: dict[ThemeId, list[BibliographyEntry]] = defaultdict(list)
    for entry in entries:
        if entry.assignment:
            own[entry.assignment.theme].append(entry)
    sample = sample_survey()
    return Survey(
        slug="large",
        title="Large Language Model Alignment",
        subtitle="A living map of how models are asked, taught, probed and tested",
        language="en",
        generated_at="2026-11-20T08:00:00Z",
        taxonomy=themes,
        counts=_counts(themes, own),
        entries=tuple(entries),
        sections=_sections(themes, own, entries),
        quality=sample.quality,
        provenance=Provenance("0.1.0", "c" * 64, "d" * 64, "lsa-1", "extractive-1", 0, ("invented",)),
        graphs=(("semantic_scholar", "Semantic Scholar"),),
    )


def _taxonomy() -> Taxonomy:
    about = "Work that belongs here states its aim in these terms. Work that only uses the result stands elsewhere."
    themes: list[Theme] = []
    for name in _TOPS:
        top = ThemeId(name.split()[0].lower())
        themes.append(Theme(top, name, None, about, ("model",)))
        themes += [Theme(ThemeId(f"{top}-{at}"), kind, top, about) for at, kind in enumerate(_KINDS)]
    return Taxonomy(tuple(themes))


def _counts(themes: Taxonomy, own: dict[ThemeId, list[BibliographyEntry]]) -> tuple[ThemeCount, ...]:
    return tuple(
        ThemeCount(
            theme.id,
            tuple(entry.paper.id for entry in own[theme.id]),
            sum(len(own[node.id]) for node in themes.subtree(theme.id)),
        )
        for theme in themes
    )


def _entry(rng: random.Random, number: int, themes: Taxonomy, leaves: list[ThemeId]) -> BibliographyEntry:
    year = rng.choices(_YEARS, weights=(1, 2, 3, 6, 14, 18, 12))[0]
    paper_id = PaperId(f"{year % 100:02d}{rng.randint(1, 12):02d}.{number:05d}")
    claims = [_claim(rng) for _ in range(9)]
    abstract = " ".join(claims)
    day = f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    title = " ".join(rng.sample(_WORDS, 6)).capitalize() + (" in $O(n^2)$ steps" if number % 40 == 0 else "")
    authors = tuple(Author(f"{rng.choice('ABCDEFGH')}. {rng.choice(_FAMILIES)}") for _ in range(rng.randint(1, 7)))
    category = _CATEGORIES[number % 7 % len(_CATEGORIES)]
    paper = Paper(
        paper_id,
        title,
        abstract,
        authors,
        2,
        day,
        day,
        (PaperVersion(1, day, 812), PaperVersion(2, day, 934)),
        (category, "cs.CY"),
        category,
    )
    starts = [abstract.index(claim) for claim in claims]
    spans = tuple(_quote(paper, start, claim) for start, claim in zip(starts, claims, strict=True))
    card = PaperReview(paper_id, spans[1], spans[0:1], spans[1:2], spans[3:6], spans[7:8], ("judge", "reward"))
    leaf = rng.choice(leaves)
    rival = ThemeId(rng.choice(_TOPS).split()[0].lower())
    place = Assignment(paper_id, leaf, themes.path(leaf), rng.random(), rival, 0.2, number % 9 == 0, "nearest")
    at = leaves.index(leaf)
    spot = tuple(
        round(min(max(rng.gauss(middle, 0.07), 0), 1), 3) for middle in (0.15 + 0.17 * (at // 3), 0.3 + 0.2 * (at % 3))
    )
    return BibliographyEntry(paper, number, f"author{year}key{number}", card, place, position=(spot[0], spot[1]))


def _cited(entries: list[BibliographyEntry]) -> list[BibliographyEntry]:
    """Let the first paper be cited by the next forty, and let each cite beyond the survey what others cite too."""
    first, later = entries[0].paper.id, [entry.paper.id for entry in entries[1:41]]
    told = (("semantic_scholar", "2026-11-01T00:00:00Z"),)
    works = [
        CitedWork((f"arxiv:1706.{n:05}",), f"Work {n} outside of the survey", f"Elder{n} et al.", 2017)
        for n in range(90)
    ]
    cited: list[BibliographyEntry] = []
    for at, entry in enumerate(entries):
        outside = tuple(works[at % 60 : at % 60 + 30])
        references = (first,) if entry.paper.id in later else ()
        cited_by = tuple(later) if not at else ()
        cited.append(replace(entry, citation_stats=CitationStats(references, cited_by, outside, 7, 100 + at, told)))
    return cited


def _claim(rng: random.Random) -> str:
    words = rng.choice(_SAMPLES)
    return f"{' '.join(words[:8]).capitalize()} {rng.choice(_VERBS)} {' '.join(words[8:])} by {rng.randint(2, 90)}%."


def _quote(paper: Paper, start: int, claim: str) -> Sentence:
    evidence = Evidence(paper.id, paper.version, "abstract", start, start + len(claim))
    return Sentence(f"{claim[:-1]} [@{paper.id}].", (paper.id,), (evidence,), rule="quote")


def _sections(
    themes: Taxonomy, own: dict[ThemeId, list[BibliographyEntry]], entries: list[BibliographyEntry]
) -> tuple[Section, ...]:
    tops = themes.children(None)
    counts = tuple(
        tuple(sum(e.paper.year == year for node in themes.subtree(top.id) for e in own[node.id]) for top in tops)
        for year in _YEARS
    )
    facts = (("Papers", str(len(entries))), ("Themes", "5"), ("Years", "2019–2025"), ("Papers of 2025", "107"))
    first = tuple(entry.card.findings[0] for entry in entries[:5])
    examples = tuple((theme.id, tuple(entry.paper.id for entry in own[theme.id][:3])) for theme in themes)
    front = (
        Section("abstract", "Abstract", 1, (Note("This draft covers invented papers in five themes."),)),
        Section(
            "glance", "At a glance", 1, (KeyValueTable("At a glance", facts), Paragraph(first, "Findings", "list"))
        ),
        Section("taxonomy", "Taxonomy", 1, (TaxonomyFigure("The themes, with the number of papers.", examples),)),
        Section(
            "overview",
            "Papers over time",
            1,
            (
                YearChart("Papers by year and theme.", tuple(top.id for top in tops), _YEARS, counts),
                Timeline("Landmark works.", _landmarks(entries)),
                ThemeMap(
                    "Near means alike.",
                    tuple(MapLabel(top.id, 0.15 + 0.17 * at, 0.5, 90) for at, top in enumerate(tops)),
                ),
            ),
        ),
    )
    back = (
        Section("catalogue", "Catalogue of papers", 1, (Catalogue("All papers, in the order of the themes."),)),
        Section("references", "References", 1, (References(),)),
    )
    return (*front, *(_section(theme, own[theme.id]) for theme in themes), *back)


def _landmarks(entries: list[BibliographyEntry]) -> tuple[tuple[int, tuple[PaperId, ...]], ...]:
    by_year = {year: [entry.paper.id for entry in entries if entry.paper.year == year][:3] for year in _YEARS}
    return tuple((year, tuple(papers)) for year, papers in by_year.items() if papers)


def _counted(theme: Theme, members: list[BibliographyEntry]) -> Sentence:
    """Count two thirds of the papers of a theme, two hundred at most."""
    papers = tuple(entry.paper.id for entry in members if entry.number % 3)[:200]
    marks = " ".join(f"[@{paper}]" for paper in papers)
    spans = tuple(entry.card.aims[0].evidence[0] for entry in members if entry.paper.id in set(papers))
    count = Count("kind", "method", papers, len(members), theme.id)
    text = f"Of the {len(members)} papers, {len(papers)} propose methods {marks}."
    return Sentence(text, papers, spans, method="aggregate", counts=(count,))


def _section(theme: Theme, members: list[BibliographyEntry]) -> Section:
    blocks: list[Block] = [Note(theme.description, "definition")]
    if members:
        blocks += [
            Paragraph((_counted(theme, members),)),
            Paragraph(tuple(entry.card.aims[0] for entry in members[:4]), "Problem"),
            Paragraph(tuple(entry.card.findings[0] for entry in members[4:9]), "Findings"),
            ComparisonTable(
                f"{theme.name}: {len(members)} papers side by side",
                ("Aim", "Approach", "Main finding"),
                tuple(
                    ComparisonRow(
                        e.paper.id, (e.card.aims[0], e.card.methods[0], e.card.findings[1] if e.number % 3 else None)
                    )
                    for e in members
                ),
            ),
        ]
    return Section(f"theme-{theme.id}", theme.name, 1 if theme.parent is None else 2, tuple(blocks), theme.id)
