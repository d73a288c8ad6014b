"""What each sentence of an abstract does, with a probability."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.summary import Role
from surveygen.summarize._english import either
from surveygen.summarize._role_features import features

Label = Literal["background", "objective", "method", "result", "other"]
LABELS: tuple[Label, ...] = ("background", "objective", "method", "result", "other")
LEAST_OWN = 0.6  # of `own` in settle(): a fifth of the title's words
# How much the order of roles counts against the words, and how much of the label shares is taken out of the words'
# verdict first (it comes back with the order); set on the dev rows by benchmarks/train_roles.py.
ORDER, PRIOR = 0.7, 0.5

_ROLES: Mapping[Label, Role] = {
    "background": "problem",
    "objective": "approach",
    "method": "approach",
    "result": "finding",
    "other": "other",
}
_LIMIT, _OPEN, _ADVERTISED, _PROBLEM = (
    re.compile(rf"\b{either(name)}\b", re.IGNORECASE) for name in ("limit", "open", "advertised", "problem")
)
_ANNOUNCED = re.compile(rf"\b{either('announced')}", re.IGNORECASE)
# What authors do rather than find, in the words of a rewritten sentence; what shows that they found something.
_DOING = re.compile(
    rf"(?:\[@[^\]]+\] (?:\w+ly |also |further |then |have |has |had )*|\b(?:is|are|was|were|been) (?:\w+ly |also )?)"
    rf"{either('doing')}\b|\bwill\b",
    re.IGNORECASE,
)
_FOUND, _FOUND_TOO, _SURELY_FOUND = (
    re.compile(either(name), re.IGNORECASE) for name in ("found", "found_too", "surely_found")
)
_THIRD_PERSON = (  # an editor's note says of the authors what an abstract says of "we"
    (re.compile(r"\b(?:The authors|[A-Z][\w-]+ (?:and (?:colleagues|co-?authors)|et al\.))"), "We"),
    (re.compile(r"\bthe authors\b"), "we"),
    (re.compile(r"\bThe (paper|study|work|survey|article)\b"), r"This \1"),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """The role of a sentence; `label` is the classifier's, `sure` its probability, `open` whether it looks ahead."""

    role: Role
    label: Label
    sure: float
    open: bool = False


_NOTE_SURE = 0.7
_NOTE_ORDER = (Labelled("problem", "objective", _NOTE_SURE), Labelled("approach", "method", _NOTE_SURE))


@dataclass(frozen=True, slots=True, eq=False)
class RoleClassifier:
    """Logistic regression over named features, then the usual order of roles (forward-backward).

    Attributes:
        weights: per feature a row of `matrix`. matrix: `(n_features, 5)` float64. bias, log_prior: `(5,)`.
        log_moves: `(6, 5)`, log probability of a label after each label; the last row begins an abstract.
    """

    weights: Mapping[str, int]
    matrix: NDArray[np.float64]
    bias: NDArray[np.float64]
    log_prior: NDArray[np.float64]
    log_moves: NDArray[np.float64]

    def marginals(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return `(n_sentences, 5)` probabilities in the order of LABELS, rows summing to 1."""
        scores = np.stack([self._score(on) for on in features(sentences)])
        scores -= _log_sum(scores, axis=1)[:, None]
        return _forward_backward(scores - PRIOR * self.log_prior, ORDER * self.log_moves)

    def _score(self, on: Mapping[str, float]) -> NDArray[np.float64]:
        known = [(self.weights[name], strength) for name, strength in on.items() if name in self.weights]
        rows, strengths = [row for row, _ in known], np.array([strength for _, strength in known])
        total: NDArray[np.float64] = strengths @ self.matrix[rows] + self.bias
        return total


@cache
def load() -> RoleClassifier:
    """Read the shipped numbers."""
    data = json.loads(gzip.decompress((files(__package__) / "_roles_en.json.gz").read_bytes()))
    return RoleClassifier(
        weights={name: row for row, name in enumerate(data["weights"])},
        matrix=np.array(list(data["weights"].values()), dtype=np.float64) / 1000,
        bias=np.array(data["bias"]),
        log_prior=np.array(data["log_prior"]),
        log_moves=np.array(data["log_moves"]),
    )


def label(sentences: Sequence[str]) -> tuple[Labelled, ...]:
    """Give each sentence of one English abstract, in its order, its role."""
    if not sentences:
        return ()
    found = load().marginals([_as_abstract(sentence) for sentence in sentences])
    return tuple(_labelled(sentence, row) for sentence, row in zip(sentences, found, strict=True))


def label_note(sentences: Sequence[str]) -> tuple[Labelled, ...]:
    """Give each sentence of an editor's note its role.

    A note is written to be read in order: aim, method, findings, and at the end a limit (docs/reference.md), so the
    place decides. The classifier has learned from abstracts and is asked only past the first two sentences, where it
    may know a method when it is sure.
    """
    labels: list[Labelled] = []
    for place, (text, guess) in enumerate(zip(sentences, label(sentences), strict=True)):
        if place < len(_NOTE_ORDER):
            labels.append(_NOTE_ORDER[place])
        elif place == len(sentences) - 1 and _LIMIT.search(text):
            labels.append(Labelled("limit", "result", _NOTE_SURE, bool(_OPEN.search(text))))
        elif guess.label == "method" and guess.sure > _NOTE_SURE:
            labels.append(guess)
        else:
            labels.append(Labelled("finding", "result", _NOTE_SURE))
    return tuple(labels)


def speaks_of_problem(text: str) -> bool:
    """Whether a sentence has a word of what is wrong or missing."""
    return bool(_PROBLEM.search(text))


def tells_result(text: str) -> bool:
    """Whether a rewritten sentence has a word of what was found or reached."""
    return bool(_FOUND.search(text))


def settle(labelled: Labelled, text: str, own: float, *, late: bool) -> Labelled:
    """Correct a role by what the rewritten sentence says.

    `own` is how plainly it is about its paper, 0 to 1; `late` is whether it stands in the second half of the abstract.
    """
    if _ANNOUNCED.search(text):  # that something is said of the future, and not what
        return replace(labelled, role="other", open=False)
    if late and labelled.label != "objective" and _LIMIT.search(text) and not _ADVERTISED.search(text):
        return replace(labelled, role="limit", open=bool(_OPEN.search(text)))
    return replace(labelled, role=_settled_role(labelled, text, own, late=late))


def _settled_role(labelled: Labelled, text: str, own: float, *, late: bool) -> Role:
    if labelled.label == "background" and own == 1:
        return "approach"
    if labelled.role == "approach" and labelled.label == "method" and _SURELY_FOUND.search(text):
        return "finding"
    if labelled.role == "finding" and _DOING.search(text) and not _FOUND_TOO.search(text):
        return "approach" if own == 1 else "other"
    if labelled.role == "approach" and own < LEAST_OWN:  # about nothing that the paper is named for
        return "finding" if late and tells_result(text) else "other"
    return labelled.role


def _labelled(sentence: str, row: NDArray[np.float64]) -> Labelled:
    best = int(row.argmax())
    own = LABELS[best]
    if own == "background" and not speaks_of_problem(sentence):
        return Labelled("other", own, float(row[best]))  # says what is, not what is wrong
    return Labelled(_ROLES[own], own, float(row[best]))


def _as_abstract(sentence: str) -> str:
    for pattern, instead in _THIRD_PERSON:
        sentence = pattern.sub(instead, sentence)
    return sentence


def _forward_backward(scores: NDArray[np.float64], moves: NDArray[np.float64]) -> NDArray[np.float64]:
    forward = np.empty_like(scores)
    backward = np.zeros_like(scores)
    forward[0] = scores[0] + moves[-1]
    for i in range(1, len(scores)):
        forward[i] = scores[i] + _log_sum(forward[i - 1][:, None] + moves[:-1], axis=0)
    for i in range(len(scores) - 2, -1, -1):
        backward[i] = _log_sum(moves[:-1] + (scores[i + 1] + backward[i + 1])[None, :], axis=1)
    joint = forward + backward
    marginal: NDArray[np.float64] = np.exp(joint - _log_sum(joint, axis=1)[:, None])
    return marginal


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    top = values.max(axis=axis, keepdims=True)
    total: NDArray[np.float64] = np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis)
    return total
