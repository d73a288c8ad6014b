"""Whose "we" and "our" are in a sentence that is taken out of its paper."""

from __future__ import annotations

import re

from surveygen.summarize._english import base_forms, is_finite, past_forms, third_person, words
from surveygen.summarize._who import NAMED, Who, one_of

_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us|[Oo]urselves)\b|\b(?:I|[Mm]y|me)(?= [a-z])")
BACKWARD = rf"(?:(?:{one_of('backward_adverbs')}),? )*"
_WE = re.compile(
    rf"(?:we|I),? {BACKWARD}(?P<adverbs>(?:(?:\w+ly|always|often|never|usually|still|just|only) )*)(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
# Before "we" these make it everybody: "as we know", "how can we".
_EVERYBODY = re.compile(
    r"\b(?:as|if|when|whenever|ever|once|unless|until|before|how|what|why|let|than|can|do|should|must) \Z",
    re.IGNORECASE,
)
# Before "us" these make it everybody: "helps us understand".
_FOR_EVERYBODY = re.compile(
    r"\b(?:let|help|give|tell|teach|remind|inform|bring)(?:s|ed|ing)? \Z"
    r"|\b(?:around|surrounding|(?:all|most|many) of) \Z",
    re.IGNORECASE,
)
_SHARED_VERB = re.compile(r"\b(?:and|or|but)(?: then| \w+ly| also)? ([a-z-]+)\b")
_OTHER_OWNER = re.compile(r"\b(?:to|can|could|may|might|will|would|should|must|that|which|who|how|whether)\b")
_LATER_WE = re.compile(r"\b((?:we|I) (?:\w+ly |also |then |further )?)([a-z]+)\b")
_LONGEST_PHRASE = 5  # words between "our" and the end of what is ours
_PLURAL_LATER = {"we": "the authors", "our": "their", "ours": "theirs", "us": "them", "ourselves": "themselves"}
_SINGULAR_LATER = {
    "we": "the author",
    "i": "the author",
    "our": "their",
    "my": "their",
    "us": "the author",
    "me": "the author",
}


def first_person(text: str, who: Who) -> str:
    """The first "we" or "our method" becomes the authors with their citation, later ones "the authors", "their".

    Where "we" means everybody, or the end of "our ..." cannot be told, the words stay, and the sentence is refused.
    """
    found = _FIRST_PERSON.search(text)
    if found is None or _in_quotes(text[: found.start()]):
        return text
    if NAMED not in text[: found.start()]:
        opened = _first_mention(text, found, who)
        if opened is None:
            return text
        text = opened
    return _later_mentions(text, who)


def _in_quotes(before: str) -> bool:
    """Whether somebody else's words are open, so that "we" is not the authors."""
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def agree_all(rest: str) -> str | None:
    """Put the further verbs of one author into the singular; None where another subject may own them."""
    found = next((each for each in _SHARED_VERB.finditer(rest) if each[1] in words("verbs")), None)
    if found is None:
        return rest
    if _OTHER_OWNER.search(rest[: found.start()]):
        return None
    tail = agree_all(rest[found.end() :])
    return None if tail is None else f"{rest[: found.start(1)]}{third_person(found[1])}{tail}"


def _first_mention(text: str, found: re.Match[str], who: Who) -> str | None:
    word = found[0].lower()
    before = text[: found.start()]
    if word in {"we", "i"}:
        return None if _EVERYBODY.search(before) else _we(text, found.start(), who)
    if word in {"our", "my"}:
        return _our(text, found)
    if word in {"us", "me"} and not _FOR_EVERYBODY.search(before):
        return f"{before}{NAMED}{text[found.end() :]}"
    return None


def _we(text: str, start: int, who: Who) -> str | None:
    found = _WE.match(text, start)
    if found is None or found["verb"] in words("duty") or text.startswith("have to ", found.start("verb")):
        return None
    verb, rest = found["verb"], text[found.end() :]
    if who.plural:
        verb = base_forms().get(verb, verb)  # "we proposes" is met in the wild
    else:
        if verb not in words("verbs") | words("auxiliaries") | past_forms():
            return None
        further = agree_all(rest) if verb in words("verbs") else rest
        if further is None:
            return None
        verb, rest = third_person(verb), further
    return f"{text[:start]}{NAMED} {found['adverbs']}{verb}{rest}"


def _our(text: str, found: re.Match[str]) -> str | None:
    """Turn "our new method wins" into "the new method of Casper et al. wins"."""
    taken: list[str] = []
    for word, mark, following in _words(text, found.end()):
        taken.append(word)
        if word.lower() in words("heads") and (mark or _ends_phrase(following, word)):
            break
    else:
        return None
    end = found.end() + sum(len(word) + 1 for word in taken)
    by = "by" if text[end:].startswith(" of ") or taken[-1].lower() in words("texts") else "of"
    return f"{text[: found.start()]}the {' '.join(taken)} {by} {NAMED}{text[end:]}"


def _words(text: str, start: int) -> list[tuple[str, str, str]]:
    """The next words after `start`: each with the mark behind it and the word that follows."""
    found: list[tuple[str, str, str]] = []
    at = start
    while (match := re.compile(r" ([\w-]+)([,.;:]?)").match(text, at)) and len(found) < _LONGEST_PHRASE:
        at = match.end(1)
        after = re.compile(r" ([\w-]+)").match(text, at)
        found.append((match[1], match[2], after[1] if after else ""))
    return found


def _ends_phrase(following: str, head: str) -> bool:
    if following == "aims":  # "our model aims to": a verb here, though "our aims" are a thing
        return True
    if following.lower() in words("heads") and following.lower() not in words("verbs"):
        return False
    return following in words("after_thing") or following.endswith("ly") or is_finite(following, head)


def _later_mentions(text: str, who: Who) -> str:
    table = _PLURAL_LATER if who.plural else _SINGULAR_LATER
    start = text.index(NAMED)

    def swap(found: re.Match[str]) -> str:
        ahead = re.match(r"\W+(?:own )?(\w+)", found.string[found.end() :])
        following = ahead[1] if ahead else ""
        everybody = following in (words("inclusive") if found[0].lower() in {"our", "my"} else words("duty"))
        return found[0] if everybody else table.get(found[0].lower(), found[0])

    rest = text[start:] if who.plural else _LATER_WE.sub(_agree, text[start:])
    return text[:start] + _FIRST_PERSON.sub(swap, rest)


def _agree(found: re.Match[str]) -> str:
    return f"{found[1]}{third_person(found[2])}"
