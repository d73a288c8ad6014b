"""Translate what a survey says, once and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from surveygen import plugins
from surveygen.config import Project
from surveygen.domain.llm import LlmResponse
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.text import text_sha256
from surveygen.embed import Encoder
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline._assignment import AssignmentResult
from surveygen.pipeline._codec import digest
from surveygen.pipeline._glossary import glossary_of
from surveygen.pipeline._llm_session import LlmSession
from surveygen.pipeline._summaries import Summaries
from surveygen.pipeline._threads import map_in_threads
from surveygen.pipeline._vectors import embed_texts
from surveygen.pipeline.context import BuildContext
from surveygen.summarize import split_sentences
from surveygen.survey import Translation, translatable
from surveygen.translate import Glossary, Masked, Translator, mask, unmask, validation_error

_SOURCE = "en"  # of themes and their descriptions
_LABEL = "translation"  # under which translations are kept beside the answers of language models


@dataclass(frozen=True, slots=True)
class _Text:
    """One sentence to translate, and how its translation is known again."""

    text: str
    cites: tuple[PaperId, ...]
    language: str
    masked: Masked
    key: str


@dataclass(slots=True)
class _Progress:
    """What came of a translation so far."""

    words: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    pending: int = 0


class EditionTranslator:
    """Translates all that the editions of one survey say, with the engine that the settings name.

    What an engine answers is kept by its content: the masked sentence, the terms in it, the engine, the languages. It
    is checked whenever it is used, so that a stricter check needs no new translation.
    """

    def __init__(
        self, project: Project, run: BuildContext, placed: AssignmentResult, written: Summaries, asking: LlmSession
    ) -> None:
        self._project, self._run, self._placed, self._written = project, run, placed, written
        self._settings = project.settings.translate
        self._asking = asking
        for code in self._settings.languages:
            load_language(code)

    def into(self, language: Language) -> Translation:
        """Translate into one language; what is in it already is left alone.

        Raises:
            ConfigError: the engine or the glossary cannot be used.
        """
        glossary = glossary_of(self._project, self._run.profile, language.code)
        named = {theme.name: glossary.name(theme.name) for theme in self._placed.taxonomy}
        names = {theme: name for theme, name in named.items() if name} if language.code != _SOURCE else {}
        texts = self._texts(language.code, glossary)
        if not texts:
            return Translation(names=names)
        found = _Progress()
        self._answer(texts, language.code, glossary, found)
        self._differ(texts, found)
        self._agree(texts, found)
        self._describe(found)
        kind = text_sha256(self._engine.fingerprint)[:12]
        return Translation(
            f"{self._settings.engine}-{kind}", found.words, frozenset(found.failed), names, found.pending
        )

    @cached_property
    def _engine(self) -> Translator:
        made: Translator = plugins.load("translate", self._settings.engine).make(
            self._settings, lambda: self._asking.connect(_LABEL)
        )
        return made

    def _texts(self, target: str, glossary: Glossary) -> list[_Text]:
        """Return each sentence of another language once that the engine can be asked for."""
        if self._settings.languages and target not in self._settings.languages:
            return []
        found: dict[str, Sentence] = {}
        for sentence in (*self._sentences(), *self._definitions()):
            if sentence.language != target and translatable(sentence):
                found.setdefault(sentence.text, sentence)
        pairs = {
            language: self._engine.supports(language, target) for language in {one.language for one in found.values()}
        }
        return [self._text(sentence, target, glossary) for sentence in found.values() if pairs[sentence.language]]

    def _text(self, sentence: Sentence, target: str, glossary: Glossary) -> _Text:
        masked = mask(sentence.text, sentence.cites, glossary)
        codes = [f"{code}={self._settings.code(code)}" for code in (sentence.language, target)]
        terms = [(item.source, item.target) for item in masked.placeholders]
        key = digest(_LABEL, self._engine.fingerprint, codes, masked.text, terms)
        return _Text(sentence.text, sentence.cites, sentence.language, masked, key)

    def _sentences(self) -> Iterator[Sentence]:
        written = self._written
        for card in written.cards.values():
            yield from card.sentences()
        for summary in written.summaries.values():
            for strand in summary.strands:
                yield from strand.sentences
            yield from summary.open_problems
        for part in (written.frame.introduction, written.frame.abstract, written.frame.outlook):
            yield from part

    def _definitions(self) -> Iterator[Sentence]:
        for theme in self._placed.taxonomy:
            yield from (Sentence(piece, (), (), language=_SOURCE) for piece in _pieces(theme.description))

    def _answer(self, texts: Sequence[_Text], target: str, glossary: Glossary, found: _Progress) -> None:
        """Look the answers up, ask for the others batch by batch, and judge each."""
        with self._run.progress.stage(f"translate {target}", len(texts)) as advance:
            known = {text.key: answer.text for text in texts if (answer := self._asking.answers.get(text.key))}
            for text in (text for text in texts if text.key in known):
                self._judge(text, known[text.key], target, glossary, found)
            advance(len(known))
            missing = [text for text in texts if text.key not in known]
            for batch, answers in self._asked(missing, target):
                for text, said in zip(batch, answers, strict=True):
                    if said is None:
                        found.pending += 1
                        continue
                    self._asking.answers.put(text.key, _LABEL, LlmResponse(said))
                    self._judge(text, said, target, glossary, found)
                advance(len(batch))
        if found.pending and self._engine.last_error:
            self._run.progress.note(f"translation to {target}: {self._engine.last_error}")

    def _asked(self, texts: Sequence[_Text], target: str) -> Iterator[tuple[Sequence[_Text], Sequence[str | None]]]:
        batches: list[Sequence[_Text]] = []
        for source in sorted({text.language for text in texts}):
            of_source = [text for text in texts if text.language == source]
            size = self._engine.batch_size
            batches += [of_source[start : start + size] for start in range(0, len(of_source), size)]

        def ask(batch: Sequence[_Text]) -> Sequence[str | None]:
            return self._engine.translate([text.masked for text in batch], batch[0].language, target)

        yield from zip(batches, map_in_threads(ask, batches, self._engine.workers), strict=True)

    def _judge(self, text: _Text, answer: str, target: str, glossary: Glossary, found: _Progress) -> None:
        said = unmask(answer, text.masked)
        pair = (text.language, target)
        if said is None or validation_error(text.text, said, text.cites, glossary, pair=pair):
            found.failed.add(text.text)
        else:
            found.words[text.text] = said

    def _differ(self, texts: Sequence[_Text], found: _Progress) -> None:
        """Take out what is the same for sentences that say different things, such as an apology of the engine."""
        sources: dict[str, set[str]] = {}
        for text in (text for text in texts if text.text in found.words):
            sources.setdefault(_bare(found.words[text.text]), set()).add(_bare(text.text))
        for text in texts:
            if text.text in found.words and len(sources[_bare(found.words[text.text])]) > 1:
                del found.words[text.text]
                found.failed.add(text.text)

    def _agree(self, texts: Sequence[_Text], found: _Progress) -> None:
        """Take out translations that mean something else, where an encoder is there to tell."""
        settings = self._settings
        if not settings.encoder or not found.words:
            return
        told = [text for text in texts if text.text in found.words]
        model = settings.encoder_model or self._run.settings.embed.model
        embed = replace(self._run.settings.embed, encoder=settings.encoder, model=model)
        both = [[_bare(text.text) for text in told], [_bare(found.words[text.text]) for text in told]]
        encoder: Encoder = plugins.load("embed", settings.encoder).make(embed, lambda: both[0] + both[1])
        ours, theirs = (embed_texts(self._run.store, side, encoder) for side in both)
        cosines = np.einsum("ij,ij->i", ours, theirs)
        for text, cosine in zip(told, cosines, strict=True):
            if cosine < settings.least_agreement:
                del found.words[text.text]
                found.failed.add(text.text)

    def _describe(self, found: _Progress) -> None:
        """Join the sentences of a definition; one that is not whole stays as it is."""
        for theme in self._placed.taxonomy:
            said = [found.words.get(piece, "") for piece in _pieces(theme.description)]
            if said and all(said):
                joined = said[0]
                for piece in said[1:]:
                    joined += piece if joined.endswith("。") else f" {piece}"
                found.words[theme.description] = joined


def _pieces(description: str) -> list[str]:
    return [description[start:end] for start, end in split_sentences(description)]


def _bare(text: str) -> str:
    """Return the words without citation marks, which both sides share."""
    return Sentence(text, tuple(PaperId(paper) for paper in _marks(text)), ()).plain


def _marks(text: str) -> Mapping[str, None]:
    return dict.fromkeys(part.split("]")[0] for part in text.split("[@")[1:])
