"""Claims of a review with the words and places that support them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from surveygen.domain.full_text import TEXT_FIELD, field_text, no_unit
from surveygen.domain.inline import Cite, Inline, parse_inline
from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import BibliographyEntry
from surveygen.languages import direction_of, load
from surveygen.render.html.claims import HtmlWriter
from surveygen.render.html.context import HtmlContext, address
from surveygen.render.html.markup import string, words
from surveygen.render.references import review_file
from surveygen.render.view import View

_FIELD_WORDS = {"title": "page_js_title", "abstract": "page_js_abstract", "comment": "field_comment"}
_SPACES = re.compile(r"\s+")


class ReviewWriter(HtmlWriter):
    """Writes the claims of review pages; a citation leads to the page of the cited paper."""

    def __init__(self, context: HtmlContext, paper: Paper, file: str) -> None:
        super().__init__(context, file)
        self._pages, self._paper, self._here = context, paper, file

    def nodes(self, sentence: Sentence) -> tuple[Inline, ...]:
        """Return a claim, parsed, without the citation of the page's own paper."""
        nodes: list[Inline] = []
        for node in parse_inline(sentence.text, [paper for paper in sentence.cites if paper in self.entries]):
            if not isinstance(node, Cite):
                nodes.append(node)
            elif others := tuple(paper for paper in node.papers if paper != self._paper.id):
                nodes.append(Cite(others))
        return tuple(nodes)

    def citation(self, node: Cite, sentence: Sentence) -> Markup:  # noqa: ARG002  # the evidence stands beside the claim
        """Link to the pages of the cited papers, under the numbers of the survey."""
        entries = sorted((self.entries[paper] for paper in node.papers), key=lambda entry: entry.number)
        link = Markup('<a class="cite" href="{}">{}</a>')
        links = [link.format(address(self._here, review_file(entry.paper.id)), entry.number) for entry in entries]
        return Markup('<span class="cites">[{}]</span>').format(Markup(", ").join(links))

    def places(self, evidence: Iterable[Evidence]) -> Markup:  # noqa: ARG002  # as above
        """Write nothing: the places stand beside the claim."""
        return Markup()

    def with_evidence(self, sentence: Sentence) -> View:
        """Return a claim with the places and words that support it."""
        sources = [source for item in sentence.evidence if (source := self.source(item)) is not None]
        quoted = " ".join(str(source["words"]) for source in sources)
        is_verbatim = sentence.translated_from is None and _same_words(sentence.plain, quoted)
        how = "quote" if is_verbatim else "model" if sentence.method == "llm" else "rules"
        return {
            "text": self.sentence(sentence),
            "sources": sources,
            "how": self.language.say(f"review_by_{how}"),
            "is_verbatim": is_verbatim,
            "span": self._span(sentence),
            "original": self._original(sentence),
        }

    def _original(self, sentence: Sentence) -> View | None:
        """Return the sentence before it was translated."""
        code = sentence.translated_from
        if code is None or not sentence.source:
            return None
        text = self.sentence(Sentence(sentence.source, sentence.cites, (), language=self.language.code))
        return {"text": text, "language": code, "direction": direction_of(code), "name": load(code).name}

    def _span(self, sentence: Sentence) -> str:
        span = self._pages.sources.span(sentence.evidence, self._paper.id)
        return f"{span[0]} {span[1]}" if span else ""

    def source(self, evidence: Evidence) -> View | None:
        """Return one span with its words, where they may be shown, and the address of its place."""
        paper = self._paper
        if evidence.paper != paper.id:
            return None
        if evidence.field.startswith(TEXT_FIELD):
            return self.text_source(self.entries[paper.id], evidence)
        place = self.language.say(_FIELD_WORDS.get(evidence.field, "page_js_abstract"))
        is_current = evidence.version == paper.version
        quoted = ""
        if is_current:
            quoted = (field_text(paper, evidence.field, no_unit) or "")[evidence.start : evidence.end].strip()
        span = self._pages.sources.span((evidence,), paper.id)
        return {
            "words": quoted,
            "place": place if is_current else f"{place}, v{evidence.version}",
            "quote": words(quoted),
            "href": f"#q{span[0]}" if span else "#top" if evidence.field == "title" else "",
        }

    def text_source(self, entry: BibliographyEntry, evidence: Evidence) -> View:
        """Return a span of the full text of a paper: its section, link, and words where the license permits them."""
        text = entry.full_text
        passage = text.passage(evidence.field) if text is not None else None
        title = [f"§\u00a0{passage.section}" if passage.section else "", passage.title] if passage else []
        quoted = passage.text[evidence.start : evidence.end].strip() if passage else ""
        place = string(" ".join(filter(None, title))) or self.language.say("page_js_full_text")
        return {
            "words": quoted,
            "place": place if evidence.version == entry.paper.version else f"{place}, v{evidence.version}",
            "quote": words(quoted),
            "href": text.link(evidence.field) if text is not None else "",
        }


def _same_words(text: str, quote: str) -> bool:
    """Whether a claim has the words of its source, but for spaces and the full stop at its end."""
    first, second = (_SPACES.sub(" ", string(side)).strip().rstrip(".") for side in (text, quote))
    return bool(first) and first == second
