"""Build drafts of several subjects without a language model, and print how well they are written.

Usage: python benchmarks/drafts.py [--encoder sentence] [--sample 50] [SUBJECT ...]; a subject is alignment,
alignment_ext, or a category of general.jsonl.gz such as cs.CV, of which 150 papers are drawn.

`--sample` prints sentences of the running text, drawn by lot, to be read by a person: the checker counts what its rules
know, and the drafts are made by these rules, so its zeros say that the rules were kept, not that the prose is good.
`pronouns` counts where it may miss something: sentences with it, they, them, this, these, such or those anywhere.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from surveygen import pipeline
from surveygen.config import find_project

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
SUBJECTS = ("alignment", "alignment_ext", "cs.CV", "cs.CR", "cs.CY")
PAPERS = 150  # of a category
SEED = 1
FIGURES = ("citation_coverage", "grounded_share", "redundancy", "dangling_sentences", "fragments", "least_theme_cited")
_PRONOUN = re.compile(r"\b(?:it|they|them|this|these|such|those)\b", re.IGNORECASE)


def main() -> None:
    """Build each subject and print its row, then the sentences to read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", default=SUBJECTS)
    parser.add_argument("--encoder", default="sentence", choices=["sentence", "lsa"])
    parser.add_argument("--corpora", type=Path, default=CORPORA)
    parser.add_argument("--sample", type=int, default=0)
    options = parser.parse_args()
    print(f"{'subject':<14}{'papers':>7}{'claims':>7}  {'  '.join(FIGURES)}  pronouns")
    for subject in options.subjects:
        draft = build(subject, options.corpora, options.encoder)
        prose = list(running_text(draft))
        loose = sum(bool(_PRONOUN.search(text)) for text in prose)
        quality = draft["quality"]
        shown = "  ".join(f"{quality[name]:>{len(name)}.3g}" for name in FIGURES)
        papers = len(draft["papers"])
        print(f"{subject:<14}{papers:>7}{quality['claim_sentences']:>7}  {shown}  {loose} of {len(prose)}", flush=True)
        for number, text in enumerate(lot(prose, options.sample), start=1):
            print(f"  {number}. {text}")


def build(subject: str, corpora: Path, encoder: str) -> Mapping[str, Any]:
    """Return the survey.json of a subject."""
    is_profile = subject.startswith("alignment")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "survey"
        pipeline.init(root, title=subject, **({"profile": "llm-alignment"} if is_profile else {}))
        settings = root / "survey.toml"
        text = settings.read_text(encoding="utf-8").replace('encoder = "sentence"', f"encoder = {json.dumps(encoder)}")
        settings.write_text(text, encoding="utf-8")
        project = find_project(root, exact=True)
        papers = corpora / f"{subject}.jsonl" if is_profile else draw(subject, corpora, Path(folder) / "papers.jsonl")
        pipeline.add(project, [papers], pipeline.NullProgress())
        built = pipeline.build(project, pipeline.NullProgress(), formats=["json"])
        [path] = [path for path in built.files if path.name == "survey.json"]
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def draw(category: str, corpora: Path, target: Path) -> Path:
    """Write papers of a category, drawn by lot, to a file."""
    with gzip.open(corpora / "general.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in lines if f'"{category}"' in row]
    rows = [row for row in rows if json.loads(row).get("primary_category") == category and json.loads(row)["abstract"]]
    target.write_text("".join(lot(rows, PAPERS)), encoding="utf-8")
    return target


def lot(items: Sequence[str], most: int) -> list[str]:
    """Draw some items, the same at each run."""
    return random.Random(SEED).sample(items, min(most, len(items)))  # noqa: S311  # nothing secret


def running_text(draft: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentences of paragraphs, without citations."""
    for section in draft["sections"]:
        for block in section["blocks"]:
            yield from (sentence["text"] for sentence in block.get("sentences", ()))


if __name__ == "__main__":
    main()
