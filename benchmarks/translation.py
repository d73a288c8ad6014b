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
class Translated:
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
    options = parser.parse_args()
    sources = list(islice(sentences(options.corpus), options.sentences))
    answers = translated(sources)
    reasons = {source: wrong(source, text) if text else "a mark is lost" for source, text in answers}
    accepted = [(source, text) for source, text in answers if text and not reasons[source]]
    counts = Counter(re.sub(r"[\d.]+%?|: .*|.* is (missing|not in)", r"\1", reason)[:40] for reason in reasons.values())
    print(f"{len(accepted)} of {len(sources)} translations stand; the others: {dict(counts.most_common()[1:])}")
    following = [*accepted[1:], *accepted[:1]]
    triples = zip(accepted, following, strict=True)
    translations = [Translated(source, text, other[1]) for (source, text), other in triples]
    for kind, plant in ERRORS.items():
        planted = [(item, bad) for item in translations if (bad := plant(item)) is not None and bad != item.text]
        missed = [(item, bad) for item, bad in planted if not wrong(item.source, bad)]
        found = len(planted) - len(missed)
        print(f"{kind:<22} {found:>5} of {len(planted):>5} found  {found / max(len(planted), 1):7.1%}")
        for item, bad in missed[:20] if kind == options.show else ():
            print(f"    {item.source}\n    {bad}")
    if options.encoder:
        print_agreement(translations)


def print_agreement(translations: list[Translated]) -> None:
    """Print which share of right and of wrong sentences passes some bounds."""
    encoder: Encoder = plugins.load("embed", "multilingual").make(EmbedSettings(threads=2), list)
    texts = [
        [item.source for item in translations],
        [item.text for item in translations],
        [item.other for item in translations],
    ]
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


def changed_figure(item: Translated) -> str | None:
    """Put another digit for one that stands alone or begins a number."""
    found = FIGURE.search(item.text)
    return f"{item.text[: found.start()]}{(int(found[0]) + 3) % 10}{item.text[found.end() :]}" if found else None


def lost_figure(item: Translated) -> str | None:
    """Leave a number out."""
    found = re.search(r" (?<![\w@])\d[\d.,]*\d?%?(?= )", item.text)
    return item.text.replace(found[0], "", 1) if found else None


def halved(item: Translated) -> str:
    """Keep the citation and half of the words."""
    words = item.text.replace(MARK, "").split()
    return f"{' '.join(words[: len(words) // 2])}{MARK}."


def partly(item: Translated) -> str:
    """Leave all but the first five words in English."""
    return " ".join([*item.text.replace(MARK, "").split()[:5], *item.source.split()[5:]])


def another(item: Translated) -> str:
    """Say what the next sentence says."""
    return item.other


ERRORS: dict[str, Callable[[Translated], str | None]] = {
    "citation lost": lambda item: item.text.replace(MARK, "", 1),
    "citation of another": lambda item: item.text.replace(PAPER, "2101.00002", 1),
    "citation added": lambda item: f"{item.text.rstrip('.')} [@2101.00002].",
    "number changed": changed_figure,
    "number lost": lost_figure,
    "number added": lambda item: item.text.replace(".", f" {random.Random(len(item.text)).randint(21, 99)}.", 1),  # noqa: S311  # no secret
    "half of it": halved,
    "twice": lambda item: f"{item.text} {item.text.replace(MARK, '')}",
    "echo": lambda item: item.source,
    "mostly English": partly,
    "mark-up added": lambda item: f"{item.text} <b>",
    "another sentence": another,
}

if __name__ == "__main__":
    main()
