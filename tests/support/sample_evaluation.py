"""An assessment with all that its page can show."""

from __future__ import annotations

from surveygen.domain.evaluation import (
    Assessment,
    Calibration,
    ConfidenceBin,
    Evaluation,
    HeadingScore,
    MetricEstimate,
    Overlap,
    ReferenceScore,
    ThemeScore,
)
from surveygen.domain.theme import Taxonomy, Theme, ThemeId

OUTER, ATTACKS = ThemeId("outer"), ThemeId("attacks")
THEMES = Taxonomy((Theme(OUTER, "Outer alignment"), Theme(ATTACKS, "Attacks")))
LEVEL = Evaluation(
    level=1,
    papers=5,
    seeds=1,
    missing=2,
    unknown=("Nowhere",),
    figures=(MetricEstimate("macro_f1", 0.5, 0.25, 0.75),),
    themes=(ThemeScore(OUTER, 1.0, 0.75, 0.857, 4, 3), ThemeScore(ATTACKS, 0.5, 1.0, 0.667, 1, 2)),
    confusion=((OUTER, ATTACKS, 1),),
    calibration=Calibration(0.123, (ConfidenceBin(1, 0.25, 0.0), ConfidenceBin(4, 0.75, 1.0))),
)
WHOLE = Assessment(
    (LEVEL,),
    HeadingScore(2, 3, 0.9, 0.6, 0.72),
    ReferenceScore(Overlap(5, 4, 2, 0.4, 0.5), Overlap(2, 2, 1, 0.5, 0.5), "2020", "2023"),
)
