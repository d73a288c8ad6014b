"""Terms of papers in a form that ignores spelling, and the noun phrases of titles."""

from __future__ import annotations

import importlib.resources
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache

from surveygen.languages.detection import detect_language, stop_words
from surveygen.languages.phrases import WORD
from surveygen.languages.phrases import phrases as split_phrases

_MAX_STEMS = 7  # of a term that is looked up, an acronym written out
_LONGEST = 5  # words of a phrase
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_TOKEN = re.compile(rf"{WORD}|\d+|[^\w\s]")
# Endings that inflect or derive an English word, the longest first, each with what takes its place.
_ENDINGS = (
    ("ification", "ify"), ("isations", ""), ("izations", ""), ("isation", ""), ("ization", ""), ("ational", ""),
    ("ations", ""), ("ation", ""), ("ators", ""), ("ator", ""), ("ative", ""), ("ating", ""), ("ated", ""),
    ("ates", ""),
    ("ate", ""), ("ising", ""), ("izing", ""), ("ised", ""), ("ized", ""), ("ises", ""), ("izes", ""), ("ise", ""),
    ("ize", ""), ("ifying", "ify"), ("ified", "ify"), ("ifies", "ify"), ("iers", "y"), ("ier", "y"), ("ies", "y"),
    ("ions", ""), ("ion", ""), ("ings", ""), ("ing", ""), ("ers", ""), ("er", ""), ("ors", ""), ("or", ""),
    ("ive", ""), ("ed", ""), ("es", ""), ("e", ""),
)  # fmt: skip
# Endings of nouns and adjectives in Russian and its neighbors, after at least four letters.
_CYRILLIC_ENDING = re.compile(
    r"(?<=[\u0400-\u04ff]{4})(?:ами|ями|ого|его|ому|ему|ыми|ими|ой|ей|ый|ий|ая|яя|ое|ее|ые|ие|ую|юю|ов|ев|ам|ям|ах|ях|ом|ем"
    r"|[аяоеыиуюьй])\Z"
)
_SHORTEST = 4  # letters that remain of a word
_ACRONYM = re.compile(r"\(([A-Z][\w-]*[A-Z]s?)\)")
_LOOK_BACK = 120  # characters in which the words of an acronym stand
_NO_INITIALS = frozenset(("of", "for", "and", "the", "in", "on", "with", "to", "a"))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return what the forms of a word share: of English, and of languages in Cyrillic; others only lose their case.

    >>> stem("hallucinations") == stem("hallucinate"), stem("Policies") == stem("policy")
    (True, True)
    """
    word = word.casefold()
    if not word.isascii():
        return _CYRILLIC_ENDING.sub("", word)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST - 1:
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > _SHORTEST else word[:-1]
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(put) >= _SHORTEST:
            word = word[: -len(ending)] + put
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]  # "mapping"
    return word


def stems(phrase: str, acronyms: Mapping[str, tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """Return the stems of a phrase; hyphens divide words, and an acronym counts as the words that it stands for."""
    return tuple(
        part for token in _TOKEN.findall(phrase.replace("’", "'")) for part in _stems_of(token, acronyms or {})
    )


def _stems_of(token: str, acronyms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return acronyms.get(token) or _stems_of_word(token)


@lru_cache(maxsize=65_536)
def _stems_of_word(token: str) -> tuple[str, ...]:
    return tuple(stem(part) for part in re.split(r"[-‐‑]", token) if part and part[0].isalnum())


def key_of(parts: Iterable[str]) -> str:
    """Join stems to a key: "pre-trained" and "pretrained" have the same one."""
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Text:
    """What is read of a paper: its title, the title with the abstract, and the language of both."""

    title: str
    text: str
    language: str

    @classmethod
    def of(cls, title: str, abstract: str) -> Text:
        """Read a paper, detecting its language."""
        text = f"{title}. {abstract}"
        return cls(title, text, detect_language(text))


def find_acronyms(texts: Sequence[Text]) -> dict[str, tuple[str, ...]]:
    """Return the stems of what acronyms stand for where a text says "expanded form (EF)", by acronym."""
    found: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for text in texts:
        for match in _ACRONYM.finditer(text.text):
            acronym = match[1].removesuffix("s")
            letters = acronym.replace("-", "")
            before = text.text[max(match.start() - _LOOK_BACK, 0) : match.start()].split()[-_MAX_STEMS:]
            if letters.isupper() and (words := _expansion(before, letters)):
                found[acronym][stems(" ".join(words))] += 1
    chosen = {acronym: min(forms, key=lambda form: (-forms[form], form)) for acronym, forms in found.items()}
    return chosen | {f"{acronym}s": form for acronym, form in chosen.items()}


def _expansion(words: Sequence[str], letters: str) -> list[str]:
    """Return the last words whose initials are the letters, or nothing."""
    for start in range(len(words) - 1, -1, -1):
        parts = [part for word in words[start:] for part in word.split("-") if part]
        initials = "".join(part[0] for part in parts if part.lower() not in _NO_INITIALS)
        if initials.casefold() == letters.casefold() and words[start].lower() not in _NO_INITIALS:
            return list(words[start:])
    return []


@dataclass(frozen=True, slots=True)
class TermUse:
    """A place where a text has a term: the number of the term, the words there, and the words beside them."""

    number: int
    words: str
    before: str
    after: str


def occurrences(
    text: str, numbers: Mapping[str, int], acronyms: Mapping[str, tuple[str, ...]], *, swapped: bool = True
) -> Iterator[TermUse]:
    """Yield the places where a text in a spaced language has a known term.

    Args:
        text: title or abstract.
        numbers: of terms, by their key.
        acronyms: stems of what they stand for.
        swapped: take "detection of outliers" for "outlier detection" as well.
    """
    tokens = [token for token in _TOKEN.findall(text) if token not in {"'", "’"}]
    parts = [_stems_of(token, acronyms) for token in tokens]
    keys = ["".join(stems) for stems in parts]
    last = len(tokens)
    for start, first in enumerate(parts):
        if not first:
            continue
        key, size, end = "", 0, start
        while end < last and parts[end] and (size := size + len(parts[end])) <= _MAX_STEMS:
            key += keys[end]
            end += 1
            if (number := numbers.get(key)) is not None:
                before = tokens[start - 1] if start else ""
                yield TermUse(number, " ".join(tokens[start:end]), before, tokens[end] if end < last else "")
        if swapped and start + 2 < last and tokens[start + 1] == "of":
            for key in (keys[start + 2], keys[start + 2] + keys[start + 3] if start + 3 < last else ""):
                if key and (number := numbers.get(key + keys[start])) is not None:
                    yield TermUse(number, "", "", "")


@dataclass(frozen=True, slots=True)
class NameWords:
    """English words that the names of themes treat apart; see names.toml."""

    venues: frozenset[str]
    models: frozenset[str]
    gerunds: frozenset[str]
    verbs: frozenset[str]
    nouns: frozenset[str]
    tasks: frozenset[str]
    objects: frozenset[str]
    artefacts: frozenset[str]
    vague: frozenset[str]
    hollow: frozenset[str]
    plurals: Mapping[str, str]


@cache
def name_words() -> NameWords:
    """Read the shipped words."""
    data = tomllib.loads(
        (importlib.resources.files("surveygen.themes.induce") / "names.toml").read_text(encoding="utf-8")
    )
    lists = {field.name: frozenset(data[field.name].split()) for field in fields(NameWords) if field.name != "plurals"}
    return NameWords(**lists, plurals=data["plurals"])


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that end a phrase, words that alone make no phrase, and nouns that look like adjectives."""

    breaks: frozenset[str]
    weak: frozenset[str]
    nouns: frozenset[str]


@cache
def word_lists() -> WordLists:
    """Read the shipped lists of words; stop words end a phrase as well."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415  # slow to import

    data = tomllib.loads(
        (importlib.resources.files("surveygen.themes.induce") / "boilerplate.toml").read_text(encoding="utf-8")
    )
    breaks, weak, nouns = (frozenset(data[key].split()) for key in ("breaks", "weak", "nouns"))
    return WordLists(breaks | ENGLISH_STOP_WORDS, weak, nouns)


def phrases(text: str, language: str = "en") -> Iterator[str]:
    """Yield the lower-case phrases of one to five words; none crosses a stop word or a punctuation mark.

    A text in English may hold sentences in another language, such as a second abstract.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    if language != "en":
        yield from split_phrases(text.lower(), language, stop_words(language), _LONGEST)
        return
    words = word_lists()
    for sentence in _SENTENCE_END.split(text):
        other = detect_language(sentence)
        breaks = words.breaks if other == "en" else stop_words(other)
        for phrase in split_phrases(sentence.lower(), other, breaks, _LONGEST):
            if not words.weak.issuperset(phrase.split()):
                yield phrase
