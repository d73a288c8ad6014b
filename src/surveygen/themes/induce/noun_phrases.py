"""Tell noun phrases of English by form and use, and write them as texts do."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache

from babel import Locale

from surveygen.languages.detection import stop_words
from surveygen.languages.phrases import is_unspaced
from surveygen.themes.induce.terms import name_words, stem, stems, word_lists

_COMPOUND = 2  # words; a longer phrase is specific although each of its words is general
_WRITTEN_OUT = 3  # words of an expansion that is preferred to its acronym
_BEFORE_NOUN = frozenset(  # or the beginning of a sentence
    (
        *(
            "of",
            "for",
            "in",
            "on",
            "with",
            "by",
            "from",
            "about",
            "via",
            "through",
            "between",
            "into",
            "towards",
            "toward",
        ),
        *("across", "under", "against", "including", "as", "", ".", ":"),
    )
)
_ADJECTIVE = re.compile(
    r".*(?:al|ive|ous|able|ible|ed|ic|ary|less|ful|ly|ish|ist|ean|ian|ese"
    r"|-(?:based|aware|driven|level|free|oriented|like|shot|turn|box|hop|modal|domain|task|scale|phase))\Z"
)
_VERB = re.compile(r".*(?:ate|ize|ise|ify|izes|ises|ates|ifies)\Z")


def is_noun_phrase(words: Sequence[str]) -> bool:
    """Whether words in English, in lower case, have the form of a noun phrase."""
    listed, first = name_words(), words[0]
    gerunds = listed.gerunds | listed.tasks
    verbal = first.endswith("ing") and gerunds.isdisjoint((first, first.rpartition("-")[2]))  # "e-learning"
    cut = any(word.startswith("-") or word.endswith("-") or word in word_lists().breaks for word in (first, words[-1]))
    verbal |= len(words) > 1 and not {first, first.removesuffix("s")}.isdisjoint(listed.verbs - listed.tasks)
    return (
        not cut
        and not verbal
        and not first.endswith("ly")
        and first not in listed.vague
        and _may_end(words[-1], is_compound=len(words) > 1)
    )


def may_name(words: Sequence[str], above: frozenset[str]) -> bool:
    """Whether a noun phrase names a subject: not an event, a model, a place or a kind of work alone."""
    listed = name_words()
    if any(word in listed.venues or re.split(r"[-\d]", word)[0] in listed.venues for word in words):
        return False
    if any(not above.issuperset(parts) and not _weak_stems().issuperset(parts) for parts in map(stems, words)):
        return True
    new = [word for word in words if not above.issuperset(stems(word))]
    if len(words) > _COMPOUND and words[0] in new and words[-1] not in new:  # "neural" before words from above
        return True
    objects = listed.objects | (listed.artefacts if len(new) < len(words) else frozenset())
    return words[-1] in new and words[-1] in listed.tasks and not objects.isdisjoint(new[:-1])


@cache
def _weak_stems() -> frozenset[str]:
    """Return the stems of words that are no subject by themselves."""
    listed = name_words()
    words = listed.tasks | listed.objects | listed.artefacts | word_lists().weak | listed.models | _places()
    return frozenset((*(stem(word) for word in words if "-" not in word), *map(str, range(10))))


def _may_end(word: str, *, is_compound: bool) -> bool:
    """Whether a word can be the noun at the end of a phrase, judged by its ending and by lists."""
    listed = name_words()
    nouns = word_lists().nouns | listed.nouns | listed.tasks | listed.objects | listed.artefacts
    if word in listed.hollow:
        return False
    if word in nouns:
        return True
    if word in listed.verbs or word in listed.vague or _ADJECTIVE.match(word) or _VERB.match(word):
        return False
    return is_compound or not word.endswith("ing") or word.rpartition("-")[2] in listed.gerunds


@cache
def _places() -> frozenset[str]:
    """Return the names of countries, continents and languages in English, in lower case."""
    english = Locale("en")
    names = (*english.territories.values(), *english.languages.values())
    return frozenset(part for name in names for part in name.lower().split() if len(part) > 3) | {"china's"}


def spelling_of(title_form: str, uses: Sequence[tuple[str, str, str]], language: str) -> tuple[str, bool, float]:
    """Return how to write a phrase, whether it stands as a noun by itself, and the share of its uses that it ends.

    A count noun in the singular never stands without an article, but its plural does: "of solar cells".
    """
    if is_unspaced(title_form) or not uses:
        return title_form, language != "en", 1.0
    breaks = word_lists().breaks if language == "en" else stop_words(language)
    if language == "en":
        uses = [use for use in uses if is_noun_phrase(use[0].lower().split())]
    if not uses:
        return title_form, False, 1.0
    ending = [(words, before) for words, before, after in uses if not after[:1].isalpha() or after.lower() in breaks]
    alone = Counter(words for words, before in ending if before.lower() in _BEFORE_NOUN)
    forms = Counter(words for words, _, _ in uses)
    if alone and language == "en":  # a short form of several words is written out wherever texts do so
        long = {form: n for form, n in forms.items() if len(form.split()) > 1}
        forms = alone if any(" " in form for form in alone) or not long else Counter(long)
    by_fold: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for form, n in forms.items():
        by_fold[form.casefold()][form] += n

    def preference(folded: str) -> tuple[bool, float, str]:
        words = folded.split()
        written_out = len(words) in range(2, _WRITTEN_OUT + 1) and min(map(len, words)) > 1  # not "e learning"
        return (not written_out, -math.log(by_fold[folded].total() + 1), folded)

    longest = max(len(folded.split()) for folded in by_fold)
    folded = (
        min(by_fold, key=preference) if longest <= _WRITTEN_OUT else max(by_fold, key=lambda it: by_fold[it].total())
    )
    return _cased(by_fold[folded]), bool(alone) or language != "en", len(ending) / len(uses)


def plural_of(word: str) -> str:
    """Return the regular plural of an English noun, or a listed one."""
    if word.lower() in name_words().plurals:
        return name_words().plurals[word.lower()]
    if re.search(r"[^aeiou]y\Z", word):
        return f"{word[:-1]}ies"
    if word.endswith("s"):
        return word
    return word + ("es" if word.endswith(("x", "z", "ch", "sh")) else "s")


def _cased(forms: Counter[str]) -> str:
    """Return the most frequent way to write capitals; lower case where that is common enough."""
    lower = next(iter(forms)).casefold()
    if forms[lower] >= max(forms.values()) / 4:
        return lower
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))
