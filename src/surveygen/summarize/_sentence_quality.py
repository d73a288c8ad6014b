"""Check whether a sentence can stand alone in a survey."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import QUOTATION, Sentence
from surveygen.domain.text import tokenize
from surveygen.summarize._english import any_word, is_finite, phrases, word_list
from surveygen.summarize._rewrite_rules import AUTHORS, CITATION, author_label

_MIN_WORDS, _MAX_WORDS = 6, 55
_MIN_FOREIGN, _MAX_FOREIGN = 12, 400  # code points of a sentence in another language
_MATH = re.compile(r"\$[^$]*\$")
_CITATION_MARK = re.compile(r"\[@[^\]\s]+\]")
_ASIDE = re.compile(r"\([^()]*\)")
_TOKEN = re.compile(rf"[\w'’-]+|[{AUTHORS}{CITATION}]")
_LOWER_START = re.compile(r"[a-z]+(?:[-' ,]|\Z)")  # not mT5
_ADVERB = re.compile(r"\w+ly|also|already|often|still|then|not|never|sometimes|even|thus|therefore", re.IGNORECASE)

_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us|[Oo]urselves|[Mm]y|myself|me)\b|\bI (?=[a-z])")
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|one['’]s)\b", re.IGNORECASE)
_POINTING = re.compile(rf"\b{phrases('pointing')}\b", re.IGNORECASE)
_LEANING_ALLOWED = re.compile(f"{phrases('leaning_allowed')} ", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"(?:it (?:is|has been|remains) (?!(?:\w+ )?(?:shown|found|proved|proven|demonstrated|observed|reported|able) to\b)"
    r"(?:\w+ ){0,3}(?:that|to|how|whether)|there (?:is|are|has|have|exists?|remains?))\b",
    re.IGNORECASE,
)
_PRONOUN_AFTER = re.compile(rf"{AUTHORS} (?:\S+ ){{1,3}}(it|them|its|they)\b(?! is\b)")
# "Powered by these, it wins": what hangs on "it" has no subject of its own that "it" could mean.
_AHEAD_OF_IT = re.compile(
    r"(?:[A-Z][a-z]+(?:ed|ing)|As an?|With|Unlike|By|To|Built|Through|Like) [^,;]{0,160}, (?P<it>it)\b"
)
_EARLY_PRONOUN = re.compile(r"(?:\S+ ){1,4}(?:it|they|them|its|their|he|she|his|her)\b", re.IGNORECASE)
_PLURAL = re.compile(
    rf"{AUTHORS}|\b(?:people|humans|children|women|men|data|and)\b|\b[\w-]{{2,}}[^\Wsui]s\b|\b[\w-]+us?es\b"
)
_THEY = re.compile(r"\b(?P<object>(?<!of )(?<!among )(?<!between )them)\b|\b(?:they|theirs?|them)\b", re.IGNORECASE)
_VAGUE_SUBJECT = re.compile(rf"{phrases('vague_start')}\b(?! of \w+ing?\b)(?! [\w-]+ (?:of|for|in) )", re.IGNORECASE)
_BARE_SUBJECT = re.compile(r"[Tt]he ([a-z]+) (?:\w+ly |also |then |not )*([a-z-]+)\b")
_LOOSE_SUBJECT = re.compile(rf"[Tt]he (?:[a-z-]+ ){{1,2}}({any_word('heads')}) (?:\w+ly |also |then |not )*([a-z-]+)\b")
_LOOSE_ANYWHERE = re.compile(
    r"\bthe resulting\b|\bthe (?:respondent|participant|interviewee)s?\b(?! of\b| who\b| in\b| from\b)"
    r"|\bthe (?:approach|method|framework|procedure|technique|study|paper|survey)['’]s\b",
    re.IGNORECASE,
)
_LAST_MARK = re.compile(rf" [{AUTHORS}{CITATION}](?=\W*\Z)")
_ELSEWHERE = re.compile(phrases("elsewhere"), re.IGNORECASE)
_FORMS = {
    "fragment": re.compile(r"(?:\.\.|etc\.|\b(?:that|are|is|:) \d\.)\Z|\A\(?[a-z0-9ivx]{1,3}[.)] "),
    "missed full stop": re.compile(r"(?:\$|\b(?!etc\b)[a-z]{3,})[.?!] (?:their|they|the authors)\b"),
    "stuck citation": re.compile(r"\d ?%? (?:[A-Z][a-z]+ ){2,}[A-Z][a-z]+(?=[,.])"),
    "fragment of a list": re.compile(
        r":\s*(?:first|firstly|\(?1\)|\(?i\))(?=[\s,])(?!.*(?:second|\b2\)|\bii\)))", re.IGNORECASE | re.DOTALL
    ),
    "typesetting": re.compile(r"\*\*|\w- (?!and\b|or\b|to\b|versus\b|vs\b)[a-z]|\\(?![%&$_#])"),
    "agreement": re.compile(
        rf"(?<!\bof )(?<!\bin )(?<!\bfor )\b(?:{any_word('plural_outcomes')}) "
        rf"(?:(?:of|by|proposed by) (?:{AUTHORS}|[A-Z]\S+ et al\.) )?(?:also |clearly |further )?"
        r"(?:shows|demonstrates|indicates|suggests|reveals|confirms|proves|is|was|has)\b"
    ),
    "no space": re.compile(
        r"[a-z]{2}[.!?](?!(?:com|org|net|edu|gov|js|py|md)\b)"
        r"(?:[A-Z][a-z]+|(?:the|an?|we|our|this|it|in|to|and|for)\b)"
        r"|(?<![\w/.])[a-z]{3,},[A-Za-z]{3,}"
    ),
    "elsewhere": _ELSEWHERE,
    "availability": re.compile(phrases("availability"), re.IGNORECASE),
}
_ANNOUNCING = re.compile(phrases("announcing"), re.IGNORECASE)
_MAX_ANNOUNCEMENT = 150  # code points; a longer sentence says something besides

Flaw = Literal["", "dangling", "fragment", "other"]
# How the reasons of each flaw begin.
_DANGLING = ("first person", "second person", "pointing", "leaning", "pronoun", "early pronoun", "loose", "they")
_FRAGMENT = ("no beginning", "no full stop", "fragment", "no verb", "short")


def sentence_flaw(sentence: Sentence, lookup: Callable[[PaperId, int], Paper | None]) -> Flaw:
    """Return the kind of flaw of a sentence: a word without its referent, a fragment such as a headline, or another.

    A question that can be understood alone has no flaw, and a quotation, whose words are those of its authors, none.

    Args:
        sentence: what the draft says.
        lookup: returns a cited paper as of a version, so that no word of its authors' names counts.
    """
    if sentence.rule == QUOTATION:
        return ""
    text = sentence.text
    for evidence in sentence.evidence:
        paper = lookup(evidence.paper, evidence.version)
        text = text.replace(f"{author_label(paper)[0]} [@{paper.id}]", AUTHORS) if paper else text
    if sentence.language == "en" and text.endswith("?"):
        return "dangling" if has_dangling_reference(text) else ""
    reason = flaw_reason(text) if sentence.language == "en" else foreign_flaw_reason(text)
    if reason is None:
        return ""
    if reason.startswith(_DANGLING):
        return "dangling"
    return "fragment" if reason.startswith(_FRAGMENT) else "other"


def flaw_reason(text: str) -> str | None:
    """Return the first reason why an English sentence cannot stand alone, None if it can.

    Looks for dangling "this", "such", "we" and "our", headline-like fragments, and what is not prose. The sentence may
    have citation marks.
    """
    text = _CITATION_MARK.sub(AUTHORS, text)
    prose = _MATH.sub(" x ", text)
    count = len(tokenize(prose.replace(AUTHORS, "x y"), "-'’"))
    if not _MIN_WORDS <= count <= _MAX_WORDS:
        return f"{'short' if count < _MIN_WORDS else 'long'}: {count} words"
    return _form_reason(text, prose) or _reference_reason(prose)


def foreign_flaw_reason(text: str) -> str | None:
    """Return the reason why a sentence of another language cannot be quoted, None if it can."""
    if not _MIN_FOREIGN <= len(text) <= _MAX_FOREIGN:
        return f"{len(text)} characters"
    if text.rstrip("\"'”’»)]」』")[-1:] not in ".!。！।":
        return "no full stop"
    return "elsewhere" if _ELSEWHERE.search(text) else _unbalanced(text)


def has_dangling_reference(text: str) -> bool:
    """Whether words of a text, be it a sentence or not, refer to something outside it."""
    return _reference_reason(_MATH.sub(" x ", _CITATION_MARK.sub(AUTHORS, text))) is not None


def _form_reason(text: str, prose: str) -> str | None:
    """Return why a text is not the form of a sentence; `prose` is the text without mathematics."""
    first = text[:1]
    if _LOWER_START.match(text) or not (first.isalnum() or first in f"$“\"‘'{AUTHORS}"):
        return "no beginning"
    if text.rstrip("\"'”’»)]")[-1:] not in (".", "!"):
        return "no full stop"
    bare = _LAST_MARK.sub("", prose)
    form = next((name for name, pattern in _FORMS.items() if pattern.search(bare)), None)
    if form is None and len(prose) < _MAX_ANNOUNCEMENT and _ANNOUNCING.search(bare):
        return "announcing"
    if reason := form or _unbalanced(text):
        return reason
    words = [word for word in _TOKEN.findall(_ASIDE.sub(" ", prose)) if not _ADVERB.fullmatch(word)]
    pairs = (("we" if before == AUTHORS else before.lower(), word) for before, word in pairwise(words))
    return None if any(is_finite(word, before) for before, word in pairs) else "no verb"


def _unbalanced(text: str) -> str | None:
    prose = _MATH.sub("", text)
    if "$" in prose.replace("\\$", ""):
        return "unbalanced mathematics"
    if any(prose.count(a) != prose.count(b) for a, b in ("()", "[]", "“”", "「」", "（）")) or prose.count('"') % 2:
        return "unbalanced brackets"
    return None


def _reference_reason(prose: str) -> str | None:
    """Return a word of which only the text around the sentence would give the sense."""
    if match := _FIRST_PERSON.search(prose):
        return f"first person: {match[0]}"
    if match := _SECOND_PERSON.search(prose):
        return f"second person: {match[0]}"
    if (match := _POINTING.search(prose)) and not _EXPLETIVE.match(prose[match.start() :]):
        return f"pointing: {match[0]}"
    first = re.match(r"[\w-]+", prose)
    leans = first and first[0].lower() in word_list("leaning")
    if first and leans and not (_EXPLETIVE.match(prose) or _LEANING_ALLOWED.match(prose)):
        return f"leaning: {first[0]}"
    if reason := _pronoun_reason(prose):
        return reason
    loose = _loose_subject(prose) or re.search(r"\bthe authors?\b", prose.partition(AUTHORS)[0], re.IGNORECASE)
    if loose is None and AUTHORS not in prose:
        loose = _LOOSE_ANYWHERE.search(prose)
    return f"loose: {loose[0]}" if loose else None


def _pronoun_reason(prose: str) -> str | None:
    head = prose.partition(AUTHORS)[0]
    after = _PRONOUN_AFTER.search(prose)
    if after and not _EXPLETIVE.match(prose[after.start(1) :]):
        return "pronoun after the authors"
    for match in _THEY.finditer(prose):  # the subject of a verb is not its object as well
        if len(_PLURAL.findall(prose[: match.start()])) < (2 if match["object"] else 1):
            return "they without referent"
    ahead = _AHEAD_OF_IT.match(head)
    if ahead and not _EXPLETIVE.match(head[ahead.start("it") :]):
        return "pronoun ahead of its subject"
    early = _EARLY_PRONOUN.match(head)
    if early and not _EXPLETIVE.search(head[: early.end() + 30]):
        return "early pronoun"
    return None


def _loose_subject(prose: str) -> re.Match[str] | None:
    """Return a subject such as "the two", "the cost is" or "the trained model fails"."""
    vague = _VAGUE_SUBJECT.match(prose)
    if vague and AUTHORS not in prose[: vague.end() + 30]:
        return vague
    bare = _BARE_SUBJECT.match(prose)
    if bare and bare[2] not in word_list("heads") and is_finite(bare[2], bare[1]) and AUTHORS not in bare[0]:
        return bare
    loose = _LOOSE_SUBJECT.match(prose)
    return loose if loose and is_finite(loose[2], loose[1]) and AUTHORS not in loose[0] else None
