"""The rules that name the authors where a sentence says "we" or "this paper"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveygen.domain.paper import Paper
from surveygen.domain.person_names import family_name, short_authors
from surveygen.summarize._english import any_word, base_forms, is_finite, past_forms, third_person, word_list

# Private-use characters, so that no later rule reads an author's name or a title as words of the sentence.
AUTHORS = "\ue000"  # the authors with their citation
CITATION = "\ue001"  # the citation alone

DOCUMENT = any_word("texts")  # paper, study, survey, ...
_HEAD = any_word("heads")  # method, results, ...
_ADVERBS = r"(?:(?:\w+ly|also|first|further|then|not|now|only|often) )*"
_LINKING_ADVERBS = rf"(?:(?:{any_word('backward_adverbs')}),? )*"
_SHARED_VERB = re.compile(r"\b(?:and|or|but)(?: then| \w+ly| also)? ([a-z-]+)\b")

_THIS_PAPER = re.compile(
    rf"(?P<lead>\A|\A[^,;:]{{3,140}}, )(?:this|the present|the current|our) (?P<kind>(?:[a-z-]+ )??(?:{DOCUMENT})) "
    rf"(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
_THE_PAPER = re.compile(
    rf"(?P<lead>\A|\A[^,;:]{{3,140}}, (?:and |so |but )?)the (?P<kind>(?:{DOCUMENT})) "
    rf"(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
_IN_PAPER = re.compile(rf",? (?:in|throughout) (?:this|our|the present) (?:{DOCUMENT})\b,?", re.IGNORECASE)
_MADE_HERE = re.compile(rf"\b({any_word('made')}) (?:in (?:this|the present|our) (?:{DOCUMENT})|here)\b")
_OF_PAPER = re.compile(rf"\bof (?:this|the present|our) ({DOCUMENT})\b")
_THE_AUTHORS = re.compile(
    rf"\b(?P<who>the (?:present )?authors?)(?!['’]| of\b) {_LINKING_ADVERBS}(?P<adverbs>{_ADVERBS})(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"\Athe (?P<adjectives>(?:(?:{any_word('result_adjectives')}) )?)(?P<head>{_HEAD})(?= \S)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"The (?:\w+ )?results? (?:has|have|is|are|was|were)\b", re.IGNORECASE)
_ANY_FIRST_PERSON = re.compile(r"\b(?:we|our|us|I|my)\b", re.IGNORECASE)
_METHOD = re.compile(
    r"(?<=[\w,] )(?<!\bof )the (?P<head>method|approach|framework|procedure|technique|pipeline|benchmark)(?= \w)"
)
_PROPOSED = re.compile(
    rf"\b(?:the|our) (?:newly )?proposed (?P<head>(?:[\w-]+ ){{0,3}}?(?:{_HEAD}))\b"
    rf"(?! (?:{_HEAD})\b| (?-i:[A-Z]))(?= [\w(]|[,.])",
    re.IGNORECASE,
)

_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us|[Oo]urselves)\b|\b(?:I|[Mm]y|me)(?= [a-z])")
_WE = re.compile(
    rf"(?:we|I),? {_LINKING_ADVERBS}(?P<adverbs>(?:(?:\w+ly|always|often|never|usually|still|just|only) )*)"
    r"(?P<verb>[a-z-]+)\b",
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
_OTHER_SUBJECT = re.compile(r"\b(?:to|can|could|may|might|will|would|should|must|that|which|who|how|whether)\b")
_LATER_WE = re.compile(r"\b((?:we|I) (?:\w+ly |also |then |further )?)([a-z]+)\b")
_NEXT_WORD = re.compile(r" ([\w-]+)([,.;:]?)")
_MAX_PHRASE = 5  # words between "our" and the end of what is ours
_NO_PART = frozenset({"that", "which", "who", "whether"})  # of "our ...": a verb came before
# "Our method, framework and tools": what else the authors have.
_COORDINATED = re.compile(rf"(?:, (?:(?:and|or) )?| (?:and|or) )(?:[a-z-]+ ){{0,2}}?(?:{_HEAD})\b", re.IGNORECASE)
_PLURAL_LATER = {"we": "the authors", "our": "their", "ours": "theirs", "us": "them", "ourselves": "themselves"}
_SINGULAR_LATER = {
    "we": "the author",
    "i": "the author",
    "our": "their",
    "my": "their",
    "us": "the author",
    "me": "the author",
}
# Where the title stands for unknown authors.
_TITLE_LATER = {"we": "it", "i": "it", "our": "its", "my": "its", "us": "the authors", "me": "the authors"}


@dataclass(frozen=True, slots=True)
class Authorship:
    """The authors that a sentence names.

    Attributes:
        first: the first family name, "" if unknown. plural: whether the authors take a plural verb.
        names: the first six names.
    """

    first: str
    plural: bool
    names: tuple[str, ...]

    @classmethod
    def of(cls, paper: Paper) -> Authorship:
        """Return the authors of a paper."""
        names = tuple(author.name for author in paper.authors[:6])
        return cls(family_name(names[0]) if names else "", author_label(paper)[1], names)


def author_label(paper: Paper) -> tuple[str, bool]:
    """Return what a sentence calls the authors, and whether that takes a plural verb.

    One author "Casper", two "Casper and Davies", more "Casper et al."; without a usable name the title in quotes.
    """
    names = short_authors(paper.authors)
    return (names, len(paper.authors) > 1) if names else (f"“{paper.title}”", False)


def replace_paper(text: str, authors: Authorship) -> str:
    """Let authors do what "this paper" does: "Casper et al. present"; else "the survey by Casper et al. is"."""
    match = _THIS_PAPER.match(text) or _THE_PAPER.match(text)
    if not match or match["verb"] == match["kind"] or not is_finite(match["verb"], "it"):
        return text
    lead, verb, adverbs, rest = match["lead"], match["verb"], match["adverbs"], text[match.end() :]
    base = base_forms().get(verb)
    shares_subject = any(word in base_forms() for word in _SHARED_VERB.findall(rest))
    if base in word_list("author_verbs") and not (shares_subject and authors.plural):
        return f"{lead}{AUTHORS} {adverbs}{base if authors.plural else verb}{rest}"
    if verb in past_forms() and base is None and verb != "put":
        return f"{lead}{AUTHORS} {adverbs}{verb}{rest}"
    kind = match["kind"] if lead else match["kind"].lower()
    return f"{lead}the {kind} by {AUTHORS} {adverbs}{verb}{rest}"


def replace_authors(text: str, authors: Authorship) -> str:
    """Name the authors where the text has "the authors" or "Casper and colleagues"."""
    if authors.first and authors.first in text:
        others = "colleagues|co-?authors|co-?workers|collaborators|others"
        pattern = rf"\b{re.escape(authors.first)}(?: and (?:{others})| et al\.)(?!['’])"
        names = [re.escape(family_name(name)) for name in authors.names]
        if 2 <= len(names) <= 5 and all(names):  # all in a row: "Nadeem, Bethke and Reddy"
            pattern = rf"{pattern}|\b{', '.join(names[:-1])},? and {names[-1]}\b(?!['’])"
        text = re.sub(pattern, AUTHORS, text, count=1)
    if AUTHORS in text:
        return text
    match = _THE_AUTHORS.search(text)
    if not match:
        return re.sub(r"\b[Tt]he authors(?!['’])\b", AUTHORS, text, count=1)
    verb = base_forms().get(match["verb"], match["verb"]) if authors.plural else third_person(match["verb"])
    return f"{text[: match.start()]}{AUTHORS} {match['adverbs']}{verb}{text[match.end() :]}"


def attribute_method(text: str, authors: Authorship) -> str:
    """Say whose "the proposed method" or "the approach" is."""
    del authors
    if AUTHORS in text:
        return text
    match = _PROPOSED.search(text)
    if match and not _ANY_FIRST_PERSON.search(text[: match.start()]):
        return f"{text[: match.start()]}{_the(match[0])} {match['head']} proposed by {AUTHORS}{text[match.end() :]}"
    match = _METHOD.search(text)
    if match and _verb_follows(text[match.end() :], match["head"]):
        before = text[: match.start()]
        if not re.search(rf"\b{match['head']}\b", before):
            return f"{before}the {match['head']} of {AUTHORS}{text[match.end() :]}"
    match = _SUBJECT.match(text)
    if match is None or _OUTCOME.match(text):
        return text  # "the result is a tool": what came about, not what was measured
    head, rest = match["head"].lower(), text[match.end() :]
    if head in word_list("anybodys") or not _verb_follows(rest, match["head"]):
        return text
    return f"The {match['adjectives']}{head} of {AUTHORS}{rest}"


def _verb_follows(after: str, head: str) -> bool:
    ahead = [
        word
        for word in re.findall(r"[\w-]+", after[:60])[:3]
        if not word.endswith("ly") and word not in {"also", "not", "then"}
    ]
    return bool(ahead) and is_finite(ahead[0], head) and ahead[0] not in word_list("heads")


def replace_first_person(text: str, authors: Authorship) -> str:
    """Replace the first "we" or "our method" by the authors with their citation, later ones by "the authors", "their".

    Where "we" means everybody, or the end of "our ..." is unclear, the words stay, and the sentence is refused later.
    """
    match = _FIRST_PERSON.search(text)
    before = text[: match.start()] if match else ""
    quoted = before.count("“") > before.count("”") or before.count('"') % 2 == 1  # somebody else says "we"
    if match is None or quoted:
        return text
    if AUTHORS not in before:
        word = match[0].lower()
        if word in {"we", "i"}:
            replaced = None if _EVERYBODY.search(before) else _replace_we(text, match.start(), authors)
        elif word in {"our", "my"}:
            replaced = _replace_our(text, match)
        elif word in {"us", "me"} and not _FOR_EVERYBODY.search(before):
            replaced = f"{before}{AUTHORS}{text[match.end() :]}"
        else:
            replaced = None
        if replaced is None:
            return text
        text = replaced
    return _replace_later(text, authors)


def _replace_we(text: str, start: int, authors: Authorship) -> str | None:
    match = _WE.match(text, start)
    if match is None or match["verb"] in word_list("duty") or text.startswith("have to ", match.start("verb")):
        return None
    verb, rest = match["verb"], text[match.end() :]
    if authors.plural:
        verb = base_forms().get(verb, verb)  # "we proposes" occurs
    else:
        if verb not in word_list("verbs") | word_list("auxiliaries") | past_forms():
            return None
        further = _singular_verbs(rest) if verb in word_list("verbs") else rest
        if further is None:
            return None
        verb, rest = third_person(verb), further
    return f"{text[:start]}{AUTHORS} {match['adverbs']}{verb}{rest}"


def _singular_verbs(rest: str) -> str | None:
    """Put the further verbs of one author into the singular; None where another subject may own them."""
    match = next((match for match in _SHARED_VERB.finditer(rest) if match[1] in word_list("verbs")), None)
    if match is None:
        return rest
    if _OTHER_SUBJECT.search(rest[: match.start()]):
        return None
    tail = _singular_verbs(rest[match.end() :])
    return None if tail is None else f"{rest[: match.start(1)]}{third_person(match[1])}{tail}"


def _replace_our(text: str, our: re.Match[str]) -> str | None:
    """Turn "our new method wins" into "the new method of Casper et al. wins"."""
    words: list[str] = []
    end = our.end()
    while len(words) < _MAX_PHRASE and (match := _NEXT_WORD.match(text, end)):
        end = match.end(1)
        words.append(match[1])
        if match[1] in _NO_PART:
            return None
        following = _NEXT_WORD.match(text, end)
        beyond = _NEXT_WORD.match(text, following.end(1)) if following else None
        head, after = match[1].lower(), following[1] if following else ""
        if head in word_list("heads") and (match[2] or _ends_phrase(after, match[1], beyond[1] if beyond else "")):
            if _COORDINATED.match(text, end) and not _is_verb(after, beyond[1] if beyond else ""):
                return None
            by = "by" if text[end:].startswith(" of ") or head in word_list("texts") else "of"
            return f"{text[: our.start()]}{_the(our[0])} {' '.join(words)} {by} {AUTHORS}{text[end:]}"
    return None


def _the(replaced: str) -> str:
    return "The" if replaced[0].isupper() else "the"


def _is_verb(word: str, beyond: str) -> bool:
    """Whether a word that may be a noun or a verb is the verb, by the word after it.

    "Our evaluation results show", but "our approach works as".
    """
    if word not in base_forms() and word not in word_list("verbs"):
        return False
    return not (is_finite(beyond, word) or beyond in word_list("heads"))


def _ends_phrase(following: str, head: str, beyond: str) -> bool:
    """Whether the word after a head is no part of what is ours; `beyond` is the word after that."""
    if following == "aims":  # "our model aims to": a verb here, though "our aims" are a thing
        return True
    if following.lower() in word_list("heads") | word_list("nouns_or_verbs") and not _is_verb(following, beyond):
        return False
    return following in word_list("after_thing") or following.endswith("ly") or is_finite(following, head)


def _replace_later(text: str, authors: Authorship) -> str:
    """Replace the first person after the authors were named."""
    singular = _SINGULAR_LATER if authors.first else _TITLE_LATER
    table = _PLURAL_LATER if authors.plural else singular
    start = text.index(AUTHORS)

    def replacement(match: re.Match[str]) -> str:
        word = match[0].lower()
        ahead = re.match(r"\W+(?:own )?(\w+)", match.string[match.end() :])
        means_everybody = word_list("inclusive") if word in {"our", "my"} else word_list("duty")
        return match[0] if ahead and ahead[1] in means_everybody else table.get(word, match[0])

    rest = text[start:]
    if not authors.plural:
        rest = _LATER_WE.sub(lambda match: f"{match[1]}{third_person(match[2])}", rest)
    return text[:start] + _FIRST_PERSON.sub(replacement, rest)


def replace_in_this_paper(text: str, authors: Authorship) -> str:
    """Put the authors for the paper in "introduced in this paper"; leave out "in this paper" elsewhere."""
    named, own = AUTHORS in text, "their" if authors.first else "its"
    text = _MADE_HERE.sub(r"\1 by the authors" if named else rf"\1 by {AUTHORS}", text, count=1)
    named = named or AUTHORS in text
    text = _OF_PAPER.sub(rf"of {own} \1" if named else rf"of the \1 by {AUTHORS}", text, count=1)
    return _IN_PAPER.sub("", text)


def add_citation(text: str, authors: Authorship) -> str:
    """Leave the words as they are and put the citation before the final full stop."""
    del authors
    if AUTHORS in text or CITATION in text:
        return text
    end = re.search(r"[.!?…。！？؟।]+[\"'”’»)\]」』]*\Z", text)
    position = end.start() if end else len(text)
    return f"{text[:position].rstrip()} {CITATION}{text[position:]}"


# In the order in which they are applied; the names are stored with each sentence.
RULES: Mapping[str, Callable[[str, Authorship], str]] = {
    "paper": replace_paper,
    "authors": replace_authors,
    "thing": attribute_method,
    "we": replace_first_person,
    "within": replace_in_this_paper,
    "quote": add_citation,
}
