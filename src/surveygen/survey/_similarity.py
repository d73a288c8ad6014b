"""Set the top themes side by side, by how alike their papers are."""

from __future__ import annotations

from itertools import combinations

from surveygen.domain.survey import SimilarityMatrix
from surveygen.survey.context import ComposeContext

_LEAST, _MOST = 3, 16  # themes: two have one likeness, which is no matrix; more do not fit the width of A4


def write_likeness(desk: ComposeContext) -> tuple[SimilarityMatrix, ...]:
    """Compare the largest top themes, in reading order; nothing where fewer than three are known."""
    known = desk.material.likeness
    tops = [top for top in desk.material.taxonomy.children(None) if any(top.id in pair for pair in known)]
    if len(tops) < _LEAST:
        return ()
    largest = sorted(tops, key=lambda top: -len(desk.members(top)))[:_MOST]
    shown = [top.id for top in tops if top in largest]
    pairs = sorted(combinations(shown, 2), key=lambda pair: -known[pair])
    (one, other), (far, away) = pairs[0], pairs[-1]
    caption = desk.say(
        "likeness_caption",
        one=desk.name(one),
        other=desk.name(other),
        most=desk.language.decimal(known[one, other]),
        far=desk.name(far),
        away=desk.name(away),
        least=desk.language.decimal(known[far, away]),
    )
    if len(shown) < len(tops):
        caption = f"{caption} {desk.say('likeness_shown', n=len(shown))}"
    values = tuple(tuple(known[row, column] if row != column else 1.0 for column in shown) for row in shown)
    return (SimilarityMatrix(caption, tuple(shown), values),)
