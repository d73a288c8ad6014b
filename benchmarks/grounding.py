"""Plant errors of 23 kinds in sentences of real abstracts and count how many the checker finds.

Usage: python benchmarks/grounding.py [--corpus FILE.jsonl[.gz] ...] [--sentences 400] [--kind NAME] [--show]

Errors are planted in sentences as they stand in the abstract, so that nothing else about them is wrong; true sentences
are reworded by rules. Neither uses a rule or a word list of the checker. A wrong citation names the most similar paper,
with that paper's best fitting sentence as its evidence.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import check_grounding, split_sentences

WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("grounding_words.toml").read_text(encoding="utf-8"))
CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "llm-alignment.jsonl"
LEAST, MOST = 8, 45  # words of a sentence
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w.,]\d|\w|-)")
NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w-]*[A-Z\d][\w-]*|[A-Z][a-z]+[A-Z]\w*)\b")
PHRASE = r"(?:[\w-]+ ){0,2}[\w-]+"
DENIALS = {
    " not ": " ", "cannot": "can", " no ": " ", "never ": "", "without": "with", "doesn't": "does", "No ": "",
    "neither": "either", "hardly ": "", "nor ": "and ",
}  # fmt: skip
ARTICLES = (
    (r"\b[Aa]n? (?=[a-z])", "the "),
    (r"(?<=[a-z,] )the (?=[a-z])(?!(?:authors?|study|paper|work)\b)", "a "),
    (r"(?<= of )the (?=[a-z])", ""),
    (r"\bour (?=[a-z])", "the "),
    (r"\bthis (?=[a-z])(?!(?:study|paper|work)\b)", "the "),
)
Span = tuple[int, int]
Cited = tuple[str, list[tuple[Paper, Span]]]  # the words with marks, and the evidence


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a paper, the corpus around it, and the source of chance."""

    paper: Paper
    span: Span
    near: Paper
    other: Paper
    rng: random.Random

    @property
    def text(self) -> str:
        """The sentence."""
        return self.paper.abstract[slice(*self.span)]

    def cited(self, text: str | None, *, same: bool = False) -> Cited | None:
        """Put the citation of this sentence behind some words, None if they are none or, but for `same`, unchanged."""
        if text is None or (text == self.text and not same):
            return None
        end = "?" if text.endswith("?") else "."
        return f"{text.rstrip('.?')} [@{self.paper.id}]{end}", [(self.paper, self.span)]


def main() -> None:
    """Print one table for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    parser.add_argument("--sentences", type=int, default=400)
    parser.add_argument("--papers", type=int, default=3000)
    parser.add_argument("--kind", default="", help="only kinds whose name has this in it")
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    options = parser.parse_args()
    for path in options.corpus or [CORPUS]:
        if not path.is_file():
            parser.error(f"{path} is not there: name a JSONL file with --corpus")
        report(path, options.papers, options.sentences, options.kind, show=options.show)


def report(path: Path, papers: int, sentences: int, wanted: str, *, show: bool) -> None:
    """Print how many sentences of each kind are refused."""
    corpus = read(path, papers)
    versions = {(paper.id, paper.version): paper for paper, _, _ in corpus}
    print(f"{path.name}, {len(corpus)} papers")
    for heading, kinds in (("planted errors", ERRORS), ("true, light", LIGHT), ("true, heavy", HEAVY)):
        print(f"{heading:<34}{'sentences':>10}{'refused':>9}{'share':>8}")
        for kind, plant in kinds.items():
            if wanted not in kind:
                continue
            made = planted(corpus, plant, sentences)
            results = [check_grounding(sentence, lambda *key: versions.get(key)) for sentence in made]
            refused = sum(not result.ok for result in results)
            print(f"  {kind:<32}{len(made):>10}{refused:>9}{refused / max(len(made), 1):>8.1%}", flush=True)
            for sentence, result in zip(made, results, strict=True):
                if show and result.ok == (kinds is ERRORS):
                    spans = [versions[item.paper, item.version].abstract for item in sentence.evidence]
                    shown = [text[item.start : item.end] for text, item in zip(spans, sentence.evidence, strict=True)]
                    print(f"    {result.reason}\n      {sentence.text}\n      {' || '.join(shown)}")


def read(path: Path, count: int) -> list[tuple[Paper, Paper, Paper]]:
    """Read papers with abstracts of several sentences, each with the most similar one and with another."""
    papers: list[Paper] = []
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.splitlines()]
    for row in rows[:: max(1, len(rows) // (2 * count))]:
        abstract = row.get("abstract") or ""
        if len(split_sentences(abstract)) >= 3 and len(papers) < count and row.get("arxiv_id") and row["authors"]:
            authors = tuple(Author(name) for name in row["authors"])
            published = str(row.get("published") or "")[:10] or None
            papers.append(Paper(PaperId(row["arxiv_id"]), row["title"], abstract, authors, published=published))
    texts = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform([paper.text for paper in papers])
    nearest = []
    for start in range(0, len(papers), 500):
        alike = (texts[start : start + 500] @ texts.T).toarray()
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = -1
        nearest += [int(row) for row in alike.argmax(axis=1)]
    return [
        (paper, papers[nearest[at]], papers[(at + len(papers) // 2) % len(papers)]) for at, paper in enumerate(papers)
    ]


def planted(
    corpus: list[tuple[Paper, Paper, Paper]], plant: Callable[[Place], Cited | None], count: int
) -> list[Sentence]:
    """Return up to so many sentences of a kind, first one of each paper, then a second one, and so on."""
    rng = random.Random(20)  # noqa: S311  # no secret
    places: list[tuple[int, int, Span]] = []
    for row, (paper, _, _) in enumerate(corpus):
        spans = sentences_of(paper)
        rng.shuffle(spans)
        places += [(turn, row, span) for turn, span in enumerate(spans)]
    sentences: list[Sentence] = []
    for _, row, span in sorted(places):
        paper, near, other = corpus[row]
        if len(sentences) == count:
            break
        if made := plant(Place(paper, span, near, other, rng)):
            text, cited = made
            evidence = tuple(Evidence(source.id, source.version, "abstract", *where) for source, where in cited)
            cites = tuple(dict.fromkeys(source.id for source, _ in cited))
            sentences.append(Sentence(f"{text[:1].upper()}{text[1:]}", cites, evidence, method="llm"))
    return sentences


def sentences_of(paper: Paper) -> list[Span]:
    """Return the sentences of an abstract that are neither short nor very long."""
    spans = split_sentences(paper.abstract)
    return [
        (a, b) for a, b in spans if LEAST <= len(paper.abstract[a:b].split()) <= MOST and paper.abstract[b - 1] in ".?"
    ]


def lower_start(text: str) -> str:
    """Begin with a small letter, unless the first word is a name."""
    first = text.split(maxsplit=1)[0]
    return text[:1].lower() + text[1:] if first[1:].islower() or first in {"A", "I"} else text


def replaced(place: Place, table: dict[str, str]) -> str | None:
    """Replace one word or phrase of a table; None if the sentence has none."""
    found = [old for old in table if re.search(rf"(?<![\w-]){re.escape(old)}(?![\w-])", place.text)]
    if not found:
        return None
    old = place.rng.choice(found)
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", table[old], place.text, count=1)


@cache
def table(name: str) -> dict[str, str]:
    """Return one list of "old/new"; an underscore is a blank."""
    return dict(pair.replace("_", " ").split("/") for pair in WORDS[name].split())


def lines(name: str) -> list[str]:
    """Return the lines of one list."""
    return WORDS[name].strip().splitlines()


# --- errors ---------------------------------------------------------------------------------------------------------


def cite_other(text: str, paper: Paper) -> Cited:
    """Cite another paper, with its best fitting sentence."""
    wanted = set(re.findall(r"\w{4,}", text.lower()))
    best = max(
        split_sentences(paper.abstract),
        key=lambda span: len(wanted & set(re.findall(r"\w{4,}", paper.abstract[slice(*span)].lower()))),
    )
    return f"{text.rstrip('.')} [@{paper.id}].", [(paper, best)]


def change_number(place: Place) -> Cited | None:
    """Change one number, to another of the abstract where there is one."""
    here = list(NUMBER.finditer(place.text))
    if not here:
        return None
    old = place.rng.choice(here)
    spare = [number for number in NUMBER.findall(place.paper.abstract) if number not in place.text]
    digit = place.rng.choice([digit for digit in "123456789" if digit != old[0][-1]])
    new = place.rng.choice(spare) if spare else f"{old[0][:-1]}{digit}"
    return place.cited(f"{place.text[: old.start()]}{new}{place.text[old.end() :]}")


def negate(place: Place) -> Cited | None:
    """Put "not" after an auxiliary verb."""
    return place.cited(re.sub(rf"\b({WORDS['auxiliaries']})\b(?! not)", r"\1 not", place.text, count=1))


def affirm(place: Place) -> Cited | None:
    """Take a negation out."""
    found = [old for old in DENIALS if old in place.text]
    return place.cited(place.text.replace(found[0], DENIALS[found[0]], 1)) if found else None


def foreign_name(place: Place) -> Cited | None:
    """Replace a name by one of another paper."""
    here, there = NAME.findall(place.text), NAME.findall(f"{place.near.abstract} {place.other.abstract}")
    spare = [name for name in there if name not in place.paper.abstract]
    if not here or not spare:
        return None
    return place.cited(place.text.replace(place.rng.choice(here), place.rng.choice(spare), 1))


def exchange_numbers(place: Place) -> Cited | None:
    """Exchange two numbers of the sentence."""
    here = list(NUMBER.finditer(place.text))
    pairs = [(a, b) for a in here for b in here if a.start() < b.start() and a[0] != b[0]]
    return place.cited(exchanged(place.text, *place.rng.choice(pairs))) if pairs else None


def exchanged(text: str, first: re.Match[str], second: re.Match[str]) -> str:
    """Exchange two matches of a text."""
    between = text[first.end() : second.start()]
    return f"{text[: first.start()]}{second[0]}{between}{first[0]}{text[second.end() :]}"


def change_unit(place: Place) -> Cited | None:
    """Change the unit or the magnitude of a number."""
    found = [old for old in table("units") if re.search(rf"\d ?{re.escape(old)}(?!\w)", place.text)]
    if not found:
        return None
    old = place.rng.choice(found)
    return place.cited(re.sub(rf"(\d ?){re.escape(old)}(?!\w)", rf"\g<1>{table('units')[old]}", place.text, count=1))


def exchange_marks(place: Place) -> Cited | None:
    """Give each clause of a sentence about two papers the other's mark."""
    made = join_papers(place)
    if made is None:
        return None
    text, cited = made
    first, second = (f"[@{paper.id}]" for paper, _ in cited)
    return text.replace(first, "[@]").replace(second, first).replace("[@]", second), cited


def turn_round(place: Place) -> Cited | None:
    """Let the loser of a comparison win."""
    verbs = "outperform(?:s|ed)?|surpass(?:es|ed)?|exceed(?:s|ed)?|beats?|improves? (?:up)?on|(?:is|are) better than"
    match = re.search(rf"\b(?P<a>{PHRASE}) (?P<verb>(?:\w+ly )?(?:{verbs})) (?P<b>{PHRASE})\b", place.text)
    if match is None or re.fullmatch(
        r"(?:.* )?(?:we|that|which|it|they|and|can|to|also|not)", match["a"], re.IGNORECASE
    ):
        return None
    if re.fullmatch(r"outperform(?:s|ed)?|surpass(?:es|ed)?|exceeds?", match["verb"]) and place.rng.random() < 0.3:
        verb = re.sub(r"(?:e?s|ed)\Z", "", match["verb"]) if match["verb"] != "surpass" else "surpass"
        return place.cited(place.text.replace(match["verb"], f"is {verb}ed by", 1))
    turned = f"{match['b']} {match['verb']} {match['a']}"
    return place.cited(f"{place.text[: match.start()]}{turned}{place.text[match.end() :]}")


def exchange_phrases(place: Place) -> Cited | None:
    """Exchange what stands before and after a word that gives a direction."""
    patterns = [
        rf"\bfrom (?P<a>{PHRASE}) to (?P<b>{PHRASE})\b",
        r"\b(?:more|less|fewer|higher|lower) (?P<a>[\w-]+) than (?P<b>[\w-]+)\b",
        rf"\b(?P<a>{PHRASE}) (?:rather|better|worse|larger|smaller|(?:more|less) \w+) than (?P<b>{PHRASE})\b",
        r"\b(?P<a>[\w-]+ [\w-]+) (?:before|after|from) (?P<b>[\w-]+ [\w-]+)\b",
    ]
    for pattern in patterns:
        match = re.search(pattern, place.text)
        if match and match["a"].lower() != match["b"].lower():
            start, end = match.span("a"), match.span("b")
            text = place.text
            return place.cited(f"{text[: start[0]]}{match['b']}{text[start[1] : end[0]]}{match['a']}{text[end[1] :]}")
    return None


def swap_name(place: Place) -> Cited | None:
    """Replace a name by another of the same abstract."""
    here, spare = NAME.findall(place.text), sorted(set(NAME.findall(place.paper.abstract)))
    pairs = [(a, b) for a in here for b in spare if a not in b and b not in a]
    if not pairs:
        return None
    old, new = place.rng.choice(pairs)
    if new in place.text:
        return place.cited(place.text.replace(old, "\0", 1).replace(new, old, 1).replace("\0", new, 1))
    return place.cited(place.text.replace(old, new, 1))


def swap_noun(place: Place) -> Cited | None:
    """Replace a common noun by another, of the same abstract where there is one."""
    group = {noun: number for number, line in enumerate(lines("nouns")) for noun in line.split()}
    here = [word for word in re.findall(r"(?<![\w-])[a-z]+(?![\w-])", place.text) if word in group]
    if not here:
        return None
    old = place.rng.choice(here)
    fits = [noun for noun in group if group[noun] != group[old] and noun.endswith("s") == old.endswith("s")]
    nearby = [noun for noun in fits if re.search(rf"\b{noun}\b", place.paper.abstract)]
    new = place.rng.choice(nearby or fits)
    return place.cited(re.sub(rf"(?<![\w-]){old}(?![\w-])", new, place.text, count=1))


def drop_condition(place: Place) -> Cited | None:
    """Take out the clause or phrase that says under which condition it holds."""
    tail = re.search(rf",? (?:{WORDS['conditions']}) [^,;:()]{{6,80}}(?=\.\Z)", place.text)
    if tail and tail.start() > 20:
        return place.cited(f"{place.text[: tail.start()]}.")
    head = re.match(
        rf"(?!{WORDS['no_conditions']})(?:{WORDS['conditions']}) [^,;:()]{{6,80}}, ", place.text, re.IGNORECASE
    )
    return place.cited(place.text[head.end() :]) if head else None


def invent(clauses: Sequence[str]) -> Callable[[Place], Cited | None]:
    """Append a clause that the source does not have, with a noun that it has."""

    def plant(place: Place) -> Cited | None:
        nouns = re.findall(r"\b[a-z]{6,}s\b", place.text) or ["results"]
        clause = place.rng.choice(clauses).format(noun=place.rng.choice(nouns))
        joint = place.rng.choice((", ", ", and ", " "))
        return place.cited(f"{place.text.rstrip('.?')}{joint}{clause}.")

    return plant


def make_own(place: Place) -> Cited | None:
    """Say of the authors what the sentence says of others."""
    match = re.search(rf"\b(?:{WORDS['others']})\b", place.text, re.IGNORECASE)
    if match is None:
        return None
    families = place.paper.authors[0].name.split()[-1]
    many = len(place.paper.authors) > 1
    who = place.rng.choice(
        (f"{families} et al." if many else families, "the authors", "the proposed method", "this paper")
    )
    return place.cited(f"{place.text[: match.start()]}{who}{place.text[match.end() :]}")


def answer(place: Place) -> Cited | None:
    """Make a finding of a question."""
    text = place.text
    if match := re.search(
        r"\b(?:ask|study|investigate|examine|explore|analyze|test|evaluate|assess)(?:s|d|ed)? (?:whether|if|how|why)\b",
        text,
    ):
        return place.cited(f"{text[: match.start()]}show that{text[match.end() :]}")
    if match := re.search(r"\b(?:whether|how|why)\b", text):
        return place.cited(f"{text[: match.start()]}that{text[match.end() :]}")
    if not text.endswith("?"):
        return None
    match = re.match(rf"(?:.*, )?(?:How |Why |When )?({WORDS['auxiliaries']}) ((?:[\w-]+ ){{0,2}}[\w-]+) ", text)
    if match:
        return place.cited(f"{match[2]} {match[1]} {text[match.end() : -1]}.")
    return place.cited(f"{text[:-1]}.")


def exaggerate(place: Place) -> Cited | None:
    """Put a superlative in."""
    match = re.search(r"\b(?:the|a|an|our|this) (?=[a-z-]{4,})", place.text)
    if match is None:
        return None
    article = match[0] if match[0].strip() in {"our", "this"} else "the "
    return place.cited(
        f"{place.text[: match.start()]}{article}{place.rng.choice(lines('superlatives'))} {place.text[match.end() :]}"
    )


ERRORS: dict[str, Callable[[Place], Cited | None]] = {
    "citation, nearest": lambda place: cite_other(place.text, place.near),
    "citation, random": lambda place: cite_other(place.text, place.other),
    "number changed": change_number,
    "negation put in": negate,
    "negation taken out": affirm,
    "listed opposite": lambda place: place.cited(replaced(place, table("opposites"))),
    "name of another paper": foreign_name,
    "two numbers exchanged": exchange_numbers,
    "unit or magnitude": change_unit,
    "antonym": lambda place: place.cited(replaced(place, table("antonyms"))),
    "marks exchanged": exchange_marks,
    "outperforms turned round": turn_round,
    "phrases exchanged": exchange_phrases,
    "name of the abstract": swap_name,
    "common noun": swap_noun,
    "hedge removed": lambda place: place.cited(replaced(place, table("hedges"))),
    "some to all": lambda place: place.cited(replaced(place, table("quantifiers"))),
    "condition removed": drop_condition,
    "clause of 3 words": invent(lines("short_clauses")),
    "clause of 8 words": invent(lines("long_clauses")),
    "others' claim made own": make_own,
    "question made a finding": answer,
    "superlative put in": exaggerate,
}


# --- true sentences ---------------------------------------------------------------------------------------------------


def without_connective(place: Place) -> Cited | None:
    """Drop an opening connective."""
    match = re.match(rf"(?:{WORDS['connectives']}), ", place.text)
    return place.cited(f"{place.text[match.end()].upper()}{place.text[match.end() + 1 :]}") if match else None


def named(place: Place) -> Cited | None:
    """Name the authors for "we"."""
    match = re.match(r"(?:In this (?:paper|work|study), )?[Ww]e (?=[a-z])", place.text)
    if match is None:
        return None
    families = [author.name.split()[-1] for author in place.paper.authors]
    who = (
        families[0]
        if len(families) == 1
        else f"{families[0]} and {families[1]}"
        if len(families) == 2
        else f"{families[0]} et al."
    )
    text = f"{who} {place.text[match.end() :]}"
    text = re.sub(r"\bour\b", "their", re.sub(r"\bwe\b", "they", text))
    if place.rng.random() < 0.3 and place.paper.year:
        text = text.replace(who, f"{who} ({place.paper.year})", 1)
    return place.cited(text)


def passive(place: Place) -> Cited | None:
    """Put a verb of reporting into the passive voice."""
    participle = {
        "propose": "proposed",
        "introduce": "introduced",
        "present": "presented",
        "describe": "described",
        "develop": "developed",
    }
    found = re.match(
        r"(?:In this (?:paper|work|study), )?We (show|find|demonstrate|observe|report|prove) that (.+)\.\Z", place.text
    )
    said = {
        "show": "shown",
        "find": "found",
        "demonstrate": "demonstrated",
        "observe": "observed",
        "report": "reported",
        "prove": "proven",
    }
    by = f" by {place.paper.authors[0].name.split()[-1]}{' et al.' if len(place.paper.authors) > 2 else ''}"
    if len(place.paper.authors) == 2:
        by = f" by {' and '.join(author.name.split()[-1] for author in place.paper.authors)}"
    if found:
        return place.cited(f"It is {said[found[1]]}{by if place.rng.random() < 0.3 else ''} that {found[2]}.")
    made = re.match(
        rf"(?:In this (?:paper|work|study), )?We ({'|'.join(participle)}) ((?:a|an|the|two|three|[A-Z])[^,;:]+)\.\Z",
        place.text,
    )
    if made is None or " and " in made[2]:
        return None
    return place.cited(f"{made[2]} is {participle[made[1]]}{by if place.rng.random() < 0.5 else ''}.")


def past(place: Place) -> Cited | None:
    """Put the verbs into the past tense."""
    text = re.sub(r"(?<![\w-])[a-z]+(?![\w-])", lambda word: table("past").get(word[0], word[0]), place.text)
    return place.cited(text)


def articles(place: Place) -> Cited | None:
    """Change articles."""
    text = place.text
    for pattern, new in ARTICLES:
        if place.rng.random() < 0.7:
            text = re.sub(pattern, new, text, count=1)
    return place.cited(text)


def reordered(place: Place) -> Cited | None:
    """Put a clause from the front to the end, or from the end to the front."""
    text = place.text.rstrip(".")
    openings = (
        "In|On|For|By|With|When|If|While|Although|Since|Because|Under|After|Before|To|Using|Through|Given|As|Despite|At"
    )
    front = re.match(rf"((?:{openings}) [^,;:()]+), ([^,;:]+)\Z", text)
    if front:
        return place.cited(f"{front[2]} {lower_start(front[1])}.")
    back = re.match(
        r"([^,;:()]+),? ((?:when|if|while|although|because|whereas|by using|despite|even though|unless) [^,;:()]+)\Z",
        text,
    )
    return place.cited(f"{back[2][0].upper()}{back[2][1:]}, {lower_start(back[1])}.") if back else None


def join_sentences(place: Place) -> Cited | None:
    """Make one sentence of two neighbors."""
    spans = sentences_of(place.paper)
    following = [span for span in spans if span[0] > place.span[0]]
    if not following or place.text.endswith("?") or place.paper.abstract[following[0][1] - 1] == "?":
        return None
    second = place.paper.abstract[slice(*following[0])]
    joint = place.rng.choice((", and ", "; ", ", while ", " and "))
    text = f"{place.text.rstrip('.')}{joint}{lower_start(second)}"
    return f"{text.rstrip('.')} [@{place.paper.id}].", [(place.paper, place.span), (place.paper, following[0])]


def join_papers(place: Place) -> Cited | None:
    """Make one sentence of what two papers say, each clause with its mark."""
    spans = [span for span in sentences_of(place.near) if place.near.abstract[span[1] - 1] == "."]
    if not spans or place.text.endswith("?"):
        return None
    span = place.rng.choice(spans)
    second = lower_start(place.near.abstract[slice(*span)].rstrip("."))
    joint = place.rng.choice((", and", "; ", ", while", ", whereas", ", but")).strip()
    text = f"{place.text.rstrip('.')} [@{place.paper.id}]{joint} {second} [@{place.near.id}]."
    return text, [(place.paper, place.span), (place.near, span)]


def synonyms(place: Place) -> Cited | None:
    """Replace up to three words by synonyms."""
    found = [word for word in table("synonyms") if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", place.text)]
    text = place.text
    for word in place.rng.sample(found, min(3, len(found))):
        text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", table("synonyms")[word], text, count=1)
    return place.cited(text)


LIGHT: dict[str, Callable[[Place], Cited | None]] = {
    "as it stands": lambda place: place.cited(place.text, same=True),
    "connective dropped": without_connective,
    "authors named": named,
    "past tense": past,
    "passive of reporting": passive,
    "articles": articles,
}
HEAVY: dict[str, Callable[[Place], Cited | None]] = {
    "clauses re-ordered": reordered,
    "two sentences joined": join_sentences,
    "two papers joined": join_papers,
    "synonyms": synonyms,
}


if __name__ == "__main__":
    main()
