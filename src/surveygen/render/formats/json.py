"""Write the survey as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from surveygen.config import Settings
from surveygen.domain.citation import CitationStats
from surveygen.domain.summary import REVIEW_FIELDS, Evidence, PaperReview
from surveygen.domain.survey import BibliographyEntry, Section, Survey
from surveygen.domain.theme import Assignment, Theme
from surveygen.languages import Language
from surveygen.render._json_blocks import Json, block_of, evidence_of, in_lines, ratio, sentence_of
from surveygen.render._json_changes import changes_of
from surveygen.render._links import link_of
from surveygen.render.latex.text import tex_key
from surveygen.render.references import versions_of
from surveygen.render.templates import TemplateRoots

SCHEMA_VERSION = 1


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> JsonRenderer:  # noqa: ARG001  # JSON has no template and no settings
    """Make the renderer of ``survey.json``."""
    return JsonRenderer(language)


@dataclass(frozen=True, slots=True)
class JsonRenderer:
    """Writes what docs/survey.schema.json describes."""

    language: Language

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.json``, and ``changes.json`` after a refresh; arrays in the order of the document."""
        files = {"survey.json": in_lines(self._document(survey))}
        if survey.changes is not None:
            files["changes.json"] = in_lines(changes_of(survey.changes) or {})
        return files

    def _document(self, survey: Survey) -> Json:
        made = survey.provenance
        return {
            "schema_version": SCHEMA_VERSION,
            "slug": survey.slug,
            "title": survey.title,
            "subtitle": survey.subtitle,
            "language": survey.language,
            "generated_at": survey.generated_at,
            "provenance": {
                **{name: getattr(made, name) for name in _PROVENANCE},
                "seed": made.seed,
                "sources": list(made.sources),
                "model": asdict(made.model) if made.model else None,
            },
            "themes": self._themes(survey),
            "assignments": [
                _assignment(entry.assignment, entry.reasons) for entry in survey.entries if entry.assignment
            ],
            "papers": [_paper(entry) for entry in survey.entries],
            "sections": [_section(section) for section in survey.sections],
            "references": [
                {"paper": entry.paper.id, "cite_key": tex_key(entry.cite_key, entry.number)} for entry in survey.entries
            ],
            "citations": [
                {"citing": edge.citing, "cited": edge.cited, "provider": edge.provider, "at": edge.at}
                for edge in survey.citations
            ],
            "quality": {name: ratio(getattr(survey.quality, name)) for name in survey.quality.__slots__},
            "changes": changes_of(survey.changes),
        }

    def _themes(self, survey: Survey) -> list[Json]:
        counts = {count.theme: count for count in survey.counts}
        return [
            {
                **self._theme(theme),
                "papers": list(counts[theme.id].own) if theme.id in counts else [],
                "size": counts[theme.id].size if theme.id in counts else 0,
                "border": list(counts[theme.id].border) if theme.id in counts else [],
            }
            for theme in survey.taxonomy
        ]

    def _theme(self, theme: Theme) -> Json:
        return {
            "id": theme.id,
            "name": theme.name_in(self.language.code),
            "parent": theme.parent,
            "origin": theme.origin,
            "description": theme.description,
            "keywords": list(theme.keywords),
        }


_PROVENANCE = ("surveygen", "config_sha256", "corpus_sha256", "encoder", "summarizer", "translator")


def _assignment(item: Assignment, reasons: Sequence[Evidence]) -> Json:
    return {
        "paper": item.paper,
        "theme": item.theme,
        "path": list(item.path),
        "score": ratio(item.score),
        "runner_up": item.runner_up,
        "margin": ratio(item.margin),
        "uncertain": item.uncertain,
        "method": item.method,
        "secondary": list(item.secondary),
        "confidence": ratio(item.confidence),
        "fit": ratio(item.fit),
        "outside": item.outside,
        "why": {"keywords": list(item.keywords), "sentences": [evidence_of(span) for span in reasons]},
    }


def _paper(entry: BibliographyEntry) -> Json:
    paper = entry.paper
    return {
        "id": paper.id,
        "number": entry.number,
        "cite_key": tex_key(entry.cite_key, entry.number),
        "version": paper.version,
        "latest_version": paper.latest,
        "title": paper.title,
        "authors": [author.name for author in paper.authors],
        "published": paper.published,
        "updated": paper.updated,
        "categories": list(paper.categories),
        "status": paper.status,
        "abstract_kind": paper.abstract_kind,
        "doi": paper.doi,
        "journal_ref": paper.journal_ref,
        "url": link_of(paper),
        "versions": [
            {"n": item.n, "submitted_at": item.submitted_at, "size_kb": item.size_kb, "withdrawn": item.withdrawn}
            for item in versions_of(paper)
        ],
        "card": _card(entry.card),
        "neighbours": list(entry.neighbours),
        "position": [ratio(axis) for axis in entry.position] if entry.position else None,
        **_standing(entry.citation_stats or CitationStats()),
    }


def _standing(standing: CitationStats) -> Json:
    return {
        "references": list(standing.references),
        "cited_by": list(standing.cited_by),
        "references_outside": [
            {"ids": list(work.ids), "title": work.title, "authors": work.authors, "year": work.year}
            for work in standing.outside
        ],
        "references_more": standing.more,
        "citation_count": standing.count,
        "citations_told": [{"provider": provider, "at": at} for provider, at in standing.providers],
    }


def _card(card: PaperReview) -> Json:
    return {
        "one_liner": sentence_of(card.one_liner) if card.one_liner else None,
        **{name: [sentence_of(item) for item in getattr(card, name)] for name in REVIEW_FIELDS},
        "keywords": list(card.keywords),
        "code": card.code,
        "code_evidence": evidence_of(card.code_evidence) if card.code_evidence else None,
    }


def _section(section: Section) -> Json:
    return {
        "id": section.id,
        "heading": section.heading,
        "level": section.level,
        "theme": section.theme,
        "blocks": [block_of(block) for block in section.blocks],
    }
