"""Write words, mathematics and citations: the base class of the formats' writers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from surveygen.domain.full_text import Passage
from surveygen.domain.inline import Cite, Inline, Math, Str, parse_inline, plain
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution, Evidence, Sentence
from surveygen.domain.survey import BibliographyEntry, Note, Survey
from surveygen.languages import Language, codes, load
from surveygen.render.templates import Safe

MAX_MARKS = 8  # citations in a row that are written out; "+n" stands for the others
Written = Safe | Markup  # text in the language of the output file: TeX, Markdown or HTML


class InlineWriter(ABC):
    """Writes titles, claims and table cells of one survey; a subclass defines how its format escapes and cites.

    `gap` goes between words and a citation, `entries` are the references by paper.
    """

    gap = " "

    def __init__(self, survey: Survey, language: Language, *, max_cell: int) -> None:
        """Prepare a writer.

        Args:
            survey: whose references can be cited.
            language: of the fixed wordings; what is in another language is marked.
            max_cell: longest text of a table cell, in code points.
        """
        self.entries = survey.by_paper()
        self.language = language
        self._max_cell = max_cell

    @abstractmethod
    def safe(self, text: str) -> Written:
        """Mark text that is already in this format."""

    @abstractmethod
    def text(self, words: str) -> Written:
        """Escape words."""

    @abstractmethod
    def math(self, node: Math) -> Written:
        """Write mathematics that passed the allowlist."""

    @abstractmethod
    def cite(self, entries: Sequence[BibliographyEntry], more: int = 0) -> Written:
        """Cite references, and tell how many `more` are not written out."""

    @abstractmethod
    def key(self, entry: BibliographyEntry) -> Written:
        """Name a reference as a target of links."""

    @abstractmethod
    def claim(self, written: Written, source: Sentence | Note) -> Written:
        """Complete a claim or note: by its identifier where a person may edit it, and by its remarks."""

    @abstractmethod
    def foreign(self, written: Written, language: str) -> Written:
        """Mark text as being in another language than the survey."""

    @abstractmethod
    def place(self, url: str, label: str, title: str) -> Written:
        """Name a place in a full text and link to its checked address, if it has one; `title` says more of it."""

    def string(self, words: str) -> Written:
        """Escape words for a place that takes no mark-up, such as a bookmark."""
        return self.text(words)

    def address(self, url: str) -> Written:
        """Escape a checked address as the target of a link."""
        return self.text(url)

    def say(self, key: str, **values: object) -> Written:
        """Write a fixed wording of the language."""
        return self.words(self.language.say(key, **values))

    def words(self, text: str) -> Written:
        """Write untrusted text that cites nothing."""
        return self._join(parse_inline(text))

    def plain(self, text: str) -> Written:
        """Write untrusted text where no mark-up is possible."""
        return self.string(plain(parse_inline(text)))

    def sentence(self, sentence: Sentence) -> Written:
        """Write a claim with its citations and author; a mark of a paper that is no reference stays visible."""
        return self._in_language(self._claim(sentence), sentence.language)

    def running(self, sentences: Sequence[Sentence]) -> list[Written]:
        """Write claims of running text; neighbors in one other language are marked as one, to flow in its direction."""
        written: list[Written] = []
        for language, group in groupby(sentences, key=lambda sentence: sentence.language):
            claims = [self._claim(sentence) for sentence in group]
            gap = load(language).sentence_gap if language in codes() else " "
            if self.is_own(language):
                written += claims if gap == " " else [self.safe(gap.join(claims))]
            else:
                written.append(self.foreign(self.safe(gap.join(claims)), language))
        return written

    def note(self, note: Note) -> Written:
        """Write words that cite nothing, and their author."""
        return self._in_language(self.claim(self.words(note.text), note), note.language)

    def cell(self, sentence: Sentence, row: PaperId) -> Written:
        """Write a claim for a table row that names its paper; text longer than `max_cell` is cut at a word."""
        nodes: list[Inline] = []
        room = self._max_cell
        for node in self.nodes(sentence):
            if isinstance(node, Cite):
                others = tuple(paper for paper in node.papers if paper != row)
                nodes += [Cite(others)] if others else []
                continue
            length = len(plain([node]))
            if length > room:
                nodes.append(Str(truncate(node.text, room) if isinstance(node, Str) else "…"))
                break
            nodes.append(node)
            room -= length
        written = self._in_language(self._join(nodes, sentence), sentence.language)
        return self.safe(f"{written}{self.places(sentence.evidence)}")

    def citation(self, node: Cite, sentence: Sentence) -> Written:  # noqa: ARG002  # for formats that link to evidence
        """Write a citation of a claim, in the order of the numbers; of many, the first ones and how many there are."""
        entries = sorted((self.entries[paper] for paper in node.papers), key=lambda entry: entry.number)
        return self.cite(entries[:MAX_MARKS], len(entries[MAX_MARKS:]))

    def nodes(self, sentence: Sentence) -> tuple[Inline, ...]:
        """Parse a sentence; its citations are those of papers in the references."""
        return parse_inline(sentence.text, [paper for paper in sentence.cites if paper in self.entries])

    def is_own(self, language: str) -> bool:
        """Return whether a language, "" for the survey's, needs no mark."""
        return language in {"", self.language.code}

    def remarks(self, source: Sentence | Note) -> Mapping[str, str]:
        """Return what a reader has to know of how a text was written, by kind.

        "glue" is that it only connects others, "signed" the person who wrote it, and "doubt" which of that person's
        sources changed since.
        """
        if source.attribution is None:
            is_glue = isinstance(source, Sentence) and source.method == "glue"
            return {"glue": self.language.say("connecting_sentence")} if is_glue else {}
        signed = attribution(source.attribution, self.language, source.language or self.language.code)
        doubt = changed_sources(source.attribution, self.language)
        return {"signed": signed, **({"doubt": doubt} if doubt else {})}

    def places(self, evidence: Iterable[Evidence]) -> Written:
        """Link to the places in full texts that some evidence lies in; nothing if it lies elsewhere."""
        links: dict[str, Written] = {}
        for span in evidence:
            entry = self.entries.get(span.paper)
            quoted = entry.full_text if entry is not None else None
            passage = quoted.passage(span.field) if quoted is not None else None
            if quoted is not None and passage is not None:
                url, label = quoted.link(span.field), self.place_label(passage)
                title = f"{label}: {passage.title}" if passage.section and passage.title else label
                links.setdefault(url + label, self.place(url, label, title))
        return self.safe(f"{self.gap}({', '.join(links.values())})" if links else "")

    def place_label(self, passage: Passage) -> str:
        """Name the place of a passage: "Full text, § 4"."""
        place = f"§ {passage.section}" if passage.section else passage.title
        return ", ".join(filter(None, (self.language.say("page_js_full_text"), place)))

    def _claim(self, sentence: Sentence) -> Written:
        written = self._join(self.nodes(sentence), sentence)
        return self.claim(self.safe(f"{written}{self.places(sentence.evidence)}"), sentence)

    def _in_language(self, written: Written, language: str) -> Written:
        return written if self.is_own(language) else self.foreign(written, language)

    def _join(self, nodes: Iterable[Inline], sentence: Sentence | None = None) -> Written:
        out: list[str] = []
        for node in nodes:
            if isinstance(node, Str):
                out.append(self.text(node.text))
            elif isinstance(node, Math):
                out.append(self.math(node))
            elif sentence is not None:
                out += [self.gap if out else "", self.citation(node, sentence)]
        return self.safe("".join(out))


def attribution(author: Attribution, language: Language, written_in: str) -> str:
    """Name the author and the day, and the language of the words where it is not that of the edition."""
    text = language.say("by_person", author=author.author, date=language.day(author.at))
    return text if written_in == language.code else f"{text}; {load(written_in).name}"


def changed_sources(author: Attribution, language: Language) -> str:
    """List the sources that changed since a person wrote; "" if none did."""
    sources = ", ".join(language.say(f"doubt_{source.reason}", paper=source.paper) for source in author.stale_sources)
    return f"{language.say('sources_changed')}: {sources}" if sources else ""


def ensure_period(words: str) -> str:
    """End words with a full stop, unless they end with a mark of their own or are empty."""
    bare = words.strip()
    return bare if not bare or bare[-1] in ".?!。" else f"{bare}."


def truncate(words: str, limit: int) -> str:
    """Shorten words to `limit` code points, at a space where there is one; "…" stands for the rest."""
    if len(words) <= limit:
        return words
    return words[: max(limit - 1, 0)].rsplit(" ", 1)[0] + "…"
