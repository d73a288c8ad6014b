"""Full texts: pages, PDFs and LaTeX sources read into records; nothing here touches files or the network."""

from surveygen.documents._matching import match_references
from surveygen.documents._page import read_page
from surveygen.documents.latex import read_latex
from surveygen.documents.pdf import read_pdf

__all__ = ["match_references", "read_latex", "read_page", "read_pdf"]
