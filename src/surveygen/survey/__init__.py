"""Compose the survey document from papers, themes and summaries; pure."""

from surveygen.survey._references import compare_references
from surveygen.survey.bibkeys import mint
from surveygen.survey.compose import compose, report
from surveygen.survey.material import Checks, Material
from surveygen.survey.order import arrange
from surveygen.survey.translation import Translation, translatable

__all__ = [
    "Checks",
    "Material",
    "Translation",
    "arrange",
    "compare_references",
    "compose",
    "mint",
    "report",
    "translatable",
]
