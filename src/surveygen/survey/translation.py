"""Translate the sentences of a composed survey into the language of an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveygen.domain.summary import NAME_RULES, QUOTATION, CitationContext, PaperReview, Sentence
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
from surveygen.languages import Language, load
from surveygen.languages.definitions import Definition, read_definition

_SOURCE = "en"  # language of the descriptions of themes


@dataclass(frozen=True, slots=True)
class Translation:
    """Translated texts in the language of an edition.

    Attributes:
        engine: the translator, empty if none was used.
        words: validated translations by source text, both with citation marks.
        failed: source texts whose translations were rejected.
        names: translations of theme names that the taxonomy does not give in that language.
        pending: number of source texts without an answer so far.
    """

    engine: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    pending: int = 0


def translatable(sentence: Sentence) -> bool:
    """Return whether a sentence may be translated.

    Names of data sets, quotations and sentences of persons are not; aggregates are written in the language of each
    edition.
    """
    return sentence.method not in ("human", "aggregate") and sentence.rule not in (*NAME_RULES, QUOTATION)


def with_definitions(translation: Translation, taxonomy: Taxonomy, language: Language) -> Translation:
    """Add definitions of induced themes, and names of those on several subjects: fixed words around phrases.

    A definition that a person has changed is left alone.
    """
    if language.code == _SOURCE:
        return translation
    words: dict[str, str] = {}
    names: dict[str, str] = {}
    for theme in taxonomy:
        definition = read_definition(theme.description) if theme.origin == "induced" else None
        if definition is None:
            continue
        name = theme.name_in(language.code)
        name_there = translation.names.get(theme.name) or (name if name != theme.name else definition.name)
        words[theme.description] = replace(definition, name=name_there).say(language.code)
        if definition.key == "theme_mixed" and theme.name == _other_name(definition, theme.name, _SOURCE):
            names[theme.name] = _other_name(definition, theme.name, language.code)
    return replace(translation, words={**words, **translation.words}, names={**names, **translation.names})


def _other_name(definition: Definition, name: str, language: str) -> str:
    """Return the name of a theme on several subjects in a language: as many of its topics as the name has."""
    listed = ", ".join(topic for topic in definition.topics if topic in name)
    return load(language).say("theme_other", phrases=listed)


@dataclass(frozen=True, slots=True)
class TranslationApplier:
    """Applies a translation to parts of a survey; what it lacks stays in its own language."""

    translation: Translation
    language: str

    def translate_names(self, taxonomy: Taxonomy) -> Taxonomy:
        """Add translated names to the themes that have none in the language."""
        names = self.translation.names
        return Taxonomy(
            tuple(
                replace(theme, names=tuple(sorted((*theme.names, (self.language, names[theme.name])))))
                if theme.name in names and self.language not in dict(theme.names)
                else theme
                for theme in taxonomy
            )
        )

    def translate_taxonomy(self, taxonomy: Taxonomy) -> Taxonomy:
        """Translate the descriptions of themes."""
        words = self.translation.words
        return Taxonomy(
            tuple(replace(theme, description=words.get(theme.description, theme.description)) for theme in taxonomy)
        )

    def translate_sections(self, sections: Iterable[Section]) -> tuple[Section, ...]:
        """Translate claims and definitions; ids, order, citations and evidence do not change."""
        return tuple(replace(section, blocks=tuple(map(self._block, section.blocks))) for section in sections)

    def translate_review(self, card: PaperReview) -> PaperReview:
        """Translate the fields of a review."""
        fields: dict[str, Any] = {name: self._sentences(sentences) for name, sentences in card.fields()}
        one_liner = fields.pop("one_liner")
        return replace(card, one_liner=one_liner[0] if one_liner else None, **fields)

    def translate_context(self, context: CitationContext) -> CitationContext:
        """Translate how another paper describes one."""
        return replace(context, sentence=self.translate_sentence(context.sentence)) if context.sentence else context

    def translate_sentence(self, sentence: Sentence) -> Sentence:
        """Translate a sentence, unless it is in the language already or a person wrote it."""
        if sentence.rule in NAME_RULES:  # names belong to every language
            return replace(sentence, language=self.language)
        text = self.translation.words.get(sentence.text)
        if text is None or sentence.language == self.language or not translatable(sentence):
            return sentence
        return replace(
            sentence, text=text, language=self.language, translated_from=sentence.language, source=sentence.text
        )

    def count_translated(self, quality: Quality, sections: Sequence[Section]) -> Quality:
        """Count the claims that are translated, are not, and whose translations were rejected."""
        claims = list(all_sentences(sections))
        foreign = [claim for claim in claims if claim.language != self.language]
        return replace(
            quality,
            translated_sentences=sum(claim.translated_from is not None for claim in claims),
            untranslated_sentences=len(foreign),
            failed_translations=sum(claim.text in self.translation.failed for claim in foreign),
        )

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, sentences=self._sentences(block.sentences))
        if isinstance(block, ComparisonTable):
            rows: list[ComparisonRow] = []
            for row in block.rows:
                cells = (self.translate_sentence(cell) if cell is not None else None for cell in row.cells)
                rows.append(replace(row, cells=tuple(cells)))
            return replace(block, rows=tuple(rows))
        if (
            isinstance(block, Note)
            and block.role == "definition"
            and not block.attribution
            and self.language != _SOURCE
        ):
            text = self.translation.words.get(block.text)
            return replace(block, text=text) if text else replace(block, language=_SOURCE)
        return block

    def _sentences(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return tuple(map(self.translate_sentence, sentences))
