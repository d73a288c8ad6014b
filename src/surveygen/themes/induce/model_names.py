"""Name and define induced themes with a language model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.llm import LlmClient, read_list
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import clean, stem, tokenize
from surveygen.domain.theme import Theme, ThemeId
from surveygen.errors import SummaryError
from surveygen.languages.definitions import read_definition

TASK = "names"  # the prompt
_TITLES = 8  # of papers that the prompt shows of a theme, the most central first
_MAX_NAME, _MAX_NAME_WORDS = 60, 6
_MAX_DEFINITION = 300
_DEFINITION_WORDS = (5, 40)
_PLAIN_NAME = re.compile(r"[^\W_]+(?:[ '’/-][^\W_]+)*")
_PLAIN_DEFINITION = re.compile(r"[^\W\d_][\w ,;'’()/-]*\.")
_SCHEMA = json.dumps(
    {
        "title": "names",
        "type": "object",
        "additionalProperties": False,
        "required": ["names"],
        "properties": {
            "names": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["number", "name", "definition"],
                    "properties": {
                        "number": {"type": "integer"},
                        "name": {"type": "string"},
                        "definition": {"type": "string"},
                    },
                },
            }
        },
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class ThemeMembers:
    """The papers of new themes, those of their sub-themes included, and how texts become vectors.

    Attributes:
        papers: by theme. embeddings: `(n, dim)` float32 rows of length 1, of these papers.
        encode: embeds short texts, `(n, dim)` float32 rows of length 1 in the same space.
    """

    papers: Mapping[ThemeId, Sequence[Paper]]
    embeddings: Embeddings
    encode: Callable[[Sequence[str]], Vectors]

    def assigned_back(self, themes: Sequence[Theme]) -> int:
        """Return how many papers of two siblings or more are nearest to the name and definition of their own theme.

        Titles that a computed definition cites are not read: a written one has none to compare with.
        """
        texts = self.encode([f"{theme.name}. {_without_examples(theme.description)}" for theme in themes])
        right = 0
        for number, theme in enumerate(themes):
            scores = self.embeddings.rows([paper.id for paper in self.papers[theme.id]]) @ texts.T
            right += int(np.sum(scores[:, number] > np.delete(scores, number, axis=1).max(axis=1)))
        return right


def name_by_model(
    client: LlmClient, themes: Sequence[Theme], members: ThemeMembers, taken: Sequence[str] = ()
) -> tuple[Theme, ...]:
    """Return new themes with the names and definitions of a model where these pass the test.

    The children of each parent are named in one request. A proposal is used if it has the form of a name and of a
    sentence, repeats no other name of the tree, and the papers of all siblings are assigned back by names and
    definitions alone at least as well as with the computed one; else the computed one stays. Ids do not change.

    Args:
        client: of the language model.
        themes: the new themes, parents before their children.
        members: their papers.
        taken: the names of all other themes of the survey.
    """
    named = {theme.id: theme for theme in themes}
    for parent in dict.fromkeys(theme.parent for theme in themes):
        siblings = [theme for theme in named.values() if theme.parent == parent and members.papers.get(theme.id)]
        above = named[parent].name if parent in named else ""
        if len(siblings) < 2:
            continue  # nothing that it has to be told from
        proposals = client(TASK, _values(siblings, above, members), _SCHEMA, parse_names) or {}
        for at, old in enumerate(siblings):
            name, definition = proposals.get(at + 1, ("", ""))
            new = replace(old, name=name, description=definition)
            others = [theme.name for theme in named.values() if theme.id != old.id]
            if not _is_well_formed(new, members.papers[old.id]) or _repeats(name, (*others, *taken)):
                continue
            proposed = [*siblings[:at], new, *siblings[at + 1 :]]
            if members.assigned_back(proposed) >= members.assigned_back(siblings):
                named[old.id], siblings = new, proposed
    return tuple(named[theme.id] for theme in themes)


def _without_examples(description: str) -> str:
    definition = read_definition(description)
    return replace(definition, examples=()).say() if definition else description


def parse_names(response: str) -> dict[int, tuple[str, str]]:
    """Return name and definition by the number of a theme.

    Raises:
        SummaryError: there are none.
    """
    try:
        rows = read_list(response, "names")
    except ValueError as error:
        raise SummaryError(str(error)) from error
    names = dict(_rows(rows))
    if not names:
        raise SummaryError('no object has a "number", a "name" and a "definition"')
    return names


def _rows(rows: Sequence[object]) -> Iterator[tuple[int, tuple[str, str]]]:
    for row in rows:
        if isinstance(row, dict):
            number, name, definition = row.get("number"), row.get("name"), row.get("definition")
            if type(number) is int and isinstance(name, str) and isinstance(definition, str):
                yield number, (clean(name, _MAX_NAME + 1).rstrip("."), clean(definition, _MAX_DEFINITION + 1))


def _values(siblings: Sequence[Theme], above: str, members: ThemeMembers) -> dict[str, object]:
    """Return what the prompt prints."""
    return {
        "above": above,
        "themes": [
            {
                "number": number,
                "name": theme.name,
                "size": len(members.papers[theme.id]),
                "keywords": ", ".join(theme.keywords),
                "titles": _central_titles(theme, members.papers[theme.id]),
            }
            for number, theme in enumerate(siblings, start=1)
        ],
    }


def _central_titles(theme: Theme, papers: Sequence[Paper]) -> list[str]:
    rank: dict[PaperId, int] = {paper: number for number, paper in enumerate(theme.seeds)}
    ordered = sorted(papers, key=lambda paper: (rank.get(paper.id, len(rank)), paper.id))
    return [paper.title for paper in ordered[:_TITLES]]


def _is_well_formed(theme: Theme, papers: Sequence[Paper]) -> bool:
    """Whether name and definition have the length and form wanted; capitalized names must be those of its papers."""
    name, definition = theme.name, theme.description
    if len(name) > _MAX_NAME or len(definition) > _MAX_DEFINITION:
        return False
    least, most = _DEFINITION_WORDS
    lengths = 0 < len(tokenize(name)) <= _MAX_NAME_WORDS and least <= len(tokenize(definition)) <= most
    if not lengths or not _PLAIN_NAME.fullmatch(name) or not _PLAIN_DEFINITION.fullmatch(definition):
        return False
    read = {word for paper in papers for word in tokenize(paper.text)}
    proper = {word.lower() for word in re.findall(r"\w*[A-Z0-9]\w*", definition)[1:]}
    return proper <= read


def _repeats(name: str, others: Sequence[str]) -> bool:
    """Whether a name has the same words as another, but for plurals, hyphens, capitals and order."""
    words = {stem(word) for word in tokenize(name)}
    return any(words == {stem(word) for word in tokenize(other)} for other in others)
