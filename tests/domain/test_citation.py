"""What follows for a survey from what citation graphs tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.citation import (
    FULL_TEXT,
    MAX_EXTERNAL,
    CitationRecord,
    CitedWork,
    resolve_citations,
    survey_name,
)
from surveygen.domain.paper import Paper, PaperId

IDS = [PaperId(f"2101.0000{n}") for n in range(1, 6)]
PAPERS = [Paper(one, f"Title {one}", doi="10.1000/Five" if one == IDS[4] else "") for one in IDS]
NAMES = st.sampled_from([*(f"arxiv:{one}" for one in IDS), "doi:10.1000/five", "openalex:W2", "arxiv:1706.00009"])
WORKS = st.builds(CitedWork, st.lists(NAMES, max_size=2).map(tuple), st.sampled_from(["", "A title"]))
TOLD = st.lists(
    st.builds(
        CitationRecord,
        paper=st.sampled_from([*IDS, PaperId("unknown")]),
        provider=st.sampled_from(["semantic_scholar", "openalex"]),
        ids=st.sampled_from([(), ("openalex:W1",), ("openalex:W2",)]),
        cited_by=st.none() | st.integers(0, 9),
        references=st.lists(WORKS, max_size=4).map(tuple),
        at=st.just("2026-01-01T00:00:00Z"),
    ),
    max_size=6,
)


def told(
    paper: PaperId, *cited: str, provider: str = "semantic_scholar", own: str = "semantic_scholar:1"
) -> CitationRecord:
    """Tell what a paper cites."""
    works = tuple(CitedWork((name,), f"About {name}") for name in cited)
    return CitationRecord(paper, provider, (own,), len(cited), works, at="2026-01-01T00:00:00Z")


@given(TOLD)
def test_edges_join_papers_of_the_survey(heard: list[CitationRecord]) -> None:
    """Never a paper with itself; what a paper cites and what cites it are two sides of the same edges."""
    found = resolve_citations(PAPERS, heard)
    pairs = {(edge.citing, edge.cited) for edge in found.edges}

    assert all(citing != cited and {citing, cited} <= set(IDS) for citing, cited in pairs)
    assert pairs == {(paper, other) for paper, one in found.stats.items() for other in one.references}
    assert pairs == {(other, paper) for paper, one in found.stats.items() for other in one.cited_by}
    assert list(found.edges) == sorted(found.edges, key=lambda edge: (edge.citing, edge.cited, edge.provider))


def test_a_work_is_found_by_any_of_its_ids() -> None:
    """By arXiv id, by DOI whatever its case, by the id that the graph itself gave to a paper."""
    heard = [
        told(IDS[0], f"arxiv:{IDS[1]}", "doi:10.1000/five", "openalex:W3"),
        told(IDS[2], own="openalex:W3", provider="openalex"),
    ]

    assert resolve_citations(PAPERS, heard).stats[IDS[0]].references == (IDS[1], IDS[2], IDS[4])


def test_two_graphs_give_one_reference_and_two_edges() -> None:
    """Each edge keeps who told it; the count is the highest told."""
    heard = [
        told(IDS[0], f"arxiv:{IDS[1]}"),
        told(IDS[0], f"arxiv:{IDS[1]}", "arxiv:1706.00009", provider="openalex"),
    ]
    found = resolve_citations(PAPERS, heard)

    assert [edge.provider for edge in found.edges] == ["openalex", "semantic_scholar"]
    assert found.stats[IDS[0]].references == (IDS[1],)
    assert found.stats[IDS[0]].count == 2


def test_a_paper_that_enters_later_is_no_longer_outside() -> None:
    """What was told stays; who is meant is found anew."""
    heard = [told(IDS[0], f"arxiv:{IDS[1]}")]
    before, after = resolve_citations(PAPERS[:1], heard), resolve_citations(PAPERS, heard)

    assert [work.ids for work in before.stats[IDS[0]].outside] == [(f"arxiv:{IDS[1]}",)]
    assert before.missing == ((CitedWork((f"arxiv:{IDS[1]}",), f"About arxiv:{IDS[1]}"), 1),)
    assert after.stats[IDS[0]].outside == ()
    assert after.stats[IDS[1]].cited_by == (IDS[0],)


def test_works_outside_are_bounded() -> None:
    """Those that the survey cites most stay; the rest is counted."""
    many = [f"arxiv:1706.{n:05}" for n in range(50)]
    found = resolve_citations(PAPERS, [told(IDS[0], *many), told(IDS[1], many[-1])])
    standing = found.stats[IDS[0]]

    assert standing.outside[0].ids == (many[-1],)
    assert (len(standing.outside), standing.more) == (MAX_EXTERNAL, 50 - MAX_EXTERNAL)
    assert found.missing[0][1] == 2


def test_works_outside_are_one_by_id_or_title() -> None:
    """A work that one list names by id and title, and another by title only, is counted twice, and shown once."""
    whole = CitedWork(("arxiv:1706.00009", "title:soundsoftenthousandwings"), "Sounds of Ten Thousand Wings")
    titled = CitedWork(("title:soundsoftenthousandwings",), "Sounds of ten thousand wings")
    short = [CitedWork((f"openalex:W{n}",), "The lamp") for n in (1, 2)]
    records = [
        CitationRecord(IDS[0], "openalex", ("openalex:W9",), None, (whole, short[0])),
        CitationRecord(IDS[1], FULL_TEXT, (survey_name(IDS[1]),), None, (titled, short[1])),
    ]

    found = resolve_citations(PAPERS, records)

    assert [(work.ids[0], count) for work, count in found.missing] == [
        ("title:soundsoftenthousandwings", 2), ("openalex:W1", 1), ("openalex:W2", 1),
    ]  # fmt: skip


def test_a_paper_without_any_id_of_a_graph_is_cited_by_its_own() -> None:
    """A bibliography that was matched with the survey names its papers by their ids there."""
    bee = Paper(PaperId("bib:stone2019"), "Counting insects by hand")
    record = CitationRecord(IDS[0], FULL_TEXT, (survey_name(IDS[0]),), None, (CitedWork((survey_name(bee.id),)),))

    assert resolve_citations([*PAPERS, bee], [record]).stats[bee.id].cited_by == (IDS[0],)
