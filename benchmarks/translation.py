"""Translate real sentences by a real engine, plant errors in what came out, and count what the check finds.

Usage: python benchmarks/translation.py [--corpus FILE.jsonl.gz] [--sentences 1000] [--show KIND] [--encoder]

The engine is apertium from English to Spanish (Debian: apertium-eng-spa). Each sentence gets a citation, some within
and most at the end. The first line tells how many translations do not stand as they came, and why; each further line is
an error planted in those that do, where the sentence allows it, and the share that is found.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from surveygen import plugins
from surveygen.config import EmbedSettings, TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import PaperId
from surveygen.embed import Encoder
from surveygen.summarize import split_sentences
from surveygen.translate import Glossary, Translator, mask, unmask, validation_error

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "general.jsonl.gz"
PAIR = ("en", "es")
PAPER = PaperId("2101.00001")
MARK = f" [@{PAPER}]"
NO_TERMS = Glossary()
FIGURE = re.compile(r"(?<![\w@.\[-])\d(?![\w-]*\])")


@dataclass(frozen=True, slots=True)
class Said:
    """A source and its translation, both with marks; `other` is the translation of the next sentence."""

    source: str
    text: str
    other: str


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--show", default="", metavar="KIND", help="print the errors of a kind that are not found")
    parser.add_argument("--encoder", action="store_true", help="also compare the meaning, with `multilingual`")
    asked = parser.parse_args()
    sources = list(islice(sentences(asked.corpus), asked.sentences))
    answers = translated(sources)
    reasons = {source: wrong(source, text) if text else "a mark is lost" for source, text in answers}
    kept = [(source, text) for source, text in answers if text and not reasons[source]]
    told = Counter(re.sub(r"[\d.]+%?|: .*|.* is (missing|not in)", r"\1", reason)[:40] for reason in reasons.values())
    print(f"{len(kept)} of {len(sources)} translations stand; the others: {dict(told.most_common()[1:])}")
    following = [*kept[1:], *kept[:1]]
    said = [Said(source, text, next_one[1]) for (source, text), next_one in zip(kept, following, strict=True)]
    for kind, plant in ERRORS.items():
        planted = [(one, bad) for one in said if (bad := plant(one)) is not None and bad != one.text]
        missed = [(one, bad) for one, bad in planted if not wrong(one.source, bad)]
        found = len(planted) - len(missed)
        print(f"{kind:<22} {found:>5} of {len(planted):>5} found  {found / max(len(planted), 1):7.1%}")
        for one, bad in missed[:20] if kind == asked.show else ():
            print(f"    {one.source}\n    {bad}")
    if asked.encoder:
        print_agreement(said)


def print_agreement(said: list[Said]) -> None:
    """Print which share of right and of wrong sentences passes some bounds."""
    encoder: Encoder = plugins.load("embed", "multilingual").make(EmbedSettings(threads=2), list)
    texts = [[one.source for one in said], [one.text for one in said], [one.other for one in said]]
    ours, right, other = (encoder.encode([text.replace(MARK, "") for text in side]) for side in texts)
    for bound in (0.3, 0.4, 0.5, 0.6, 0.7):
        shares = [float(np.mean(np.einsum("ij,ij->i", ours, side) >= bound)) for side in (right, other)]
        print(f"agreement {bound}: {shares[0]:.1%} of the translations pass, {shares[1]:.1%} of another sentence's")


def sentences(corpus: Path) -> Iterator[str]:
    """Yield sentences of 8 to 40 words with a citation."""
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        for n, line in enumerate(file):
            abstract = " ".join(json.loads(line).get("abstract", "").split())
            for start, end in split_sentences(abstract):
                words = abstract[start:end].rstrip(".")
                if 8 <= len(words.split()) <= 40:
                    comma = words.find(", ")
                    inside = comma > 0 and n % 2
                    yield f"{words[:comma]}{MARK}{words[comma:]}." if inside else f"{words}{MARK}."


def nobody() -> LlmClient:
    """Refuse to open the way to a model."""
    raise AssertionError("apertium asks no model")


def translated(sources: list[str]) -> list[tuple[str, str | None]]:
    """Return each sentence with what apertium makes of it."""
    settings = TranslateSettings("command", command=("apertium", "-u", "{source}-{target}"), codes=("en=eng", "es=spa"))
    engine: Translator = plugins.load("translate", "command").make(settings, nobody)
    masked = [mask(source, (PAPER,), NO_TERMS) for source in sources]
    answers: list[str | None] = []
    for start in range(0, len(masked), engine.batch_size):
        answers += engine.translate(masked[start : start + engine.batch_size], *PAIR)
    pairs = zip(sources, answers, masked, strict=True)
    return [(source, unmask(answer, hidden) if answer is not None else None) for source, answer, hidden in pairs]


def wrong(source: str, text: str) -> str:
    """Return what the check says."""
    return validation_error(source, text, (PAPER,), NO_TERMS, pair=PAIR)


def changed_figure(one: Said) -> str | None:
    """Put another digit for one that stands alone or begins a number."""
    found = FIGURE.search(one.text)
    return f"{one.text[: found.start()]}{(int(found[0]) + 3) % 10}{one.text[found.end() :]}" if found else None


def lost_figure(one: Said) -> str | None:
    """Leave a number out."""
    found = re.search(r" (?<![\w@])\d[\d.,]*\d?%?(?= )", one.text)
    return one.text.replace(found[0], "", 1) if found else None


def halved(one: Said) -> str:
    """Keep the citation and half of the words."""
    words = one.text.replace(MARK, "").split()
    return f"{' '.join(words[: len(words) // 2])}{MARK}."


def partly(one: Said) -> str:
    """Leave all but the first five words in English."""
    return " ".join([*one.text.replace(MARK, "").split()[:5], *one.source.split()[5:]])


def another(one: Said) -> str:
    """Say what the next sentence says."""
    return one.other


ERRORS: dict[str, Callable[[Said], str | None]] = {
    "citation lost": lambda one: one.text.replace(MARK, "", 1),
    "citation of another": lambda one: one.text.replace(PAPER, "2101.00002", 1),
    "citation added": lambda one: f"{one.text.rstrip('.')} [@2101.00002].",
    "number changed": changed_figure,
    "number lost": lost_figure,
    "number added": lambda one: one.text.replace(".", f" {random.Random(len(one.text)).randint(21, 99)}.", 1),  # noqa: S311  # no secret
    "half of it": halved,
    "twice": lambda one: f"{one.text} {one.text.replace(MARK, '')}",
    "echo": lambda one: one.source,
    "mostly English": partly,
    "mark-up added": lambda one: f"{one.text} <b>",
    "another sentence": another,
}

if __name__ == "__main__":
    main()
