"""How the small arXiv speaks OAI-PMH: pages by offset, as arXiv's own server makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from arxiv_world import State, World

EARLIEST = "2005-09-16"
_ALLOWED = {
    "Identify": set(),
    "ListRecords": {"metadataPrefix", "set", "from", "until"},
    "ListIdentifiers": {"metadataPrefix", "set", "from", "until"},
    "GetRecord": {"metadataPrefix", "identifier"},
}
CODES = (
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
    "noMetadataFormats", "noSetHierarchy",
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """Records and headers a page; arXiv has 2,500 and 20,000."""

    records: int = 10
    headers: int = 80


def oai_answer(world: World, query: Mapping[str, str], sizes: Sizes, fault: str = "") -> bytes:
    """Answer a request; some faults of content are made here."""
    verb = query.get("verb", "")
    asked = dict(parse_qsl(query["resumptionToken"])) if "resumptionToken" in query else dict(query)
    code = fault if fault in CODES else _complaint(verb, query, asked)
    if code:
        return _error(world, code, "refused by the replica")
    if verb == "Identify":
        return _identify(world)
    return _get_record(world, asked) if verb == "GetRecord" else _list(world, asked, sizes, fault)


def _complaint(verb: str, query: Mapping[str, str], asked: Mapping[str, str]) -> str:
    """Return the code of what is wrong with a request, empty if it is good."""
    resumed = "resumptionToken" in query
    extra = set(query) - {"verb", *({"resumptionToken"} if resumed else _ALLOWED.get(verb, set()))}
    complaints = {
        "badVerb": verb not in _ALLOWED,
        "badArgument": bool(extra),
        "badResumptionToken": resumed and (asked.get("verb") != verb or not asked.get("skip", "").isdigit()),
        "cannotDisseminateFormat": verb != "Identify" and asked.get("metadataPrefix") != "arXivRaw",
    }
    return next((code for code, holds in complaints.items() if holds), "")


def _identify(world: World) -> bytes:
    return _document(
        world,
        f"<Identify><repositoryName>replica</repositoryName><protocolVersion>2.0</protocolVersion>"
        f"<earliestDatestamp>{EARLIEST}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        f"<granularity>YYYY-MM-DD</granularity></Identify>",
    )


def _get_record(world: World, asked: Mapping[str, str]) -> bytes:
    name = asked.get("identifier", "").removeprefix("oai:arXiv.org:")
    found = [state for state in world.current() if state.id == name]
    if not found:
        return _error(world, "idDoesNotExist", name)
    return _document(world, f"<GetRecord>{found[0].record}</GetRecord>")


def _list(world: World, asked: Mapping[str, str], sizes: Sizes, fault: str) -> bytes:
    verb, skip = asked["verb"], int(asked.get("skip", "0"))
    since, until = asked.get("from", EARLIEST), asked.get("until", "9999-12-31")
    if since < EARLIEST or since > until or len(since) != 10:
        return _error(world, "badArgument", f"from {since}")
    found = [
        state
        for state in world.current()
        if since <= state.moment[:10] <= until and _in_set(state, asked.get("set", ""))
    ]
    size = sizes.records if verb == "ListRecords" else sizes.headers
    page = found[skip : skip + size]
    if not page:
        return _error(world, "noRecordsMatch", "nothing")
    if fault == "empty list":
        return _document(world, f"<{verb}></{verb}>")
    shown = [state.record if verb == "ListRecords" else state.header for state in page]
    if fault == "bad record":
        shown[0] = shown[0].replace("<title>", "<titel>").replace("</title>", "</titel>")
    more = skip + size < len(found)
    token = urlencode({**asked, "skip": skip + size}) if more else ""
    if fault == "token repeated" and skip:
        token = urlencode({**asked, "skip": skip})
    if fault == "token of other verb" and more:
        token = urlencode({**asked, "verb": "ListSets", "skip": skip + size})
    return _document(world, f"<{verb}>{''.join(shown)}{_token(token, bool(skip), world, fault)}</{verb}>")


def _in_set(state: State, spec: str) -> bool:
    return not spec or any(own == spec or own.startswith(f"{spec}:") for own in state.sets)


def _token(token: str, resumed: bool, world: World, fault: str) -> str:  # noqa: FBT001  # a fact, not a flag
    if not token and (not resumed or fault == "no empty token"):
        return ""
    expires = f'expirationDate="{world.now[:10]}T23:59:59Z"'
    old = ' cursor="0" completeListSize="99"' if fault == "old dialect" else ""
    return f"<resumptionToken {expires}{old}>{escape(token)}</resumptionToken>"


def _error(world: World, code: str, words: str) -> bytes:
    return _document(world, f'<error code="{code}">{escape(words)}</error>')


def _document(world: World, inner: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>{world.now}</responseDate><request>replica</request>{inner}</OAI-PMH>\n"
    ).encode()


def shown_sets(states: Sequence[State]) -> tuple[str, ...]:
    """Return the archives of some papers as sets, sorted."""
    return tuple(sorted({":".join(spec.split(":")[:2]) for state in states for spec in state.sets}))
