"""The words of a claim or of a source sentence, ready to be compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Self

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
    value = Lexicon.shipped().lists[name]
    return frozenset(value.split() if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The lists of `_paraphrases.toml`, ready for look-up.

    Attributes:
        lists: as they stand in the file.
        groups: for each word or phrase the names of its groups of paraphrases.
        phrases: all phrases of several words by their length and first word.
        irregular: the base forms of irregular forms.
        written_out: the words of contractions and acronyms.
    """

    lists: Mapping[str, str | list[str]]
    groups: Mapping[str, frozenset[str]]
    phrases: Mapping[tuple[int, str], list[tuple[str, ...]]]
    irregular: Mapping[str, str]
    written_out: Mapping[str, list[str]]

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """Load the lists."""
        lists = tomllib.loads((files(__package__) / "_paraphrases.toml").read_text(encoding="utf-8"))
        groups: dict[str, frozenset[str]] = {}
        for number, line in enumerate(lists["groups"].strip().splitlines()):
            for entry in line.split(", "):
                name = " ".join(_TOKEN.findall(entry))
                groups[name] = groups.get(name, frozenset()) | {f"={number}"}
        phrases: dict[tuple[int, str], list[tuple[str, ...]]] = {}
        for entry in sorted({*groups, *lists["own_words"], *lists["places"], *lists["empty_phrases"]}):
            words = tuple(entry.split())
            if len(words) > 1:
                phrases.setdefault((len(words), words[0]), []).append(words)
        forms = [entry.split(":") for entry in sorted(word_list("irregular"))]
        irregular = {form: base for base, *others in forms for form in others}
        irregular |= dict(entry.split(":") for entry in lists["irregular"].split())
        written_out = {entry.split(":")[0]: entry.split(":")[1:] for entry in lists["contractions"].split()}
        written_out |= {
            acronym: words.split("_") for acronym, words in (entry.split(":") for entry in lists["acronyms"].split())
        }
        return cls(lists, groups, phrases, irregular, written_out)

    def keys(self, word: str) -> frozenset[str]:
        """Return by what a word in lower case matches: its value as a number, or its base forms and their groups."""
        value = word_pairs("numbers").get(word, "")
        if word[0].isdigit() or (value.isdigit() and word not in _MAGNITUDES):
            return frozenset({value or (word.rstrip("0").rstrip(".") if "." in word else word)})
        forms = base_forms_of(word)
        return frozenset({*forms, *(group for form in forms for group in self.groups.get(form, ()))})

    def phrase(self, tokens: Sequence[str]) -> tuple[int, frozenset[str]]:
        """Return how many tokens at the start are one phrase, 1 if none, and by what it matches, nothing if none.

        A phrase of several words that matches nothing says nothing, such as "in this paper".
        """
        for length in range(min(_MAX_PHRASE, len(tokens)), 1, -1):
            run = [token.lower() for token in tokens[:length]]
            candidates = (
                phrase for base in sorted(base_forms_of(run[0])) for phrase in self.phrases.get((length, base), ())
            )
            for phrase in candidates:
                if all(word in base_forms_of(token) for word, token in zip(phrase, run, strict=True)):
                    joined = " ".join(phrase)
                    if joined in paraphrase_list("places") | paraphrase_list("empty_phrases"):
                        return length, frozenset()
                    if joined in paraphrase_list("own_words"):
                        return length, frozenset({AUTHORS})
                    content = [word for word in phrase if word not in paraphrase_list("grammar")]
                    alone = content if len(content) == 1 else []
                    return length, frozenset({joined, *self.groups.get(joined, ()), *alone})
        is_own = tokens[0] == AUTHORS or tokens[0].lower() in paraphrase_list("own_words")
        return 1, frozenset({AUTHORS} if is_own else ())


@lru_cache(maxsize=65_536)
def base_forms_of(word: str) -> frozenset[str]:
    """Return what a word in lower case may be an inflected form or a nominalization of, and itself.

    >>> sorted(base_forms_of("evaluations") & {"evaluate"}), sorted(base_forms_of("used") & base_forms_of("using"))
    (['evaluate'], ['us', 'use'])
    """
    irregular = Lexicon.shipped().irregular
    forms = {word, irregular.get(word, word)}
    if word in paraphrase_list("negations") or len(word) < 3:
        return frozenset(forms)
    for pattern, replacement in _SPELLINGS:
        forms |= {pattern.sub(replacement, form) for form in forms}
    forms |= {irregular[form] for form in forms if form in irregular}
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

    >>> from surveygen.domain.paper import Author, PaperId
    >>> mask_authors("Lee et al. (2023) win.", Paper(PaperId("1"), "T", "", (Author("Ann Lee"),), published="2023"))
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
        length, keys = Lexicon.shipped().phrase(tokens[at : at + _MAX_PHRASE]) if english else (1, frozenset[str]())
        at += length
        if not keys and (text_here in _PUNCTUATION or (english and text_here in paraphrase_list("grammar"))):
            lead.append(text_here)
            continue
        if length > 1 and not keys:
            continue  # "in this paper", "in order to"
        keys = keys or (Lexicon.shipped().keys(text_here) if english else frozenset({text_here}))
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
            lower, symbol = token.lower().replace("’", "'"), _SYMBOLS.get(token, token)
            stem, negation = (
                (lower[:-3], ["not"]) if lower.endswith("n't") else (symbol.replace("’", "'").partition("'")[0], [])
            )
            shipped = Lexicon.shipped().written_out
            yield from shipped.get(lower) or shipped.get(token.removesuffix("s")) or [*filter(None, [stem]), *negation]
