"""Compose the survey document from papers, themes and summaries; pure."""

from surveygen.survey.compose import compose, with_change_report
from surveygen.survey.data import QualityChecks, SurveyData
from surveygen.survey.references import compare_references, make_cite_keys, reference_order
from surveygen.survey.translation import Translation, translatable

__all__ = [
    "QualityChecks",
    "SurveyData",
    "Translation",
    "compare_references",
    "compose",
    "make_cite_keys",
    "reference_order",
    "translatable",
    "with_change_report",
]
