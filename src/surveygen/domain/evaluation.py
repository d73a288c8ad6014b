"""Agreement of a survey with human labels, outlines and bibliographies."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from surveygen.domain.theme import ThemeId


@dataclass(frozen=True, slots=True)
class MetricEstimate:
    """A measure with its 95 % bootstrap interval, percentile method, papers drawn with replacement."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """Scores of one theme, 0 to 1, and its numbers of papers by people (`gold`) and by the program (`predicted`)."""

    theme: ThemeId
    precision: float
    recall: float
    f1: float
    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """The papers with a confidence in one tenth: their number, mean confidence, and the share assigned correctly."""

    papers: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of the confidence; `bins` are those with papers, lowest first.

    `ece` is the expected calibration error of Guo et al. (arXiv 1706.04599, equation 3) over ten bins of equal width:
    the mean distance of confidence and accuracy, each bin weighted by its papers.
    """

    ece: float
    bins: tuple[ConfidenceBin, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Agreement at one level of the taxonomy.

    Attributes:
        papers: number of papers compared. seeds: labeled papers that are seeds or were assigned by a person; they are
            left out. missing: labeled papers without an assignment.
        unknown: labels without a theme.
        themes: those that people used, in reading order; macro-F1 is their mean.
        confusion: `(gold, predicted, papers)`, largest first, without agreements.
        calibration: None if the assigner has no confidence.
    """

    level: int
    papers: int
    seeds: int
    missing: int
    unknown: tuple[str, ...]
    figures: tuple[MetricEstimate, ...]
    themes: tuple[ThemeScore, ...]
    confusion: tuple[tuple[ThemeId, ThemeId, int], ...]
    calibration: Calibration | None = None

    def value(self, name: str) -> float:
        """Return one measure by name, such as "macro_f1"."""
        return {figure.name: figure.value for figure in self.figures}[name]

    def as_json(self) -> dict[str, object]:
        """Return the evaluation as plain dictionaries, lists, strings and numbers."""
        return asdict(self)

    def as_text(self) -> str:
        """Return tables of plain text."""
        head = f"level {self.level}: {self.papers} papers compared"
        left = f"{self.seeds} seeds left out, {self.missing} not in the survey"
        lines = [f"{head} ({left})", ""]
        lines += [f"{f.name:<12}{f.value:6.3f}  [{f.low:.3f}, {f.high:.3f}]" for f in self.figures]
        width = max((len(score.theme) for score in self.themes), default=0) + 2
        lines += ["", f"{'theme':<{width}}precision  recall      f1   gold  placed"]
        lines += [
            f"{t.theme:<{width}}{t.precision:9.3f}{t.recall:8.3f}{t.f1:8.3f}{t.gold:7}{t.predicted:8}"
            for t in self.themes
        ]
        lines += ["", *(f"{gold} -> {predicted}: {n}" for gold, predicted, n in self.confusion)]
        if self.calibration:
            lines += [f"\nece         {self.calibration.ece:6.3f}", "confidence  accuracy  papers"]
            lines += [f"{b.confidence:10.3f}{b.accuracy:10.3f}{b.papers:8}" for b in self.calibration.bins]
        lines += [f"label not in the taxonomy: {label}" for label in self.unknown]
        return "\n".join(lines).rstrip()


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """Similarity of the headings of the survey (`ours`) to those of a human outline (`theirs`): counts and shares."""

    ours: int
    theirs: int
    precision: float
    recall: float
    f1: float

    def as_text(self) -> str:
        """Return one line."""
        shares = f"soft precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.3f}"
        return f"headings: {self.ours} against {self.theirs} of the outline: {shares}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Overlap of two lists of references: the size of each, the size of the intersection, and shares.

    `precision` is the share of ours in both lists, `recall` the share of theirs.
    """

    ours: int
    theirs: int
    both: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class ReferenceScore:
    """References compared with a human bibliography: all, and those dated within the period of both lists.

    `first` and `last` bound that period, ISO 8601 dates; `dated` is None if a list has no dates or no period is common.
    """

    all: Overlap
    dated: Overlap | None = None
    first: str = ""
    last: str = ""

    def as_text(self) -> str:
        """Return one line, or two."""
        lines = [f"references: {_overlap(self.all)}"]
        if self.dated is not None:
            lines.append(f"references dated {self.first} to {self.last}: {_overlap(self.dated)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Assessment:
    """All comparisons: levels of the taxonomy from the top, headings, references; those not requested are empty."""

    levels: tuple[Evaluation, ...] = ()
    headings: HeadingScore | None = None
    references: ReferenceScore | None = None

    def as_text(self) -> str:
        """Return the parts separated by empty lines."""
        parts = (*self.levels, self.headings, self.references)
        return "\n\n".join(part.as_text() for part in parts if part is not None)


def _overlap(overlap: Overlap) -> str:
    counts = f"{overlap.both} of {overlap.ours} are among the {overlap.theirs} of the bibliography"
    return f"{counts}: precision {overlap.precision:.3f}, recall {overlap.recall:.3f}"
