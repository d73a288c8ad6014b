"""Find the properties of a paper that a survey can count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Facet, FacetName, Field
from surveygen.domain.text import fold_name
from surveygen.summarize._data_names import data_names
from surveygen.summarize._facet_words import FacetText, closed_values, is_english, language_codes, pattern, table, units
from surveygen.summarize._kind_of_work import kind_of_work
from surveygen.summarize._roles import limit_positions

YES = "yes"  # the value of a facet that a paper has or has not
_MAX_LANGUAGES = 12  # of a paper; who names more deals with languages as such
_REPOSITORY = re.compile(r"https?://(?:www\.)?(github|gitlab)\.com/([A-Za-z0-9][\w.-]*/[\w-][\w.-]*)", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def extract_facets(paper: Paper) -> tuple[Facet, ...]:
    """Return what can be counted of a paper, each with the whole sentence or part of a title that shows it.

    Values are unique within a name. Of papers that are not in English only the code link is found.
    """
    if not is_english(paper):
        return tuple(_code(paper, ()))
    parts = units(paper)
    kind = kind_of_work(parts)
    found = [Facet("kind", *kind)] if kind else []
    found += [
        *_data(paper, parts),
        *_models(parts),
        *_languages(parts),
        *_modalities(parts),
        *_access(parts),
        *_people(parts),
        *_code(paper, parts),
        *_limit(paper, parts),
    ]
    first: dict[tuple[str, str], Facet] = {}
    for facet in found:
        first.setdefault((facet.name, fold_name(facet.value)), facet)
    return tuple(first.values())


def dealing_with(paper: Paper, phrase: str) -> Evidence | None:
    """Return the part of the title, or sentence, by which a paper deals with a phrase; None if it only mentions it.

    It deals with what its title names, what its authors speak of when they tell of their own work, and what it names
    in two sentences. Words are equal after folding case, hyphens and plurals.

    >>> from surveygen.domain.paper import PaperId
    >>> paper = Paper(PaperId("a"), "Notes", "It rains. We test fine-tuning of reward models. Snow falls.")
    >>> dealing_with(paper, "reward model"), dealing_with(paper, "snow")
    (Evidence(paper='a', version=1, field='abstract', start=10, end=47), None)
    """
    return next(iter(find_phrases([paper], [phrase])[fold_name(phrase)]), None)


def find_phrases(papers: Iterable[Paper], phrases: Iterable[str]) -> Mapping[str, tuple[Evidence, ...]]:
    """Return for each phrase, folded, what `dealing_with` finds in the papers that deal with it, in their order.

    Each paper is read once, however many phrases there are.
    """
    wanted = sorted({fold_name(phrase) for phrase in phrases})
    spans: dict[str, list[Evidence]] = {phrase: [] for phrase in wanted}
    for paper in papers:
        having: dict[str, list[FacetText]] = {}
        for unit in units(paper):
            for phrase in dict.fromkeys(_phrases_in(unit, wanted)):
                having.setdefault(phrase, []).append(unit)
        for phrase, found in having.items():
            plain = next((unit for unit in found if unit.in_title or unit.own), found[0] if len(found) > 1 else None)
            if plain is not None:
                spans[phrase].append(plain.evidence)
    return {phrase: tuple(found) for phrase, found in spans.items()}


def recount(paper: Paper, name: FacetName, value: str) -> bool:
    """Whether a paper has a facet of this value; of a year, whether it is from that year on.

    Args:
        paper: the paper as of the version that was counted.
        name: of the facet.
        value: as in `Facet.value`, a year, or a phrase.
    """
    if name == "year":
        return value.isdecimal() and paper.year is not None and paper.year >= int(value)
    if name == "phrase":
        return dealing_with(paper, value) is not None
    wanted = fold_name(value)
    return any(facet.name == name and fold_name(facet.value) == wanted for facet in extract_facets(paper))


def code_link(paper: Paper) -> tuple[str, Evidence | None]:
    """Return the first repository on GitHub or GitLab in abstract or comment, and where it is; "" if there is none."""
    fields: tuple[Field, ...] = ("abstract", "comment")
    for field in fields:
        for match in _REPOSITORY.finditer(getattr(paper, field)):
            path = match[2].rstrip(".-").removesuffix(".git").rstrip(".")
            if path.count("/") == 1 and not path.endswith("/"):
                evidence = Evidence(paper.id, paper.version, field, match.start(), match.start(2) + len(path))
                return f"https://{match[1].lower()}.com/{path}", evidence
    return "", None


def _phrases_in(unit: FacetText, phrases: Sequence[str]) -> Iterator[str]:
    """Yield which of some folded phrases, sorted, are consecutive words of a text, joined."""
    words = unit.folded.split()
    for start in range(len(words)):
        joined = ""
        for at in range(start, len(words)):
            joined += words[at]
            place = bisect_left(phrases, joined)  # of the first phrase that may begin with these words
            if place == len(phrases) or not phrases[place].startswith(joined):
                break
            if phrases[place] == joined:
                yield joined


def _data(paper: Paper, parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    for unit in parts:
        for name in data_names(unit.text, paper.text):
            yield Facet("data", name, unit.evidence)


def _models(parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    for unit in parts:
        if unit.late or unit.in_title:
            # Most texts name none, which one search tells.
            families, names = _model_patterns()
            for family, matches in families.items() if names.search(unit.text) else ():
                if matches.search(unit.text):
                    yield Facet("model", family, unit.evidence)


@cache
def _model_patterns() -> tuple[Mapping[str, re.Pattern[str]], re.Pattern[str]]:
    """Return the pattern of each family of models, and one of any."""
    forms = {family: form if "[" in form else form.replace("-", "[- ]?") for family, form in table("model").items()}
    families = {family: re.compile(rf"(?<![\w-])(?:{form})(?!\w)") for family, form in forms.items()}
    return families, re.compile(rf"(?<![\w-])(?:{'|'.join(forms.values())})(?!\w)")


def _languages(parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    if not any(pattern("facts.about_text").search(unit.text) for unit in parts):
        return
    found: dict[str, Facet] = {}
    for unit in parts:
        if unit.late or unit.in_title:
            for code in _codes_in(unit.text):
                found.setdefault(code, Facet("language", code, unit.evidence))
    if len(found) <= _MAX_LANGUAGES:
        yield from found.values()


def _codes_in(text: str) -> Iterator[str]:
    """Yield the codes of the languages that a text names as such."""
    matches = [
        match
        for match in _language_names().finditer(text)
        if not pattern("facts.language_not").match(text[match.end() :])
        and not pattern("facts.language_not_before").search(text[: match.start()])
    ]
    for match in matches:
        listed = any(
            other is not match and re.fullmatch(r"(?:,? (?:and|or|to|into) |, | ?[-–—/&→↔] ?|-to-)", gap)
            for other in matches
            for gap in (text[min(match.end(), other.end()) : max(match.start(), other.start())],)
        )
        followed = pattern("facts.language_followed_by").match(text[match.end() :])
        led = pattern("facts.language_led_by").search(text[: match.start()])
        at_end = re.match(r" ?(?:[,;.:()]|and\b|or\b|\Z)", text[match.end() :])
        if listed or followed or (led and at_end):
            yield language_codes()[match[0].lower()]


@cache
def _language_names() -> re.Pattern[str]:
    names = (name.title() for name in sorted(language_codes(), key=lambda name: (-len(name), name)))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


def _modalities(parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    """Yield what the title, or the sentence in which the authors say what they do, is about."""
    texts = [unit for unit in parts if unit.in_title] + [unit for unit in parts if unit.own][:2]
    for value, matches in closed_values("modality").items():
        for unit in texts:
            if matches.search(unit.text):
                yield Facet("modality", value, unit.evidence)


def _access(parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    for value, matches in closed_values("access").items():
        for unit in parts:
            if not (unit.in_title or unit.own):
                continue
            match = matches.search(unit.text)
            if match and not pattern("facts.not_done").search(unit.text[: match.start()]):
                yield Facet("access", value, unit.evidence)


def _people(parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    for unit in parts:
        match = pattern("facts.people").search(unit.text) if unit.late else None
        if match and not pattern("facts.people_not").search(unit.text[: match.start()]):
            yield Facet("people", YES, unit.evidence)


def _code(paper: Paper, parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    _, evidence = code_link(paper)
    if evidence is not None:
        yield Facet("code", YES, evidence)
    for unit in parts:
        if pattern("facts.released").search(unit.text):
            yield Facet("code", YES, unit.evidence)


def _limit(paper: Paper, parts: tuple[FacetText, ...]) -> Iterator[Facet]:
    """Yield the first sentence that tells a limit or a failure."""
    sentences = [unit for unit in parts if not unit.in_title]
    positions = limit_positions([unit.text for unit in sentences], is_note=paper.abstract_kind == "note")
    for at in positions[:1]:
        yield Facet("limit", YES, sentences[at].evidence)
