"""The words of a claim or of a source sentence, ready to be compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from surveygen.domain.paper import Paper
from surveygen.domain.person_names import family_name
from surveygen.summarize._english import word_list, word_pairs
from surveygen.summarize._rewrite_rules import author_label

AUTHORS = "\ue000"  # stands for the authors' names, "we" and "this paper"
_BEEN = "been "  # begins what "has been shown" is compared by: others may have shown it

_TOKEN = re.compile(
    r"\ue000|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|(?<=\s)[-–](?=\s)|[%<>=≤≥±×≈+°$€£,;:()\[\]—?!]"
)
_CJK = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SYMBOLS = {"%": "percent", "$": "", "-": "—", "–": "—"}
_PUNCTUATION = frozenset(",;:()[]—–?!")
_MINUS = re.compile(r"(?<![\w)])[-−](?=\d)")
_I = re.compile(r"\bI (?=[a-z])")
_MAGNITUDES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SPELLINGS = (
    (re.compile(r"(?<=\w{3})is(?=(?:e|ed|es|ing|ation|ations)\Z)"), "iz"),
    (re.compile(r"(?<=\w{3})ys(?=(?:e|ed|es|ing)\Z)"), "yz"),
    (re.compile(r"(?<=\w{3})our(?=(?:s|ed|ing|al|able)?\Z)"), "or"),
    (re.compile(r"(?<=\w{3})ll(?=(?:ed|ing|er|ers)\Z)"), "l"),
    (re.compile(r"(?<=\w{3})ence(?=s?\Z)"), "ense"),
)
_MAX_PHRASE = 6  # words


@dataclass(frozen=True, slots=True)
class Word:
    """A word that needs a license.

    Attributes:
        text: as it stands there, in lower case; a phrase of the lists is one word.
        keys: two words match if they share one: base forms, numbers and the groups of paraphrases.
        lead: the punctuation and the words of grammar since the word before.
        capital: whether it has a capital letter.
    """

    text: str
    keys: frozenset[str]
    lead: tuple[str, ...]
    capital: bool = False

    def is_one_of(self, name: str) -> bool:
        """Whether it is a form of a word of one of the lists."""
        return not paraphrase_list(name).isdisjoint(self.keys)


@cache
def paraphrase_list(name: str) -> frozenset[str]:
    """Return one list of `_paraphrases.toml`."""
    value = _lists()[name]
    return frozenset(value.split() if isinstance(value, str) else value)


@lru_cache(maxsize=65_536)
def base_forms_of(word: str) -> frozenset[str]:
    """Return what a word in lower case may be an inflected form or a nominalization of, and itself.

    >>> sorted(base_forms_of("evaluations") & {"evaluate"}), sorted(base_forms_of("used") & base_forms_of("using"))
    (['evaluate'], ['us', 'use'])
    """
    forms = {word, _irregular().get(word, word)}
    if word in paraphrase_list("negations") or len(word) < 3:
        return frozenset(forms)
    for pattern, replacement in _SPELLINGS:
        forms |= {pattern.sub(replacement, form) for form in forms}
    forms |= {_irregular()[form] for form in forms if form in _irregular()}
    for form in tuple(forms):
        forms.update(_without_ending(form))
    for form in tuple(forms):  # after a plural ending
        for ending, others in (("ization", ("ize",)), ("ation", ("ate", "e", "")), ("ment", ("",))):
            if form.endswith(ending) and len(form) > len(ending) + 2:
                forms |= {form.removesuffix(ending) + other for other in others}
    return frozenset(forms)


def _without_ending(word: str) -> Iterator[str]:
    """Yield what a word can be without the ending of a plural, a third person, a past tense or a participle."""
    if word.endswith(("ies", "ied")) and len(word) > 4:
        yield f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            yield stem
            yield f"{stem}e"
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def mask_authors(text: str, paper: Paper) -> str:
    r"""Put one character for the names of a paper's authors, with "et al." and the year of the paper.

    >>> mask_authors("Lee et al. (2023) win.", Paper("1", "T", "", (Author("Ann Lee"),), published="2023-01-01"))
    '\ue000 win.'
    """
    text = text.replace(author_label(paper)[0], AUTHORS)
    forms = [
        (author.name, family_name(author.name), author.name.split()[-1]) for author in paper.authors if author.name
    ]
    names = {name for author in forms for name in author if len(name) > 1}
    if names:
        name = rf"(?:\b(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b|{AUTHORS})"
        listed = (
            rf"{name}(?:(?:,? and |, | & ){name})*(?:,? (?:et al\b\.?|and (?:colleagues|co-?workers|co-?authors)\b))?"
        )
        text = re.sub(listed, AUTHORS, text)
    year = f"|{paper.year}" if paper.year else ""
    return re.sub(rf"{AUTHORS}(?:['’]s?)?(?:,? \((?:{paper.id}{year})\))?", AUTHORS, text)


@lru_cache(maxsize=16_384)
def read_words(text: str, *, english: bool) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """Return the words of a text that need a license, and what follows the last of them.

    In other languages than English every word is one, and has no other form.
    """
    tokens = list(_tokens(_I.sub(f"{AUTHORS} ", text), english=english))
    words: list[Word] = []
    lead: list[str] = []
    at = 0
    while at < len(tokens):
        text_here = tokens[at].lower()
        length, keys = _phrase(tokens, at) if english else (1, frozenset[str]())
        at += length
        if not keys and (text_here in _PUNCTUATION or (english and text_here in paraphrase_list("grammar"))):
            lead.append(text_here)
            continue
        if length > 1 and not keys:
            continue  # "in this paper", "in order to"
        keys = keys or (_keys(text_here) if english else frozenset({text_here}))
        if "been" in lead and keys & (paraphrase_list("finding_verbs") | paraphrase_list("presenting_verbs")):
            keys = frozenset(_BEEN + key for key in keys)
        shown = " ".join(tokens[at - length : at])
        words.append(Word(shown.lower(), keys, tuple(lead), shown != shown.lower()))
        lead = []
    return tuple(words), tuple(lead)


def _tokens(text: str, *, english: bool) -> Iterator[str]:
    """Yield words, numbers, signs and punctuation; contractions and acronyms are written out."""
    found = _TOKEN.findall(_MINUS.sub(" minus ", text))
    for position, token in enumerate(found):
        magnitude = _MAGNITUDES.get(found[position + 1].lower(), 0) if position + 1 < len(found) else 0
        if not english:
            yield from token if _CJK.search(token) else [token]
        elif token[0].isdigit():
            digits = token.replace(",", "") if magnitude or _GROUPED.fullmatch(token) else token
            yield f"{Decimal(digits) * magnitude:f}" if magnitude else digits
        elif token.lower() not in _MAGNITUDES or not position or not found[position - 1][0].isdigit():
            yield from _written_out(token)


def _written_out(token: str) -> list[str]:
    lower = token.lower().replace("’", "'")
    if lower in _contractions():
        return _contractions()[lower]
    if lower.endswith("n't"):
        return [token[:-3], "not"]
    if "'" in lower:
        return [token[: lower.index("'")]]
    symbol = _SYMBOLS.get(token, token)
    return _acronyms().get(token.removesuffix("s"), [symbol] if symbol else [])


def _phrase(tokens: list[str], at: int) -> tuple[int, frozenset[str]]:
    """Return how many tokens are one phrase of the lists, 1 for none, and by what it matches."""
    for length in range(min(_MAX_PHRASE, len(tokens) - at), 1, -1):
        run = [token.lower() for token in tokens[at : at + length]]
        if any(token in _PUNCTUATION for token in run):
            continue
        for phrase in (
            phrase for base in sorted(base_forms_of(run[0])) for phrase in _phrases().get((length, base), ())
        ):
            if all(word == token or word in base_forms_of(token) for word, token in zip(phrase, run, strict=True)):
                return length, _phrase_keys(phrase)
    if tokens[at] == AUTHORS or tokens[at].lower() in paraphrase_list("own_words"):
        return 1, frozenset({AUTHORS})
    return 1, frozenset()


def _phrase_keys(phrase: tuple[str, ...]) -> frozenset[str]:
    joined = " ".join(phrase)
    if joined in paraphrase_list("places") | paraphrase_list("empty_phrases"):
        return frozenset()
    if joined in paraphrase_list("own_words"):
        return frozenset({AUTHORS})
    content = [word for word in phrase if word not in paraphrase_list("grammar")]
    return frozenset({joined, *_groups().get(joined, ()), *(content if len(content) == 1 else ())})


@lru_cache(maxsize=65_536)
def _keys(word: str) -> frozenset[str]:
    """Return by what a single word matches: its value as a number, or its base forms and their groups."""
    value = word_pairs("numbers").get(word, "")
    if word[0].isdigit() or (value.isdigit() and word not in _MAGNITUDES):
        return frozenset({value or (word.rstrip("0").rstrip(".") if "." in word else word)})
    forms = base_forms_of(word)
    return frozenset({*forms, *(group for form in forms for group in _groups().get(form, ()))})


@cache
def _lists() -> dict[str, str | list[str]]:
    return tomllib.loads((files(__package__) / "_paraphrases.toml").read_text(encoding="utf-8"))


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Map every word and phrase of the groups to the names of its groups."""
    groups: dict[str, set[str]] = {}
    lines = str(_lists()["groups"]).strip().splitlines()
    for number, line in enumerate(lines):
        for entry in line.split(", "):
            groups.setdefault(" ".join(_TOKEN.findall(entry.strip())), set()).add(f"={number}")
    return {entry: frozenset(names) for entry, names in groups.items()}


@cache
def _phrases() -> dict[tuple[int, str], tuple[tuple[str, ...], ...]]:
    """Return all phrases of several words by their length and first word."""
    phrases: dict[tuple[int, str], list[tuple[str, ...]]] = {}
    for entry in sorted(
        {*_groups(), *(entry for name in ("own_words", "places", "empty_phrases") for entry in paraphrase_list(name))}
    ):
        words = tuple(entry.split())
        if len(words) > 1:
            phrases.setdefault((len(words), words[0]), []).append(words)
    return {key: tuple(entries) for key, entries in phrases.items()}


@cache
def _irregular() -> dict[str, str]:
    forms = {entry.split(":")[0]: entry.split(":")[1] for entry in sorted(paraphrase_list("irregular"))}
    for entry in sorted(word_list("irregular")):
        base, *others = entry.split(":")
        forms |= dict.fromkeys(others, base)
    return forms


@cache
def _acronyms() -> dict[str, list[str]]:
    return {entry.split(":")[0]: entry.split(":")[1].split("_") for entry in sorted(paraphrase_list("acronyms"))}


@cache
def _contractions() -> dict[str, list[str]]:
    return {entry.split(":")[0]: entry.split(":")[1:] for entry in sorted(paraphrase_list("contractions"))}
