"""The stage "translate": put the sentences of a survey into the languages of its editions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from surveygen import plugins
from surveygen.config import Project
from surveygen.domain.llm import LlmResponse
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.text import text_sha256
from surveygen.embed import Encoder
from surveygen.languages import load as load_language
from surveygen.languages.definitions import read_definition
from surveygen.pipeline.llm_session import map_in_threads
from surveygen.pipeline.run_context import BuildContext
from surveygen.pipeline.stages.embed import embed_texts
from surveygen.pipeline.state import digest
from surveygen.summarize import split_sentences
from surveygen.survey import SurveyData, Translation, translatable
from surveygen.themes import Profile
from surveygen.toml_files import read_utf8
from surveygen.translate import Glossary, Masked, Translator, mask, read_glossary, unmask, validation_error

_SOURCE = "en"  # language of themes and their descriptions
_ACCOUNT = "translation"  # under which translations stand beside the answers of language models


def translate(context: BuildContext, data: SurveyData) -> SurveyData:
    """Translate the sentences of a survey into the language of each edition; sentences already in it stay.

    The answers of the engine are cached by content: masked sentence, its terms, engine, languages. They are validated
    whenever they are used, so that a stricter check needs no new translation.

    Raises:
        ConfigError: the engine, a glossary or a language cannot be used.
    """
    settings = context.settings.translate
    for code in settings.languages:
        load_language(code)

    @cache
    def engine() -> Translator:
        made: Translator = plugins.load("translate", settings.engine).make(
            settings, lambda: context.llm.connect(_ACCOUNT)
        )
        return made

    translations: dict[str, Translation] = {}
    for code in (language.code for language in context.request.languages):
        glossary = load_glossary(context.project, context.profile, code)
        translations[code] = _EditionTranslator(context, data, code, glossary, engine).translate()
    return replace(data, translations=translations)


def load_glossary(project: Project, profile: Profile, language: str) -> Glossary:
    """Join the terms of the profile with those of ``glossary/<language>.toml``, which take precedence.

    Raises:
        ConfigError: the file cannot be read, or is not a glossary.
    """
    path = project.glossary / f"{language}.toml"
    own: dict[str, str] = {}
    if path.is_file():
        own = read_glossary(read_utf8(path), str(path))
    return Glossary.of(dict(dict(profile.glossaries).get(language, ())), own)


@dataclass(frozen=True, slots=True)
class _SourceText:
    """A sentence to translate; `key` is the content key of its translation."""

    text: str
    cites: tuple[PaperId, ...]
    language: str
    masked: Masked
    key: str


class _EditionTranslator:
    """Translates what one edition says; `words` holds the translations that passed all checks so far."""

    def __init__(
        self,
        context: BuildContext,
        data: SurveyData,
        target: str,
        glossary: Glossary,
        engine: Callable[[], Translator],
    ) -> None:
        self._context, self._data, self._target, self._glossary, self._engine = context, data, target, glossary, engine
        self._settings = context.settings.translate
        self._texts: list[_SourceText] = []
        self._words: dict[str, str] = {}
        self._failed: set[str] = set()
        self._pending = 0

    def translate(self) -> Translation:
        """Translate and validate all sentences, and the definitions of themes."""
        named = {theme.name: self._glossary.name(theme.name) for theme in self._data.taxonomy}
        names = {theme: name for theme, name in named.items() if name} if self._target != _SOURCE else {}
        self._texts = self._source_texts()
        if not self._texts:
            return Translation(names=names)
        self._answer()
        self._reject_repeats_and_other_meanings()
        for theme in self._data.taxonomy:  # a definition is translated if all of its sentences but the examples are
            computed = read_definition(theme.description)
            parts = [self._words.get(sentence.text, "") for sentence in _definition(theme.description)]
            if parts and all(parts):
                joined = parts[0]
                for part in parts[1:]:
                    joined += part if joined.endswith("。") else f" {part}"
                self._words[theme.description] = joined + (computed.say_examples(self._target) if computed else "")
        kind = text_sha256(self._engine().fingerprint)[:12]
        return Translation(
            f"{self._settings.engine}-{kind}", self._words, frozenset(self._failed), names, self._pending
        )

    def _source_texts(self) -> list[_SourceText]:
        """Return each sentence in another language, once, if the engine supports the pair of languages."""
        target = self._target
        if self._settings.languages and target not in self._settings.languages:
            return []
        sentences: dict[str, Sentence] = {}
        for sentence in _sentences(self._data):
            if sentence.language != target and translatable(sentence):
                sentences.setdefault(sentence.text, sentence)
        sources = {sentence.language for sentence in sentences.values()}
        supported = {language for language in sources if self._engine().supports(language, target)}
        texts = []
        for sentence in sentences.values():
            if sentence.language in supported:
                masked = mask(sentence.text, sentence.cites, self._glossary)
                codes = [f"{code}={self._settings.code(code)}" for code in (sentence.language, target)]
                terms = [(item.source, item.target) for item in masked.placeholders]
                key = digest(_ACCOUNT, self._engine().fingerprint, codes, masked.text, terms)
                texts.append(_SourceText(sentence.text, sentence.cites, sentence.language, masked, key))
        return texts

    def _answer(self) -> None:
        """Look up the cached answers, ask the engine for the others in batches, and validate each."""
        target, answers, progress = self._target, self._context.llm.answers, self._context.progress
        engine = self._engine()

        def ask(batch: Sequence[_SourceText]) -> Sequence[str | None]:
            return engine.translate([text.masked for text in batch], batch[0].language, target)

        with progress.stage(f"translate {target}", len(self._texts)) as advance:
            cached = {text.key: answer.text for text in self._texts if (answer := answers.get(text.key))}
            for text in self._texts:
                if text.key in cached:
                    self._validate(text, cached[text.key])
            advance(len(cached))
            batches: list[Sequence[_SourceText]] = []
            for source in sorted({text.language for text in self._texts}):
                new = [text for text in self._texts if text.language == source and text.key not in cached]
                batches += [new[start : start + engine.batch_size] for start in range(0, len(new), engine.batch_size)]
            for batch, results in zip(batches, map_in_threads(ask, batches, engine.workers), strict=True):
                for text, result in zip(batch, results, strict=True):
                    if result is None:
                        self._pending += 1
                        continue
                    answers.put(text.key, _ACCOUNT, LlmResponse(result))
                    self._validate(text, result)
                advance(len(batch))
        if self._pending and engine.last_error:
            progress.note(f"translation to {target}: {engine.last_error}")

    def _validate(self, text: _SourceText, answer: str) -> None:
        translated = unmask(answer, text.masked)
        pair = (text.language, self._target)
        if translated is None or validation_error(text.text, translated, text.cites, self._glossary, pair=pair):
            self._failed.add(text.text)
        else:
            self._words[text.text] = translated

    def _reject_repeats_and_other_meanings(self) -> None:
        """Reject a translation that several different sentences have, such as an apology of the engine.

        Where the settings name an encoder to compare by, reject those too that mean something else than their source.
        """
        sources: dict[str, set[str]] = {}
        for text in self._translated():
            sources.setdefault(_plain(self._words[text.text]), set()).add(_plain(text.text))
        self._reject([text for text in self._translated() if len(sources[_plain(self._words[text.text])]) > 1])
        settings, embed = self._settings, self._context.settings.embed
        texts = self._translated()
        if not settings.encoder or not texts:
            return
        sides = [[_plain(text.text) for text in texts], [_plain(self._words[text.text]) for text in texts]]
        encoder: Encoder = plugins.load("embed", settings.encoder).make(
            replace(embed, encoder=settings.encoder, model=settings.encoder_model or embed.model),
            lambda: sides[0] + sides[1],
        )
        cosines = np.einsum("ij,ij->i", *(embed_texts(self._context.store, side, encoder) for side in sides))
        self._reject([text for text, cosine in zip(texts, cosines, strict=True) if cosine < settings.least_agreement])

    def _translated(self) -> list[_SourceText]:
        return [text for text in self._texts if text.text in self._words]

    def _reject(self, texts: Sequence[_SourceText]) -> None:
        for text in texts:
            del self._words[text.text]
            self._failed.add(text.text)


def _sentences(data: SurveyData) -> Iterator[Sentence]:
    """Yield every sentence of reviews, summaries, front matter and definitions."""
    for card in data.reviews.values():
        yield from card.sentences()
    for contexts in data.contexts.values():
        yield from (found.sentence for found in contexts if found.sentence is not None)
    for summary in data.summaries.values():
        for strand in (*summary.strands, *summary.limits):
            yield from strand.sentences
        yield from summary.open_problems
    front = data.front_matter
    for part in (front.introduction, front.abstract, front.outlook, front.definitions):
        yield from part
    for theme in data.taxonomy:
        yield from _definition(theme.description)


def _definition(description: str) -> list[Sentence]:
    """Return the sentences of a definition, without the one that names typical papers by their titles."""
    computed = read_definition(description)
    if computed and computed.examples:
        description = replace(computed, examples=()).say()
    return [Sentence(description[start:end], (), (), language=_SOURCE) for start, end in split_sentences(description)]


def _plain(text: str) -> str:
    """Return the text without citation marks, which both sides share."""
    marks = dict.fromkeys(part.split("]")[0] for part in text.split("[@")[1:])
    return Sentence(text, tuple(PaperId(paper) for paper in marks), ()).plain
