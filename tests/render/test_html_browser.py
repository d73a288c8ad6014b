"""The page in Chromium: what a reader sees, clicks, types and links to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from large_survey import large_survey
from open_page import CHROMIUM, NO_CHROMIUM, Open, keep, keep_looks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]


def rows(page: Page) -> list[str]:
    """Return the titles in the catalogue."""
    return page.locator(".papers tbody a.title").all_text_contents()


@pytest.mark.parametrize("name", ["sample", "rtl", "hostile"])
def test_nothing_is_asked_and_nothing_complains(visit: Open, name: str) -> None:
    """One request, for the file itself; no message on the console; no alert."""
    seen = visit(name)
    seen.page.locator(".papers a.title").first.click()

    assert seen.page.locator("dialog[open]").count() == 1
    assert len(seen.requests) == 1
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("sample", 390),
        ("sample", 1280),
        ("sample", 1920),
        ("editions/ar/index", 390),
        ("editions/ar/index", 1280),
        ("hostile", 390),
    ],
)
def test_no_sideways_scroll(visit: Open, name: str, width: int) -> None:
    """The page is never wider than the window, what is out of sight and the open card included."""
    page = visit(name, width=width).page
    page.evaluate(
        "for (const node of document.querySelectorAll('main > section')) node.style.contentVisibility = 'visible'"
    )
    keep_looks(page, f"{name}-{width}")
    page.locator(".papers a.title").first.click()
    keep_looks(page, f"{name}-{width}-card", whole=False)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")


def test_search_finds_and_shows_why(visit: Open) -> None:
    """Words of titles, authors and abstracts are found; a hit in the abstract is shown."""
    page = visit("sample").page
    page.locator("[name=q]").fill("cross-examination errors")

    assert rows(page) == ["Cross-examination helps weak judges"]
    assert page.locator(".hit mark").inner_text() == "errors"
    assert page.locator("[data-tally]").inner_text() == "1 of 6 papers"
    page.locator("[name=q]").fill("nowak")
    assert rows(page) == ["Learned goals that outlive training"]
    page.locator("[data-do=clear]").click()
    assert len(rows(page)) == 6
    assert "#" not in page.url


def test_sorting_says_what_it_does(visit: Open) -> None:
    """Newest first, then oldest first, then the order of the themes; the heading says so each time."""
    page = visit("sample").page
    head = page.locator("th[data-sort=year]")
    years = page.locator(".papers td.year")
    states = []
    for _ in range(3):
        head.locator("button").click()
        states.append((head.get_attribute("aria-sort"), years.all_inner_texts()))

    newest = ["2023", "2023", "2022", "2022", "2021", "–"]
    assert states[0] == ("descending", newest)
    assert states[1] == ("ascending", newest[::-1])
    assert states[2][0] is None


def test_a_theme_of_the_tree_filters(visit: Open) -> None:
    """The count beside a theme leads to its papers, those of its sub-themes included."""
    page = visit("sample").page
    page.locator(".node-size").first.click()

    assert page.locator("[name=theme]").input_value() == "outer"
    assert len(rows(page)) == 4
    assert page.url.endswith("#theme=outer")


def test_an_address_brings_the_state_back(visit: Open) -> None:
    """Filter, order and open paper all stand in the address."""
    page = visit("sample", "#p-2203.00002&theme=debate&sort=-year").page

    assert page.locator("#card-title").inner_text() == "Cross-examination helps weak judges"
    assert len(rows(page)) == 2
    assert rows(page)[0] == "Cross-examination helps weak judges"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.url.endswith("#theme=debate&sort=-year")


def test_a_card_tells_all_about_a_paper(visit: Open) -> None:
    """Review with evidence, abstract, place, versions, neighborhood, links and BibTeX."""
    page = visit("sample", "#p-2101.00001").page
    card = page.locator("#card")
    text = card.inner_text()

    for part in ("Outer alignment › Debate", "Ada Müller", "arXiv:2101.00001v2", "uncertain", "June 2, 2021"):
        assert part in text
    assert card.locator("math").count() > 0
    assert "Cross-examination helps weak judges" in card.locator(".related").inner_text()
    assert "@article{key210100001," in card.locator("pre").inner_text()
    links = [link.get_attribute("href") or "" for link in card.locator(".card-links a.out").all()]
    assert links[0] == "https://arxiv.org/abs/2101.00001"
    assert links[-1] == "https://doi.org/10.1234/debate_2021"
    assert len(links) == 8


def test_a_card_shows_every_version(visit: Open) -> None:
    """Dates, sizes, which version the draft cites, which is the latest and which withdrew the paper."""
    card = visit("sample", "#p-2203.00002").page.locator("#card")

    assert card.locator(".versions li").all_inner_texts() == [
        "v1\nMarch 9, 2022\n812 kB\ncited here",
        "v2\nApril 1, 2022\n3 kB\nwithdrawn",
        "v3\nJanuary 10, 2023\n934 kB\nlatest",
    ]
    assert card.locator(".history").inner_text() == "Submitted March 9, 2022 (v1) · last revised January 10, 2023 (v3)"
    assert "cites v1, latest v3" in card.locator(".card-meta").inner_text()


def test_a_card_says_why_the_paper_is_there(visit: Open) -> None:
    """Confidence, the words that decided, and the sentence, which lights up in the abstract."""
    page = visit("sample", "#p-2101.00001").page
    card = page.locator("#card")

    assert "48%" in card.locator("dl.small").inner_text()
    assert card.locator("p.keywords", has_text="Why it is here").locator(".keyword").all_inner_texts() == [
        "debate",
        "judge",
    ]
    reason = card.locator(".why .claim").first
    reason.hover()
    assert card.locator(".lit").all_inner_texts()
    assert "".join(card.locator(".lit").all_inner_texts()).startswith(reason.inner_text()[:5])


def test_what_fits_no_theme_stands_below_its_own_heading(visit: Open) -> None:
    """The last rows of the catalogue; the card names the nearest theme and says that it is only that."""
    page = visit("stranger").page
    rows_shown = page.locator(".papers tbody tr")

    assert rows_shown.nth(rows_shown.count() - 2).text_content() == "Fits no theme"
    page.locator(".papers a.title").last.click()
    card = page.locator("#card").inner_text()
    assert "Nearest theme" in card
    assert "not similar to the papers of any theme" in card


def test_evidence_lights_up(visit: Open) -> None:
    """The mark behind a claim leads to the sentence of the abstract."""
    page = visit("large", "#p-" + large_survey(1).entries[0].paper.id).page
    claim = page.locator("#card .review .claim").first
    claim.locator("button").click()

    assert page.locator("#card .lit").inner_text() == claim.locator("span").first.inner_text()


def test_a_citation_shows_its_source_to_keys_and_pointer(visit: Open) -> None:
    """Focus and hover open the same card, with the sentence that the claim rests on; Esc closes it."""
    page = visit("large").page
    cite = page.locator("a.cite[data-q]").first
    page.keyboard.press("Tab")  # so that focus is the keyboard's
    cite.focus()

    quote = page.locator("#hover blockquote").inner_text()
    assert quote
    assert cite.get_attribute("aria-describedby") == "hover"
    page.keyboard.press("Escape")
    assert page.locator("#hover").is_hidden()
    cite.hover()
    page.wait_for_selector("#hover:not([hidden])")
    assert page.locator("#hover blockquote").inner_text() == quote


def test_the_keyboard_reaches_everything(visit: Open) -> None:
    """A slash goes to search, Enter on a title opens its card, Esc closes it and gives the focus back."""
    page = visit("sample").page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.locator("[name=q]").input_value() == ""
    page.locator(".papers a.title").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-title"
    page.keyboard.press("Escape")

    assert page.evaluate("document.activeElement.className") == "title"


def test_going_back_closes_a_card(visit: Open) -> None:
    """A card is a step of the reader's way."""
    page = visit("sample").page
    page.locator(".papers a.title").first.click()
    page.go_back()

    assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("dark", [False, True])
def test_the_look_can_be_turned_and_is_remembered(visit: Open, *, dark: bool) -> None:
    """The button turns light to dark and back, whatever the system wishes, and a reload keeps it."""
    page = visit("sample", dark=dark).page
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.locator("[data-do=look]").click()
    after = page.evaluate(ground)
    page.reload()
    page.wait_for_selector("html[data-ready]")

    assert before != after
    assert page.evaluate(ground) == after


def test_more_rows_come_when_asked(visit: Open) -> None:
    """A long table starts with a hundred rows."""
    page = visit("large", "#sort=title").page
    assert len(rows(page)) == 100
    page.locator("[data-do=more]").click()

    assert len(rows(page)) == 200


def test_mathematics_is_mathematics(visit: Open) -> None:
    """MathML stands in the MathML namespace, also where a script has built it."""
    page = visit("sample", "#q=debate").page

    assert page.evaluate("document.querySelector('.papers math msup').namespaceURI").endswith("MathML")


def test_print_shows_the_text_alone(visit: Open) -> None:
    """Bars, contents and filters are not printed, and the paper is white whatever the screen is."""
    page = visit("sample", dark=True).page
    page.emulate_media(media="print")

    assert [page.locator(name).is_visible() for name in (".bar", ".contents", ".filters")] == [False] * 3
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.locator("main h1").is_visible()


def test_a_neighborhood_is_drawn_and_listed(visit: Open) -> None:
    """Who cites the paper and whom it cites, each with a form of its own, with who told it."""
    page = visit("sample", "#p-2203.00002").page
    graph = page.locator("#card .graph")

    assert graph.locator("a.node-mark").count() == 2
    assert graph.locator("a.citing circle").count() == graph.locator("a.cited path").count() == 1
    assert graph.locator(".graph-head").all_text_contents() == ["Cited by (1)", "References (1)"]
    assert graph.locator("figcaption").inner_text() == (
        "Citations according to Semantic Scholar (January 1, 2026). Citations in total: 41."
    )
    relations = page.locator("#card .related td.relation").all_inner_texts()
    assert relations == ["Cited by", "References"]
    assert page.locator("#card .neighbors").count() == 1


def test_works_outside_lead_away(visit: Open) -> None:
    """To arXiv or by DOI, in a window of their own; those left out are counted."""
    page = visit("sample", "#p-2301.00004").page
    links = page.locator("#card a.outside")

    assert [link.get_attribute("href") for link in links.all()] == [
        "https://arxiv.org/abs/1706.00009",
        "https://doi.org/10.1000/ten",
    ]
    assert "Not shown: 3." in page.locator("#card .graph figcaption").inner_text()
    assert page.locator("#card .related .outside").count() == 2


def test_a_paper_without_citations_shows_the_papers_most_alike(visit: Open) -> None:
    """And says that it does."""
    page = visit("sample", "#p-2207.00003").page

    assert "No citations are known" in page.locator("#card .graph figcaption").inner_text()
    assert page.locator("#card a.near").count() == 1
    assert page.locator("#card .neighbors").count() == 0


def test_a_neighbor_opens_by_key_and_pointer(visit: Open) -> None:
    """Enter on a mark shows the card of its paper; so does a click."""
    page = visit("sample", "#p-2203.00002").page
    page.locator("#card a.citing").focus()
    page.keyboard.press("Enter")
    assert page.locator("#card-title").inner_text() == "Which rewards generalize?"
    page.locator("#card a.cited", has_text="Lindqvist").click()

    assert page.locator("#card-title").inner_text() == "Cross-examination helps weak judges"
    assert page.url.endswith("#p-2203.00002")


def test_a_long_list_waits_to_be_asked(visit: Open) -> None:
    """Eight rows stand there; the rest comes with a button, and the focus goes to the first of it."""
    page = visit("large", "#p-" + large_survey(1).entries[0].paper.id).page
    rows = page.locator("#card .related tbody tr")
    assert rows.count() == 59
    assert sum(row.is_visible() for row in rows.all()) == 8
    assert page.locator("#card a.node-mark").count() == 59
    page.locator("[data-do=more-related]").click()

    assert sum(row.is_visible() for row in rows.all()) == 59
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 9


@pytest.mark.parametrize("width", [390, 1280])
def test_the_drawing_fits_the_card(visit: Open, width: int) -> None:
    """No label is cut by its edge."""
    page = visit("large", "#p-" + large_survey(1).entries[0].paper.id, width=width).page

    assert (
        page.evaluate(
            """() => {
          const box = document.querySelector(".graph svg").getBoundingClientRect();
          return [...document.querySelectorAll(".graph text")].filter((text) => {
            const own = text.getBoundingClientRect();
            return own.left < box.left - 1 || own.right > box.right + 1;
          }).length;
        }"""
        )
        == 0
    )


def test_bibtex_of_a_related_paper_is_copied(visit: Open) -> None:
    """The button says so and the clipboard holds the entry."""
    seen = visit("sample", "#p-2203.00002")
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.locator("#card [data-do=copy-bibtex]").first.click()
    seen.page.wait_for_selector("[data-do=copy-bibtex][data-done]")

    assert seen.page.evaluate("navigator.clipboard.readText()").startswith("@misc{key230100004,")


def test_the_map_shows_and_opens_papers(visit: Open) -> None:
    """By pointer and by keys; zoom is bounded, and Enter opens the paper that is pointed at."""
    page = visit("large").page
    canvas = page.locator(".map canvas")
    canvas.scroll_into_view_if_needed()
    assert page.locator(".map > svg").is_hidden()
    canvas.focus()
    for key in ("+", "+", "ArrowLeft", "ArrowDown", "-"):
        page.keyboard.press(key)
    page.wait_for_selector("#hover:not([hidden])")
    title = page.locator(".hover-title").inner_text()
    page.keyboard.press("Enter")

    assert page.locator("#card-title").inner_text() == title
    page.keyboard.press("Escape")
    page.locator("[data-zoom='0']").click()
    box = canvas.bounding_box()
    assert box
    for step in range(60):  # a pointer that wanders over the map meets a paper
        page.mouse.move(box["x"] + box["width"] * (0.1 + step / 80), box["y"] + box["height"] / 2)
        if page.locator("#hover").is_visible():
            break
    assert page.locator("#hover").is_visible()


def test_a_filter_dims_the_map(visit: Open) -> None:
    """What the catalogue leaves out is drawn in gray; a name in the key filters."""
    page = visit("large").page
    colors = """() => {
      const canvas = document.querySelector(".map canvas");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      let vivid = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue, cover] = data.slice(at, at + 4);
        if (cover > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) vivid++;
      }
      return vivid;
    }"""
    page.locator(".map canvas").scroll_into_view_if_needed()
    before = drawn(page, colors, lambda vivid: vivid > 0)
    page.locator(".map .legend a").first.click()
    after = drawn(page, colors, lambda vivid: 0 < vivid < before / 2)

    assert page.url.endswith("#theme=outer")
    assert 0 < after < before / 2


def drawn(page: Page, colors: str, expected: Callable[[int], bool]) -> int:
    """Count the colored points once the map is drawn; the policy of the page forbids what playwright waits by."""
    for _ in range(50):
        page.wait_for_timeout(100)
        vivid = int(page.evaluate(colors))
        if expected(vivid):
            break
    return vivid


def test_the_page_of_a_theme_goes_on_where_the_main_page_ends(visit: Open) -> None:
    """A large survey: a short card, the way to the whole one, and back; nothing complains."""
    seen = visit("divided/index")
    page = seen.page
    assert len(rows(page)) == 60
    page.locator(".papers a.title").first.click()
    title = page.locator("#card-title").inner_text()
    assert page.locator("#card .abstract").count() == 0
    page.locator("#card .rest a").click()
    page.wait_for_selector("html[data-ready]")

    assert "/themes/" in page.url
    assert page.locator("#card-title").inner_text() == title
    assert page.locator("#card .abstract").inner_text()
    page.keyboard.press("Escape")
    page.locator(".kicker a").click()
    page.wait_for_selector("html[data-ready]")
    assert page.url.split("#")[0].endswith("index.html")
    assert seen.complaints == []
    assert all(request.startswith("file:") for request in seen.requests)


def test_a_citation_of_a_divided_survey_shows_its_source(visit: Open) -> None:
    """The main page holds the sentence; the reference stands on the page of the theme."""
    page = visit("divided/index").page
    cite = page.locator("a.cite[data-q]").first
    cite.hover()
    page.wait_for_selector("#hover:not([hidden])")
    assert page.locator("#hover blockquote").inner_text()
    cite.click()
    page.wait_for_selector("html[data-ready]")

    assert page.locator("li:target").count() == 1
    page.locator("li:target .backs a").first.click()
    page.wait_for_selector("html[data-ready]")
    assert page.locator("a.cite:target").count() == 1


def test_a_reference_keeps_its_order_in_an_edition_from_right_to_left(visit: Open) -> None:
    """Authors, title and number run as they are written; a question mark stays behind its question."""
    page = visit("editions/ar/index").page
    page.locator("#references").scroll_into_view_if_needed()
    parts = page.locator("#ref-3 > :is(bdi, a)")
    edges = [box["x"] for part in parts.all() if (box := part.bounding_box())]
    order = page.evaluate(
        """() => {
          const words = document.querySelector("#ref-4 > a").firstChild;
          return [0, words.length - 1].map((at) => {
            const range = document.createRange();
            range.setStart(words, at);
            range.setEnd(words, at + 1);
            return range.getBoundingClientRect();
          }).map((box) => [box.top, box.left]);
        }"""
    )

    assert len(edges) == 3
    assert edges == sorted(edges)
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("form", "start"), [("csv", "cite_key,id,"), ("bibtex", "@"), ("ris", "TY  - "), ("json", "[")]
)
def test_the_papers_found_are_copied(visit: Open, form: str, start: str) -> None:
    """As many as the filters leave, in the form asked for."""
    page = visit("sample", "#theme=debate").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"[data-as={form}]").click()
    page.wait_for_selector(f"[data-as={form}][data-done]")
    text = page.evaluate("navigator.clipboard.readText()")

    assert text.startswith(start)
    assert "2203.00002" in text
    assert "2301.00004" not in text


def test_a_status_filters_and_stands_in_the_address(visit: Open) -> None:
    """Only what occurs is offered."""
    page = visit("sample").page
    offered = page.locator("[name=status] option").all_text_contents()
    assert offered == ["Any status", "Published (1)", "withdrawn (1)", "No abstract is available. (1)"]
    page.locator("[name=status]").select_option("published")

    assert len(rows(page)) == 1
    assert page.url.endswith("#status=published")


def test_the_chart_of_years_shows_what_is_found(visit: Open) -> None:
    """The rest turns gray, the table and the words say the same, also aloud; clearing gives the chart back."""
    page = visit("large").page
    chart = page.locator(".years")
    page.locator(".years summary").click()
    before = chart.inner_html()
    table = page.locator(".years tbody tr")
    drawn = [int(row.locator("td").first.inner_text()) for row in table.all()]
    page.locator(".node-size").first.click()

    found = int(page.locator("[data-tally]").inner_text().split()[0])
    said = f"The colored part of the bars counts the {found} papers found."
    assert chart.locator("[data-found]").inner_text() == said
    assert page.locator("#said").text_content() == f"{found} of 500 papers {said}"
    assert (chart.locator("svg").get_attribute("aria-label") or "").endswith(said)
    counts = [[int(cell) for cell in row.locator("td").all_inner_texts()] for row in table.all()]
    assert [row[0] for row in counts] == [row[-1] for row in counts] == drawn
    assert sum(drawn) == found
    bars = chart.locator(".colored rect")
    assert bars.count() == sum(row[0] > 0 for row in counts)
    unit = float(chart.locator(".bars").first.get_attribute("data-unit") or 0)
    heights = sum(float(bar.get_attribute("height") or 0) for bar in bars.all())
    assert heights == pytest.approx(found * unit)
    chart.scroll_into_view_if_needed()
    keep(page, "large-found")
    page.locator("[data-do=clear]").click()
    assert chart.inner_html() == before


def test_a_year_of_the_timeline_filters(visit: Open) -> None:
    """The year leads to the papers of that year."""
    page = visit("large").page
    page.locator(".timeline-year").first.click()

    assert page.url.endswith("#year=2019")
    assert set(page.locator(".papers td.year").all_inner_texts()) == {"2019"}


def test_a_field_says_how_many_papers_each_choice_leaves(visit: Open) -> None:
    """Beside what the others say: what would leave none cannot be chosen, and what is chosen leaves so many."""
    page = visit("sample", "#theme=debate").page
    offered = page.locator("[name=category] option")

    assert offered.all_text_contents() == ["All categories", "cs.AI (1)", "cs.LG (0)", "cs.CL (1)"]
    assert [option.is_disabled() for option in offered.all()] == [False, False, True, False]
    page.locator("[name=category]").select_option("cs.CL")
    assert len(rows(page)) == 1
    assert page.url.endswith("#theme=debate&category=cs.CL")
    assert page.locator("[name=theme] option:checked").text_content() == "\u2003Debate (1)"
    assert page.locator("[name=year] option").all_text_contents()[1:] == ["2023 (0)", "2022 (0)", "2021 (1)"]


def test_an_author_is_found_by_keys(visit: Open) -> None:
    """Names with their papers, the most first; arrows choose, Enter takes, Esc closes, the address keeps it."""
    page = visit("large", "#theme=outer").page
    field, names = page.locator("[name=author]"), page.locator("#authors [role=option]")
    field.focus()
    page.keyboard.type("garc")
    counts = [int(text[text.index("(") + 1 : -1]) for text in names.all_text_contents()]
    keep(page, "large-authors")
    assert counts == sorted(counts, reverse=True)
    assert all("Garcia" in text for text in names.all_text_contents())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == names.nth(1).get_attribute("id")
    name = names.nth(1).locator("bdi").inner_text()
    page.keyboard.press("Enter")

    assert field.input_value() == name
    assert page.locator("#authors").is_hidden()
    assert page.locator("[data-tally]").inner_text() == f"{counts[1]} of 500 papers"
    assert "&author=" in page.url
    again = visit("large", page.url[page.url.index("#") :]).page
    assert again.locator("[data-tally]").inner_text() == f"{counts[1]} of 500 papers"
    page.keyboard.press("ArrowDown")
    assert page.locator("#authors").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#authors").is_hidden()
    assert field.get_attribute("aria-expanded") == "false"


def test_an_author_is_found_by_pointer(visit: Open) -> None:
    """A part of a name finds all that have it; a click on a name finds that name alone."""
    page = visit("large").page
    page.locator("[name=author]").fill("garcia")
    many = page.locator("[data-tally]").inner_text()
    page.locator("#authors [role=option]").first.click()

    assert page.locator("[name=author]").input_value().endswith(" Garcia")
    assert page.locator("[data-tally]").inner_text() != many
    assert page.evaluate("document.activeElement.name") == "author"


def test_all_papers_are_copied_before_anything_is_chosen(visit: Open) -> None:
    """The table as it stands without filters is the table."""
    page = visit("sample").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-as=csv]").click()
    page.wait_for_selector("[data-as=csv][data-done]")

    assert len(page.evaluate("navigator.clipboard.readText()").strip().splitlines()) == 7


def test_another_language_shows_the_same_place(visit: Open) -> None:
    """The open paper and the filters go along, there and back."""
    seen = visit("editions/en/index", "#theme=debate&sort=-year")
    page = seen.page
    page.locator(".languages summary").click()
    page.locator(".languages a").click()
    page.wait_for_selector("html[data-ready]")

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.url.endswith("/ar/index.html#theme=debate&sort=-year")
    assert len(rows(page)) == 2
    page.locator(".languages summary").click()
    page.keyboard.press("Escape")
    assert page.locator(".languages a").is_hidden()
    assert seen.complaints == []


def test_a_browser_that_cannot_decompress_shows_the_text(browser: Browser, pages: dict[str, Path]) -> None:
    """Text and references as without scripts, no control that needs the data, no complaint."""
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(pages["large"].as_uri())

    assert page.get_by_text("500 papers").first.is_visible()
    assert page.locator(".references > li").count() == 500
    assert page.locator("html.scripted").count() == 0
    assert page.locator("[data-script]:visible").count() == 0
    assert complaints == []
    page.close()
