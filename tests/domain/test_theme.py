"""The tree of themes."""

from __future__ import annotations

import pytest

from surveygen.domain.theme import Taxonomy, Theme, ThemeId


def _theme(name: str, parent: str | None = None) -> Theme:
    return Theme(ThemeId(name), name.title(), ThemeId(parent) if parent else None, names=(("ja", f"{name}-ja"),))


TREE = Taxonomy((_theme("a"), _theme("aa", "a"), _theme("aaa", "aa"), _theme("b")))


def test_paths_run_from_the_top() -> None:
    """A path names every theme from the top theme down."""
    assert TREE.path(ThemeId("aaa")) == ("a", "aa", "aaa")


def test_children_and_subtrees() -> None:
    """Children are direct; a subtree holds the theme itself and all below."""
    assert [theme.id for theme in TREE.children(None)] == ["a", "b"]
    assert [theme.id for theme in TREE.subtree(ThemeId("a"))] == ["a", "aa", "aaa"]


def test_names_fall_back_to_english() -> None:
    """A theme without a name in a language is shown with its English one."""
    assert TREE[ThemeId("a")].name_in("ja") == "a-ja"
    assert TREE[ThemeId("a")].name_in("fr") == "A"


@pytest.mark.parametrize("themes", [(_theme("a"), _theme("a")), (_theme("aa", "a"), _theme("a"))])
def test_a_broken_tree_is_refused(themes: tuple[Theme, ...]) -> None:
    """An id stands once, and parents stand before their children."""
    with pytest.raises(ValueError, match=r"id|parent"):
        Taxonomy(themes)
