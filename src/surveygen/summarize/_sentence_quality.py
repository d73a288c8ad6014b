"""Whether a sentence can stand alone in a survey, and if not, why."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Sentence
from surveygen.summarize._english import either, is_finite, words
from surveygen.summarize._who import CITED, NAMED, called, one_of

SHORTEST, LONGEST = 6, 55  # words
_SHORTEST_FOREIGN, _LONGEST_FOREIGN = 12, 400  # code points
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MATH = re.compile(r"\$[^$]*\$")
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us|[Oo]urselves|[Mm]y|myself|me)\b|\bI (?=[a-z])")
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|one['’]s)\b", re.IGNORECASE)
_POINTING = re.compile(rf"\b{either('pointing')}\b", re.IGNORECASE)
_PRONOUN_AFTER = re.compile(rf"{NAMED} (?:\S+ ){{1,3}}(it|them|its|they)\b(?! is\b)")
_VAGUE_START = re.compile(rf"{either('vague_start')}\b(?! of \w+ing?\b)(?! [\w-]+ (?:of|for|in) )", re.IGNORECASE)
_LOOSE_THING = re.compile(rf"[Tt]he (?:[a-z-]+ ){{1,2}}({one_of('heads')}) (?:\w+ly |also |then |not )*([a-z-]+)\b")
_LOOSE_ANYWHERE = re.compile(
    r"\bthe resulting\b|\bthe (?:respondent|participant|interviewee)s?\b(?! of\b| who\b| in\b| from\b)"
    r"|\bthe (?:approach|method|framework|procedure|technique|study|paper|survey)['’]s\b",
    re.IGNORECASE,
)
_BARE_THING = re.compile(r"[Tt]he ([a-z]+) (?:\w+ly |also |then |not )*([a-z-]+)\b")
_ADVERB = re.compile(r"\w+ly|also|already|often|still|then|not|never|sometimes|even|thus|therefore", re.IGNORECASE)
# "Powered by these, it wins": what hangs on "it" has no subject of its own that "it" could mean.
_AHEAD_OF_IT = re.compile(
    r"(?:[A-Z][a-z]+(?:ed|ing)|As an?|With|Unlike|By|To|Built|Through|Like) [^,;]{0,160}, (?P<it>it)\b"
)
_ASIDE = re.compile(r"\([^()]*\)")
_EARLY_PRONOUN = re.compile(r"(?:\S+ ){1,4}(?:it|they|them|its|their|he|she|his|her)\b", re.IGNORECASE)
_LAST_MARK = re.compile(rf" [{NAMED}{CITED}](?=\W*\Z)")
_ELSEWHERE = re.compile(either("elsewhere"), re.IGNORECASE)
_FORMS = {
    "fragment": re.compile(r"(?:\.\.|etc\.)\Z|\A\(?[a-z0-9ivx]{1,3}[.)] "),
    "fragment of a list": re.compile(
        r":\s*(?:first|firstly|\(?1\)|\(?i\))(?=[\s,])(?!.*(?:second|\b2\)|\bii\)))", re.IGNORECASE | re.DOTALL
    ),
    "typesetting": re.compile(r"\*\*|\w- (?!and\b|or\b|to\b|versus\b|vs\b)[a-z]|\\(?![%&$_#])"),
    "elsewhere": _ELSEWHERE,
    "availability": re.compile(either("availability"), re.IGNORECASE),
}
_PLURAL = re.compile(
    rf"{NAMED}|\b(?:people|humans|children|women|men|data|and)\b|\b[\w-]{{2,}}[^\Wsui]s\b|\b[\w-]+us?es\b"
)
_THEY = re.compile(r"\b(?P<object>(?<!of )(?<!among )(?<!between )them)\b|\b(?:they|theirs?|them)\b", re.IGNORECASE)
_ANNOUNCING = re.compile(either("announcing"), re.IGNORECASE)
_ANNOUNCED = 150  # code points; a longer sentence says something besides
_MARKER = re.compile(r"\[@[^\]\s]+\]")
_EXPLETIVE = re.compile(
    r"(?:it (?:is|has been|remains) (?:\w+ ){0,3}(?:that|to|how|whether)|there (?:is|are|has|have|exists?|remains?))\b",
    re.IGNORECASE,
)
_LEAN_EXCEPT = re.compile(f"{either('leaning_allowed')} ", re.IGNORECASE)


Flaw = Literal["", "dangling", "fragment", "other"]
_DANGLING = ("first person", "second person", "pointing", "leaning", "pronoun", "early pronoun", "loose", "they")
_FRAGMENT = ("no beginning", "no full stop", "fragment", "no verb", "short")


def sentence_flaw(sentence: Sentence, paper: Callable[[PaperId, int], Paper | None]) -> Flaw:
    """Sort the fault of a sentence: a word without its referent, a fragment such as a headline, or another fault.

    A question that can be understood alone has none. `paper` gives the papers cited, so that no word of a name counts.
    """
    text = sentence.text
    for evidence in sentence.evidence:
        cited = paper(evidence.paper, evidence.version)
        text = text.replace(f"{called(cited)[0]} [@{cited.id}]", NAMED) if cited else text
    if sentence.language == "en" and text.endswith("?"):
        return "dangling" if dangles(text) else ""
    reason = flaw_reason(text) if sentence.language == "en" else foreign_flaw_reason(text)
    if reason is None:
        return ""
    kinds: dict[Flaw, tuple[str, ...]] = {"dangling": _DANGLING, "fragment": _FRAGMENT}
    return next((kind for kind, starts in kinds.items() if reason.startswith(starts)), "other")


def flaw_reason(text: str) -> str | None:
    """Name the first reason why an English sentence cannot stand alone, None if it can.

    Works on a sentence with or without citation marks; the issue's words for it are dangling "this", "such", "we",
    "our", headline-like fragments, and what is no prose.
    """
    text = _MARKER.sub(NAMED, text)
    prose = _MATH.sub(" x ", text)
    count = len(_WORD.findall(prose.replace(NAMED, "x y")))
    if not SHORTEST <= count <= LONGEST:
        return f"{'short' if count < SHORTEST else 'long'}: {count} words"
    return _form_fault(text, prose) or _reference_fault(prose)


def foreign_flaw_reason(text: str) -> str | None:
    """Name the reason why a sentence of another language cannot be quoted, None if it can."""
    if not _SHORTEST_FOREIGN <= len(text) <= _LONGEST_FOREIGN:
        return f"{len(text)} characters"
    if text.rstrip("\"'”’»)]」』")[-1:] not in ".!。！।":
        return "no full stop"
    return "elsewhere" if _ELSEWHERE.search(text) else _unbalanced(text)


def dangles(text: str) -> bool:
    """Whether words of a text, be it a sentence or not, point at what is not there."""
    return _reference_fault(_MATH.sub(" x ", _MARKER.sub(NAMED, text))) is not None


def _form_fault(text: str, prose: str) -> str | None:
    first = text[:1]
    if re.match(r"[a-z]+(?:[-' ,]|\Z)", text) or not (first.isalnum() or first in f"$“\"‘'{NAMED}"):
        return "no beginning"
    if text.rstrip("\"'”’»)]")[-1:] not in (".", "!"):
        return "no full stop"
    bare = _LAST_MARK.sub("", prose)
    named = ((name, pattern) for name, pattern in _FORMS.items() if pattern.search(bare))
    found = next(named, None)
    if found is None and len(prose) < _ANNOUNCED and _ANNOUNCING.search(bare):
        return "announcing"
    return found[0] if found else _unbalanced(text) or (None if _has_verb(prose) else "no verb")


def _reference_fault(prose: str) -> str | None:
    if left := _FIRST_PERSON.search(prose):
        return f"first person: {left[0]}"
    if you := _SECOND_PERSON.search(prose):
        return f"second person: {you[0]}"
    if (pointing := _POINTING.search(prose)) and not _EXPLETIVE.match(prose[pointing.start() :]):
        return f"pointing: {pointing[0]}"
    first = re.match(r"[\w-]+", prose)
    if first and first[0].lower() in words("leaning") and not (_EXPLETIVE.match(prose) or _LEAN_EXCEPT.match(prose)):
        return f"leaning: {first[0]}"
    return _loose_subject(prose)


def _loose_subject(prose: str) -> str | None:
    """Name a word whose sense only the sentence before would give."""
    head = prose.partition(NAMED)[0]
    after = _PRONOUN_AFTER.search(prose)
    if after and not _EXPLETIVE.match(prose[after.start(1) :]):
        return "pronoun after the authors"
    if _lone_they(prose):
        return "they without referent"
    ahead = _AHEAD_OF_IT.match(head)
    if ahead and not _EXPLETIVE.match(head[ahead.start("it") :]):
        return "pronoun ahead of its subject"
    early = _EARLY_PRONOUN.match(head)
    if early and not _EXPLETIVE.search(head[: early.end() + 30]):
        return "early pronoun"
    loose = _loose_start(prose) or re.search(r"\bthe authors?\b", head, re.IGNORECASE)
    if loose is None and NAMED not in prose:
        loose = _LOOSE_ANYWHERE.search(prose)
    return f"loose: {loose[0]}" if loose else None


def _lone_they(prose: str) -> bool:
    """Whether a "they" or "them" has nobody before it to mean; the subject of a verb is not its object as well."""
    found = ((each, len(_PLURAL.findall(prose[: each.start()]))) for each in _THEY.finditer(prose))
    return any(before < (2 if each["object"] else 1) for each, before in found)


def _loose_start(prose: str) -> re.Match[str] | None:
    """Find a subject such as "the two", "the cost is" or "the trained model fails"."""
    vague = _VAGUE_START.match(prose)
    if vague and NAMED not in prose[: vague.end() + 30]:
        return vague
    bare, thing = _BARE_THING.match(prose), _LOOSE_THING.match(prose)
    if bare and (bare[2] in words("heads") or not is_finite(bare[2], bare[1])):
        bare = None
    if thing and not is_finite(thing[2], thing[1]):
        thing = None
    return next((found for found in (bare, thing) if found and NAMED not in found[0]), None)


def _has_verb(prose: str) -> bool:
    prose = _ASIDE.sub(" ", prose)
    found = [word for word in re.findall(rf"[\w'’-]+|[{NAMED}{CITED}]", prose) if not _ADVERB.fullmatch(word)]
    return any(is_finite(word, "we" if before == NAMED else before.lower()) for before, word in pairwise(found))


def _unbalanced(text: str) -> str | None:
    prose = _MATH.sub("", text)
    if "$" in prose.replace("\\$", ""):
        return "unbalanced mathematics"
    if any(prose.count(a) != prose.count(b) for a, b in ("()", "[]", "“”", "「」", "（）")) or prose.count('"') % 2:
        return "unbalanced brackets"
    return None
