"""BibTeX and BibLaTeX as people's programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveygen.domain.paper import BadRecord, Paper
from surveygen.domain.text import clean
from surveygen.render.latex.text import tex_string
from surveygen.sources.files import read_file
from surveygen.tex_text import decode_tex


def read(folder: Path, text: str | bytes) -> tuple[dict[str, Paper], list[BadRecord]]:
    """Read a bibliography; return its papers by key, and what is set aside."""
    path = folder / "refs.bib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    records = read_file(path)
    papers = [record for record in records if isinstance(record, Paper)]
    keys = (dict(paper.extra).get("bibtex_key", '""').strip('"') for paper in papers)
    return dict(zip(keys, papers, strict=True)), [record for record in records if isinstance(record, BadRecord)]


def test_values_are_joined_and_macros_replaced(tmp_path: Path) -> None:
    """Text in quotes and braces, numbers, months and macros of the file, joined by a number sign."""
    papers, bad = read(
        tmp_path,
        '@string{jok = "Journal of Kites"}\n@STRING{meet = {Meeting on }}\n'
        '@article{a, title = "Strings " # {and } # "knots", author = "Kite, K." # " and " # {Line, L.}, '
        'journal = jok # " C", year = 2017, month = 9 # "~" # oct}\n'
        "@inproceedings{b, title={Tails}, booktitle = meet # jok, year = {2018}, month = may}\n",
    )

    assert (papers["a"].title, [one.name for one in papers["a"].authors]) == (
        "Strings and knots",
        ["K. Kite", "L. Line"],
    )
    assert (papers["a"].journal_ref, papers["a"].published) == ("Journal of Kites C", "2017-10")
    assert (papers["b"].journal_ref, papers["b"].published) == ("Meeting on Journal of Kites", "2018-05")
    assert bad == []


def test_entries_inherit_from_their_parents(tmp_path: Path) -> None:
    """The title of a parent is the venue of its child; a volume is no paper, and this is said."""
    papers, bad = read(
        tmp_path,
        "@inproceedings{kid, title={Small kites}, author={Kite, K.}, crossref={meeting}, pages={3--7}}\n"
        "@incollection{chapter, title={On lines}, author={Line, L.}, crossref={handbook}}\n"
        "@article{x, title={Shared}, xdata={common, more}, year={2016}, month={11}, day={30}}\n"
        "@xdata{common, publisher={Sky}}\n@xdata{more, xdata={common}, volume={4}}\n@set{s, entryset={kid, x}}\n"
        "@book{handbook, title={Lines}, subtitle={a handbook}, editor={Rope, R.}, year=2015}\n"
        "@proceedings{meeting, title={Fourth Kite Meeting}, booktitle={Kites 4}, year=2019, month=jun}\n"
        "@misc{loop, title={Loop}, crossref={loop}}\n",
    )

    assert {key: (paper.journal_ref, paper.published) for key, paper in papers.items()} == {
        "kid": ("Kites 4", "2019-06"),
        "chapter": ("Lines: a handbook", "2015"),
        "x": ("", "2016-11-30"),
        "loop": ("", None),
    }
    assert dict(papers["x"].extra)["volume"] == '"4"'
    assert [record.line for record in bad] == [7, 8]
    assert all("is a volume, not a paper" in record.reason for record in bad)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Waves{\textemdash}in 3{\textendash}4 seas", "Waves—in 3–4 seas"),
        (r"It{\textquoteright}s {\textquotedblleft}so{\textquotedblright}", "It’s “so”"),
        (r"H\textsubscript{2}O at 7\,{\textdegree}C", "H2O at 7 °C"),
        (r"x {\textless} 4, y\_min \& 5\%", "x < 4, y_min & 5%"),
        (r"{\AA}rhus, \c{c}a, Dvo\v r\'ak, G\"{o}del, S\o ren, \L{}ód\'z", "Århus, ça, Dvořák, Gödel, Søren, Łódź"),
        (r"costs \$3 and $x_{1}$ of {DNA}", "costs $3 and $x_{1}$ of DNA"),
        (r"\emph{very \textbf{deep}} {\em nets}", "very deep nets"),
        (r"see \unknown{this}", r"see \unknown{this}"),
    ],
)
def test_commands_become_characters(tex: str, text: str) -> None:
    """Commands for characters are decoded, fonts dropped, mathematics and unknown commands stay."""
    assert decode_tex(tex) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"]), max_size=60))
@example("--- ,, '' << >>")
def test_what_the_writer_escapes_is_decoded(text: str) -> None:
    """The decoder is the inverse of the escapes of the LaTeX writer; it never fails."""
    words = clean(text).replace("\xad", "")
    decode_tex(text)

    assert clean(decode_tex(tex_string(words))) == words or "\\pictograph" in tex_string(words) or "`" in words


def test_names_are_split_after_decoding(tmp_path: Path) -> None:
    """Commands at the front of a name, spaces that end a command, groups, "et al." and BibLaTeX's named parts."""
    papers, _ = read(
        tmp_path,
        r"@misc{a, title={T}, author={\O{}stby, T. E. and \'{E}lan, \^Ile and {Kite {\&} Co} and others}}"
        "\n@misc{b, title={U}, author={family=Wind, given=Will, prefix=de, useprefix=true and Kite, K. et al.}}\n"
        r"@misc{c, title={V}, author={Mart\'\i nez, J. and Haji\v c, Jan and Micha\l{} Nowak}}"
        "\n@book{d, title={W}, editor={Rope, Ron}}\n",
    )

    assert {key: [one.name for one in paper.authors] for key, paper in papers.items()} == {
        "a": ["T. E. Østby", "Île Élan", "Kite & Co"],
        "b": ["Will de Wind", "K. Kite"],
        "c": ["J. Martínez", "Jan Hajič", "Michał Nowak"],
        "d": ["Ron Rope"],
    }
    assert dict(papers["d"].extra)["author_role"] == '"editor"'


@pytest.mark.parametrize(
    ("fields", "published", "raw"),
    [
        ("date={2018-02-03/2019-01-01}", "2018-02-03", '"2018-02-03/2019-01-01"'),
        ("year={to appear}", None, '"to appear"'),
        ("year={ca. 2012}", "2012", '"ca. 2012"'),
        ("year={2013b}", "2013", '"2013b"'),
        ("date={2018-07/}", "2018-07", None),
        ("year={2014}, month={4}, day={9}", "2014-04-09", None),
        ("year=2014, month=dec", "2014-12", None),
        ("year={1492}", None, '"1492"'),
    ],
)
def test_dates_of_bibliographies(fields: str, published: str | None, raw: str | None, tmp_path: Path) -> None:
    """The start of a range, a year among other signs; what is lost of a date is kept as it was."""
    papers, _ = read(tmp_path, f"@misc{{k, title={{T}}, {fields}}}")

    assert (papers["k"].published, dict(papers["k"].extra).get("published_raw")) == (published, raw)


def test_a_subtitle_belongs_to_the_title(tmp_path: Path) -> None:
    """Both parts are shown."""
    papers, _ = read(tmp_path, "@online{k, title={Kites}, subtitle={a history}}")

    assert papers["k"].title == "Kites: a history"


@pytest.mark.parametrize(
    ("fields", "paper_id"),
    [
        ("eprint={2301.00001}, archivePrefix={arXiv}, doi={10.5555/x}", "2301.00001"),
        ("eprint={2301.00001v2}, eprinttype={arxiv}", "2301.00001"),
        ("url={http://arxiv.org/abs/2301.00001v3}", "2301.00001"),
        ("doi={10.48550/arXiv.2301.00001}", "2301.00001"),
        ("journal={arXiv preprint arXiv:2301.00001}", "2301.00001"),
        ("journal={CoRR}, volume={abs/2301.00001}", "2301.00001"),
        ("note={arXiv:2301.00001 [cs.LG]}", "2301.00001"),
        ("note={arXiv:2301.00001}, doi={10.5555/x}", "doi:10.5555/x"),
        ("note={Comment on arXiv:2301.00001}", "title:kites::kite"),
        ("annote={arXiv:2301.00001}", "title:kites::kite"),
        ("eprint={2301.00001}, eprinttype={jstor}", "title:kites::kite"),
    ],
)
def test_which_id_is_an_entrys_own(fields: str, paper_id: str, tmp_path: Path) -> None:
    """A field that is made for an id or holds nothing but it; in running text an id is a mention."""
    papers, _ = read(tmp_path, f"@article{{k, title={{Kites}}, author={{Kite, K.}}, {fields}}}")

    assert papers["k"].id == paper_id


def test_one_damaged_byte_changes_no_other_words(tmp_path: Path) -> None:
    """It is read as Windows-1252, the file and line are named, and all other bytes are UTF-8."""
    text = "@misc{a, title={Plöv}}\n@misc{b, title={Gr".encode() + b"\xe9" + " Übung}}\n".encode()
    papers, bad = read(tmp_path, text)

    assert (papers["a"].title, papers["b"].title) == ("Plöv", "Gré Übung")
    assert [(record.line, "refs.bib is not clean UTF-8" in record.reason) for record in bad] == [(2, True)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(encoding: str, tmp_path: Path) -> None:
    """As Windows editors write it."""
    mark = "" if encoding in {"utf-8-sig", "utf-16", "utf-32"} else "\ufeff"
    papers, bad = read(tmp_path, (mark + "@misc{ä, title={Größe}}\n").encode(encoding))

    assert (papers["ä"].title, bad) == ("Größe", [])


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    """The first line of a file of JabRef names it."""
    papers, bad = read(tmp_path, "% Encoding: ISO8859_2\n@misc{a, title={Łódź}}\n".encode("iso8859-2"))

    assert (papers["a"].title, bad) == ("Łódź", [])


def test_broken_entries_do_not_spoil_good_ones(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A missing comma, an open brace, a stray brace, odd keys and comments; nothing is printed."""
    papers, bad = read(
        tmp_path,
        "@misc{a, title={Missing comma}, url={https://example.org/}\n keywords={x}, year=2011}\n"
        "@misc{b, title={Open {brace}, year=2012}\n@misc{c, title={After it}}\n"
        "@misc{d, title={Stray } brace},\n year=2013}\n@misc{, title={No key}}\n@misc{e f, title={A space}}\n"
        "@comment{@misc{g, title={Hidden}}}\n@misc{h, title={Last}}\n",
    )

    assert [paper.title for paper in papers.values()] == ["Missing comma", "After it", "No key", "A space", "Last"]
    assert papers["a"].published == "2011"
    assert [record.line for record in bad] == [3, 5]
    assert all(record.reason for record in bad)
    assert capfd.readouterr() == ("", "")


def test_withdrawal_notices_are_recognized(tmp_path: Path) -> None:
    """In a title as publishers write it, and in a note."""
    papers, _ = read(
        tmp_path,
        "@article{a, title={RETRACTED ARTICLE: Kites}}\n@article{b, title={K}, note={Withdrawn by the author}}\n"
        "@article{c, title={Retracted potentials}}\n",
    )

    assert [paper.status for paper in papers.values()] == ["withdrawn", "withdrawn", "active"]
