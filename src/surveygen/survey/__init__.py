"""Compose the survey document from papers, themes and summaries; pure."""

from surveygen.survey._openings import OpeningFacts, add_openings, opening_error
from surveygen.survey.compose import compose, with_change_report
from surveygen.survey.data import QualityChecks, SurveyData
from surveygen.survey.references import compare_references, make_cite_keys, reference_order
from surveygen.survey.translation import Translation, translatable

__all__ = [
    "OpeningFacts",
    "QualityChecks",
    "SurveyData",
    "Translation",
    "add_openings",
    "compare_references",
    "compose",
    "make_cite_keys",
    "opening_error",
    "reference_order",
    "translatable",
    "with_change_report",
]
