"""Plant errors in sentences made from real abstracts and count how many the checker finds.

Usage: python benchmarks/grounding.py [--corpus FILE.jsonl.gz] [--sentences 500] [--choose] [--show KIND]

Half of the papers serve to choose the thresholds (--choose prints the table for them), the other half for the report.
Correct sentences are reworded by fixed rules; a wrong citation always names the most similar paper, with that paper's
best fitting sentence as its evidence, so that it is as hard to find as can be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import check_grounding, split_sentences

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "general.jsonl.gz"
CALL = 8  # papers that a writer has before it at once
NEW_NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORDS = {  # light paraphrase: a word for a word
    "propose": "introduce", "proposes": "introduces", "show": "demonstrate", "shows": "demonstrates", "use": "employ",
    "uses": "employs", "present": "describe", "presents": "describes", "study": "examine", "studies": "examines",
    "method": "technique", "methods": "techniques", "approach": "method", "problem": "task", "novel": "new",
    "important": "central", "various": "several", "obtain": "get", "demonstrate": "show", "demonstrates": "shows",
    "significantly": "markedly", "develop": "build", "large": "big", "achieves": "reaches", "provide": "give",
    "investigate": "examine", "however": "yet", "based": "resting", "results": "findings", "paper": "article",
}  # fmt: skip
OTHER_WAY = {
    "increase": "decrease", "increases": "decreases", "improve": "degrade", "improves": "degrades", "better": "worse",
    "higher": "lower", "larger": "smaller", "more": "less", "outperforms": "underperforms", "possible": "impossible",
    "reduces": "increases", "reduce": "increase", "efficient": "inefficient", "best": "worst", "strong": "weak",
}  # fmt: skip
DENIED = re.compile(r"\b(is|are|can|was|were|does|do|has|have|will|may|could)\b(?! not)")
Planted = tuple[Sentence, Sequence[Paper]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers, and `near[i]`, the rows of those most like the i-th."""

    papers: tuple[Paper, ...]
    near: np.ndarray


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--choose", action="store_true", help="the half for choosing thresholds")
    parser.add_argument("--show", default="", help="print what is judged wrongly of this kind")
    options = parser.parse_args()
    if not options.corpus.is_file():
        parser.error(f"{options.corpus} is not there: name a JSONL file with --corpus")
    corpus = read(options.corpus, options.sentences * 4, second=not options.choose)
    rng = random.Random(20)  # noqa: S311  # no secret
    versions = {(paper.id, paper.version): paper for paper in corpus.papers}
    print(f"half for {'choosing' if options.choose else 'reporting'}, {len(corpus.papers)} papers")
    print(f"{'kind':<22}{'sentences':>10}{'found wrong':>13}")
    for kind, plant in KINDS.items():
        made = list(islice(_made(corpus, plant, rng), options.sentences))
        verdicts = [check_grounding(sentence, lambda *key: versions.get(key), others) for sentence, others in made]
        found = sum(not verdict.ok for verdict in verdicts)
        print(f"{kind:<22}{len(made):>10}{found / len(made):>13.1%}")
        if kind == options.show:
            for (sentence, _), verdict in zip(made, verdicts, strict=True):
                if verdict.ok == ("correct" in kind):
                    continue
                print("  ", verdict.reason, "|", sentence.text, "|", _span(versions, sentence))


def read(path: Path, count: int, *, second: bool) -> Corpus:
    """Take every other paper with an abstract of some sentences, the first or the second of each pair."""
    rows: list[Paper] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, 0, None, 7)):
            if number % 2 != second:
                continue
            row = json.loads(line)
            if len(split_sentences(row.get("abstract") or "")) >= 4 and len(rows) < count:
                authors = tuple(Author(name) for name in row["authors"])
                published = str(row.get("published") or "")[:10] or None
                rows.append(
                    Paper(PaperId(row["arxiv_id"]), row["title"], row["abstract"], authors, published=published)
                )
    texts = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform([paper.text for paper in rows])
    alike = (texts @ texts.T).toarray()
    np.fill_diagonal(alike, -1)
    return Corpus(tuple(rows), np.argsort(-alike, axis=1, kind="stable")[:, :CALL])


def _made(
    corpus: Corpus, plant: Callable[[Corpus, int, random.Random], Planted | None], rng: random.Random
) -> Iterator[Planted]:
    for row in range(len(corpus.papers)):
        made = plant(corpus, row, rng)
        if made:
            yield made


def reworded(text: str, rng: random.Random) -> str:
    """Reword a sentence lightly: words for words, no asides, who says it, percent signs, another order."""
    text = re.sub(r" \([^()]*\)", "", text)
    text = re.sub(r"(?<![\w-])[^\W\d_]+", lambda word: WORDS.get(word[0], word[0]), text)
    text = re.sub(r"(?<=\d)%", " percent", text) if rng.random() < 0.5 else text
    head, comma, rest = text.rstrip(".").partition(", ")
    if comma and re.match(r"(?:In|For|On|By|With|When|Using) ", head) and "," not in rest and rng.random() < 0.5:
        text = f"{rest[:1].upper()}{rest[1:]} {head[:1].lower()}{head[1:]}."
    return re.sub(r"\A(?:We|Here we) (?=[a-z])", "The authors ", text)


def cited_sentence(text: str, *cited: tuple[Paper, tuple[int, int]]) -> Sentence:
    """Make a model's sentence out of words and what they cite."""
    marks = " ".join(f"[@{paper.id}]" for paper, _ in cited)
    evidence = tuple(Evidence(paper.id, paper.version, "abstract", *span) for paper, span in cited)
    return Sentence(f"{text.rstrip('.')} {marks}.", tuple(paper.id for paper, _ in cited), evidence, method="llm")


def chosen(
    paper: Paper, rng: random.Random, wanted: re.Pattern[str] | None = None
) -> tuple[str, tuple[int, int]] | None:
    """Take a sentence of an abstract, one that has a pattern where one is wanted."""
    spans = [span for span in split_sentences(paper.abstract) if 8 <= len(paper.abstract[slice(*span)].split()) <= 45]
    spans = [span for span in spans if wanted is None or wanted.search(paper.abstract[slice(*span)])]
    span = rng.choice(spans) if spans else None
    return (paper.abstract[slice(*span)], span) if span else None


def others(corpus: Corpus, row: int, *cited: Paper) -> list[Paper]:
    """Return what else the writer had before it."""
    return [paper for near in (row, *corpus.near[row]) for paper in [corpus.papers[near]] if paper not in cited]


def correct(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Reword a sentence, and name its authors in half of them."""
    paper = corpus.papers[row]
    taken = chosen(paper, rng)
    if not taken:
        return None
    return cited_sentence(reworded(taken[0], rng), (paper, taken[1])), others(corpus, row, paper)


def merged(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Put what two papers say into one correct sentence."""
    paper, near = corpus.papers[row], corpus.papers[corpus.near[row][0]]
    first, second = chosen(paper, rng), chosen(near, rng)
    if not first or not second:
        return None
    text = f"{reworded(first[0], rng).rstrip('.')}, and {reworded(second[0], rng)}"
    return cited_sentence(text, (paper, first[1]), (near, second[1])), others(corpus, row, paper, near)


def swapped(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Cite the most similar paper, with its best fitting sentence, for what this one says."""
    paper, near = corpus.papers[row], corpus.papers[corpus.near[row][0]]
    taken = chosen(paper, rng)
    if not taken:
        return None
    return cited_sentence(reworded(taken[0], rng), (near, _best(near, taken[0]))), others(corpus, row, near)


def half_swapped(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Add the most similar paper to a correct citation, though it does not say so."""
    paper, near = corpus.papers[row], corpus.papers[corpus.near[row][0]]
    taken = chosen(paper, rng)
    if not taken:
        return None
    cited = (paper, taken[1]), (near, _best(near, taken[0]))
    return cited_sentence(reworded(taken[0], rng), *cited), others(corpus, row, paper, near)


def foreign(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Give a sentence of a similar paper the citation and a span of this one."""
    paper, near = corpus.papers[row], corpus.papers[corpus.near[row][1]]
    taken = chosen(near, rng)
    if not taken:
        return None
    return cited_sentence(reworded(taken[0], rng), (paper, _best(paper, taken[0]))), others(corpus, row, paper)


def invented(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Cite a paper that does not exist."""
    made = correct(corpus, row, rng)
    if not made:
        return None
    ghost = PaperId(f"29{rng.randrange(10, 99)}.{rng.randrange(10000, 99999)}")
    sentence = made[0]
    spans = tuple(Evidence(ghost, 1, "abstract", item.start, item.end) for item in sentence.evidence)
    return Sentence(sentence.text.replace(sentence.cites[0], ghost), (ghost,), spans, method="llm"), made[1]


def renumbered(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Change one number, to another of the same abstract where there is one."""
    paper = corpus.papers[row]
    taken = chosen(paper, rng, NEW_NUMBER)
    if not taken:
        return None
    text, span = reworded(taken[0], rng), taken[1]
    here = list(NEW_NUMBER.finditer(text))
    if not here:
        return None
    spare = [number for number in NEW_NUMBER.findall(paper.abstract) if number not in paper.abstract[slice(*span)]]
    old = rng.choice(here)
    new = rng.choice(spare) if spare else _changed(old[0], rng)
    return cited_sentence(f"{text[: old.start()]}{new}{text[old.end() :]}", (paper, span)), others(corpus, row, paper)


def negated(corpus: Corpus, row: int, rng: random.Random) -> Planted | None:
    """Deny a verb, or put a word into its opposite."""
    paper = corpus.papers[row]
    taken = chosen(paper, rng)
    if not taken:
        return None
    text, span = taken
    turned = [word for word in OTHER_WAY if re.search(rf"\b{word}\b", text)]
    if turned:
        changed = re.sub(rf"\b{turned[0]}\b", OTHER_WAY[turned[0]], text, count=1)
    elif DENIED.search(text):
        changed = DENIED.sub(r"\1 not", text, count=1)
    else:
        return None
    return cited_sentence(reworded(changed, rng), (paper, span)), others(corpus, row, paper)


KINDS: dict[str, Callable[[Corpus, int, random.Random], Planted | None]] = {
    "correct": correct,
    "merged, correct": merged,
    "swapped citation": swapped,
    "one more citation": half_swapped,
    "invented id": invented,
    "changed number": renumbered,
    "another paper's words": foreign,
    "negation": negated,
}


def _changed(number: str, rng: random.Random) -> str:
    """Change one digit."""
    place = rng.choice([i for i, char in enumerate(number) if char.isdigit()])
    digit = rng.choice([other for other in "123456789" if other != number[place]])
    return f"{number[:place]}{digit}{number[place + 1 :]}"


def _best(paper: Paper, text: str) -> tuple[int, int]:
    wanted = set(re.findall(r"\w{4,}", text.lower()))
    spans = split_sentences(paper.abstract)
    return max(spans, key=lambda span: len(wanted & set(re.findall(r"\w{4,}", paper.abstract[slice(*span)].lower()))))


def _span(versions: dict[tuple[PaperId, int], Paper], sentence: Sentence) -> list[str]:
    papers = ((item, versions.get((item.paper, item.version))) for item in sentence.evidence)
    return [paper.abstract[item.start : item.end] for item, paper in papers if paper]


if __name__ == "__main__":
    main()
