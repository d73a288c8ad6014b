"""Build drafts of several subjects without a language model, and measure how far each is a survey.

Usage: python benchmarks/synthesis.py [--corpora DIR] [--encoder sentence] [--sample N [--seed K]] [SUBJECT ...]

A subject is `sample` (the corpus of this project), `alignment` (a given profile), a name of SUBJECTS, whose papers are
drawn by lot from general.jsonl.gz, or the path of a survey.json with its survey.md beside it, which is read as it is.

The measures are computed from survey.json and survey.md with rules and word lists of this file only. `--sample` prints
what a person has to judge: sentences with the one before, limits, open problems, names with members, cards.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from surveygen import pipeline
from surveygen.config import find_project

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
# Pattern of title and abstract, pattern of the primary category, title of the survey.
SUBJECTS: Mapping[str, tuple[str, str, str]] = {
    "hallucination": (r"hallucinat", "", "Hallucination of language models"),
    "recommender": (r"recommend(?:er|ation) system", "", "Recommender systems"),
    "natural": ("", r"physics|math|quant-ph|q-bio|astro|cond-mat|nlin|q-fin|econ", "Computing in the natural sciences"),
}
PAPERS = 320  # of such a subject
SEED = 11
WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("synthesis_words.toml").read_text(encoding="utf-8"))
THEME_SIZE = 200  # papers; the share that prose cites is measured for themes up to this size
CONNECTIVES = re.compile(rf"(?:{'|'.join(WORDS['connectives'])})\b", re.IGNORECASE)
UNDATED = re.compile(rf"\b(?:{'|'.join(WORDS['undated'])})\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MARK = re.compile(r"\s*\[@[^\]\s]+\]")
LINK = re.compile(r"\s*\\?\[?\[\d+\]\(#[^)]*\)(?:,\s*\[\d+\]\(#[^)]*\))*(?:,?\s*\+\d+)?\\?\]?")
LABEL = re.compile(
    r"\b[A-Z][\w'’-]+(?: (?:and [A-Z][\w'’-]+|et al\.))|\b(?:they|the authors?|the paper)\b", re.IGNORECASE
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“(])|\s*\|\s*|\n\s*[-*\d]*[.)]?\s*")
STOP_WORDS = frozenset(WORDS["stop_words"].split())
Draft = tuple[Mapping[str, Any], str]  # survey.json and survey.md


def main() -> None:
    """Build or read each subject and print its measures, then what is to be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", default=["sample", "alignment", *SUBJECTS])
    parser.add_argument("--corpora", type=Path, default=CORPORA)
    parser.add_argument("--encoder", default="sentence", choices=["sentence", "lsa"])
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    drafts: dict[str, Draft] = {}
    for subject in options.subjects:
        path = Path(subject)
        if path.suffix == ".json":
            drafts[path.parent.parent.name] = (
                json.loads(path.read_text("utf-8")),
                path.with_suffix(".md").read_text("utf-8"),
            )
        else:
            drafts[subject] = build(subject, options.corpora, options.encoder)
    rows = {subject: {name: measure(draft) for name, measure in MEASURES.items()} for subject, draft in drafts.items()}
    wide = max(map(len, MEASURES))
    print(" " * wide, *(f"{subject[:13]:>13}" for subject in rows))
    for name in MEASURES:
        print(f"{name:<{wide}}", *(f"{row[name]:>13}" for row in rows.values()))
    for subject, (data, _) in drafts.items() if options.sample else ():
        print(f"\n===== {subject}")
        for title, entries in samples(data).items():
            chosen = lot(entries, options.sample, options.seed)
            print(f"\n== {title} ({len(entries)})")
            for number, entry in enumerate(chosen, start=1):
                print(f"{number}. {entry}")


def build(subject: str, corpora: Path, encoder: str) -> Draft:
    """Return the draft of a subject in English."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "survey"
        given = subject in ("sample", "alignment")
        title = "LLM alignment" if given else SUBJECTS[subject][2]
        pipeline.init(root, title=title, **({"profile": "llm-alignment"} if given else {}))
        settings = root / "survey.toml"
        text = settings.read_text("utf-8").replace('encoder = "sentence"', f"encoder = {json.dumps(encoder)}")
        settings.write_text(text, "utf-8")
        project = find_project(root, exact=True)
        if subject == "sample":
            files = [ROOT / "corpus" / "llm-alignment.jsonl"]
        elif subject == "alignment":
            files = [corpora / "alignment.jsonl", corpora / "alignment_ext.jsonl"]
        else:
            files = [draw(subject, corpora, Path(folder) / "papers.jsonl")]
        pipeline.add(project, files, pipeline.NullProgress())
        built = pipeline.build(project, pipeline.NullProgress(), formats=["json", "markdown"])
        [path] = [path for path in built.files if path.name == "survey.json"]
        return json.loads(path.read_text("utf-8")), path.with_suffix(".md").read_text("utf-8")


def draw(subject: str, corpora: Path, target: Path) -> Path:
    """Write papers of a subject, drawn by lot, to a file."""
    words, category, _ = (re.compile(pattern, re.IGNORECASE) for pattern in SUBJECTS[subject])
    with gzip.open(corpora / "general.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [
            line
            for line in lines
            if (row := json.loads(line)).get("abstract")
            and words.search(f"{row['title']} {row['abstract']}")
            and category.match(row.get("primary_category") or "")
        ]
    target.write_text("".join(lot(rows, PAPERS, SEED)), "utf-8")
    return target


def lot(items: Sequence[str], most: int, seed: int) -> list[str]:
    """Draw items; the same seed draws the same ones."""
    return random.Random(seed).sample(items, min(most, len(items)))  # noqa: S311  # no secret depends on it


# -- parts of a draft --


def paragraphs(
    data: Mapping[str, Any], *, lists: bool = False
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each paragraph of running text with its section."""
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "paragraph" and (lists or block["style"] == "prose"):
                yield section, block


def prose(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return all sentences of paragraphs and lists."""
    return [sentence for _, block in paragraphs(data, lists=True) for sentence in block["sentences"]]


def stems(text: str) -> set[str]:
    """Return the first five letters of the content words."""
    words = re.findall(r"[a-z][a-z-]{2,}", MARK.sub("", text).lower())
    return {word.rstrip("s")[:5] for word in words if word not in STOP_WORDS}


def theme_names(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each theme."""
    return {theme["id"]: theme["name"] for theme in data["themes"]}


def members(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the papers of each theme, those of its sub-themes included."""
    found: dict[str, set[str]] = {theme["id"]: set() for theme in data["themes"]}
    for item in data["assignments"]:
        for theme in () if item.get("outside") else item["path"]:
            found[theme].add(item["paper"])
    return found


# -- measures: each returns what is printed --


def _paragraph_length(draft: Draft) -> str:
    lengths = [len(block["sentences"]) for _, block in paragraphs(draft[0])]
    return f"{mean(lengths):.1f}; {mean(n == 1 for n in lengths):.0%}" if lengths else "-"


def _following(data: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return [pair for _, block in paragraphs(data) for pair in pairwise(block["sentences"])]


def _opens(sentence: Mapping[str, Any]) -> bool:
    return bool(sentence.get("opening")) or bool(CONNECTIVES.match(MARK.sub("", sentence["marked"]).strip()))


def _connectives(draft: Draft) -> str:
    return share(_opens(sentence) for _, sentence in _following(draft[0]))


def _tied(draft: Draft) -> str:
    return share(
        _opens(after) or bool(stems(before["marked"]) & stems(after["marked"]))
        for before, after in _following(draft[0])
    )


def _several(draft: Draft) -> str:
    return share(len(sentence["cites"]) > 1 for sentence in prose(draft[0]) if sentence["cites"])


def _repeats(draft: Draft) -> str:
    """Sentences of the Markdown edition up to its references that stand there twice, author names and marks removed."""
    text = COMMENT.sub("", draft[1].split('<a id="ref-')[0])
    pieces = (LABEL.sub("@", LINK.sub("", piece)) for piece in SENTENCE.split(text))
    bare = [re.sub(r"\W+", " ", piece).strip().lower() for piece in pieces]
    counts = Counter(piece for piece in bare if len(piece.split()) >= 6)
    return f"{sum(n for n in counts.values() if n > 1) / max(counts.total(), 1):.2f}"


def _cited_share(draft: Draft) -> str:
    data = draft[0]
    cited: dict[str, set[str]] = {theme: set() for theme in members(data)}
    parents = {theme["id"]: theme["parent"] for theme in data["themes"]}
    for section in data["sections"]:
        theme = section["theme"]
        papers = {p for b in section["blocks"] for s in b.get("sentences", ()) for p in s["cites"]}
        while theme:
            cited[theme] |= papers
            theme = parents[theme]
    shares = [len(cited[t] & of) / len(of) for t, of in members(data).items() if 0 < len(of) <= THEME_SIZE]
    return f"{min(shares):.2f}-{mean(shares):.2f}" if shares else "-"


def _stale(draft: Draft) -> str:
    data = draft[0]
    years = {paper["id"]: int((paper["published"] or "0")[:4]) for paper in data["papers"]}
    newest = max(years.values())
    quoted = [sentence for sentence in prose(data) if len(sentence["cites"]) == 1]
    stale = [
        bool(UNDATED.search(sentence["text"])) and not YEAR.search(sentence["text"])
        for sentence in quoted
        if 0 < years[sentence["cites"][0]] <= newest - 2
    ]
    return f"{sum(stale) / max(len(quoted), 1):.1%}"


def _questions(draft: Draft) -> str:
    titles = {paper["title"].lower() for paper in draft[0]["papers"]}
    asked = [
        s for section, b in paragraphs(draft[0], lists=True) if section["id"] == "questions" for s in b["sentences"]
    ]
    good = sum(s["text"].strip().endswith("?") and s["text"].strip().lower() not in titles for s in asked)
    return f"{good} of {len(asked)}"


def _open_problems(draft: Draft) -> str:
    """Top themes with an open problem that two or more papers name, of all top themes."""
    data = draft[0]
    names = theme_names(data)
    tops = {names[theme["id"]] for theme in data["themes"] if theme["parent"] is None}
    grouped: set[str] = set()
    top = ""
    for section, block in paragraphs(data, lists=True):
        if section["id"] == "open-problems":
            top = block["label"] if block["label"] in tops else top
            if any(len(sentence["cites"]) > 1 for sentence in block["sentences"]):
                grouped.add(top)
    return f"{len(grouped)} of {len(tops)}"


def _duplicate_names(draft: Draft) -> str:
    folded = Counter(re.sub(r"[\W_]+|s\b", "", name.lower()) for name in theme_names(draft[0]).values())
    return str(sum(n - 1 for n in folded.values()))


def _methods(draft: Draft) -> str:
    methods = Counter(sentence["method"] for sentence in prose(draft[0]))
    total = max(methods.total(), 1)
    return "/".join(f"{methods[name] / total:.2f}" for name in ("extractive", "aggregate", "glue", "llm"))


def _uncited(draft: Draft) -> str:
    return share(bool(sentence["cites"]) or sentence["method"] == "glue" for sentence in prose(draft[0]))


def _words(draft: Draft) -> str:
    return str(sum(len(sentence["text"].split()) for sentence in prose(draft[0])))


def _card_data(draft: Draft) -> str:
    return share(bool(paper["card"]["data"]) for paper in draft[0]["papers"])


def share(hits: Iterator[bool] | Sequence[bool]) -> str:
    """Return the share of hits, "-" of none."""
    values = list(hits)
    return f"{mean(values):.2f}" if values else "-"


MEASURES: Mapping[str, Callable[[Draft], str]] = {
    "papers": lambda draft: str(len(draft[0]["papers"])),
    "words of running text": _words,
    "sentences per paragraph; of one sentence": _paragraph_length,
    "opens with a connective or computed words": _connectives,
    "tied to the sentence before": _tied,
    "cited sentences with two or more papers": _several,
    "sentences shown twice": _repeats,
    "cited in prose of a theme: least-mean": _cited_share,
    "undated stale claims": _stale,
    "cited or glue": _uncited,
    "extractive/aggregate/glue/model": _methods,
    "questions that are questions": _questions,
    "top themes with a grouped open problem": _open_problems,
    "duplicate names in the tree": _duplicate_names,
    "cards with data sets": _card_data,
}


def samples(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is to be judged by reading, by kind."""
    titles = {paper["id"]: paper["title"] for paper in data["papers"]}
    names = theme_names(data)
    shown: dict[str, list[str]] = {"sentences": [], "limits": [], "open problems": [], "names": [], "cards": []}
    for section, block in paragraphs(data, lists=True):
        where = names.get(section["theme"], section["id"])
        before = ""
        for sentence in block["sentences"]:
            entry = f"[{where} / {block['label']}] ... {before}\n     >>> {sentence['text']}"
            if section["id"] == "open-problems":
                shown["open problems"].append(entry)
            elif sentence["role"] == "limit":
                shown["limits"].append(entry)
            shown["sentences"].append(entry)
            before = sentence["text"]
    for theme, papers in members(data).items():
        of_theme = "".join(f"\n     - {titles[paper]}" for paper in sorted(papers)[:10])
        description = next(it["description"] for it in data["themes"] if it["id"] == theme)
        shown["names"].append(f"{names[theme]} ({len(papers)}): {description}{of_theme}")
    for paper in data["papers"]:
        fields = {
            n: v for n, v in paper["card"].items() if n not in ("keywords", "facets", "code", "code_evidence") and v
        }
        for name, value in fields.items():
            texts = " ## ".join(it["text"] for it in (value if isinstance(value, list) else [value]))
            shown["cards"].append(f"{paper['id']} {paper['title']}\n     {name}: {texts}")
    return shown


if __name__ == "__main__":
    main()
