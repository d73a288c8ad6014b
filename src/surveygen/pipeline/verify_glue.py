"""Check the sentences of a draft that cite nothing because they only connect others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from surveygen.domain.summary import MAX_GLUE_SHARE
from surveygen.summarize import is_glue

Finding = tuple[str, str]  # place and reason


def glue_problems(
    data: Mapping[str, Any], names: Mapping[str, Collection[str]], deleted: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield (place, reason) for each section with too much glue, and for each glue that does more than to connect.

    The words of glue are those of its paragraph and of the theme's name; a section about the whole survey may name its
    title and its top themes. A translation is checked by the sentence that it translates. Where a person wrote in the
    paragraph, or removed sentences of the section, the words are not checked, as those that the glue was written for
    may be gone. Glue stands in running text alone. A draft of another structure is left to `DraftCheck`.

    Args:
        data: a draft of the structure of survey.json.
        names: of each theme by its id, and under "" the title, in the language of the papers.
        deleted: by section, the number of sentences that persons removed; they count as if they were there.
    """
    try:
        for section in data["sections"]:
            yield from _surplus(section, deleted.get(section["id"], 0))
        yield from _own_words(data, names, deleted)
        yield from _misplaced(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return


def _surplus(section: Mapping[str, Any], deleted: int) -> Iterator[Finding]:
    """Yield a section whose share of glue is above the limit."""
    methods = [sentence["method"] for block in section["blocks"] for sentence in block.get("sentences", ())]
    glue, total = methods.count("glue"), len(methods) + deleted
    if glue > MAX_GLUE_SHARE * total:
        limit = f"at most {float(MAX_GLUE_SHARE):.0%} may be"
        yield section["id"], f"{glue} of {total} sentences only connect others and cite nothing; {limit}"


def _own_words(
    data: Mapping[str, Any], names: Mapping[str, Collection[str]], deleted: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield each glue that says what the other sentences of its paragraph and the names do not say."""
    of_theme = {theme["id"]: (theme["name"], *sorted(names.get(theme["id"], ()))) for theme in data["themes"]}
    tops = [name for theme in data["themes"] if theme["parent"] is None for name in of_theme[theme["id"]]]
    for section in data["sections"]:
        allowed_names = of_theme[section["theme"]] if section["theme"] else [data["title"], *names.get("", ()), *tops]
        for block in section["blocks"]:
            sentences = block.get("sentences", ())
            glue = [sentence for sentence in sentences if sentence["method"] == "glue"]
            if section["id"] in deleted or any(sentence["hand"] is not None for sentence in sentences):
                continue
            checked = [_source(sentence) for sentence in sentences if sentence["method"] != "glue"]
            for sentence in glue:
                if not is_glue(_source(sentence), checked, allowed_names):
                    yield section["id"], f"{sentence['text'][:60]!r} cites nothing and says more than its paragraph"


def _misplaced(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield each glue in a table or in the review of a paper, where there is nothing to connect."""
    tables = ((it["id"], block) for it in data["sections"] for block in it["blocks"] if block["kind"] == "table")
    cells = ((place, cell) for place, block in tables for row in block["rows"] for cell in row["cells"])
    fields = ((f"card {paper['id']}", field) for paper in data["papers"] for field in paper["card"].values())
    reviews = ((place, it) for place, field in fields for it in (field if isinstance(field, list) else [field]))
    for place, sentence in (*cells, *reviews):
        if isinstance(sentence, dict) and sentence.get("method") == "glue":
            yield place, f"{sentence['text'][:60]!r} cites nothing and connects nothing"


def _source(sentence: Mapping[str, Any]) -> str:
    words: str = sentence.get("source") or sentence["marked"]
    return words
