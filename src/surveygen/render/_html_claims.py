"""Write claims for the page, each citation a link to its reference and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Entry
from surveygen.domain.writing import Sentence
from surveygen.languages import Language
from surveygen.render._html_layout import MAIN, Layout
from surveygen.render._html_sources import Sources, Span
from surveygen.render._html_text import markup

_WEAK = 0.5  # support under which a claim carries a mark


class Claims:
    """Writes sentences in the order of the pages and numbers their citations."""

    def __init__(
        self,
        shown_in: str,
        language: Language,
        sources: Sources,
        entries: Mapping[PaperId, Entry],
        layout: Layout,
    ) -> None:
        self._shown_in = shown_in
        self._language = language
        self._sources = sources
        self._entries = entries
        self._layout = layout
        self._backs: dict[int, list[str]] = defaultdict(list)
        self._quoted: dict[str, dict[PaperId, list[Span]]] = defaultdict(lambda: defaultdict(list))

    def backs(self, entry: Entry) -> list[str]:
        """Return the addresses of the places that cite a paper, of those written so far; it grows with the others."""
        return self._backs[entry.number]

    def quoted(self, here: str) -> Mapping[PaperId, Sequence[Span]]:
        """Return the pieces of abstracts that citations of one page point at, of those written so far."""
        return self._quoted[here]

    def write(self, sentence: Sentence, own: PaperId | None = None, here: str = MAIN) -> Markup:
        """Write a claim with its citations, for the page `here`; `own` is the paper that the place names already."""
        parts: list[Markup] = []
        for node in parse_inline(sentence.text, sentence.cites):
            if isinstance(node, Cite):
                cited = [paper for paper in node.papers if paper != own]
                parts.append(self._citation(cited, sentence, here, first=not parts))
            else:
                parts.append(markup([node]))
        return self._marked(Markup().join(parts), sentence)

    def _marked(self, text: Markup, sentence: Sentence) -> Markup:
        if sentence.language != self._shown_in:
            text = Markup('<span lang="{}" dir="auto">{}</span>').format(sentence.language, text)
        if sentence.support < _WEAK:
            text += Markup(' <span class="mark">{}</span>').format(self._language.say("page_weak"))
        return text

    def _citation(self, papers: Sequence[PaperId], sentence: Sentence, here: str, *, first: bool) -> Markup:
        if not papers:
            return Markup()
        links = Markup(", ").join(self._cite(paper, sentence, here) for paper in papers)
        space = "" if first else "\u00a0"
        return Markup('{}<span class="cites">[{}]</span>').format(space, links)

    def _cite(self, paper: PaperId, sentence: Sentence, here: str) -> Markup:
        entry = self._entries.get(paper)
        if entry is None:
            return Markup("?")
        backs = self._backs[entry.number]
        place = f"c{entry.number}-{len(backs) + 1}"
        backs.append(self._layout.link(self._layout.file_of(paper), here, place))
        span = self._sources.span(sentence.evidence, paper)
        if span:
            self._quoted[here][paper].append(span)
        quote = Markup(' data-q="{} {}"').format(*span) if span else ""
        return Markup('<a class="cite" id="{}" href="{}"{}>{}</a>').format(
            place, self._layout.to_reference(here, entry), quote, entry.number
        )
