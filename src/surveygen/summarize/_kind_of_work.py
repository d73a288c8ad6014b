"""Decide which kind of work a paper is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from surveygen.domain.summary import Evidence
from surveygen.domain.text import singular
from surveygen.summarize._facet_words import FacetText, alternatives, pattern, table, words

_MAKERS = ("resource", "system", "method", "survey", "analysis", "theory", "position")  # by the head of what is made
_TITLE, _FIRST, _LATER = 2.0, 2.0, 0.5  # weight of a title, of the first act of its sort, of the others
_STRONG = {"analysis": 0.5, "survey": 1.0, "theory": 0.5, "position": 0.4}  # share of a verb beside what is made
_GERUND = 1.0  # weight of a title that begins with "Evaluating", as those of some benchmarks do
_WEAK = 0.2  # share of "study" and the like without what of it is studied; they begin papers of any kind
_BY_THE_WAY = 0.4  # share of what is released or collected, which papers of any kind do
_UNLISTED = 0.5  # share of "we propose" something that no list names
_SURE, _LEAD = 1.0, 0.75  # weight from which a kind is told, and how far it must be ahead of the next
_MAX_WORDS = 18  # of a noun phrase with what it stands in apposition to
_MAX_REACH = 160  # code points within which an apposition follows
_MODES = ("weak", "by_the_way", "given")  # lists of verbs that qualify others
_WORD = re.compile(r"[^\s,;:.()–—]+(?:[.:]\w+)?|[,;:.()–—]")
_IN_PAPER = re.compile(r"\A (?:here|in this \w+),?(?= )")
_ASIDE = re.compile(r" ?\([^()]*\)")


def kind_of_work(units: Sequence[FacetText]) -> tuple[str, Evidence] | None:
    """Return the kind of a paper and the span that shows it; None where its words leave it open."""
    weights: dict[str, float] = defaultdict(float)
    shown: dict[str, tuple[float, Evidence]] = {}

    def vote(kind: str, weight: float, unit: FacetText) -> None:
        weights[kind] += weight
        if kind not in shown or weight > shown[kind][0]:
            shown[kind] = weight, unit.evidence

    surveys = any(pattern("kind.surveys").search(unit.text) for unit in units if not unit.in_title)
    for unit in units:
        if unit.in_title:
            for kind in _title_kinds(unit.text, surveys=surveys):
                vote("analysis", _GERUND, unit) if kind == "evaluating" else vote(kind, _TITLE, unit)
    seen: set[bool] = set()
    for unit in units:
        for kind, share, is_made in () if unit.in_title else tuple(_acts(unit.text)):
            tested = not is_made and True in seen  # "we evaluate it" follows whatever was made
            vote(kind, share * (_WEAK if tested else 1.0) * (_LATER if is_made in seen else _FIRST), unit)
            seen.add(is_made)
    return _decided(weights, shown)


def _decided(weights: dict[str, float], shown: dict[str, tuple[float, Evidence]]) -> tuple[str, Evidence] | None:
    ranked = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))
    if not ranked or ranked[0][1] < _SURE:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD:
        return None
    return ranked[0][0], shown[ranked[0][0]][1]


def _title_kinds(title: str, *, surveys: bool) -> Iterator[str]:
    """Yield the kinds that a part of a title names; a method only if it names nothing else."""
    kinds = [kind for kind in table("kind.titles") if pattern(f"kind.titles.{kind}").search(title)]
    if "survey" in kinds and (not surveys or pattern("kind.not_survey").search(title)):
        kinds.remove("survey")
    yield from (kind for kind in kinds if kind != "method" or len(kinds) == 1)


def _acts(sentence: str) -> Iterator[tuple[str, float, bool]]:
    """Yield the kinds of what the authors say they do, a share of at most 1, and whether something is made."""
    for match in _act().finditer(sentence):
        rest = sentence[match.end() :]
        for verb in (word.lower() for word in (match["verb"], match["second"]) if word):
            kind = _forms().get(verb, "")
            if kind == "make":
                if made := _made(rest, verb):
                    serves = made[0] == "resource" and pattern("kind.serving").search(sentence)
                    yield made[0], min(made[1], _BY_THE_WAY) if serves else made[1], True
                    break
            elif kind and not pattern("kind.own_object").match(rest):
                studied = kind != "analysis" or _says_what(match[0], verb, rest)
                yield kind, _STRONG[kind] if studied else _WEAK, False
                break
    for match in _passive().finditer(sentence):
        if made_kind := _head_kind(_ASIDE.sub("", match["subject"])):
            yield made_kind, 1.0, True


def _says_what(act: str, verb: str, rest: str) -> bool:
    """Whether an act of analysis is the paper's own aim, and not only named beside it."""
    if pattern("kind.beside").search(act):
        return False
    if verb not in _forms_of("kind.verbs.weak") or pattern("kind.thorough").search(act):
        return True
    return bool(pattern("kind.aspects").match(rest))


@cache
def _act() -> re.Pattern[str]:
    return re.compile(
        rf"{alternatives('own.subject')} (?:{alternatives('own.adverbs')})(?:{alternatives('own.goal')})?"
        r"(?:\w+ly )?(?P<verb>(?!(?:we|i)\b)[a-z-]+)(?:,? and (?:\w+ly )?(?P<second>[a-z-]+))?(?= )",
        re.IGNORECASE,
    )


@cache
def _passive() -> re.Pattern[str]:
    return re.compile(
        rf"(?:\A|, )(?P<subject>an? [^,;:.]{{3,120}}?)(?:, [^,;]{{3,60}},)? {alternatives('own.passive')}\b",
        re.IGNORECASE,
    )


@cache
def _forms() -> dict[str, str]:
    """Map each form of a listed verb to the kind of act."""
    return {
        form: kind for kind in table("kind.verbs") if kind not in _MODES for form in _forms_of(f"kind.verbs.{kind}")
    }


@cache
def _forms_of(name: str) -> frozenset[str]:
    forms: set[str] = set()
    for entry in words(name):
        verb, *irregular = entry.split(":")
        forms.update((verb, *irregular, f"{verb.removesuffix('e')}ing"))
        if verb.endswith("y"):
            forms.update((f"{verb[:-1]}ies", f"{verb[:-1]}ied"))
        else:
            forms.update((f"{verb}es" if verb.endswith("ss") else f"{verb}s", f"{verb.removesuffix('e')}ed"))
    return frozenset(forms)


def _made(rest: str, verb: str) -> tuple[str, float] | None:
    """Return the kind of what is made, from the words behind the verb, with a share of at most 1."""
    bare = _IN_PAPER.sub("", _ASIDE.sub("", rest))
    proposed = verb.startswith("propos")
    if proposed and bare.startswith((" to ", " using ")):
        return "method", 1.0
    kind = _head_kind(bare)
    if not kind and (apposition := re.search(r"(?:, | [–—-]+ ?)(?=an? )", bare[:_MAX_REACH])):
        kind = _head_kind(bare[apposition.end() :])
    if kind == "analysis" and pattern("kind.of_own").search(bare[:_MAX_REACH]):
        return None
    if kind:
        by_the_way = kind == "resource" and verb in _forms_of("kind.verbs.by_the_way")
        return kind, _BY_THE_WAY if by_the_way or verb in _forms_of("kind.verbs.given") else 1.0
    if proposed and not pattern("kind.no_method").match(bare):
        return "method", _UNLISTED
    return None


def _head_kind(text: str) -> str:
    """Return the kind that the head of the first noun phrase names, or of what stands in apposition to it."""
    items = _WORD.findall(text)[:_MAX_WORDS]
    phrase: list[str] = []
    for at, item in enumerate(items):
        lower = item.lower()
        kind = _phrase_kind(phrase)
        if lower == "of" and phrase and singular(phrase[-1].lower()) in words("kind.heads.carry"):
            phrase = []
        elif item in ",:–—":
            following = items[at + 1].lower() if at + 1 < len(items) else ""
            if kind:
                return kind
            if following in words("kind.heads.determiners"):  # "FooNet, a network"; else "a simple, fast method"
                phrase = []
        elif (kind and (lower in words("kind.heads.participles") or lower.endswith("ing"))) or lower in words(
            "kind.heads.ends"
        ):
            return kind
        elif lower == "and":  # "a new and large corpus"
            if kind:
                return kind
        elif lower not in words("kind.heads.determiners"):
            phrase.append(item)
    return _phrase_kind(phrase)


def _phrase_kind(phrase: Sequence[str]) -> str:
    if not phrase:
        return ""
    last = singular(phrase[-1].lower())
    pair = f"{phrase[-2].lower()} {last}" if len(phrase) > 1 else ""
    for kind in _MAKERS:
        if pair and pair in words(f"kind.heads.{kind}"):
            return kind
    return next((kind for kind in _MAKERS if last in words(f"kind.heads.{kind}")), "")
