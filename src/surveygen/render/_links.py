"""Addresses of papers, made from checked parts only."""

from __future__ import annotations

import re

from surveygen.domain.paper import Paper, is_arxiv_id

_DOI = re.compile(r"10\.[0-9]{4,9}/[-._;()/:A-Za-z0-9]+\Z")
_URL = re.compile(r"https?://[A-Za-z0-9][-A-Za-z0-9.]*(?::[0-9]+)?(?:/[-A-Za-z0-9._~/?=&+,:@;]*)?\Z")


def arxiv_url(paper: Paper) -> str:
    """Return the abstract page at arXiv; empty if the id is not one of arXiv's."""
    return f"https://arxiv.org/abs/{paper.id}" if is_arxiv_id(paper.id) else ""


def doi_of(paper: Paper) -> str:
    """Return the DOI; empty if it has not the form of one."""
    return paper.doi if is_doi(paper.doi) else ""


def is_doi(text: str) -> bool:
    """Whether a text has the form of a DOI, and nothing in it can break out of an address."""
    return bool(_DOI.match(text))


def link_of(paper: Paper) -> str:
    """Return the best address of a paper: arXiv, DOI, else its own if it is a plain web address; empty if none is."""
    doi = doi_of(paper)
    own = paper.url if _URL.match(paper.url) else ""
    return arxiv_url(paper) or (f"https://doi.org/{doi}" if doi else own)


def code_address(address: str) -> str:
    """Return the address of a repository if a link can hold it as it is, else ""."""
    safe = address.startswith("https://") and address.isascii() and not set(address) & set("\"<>'` \\{}")
    return address if safe else ""
