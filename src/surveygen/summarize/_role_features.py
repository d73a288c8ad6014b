"""What the role classifier looks at in each sentence of an abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from surveygen.summarize._english import cues

NEIGHBOR = 0.5  # strength of a neighbour's words against 1 for the sentence's own
_TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*|\d[\d.,]*%?|[%?:;()]")
_CUES = cues()


def features(sentences: Sequence[str]) -> list[dict[str, float]]:
    """Name the features that are on, each with its strength, for each sentence of one abstract in order.

    Words and word pairs of the sentence, words of its two neighbours, set phrases here and around, length, position.
    """
    lowered = [sentence.lower() for sentence in sentences]
    tokens = [_tokens(text) for text in lowered]
    found = [{name for name, cue in _CUES.items() if cue.search(text)} for text in lowered]
    return [
        _words(i, tokens) | dict.fromkeys([*_phrases(i, found), *_place(i, len(tokens), len(tokens[i]))], 1.0)
        for i in range(len(sentences))
    ]


def _words(i: int, tokens: list[list[str]]) -> dict[str, float]:
    own = tokens[i]
    before = tokens[i - 1] if i else ["^"]
    after = tokens[i + 1] if i + 1 < len(tokens) else ["$"]
    on = dict.fromkeys([*(f"p {token}" for token in before), *(f"n {token}" for token in after)], NEIGHBOR)
    on |= dict.fromkeys([*(f"w {token}" for token in own), *(f"b {a} {b}" for a, b in pairwise(own))], 1.0)
    on |= dict.fromkeys([f"first {token}" for token in own[:4]], 1.0)
    for mark, words in (("s", own), ("ps", before), ("ns", after)):
        on |= dict.fromkeys([f"{mark} {' '.join(words[:k])}" for k in (1, 2, 3)], 1.0)
    return on


def _phrases(i: int, found: list[set[str]]) -> list[str]:
    third = 3 * i // len(found)
    on = [f"c {name}" for name in found[i]] + [f"c {name} @{third}" for name in found[i]]
    on += [f"cp {name}" for name in found[i - 1]] if i else []
    on += [f"cn {name}" for name in found[i + 1]] if i + 1 < len(found) else []
    earlier, later = set().union(*found[:i]), set().union(*found[i + 1 :])
    on += [f"earlier {name} {name in earlier}" for name in ("own", "own-start", "find")]
    return [*on, f"later own {'own' in later}"]


def _place(i: int, n: int, length: int) -> list[str]:
    return [
        f"at {10 * i // n}",
        f"from {min(i, 5)}",
        f"left {min(n - 1 - i, 4)}",
        f"of {min(n, 12)}",
        f"long {min(length // 6, 8)}",
    ]


def _tokens(text: str) -> list[str]:
    return ["#" if token[0].isdigit() else token for token in _TOKEN.findall(text)]
