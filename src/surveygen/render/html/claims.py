"""Write claims for the page, each citation a link to its reference and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution, Sentence
from surveygen.domain.survey import BibliographyEntry
from surveygen.languages import Language, direction_of
from surveygen.render._by import by, doubted
from surveygen.render.html.layout import MAIN, Layout
from surveygen.render.html.markup import markup, string
from surveygen.render.html.sources import SourceTexts, Span

WEAK = 0.5  # support under which a claim carries a mark


class Claims:
    """Writes sentences in the order of the pages and numbers their citations."""

    def __init__(
        self,
        shown_in: str,
        language: Language,
        sources: SourceTexts,
        entries: Mapping[PaperId, BibliographyEntry],
        layout: Layout,
        *,
        translated: bool = False,
    ) -> None:
        self._shown_in = shown_in
        # Where all else is translated, a reader wants to see what is not; where nothing is, the abstract says so.
        self._look = Markup(' class="foreign"') if translated else Markup()
        self._language = language
        self._sources = sources
        self._entries = entries
        self._layout = layout
        self._backs: dict[int, list[str]] = defaultdict(list)
        self._quoted: dict[str, dict[PaperId, list[Span]]] = defaultdict(lambda: defaultdict(list))

    def backs(self, entry: BibliographyEntry) -> list[str]:
        """Return the addresses of the places that cite a paper, of those written so far; it grows with the others."""
        return self._backs[entry.number]

    def quoted(self, here: str) -> Mapping[PaperId, Sequence[Span]]:
        """Return the pieces of abstracts that citations of one page point at, of those written so far."""
        return self._quoted[here]

    def running(self, sentences: Sequence[Sentence], here: str = MAIN) -> list[Markup]:
        """Write claims of running text; neighbors in one other language are marked as one, to flow in its direction."""
        runs = groupby(sentences, key=lambda each: each.language)
        told = ((language, [self._words(each, None, here) for each in run]) for language, run in runs)
        return [self._spoken(Markup(" ").join(words), language) for language, words in told]

    def write(self, sentence: Sentence, own: PaperId | None = None, here: str = MAIN) -> Markup:
        """Write a claim with its citations, for the page `here`; `own` is the paper that the place names already."""
        return self._spoken(self._words(sentence, own, here), sentence.language)

    def _words(self, sentence: Sentence, own: PaperId | None, here: str) -> Markup:
        parts: list[Markup] = []
        for node in parse_inline(sentence.text, sentence.cites):
            if isinstance(node, Cite):
                cited = [paper for paper in node.papers if paper != own]
                parts.append(self._citation(cited, sentence, here, first=not parts))
            else:
                parts.append(markup([node]))
        text = Markup().join(parts)
        if sentence.support < WEAK:
            text += Markup(' <span class="mark">{}</span>').format(self._language.say("page_weak"))
        return text + self.signed(sentence.attribution, sentence.language)

    def signed(self, hand: Attribution | None, written_in: str) -> Markup:
        """Write who worded something, and what has changed below it; nothing for the program."""
        if hand is None:
            return Markup()
        text = Markup(' <span class="mark signed">{}</span>').format(string(by(hand, self._language, written_in)))
        doubt = string(doubted(hand, self._language))
        return text + Markup(' <span class="mark doubt">{}</span>').format(doubt) if doubt else text

    def _spoken(self, text: Markup, language: str) -> Markup:
        if language == self._shown_in:
            return text
        way = direction_of(language)
        return Markup('<span lang="{}" dir="{}"{}>{}</span>').format(language, way, self._look, text)

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
