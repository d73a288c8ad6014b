"""Pages of papers that nobody wrote, with the markup of arxiv.org/html."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from html import escape

WORDS = [
    *("yeast", "lamp", "counter", "field", "swarm", "honey", "meadow", "sensor", "river", "camera", "estimate"),
    *("sample", "night", "season", "error", "window", "signal", "colony", "flower", "measure", "baseline", "picture"),
    *("record", "weather", "station", "distance", "rate", "model", "trial"),
]


def invent_page(
    paper: str,
    version: int = 1,
    title: str = "An invented title",
    *,
    sections: int = 2,
    paragraphs: int = 3,
    figures: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Write a page: abstract, sections of paragraphs that cite, a table, two references; one id gives one page.

    `figures` are addresses of images with captions.
    """
    rng = random.Random(f"{paper}v{version}")  # no secret
    body = "".join(_section(rng, number, paragraphs) for number in range(1, sections + 1))
    return f"""<!DOCTYPE html><html lang="en">
<head><title>{escape(title)}</title>
<!--Generated on Mon Aug 10 09:00:00 2026 by LaTeXML (version 0.8.8) http://dlmf.nist.gov/LaTeXML/.-->
<base href="/html/{paper}v{version}/"></head>
<body><div class="ltx_page_main"><div class="ltx_page_content"><article class="ltx_document">
<h1 class="ltx_title ltx_title_document">{escape(title)}</h1>
<div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6>
<p class="ltx_p">{_sentence(rng)}</p></div>
{body}{_TABLE}{"".join(_figure(number, *figure) for number, figure in enumerate(figures, start=1))}
<section id="bib" class="ltx_bibliography"><h2 class="ltx_title ltx_title_bibliography">References</h2>
<ul class="ltx_biblist">{_entry(1, "2101.00001")}{_entry(2, "2101.00002")}</ul></section>
</article></div></div></body></html>
""".encode()


def make_png(width: int = 4, height: int = 2, color: int = 0) -> bytes:
    """Return a whole gray image."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes([color]) * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _figure(number: int, source: str, caption: str) -> str:
    return (
        f'<figure id="S1.F{number}" class="ltx_figure"><img src="{escape(source)}" class="ltx_graphics" width="4" '
        f'height="2" alt="Refer to caption"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_figure">'
        f"Figure {number}: </span>{escape(caption)}</figcaption></figure>"
    )


def _section(rng: random.Random, number: int, paragraphs: int) -> str:
    texts = "".join(
        f'<div id="S{number}.p{place}" class="ltx_para"><p class="ltx_p">{_sentence(rng)} '
        f'<cite class="ltx_cite">[<a href="#bib.bib{1 + place % 2}" class="ltx_ref">{1 + place % 2}</a>]</cite> '
        f"{' '.join(_sentence(rng) for _ in range(4))}</p></div>"
        for place in range(1, paragraphs + 1)
    )
    return (
        f'<section id="S{number}" class="ltx_section"><h2 class="ltx_title ltx_title_section">'
        f'<span class="ltx_tag ltx_tag_section">{number} </span>{_sentence(rng, 3)}</h2>{texts}</section>'
    )


def _sentence(rng: random.Random, words: int = 18) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + f" {rng.randint(1, 99)}."


def _entry(number: int, paper: str) -> str:
    return (
        f'<li id="bib.bib{number}" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[{number}]</span>'
        f'<span class="ltx_bibblock">D. Reed. A title of a work. arXiv:{paper}, 2021.</span></li>'
    )


_TABLE = """<figure id="S1.T1" class="ltx_table">
<figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_table">Table 1:
</span>Counts.</figcaption><table class="ltx_tabular"><thead><tr class="ltx_tr"><th class="ltx_td ltx_th">Method</th>
<th class="ltx_td ltx_th">Field</th></tr></thead><tbody><tr class="ltx_tr"><td class="ltx_td">LampCount</td>
<td class="ltx_td">71.2</td></tr></tbody></table></figure>"""
