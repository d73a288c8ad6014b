"""A small complete survey with every kind of block, and one that carries hostile text everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surveygen.domain.changes import AbstractChanged, Changes, MetadataChanged, Moved, Revised, VersionChange
from surveygen.domain.citation import CitationEdge, CitationStats, CitedWork
from surveygen.domain.decision import Decision
from surveygen.domain.full_text import FullTextRecord, Passage, QuotedText
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion
from surveygen.domain.results import ResultCell
from surveygen.domain.summary import CitationContext, Evidence, PaperReview, Pointer, Role, Sentence
from surveygen.domain.survey import (
    BibliographyEntry,
    Block,
    Catalogue,
    ComparisonRow,
    ComparisonTable,
    FlowCount,
    FlowStage,
    KeyValueTable,
    MapLabel,
    Note,
    PaperItem,
    PaperList,
    Paragraph,
    PrismaFlow,
    Provenance,
    Quality,
    References,
    ResultRow,
    ResultsTable,
    Section,
    SimilarityMatrix,
    Survey,
    TaxonomyFigure,
    ThemeCount,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId

_OUTER, _DEBATE, _REWARD, _INNER = (ThemeId(name) for name in ("outer", "debate", "reward", "inner"))

TAXONOMY = Taxonomy(
    (
        Theme(_OUTER, "Outer alignment", None, "Work on what a model is asked to do.", ("oversight",)),
        Theme(_DEBATE, "Debate", _OUTER, "Two models argue, a judge decides.", ("debate", "judge")),
        Theme(_REWARD, "Reward & preference learning", _OUTER, "Rewards learned from comparisons.", ("reward",)),
        Theme(_INNER, "Inner alignment", None, "Work on what a model learns to want.", origin="induced"),
    )
)

_OPEN = "http://creativecommons.org/licenses/by/4.0/"
_CLOSED = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
_PAPERS: tuple[tuple[Paper, ThemeId], ...] = (
    (
        Paper(
            PaperId("2101.00001"),
            "Debate with $k$-step judges: an $O(n^{2})$ protocol",
            "We study debate. Judges see $k$ steps of at most $\\alpha n$ tokens. It costs 50% less.",
            (Author("Ada Müller"), Author("Chloé Poincaré-Özdemir"), Author("Jun Satō")),
            version=2,
            published="2021-01-04",
            updated="2021-06-02",
            versions=(PaperVersion(1, "2021-01-04"), PaperVersion(2, "2021-06-02")),
            categories=("cs.CL", "cs.AI"),
            primary_category="cs.CL",
            doi="10.1234/debate_2021",
            journal_ref="Journal of Invented Results 12 (2021) 1--20",
        ),
        _DEBATE,
    ),
    (
        Paper(
            PaperId("2203.00002"),
            "Cross-examination helps weak judges",
            "Weak judges miss errors. Cross-examination finds more of them.",
            (Author("Bo Lindqvist"), Author("Ada Müller")),
            published="2022-03-09",
            versions=(
                PaperVersion(1, "2022-03-09", 812),
                PaperVersion(2, "2022-04-01", 3, "I"),
                PaperVersion(3, "2023-01-10", 934),
            ),
            categories=("cs.AI",),
            primary_category="cs.AI",
        ),
        _DEBATE,
    ),
    (
        Paper(
            PaperId("2207.00003"),
            "Comparisons, rewards & regret",
            "Rewards from comparisons can be wrong. We bound the regret by $\\sqrt{T}$.",
            (Author("Zoë Ng"),),
            published="2022-07-30",
            categories=("cs.LG",),
            primary_category="cs.LG",
        ),
        _REWARD,
    ),
    (
        Paper(
            PaperId("2301.00004"),
            "Which rewards generalize?",
            "We test twelve reward models on shifted prompts. Accuracy falls by a third.",
            tuple(Author(f"Person Number{n}") for n in range(1, 13)),
            published="2023-01-15",
            categories=("cs.LG", "stat.ML"),
            primary_category="cs.LG",
        ),
        _REWARD,
    ),
    (
        Paper(
            PaperId("2305.00005"),
            "Learned goals that outlive training",
            "",
            (Author("Ivo Đorđević"), Author("Łucja Nowak")),
            published="2023-05-20",
            categories=("cs.AI",),
            primary_category="cs.AI",
            status="withdrawn",
        ),
        _INNER,
    ),
    (
        Paper(PaperId("workshop-6"), "A note on proxy goals", "Proxy goals can fit the training data.", url=""),
        _INNER,
    ),
)


_CITATIONS = (
    (PaperId("2203.00002"), PaperId("2101.00001")),
    (PaperId("2301.00004"), PaperId("2101.00001")),
    (PaperId("2301.00004"), PaperId("2203.00002")),
)
_OUTSIDE = (
    CitedWork(("arxiv:1706.00009", "doi:10.1000/nine"), "An older $n^2$ way", "Byron et al.", 2017),
    CitedWork(("doi:10.1000/ten",), "Ways & means"),
)


def sample_survey() -> Survey:
    """Build a survey of six invented papers: every block type, mathematics, accents, gaps in the data."""
    ids = [paper.id for paper, _ in _PAPERS]
    return Survey(
        slug="sample",
        title="Learning what to want: a sample",
        subtitle="A survey draft of 6 papers",
        language="en",
        generated_at="2026-01-02T03:04:05Z",
        taxonomy=TAXONOMY,
        counts=(
            ThemeCount(_OUTER, (), 4),
            ThemeCount(_DEBATE, tuple(ids[0:2]), 2, (ids[0],)),
            ThemeCount(_REWARD, tuple(ids[2:4]), 2),
            ThemeCount(_INNER, tuple(ids[4:6]), 2),
        ),
        entries=tuple(_entry(paper, theme, n) for n, (paper, theme) in enumerate(_PAPERS, start=1)),
        sections=_sections(ids),
        citations=tuple(
            CitationEdge(citing, cited, "semantic_scholar", "2026-01-01T00:00:00Z") for citing, cited in _CITATIONS
        ),
        graphs=(("semantic_scholar", "Semantic Scholar"),),
        quality=Quality(
            claim_sentences=8,
            citation_coverage=1.0,
            grounded_share=1.0,
            orphan_citations=0,
            uncited_references=0,
            redundancy=0.05,
            uncertain_papers=1,
            unassigned_papers=0,
            papers_without_abstract=1,
            editor_notes=0,
            quarantined_records=0,
        ),
        provenance=Provenance("0.1.0", "c" * 64, "d" * 64, "lsa-1", "extractive-1", 0, ("sample.jsonl",)),
        changes=_changes(ids),
    )


def _changes(ids: list[PaperId]) -> Changes:
    """Make a report with something in each list; one paper left the draft."""
    gone = PaperId("2209.99999")
    return Changes(
        run=3,
        since_run=2,
        at="2026-01-02T03:04:05Z",
        added=(ids[0],),
        revised=(Revised(ids[1], 1, 2),),
        withdrawn=(gone,),
        reinstated=(ids[2],),
        metadata=(MetadataChanged(ids[3], ("doi", "journal_ref")),),
        moved=(Moved(ids[4], _OUTER, _INNER, "words"),),
        reworded=(AbstractChanged(ids[1], ("It holds.",), ("It holds up to 3 %.",)),),
        born=(_DEBATE,),
        changed=("theme-outer",),
        identical=("theme-inner",),
        titles=((gone, "A proof of $P = NP$"), *((paper, f"Title of {paper}") for paper in ids[:5])),
    )


def reviewed_survey() -> Survey:
    """Return the sample with a first paper whose review has every field, versions that differ and a decision."""
    survey = sample_survey()
    first, *others = survey.entries
    paper, text = first.paper, first.paper.abstract
    middle, end = text.index("Judges"), text.index("It costs")
    spans = ((0, middle - 1), (middle, end - 1), (end, len(text)))

    def claim(words: str, at: int, **more: Any) -> Sentence:
        evidence = (Evidence(paper.id, paper.version, "abstract", *spans[at]),)
        return Sentence(f"{words.removesuffix('.')} [@{paper.id}].", (paper.id,), evidence, **more)

    parts = [text[slice(*span)] for span in spans]
    card = PaperReview(
        paper.id,
        claim("The paper studies debate.", 0, rule="attribute"),
        aims=(claim(parts[0], 0),),
        methods=(claim(parts[1], 1),),
        findings=(claim("Debate costs half as much.", 2, method="llm"),),
        limits=(
            claim("Debatte ist teuer.", 2, language="de", translated_from="en", source=f"{parts[2]} [@{paper.id}]"),
        ),
        keywords=("debate",),
        code="https://github.com/invented/debate",
        motivation=(claim(parts[0], 0),),
        questions=(claim("Do judges see all steps?", 1),),
        data=(claim("MNIST; K-Steps", 1),),
        significance=(claim(parts[2], 2),),
        code_evidence=Evidence(paper.id, paper.version, "abstract", *spans[0]),
        results=(claim("50% less", 2),),
        pointers=(Pointer("limits", Evidence(paper.id, paper.version, "text:5-1-cccccccc", 0, 9)),),
    )
    change = VersionChange(2, 1, ("title", "abstract"), ("It costs 40% less.",), ("It costs 50% less.",))
    decision = Decision(4, "2026-01-01T10:00:00Z", "Ada", "move", paper.id, _DEBATE, reason="It has a judge.")
    second, *rest = others
    context = CitationContext(
        (paper.id,),
        Evidence(second.paper.id, 1, "text:2-1-aaaaaaaa", 0, 28),
        Sentence(f"Debate with judges is costly [@{paper.id}].", (paper.id,), (), rule="quote"),
    )
    pointed = replace(context, evidence=replace(context.evidence, field="text:2-2-bbbbbbbb"), sentence=None)
    entry = replace(
        first,
        card=card,
        version_changes=(change,),
        decisions=(decision,),
        contexts=(context, pointed),
        full_text=_text(paper.id, 2, _CLOSED, Passage("5-1-cccccccc", "5", "Limits", "S5.p1")),
    )
    unit = Passage("2-1-aaaaaaaa", "2", "Related work", "S2.p1", "Debate with judges is costly. We follow others.")
    aim = Sentence("Debate with judges is costly", (), (context.evidence,))
    other = replace(
        second,
        card=replace(second.card, contributions=(aim,)),
        full_text=_text(second.paper.id, 1, _OPEN, unit, Passage("2-2-bbbbbbbb", "", "", "S2.p2")),
    )
    cell = ResultCell(second.paper.id, 1, "t1", 2, 1, "71.2", "Debate", "MNIST", "Error", paper.id, "Table 1", "T1")
    row = ResultRow(cell, "https://arxiv.org/html/2203.00002v1#T1", differs=True)
    results = Section(
        "results", "Results by data set", 1, (ResultsTable("Results on MNIST", "MNIST", "mnist", (row,)),)
    )
    return replace(survey, entries=(entry, other, *rest), sections=(*survey.sections, results))


def _text(paper: PaperId, version: int, license_url: str, *passages: Passage) -> QuotedText:
    url = f"https://arxiv.org/html/{paper}v{version}"
    return QuotedText(FullTextRecord(paper, version, "fetched", url, "", license=license_url), passages)


def survey_with_stranger() -> Survey:
    """Return the sample with its last paper outside every theme."""
    survey = sample_survey()
    *members, last = survey.entries
    stranger = replace(last, assignment=last.assignment and replace(last.assignment, outside=True))
    counts = tuple(
        replace(count, own=tuple(paper for paper in count.own if paper != last.paper.id)) for count in survey.counts
    )
    return replace(survey, entries=(*members, stranger), counts=counts)


def with_leaves(survey: Survey, number: int) -> Survey:
    """Hang more themes below the second theme of the sample; all show the first paper as an example."""
    leaves = tuple(
        Theme(ThemeId(f"leaf{n}"), f"A further part of debate, number {n}", ThemeId("debate")) for n in range(number)
    )
    shown = tuple((leaf.id, (survey.entries[0].paper.id,)) for leaf in leaves)
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                replace(block, examples=block.examples + shown) if isinstance(block, TaxonomyFigure) else block
                for block in section.blocks
            ),
        )
        for section in survey.sections
    )
    return replace(survey, taxonomy=Taxonomy(survey.taxonomy.themes + leaves), sections=sections)


def sentence(text: str, *cites: PaperId, role: Role = "finding") -> Sentence:
    """Write a claim with its markers at the end."""
    marks = "".join(f" [@{paper}]" for paper in cites)
    evidence = tuple(Evidence(paper, 1, "abstract", 0, 10) for paper in cites)
    return Sentence(f"{text.removesuffix('.')}{marks}.", cites, evidence, rule="quote", role=role)


def hostile_survey(*texts: str) -> Survey:
    """Build a survey with each string in every field that untrusted text can reach."""
    parts = [_Hostile(text, n) for n, text in enumerate(texts)]
    everything = " ".join(part.words for part in parts)
    first = texts[0]
    return Survey(
        slug="hostile",
        title=everything,
        subtitle=everything,
        language="en",
        generated_at="2026-01-02T03:04:05Z",
        taxonomy=Taxonomy(tuple(theme for part in parts for theme in part.themes)),
        counts=tuple(count for part in parts for count in part.counts),
        entries=tuple(entry for part in parts for entry in part.entries),
        sections=(
            *(section for part in parts for section in part.sections),
            Section("references", "References", 1, (References(),)),
        ),
        quality=sample_survey().quality,
        provenance=Provenance(first, first, first, first, first, 0, texts),
        changes=Changes(
            1,
            0,
            "2026-01-02T03:04:05Z",
            added=(PaperId(first.strip() or "x"),),
            titles=((PaperId(first.strip() or "x"), everything),),
        ),
    )


class _Hostile:
    """The parts of a survey that one string makes: two themes, two papers, two sections."""

    def __init__(self, text: str, n: int) -> None:
        self.words = words = text.strip() or "(none)"
        paper = Paper(
            PaperId(f"2101.{n + 1:05d}"),
            words,
            text,
            (Author(text), Author("Second Author")),
            published="2021-01-04",
            categories=(text,),
            primary_category=text,
            doi=text,
            journal_ref=text,
            comment=text,
            url=text,
        )
        odd = Paper(PaperId(words if n == 0 else f"{words} {n}"), words, text, (Author(text),), url=text)
        top, below = ThemeId(f"{text}-{n}"), ThemeId(f"{text}-{n}-below")
        self.themes = (Theme(top, words, None, text, (text,)), Theme(below, words, top, text, (text,)))
        self.counts = (ThemeCount(top, (), 1), ThemeCount(below, (paper.id,), 1, (paper.id,)))
        claim = Sentence(f"{text} [@{paper.id}].", (paper.id,), (Evidence(paper.id, 1, "abstract", 0, 1),))
        field = (claim,)
        card = PaperReview(paper.id, claim, field, field, field, field, (text,), text, field, field, field, field)
        place = Assignment(paper.id, below, (top, below), 0.5, None, 0.1, uncertain=True, method=text, keywords=(text,))
        stranger = replace(place, paper=odd.id, uncertain=False, outside=True)
        unit = Evidence(paper.id, 1, f"text:1-{n}-{text}", 0, 1)
        quoted = (replace(claim, evidence=(unit,)),)
        card = replace(card, limits=quoted, contributions=quoted, definitions=quoted, pointers=(Pointer(text, unit),))
        source = FullTextRecord(paper.id, 1, "fetched", f"https://arxiv.org/html/{text}", "", license=text)
        passage = Passage(f"1-{n}-{text}", *4 * (text,))
        passages = QuotedText(replace(source, url=source.url if n % 2 else text), (passage,))
        first = BibliographyEntry(paper, 2 * n + 1, f"author2021x{n}", card, place, (odd.id,), reasons=claim.evidence)
        self.entries = (
            replace(first, full_text=passages),
            BibliographyEntry(odd, 2 * n + 2, text, PaperReview(odd.id), stranger),
        )
        blocks: tuple[Block, ...] = (
            Paragraph((claim, claim, *quoted), text),
            Paragraph((claim,), text, "list"),
            Note(text, "definition"),
            Note(text, "notice"),
            KeyValueTable(text, ((text, text),)),
            PaperList(text, (PaperItem(paper.id, text, text), PaperItem(PaperId(words), text))),
            ComparisonTable(
                text, (text, text), (ComparisonRow(paper.id, (claim, None), text), ComparisonRow(odd.id, (None, claim)))
            ),
        )
        figures: tuple[Block, ...] = (
            PrismaFlow(text, (FlowStage(FlowCount("found", text, 1, 0), (FlowCount(f"source:{text}", text, 1),)),)),
            YearChart(text, (top,), (2021,), ((1,),)),
            ThemeMap(text, (MapLabel(top, 0.2, 0.3, 2, below), MapLabel(below, 1.0, 0.0, 1, top))),
            Timeline(text, ((2021, (paper.id, odd.id, PaperId(words))),)),
            SimilarityMatrix(text, (top, below), ((1.0, 0.5), (0.5, 1.0))),
            TaxonomyFigure(text, ((below, (paper.id, odd.id)),)),
            Catalogue(text),
        )
        self.sections = (
            Section(f"s{n}-{text}", words, 1, (*blocks, *(figures if n == 0 else ())), top),
            Section(f"t{n}", words, 2, (Note(text),), below),
            Section(f"u{n}", words, 3, (Note(text),)),
        )


def _entry(paper: Paper, theme: ThemeId, number: int) -> BibliographyEntry:
    claim = sentence(paper.abstract or "Nothing is said", paper.id)
    card = PaperReview(
        paper.id,
        claim if paper.abstract else None,
        findings=(claim,) if paper.abstract else (),
        keywords=("debate",) if theme == _DEBATE else (),
        questions=(sentence("Do judges see all steps?", paper.id),) if theme == _DEBATE else (),
        data=(sentence("MNIST; K-Steps", paper.id),) if number == 1 else (),
    )
    others = tuple(other.id for other, place in _PAPERS if place == theme and other.id != paper.id)
    place = Assignment(
        paper=paper.id,
        theme=theme,
        path=TAXONOMY.path(theme),
        score=0.61,
        runner_up=_INNER,
        margin=0.02 * number,
        uncertain=number == 1,
        method="nearest",
        confidence=0.4 + 0.08 * number,
        fit=0.9,
        keywords=("debate", "judge") if theme == _DEBATE else (),
    )
    reasons = (Evidence(paper.id, paper.version, "abstract", 0, 10),) if theme == _DEBATE else ()
    key = f"key{paper.id.replace('.', '').replace('-', '')}"
    position = (round(0.1 + 0.15 * number, 3), 0.25 if theme == _INNER else 0.75)
    return BibliographyEntry(paper, number, key, card, place, others, _standing(paper.id), reasons, position)


def _standing(paper: PaperId) -> CitationStats | None:
    """Three papers are known to a graph; the one that cites most also cites beyond the survey."""
    cites = tuple(cited for citing, cited in _CITATIONS if citing == paper)
    cited_by = tuple(citing for citing, cited in _CITATIONS if cited == paper)
    if not cites and not cited_by:
        return None
    outside = _OUTSIDE if len(cites) > 1 else ()
    told = (("semantic_scholar", "2026-01-01T00:00:00Z"),)
    return CitationStats(cites, cited_by, outside, 3 * bool(outside), 40 + len(cited_by), told)


def _flow() -> PrismaFlow:
    found = FlowCount("found", "Records found", 1208, 1210)
    parts = (FlowCount("source:a_1.jsonl", "a_1.jsonl", 1200, 1210), FlowCount("source:b%.bib", "b%.bib", 8, 0))
    aside = (FlowCount("quarantined", "Records set aside", 1200, 1200), FlowCount("duplicates", "Known records", 1, 2))
    gone = (FlowCount("withdrawn", "Papers withdrawn", 1, 1),)
    included = FlowCount("included", "Papers in this draft", 6, 7)
    return PrismaFlow(
        "From 1,208 records to 6 papers, one less than before.",
        (
            FlowStage(found, parts, aside),
            FlowStage(FlowCount("distinct", "Different papers", 7, 8), aside=gone),
            FlowStage(included),
        ),
    )


def _sections(ids: list[PaperId]) -> tuple[Section, ...]:
    first, second, third, fourth, fifth, sixth = ids
    return (
        Section("abstract", "Abstract", 1, (Note("This draft covers 6 papers in 2 themes, from 2021 to 2023."),)),
        Section(
            "changes",
            "What changed",
            1,
            (
                PaperList(
                    "Withdrawn (2)",
                    (
                        PaperItem(fifth, "A title with $x_1$ & more", "withdrawn January 1, 2026"),
                        PaperItem(PaperId("2209.99999"), "A proof of $P = NP$"),
                    ),
                ),
            ),
        ),
        Section(
            "method",
            "How the papers were selected",
            1,
            (
                Note("Drafted by software from the papers' own abstracts.", "notice"),
                KeyValueTable("Selection", (("Papers found", "8"), ("Papers kept", "6"), ("Without an abstract", "1"))),
                _flow(),
                YearChart(
                    "Most of the papers are from 2022 and 2023.",
                    (_OUTER, _INNER),
                    (2021, 2022, 2023),
                    ((1, 0), (2, 0), (1, 1)),
                ),
            ),
        ),
        Section(
            "taxonomy",
            "Taxonomy",
            1,
            (
                TaxonomyFigure(
                    "Two themes hold the six papers; names are followed by counts.",
                    ((_DEBATE, (first, second)), (_REWARD, (third, fourth)), (_INNER, (fifth, sixth))),
                ),
                SimilarityMatrix(
                    "Debate is more like rewards (0.70) than like inner alignment (0.25).",
                    (_DEBATE, _REWARD, _INNER),
                    ((1.0, 0.7, 0.25), (0.7, 1.0, 0.5), (0.25, 0.5, 1.0)),
                ),
            ),
        ),
        Section(
            "overview",
            "Papers over time",
            1,
            (
                PaperList(
                    "Most cited within this survey",
                    (
                        PaperItem(first, _PAPERS[0][0].title, "citations in this survey: 2"),
                        PaperItem(second, _PAPERS[1][0].title, "citations in this survey: 1"),
                    ),
                ),
                Timeline("The most cited papers by year.", ((2021, (first,)), (2022, (second,)))),
                ThemeMap(
                    "Papers that are alike are near each other.",
                    (MapLabel(_OUTER, 0.4, 0.75, 4, _INNER), MapLabel(_INNER, 0.8, 0.25, 2, _OUTER)),
                ),
            ),
        ),
        Section("theme-outer", "Outer alignment", 1, (Note(TAXONOMY[_OUTER].description, "definition"),), _OUTER),
        Section("theme-debate", "Debate", 2, _debate(first, second), _DEBATE),
        Section("theme-reward", "Reward & preference learning", 2, _reward(third, fourth), _REWARD),
        Section(
            "theme-inner",
            "Inner alignment",
            1,
            (
                Note(TAXONOMY[_INNER].description, "definition"),
                Paragraph((sentence("Proxy goals can fit the training data.", sixth),)),
            ),
            _INNER,
        ),
        Section(
            "open-problems",
            "Open problems",
            1,
            (
                Paragraph(
                    (
                        sentence("Weak judges miss errors.", second, role="problem"),
                        sentence("Accuracy falls by a third.", fourth, role="problem"),
                    ),
                    style="list",
                ),
            ),
        ),
        Section("catalogue", "Catalogue", 1, (Catalogue("All papers in the order of the themes."),)),
        Section("references", "References", 1, (References(),)),
    )


def _debate(first: PaperId, second: PaperId) -> tuple[Block, ...]:
    return (
        Note(TAXONOMY[_DEBATE].description, "definition"),
        Paragraph(
            (
                sentence("Judges see $k$ steps of at most $\\alpha n$ tokens.", first),
                sentence("It costs 50% less than $O(n^{2})$ & more \u201cqueries\u201d.", first, second),
            ),
            "Approaches",
        ),
        ComparisonTable(
            "Debate: what each paper does",
            ("Problem", "Approach", "Finding"),
            (
                ComparisonRow(
                    first,
                    (None, sentence("Judges see $k$ steps.", first), sentence("It costs 50% less.", first)),
                    "https://github.com/lab/k_steps",
                ),
                ComparisonRow(
                    second,
                    (
                        sentence("Weak judges miss errors in long arguments that span several documents.", second),
                        sentence("Cross-examination.", second),
                        None,
                    ),
                ),
            ),
        ),
    )


def _reward(third: PaperId, fourth: PaperId) -> tuple[Block, ...]:
    return (
        Note(TAXONOMY[_REWARD].description, "definition"),
        Paragraph((sentence("Rewards from comparisons can be wrong.", third, role="problem"),), "Problems"),
        Paragraph((sentence("The regret is bounded by $\\sqrt{T}$.", third), sentence("Accuracy falls.", fourth))),
    )
