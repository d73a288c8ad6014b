"""LaTeX sources of the user's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from document_checks import assert_sound
from surveygen.documents import read_latex
from surveygen.errors import SourceError

SOURCE = r"""
\documentclass{article}
\newcommand{\foo}{bar}
\title{Counting \emph{Bees}}
\begin{document}
\maketitle
Before all. % a comment with \section{no}
\begin{abstract} We count. \end{abstract}
\section[Short]{Introduction}\label{sec:intro}
Bees matter~\cite{a,b}, as \citet[see][p.~3]{b} say\footnote{Loudly \cite{a}.}. See Section~\ref{sec:intro}.
Our 5\% are \textbf{good}:
\begin{itemize}
\item first, with $x^2$;
\item[Lamp] second.
\end{itemize}
Behind the list \citep{lost}.

A new paragraph.
\subsection*{The lamp}
It is
\begin{equation}\label{e} w = \frac{v}{2f} \end{equation}
wide.
\begin{figure}\includegraphics[width=3cm]{lamp}\caption{The \emph{lamp}.}\end{figure}
\begin{definition}[Bee] A bee is an insect.\end{definition}
\begin{tabular}{ll} a & b \\ \end{tabular}
\input{/etc/passwd}
\appendix
\section{Films}
Films.
\begin{thebibliography}{9}
\bibitem{a} C. Stone. Counting by hand. \emph{Journal}, 2019. \url{https://doi.org/10.5555/x}
\bibitem[Reed(2021)]{b} D. Reed. NetCount. arXiv:2101.00001, 2021.
\end{thebibliography}
\end{document}
Behind.
"""


def test_a_source_is_read_into_sections_and_units() -> None:
    """Sections, items, captions, formulas and theorems are units; tables, files and what is outside are not."""
    document = read_latex(SOURCE)

    assert_sound(document)
    assert document.title == "Counting Bees"
    assert [(unit.section, unit.kind, unit.text) for unit in document.units] == [
        ("00", "paragraph", "Before all."),
        ("0", "paragraph", "We count."),
        ("1", "heading", "Introduction"),
        ("1", "paragraph", "Bees matter [1, 2], as [2] say. See Section sec:intro. Our 5% are good:"),
        ("1", "item", "first, with $x^2$;"),
        ("1", "item", "second."),
        ("1", "paragraph", "Behind the list [lost]."),
        ("1", "paragraph", "A new paragraph."),
        ("1.1", "heading", "The lamp"),
        ("1.1", "paragraph", r"It is $w = \frac{v}{2f}$ wide."),
        ("1.1", "caption", "The lamp."),
        ("1.1", "theorem", "A bee is an insect."),
        ("A", "heading", "Films"),
        ("A", "paragraph", "Films."),
    ]


def test_marks_of_a_source_end_in_its_bibliography() -> None:
    r"""Keys of `\cite` lead to the entries of `\bibitem`; other keys are missing."""
    document = read_latex(SOURCE)
    marks = [
        (unit.text[mark.start : mark.end], mark.references, mark.missing)
        for unit in document.all_units()
        for mark in unit.marks
    ]

    assert marks == [
        ("[1, 2]", ("r1", "r2"), ()),
        ("[2]", ("r2",), ()),
        ("[lost]", (), ("lost",)),
        ("[1]", ("r1",), ()),
    ]
    assert [(entry.doi, entry.arxiv, entry.year) for entry in document.references] == [
        ("10.5555/x", "", "2019"),
        ("", "2101.00001", "2021"),
    ]


@pytest.mark.parametrize("source", ["", r"\documentclass{article}\begin{document}\end{document}", "x" * 5_000_001])
def test_a_source_without_text_or_without_end_is_refused(source: str) -> None:
    """An empty source and one that is too long end with an error of the source."""
    with pytest.raises(SourceError):
        read_latex(source)


@pytest.mark.parametrize(
    "source",
    [
        r"\section{" * 10_000 + "x",
        "{" * 100_000 + "x",
        r"\begin{itemize}\item " * 10_000 + "x",
        r"\begin{equation}" * 10_000 + "x",
        r"\def\a{\a\a}\a x",
        r"\cite{a" * 10_000 + "x",
        "$" * 10_001 + "x",
        r"\begin{thebibliography}{9}" + r"\bibitem[" * 10_000 + "x",
        "%" * 100_000 + "\nx",
        r"\footnote{" * 5_000 + "x",
        "x\n\n" * 20_000,
    ],
)
def test_a_hostile_source_ends(source: str) -> None:
    """Deep and open groups, environments and macros are read in bounded time, or refused."""
    try:
        document = read_latex(source)
    except SourceError:
        return

    assert_sound(document)


@given(st.integers(0, len(SOURCE)), st.integers(0, len(SOURCE)), st.text("\\{}$%[]abc\n", max_size=20))
def test_damaged_sources_never_crash_the_reader(start: int, end: int, filler: str) -> None:
    """Whatever is cut out of a source or written into it, it is refused or read soundly."""
    try:
        document = read_latex(SOURCE[: min(start, end)] + filler + SOURCE[max(start, end) :])
    except SourceError:
        return

    assert_sound(document)
