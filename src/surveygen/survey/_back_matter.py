"""Write what stands after the themes: open problems, catalogue, quality, references."""

from __future__ import annotations

from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Catalogue, KeyValueTable, Note, Paragraph, Quality, References, Section
from surveygen.survey.context import ComposeContext


def write_open_problems(desk: ComposeContext) -> tuple[Section, ...]:
    """List what the papers say is open, theme by theme; nothing if none says so."""
    paragraphs: list[Paragraph] = []
    for top in desk.material.taxonomy.children(None):
        inside = desk.material.taxonomy.subtree(top.id)
        found: list[Sentence] = []
        for theme in inside:
            summary = desk.material.summaries.get(theme.id)
            found += desk.used.take(summary.open_problems) if summary else ()
        if found:
            paragraphs.append(Paragraph(tuple(found), desk.name(top.id), "list"))
    if not paragraphs:
        return ()
    return (Section("open-problems", desk.say("open_problems"), 1, tuple(paragraphs)),)


def write_outlook(desk: ComposeContext) -> tuple[Section, ...]:
    """Close with what lies ahead; nothing if nobody wrote an outlook."""
    told = desk.used.take(desk.material.frame.outlook)
    return (Section("outlook", desk.say("outlook"), 1, (Paragraph(told),)),) if told else ()


def write_catalogue(desk: ComposeContext) -> Section:
    """Hold every paper, also those that the prose leaves out."""
    caption = desk.say("catalogue_caption", n=len(desk.material.papers))
    return Section("catalogue", desk.say("catalogue"), 1, (Catalogue(caption),))


def write_quality(desk: ComposeContext, quality: Quality) -> Section:
    """Tell the reader how far to trust the draft."""
    number, percent = desk.language.number, desk.language.percent
    rows = (
        (desk.say("quality_claims"), number(quality.claim_sentences)),
        (desk.say("quality_cited"), percent(quality.citation_coverage)),
        (desk.say("quality_grounded"), percent(quality.grounded_share)),
        (desk.say("quality_grounded_cited"), percent(quality.grounded_cited_share)),
        *(((desk.say("quality_model"), number(quality.model_sentences)),) if desk.material.provenance.model else ()),
        *(_human_rows(desk, quality) if quality.human_sentences else ()),
        (desk.say("quality_redundancy"), percent(quality.redundancy)),
        (desk.say("quality_dangling"), number(quality.dangling_sentences)),
        (desk.say("quality_fragments"), number(quality.fragments)),
        (desk.say("quality_least"), percent(quality.least_theme_cited)),
        (desk.say("quality_orphans"), number(quality.orphan_citations)),
        (desk.say("quality_uncited"), number(quality.uncited_references)),
        (desk.say("quality_uncertain"), number(quality.uncertain_papers)),
        (desk.say("quality_unassigned"), number(quality.unassigned_papers)),
        (desk.say("quality_outside"), number(quality.outside_papers)),
        (desk.say("quality_no_abstract"), number(quality.papers_without_abstract)),
        (desk.say("quality_notes"), number(quality.editor_notes)),
        (desk.say("quality_quarantined"), number(quality.quarantined_records)),
        (desk.say("quality_untranslated"), number(quality.untranslated_sentences)),
        *_translated(desk, quality),
    )
    made = desk.material.provenance
    again = (
        (desk.say("version"), made.surveygen),
        (desk.say("config_hash"), made.config_sha256[:16]),
        (desk.say("corpus_hash"), made.corpus_sha256[:16]),
        (desk.say("command"), f"surveygen build --lang {desk.language.code}"),
    )
    blocks = (
        Note(desk.say("quality_text")),
        KeyValueTable(desk.say("quality"), rows),
        KeyValueTable(desk.say("reproduce"), again),
    )
    return Section("quality", desk.say("quality"), 1, blocks)


def _human_rows(desk: ComposeContext, quality: Quality) -> tuple[tuple[str, str], ...]:
    number = desk.language.number
    return (
        (desk.say("quality_human"), number(quality.human_sentences)),
        (desk.say("quality_doubted"), number(quality.doubted_sentences)),
    )


def _translated(desk: ComposeContext, quality: Quality) -> tuple[tuple[str, str], ...]:
    """Account for the translation; nothing if nobody was asked."""
    if not desk.material.provenance.translator:
        return ()
    number = desk.language.number
    return (
        (desk.say("quality_translated"), number(quality.translated_sentences)),
        (desk.say("quality_failed_translations"), number(quality.failed_translations)),
    )


def write_references(desk: ComposeContext) -> Section:
    """End with the numbered bibliography."""
    return Section("references", desk.say("references"), 1, (References(),))
