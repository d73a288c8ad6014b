"""Put a survey together, section by section, in reading order."""

from __future__ import annotations

from dataclasses import replace

from surveygen.domain.survey import BibliographyEntry, PrismaFlow, Section, Survey
from surveygen.languages import Language
from surveygen.survey._back_matter import (
    write_catalogue,
    write_open_problems,
    write_outlook,
    write_quality,
    write_references,
)
from surveygen.survey._changes import CHANGES, write_changes, write_withdrawn
from surveygen.survey._cross_theme import write_across, write_questions
from surveygen.survey._edits import with_hand
from surveygen.survey._flow import write_flow
from surveygen.survey._front_matter import (
    METHOD,
    with_notice,
    with_other_languages,
    write_abstract,
    write_glance,
    write_introduction,
    write_method,
    write_overview,
    write_taxonomy,
)
from surveygen.survey._themes import write_themes
from surveygen.survey.context import ComposeContext
from surveygen.survey.counts import count_themes
from surveygen.survey.data import SurveyData
from surveygen.survey.order import reference_order
from surveygen.survey.quality import measure
from surveygen.survey.translation import TranslationApplier


def compose(material: SurveyData, language: Language) -> Survey:
    """Make the document; the same material gives an equal one.

    What is said is chosen, ordered and measured in the words of the sources, and only then put into the language of the
    edition, so that all editions say the same.
    """
    says = TranslationApplier(material.translation, language.code)
    material = replace(material, taxonomy=says.named(material.taxonomy))
    desk = ComposeContext.of(material, language)
    themes = write_themes(desk)
    opening = (write_abstract(desk), *write_glance(desk), *write_introduction(desk))
    sections = (
        *opening,
        write_method(desk),
        write_taxonomy(desk),
        *write_overview(desk),
        *themes,
        *write_across(desk),
        *write_open_problems(desk),
        *write_questions(desk),
        *write_outlook(desk),
        *write_withdrawn(desk),
        write_catalogue(desk),
    )
    body = with_hand(sections, material, language.code)
    said = says.sections(body)
    quality = says.counted(measure(material, body), said)
    opened = (with_other_languages(desk, with_notice(desk, said[0], quality)), *said[1:])
    survey = Survey(
        slug=material.slug,
        title=material.title,
        language=language.code,
        generated_at=material.generated_at,
        taxonomy=says.described(material.taxonomy),
        counts=count_themes(material.taxonomy, material.assignments.values(), material.border),
        entries=_entries(material, says),
        sections=(*opened, write_quality(desk, quality), write_references(desk)),
        quality=quality,
        provenance=material.provenance,
        citations=material.citations.edges,
        graphs=tuple(sorted(material.graphs.items())),
    )
    return with_change_report(survey, material, language)


def with_change_report(survey: Survey, material: SurveyData, language: Language) -> Survey:
    """Return a survey with the change reports of its material in place of those it has.

    What changed stands before the section "method", where all opening sections are over.
    """
    named = TranslationApplier(material.translation, language.code).named(material.taxonomy)
    desk = ComposeContext.of(replace(material, taxonomy=named), language)
    others = tuple(_recounted(section, desk) for section in survey.sections if section.id != CHANGES)
    headings = {section.id: section.heading for section in others}
    told = write_changes(desk, headings)
    at = next(place for place, section in enumerate(others) if section.id == METHOD)
    sections = (*others[:at], *told, *others[at:])
    return replace(survey, sections=sections, changes=material.changes, earlier=material.earlier)


def _recounted(section: Section, desk: ComposeContext) -> Section:
    """Set the numbers of the selection beside those before the last refresh."""
    if section.id != METHOD:
        return section
    flow = write_flow(desk)
    return replace(section, blocks=tuple(flow if isinstance(block, PrismaFlow) else block for block in section.blocks))


def _entries(material: SurveyData, says: TranslationApplier) -> tuple[BibliographyEntry, ...]:
    papers = {paper.id: paper for paper in material.papers}
    ordered = [papers[paper] for paper in reference_order(material.papers, material.order) if paper in papers]
    return tuple(
        BibliographyEntry(
            paper=paper,
            number=number,
            cite_key=material.cite_keys[paper.id],
            card=says.card(material.cards[paper.id]),
            assignment=material.assignments.get(paper.id),
            neighbours=material.neighbours.get(paper.id, ()),
            citation_stats=material.citations.stats.get(paper.id),
            reasons=material.reasons.get(paper.id, ()),
            position=material.positions.get(paper.id),
        )
        for number, paper in enumerate(ordered, start=1)
    )
