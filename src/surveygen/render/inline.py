"""Write inline words of a survey in the script of one format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Protocol

from surveygen.domain.inline import Cite, Inline, Math, Str, parse_inline, plain
from surveygen.domain.paper import PaperId
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import Attribution, Sentence
from surveygen.domain.survey import BibliographyEntry, Note, Survey
from surveygen.languages import Language
from surveygen.render._by import by, doubted
from surveygen.render.templates import Safe


class Script(Protocol):
    """How a format writes the three kinds of inline; `gap` goes between words and a citation."""

    gap: str

    def text(self, words: str) -> Safe:
        """Escape words."""
        ...

    def string(self, words: str) -> Safe:
        """Escape words for a place that takes no mark-up, such as a bookmark."""
        ...

    def address(self, url: str) -> Safe:
        """Write a checked address as the target of a link."""
        ...

    def math(self, node: Math) -> Safe:
        """Set mathematics that passed the allowlist."""
        ...

    def cite(self, entries: Sequence[BibliographyEntry]) -> Safe:
        """Cite papers, in the order of their numbers."""
        ...

    def claimed(self, claim: str, written: Safe, by: Safe) -> Safe:
        """Write words so that their claim can be told, and who wrote them; `by` is empty for the program."""
        ...

    def key(self, entry: BibliographyEntry) -> Safe:
        """Name a reference as a target of links."""
        ...

    def foreign(self, words: Safe, language: str) -> Safe:
        """Mark written words as being in another language than the survey."""
        ...


class InlineWriter:
    """Writes titles, sentences and cells; `max_cell` is the longest text of a table cell in code points."""

    def __init__(self, survey: Survey, language: Language, script: Script, *, max_cell: int) -> None:
        self.script = script
        self.entries = survey.by_paper()
        self._language = language
        self._max_cell = max_cell

    def say(self, key: str, **values: object) -> Safe:
        """Write a fixed wording of the language."""
        return self.words(self._language.say(key, **values))

    def words(self, text: str) -> Safe:
        """Write untrusted text that cites nothing."""
        return self._join(parse_inline(text))

    def string(self, text: str) -> Safe:
        """Write untrusted text where no mark-up is possible."""
        return self.script.string(plain(parse_inline(text)))

    def sentence(self, sentence: Sentence) -> Safe:
        """Write a claim with its citations and who wrote it; a marker of a paper that has no entry stays visible."""
        return self.spoken(self._claimed(sentence), sentence.language)

    def running(self, sentences: Sequence[Sentence]) -> list[Safe]:
        """Write claims of running text; neighbors in one other language are marked as one, to flow in its direction."""
        written: list[Safe] = []
        for language, run in groupby(sentences, key=lambda each: each.language):
            words = [self._claimed(sentence) for sentence in run]
            own = language == self._language.code
            written += words if own else [self.spoken(type(words[0])(" ".join(words)), language)]
        return written

    def note(self, note: Note) -> Safe:
        """Write words that cite nothing, and who wrote them."""
        by = self._by(note.attribution, note.language or self._language.code)
        return self.spoken(self.script.claimed(note.claim, self.words(note.text), by), note.language)

    def _claimed(self, sentence: Sentence) -> Safe:
        by = self._by(sentence.attribution, sentence.language)
        return self.script.claimed(sentence.claim, self._join(self._parsed(sentence)), by)

    def spoken(self, written: Safe, language: str) -> Safe:
        """Mark what is in another language; empty means the survey's own."""
        own = language in {"", self._language.code}
        return written if own else self.script.foreign(written, language)

    def cell(self, sentence: Sentence, own: PaperId) -> Safe:
        """Write a claim for a row that names its paper already; what is over `max_cell` is cut at a word."""
        nodes: list[Inline] = []
        room = self._max_cell
        for node in self._parsed(sentence):
            if isinstance(node, Cite):
                others = tuple(paper for paper in node.papers if paper != own)
                nodes += [Cite(others)] if others else []
                continue
            length = len(plain([node]))
            if length > room:
                nodes.append(Str(cut(node.text, room) if isinstance(node, Str) else "…"))
                break
            nodes.append(node)
            room -= length
        return self.spoken(self._join(nodes), sentence.language)

    def short(self, entry: BibliographyEntry) -> dict[str, object]:
        """Name a paper in a few words: number, key, citation, authors, year."""
        year = entry.paper.year
        return {
            "number": entry.number,
            "key": self.script.key(entry),
            "cite": self.script.cite([entry]),
            "authors": self.words(short_authors(entry.paper.authors) or cut(entry.paper.title, 40)),
            "year": self.script.text(str(year) if year is not None else ""),
        }

    def _by(self, hand: Attribution | None, written_in: str) -> Safe:
        told = (by(hand, self._language, written_in), doubted(hand, self._language)) if hand else ()
        return self.words("; ".join(part for part in told if part))

    def _parsed(self, sentence: Sentence) -> tuple[Inline, ...]:
        return parse_inline(sentence.text, [paper for paper in sentence.cites if paper in self.entries])

    def _join(self, nodes: Iterable[Inline]) -> Safe:
        script = self.script
        out: list[str] = []
        for node in nodes:
            if isinstance(node, Str):
                out.append(script.text(node.text))
            elif isinstance(node, Math):
                out.append(script.math(node))
            else:
                cited = sorted((self.entries[paper] for paper in node.papers), key=lambda entry: entry.number)
                out += [script.gap if out else "", script.cite(cited)]
        return type(script.text(""))("".join(out))


def stopped(words: str) -> str:
    """End words with a full stop, unless they end with a mark of their own or are empty."""
    bare = words.strip()
    return bare if not bare or bare[-1] in ".?!。" else f"{bare}."


def cut(words: str, limit: int) -> str:
    """Shorten words to `limit` code points, at a space where there is one; "…" stands for the rest."""
    if len(words) <= limit:
        return words
    return words[: max(limit - 1, 0)].rsplit(" ", 1)[0] + "…"
