"""Compose the survey document from its sections, in reading order."""

from __future__ import annotations

from dataclasses import replace

from surveygen.domain.citation import FULL_TEXT
from surveygen.domain.summary import glue_limit
from surveygen.domain.survey import BibliographyEntry, Catalogue, Paragraph, PrismaFlow, References, Section, Survey
from surveygen.domain.theme import Taxonomy
from surveygen.languages import Language
from surveygen.survey._changes import CHANGES, write_changes, write_withdrawn
from surveygen.survey._edits import apply_edits
from surveygen.survey._figures import count_themes, write_overview, write_similarity, write_taxonomy
from surveygen.survey._front_matter import (
    METHOD,
    complete_abstract,
    prisma_flow,
    write_abstract,
    write_glance,
    write_method,
    write_outlook,
)
from surveygen.survey._introduction import INTRODUCTION, write_background, write_conclusion, write_introduction
from surveygen.survey._openings import OpeningFacts, add_openings
from surveygen.survey._themes import (
    write_cross_theme,
    write_open_problems,
    write_questions,
    write_results,
    write_themes,
)
from surveygen.survey.context import ComposeContext
from surveygen.survey.data import SurveyData
from surveygen.survey.quality import measure, write_quality
from surveygen.survey.references import reference_order
from surveygen.survey.translation import TranslationApplier, with_definitions


def compose(data: SurveyData, language: Language) -> Survey:
    """Compose the document of one edition; equal data give an equal document.

    Sentences are chosen, ordered and measured in the language of the papers and translated afterwards, so that all
    editions have the same content. Themes without papers are left out.
    """
    translation = TranslationApplier(with_definitions(data.translation, data.taxonomy, language), language.code)
    everything = data  # a change report names themes that have lost their papers
    inhabited = {theme for item in data.assignments.values() for theme in item.path}
    taxonomy = Taxonomy(tuple(theme for theme in data.taxonomy if theme.id in inhabited))
    graphs = {FULL_TEXT: language.say("graph_full_text")} if FULL_TEXT in data.graph_titles else {}
    data = replace(data, taxonomy=translation.translate_names(taxonomy), graph_titles={**data.graph_titles, **graphs})
    context = ComposeContext.from_data(data, language)
    glance = write_glance(context)  # takes the main finding of each top theme first
    # What is quoted opens the survey first; what a model wrote sums the themes up, and gives way to them.
    quoted = all(sentence.method == "extractive" for sentence in data.front_matter.introduction)
    themes = () if quoted else write_themes(context)
    abstract, introduction, background = write_abstract(context), write_introduction(context), write_background(context)
    themes = themes or write_themes(context)  # before the other sections, which quote what the themes do not
    caption = language.say("catalogue_caption", n=len(data.papers))
    catalogue = Section("catalogue", language.say("catalogue"), 1, (Catalogue(caption),))  # those not cited too
    original = (
        abstract,
        *glance,
        introduction,
        *background,
        write_taxonomy(context),
        *write_overview(context),
        *themes,
        *write_cross_theme(context),
        *write_results(context),
        *write_open_problems(context),
        *write_questions(context),
        *write_outlook(context),
        *write_conclusion(context),
        write_method(context),
        *write_similarity(context),
        *write_withdrawn(context),
        catalogue,
    )
    edited = apply_edits([_with_little_glue(section) for section in original], data, language.code)
    sections = translation.translate_sections(edited)
    quality = translation.count_translated(measure(data, edited), sections)
    edges = {(edge.citing, edge.cited) for edge in data.citations.edges}
    sections = add_openings(sections, OpeningFacts(context.papers, edges))
    survey = Survey(
        slug=data.slug,
        title=data.title,
        language=language.code,
        generated_at=data.generated_at,
        taxonomy=translation.translate_taxonomy(data.taxonomy),
        counts=count_themes(data),
        entries=_entries(data, translation),
        sections=(
            complete_abstract(context, sections[0], quality),
            *sections[1:],
            write_quality(context, quality),
            Section("references", language.say("references"), 1, (References(),)),
        ),
        quality=quality,
        provenance=data.provenance,
        citations=data.citations.edges,
        graphs=tuple(sorted(data.graph_titles.items())),
        images=data.images,
    )
    return with_change_report(survey, everything, language)


def with_change_report(survey: Survey, data: SurveyData, language: Language) -> Survey:
    """Return a survey with the change reports of `data` in place of its own.

    The section of changes precedes the introduction, and the flow of records in the section on the method compares its
    counts with those before the last refresh.
    """
    taxonomy = TranslationApplier(data.translation, language.code).translate_names(data.taxonomy)
    context = ComposeContext.from_data(replace(data, taxonomy=taxonomy), language)
    others = [section for section in survey.sections if section.id != CHANGES]
    place = {section.id: index for index, section in enumerate(others)}
    flow, method = prisma_flow(context), others[place[METHOD]]
    blocks = tuple(flow if isinstance(block, PrismaFlow) else block for block in method.blocks)
    others[place[METHOD]] = replace(method, blocks=blocks)
    changes = write_changes(context, {section.id: section.heading for section in others})
    sections = (*others[: place[INTRODUCTION]], *changes, *others[place[INTRODUCTION] :])
    return replace(survey, sections=sections, changes=data.changes, earlier=data.earlier)


def _with_little_glue(section: Section) -> Section:
    """Return a section without its last connecting sentences, where other sections quote too many of the others."""
    sentences = list(section.sentences())
    room = glue_limit(sum(sentence.method != "glue" for sentence in sentences))
    surplus = {id(it) for it in [it for it in sentences if it.method == "glue"][room:]}
    if not surplus:
        return section
    blocks = (
        replace(block, sentences=tuple(it for it in block.sentences if id(it) not in surplus))
        if isinstance(block, Paragraph)
        else block
        for block in section.blocks
    )
    return replace(section, blocks=tuple(blocks))


def _entries(data: SurveyData, translation: TranslationApplier) -> tuple[BibliographyEntry, ...]:
    papers = {paper.id: paper for paper in data.papers}
    ordered = [papers[paper] for paper in reference_order(data.papers, data.order) if paper in papers]
    return tuple(
        BibliographyEntry(
            paper=paper,
            number=number,
            cite_key=data.cite_keys[paper.id],
            card=translation.translate_review(data.reviews[paper.id]),
            assignment=data.assignments.get(paper.id),
            neighbours=data.neighbors.get(paper.id, ()),
            citation_stats=data.citations.stats.get(paper.id),
            reasons=data.rationales.get(paper.id, ()),
            position=data.coordinates.get(paper.id),
            contexts=tuple(map(translation.translate_context, data.contexts.get(paper.id, ()))),
            full_text=data.quoted_texts.get(paper.id),
            version_changes=data.version_changes.get(paper.id, ()),
            decisions=data.placements.get(paper.id, ()),
            figure=data.figures.get(paper.id),
        )
        for number, paper in enumerate(ordered, start=1)
    )
