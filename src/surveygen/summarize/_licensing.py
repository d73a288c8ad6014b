"""License every word of a claim by the sentences that it cites.

A claim is accepted if a sentence of its source becomes the claim by edits of closed lists alone: a word for a listed
paraphrase, the authors' names for "we", words of grammar and connectives put in or left out, "we show that" left out,
a part left out that limits nothing, and two neighboring parts exchanged. So nothing can be put in, and no hedge,
quantifier, condition, comparison or denial can be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK
from surveygen.languages.detection import detect_language
from surveygen.summarize._claim_words import AUTHORS, Word, mask_authors, paraphrase_list, read_words
from surveygen.summarize._english import word_list
from surveygen.summarize._rewriting import LOOKING_BACK
from surveygen.summarize._text import split_sentences

Source = tuple[Paper, str]  # a cited paper and the span of it that is cited

_CLAUSE_BREAK = re.compile(r"\s*[;:—]\s+|,?\s+(?:and|while|whereas|but)\s+|,\s+")
_STRONG = frozenset(",;:()—")
_OWN_VERBS = ("finding_verbs", "presenting_verbs")  # the lists of what authors say of their own work
_COORDINATING = frozenset({"but", "while", "whereas", "although", "or"})
_ROLES = frozenset({"to", "of", "as"})  # words of grammar that a part which changes places must keep before it
_MIN_PART = 3  # words of a part that may change places though no preposition or conjunction begins it
_MAX_PARTS = 14  # more boundaries than these are not combined
_MAX_CLAUSES = 6
_MAX_CLAIM = 1000  # code points without marks; a longer sentence is not compared
_MOSTLY_FOREIGN = 0.5  # share of unlicensed words from which the share is the reason


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks in a source sentence.

    Attributes:
        own: its authors do, in the active or passive voice, or their experiments. passive: "is proposed" occurs.
        reported: anybody does. others: it names work that may not be theirs.
    """

    own: bool
    passive: bool
    reported: bool
    others: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The words of a claim or of a source sentence.

    Attributes:
        words: those that need a license. tail: what follows the last of them.
        english: whether the lists apply. question: whether it asks.
        linked: how many words at the start only tie it to the sentence before.
    """

    words: tuple[Word, ...]
    tail: tuple[str, ...]
    english: bool
    question: bool
    linked: int

    @property
    def names_authors(self) -> bool:
        """Whether its authors speak in it."""
        return any(AUTHORS in word.keys for word in self.words)

    def lead(self, at: int) -> tuple[str, ...]:
        """Return the punctuation and grammar before a word, or at the end."""
        return self.words[at].lead if at < len(self.words) else self.tail

    def skip(self, at: int, names: Sequence[str]) -> int:
        """Return the position after all words from here on that are in one of the lists."""
        while at < len(self.words) and any(self.words[at].text in paraphrase_list(name) for name in names):
            at += 1
        return at

    def own_verb(self, at: int, *lists: str) -> int:
        """Return the position after "we (further) show" or "our experiments show" that begins here, 0 if none does."""
        words = self.words
        authors = at < len(words) and AUTHORS in words[at].keys
        verb_at = self.skip(at + authors, ["own_evidence_adjectives", *(["left_out"] if authors else [])])
        nouns = ("own_evidence", "our_evidence") if authors else ("own_evidence",)
        with_evidence = verb_at < len(words) and any(words[verb_at].is_one_of(name) for name in nouns)
        if with_evidence:
            verb_at += 1
        if not authors and not with_evidence:
            return 0
        verb_at = self.skip(verb_at, ["left_out"])
        is_verb = verb_at < len(words) and any(words[verb_at].is_one_of(name) for name in lists)
        return verb_at + 1 if is_verb else 0

    def is_passive(self, at: int) -> bool:
        """Whether a word is a verb of the authors in the passive of the present: "is proposed"."""
        word = self.words[at]
        is_verb = word.is_one_of("finding_verbs") or word.is_one_of("presenting_verbs")
        return is_verb and not {"is", "are"}.isdisjoint(word.lead)

    def finds(self, verb: Word) -> bool:
        """Whether the authors themselves use a verb of finding that means the same."""
        ends = (self.own_verb(at, "finding_verbs") for at in range(len(self.words)))
        return any(after and not self.words[after - 1].keys.isdisjoint(verb.keys) for after in ends)

    def speech(self) -> Speech:
        """Return who speaks in it."""
        at = range(len(self.words))
        passive = any(self.is_passive(position) for position in at)
        own = passive or self.names_authors or any(self.own_verb(position, *_OWN_VERBS) for position in at)
        reported = any(word.is_one_of(name) for word in self.words for name in ("reporting_verbs", *_OWN_VERBS))
        others = any(word.text in paraphrase_list("others") for word in self.words)
        return Speech(own, passive, reported, others)

    def boundaries(self) -> dict[int, bool]:
        """Return where a sentence may be taken apart, and whether an adjunct or a clause begins there."""
        end = len(self.words)
        boundaries = {0: False, end: False}
        starts = paraphrase_list("clause_starts")
        for at, word in enumerate(self.words):
            begins = self.english and (word.text.split()[0] in starts or not starts.isdisjoint(word.lead))
            if begins or not _STRONG.isdisjoint(word.lead) or "and" in word.lead:
                boundaries[at] = boundaries.get(at, False) or begins
            if self.english and (after := self.own_verb(at, *_OWN_VERBS)):
                boundaries |= {at: True, after: True}
            if self.english and self.is_passive(at):
                boundaries |= {at: True, at + 1: True}
        if not self.english or not self.words:
            return boundaries
        first = self.words[0]
        boundaries[0] = (
            first.text.split()[0] in starts or not starts.isdisjoint(first.lead) or boundaries[0] or self.linked > 0
        )
        return boundaries

    def clauses(self) -> list[int]:
        """Return where a clause begins that stands beside the one before it."""
        starts = paraphrase_list("clause_starts")
        return [
            at
            for at, word in enumerate(self.words)
            if ";" in word.lead
            or (word.text in _COORDINATING and "," in word.lead)
            or ("and" in word.lead and ("," in word.lead or word.text in starts))
        ]

    def ends_of_part(self, at: int) -> Iterator[int]:
        """Yield the ends of what begins here and can be left out: asides, appositions, clauses that only go on."""
        words, end = self.words, len(self.words)
        lead = self.lead(at)
        later = range(at + 1, end + 1)
        if "(" in lead:
            yield from (stop for stop in later if ")" in self.lead(stop))
        if at == 0:  # the clause before ", and we show that"
            yield from (stop for stop in range(1, end) if "and" in self.lead(stop) and self.own_verb(stop, *_OWN_VERBS))
        if at in (0, end) or not lead or any(word.is_one_of("collective") for word in words[:at]):
            return
        after_comma = lead[0] == ","
        goes_on = ";" in lead or (after_comma and not {"and", "which"}.isdisjoint(lead))
        participle = lead == (",",) and words[at].text.endswith("ing")
        own_clause = "and" in lead and (
            self.own_verb(at, *_OWN_VERBS) or any(words[at].is_one_of(name) for name in _OWN_VERBS)
        )
        if goes_on or participle or own_clause:
            yield end
        if after_comma and not {"a", "an", "the", "which"}.isdisjoint(lead):
            yield from (stop for stop in later if stop == end or "," in self.lead(stop))


def unlicensed_reason(text: str, sources: Sequence[Source]) -> str:
    """Return what the cited spans do not license in a claim; empty if they license all of it.

    Each clause is compared with the papers whose marks it carries.

    Args:
        text: the claim with its citation marks.
        sources: the papers with the spans that are cited.
    """
    cited = tuple(
        (paper, span[start:end]) for paper, span in dict.fromkeys(sources) for start, end in split_sentences(span)
    )
    if len(CITATION_MARK.sub("", text)) > _MAX_CLAIM:
        return f"longer than {_MAX_CLAIM} characters"
    if _carries(text, cited):
        return ""
    return _first_reason(text, cited)


def licenses(text: str, paper: Paper, sentence: str) -> bool:
    """Whether one sentence of a paper licenses a claim, or a clause of one, without citation marks."""
    source = read_side(sentence, paper)
    claim = read_side(text, paper)
    if claim.question != source.question or claim.english != source.english:
        return False
    keys = frozenset[str]().union(*(word.keys for word in source.words))
    optional = additions_of(claim, source)
    in_additions = {at for start, ends in optional.items() for end in ends for at in range(start, end)}
    if any(keys.isdisjoint(word.keys) for at, word in enumerate(claim.words) if at not in in_additions):
        return False
    omissions = omissions_of(source)
    return any(_becomes(source, order, omissions, claim, optional) for order in orders_of(source))


def _carries(text: str, sources: Sequence[Source]) -> bool:
    """Whether each clause of a text with citation marks is licensed by the papers of its marks."""
    groups = _mark_groups(text)
    if len(groups) <= 1:
        papers = set(groups[0][2]) if groups else {paper.id for paper, _ in sources}
        own = [source for source in sources if source[0].id in papers]
        plain = CITATION_MARK.sub("", text)
        separately = all(
            _joined(plain, [source for source in own if source[0].id == paper], 1) for paper in sorted(papers)
        )
        return bool(own) and (separately or (len(papers) > 1 and _joined(plain, own, len(papers))))
    (_, first_end, _), (_, second_end, _) = groups[:2]
    breaks = list(_CLAUSE_BREAK.finditer(text, first_end, second_end))
    return any(_carries(text[: cut.start()], sources) and _carries(text[cut.end() :], sources) for cut in breaks)


def _mark_groups(text: str) -> list[tuple[int, int, tuple[PaperId, ...]]]:
    """Return start, end and papers of the marks that stand side by side."""
    groups: list[tuple[int, int, tuple[PaperId, ...]]] = []
    for mark in CITATION_MARK.finditer(text):
        paper = PaperId(mark[1])
        if groups and not text[groups[-1][1] : mark.start()].strip(" ,;"):
            start, _, papers = groups.pop()
            groups.append((start, mark.end(), (*papers, paper)))
        else:
            groups.append((mark.start(), mark.end(), (paper,)))
    return groups


def _joined(text: str, sources: Sequence[Source], papers: int, clauses: int = _MAX_CLAUSES) -> bool:
    """Whether a text is a row of clauses, each licensed by another of the sentences, of so many papers at least."""
    for number, (paper, sentence) in enumerate(sources):
        if papers <= 1 and licenses(text, paper, sentence):
            return True
        rest = [source for other, source in enumerate(sources) if other != number]
        missing = papers - (paper.id not in {other.id for other, _ in rest})
        if not rest or clauses <= 1:
            continue
        for cut in _CLAUSE_BREAK.finditer(text):
            if licenses(text[: cut.start()], paper, sentence) and _joined(
                text[cut.end() :], rest, max(missing, 1), clauses - 1
            ):
                return True
    return False


def _becomes(
    source: Side,
    order: tuple[int, ...],
    omissions: dict[int, tuple[int, ...]],
    claim: Side,
    additions: dict[int, tuple[int, ...]],
) -> bool:
    """Whether the source in some order becomes the claim by licensed edits: a search over pairs of positions."""
    goal = (len(order), len(claim.words))
    seen = {(0, 0)}
    open_pairs = [(0, 0)]
    while open_pairs:
        here, there = open_pairs.pop()
        following = [(here, stop) for stop in additions.get(there, ())]
        if here < len(order):
            start = order[here]
            for stop in omissions.get(start, ()):
                length = stop - start
                if order[here : here + length] == tuple(range(start, stop)):
                    following.append((here + length, there))
            word = source.words[start]
            if there < len(claim.words) and not word.keys.isdisjoint(claim.words[there].keys):
                moved = here > 0 and order[here - 1] != start - 1
                if not moved or _ROLES.isdisjoint({*word.lead} ^ {*claim.words[there].lead}):
                    following.append((here + 1, there + 1))
        for pair in following:
            if pair not in seen:
                seen.add(pair)
                open_pairs.append(pair)
    return goal in seen


def _first_reason(text: str, sources: Sequence[Source]) -> str:
    """Return why no sentence licenses a claim: a word that none has, a word that is lost, or the order."""
    by_paper: dict[PaperId, list[Source]] = {}
    for source in sources:
        by_paper.setdefault(source[0].id, []).append(source)
    plain = CITATION_MARK.sub("", text)
    for papers in by_paper.values():
        plain = mask_authors(plain, papers[0][0])
    sides = [read_side(sentence, paper) for paper, sentence in sources]
    claim = read_side(plain, sources[0][0])
    keys = frozenset({AUTHORS}).union(*(word.keys for side in sides for word in side.words))
    keys |= paraphrase_list("added") | paraphrase_list("reporting_verbs")
    foreign = [word for word in claim.words if keys.isdisjoint(word.keys)]
    if foreign and len(foreign) >= _MOSTLY_FOREIGN * len(claim.words):
        return f"only {1 - len(foreign) / len(claim.words):.0%} of its words are in the source"
    for position, word in enumerate(claim.words):
        if word in foreign and word.text in paraphrase_list("negations"):
            following = claim.words[position + 1 : position + 2]
            return f"{(following[0] if following else word).text!r} is denied, unlike in the source"
    ranked = sorted(foreign, key=lambda word: (not word.text[0].isdigit(), not word.capital))
    if ranked:
        number = next((key for key in ranked[0].keys if key[0].isdigit()), "")
        shown = number or (ranked[0].text.capitalize() if ranked[0].capital else repr(ranked[0].text))
        return f"{shown} is not in the source"
    stated = frozenset[str]().union(*(word.keys for word in claim.words))
    for paper, own in by_paper.items():
        words = [word.keys for who, sentence in own for word in read_side(sentence, who).words]
        if len(by_paper) > 1 and 2 * sum(not stated.isdisjoint(keys) for keys in words) < len(words):
            return f"{paper} adds nothing to it"
    lost = [
        word
        for side in sides
        for word in side.words
        if word.is_one_of("guards") and stated.isdisjoint(word.keys) and word.text not in paraphrase_list("left_out")
    ]
    if lost and len(sides) == 1:
        return f"{lost[0].text!r} of the source is left out"
    return "its words are in another order or connection than in the source"


@lru_cache(maxsize=16_384)
def read_side(text: str, paper: Paper) -> Side:
    """Read a claim or a sentence of a paper, whose authors may be named in it."""
    english = detect_language(text) == "en"
    words, tail = read_words(mask_authors(text, paper), english=english)
    linked = 0
    if english:
        head, comma, _ = text.partition(", ")
        back = LOOKING_BACK.match(text)
        link = back[0] if back else head if comma and head.lower() in word_list("connectives") else ""
        linked = len(read_words(link, english=True)[0])
    question = text.rstrip(" \"'”’»)").endswith(("?", "？", "؟"))
    return Side(words, tail, english, question, linked)


@lru_cache(maxsize=16_384)
def omissions_of(source: Side) -> dict[int, tuple[int, ...]]:
    """Return for positions of a source sentence the later positions up to which it may be left out."""
    if not source.english:
        return {}
    words, end = source.words, len(source.words)
    ranges = [(0, source.linked)] if source.linked else []
    for at, word in enumerate(words):
        after_authors = at > 0 and AUTHORS in words[at - 1].keys
        lists = ["left_out", "left_out_after_authors"] if after_authors else ["left_out"]
        if AUTHORS in word.keys or any(word.text in paraphrase_list(name) for name in lists):
            ranges.append((at, at + 1))
        if after := source.own_verb(at, *_OWN_VERBS):
            ranges.append((at, after))
        if {"it", "is"} <= set(word.lead) and word.is_one_of("finding_verbs") and "that" in source.lead(at + 1):
            ranges.append((at, at + 1))  # "it is shown that"
    parts = [(at, stop) for at in range(end + 1) for stop in source.ends_of_part(at)]
    ranges += [(a, b) for a, b in parts if not any(word.is_one_of("guards") for word in words[a:b])]
    omissions: dict[int, set[int]] = {}
    for start, stop in ranges:
        omissions.setdefault(start, set()).add(stop)
    return {start: tuple(sorted(stops)) for start, stops in omissions.items()}


@lru_cache(maxsize=16_384)
def orders_of(source: Side) -> tuple[tuple[int, ...], ...]:
    """Return the orders in which the words of a source may stand: as they are, and with two neighbors exchanged."""
    end = len(source.words)
    orders = [tuple(range(end))]
    boundaries = source.boundaries()
    if any(word.text == "respectively" for word in source.words) or len(boundaries) > _MAX_PARTS:
        return tuple(orders)
    places = sorted(boundaries)
    for first, middle, last in combinations(places, 3):
        inside = [at for at in source.clauses() if first < at < last and at != middle]
        if inside and not {first, middle, last} <= {0, end, *source.clauses()}:
            continue  # "on A, X wins; on B, Y wins" is not "X wins on B; on A, Y wins"
        begins = boundaries[first] or boundaries[middle]
        long = min(middle - first, last - middle) >= _MIN_PART and not _STRONG.isdisjoint(source.lead(middle))
        if begins or long:
            orders.append((*range(first), *range(middle, last), *range(first, middle), *range(last, end)))
    return tuple(orders)


def additions_of(claim: Side, source: Side) -> dict[int, tuple[int, ...]]:
    """Return for positions of a claim the later positions up to which it says no more than who says it."""
    if not claim.english:
        return {}
    speech = source.speech()
    additions = {at: tuple(sorted(set(_ends_of_addition(claim, at, source, speech)))) for at in range(len(claim.words))}
    return {at: ends for at, ends in additions.items() if ends}


def _ends_of_addition(claim: Side, at: int, source: Side, speech: Speech) -> Iterator[int]:
    word = claim.words[at]
    if word.text in paraphrase_list("added") and (at == 0 or not _STRONG.isdisjoint(word.lead)):
        yield at + 1
    if word.text in paraphrase_list("added_to_own") and source.names_authors and not speech.others:
        yield at + 1  # "our method": "the proposed method"
    after = claim.own_verb(at, "reporting_verbs")
    if after and (not speech.reported or source.finds(claim.words[after - 1])):
        yield after  # "Lee et al. note that"
    authors_follow = at + 1 < len(claim.words) and AUTHORS in claim.words[at + 1].keys
    if word.text == "according to" and authors_follow:
        yield at + 2
    if word.text == "by" and authors_follow and speech.own:
        verb = at > 0 and any(claim.words[at - 1].is_one_of(name) for name in _OWN_VERBS)
        if verb or not speech.others:
            yield at + 2  # "proposed by Lee et al."
    if AUTHORS in word.keys and (
        ("of" in word.lead and speech.own and not speech.others)
        or (speech.passive and not speech.others and claim.own_verb(at, *_OWN_VERBS))  # for "is proposed"
    ):
        yield at + 1
    raised = "to" in claim.lead(at + 1) and not {"is", "are", "was", "were"}.isdisjoint(word.lead)
    if raised and word.is_one_of("finding_verbs") and source.finds(word):
        yield at + 1  # "we show that it wins": "it is shown to win"
