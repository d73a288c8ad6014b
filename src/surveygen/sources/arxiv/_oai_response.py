"""Parser of the responses of an OAI-PMH server, with records in arXivRaw."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import BadRecord, Paper, PaperId, parse_arxiv_id
from surveygen.domain.text import clean
from surveygen.errors import SourceError
from surveygen.sources.authors import split_signatures
from surveygen.sources.dates import iso_date
from surveygen.sources.http.body import child_text, parse_xml
from surveygen.sources.http.retry import UnusableError, rule_for_code
from surveygen.sources.record import MAX_RAW, is_withdrawal_comment, paper_from

OAI = "{http://www.openarchives.org/OAI/2.0/}"
RAW = "{http://arxiv.org/OAI/arXivRaw/}"
FEW_BAD = 2  # bad records that do not make a page fail; above that, 1 %
_TEXTS = ("id", "title", "abstract", "authors", "categories", "comments", "journal-ref", "doi", "license")
_SIZE = re.compile(r"(\d{1,9})\s*kb", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a record in any list; the datestamp is a day, not after tomorrow."""

    id: PaperId
    datestamp: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OaiResponse:
    """One response.

    Attributes:
        day: of the response by the server's clock.
        code: an error of OAI-PMH that is not a fault, such as noRecordsMatch; "" if there is none.
        headers: of all records that have a readable one, deleted ones included.
        records: papers and bad records, in their order.
        unreadable: ids of the bad records whose header can be read.
        token: where the list continues, "" at its end; its date is not read, as the server says when it has expired.
        earliest: from Identify, the first day that the server has records of.
    """

    day: str
    code: str = ""
    headers: tuple[Header, ...] = ()
    records: tuple[Paper | BadRecord, ...] = ()
    unreadable: frozenset[PaperId] = frozenset()
    token: str = ""
    earliest: str = ""

    @property
    def deleted(self) -> tuple[tuple[PaperId, str], ...]:
        """The papers that the server says are deleted, with their datestamps."""
        return tuple((header.id, header.datestamp) for header in self.headers if header.deleted)

    @property
    def last(self) -> str:
        """The latest datestamp, "" if there are no records."""
        return max((header.datestamp for header in self.headers), default="")


def parse_response(body: bytes, verb: str, tomorrow: str) -> OaiResponse:
    """Parse a response to a verb; a record that cannot be read is a bad record.

    Args:
        body: of the response.
        verb: that of the request.
        tomorrow: an ISO day by our own clock, in place of later datestamps: with them no correction would ever win.

    Raises:
        UnusableError: "refused" with the server's words for an error that is ours; "empty" for a list without records;
            "broken" for anything that is not such a response, or for a page of which more than 1 % cannot be read.
    """
    root = parse_xml(body, f"{OAI}OAI-PMH")
    day = (iso_date(child_text(root, f"{OAI}responseDate")) or "")[:10]
    if len(day) != 10:
        raise UnusableError("broken", "the response has no responseDate")
    error = root.find(f"{OAI}error")
    if error is not None:
        code = error.get("code", "")
        rule = rule_for_code(code)
        if rule.action in {"accept", "restart"} or code == "idDoesNotExist":  # these do not end the harvest
            return OaiResponse(day, code)
        raise UnusableError(rule.event, f"{clean(code, 40) or 'error'}: {clean(error.text or 'no reason given', 300)}")
    content = root.find(f"{OAI}{verb}")
    if content is None:
        raise UnusableError("broken", f"the response has no {verb}")
    if verb == "Identify":
        return OaiResponse(day, earliest=(iso_date(child_text(content, f"{OAI}earliestDatestamp")) or "")[:10])
    return _parse_list(content, day, verb, tomorrow)


def _parse_list(content: etree._Element, day: str, verb: str, tomorrow: str) -> OaiResponse:
    headers: list[Header] = []
    records: list[Paper | BadRecord] = []
    unreadable: set[PaperId] = set()
    for element in content:
        if element.tag not in {f"{OAI}header", f"{OAI}record"}:
            continue
        header = _parse_header(element if element.tag == f"{OAI}header" else element.find(f"{OAI}header"), tomorrow)
        if header is None:
            records.append(_bad_record(element, "", "no id or datestamp in the header"))
            continue
        headers.append(header)
        if element.tag == f"{OAI}header" or header.deleted:
            continue
        try:
            records.append(_parse_paper(element.find(f"{OAI}metadata"), header))
        except SourceError as error:
            records.append(_bad_record(element, header.id, error.message))
            unreadable.add(header.id)
    if not headers and not records:
        raise UnusableError("empty", f"{verb} without a record")
    bad = [record for record in records if isinstance(record, BadRecord)]
    if len(bad) > max(FEW_BAD, len(records) // 100):
        raise UnusableError("broken", f"{len(bad)} of {len(records)} records cannot be used: {bad[0].reason}")
    token = child_text(content, f"{OAI}resumptionToken")
    return OaiResponse(day, "", tuple(headers), tuple(records), frozenset(unreadable), token)


def _parse_header(element: etree._Element | None, tomorrow: str) -> Header | None:
    if element is None:
        return None
    parsed = parse_arxiv_id(child_text(element, f"{OAI}identifier"))
    day = (iso_date(child_text(element, f"{OAI}datestamp")) or "")[:10]
    if parsed is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        return None
    return Header(parsed[0], min(day, tomorrow), element.get("status") == "deleted")


def _bad_record(element: etree._Element, paper: str, reason: str) -> BadRecord:
    return BadRecord(f"oai:{paper}", 0, reason, etree.tostring(element, encoding="unicode", with_tail=False)[:MAX_RAW])


def _parse_paper(metadata: etree._Element | None, header: Header) -> Paper:
    """Convert a record in arXivRaw, the only format with the dates of all versions.

    The submitter is left out, as that person did not ask to be published; so is ``acm-class``, which arXiv's server
    fills with another field. Authors have their TeX accents decoded; title and abstract keep their TeX, as in all other
    formats.

    Raises:
        SourceError: there is no arXivRaw in it, no usable title or version, or it is of another paper than its header.
    """
    raw = metadata.find(f"{RAW}arXivRaw") if metadata is not None else None
    if raw is None:
        raise SourceError(f"{header.id}: no arXivRaw")
    versions = [_parse_version(element) for element in raw.findall(f"{RAW}version")]
    latest = max(versions, key=lambda version: int(version["n"]), default={"n": 0})
    if latest["n"] == 0:
        raise SourceError(f"{header.id}: no versions")
    texts = {name: child_text(raw, f"{RAW}{name}") for name in _TEXTS}
    is_withdrawn = "I" in str(latest["flags"]) or is_withdrawal_comment(texts["comments"], texts["abstract"])
    paper = paper_from(
        {
            "arxiv_id": texts["id"],
            "title": texts["title"],
            "abstract": texts["abstract"],
            "authors": [plain(parse_inline(name)) for name in split_signatures(texts["authors"])],
            "version": latest["n"],
            "versions": versions,
            "published": next((version["submitted_at"] for version in versions if version["n"] == 1), None),
            "updated": latest["submitted_at"],
            "categories": texts["categories"],
            "comment": texts["comments"],
            "journal_ref": texts["journal-ref"],
            "doi": texts["doi"],
            "license": texts["license"],
            "status": "withdrawn" if is_withdrawn else "active",
        }
    )
    if paper.id != header.id:
        raise SourceError(f"{header.id}: the record is of {paper.id}")
    return paper.with_changes(datestamp=header.datestamp)


def _parse_version(element: etree._Element) -> dict[str, int | str]:
    number = re.fullmatch(r"v?([1-9]\d{0,3})", element.get("version", "").strip())
    size = _SIZE.match(child_text(element, f"{RAW}size"))
    flags = "".join((source_type.text or "").strip() for source_type in element.findall(f"{RAW}source_type"))
    return {
        "n": int(number[1]) if number else 0,
        "submitted_at": child_text(element, f"{RAW}date"),
        "size_kb": int(size[1]) if size else 0,
        "flags": "".join(sorted(set(flags))),
    }
