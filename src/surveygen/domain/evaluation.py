"""How far a survey agrees with people: figures, by theme, by heading, by reference."""

from __future__ import annotations

from collections.abc import Iterator
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
    """One theme: shares of 0 to 1, and how many papers people (`gold`) and the program (`predicted`) put there."""

    theme: ThemeId
    precision: float
    recall: float
    f1: float
    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """The papers whose confidence lies in a tenth: how many, their mean confidence, and the share that was right."""

    papers: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether the confidence means what it says; `bins` leaves out tenths without papers, lowest first.

    `ece` is the expected calibration error of Guo et al. (arXiv 1706.04599, equation 3) over ten bins of equal width:
    the mean distance of confidence and accuracy, each bin weighed by its papers.
    """

    ece: float
    bins: tuple[ConfidenceBin, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Agreement at one level of the taxonomy.

    Attributes:
        papers: how many were compared. seeds: papers with a label that are seeds, or were placed by a person, and so
            are no evidence; they are left out. missing: papers with a label that have no assignment.
        unknown: labels that no theme answers to.
        themes: those that people used, in reading order; macro-F1 is their mean.
        confusion: `(gold, predicted, papers)`, largest first, agreements left out.
        calibration: None where the assigner tells no confidence.
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
        lines += [*_calibration_lines(self.calibration)] if self.calibration else []
        lines += [f"label not in the taxonomy: {label}" for label in self.unknown]
        return "\n".join(lines).rstrip()


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """Likeness of the headings of the survey (`ours`) to those of a human outline (`theirs`), numbers and shares."""

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
    """Two lists of references: how many each has, how many are in both, and which shares that is.

    `precision` is the share of ours that people cite as well, `recall` the share of what people cite that we have.
    """

    ours: int
    theirs: int
    both: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class ReferenceScore:
    """References against a human bibliography: all of them, and those dated within the span that both lists cover.

    `first` and `last` bound that span, ISO 8601 dates; `dated` is None where a list has no date or they never meet.
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
    """All that was compared: levels of the taxonomy from the top, headings, references; what was not asked is empty."""

    levels: tuple[Evaluation, ...] = ()
    headings: HeadingScore | None = None
    references: ReferenceScore | None = None

    def as_text(self) -> str:
        """Return the parts one after the other, with a line between."""
        parts = (*self.levels, self.headings, self.references)
        return "\n\n".join(part.as_text() for part in parts if part is not None)


def _overlap(found: Overlap) -> str:
    counts = f"{found.both} of {found.ours} are among the {found.theirs} of the bibliography"
    return f"{counts}: precision {found.precision:.3f}, recall {found.recall:.3f}"


def _calibration_lines(calibration: Calibration) -> Iterator[str]:
    yield f"\nece         {calibration.ece:6.3f}"
    yield "confidence  accuracy  papers"
    yield from (f"{one.confidence:10.3f}{one.accuracy:10.3f}{one.papers:8}" for one in calibration.bins)
