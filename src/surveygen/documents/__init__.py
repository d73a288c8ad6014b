"""Pages, PDFs and LaTeX sources of papers, read into records."""

from surveygen.documents._matching import MATCHING, PaperIndex, list_citations, match_references
from surveygen.documents._page import read_page
from surveygen.documents.figures import ChosenFigure, choose_figure
from surveygen.documents.latex import read_latex
from surveygen.documents.pdf import read_pdf

__all__ = [
    "MATCHING",
    "ChosenFigure",
    "PaperIndex",
    "choose_figure",
    "list_citations",
    "match_references",
    "read_latex",
    "read_page",
    "read_pdf",
]
