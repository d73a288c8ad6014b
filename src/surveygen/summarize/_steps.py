"""The named steps of rewriting: who "we" are, whose "our method" is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from surveygen.domain.person_names import family_name
from surveygen.summarize._english import base_forms, is_finite, past_forms, third_person, words
from surveygen.summarize._person import BACKWARD, first_person
from surveygen.summarize._who import CITED, NAMED, Who, one_of

TEXTS = one_of("texts")
_HEAD = one_of("heads")
_ADVERBS = r"(?:(?:\w+ly|also|first|further|then|not|now|only|often) )*"
_PAPER = re.compile(
    rf"(?P<lead>\A|\A[^,;:]{{3,140}}, )(?:this|the present|the current|our) (?P<kind>(?:[a-z-]+ )??(?:{TEXTS})) "
    rf"(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
_THE_PAPER = re.compile(
    rf"(?P<lead>\A|\A[^,;:]{{3,140}}, (?:and |so |but )?)the (?P<kind>(?:{TEXTS})) "
    rf"(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
_SHARED_VERB = re.compile(r"\b(?:and|or|but)(?: then| \w+ly| also)? ([a-z-]+)\b")
_IN_PAPER = re.compile(rf",? (?:in|throughout) (?:this|our|the present) (?:{TEXTS})\b,?", re.IGNORECASE)
_MADE_HERE = re.compile(rf"\b({one_of('made')}) (?:in (?:this|the present|our) (?:{TEXTS})|here)\b")
_OF_PAPER = re.compile(rf"\bof (?:this|the present|our) ({TEXTS})\b")
_AUTHORS = re.compile(
    rf"\b(?P<who>the (?:present )?authors?)(?!['’]) {BACKWARD}(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b", re.IGNORECASE
)
_OWN = re.compile(
    rf"\Athe (?P<adjectives>(?:(?:{one_of('result_adjectives')}) )?)(?P<head>{_HEAD})(?= \S)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"The (?:\w+ )?results? (?:has|have|is|are|was|were)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|our|us|I|my)\b", re.IGNORECASE)
_MID = re.compile(
    r"(?<=[\w,] )(?<!\bof )the (?P<head>method|approach|framework|procedure|technique|pipeline|benchmark)(?= \w)"
)
_PROPOSED = re.compile(
    rf"\b(?:the|our) (?:newly )?proposed (?P<head>(?:[\w-]+ ){{0,3}}?(?:{_HEAD}))\b"
    rf"(?! (?:{_HEAD})\b| (?-i:[A-Z]))(?= [\w(]|[,.])",
    re.IGNORECASE,
)


def by_paper(text: str, who: Who) -> str:
    """Let authors do what "this paper" does: "Casper et al. present"; else "the survey by Casper et al. is"."""
    found = _PAPER.match(text) or _THE_PAPER.match(text)
    if found and _is_predicate(found["verb"], found["kind"]):
        subject = _paper_subject(found, text[found.end() :], who)
        if subject:
            return f"{found['lead']}{subject}{text[found.end() :]}"
        kind = found["kind"] if found["lead"] else found["kind"].lower()
        return f"{found['lead']}the {kind} by {NAMED} {found['adverbs']}{found['verb']}{text[found.end() :]}"
    return text


def by_authors(text: str, who: Who) -> str:
    """Name the authors where the text has "the authors" or "Casper and colleagues"."""
    if who.first and who.first in text:
        others = "colleagues|co-?authors|co-?workers|collaborators|others"
        group = rf"\b{re.escape(who.first)}(?: and (?:{others})| et al\.)(?!['’])"
        listed = _listed(who.authors)
        text = re.sub(rf"{group}|{listed}" if listed else group, NAMED, text, count=1)
    if NAMED in text:
        return text
    found = _AUTHORS.search(text)
    if not found:
        return re.sub(r"\b[Tt]he authors(?!['’])\b", NAMED, text, count=1)
    verb = base_forms().get(found["verb"], found["verb"]) if who.plural else third_person(found["verb"])
    return f"{text[: found.start()]}{NAMED} {found['adverbs']}{verb}{text[found.end() :]}"


def by_thing(text: str, who: Who) -> str:
    """Say whose "the proposed method" or "the approach" is."""
    del who
    if NAMED in text:
        return text
    found = _PROPOSED.search(text)
    if found and not _OURS.search(text[: found.start()]):
        return f"{text[: found.start()]}the {found['head']} proposed by {NAMED}{text[found.end() :]}"
    found = _MID.search(text)
    if (
        found
        and not re.search(rf"\b{found['head']}\b", text[: found.start()])
        and _verb_follows(text[found.end() :], found["head"])
    ):
        return f"{text[: found.start()]}the {found['head']} of {NAMED}{text[found.end() :]}"
    found = _OWN.match(text)
    if found and _OUTCOME.match(text):
        return text  # "the result is a tool": what came about, not what was measured
    if found and found["head"].lower() not in words("anybodys") and _verb_follows(text[found.end() :], found["head"]):
        return f"The {found['adjectives']}{found['head'].lower()} of {NAMED}{text[found.end() :]}"
    return text


def within_paper(text: str, who: Who) -> str:
    """Put the authors for the paper in "introduced in this paper"; leave out "in this paper" elsewhere."""
    del who
    said = NAMED in text
    text = _MADE_HERE.sub(r"\1 by the authors" if said else rf"\1 by {NAMED}", text, count=1)
    said = said or NAMED in text
    text = _OF_PAPER.sub(r"of their \1" if said else rf"of the \1 by {NAMED}", text, count=1)
    return _IN_PAPER.sub("", text)


def quote(text: str, who: Who) -> str:
    """The words as they are, the citation before the final full stop."""
    del who
    if NAMED in text or CITED in text:
        return text
    end = re.search(r"[.!?…。！？؟।]+[\"'”’»)\]」』]*\Z", text)
    where = end.start() if end else len(text)
    return f"{text[:where]} {CITED}{text[where:]}"


STEPS: Mapping[str, Callable[[str, Who], str]] = {
    "paper": by_paper,
    "authors": by_authors,
    "thing": by_thing,
    "we": first_person,
    "within": within_paper,
    "quote": quote,
}


def _is_predicate(verb: str, kind: str) -> bool:
    return verb != kind and is_finite(verb, "it")


def _paper_subject(found: re.Match[str], rest: str, who: Who) -> str | None:
    """The authors with an agreeing verb, None where the verb is not theirs or another verb hangs on the subject."""
    verb = found["verb"]
    base = base_forms().get(verb)
    shared = any(word in base_forms() for word in _SHARED_VERB.findall(rest))
    if base in words("author_verbs") and not (shared and who.plural):
        return f"{NAMED} {found['adverbs']}{base if who.plural else verb}"
    return f"{NAMED} {found['adverbs']}{verb}" if verb in past_forms() and base is None and verb != "put" else None


def _listed(authors: tuple[str, ...]) -> str:
    """A pattern for all family names in a row: "Nadeem, Bethke and Reddy"."""
    names = [re.escape(family_name(name)) for name in authors]
    if not 2 <= len(names) <= 5 or not all(names):
        return ""
    return rf"\b{', '.join(names[:-1])},? and {names[-1]}\b(?!['’])"


def _verb_follows(after: str, head: str) -> bool:
    ahead = [
        word
        for word in re.findall(r"[\w-]+", after[:60])[:3]
        if not word.endswith("ly") and word not in {"also", "not", "then"}
    ]
    return bool(ahead) and is_finite(ahead[0], head) and ahead[0] not in words("heads")
