"""Put the sentences of a composed survey into the language of its edition; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.survey import (
    Block,
    ComparisonRow,
    ComparisonTable,
    Note,
    Paragraph,
    Quality,
    Section,
    all_sentences,
)
from surveygen.domain.theme import Taxonomy

_SOURCE = "en"  # language of the descriptions of themes
_NAMES = "data"  # rule of sentences that are names of data sets


@dataclass(frozen=True, slots=True)
class Translation:
    """What is known in the language of an edition.

    Attributes:
        engine: who translated, empty if nobody was asked.
        words: translation by text of the source, citation marks and all; only what was checked.
        failed: texts of which a translation came that did not hold.
        names: (theme name, its translation) of names that the taxonomy itself does not give in that language.
        pending: texts that got no answer this time.
    """

    engine: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    pending: int = 0


def translatable(sentence: Sentence) -> bool:
    """Whether a sentence may be put into another language: names stay, and so does what a person wrote."""
    return sentence.method != "human" and sentence.rule != _NAMES


@dataclass(frozen=True, slots=True)
class TranslationApplier:
    """Says things in one language by a translation; what it has no words for stays and keeps its own language."""

    translation: Translation
    language: str

    def named(self, taxonomy: Taxonomy) -> Taxonomy:
        """Give themes a name in the language where the taxonomy has none."""
        known = self.translation.names
        return Taxonomy(
            tuple(
                replace(theme, names=tuple(sorted((*theme.names, (self.language, known[theme.name])))))
                if theme.name in known and self.language not in dict(theme.names)
                else theme
                for theme in taxonomy
            )
        )

    def described(self, taxonomy: Taxonomy) -> Taxonomy:
        """Describe themes in the language."""
        known = self.translation.words
        return Taxonomy(
            tuple(replace(theme, description=known.get(theme.description, theme.description)) for theme in taxonomy)
        )

    def sections(self, sections: Iterable[Section]) -> tuple[Section, ...]:
        """Say all claims and definitions of some sections; ids, order, citations and evidence stay."""
        return tuple(replace(each, blocks=tuple(map(self._block, each.blocks))) for each in sections)

    def card(self, card: PaperReview) -> PaperReview:
        """Say the fields of a card."""
        said: dict[str, Any] = {name: self._each(sentences) for name, sentences in card.fields()}
        first = said.pop("one_liner")
        return replace(card, one_liner=first[0] if first else None, **said)

    def sentence(self, sentence: Sentence) -> Sentence:
        """Say one sentence."""
        if sentence.rule == _NAMES:  # names belong to every language
            return replace(sentence, language=self.language)
        said = self.translation.words.get(sentence.text)
        if said is None or sentence.language == self.language or sentence.method == "human":
            return sentence
        return replace(
            sentence, text=said, language=self.language, translated_from=sentence.language, source=sentence.text
        )

    def counted(self, quality: Quality, sections: Sequence[Section]) -> Quality:
        """Count the claims that are translated, are not, and whose translation did not hold."""
        told = list(all_sentences(sections))
        foreign = [claim for claim in told if claim.language != self.language]
        return replace(
            quality,
            translated_sentences=sum(claim.translated_from is not None for claim in told),
            untranslated_sentences=len(foreign),
            failed_translations=sum(claim.text in self.translation.failed for claim in foreign),
        )

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, sentences=self._each(block.sentences))
        if isinstance(block, ComparisonTable):
            return replace(block, rows=tuple(map(self._row, block.rows)))
        if (
            isinstance(block, Note)
            and block.role == "definition"
            and not block.attribution
            and self.language != _SOURCE
        ):
            said = self.translation.words.get(block.text)
            return replace(block, text=said) if said else replace(block, language=_SOURCE)
        return block

    def _each(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return tuple(map(self.sentence, sentences))

    def _row(self, row: ComparisonRow) -> ComparisonRow:
        return replace(row, cells=tuple(self.sentence(cell) if cell is not None else None for cell in row.cells))
