"""Measure the claims and papers of a survey, and report the figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import (
    Catalogue,
    ComparisonTable,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    Quality,
    Section,
    all_sentences,
    discussions,
)
from surveygen.domain.text import tokenize
from surveygen.domain.theme import ThemeId
from surveygen.survey.context import ComposeContext
from surveygen.survey.data import SurveyData

_MIN_LETTERS = 30  # of a sentence or title; shorter texts are names and labels, which recur


def measure(data: SurveyData, sections: Sequence[Section]) -> Quality:
    """Measure all claims of the text and the tables, cited or not, and the papers.

    Grounding and flaws are measured for the sentences of the program; those of a person are counted apart. An aggregate
    is a cited claim in fixed words, which have no flaws; glue claims nothing.
    """
    prose = list(_prose(sections))
    blocks = [block for section in sections for block in section.blocks]
    rows = [row for block in blocks if isinstance(block, ComparisonTable) for row in block.rows]
    cells = (cell for row in rows for cell in row.cells if cell is not None)
    claims = [claim for claim in (*prose, *cells) if claim.method != "glue"]
    human = [claim for claim in claims if claim.method == "human"]
    grounded = [(claim, data.checks.grounded(claim)) for claim in claims if claim.method != "human"]
    flaws = Counter(data.checks.flaw(claim) for claim in prose if claim.method in ("extractive", "llm"))
    cited = {paper for claim in claims for paper in claim.cites}
    paragraphs = [block for block in blocks if isinstance(block, Paragraph) and block.style == "prose"]
    in_prose = {paper for claim in prose for paper in claim.cites}
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
        redundancy=_repeated(_shown(data, sections)),
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
        papers_in_prose=_share(paper in in_prose for paper in papers),
        joint_citations=_share(len(claim.cites) > 1 for claim in prose if claim.cites),
        full_texts=len(data.texts.records),
        paragraph_sentences=median([len(block.sentences) for block in paragraphs] or [0]),
    )


def _shown(data: SurveyData, sections: Sequence[Section]) -> Iterator[str]:
    """Yield what a reader sees of sentences and titles: running text, lists, table cells and the catalogue.

    Authors, citation marks, case and punctuation do not count; what counts papers is told by what it counts.
    """
    papers = {paper.id: paper for paper in (*data.withdrawn, *data.papers)}
    for claim in all_sentences(sections):
        yield _bare(claim, papers)
    for block in (block for section in sections for block in section.blocks):
        if isinstance(block, PaperList):
            yield from (_letters(item.title) for item in block.items)
        elif isinstance(block, Catalogue):
            yield from (_letters(paper.title) for paper in data.papers)
            discussed = discussions(sections)
            lines = (data.reviews[paper.id].one_liner for paper in data.papers if paper.id not in discussed)
            yield from (_bare(line, papers) for line in lines if line is not None)


def _bare(claim: Sentence, papers: Mapping[PaperId, Paper]) -> str:
    if claim.counts:
        return repr(claim.counts)
    text = claim.plain
    if claim.opening is not None:
        text = text.removeprefix(claim.opening.text)
    for paper in claim.cites:
        label = short_authors(papers[paper].authors) if paper in papers else ""
        text = text.replace(label, "") if label else text
    return _letters(text)


def _letters(text: str) -> str:
    return " ".join(tokenize(text))


def _repeated(texts: Iterable[str]) -> float:
    """Return the share of texts that stand more than once; names and labels are too short to count."""
    counts = Counter(text for text in texts if len(text) >= _MIN_LETTERS)
    return sum(n for n in counts.values() if n > 1) / max(counts.total(), 1)


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
        ("prose", quality.papers_in_prose, True),
        ("joint", quality.joint_citations, True),
        ("paragraph", quality.paragraph_sentences, True),
        ("least", quality.least_theme_cited, True),
        ("uncertain", quality.uncertain_papers, True),
        ("unassigned", quality.unassigned_papers, True),
        ("outside", quality.outside_papers, True),
        ("no_abstract", quality.papers_without_abstract, True),
        ("notes", quality.editor_notes, True),
        ("full_texts", quality.full_texts, bool(quality.full_texts)),
        ("quarantined", quality.quarantined_records, True),
        ("untranslated", quality.untranslated_sentences, True),
        ("translated", quality.translated_sentences, translated),
        ("failed_translations", quality.failed_translations, translated),
    )
    shares = {"cited", "grounded", "grounded_cited", "redundancy", "prose", "joint", "least"}
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
