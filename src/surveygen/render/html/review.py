"""The view model of the review page of one paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from surveygen.domain.changes import VersionChange
from surveygen.domain.license import license_name
from surveygen.domain.paper import Paper, PaperVersion, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.survey import BibliographyEntry
from surveygen.domain.theme import ThemeId
from surveygen.render.bibtex import bibliography
from surveygen.render.html.evidence import ReviewWriter
from surveygen.render.html.markup import anchor, string, words
from surveygen.render.html.page_data import SITES
from surveygen.render.html.relations import Relations, ReviewIndex
from surveygen.render.references import code_address, doi_of, link_of, review_file, versions_of
from surveygen.render.view import View

# Fields of a review that are sections of the page, in their order, with the keys of their headings.
_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("motivation", "review_motivation", ("motivation", "aims")),
    ("contributions", "review_contributions", ("contributions",)),
    ("method", "page_js_methods", ("methods",)),
    ("questions", "page_js_questions", ("questions",)),
    ("findings", "page_js_findings", ("findings",)),
    ("results", "review_results", ("results",)),
    ("limits", "page_js_limits", ("limits",)),
    ("significance", "page_js_significance", ("significance",)),
    ("definitions", "review_definitions", ("definitions",)),
    ("data", "review_data", ("data",)),
)
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_QUALITY = "quality"  # section of the survey
_MAX_AUTHORS = 200  # a paper of 3,000 authors would fill the page
_MAX_META_AUTHORS = 50
_MAX_CHANGED = 4  # sentences of an abstract that a version removed or added


class ReviewPage:
    """Lays out the page of one paper for its template."""

    def __init__(self, index: ReviewIndex, entry: BibliographyEntry) -> None:
        self._index, self._entry = index, entry
        self._context, self._language = index.context, index.language
        self._file = review_file(entry.paper.id)
        self._write = ReviewWriter(index.context, entry.paper, self._file)
        self._relations = Relations(index, entry, self._write)
        fields = entry.card.fields()
        self._claims = {
            name: [self._write.with_evidence(sentence) for sentence in sentences] for name, sentences in fields
        }

    def view(self) -> dict[str, object]:
        """Return what the template may name."""
        entry, paper = self._entry, self._entry.paper
        sections = [section for section in self._sections() if section["blocks"]]
        return {
            "file": self._file,
            "number": entry.number,
            "name": words(paper.title),
            "name_plain": string(paper.title),
            "authors": [string(author.name) for author in paper.authors[:_MAX_AUTHORS]],
            "more_authors": max(len(paper.authors) - _MAX_AUTHORS, 0),
            "facts": list(self._facts()),
            "marks": list(self._marks()),
            "theme": self._theme_link(),
            "links": list(self._links()),
            "one_liner": self._claims["one_liner"][0] if self._claims["one_liner"] else None,
            "keywords": [string(word) for word in entry.card.keywords],
            "sections": sections,
            "meta": list(self._meta()),
            "home": self._index.to_survey(self._file, f"p-{anchor(paper.id)}"),
            "quality": self._index.to_survey(self._file, _QUALITY) if _QUALITY in self._index.places else "",
            "is_empty": not entry.card.sentences(),
        }

    def _sections(self) -> Iterator[dict[str, object]]:
        say = self._language.say
        missing: list[str] = []
        for name, heading, fields in _SECTIONS:
            claims = [claim for field in fields for claim in self._claims[field]]
            blocks: list[View] = [{"kind": "claims", "claims": claims}] if claims else []
            places = [
                self._write.text_source(self._entry, pointer.evidence)
                for pointer in self._entry.card.pointers
                if pointer.field in fields
            ]
            blocks += [{"kind": "pointers", "places": places}] if places else []
            if name == "method":
                blocks += self._figure()
            if name == "results":
                blocks += self._relations.values()
            if name == "data":
                blocks += self._code()
            missing += [] if blocks else [say(heading)]
            yield {"id": name, "heading": say(heading), "blocks": blocks}
        yield {"id": "described", "heading": say("page_js_described"), "blocks": self._relations.described()}
        yield {"id": "survey", "heading": say("review_in_survey"), "blocks": self._relations.mentioned()}
        yield {"id": "abstract", "heading": self._abstract_heading(), "blocks": self._abstract()}
        yield {"id": "neighborhood", "heading": say("page_js_neighborhood"), "blocks": self._relations.neighborhood()}
        yield {"id": "similar", "heading": say("page_js_near"), "blocks": self._relations.similar()}
        yield {"id": "theme", "heading": say("page_js_filing"), "blocks": self._placement()}
        yield {"id": "versions", "heading": say("page_js_versions"), "blocks": self._versions()}
        yield {"id": "cite", "heading": say("review_cite"), "blocks": [self._bibtex()]}
        yield {"id": "made", "heading": say("review_made"), "blocks": [self._disclosure(missing)]}

    # -- head --

    def _facts(self) -> Iterator[str]:
        paper = self._entry.paper
        if paper.date:
            yield self._language.day(paper.date)
        if is_arxiv_id(paper.id):
            yield f"arXiv:{paper.id}v{paper.version}"
        if categories := _categories(paper):
            yield string(", ".join(categories))
        yield from (string(text) for text in (paper.journal_ref, paper.comment) if text)
        if self._entry.citation_stats and self._entry.citation_stats.count is not None:
            yield self._language.say("page_js_count", n=self._entry.citation_stats.count)

    def _marks(self) -> Iterator[tuple[str, str]]:
        say, paper, place = self._language.say, self._entry.paper, self._entry.assignment
        if paper.status != "active":
            yield paper.status, say(f"page_js_{paper.status}")
        if paper.latest > paper.version:
            yield "older", say("page_cites_older", cited=str(paper.version), latest=str(paper.latest))
        if place and place.uncertain:
            yield "uncertain", say("page_uncertain")

    def _theme_link(self) -> View | None:
        place = self._entry.assignment
        if place is None:
            return None
        if place.outside:
            return {"name": self._language.say("page_fits_no_theme"), "href": "", "tone": ""}
        return self._theme(place.theme)

    def _theme(self, theme: ThemeId) -> View:
        section = self._context.section_of.get(theme, "")
        path = (self._context.marks[step].name for step in self._index.survey.taxonomy.path(theme))
        return {
            "name": " › ".join(path),
            "href": self._index.to_survey(self._file, section) if section else "",
            "tone": self._context.marks[theme].tone,
        }

    def _links(self) -> Iterator[tuple[str, str]]:
        paper, code = self._entry.paper, code_address(self._entry.card.code)
        if is_arxiv_id(paper.id):
            yield from ((name, url.replace("{id}", paper.id)) for name, url in SITES)
        if doi := doi_of(paper):
            yield "DOI", f"https://doi.org/{doi}"
        link = link_of(paper)
        if link.startswith("https://") and not is_arxiv_id(paper.id) and not doi:
            yield self._language.say("page_js_link"), link
        if code:
            yield self._language.say("page_js_code"), code

    def _meta(self) -> Iterator[tuple[str, str]]:
        """Yield the metadata that reference managers read: https://scholar.google.com/intl/en/scholar/inclusion.html."""
        paper = self._entry.paper
        yield "citation_title", string(paper.title)
        yield from (("citation_author", string(author.name)) for author in paper.authors[:_MAX_META_AUTHORS])
        if paper.date:
            yield "citation_publication_date", paper.date[:10].replace("-", "/")
        if paper.journal_ref:
            yield "citation_journal_title", string(paper.journal_ref)
        if doi := doi_of(paper):
            yield "citation_doi", doi
        if is_arxiv_id(paper.id):
            yield "citation_arxiv_id", paper.id
            yield "citation_pdf_url", f"https://arxiv.org/pdf/{paper.id}v{paper.version}"
        if link := link_of(paper):
            yield "citation_abstract_html_url", link
        yield from (("citation_keywords", string(word)) for word in self._entry.card.keywords)

    def _figure(self) -> list[View]:
        """Return the figure of the paper as it is, with caption, authors, license and link, if that may be shown."""
        figure = self._entry.figure
        image = self._index.survey.images.get(figure.sha256) if figure and figure.is_shown else None
        if figure is None or image is None or figure.media_type not in _IMAGES:
            return []
        data = base64.b64encode(image).decode()
        name = license_name(figure.license) or string(figure.license)
        parts = {
            "license": Markup(
                '<a href="{}" rel="license noopener noreferrer" target="_blank"><bdi>{}</bdi></a>'
            ).format(figure.license, name),
            "authors": Markup("<bdi>{}</bdi>").format(string(short_authors(self._entry.paper.authors))),
        }
        credit = escape(self._language.say("review_figure", **{key: f"[{key}]" for key in parts}))
        for key, part in parts.items():
            credit = part.join(credit.split(f"[{key}]"))
        paper = f"https://arxiv.org/html/{self._entry.paper.id}v{figure.version}"
        return [
            {
                "kind": "figure",
                "source": f"data:{figure.media_type};base64,{data}",
                "width": figure.width,
                "height": figure.height,
                "label": string(figure.label),
                "caption": words(figure.caption),
                "credit": credit,
                "href": f"{paper}#{anchor(figure.element)}" if figure.element else paper,
            }
        ]

    def _code(self) -> list[View]:
        card, evidence = self._entry.card, self._entry.card.code_evidence
        address_of_code = code_address(card.code)
        if not address_of_code:
            return []
        source = self._write.source(evidence) if evidence else None
        return [{"kind": "code", "href": address_of_code, "source": source}]

    def _abstract_heading(self) -> str:
        is_note = self._entry.paper.abstract_kind == "note"
        return self._language.say("page_js_editors_note" if is_note else "page_js_abstract")

    def _abstract(self) -> list[View]:
        paper = self._entry.paper
        pieces = [_with_spaces(piece) for piece in self._context.sources.pieces(paper.id)] if paper.abstract else []
        about = self._language.say("page_js_editors_note_about") if paper.abstract_kind == "note" else ""
        return [{"kind": "abstract", "pieces": pieces, "about": about}]

    # -- place in the taxonomy --

    def _placement(self) -> list[View]:
        place, say = self._entry.assignment, self._language.say
        if place is None:
            return []
        rival = self._context.mark(place.runner_up)
        also = [self._context.marks[theme].name for theme in place.secondary if theme in self._context.marks]
        rows = (
            (say("page_js_confidence"), self._language.percent(place.confidence)),
            (say("page_js_score"), self._language.decimal(place.score)),
            (say("page_js_margin"), self._language.decimal(place.margin)),
            (say("page_js_runner_up"), rival.name if rival else ""),
            (say("page_js_also"), self._language.separator.join(also)),
            (say("page_js_decided_by"), string(place.method)),
        )
        about = "page_js_outside_about" if place.outside else "page_js_uncertain_about" if place.uncertain else ""
        reasons = [source for item in self._entry.reasons if (source := self._write.source(item)) and source["quote"]]
        return [
            {
                "kind": "placement",
                "theme": self._theme(place.theme),
                "label": say("page_js_nearest_theme" if place.outside else "page_js_theme"),
                "about": say(about) if about else "",
                "rows": [(name, value) for name, value in rows if value],
                "words": [string(word) for word in place.keywords],
                "reasons": reasons,
                "decisions": [
                    {
                        "text": say("review_person_note", author=string(item.author), date=self._language.day(item.at)),
                        "reason": string(item.reason),
                    }
                    for item in self._entry.decisions
                ],
            }
        ]

    # -- versions, citation, disclosure --

    def _versions(self) -> list[View]:
        paper = self._entry.paper
        listed = versions_of(paper)
        if not listed:
            return []
        rows = [self._version(version) for version in listed]
        return [{"kind": "versions", "history": self._history(listed), "rows": rows}]

    def _history(self, versions: Sequence[PaperVersion]) -> str:
        """Tell when the paper was submitted and last revised, as arXiv does."""
        dates = {version.n: self._language.day(version.submitted_at) for version in versions if version.submitted_at}
        latest, say = self._entry.paper.latest, self._language.say
        parts = [say("page_js_submitted", date=dates[1])] if 1 in dates else []
        if latest > 1 and latest in dates:
            parts.append(say("page_js_revised", date=dates[latest], latest=str(latest)))
        return " · ".join(parts)

    def _version(self, version: PaperVersion) -> View:
        say, paper = self._language.say, self._entry.paper
        marks = (
            ("cited_version", version.n == paper.version),
            ("latest_version", version.n == paper.latest and version.n > 1),
            ("withdrawn", version.withdrawn),
        )
        return {
            "name": f"v{version.n}",
            "href": f"https://arxiv.org/abs/{paper.id}v{version.n}" if is_arxiv_id(paper.id) else "",
            "day": (version.submitted_at or "")[:10],
            "date": self._language.day(version.submitted_at) if version.submitted_at else say("page_js_undated"),
            "size": say("page_js_size", n=version.size_kb) if version.size_kb else "",
            "marks": [(key, say(f"page_js_{key}")) for key, holds in marks if holds],
            "changes": [
                line
                for change in self._entry.version_changes
                if change.version == version.n
                for line in self._changes(change)
            ],
        }

    def _changes(self, change: VersionChange) -> Iterator[tuple[str, list[Markup]]]:
        """Yield what a version changed: the fields, then sentences of the abstract."""
        say, step = self._language.say, f"v{change.before} → v{change.version}: "
        if not change.fields:
            yield step + say("review_unchanged"), []
            return
        names = self._language.separator.join(say(f"field_{name}") for name in change.fields)
        yield step + say("review_changed", fields=names), []
        for key, sentences in (("change_removed", change.removed), ("change_now", change.added)):
            if sentences:
                yield f"{say(key)}:", [words(sentence) for sentence in sentences[:_MAX_CHANGED]]

    def _bibtex(self) -> View:
        return {"kind": "bibtex", "text": bibliography([self._entry])}

    def _disclosure(self, missing: Sequence[str]) -> View:
        """Say how the sentences were made, and what the source does not state."""
        say, card, survey = self._language.say, self._entry.card, self._index.survey
        claims, sentences = [claim for field in self._claims.values() for claim in field], card.sentences()
        by_model = sum(sentence.method == "llm" for sentence in sentences)
        verbatim = sum(bool(claim["is_verbatim"]) for claim in claims)
        translated = sum(sentence.translated_from is not None for sentence in sentences)
        foreign = sum(sentence.language != self._language.code for sentence in sentences)
        use, engine = survey.provenance.model, string(survey.provenance.translator)
        counts: tuple[tuple[str, int, dict[str, str]], ...] = (
            ("review_count_quote", verbatim, {}),
            ("review_count_rules", len(claims) - verbatim - by_model, {}),
            ("review_count_model", by_model, {"model": string(use.model if use else survey.provenance.summarizer)}),
            ("review_count_translated", translated, {"engine": engine}),
            ("review_count_untranslated", foreign, {}),
        )
        by_software = "review_by_software_full" if self._entry.full_text else "review_by_software"
        lines = [say(by_software), *(say(key, n=n, **names) for key, n, names in counts if n > 0)]
        if missing and claims:
            lines.append(say("review_not_stated", fields=self._language.separator.join(missing)))
        text = self._entry.full_text
        license_url = text.record.license if text else self._entry.paper.license
        if name := license_name(license_url) or string(license_url):
            lines.append(say("review_license", license=name))
        elif text:
            lines.append(say("review_license_unknown"))
        return {"kind": "made", "lines": lines}


def _categories(paper: Paper) -> list[str]:
    others = [category for category in paper.categories if category != paper.primary_category]
    return [paper.primary_category, *others] if paper.primary_category else others


def _with_spaces(piece: str) -> Markup:
    """Write a piece of an abstract with the spaces at its ends, which separate it from its neighbors."""
    before, after = (" " if end.isspace() else "" for end in (piece[:1], piece[-1:]))
    return Markup("{}{}{}").format(before, words(piece), after)
