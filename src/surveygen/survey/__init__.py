"""Compose the survey document from papers, themes and summaries; pure."""

from surveygen.survey.bibkeys import mint
from surveygen.survey.compose import compose
from surveygen.survey.material import Checks, Material

__all__ = ["Checks", "Material", "compose", "mint"]
