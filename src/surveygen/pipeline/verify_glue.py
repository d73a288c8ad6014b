"""Check the sentences of a draft that cite nothing because they only connect others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from surveygen.summarize import is_glue


def glue_problems(data: Mapping[str, Any], names: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    """Yield (section id, reason) for each glue whose words are not those of its paragraph and of the theme's name.

    A section about the whole survey may name its title and its top themes. A translation is checked by the sentence
    that it translates. A paragraph in which a person wrote is not checked, as the words that the glue was written for
    may be gone. A draft of another structure is left to `DraftCheck`.

    Args:
        data: a draft of the structure of survey.json.
        names: of each theme by its id, and under "" the title, in the language of the papers.
    """
    try:
        yield from _problems(data, names)
    except (KeyError, TypeError, ValueError, AttributeError):
        return


def _problems(data: Mapping[str, Any], names: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    of_theme = {theme["id"]: (theme["name"], *sorted(names.get(theme["id"], ()))) for theme in data["themes"]}
    tops = [name for theme in data["themes"] if theme["parent"] is None for name in of_theme[theme["id"]]]
    for section in data["sections"]:
        allowed_names = of_theme[section["theme"]] if section["theme"] else [data["title"], *names.get("", ()), *tops]
        for block in section["blocks"]:
            sentences = block.get("sentences", ())
            glue = [sentence for sentence in sentences if sentence["method"] == "glue"]
            if not glue or any(sentence["hand"] is not None for sentence in sentences):
                continue
            checked = [_source(sentence) for sentence in sentences if sentence["method"] != "glue"]
            for sentence in glue:
                if not is_glue(_source(sentence), checked, allowed_names):
                    yield section["id"], f"{sentence['text'][:60]!r} cites nothing and says more than its paragraph"


def _source(sentence: Mapping[str, Any]) -> str:
    words: str = sentence.get("source") or sentence["marked"]
    return words
