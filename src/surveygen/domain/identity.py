"""Names of a paper, and titles that may be of one paper."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from surveygen.domain.paper import Paper, PaperId, fallback_id, is_arxiv_id, parse_arxiv_id
from surveygen.domain.person_names import family_name, fold
from surveygen.domain.text import clean

ARXIV_DOI = "10.48550/"  # the prefix of the DOI that arXiv gives to every paper, https://info.arxiv.org/help/doi.html
_DOI = re.compile(r"10\.[0-9]{4,9}/\S")
# Measured on 79 pairs of titles of one arXiv paper and 129,286 pairs of two: 18 of the latter agree, and 22 of the
# former do not; those are titles that their authors replaced, which only arXiv's own records can show.
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_MIN_SHARED = 0.6  # of the words of the shorter title
_MIN_LIKENESS = 0.75  # of the pairs of letters, for words that are spelled or divided in another way
_STRICT_LIKENESS = 0.9
# Commands of a formula that change its look only; `\\to` and some others name a sign that titles also print as such.
_LOOK = re.compile(
    r"\\(?:math[a-z]+|text[a-z]*|bf|bm|boldsymbol|cal|em|emph|displaystyle|it|left|limits|operatorname|right|rm|sc|sf|tt)"
    r"(?![A-Za-z])"
)
_SIGN_NAMES = {"→": "to", "×": "times", "±": "pm", "∞": "infty", "&": "and"}
_COMMAND_NAMES = {"rightarrow": "to", "longrightarrow": "to", "ell": "l", "cdot": "", "sim": "", "approx": ""}
_STOP_WORDS = frozenset(
    {
        *(
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "by",
            "for",
            "from",
            "in",
            "into",
            "is",
            "it",
            "its",
            "of",
            "on",
            "or",
        ),
        *("the", "this", "to", "under", "using", "via", "with"),
    }
)


def paper_names(paper: Paper) -> tuple[PaperId, ...]:
    """Return the ids that name a paper wherever they stand, the strongest first: of arXiv, its DOI, its own.

    >>> paper_names(Paper(PaperId("doi:10.1000/x"), "T", doi="10.48550/arXiv.2101.00001"))
    ('2101.00001', 'doi:10.1000/x')
    """
    doi = paper.doi.lower()
    preprint = parse_arxiv_id(doi)
    publisher = PaperId(f"doi:{doi}") if _DOI.match(doi) and not doi.startswith(ARXIV_DOI) else None
    names = [paper.id, preprint[0] if preprint else None, publisher]
    return tuple(sorted(dict.fromkeys(name for name in names if name), key=rank))


def rank(name: PaperId) -> tuple[int, str]:
    """Return the place of an id among the ids of one paper, which has the one with the lowest rank."""
    is_title = name.startswith("title:")
    kinds = (is_arxiv_id(name), name.startswith("doi:"), not is_weak(name) and not is_title, not is_title)
    return next((place for place, fits in enumerate(kinds) if fits), len(kinds)), name


def is_weak(name: PaperId) -> bool:
    """Whether an id may be of another paper in another file: it has no scheme, or is the key of an entry.

    >>> is_weak(PaperId("p1")), is_weak(PaperId("bib:smith2020")), is_weak(PaperId("acl:P19-1001"))
    (True, True, False)
    """
    return not is_arxiv_id(name) and (":" not in name or name.startswith(("bib:", "ris:")))


def fallback_name(paper: Paper) -> PaperId:
    """Return the id by title, year and first author that a record has if no other id names it."""
    return fallback_id(paper.title, paper.published, paper.authors) or PaperId(f"title:{clean(paper.id)}")


def titles_agree(title: str, other: str, *, strictly: bool = False) -> bool:
    """Whether two titles can be of one paper: most words of the shorter, or most pairs of letters, are in both.

    >>> titles_agree("Yeast models of bread", "Yeast Models of Bread: an Extended Study")
    True
    >>> titles_agree("Wind models for small turbines", "Why the wind models fail: a reply")
    False
    """
    if title == other:
        return True
    (words, pairs), (other_words, other_pairs) = _parts(title), _parts(other)
    likeness = 2 * len(pairs & other_pairs) / max(len(pairs) + len(other_pairs), 1)
    if strictly:
        return likeness >= _STRICT_LIKENESS
    shorter = min(len(words), len(other_words))
    return likeness >= _MIN_LIKENESS or (shorter > 0 and len(words & other_words) / shorter >= _MIN_SHARED)


def same_title(title: str, other: str) -> bool:
    r"""Whether two titles are the same but for case, markup, accents, spaces and the way formulas are written.

    >>> same_title(r"Bounds on $H \to \gamma\gamma$ & more", "Bounds on H → γγ and More")
    True
    >>> same_title("Yeast Models, Part I", "Yeast Models, Part II")
    False
    """
    key = title_key(title)
    return bool(key) and key == title_key(other)


@lru_cache(maxsize=2**16)
def title_key(title: str) -> str:
    r"""Return the letters and digits of a title by which it is compared; Greek letters by their names.

    >>> title_key(r"The $\mathbf{\alpha}_2$ Study"), title_key("the α₂-study")
    ('thealpha2study', 'thealpha2study')
    """
    bare = _LOOK.sub(" ", "".join(f" {_SIGN_NAMES[char]} " if char in _SIGN_NAMES else char for char in title))
    named = re.sub(r"\\(?:var)?([A-Za-z]+)", lambda found: _COMMAND_NAMES.get(found[1], found[1]), bare)
    return "".join(map(_letter_name, unicodedata.normalize("NFKD", named).casefold()))


def may_be_same(paper: Paper, other: Paper) -> bool:
    """Whether two records of one weak id can be of one paper: titles nearly equal, no other year or first author."""
    records = (paper, other)
    families = [fold(family_name(record.authors[0].name)) if record.authors else "" for record in records]
    years = [record.published[:4] if record.published else "" for record in records]
    are_compatible = all(not all(pair) or pair[0] == pair[1] for pair in (families, years))
    return are_compatible and titles_agree(paper.title, other.title, strictly=True)


def _letter_name(char: str) -> str:
    if not char.isalnum() or char.isascii():
        return char if char.isalnum() else ""
    name = unicodedata.name(char, "")
    return name.rsplit(" ", 1)[-1].lower() if name.startswith("GREEK SMALL LETTER ") else char


@lru_cache(maxsize=4096)
def _parts(title: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words and the pairs of neighboring letters of a title, without accents, commands and stop words."""
    plain = re.sub(r"\\[A-Za-z]+|[{}$\\]", " ", unicodedata.normalize("NFKD", title.casefold()))
    runs = re.findall(r"[^\W_]+", "".join(char for char in plain if not unicodedata.combining(char)))
    # Chinese and Japanese have no spaces: each sign is a word.
    units = [unit for run in runs for unit in (run if _IDEOGRAPH.search(run) else [run])]
    words = frozenset(unit for unit in units if unit not in _STOP_WORDS) or frozenset(units)
    letters = "".join(runs)
    return words, frozenset(letters[place : place + 2] for place in range(max(len(letters) - 1, 1)))
