"""Classify what each sentence of an abstract does: problem, approach, finding, limit."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.summary import Role
from surveygen.summarize._content import tells_result
from surveygen.summarize._english import cue_patterns, phrases

Label = Literal["background", "objective", "method", "result", "other"]
ROLE_LABELS: tuple[Label, ...] = ("background", "objective", "method", "result", "other")

_NEIGHBOR = 0.5  # strength of a feature of the neighbouring sentences; 1 for the sentence's own
_TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*|\d[\d.,]*%?|[%?:;()]")  # as in training
_CUES = cue_patterns()
# How much the order of roles counts against the words, and how much of the label shares is taken out of the words'
# verdict first (it comes back with the order); set on the dev rows by benchmarks/train_roles.py.
_ORDER, _PRIOR = 0.7, 0.5

_MIN_TITLE_SHARE = 0.6  # of `own` in refine_role: a fifth of the title's words
_ROLES: Mapping[Label, Role] = {
    "background": "problem",
    "objective": "approach",
    "method": "approach",
    "result": "finding",
    "other": "other",
}
_LIMIT, _OPEN, _ADVERTISED, _PROBLEM = (
    re.compile(rf"\b{phrases(name)}\b", re.IGNORECASE) for name in ("limit", "open", "advertised", "problem")
)
_OTHERS_LACK, _WORKED_ON, _SUBORDINATE = (
    re.compile(phrases(name), re.IGNORECASE) for name in ("others_lack", "worked_on", "subordinate")
)
_ANNOUNCED = re.compile(rf"\b{phrases('announced')}", re.IGNORECASE)
# What authors do rather than find, in the words of a rewritten sentence; what shows that they found something.
_DOING = re.compile(
    rf"(?:\[@[^\]]+\] (?:\w+ly |also |further |then |have |has |had )*|\b(?:is|are|was|were|been) (?:\w+ly |also )?)"
    rf"{phrases('doing')}\b|\bwill\b",
    re.IGNORECASE,
)
_RESULT, _WEAK_RESULT, _SURE_RESULT = (
    re.compile(phrases(name), re.IGNORECASE) for name in ("found", "found_too", "surely_found")
)
_THIRD_PERSON = (  # an editor's note says of the authors what an abstract says of "we"
    (re.compile(r"\b(?:The authors|[A-Z][\w-]+ (?:and (?:colleagues|co-?authors)|et al\.))"), "We"),
    (re.compile(r"\bthe authors\b"), "we"),
    (re.compile(r"\bThe (paper|study|work|survey|article)\b"), r"This \1"),
)


@dataclass(frozen=True, slots=True)
class RoleLabel:
    """What a sentence does.

    Attributes:
        role: its role in a summary. label: that of the classifier. probability: the classifier's, 0 to 1.
        open: whether it names what is still to be done.
    """

    role: Role
    label: Label
    probability: float
    open: bool = False


_NOTE_PROBABILITY = 0.7
_NOTE_START = (
    RoleLabel("problem", "objective", _NOTE_PROBABILITY),
    RoleLabel("approach", "method", _NOTE_PROBABILITY),
)


@dataclass(frozen=True, slots=True, eq=False)
class RoleClassifier:
    """Logistic regression over named features, then the usual order of roles (forward-backward).

    Attributes:
        rows: for each feature its row of `weights`. weights: `(n_features, 5)` float64. bias, log_prior: `(5,)`.
        log_transitions: `(6, 5)`, log probability of a label after each label; the last row begins an abstract.
    """

    rows: Mapping[str, int]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    log_prior: NDArray[np.float64]
    log_transitions: NDArray[np.float64]

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """Load the weights that benchmarks/train_roles.py wrote."""
        data = json.loads(gzip.decompress((files(__package__) / "_roles_en.json.gz").read_bytes()))
        return cls(
            rows={name: row for row, name in enumerate(data["weights"])},
            weights=np.array(list(data["weights"].values()), dtype=np.float64) / 1000,
            bias=np.array(data["bias"]),
            log_prior=np.array(data["log_prior"]),
            log_transitions=np.array(data["log_moves"]),
        )

    def marginals(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return `(n_sentences, 5)` probabilities in the order of ROLE_LABELS, rows summing to 1."""
        scores = np.empty((len(sentences), len(ROLE_LABELS)))
        for i, features in enumerate(role_features(sentences)):
            weighted = [(self.rows[name], strength) for name, strength in features.items() if name in self.rows]
            rows, strengths = [row for row, _ in weighted], np.array([strength for _, strength in weighted])
            scores[i] = strengths @ self.weights[rows] + self.bias
        scores -= _log_sum(scores, axis=1)[:, None]
        scores, transitions = scores - _PRIOR * self.log_prior, _ORDER * self.log_transitions
        forward = np.empty_like(scores)
        backward = np.zeros_like(scores)
        forward[0] = scores[0] + transitions[-1]
        for i in range(1, len(scores)):
            forward[i] = scores[i] + _log_sum(forward[i - 1][:, None] + transitions[:-1], axis=0)
        for i in range(len(scores) - 2, -1, -1):
            backward[i] = _log_sum(transitions[:-1] + (scores[i + 1] + backward[i + 1])[None, :], axis=1)
        joint = forward + backward
        marginal: NDArray[np.float64] = np.exp(joint - _log_sum(joint, axis=1)[:, None])
        return marginal


def role_features(sentences: Sequence[str]) -> list[dict[str, float]]:
    """Return the features of each sentence of one abstract, in order: name and strength.

    Words and word pairs of the sentence, words of its two neighbours, cue phrases here and around, length, position.
    """
    lowered = [sentence.lower() for sentence in sentences]
    tokens = [["#" if token[0].isdigit() else token for token in _TOKEN.findall(text)] for text in lowered]
    cues = [[name for name, cue in _CUES.items() if cue.search(text)] for text in lowered]
    count = len(sentences)
    return [
        _features_around(i, tokens, cues)
        | dict.fromkeys(
            [
                f"at {10 * i // count}",
                f"from {min(i, 5)}",
                f"left {min(count - 1 - i, 4)}",
                f"of {min(count, 12)}",
                f"long {min(len(tokens[i]) // 6, 8)}",
            ],
            1.0,
        )
        for i in range(count)
    ]


def label_sentences(sentences: Sequence[str]) -> tuple[RoleLabel, ...]:
    """Label the sentences of one English abstract, in their order."""
    if not sentences:
        return ()
    abstract = list(sentences)
    for pattern, replacement in _THIRD_PERSON:
        abstract = [pattern.sub(replacement, sentence) for sentence in abstract]
    labels = []
    for sentence, row in zip(sentences, RoleClassifier.shipped().marginals(abstract), strict=True):
        label = ROLE_LABELS[int(row.argmax())]
        states_a_fact = label == "background" and not mentions_problem(sentence)  # says what is, not what is wrong
        labels.append(RoleLabel("other" if states_a_fact else _ROLES[label], label, float(row.max())))
    return tuple(labels)


def label_note(sentences: Sequence[str]) -> tuple[RoleLabel, ...]:
    """Label the sentences of an editor's note.

    A note is written to be read in order: aim, method, findings, and at the end a limit (docs/reference.md), so the
    position decides. The classifier has learned from abstracts and is used only past the first two sentences, where it
    may recognize a method when it is sure.
    """
    labels: list[RoleLabel] = []
    for position, (text, guess) in enumerate(zip(sentences, label_sentences(sentences), strict=True)):
        if position < len(_NOTE_START):
            labels.append(_NOTE_START[position])
        elif position == len(sentences) - 1 and _LIMIT.search(text):
            labels.append(RoleLabel("limit", "result", _NOTE_PROBABILITY, bool(_OPEN.search(text))))
        elif guess.label == "method" and guess.probability > _NOTE_PROBABILITY:
            labels.append(guess)
        else:
            labels.append(RoleLabel("finding", "result", _NOTE_PROBABILITY))
    return tuple(labels)


def refine_role(label: RoleLabel, text: str, own: float, *, late: bool) -> RoleLabel:
    """Correct a role by what the rewritten sentence says.

    Args:
        label: that of the classifier.
        text: the rewritten sentence.
        own: how plainly the sentence is about its paper, 0 to 1.
        late: whether it is in the second half of the abstract.
    """
    if _ANNOUNCED.search(text):  # announces that something is said of the future, and does not say it
        return replace(label, role="other", open=False)
    if late and label.label not in ("objective", "method") and states_limit(text):
        if _OTHERS_LACK.match(text):
            return replace(label, role="problem")
        return replace(label, role="limit", open=is_open(text))
    role = label.role
    if label.label == "background" and own == 1:
        role = "finding" if _SURE_RESULT.search(text) else "approach"
    elif role == "approach" and label.label == "method" and _SURE_RESULT.search(text):
        role = "finding"
    elif role == "finding" and _DOING.search(text) and not _WEAK_RESULT.search(text):
        role = "approach" if own == 1 else "other"
    elif role == "approach" and own < _MIN_TITLE_SHARE:  # about nothing that the title names
        role = "finding" if late and mentions_result(text) else "other"
    if role == "finding" and not tells_result(text):
        role = "other"
    return replace(label, role=role)


def states_limit(text: str) -> bool:
    """Whether a sentence tells a failure or a condition, and not as what the paper works on."""
    return bool(_LIMIT.search(text)) and not (_ADVERTISED.search(text) or _WORKED_ON.search(text))


def limit_positions(sentences: Sequence[str], *, is_note: bool) -> tuple[int, ...]:
    """Return the positions of the sentences of a text that tell a limit or a failure, its own or that of others.

    What the authors aim at or do is neither.

    Args:
        sentences: all of an abstract or of an editor's note, in order.
        is_note: whether they are a note.
    """
    stated = [at for at, text in enumerate(sentences) if states_limit(text) and not _ANNOUNCED.search(text)]
    if not stated:
        return ()
    labels = label_note(sentences) if is_note else label_sentences(sentences)
    return tuple(at for at in stated if labels[at].label not in ("objective", "method"))


def is_open(text: str) -> bool:
    """Whether the main clause of a sentence names what is still to be done."""
    return bool(_OPEN.search(_SUBORDINATE.sub("", text)))


def mentions_problem(text: str) -> bool:
    """Whether a sentence has a word for what is wrong or missing."""
    return bool(_PROBLEM.search(text))


def mentions_result(text: str) -> bool:
    """Whether a rewritten sentence has a word for what was found or reached."""
    return bool(_RESULT.search(text))


def _features_around(i: int, tokens: list[list[str]], cues: list[list[str]]) -> dict[str, float]:
    """Return the features of the words and cue phrases of a sentence and of its neighbors."""
    own = tokens[i]
    before = tokens[i - 1] if i else ["^"]
    after = tokens[i + 1] if i + 1 < len(tokens) else ["$"]
    features = dict.fromkeys([*(f"p {token}" for token in before), *(f"n {token}" for token in after)], _NEIGHBOR)
    features |= dict.fromkeys([*(f"w {token}" for token in own), *(f"b {a} {b}" for a, b in pairwise(own))], 1.0)
    features |= dict.fromkeys([f"first {token}" for token in own[:4]], 1.0)
    for prefix, words in (("s", own), ("ps", before), ("ns", after)):
        features |= dict.fromkeys([f"{prefix} {' '.join(words[:k])}" for k in (1, 2, 3)], 1.0)
    third = 3 * i // len(cues)
    names = [f"c {name}" for name in cues[i]] + [f"c {name} @{third}" for name in cues[i]]
    names += [f"cp {name}" for name in cues[i - 1]] if i else []
    names += [f"cn {name}" for name in cues[i + 1]] if i + 1 < len(cues) else []
    earlier, later = set().union(*cues[:i]), set().union(*cues[i + 1 :])
    names += [f"earlier {name} {name in earlier}" for name in ("own", "own-start", "find")]
    return features | dict.fromkeys([*names, f"later own {'own' in later}"], 1.0)


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    top = values.max(axis=axis, keepdims=True)
    total: NDArray[np.float64] = np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis)
    return total
