"""Replay the life of a survey: papers come by date, some themes only later; what moves, and what is proposed?

Run from the checkout, beside which ``../shared/corpora`` must lie::

    .venv/bin/python benchmarks/themes/refresh.py --vectors FILE.npz [--draws 2-5] [--sets NAME...] [--adopt]

The first run encodes about 3,100 papers (3 to 10 minutes on two cores); with ``--vectors`` they are kept.

Every replay goes through the pipeline as the commands do. Two fifths of the papers of the known labels, by date, make
the first build, which induces as many themes as there are labels; the rest comes in four batches. A fifth of the
labels, drawn at random, is withheld and appears over the last three batches. A simulated person takes seven decisions
after the first build and accepts the proposals that are true: a new theme if at least half of its papers bear one
withheld label, a merger if both themes have one label in the main, a division if a second label has a quarter.

- moved: papers placed before that evidence moved, by the log, mean share per batch and the largest (bar: .01)
- led: papers placed before that went elsewhere by a decision: those of an accepted theme, and what is nearer to it
- NMI: of places and labels after the last batch; refit: KMeans on all papers with the true number (bar: .93 of it)
- found: share of withheld labels that were proposed (bar: .60). false: proposals that are not true, per batch, each
  counted when it is first listed (bar: 1)
- held: whether every decision was in force at the end. drift: agreement of the places with fresh themes, and of two
  fresh ones with each other; with ``--adopt`` the person takes the re-taxonomy once drift has grown

Draws 0 and 1 were used for choosing the constants of themes/curate/suggestions.py and _places.py; others judge.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from surveygen import pipeline
from surveygen.config import EmbedSettings, Project, ThemeSettings, find_project
from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Proposal, ThemeId
from surveygen.embed import encode_papers, papers_fingerprint
from surveygen.embed.sentence import make
from surveygen.themes.induce import KMeansInducer

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
SILENT = pipeline.NullProgress()
FEW, MANY_OLD, MANY_NEW = 18, 170, 110  # papers of a label: at the least, at the most
BATCHES = (0.4, 0.55, 0.7, 0.85, 1.0)
LATER = {2: 0.33, 3: 0.66, 4: 1.0}  # share of the withheld papers that has come by each batch


@dataclass(frozen=True)
class Labeled:
    """A paper with its label and date."""

    paper: Paper
    label: str
    date: str


@dataclass(frozen=True)
class Outcome:
    """What one replay showed; shares are per batch."""

    moved: tuple[float, ...]
    led: tuple[float, ...]
    places: float
    refit: float
    withheld: int
    found: int
    false: tuple[int, ...]
    drift: str
    held: bool


def main() -> None:
    """Print one row a replay and the means."""
    parser = argparse.ArgumentParser(description="Replay refreshes.")
    parser.add_argument("--vectors", type=Path, help="keep the vectors of papers in this .npz file")
    parser.add_argument("--draws", default="2-3", help="first and last draw of withheld labels")
    parser.add_argument("--sets", nargs="*", help="names of label sets; the default is all")
    parser.add_argument("--adopt", action="store_true", help="adopt a re-taxonomy when drift has grown, once")
    options = parser.parse_args()
    sets = {name: rows for name, rows in _label_sets().items() if not options.sets or name in options.sets}
    vectors = _vectors([row.paper for rows in sets.values() for row in rows], options.vectors)
    first, last = map(int, options.draws.split("-"))
    print(
        f"{'set':<12}{'draw':>5}{'papers':>7}{'moved':>7}{'most':>7}{'led':>7}{'NMI':>7}{'refit':>7}{'ratio':>7}",
        end="",
    )
    print(f"{'found':>8}{'false':>7}{'held':>6}  drift")
    outcomes = []
    for name, rows in sets.items():
        for draw in range(first, last + 1):
            with tempfile.TemporaryDirectory() as folder:
                outcomes.append(_replay(rows, vectors, draw, Path(folder), adopt=options.adopt))
            _tell(name, draw, len(rows), outcomes[-1])
    _summary(outcomes)


def _tell(name: str, draw: int, papers: int, out: Outcome) -> None:
    print(
        f"{name:<12}{draw:>5}{papers:>7}{np.mean(out.moved):>7.4f}{max(out.moved):>7.4f}{np.mean(out.led):>7.4f}",
        end="",
    )
    print(f"{out.places:>7.3f}{out.refit:>7.3f}{out.places / out.refit:>7.3f}{out.found:>5}/{out.withheld:<2}", end="")
    print(f"{np.mean(out.false):>7.2f}{'yes' if out.held else 'NO':>6}  {out.drift}", flush=True)


def _summary(outcomes: Sequence[Outcome]) -> None:
    ratios = [out.places / out.refit for out in outcomes]
    print(f"\nmoved by evidence, mean and largest batch: {np.mean([out.moved for out in outcomes]):.4f}", end="")
    print(f" {max(max(out.moved) for out in outcomes):.4f} (bar .01)")
    print(f"NMI over that of a refit: {np.mean(ratios):.3f}, lowest {min(ratios):.3f} (bar .93)")
    found, withheld = sum(out.found for out in outcomes), sum(out.withheld for out in outcomes)
    print(f"later themes proposed: {found} of {withheld} = {found / withheld:.2f} (bar .60)")
    false = [count for out in outcomes for count in out.false]
    print(f"false proposals per refresh: {np.mean(false):.2f}, most {max(false)} (bar 1)")
    print(f"every decision held: {all(out.held for out in outcomes)}")


def _replay(
    rows: Sequence[Labeled], vectors: dict[PaperId, Vectors], draw: int, folder: Path, *, adopt: bool
) -> Outcome:
    label = {row.paper.id: row.label for row in rows}
    labels = sorted(set(label.values()))
    rng = np.random.default_rng(draw)
    withheld = set(rng.choice(labels, max(2, len(labels) // 5), replace=False).tolist())
    project = _project(folder, len(labels) - len(withheld))
    moved: list[float] = []
    led: list[float] = []
    false: list[int] = []
    found: set[str] = set()
    held: tuple[tuple[str, str], ...] = ()
    listed: set[str] = set()
    before: dict[PaperId, str] = {}
    logged = 0
    for number, batch in enumerate(_batches(rows, withheld)):
        _add(project, [row.paper for row in batch], vectors)
        offered = pipeline.proposals(project, SILENT)
        if number == 0:
            held = _decide(project)
        else:
            fresh = [proposal for proposal in offered.proposals if proposal.id not in listed]
            true = [proposal for proposal in fresh if _is_true(proposal, project, label, withheld)]
            false.append(len(fresh) - len(true))
            for proposal in true:
                found |= {_main(proposal.papers, label)} & withheld if proposal.kind == "new" else set()
            decided = [pipeline.accept(project, SILENT, proposal.id).decision for proposal in true]
            asked = {theme.id for decision in decided if decision for theme in decision.themes}
            pipeline.show(project, SILENT)
            log = pipeline.history(project).moves[logged:]
            own = [move for move in log if move.reason in {"evidence", "words"} and move.after not in asked]
            moved.append(len(own) / len(before))
            led.append((len(log) - len(own)) / len(before))
        listed |= {proposal.id for proposal in offered.proposals}
        if adopt and offered.drift and offered.drift.grown:
            project = _adopt(project)
        before = _places(project)
        logged = len(pipeline.history(project).moves)
    shown = pipeline.show(project, SILENT)
    papers = [row.paper for row in rows if row.paper.id in shown.assignments]
    gold = [label[paper.id] for paper in papers]
    places = normalized_mutual_info_score(gold, [shown.assignments[paper.id].theme for paper in papers])
    drift = offered.drift
    drift_text = f"{drift.kept:.2f}/{drift.fresh:.2f}{' grown' if drift.grown else ''}" if drift else "adopted"
    return Outcome(
        tuple(moved),
        tuple(led),
        places,
        _refit(papers, vectors, gold),
        len(withheld),
        len(found),
        tuple(false),
        drift_text,
        _held(project, held),
    )


def _adopt(project: Project) -> Project:
    drawn = pipeline.reinduce(project, SILENT)
    settings = project.root / "survey.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('profile = "none"', f'profile = "{drawn.path.name}"'), encoding="utf-8")
    return find_project(project.root, exact=True)


def _batches(rows: Sequence[Labeled], withheld: set[str]) -> list[list[Labeled]]:
    labeled = [row for row in rows if row.label not in withheld]
    later = [row for row in rows if row.label in withheld]
    cuts = [int(len(labeled) * share) for share in BATCHES]
    batches = [labeled[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]
    start = 0
    for number, share in LATER.items():
        end = int(len(later) * share)
        batches[number] += later[start:end]
        start = end
    return batches


def _project(folder: Path, target: int) -> Project:
    pipeline.init(folder / "survey", title="Replay")
    settings = folder / "survey" / "survey.toml"
    text = settings.read_text(encoding="utf-8").replace('subthemes = "induced"', 'subthemes = "none"')
    settings.write_text(text.replace("target = 0", f"target = {target}"), encoding="utf-8")
    return find_project(folder / "survey", exact=True)


def _add(project: Project, papers: Sequence[Paper], vectors: dict[PaperId, Vectors]) -> None:
    with Store.open(project.database) as store:
        store.import_records(papers, source="replay", at="2026-01-01T00:00:00Z")
        rows = np.stack([vectors[paper.id] for paper in papers])
        store.cache.put_vectors(
            [paper.text_hash for paper in papers], rows, papers_fingerprint(make(EmbedSettings(), tuple))
        )


def _decide(project: Project) -> tuple[tuple[str, str], ...]:
    """Move three papers to the theme that comes second, pin two, exclude one, and rename a theme."""
    shown = pipeline.show(project, SILENT)
    unsure = sorted(shown.assignments.values(), key=lambda item: (item.margin, item.paper))
    made: list[tuple[str, str]] = []
    for item in unsure[:3]:
        pipeline.move(project, item.paper, item.runner_up or item.theme)
        made.append((item.paper, item.runner_up or item.theme))
    for item in unsure[3:5]:
        pipeline.pin(project, SILENT, item.paper)
        made.append((item.paper, _places(project)[item.paper]))
    pipeline.exclude(project, unsure[5].paper)
    made.append((unsure[5].paper, ""))
    pipeline.rename(project, shown.taxonomy.themes[0].id, "A name of our own")
    made.append((shown.taxonomy.themes[0].id, "A name of our own"))
    return tuple(made)


def _held(project: Project, made: Sequence[tuple[str, str]]) -> bool:
    """Whether papers are where they were put, and the theme is called as decided; in a new taxonomy, by its map."""
    shown = pipeline.show(project, SILENT)
    taxonomy = shown.taxonomy
    for paper, place in made[:-1]:
        item = shown.assignments.get(PaperId(paper))
        if (item.method if item else "") != ("person" if place else "") or (
            item and place in taxonomy and item.theme != place
        ):
            return False
    theme, name = ThemeId(made[-1][0]), made[-1][1]
    return theme not in taxonomy or taxonomy[theme].name == name


def _places(project: Project) -> dict[PaperId, str]:
    return {PaperId(paper): item.theme for paper, item in pipeline.show(project, SILENT).assignments.items()}


def _is_true(proposal: Proposal, project: Project, label: dict[PaperId, str], withheld: set[str]) -> bool:
    if proposal.kind == "new":
        main = _main(proposal.papers, label)
        return main in withheld and sum(label[p] == main for p in proposal.papers) >= len(proposal.papers) / 2
    places = _places(project)
    members = [[label[p] for p, theme in places.items() if theme == name] for name in proposal.themes]
    if proposal.kind == "merge":
        return len({Counter(own).most_common(1)[0][0] for own in members}) == 1
    second = [count for _, count in Counter(members[0]).most_common(2)][1:]
    return bool(second) and second[0] >= len(members[0]) / 4


def _main(papers: Sequence[PaperId], label: dict[PaperId, str]) -> str:
    return Counter(label[paper] for paper in papers).most_common(1)[0][0]


def _refit(papers: Sequence[Paper], vectors: dict[PaperId, Vectors], gold: Sequence[str]) -> float:
    rows = np.stack([vectors[paper.id] for paper in papers]).astype(np.float16).astype(np.float32)
    embeddings = Embeddings(tuple(paper.id for paper in papers), rows, "replay")
    inducer = KMeansInducer(ThemeSettings(target=len(set(gold))))
    _, found = inducer.induce(embeddings, papers, parent=None, reserved_ids=frozenset(), seed=0)
    theme = {item.paper: item.path[0] for item in found}
    return float(normalized_mutual_info_score(gold, [theme[paper.id] for paper in papers]))


def _label_sets() -> dict[str, list[Labeled]]:
    arxiv = [row for row in _general() if row.get("primary_category")]
    old = _capped([_labeled(r, r["primary_category"]) for r in arxiv if "2008" <= _date(r) < "2020"], MANY_OLD)
    new = _capped([_labeled(r, r["primary_category"]) for r in arxiv if _date(r) >= "2020"], MANY_NEW)
    lists = [row for name in ("alignment", "alignment_ext") for row in _rows(name) if row.get("list_labels")]
    sizes = Counter(row.label for row in old)
    return {
        name: _enough(rows)
        for name, rows in {
            "arxiv-large": [row for row in old if sizes[row.label] >= 100],
            "arxiv-small": [row for row in old if sizes[row.label] < 100],
            "arxiv-new": new,
            "arxiv-all": old,
            "lists": [_labeled(row, row["list_labels"][0][-1]) for row in lists],
        }.items()
    }


def _capped(rows: Sequence[Labeled], most: int) -> list[Labeled]:
    """Keep so many papers of a label, drawn by the hash of their ids."""
    lots = sorted(rows, key=lambda row: hashlib.sha256(row.paper.id.encode()).hexdigest())
    seen: Counter[str] = Counter()
    chosen = []
    for row in lots:
        seen[row.label] += 1
        chosen += [row] if seen[row.label] <= most else []
    return chosen


def _enough(rows: Sequence[Labeled]) -> list[Labeled]:
    sizes = Counter(row.label for row in rows)
    once = {row.paper.id: row for row in rows if sizes[row.label] >= FEW}
    return sorted(once.values(), key=lambda row: (row.date, row.paper.id))


def _labeled(row: dict[str, Any], label: str) -> Labeled:
    return Labeled(Paper(PaperId(row["arxiv_id"]), row["title"], row.get("abstract") or ""), label, _date(row))


def _date(row: dict[str, Any]) -> str:
    return str(row.get("published") or row.get("announced") or row.get("date_approx") or "")


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (CORPORA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row.get("arxiv_id") and row.get("title")]


def _general() -> Iterator[dict[str, Any]]:
    with gzip.open(CORPORA / "general.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row.get("arxiv_id") and row.get("title") and row.get("abstract"):
                yield row


def _vectors(papers: Sequence[Paper], cache: Path | None) -> dict[PaperId, Vectors]:
    encoded: dict[PaperId, Vectors] = {}
    if cache is not None and cache.is_file():
        with np.load(cache) as data:
            encoded = dict(zip(map(PaperId, data["ids"].tolist()), data["vectors"].astype(np.float32), strict=True))
    missing = list({paper.id: paper for paper in papers if paper.id not in encoded}.values())
    if missing:
        print(f"encoding {len(missing)} papers", flush=True)
        encoded |= zip(
            (paper.id for paper in missing), encode_papers(make(EmbedSettings(), tuple), missing), strict=True
        )
        if cache is not None:
            np.savez(cache, ids=np.array(list(encoded)), vectors=np.stack(list(encoded.values())).astype(np.float16))
    return encoded


if __name__ == "__main__":
    main()
