"""Read the answers of an OAI-PMH server, of the old dialect as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from surveygen.domain.identifiers import parse_arxiv_id
from surveygen.domain.paper import BadRecord, Paper, PaperId
from surveygen.domain.text import clean
from surveygen.errors import SourceError
from surveygen.sources._dates import iso
from surveygen.sources._lines import RAW
from surveygen.sources._oai_record import read_record
from surveygen.sources._retry import UnusableError, rule_for_code
from surveygen.sources._xml import parse_xml

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_FEW_BAD = 2  # bad records that no page fails for; above that, 1 %


@dataclass(frozen=True, slots=True)
class Header:
    """What every list tells of a record; the datestamp is a day."""

    id: PaperId
    datestamp: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OaiResponse:
    """One answer.

    Attributes:
        day: of the response by the server's clock.
        code: an error of OAI-PMH that is no fault, such as noRecordsMatch; "" if there is none.
        headers: of all records that have a readable one, deleted ones included.
        records: papers and bad records, in their order.
        set_aside: ids of the bad records whose header can be read.
        token: where the list goes on, "" at its end; its date is not read, for the server says when it is too old.
        earliest: from Identify, the first day that the server has records of.
    """

    day: str
    code: str = ""
    headers: tuple[Header, ...] = ()
    records: tuple[Paper | BadRecord, ...] = ()
    set_aside: frozenset[PaperId] = frozenset()
    token: str = ""
    earliest: str = ""

    @property
    def deleted(self) -> tuple[tuple[PaperId, str], ...]:
        """The papers that the server says are gone, with their datestamps."""
        return tuple((header.id, header.datestamp) for header in self.headers if header.deleted)

    @property
    def last(self) -> str:
        """The latest datestamp, "" if there are no records."""
        return max((header.datestamp for header in self.headers), default="")


def parse_answer(body: bytes, verb: str) -> OaiResponse:
    """Read an answer to a verb; a record that cannot be read is a bad record.

    Raises:
        UnusableError: "refused" with the server's words for an error that is ours; "empty" for a list without records;
            "broken" for anything that is no such answer, or for a page of which more than 1 % cannot be read.
    """
    root = parse_xml(body, f"{OAI}OAI-PMH")
    day = (iso(_said(root, f"{OAI}responseDate")) or "")[:10]
    if len(day) != 10:
        raise UnusableError("broken", "the answer has no responseDate")
    error = root.find(f"{OAI}error")
    if error is not None:
        return OaiResponse(day, _harmless(error))
    found = root.find(f"{OAI}{verb}")
    if found is None:
        raise UnusableError("broken", f"the answer is none to {verb}")
    if verb == "Identify":
        return OaiResponse(day, earliest=(iso(_said(found, f"{OAI}earliestDatestamp")) or "")[:10])
    return _listed(found, day, verb)


def _harmless(error: etree._Element) -> str:
    """Return the code of an error that the harvest goes on with."""
    code = error.get("code", "")
    rule = rule_for_code(code)
    if rule.action in {"accept", "restart"} or code == "idDoesNotExist":
        return code
    raise UnusableError(rule.event, f"{clean(code, 40) or 'error'}: {clean(error.text or 'no reason given', 300)}")


def _listed(found: etree._Element, day: str, verb: str) -> OaiResponse:
    token = found.find(f"{OAI}resumptionToken")
    headers: list[Header] = []
    records: list[Paper | BadRecord] = []
    set_aside: set[PaperId] = set()
    for header, record in _read(found):
        headers += [header] if header else []
        records += [record] if record else []
        if header and isinstance(record, BadRecord):
            set_aside.add(header.id)
    if not headers and not records:
        raise UnusableError("empty", f"{verb} without a record")
    bad = [record for record in records if isinstance(record, BadRecord)]
    if len(bad) > max(_FEW_BAD, len(records) // 100):
        raise UnusableError("broken", f"{len(bad)} of {len(records)} records cannot be used: {bad[0].reason}")
    said = "" if token is None else (token.text or "").strip()
    return OaiResponse(day, "", tuple(headers), tuple(records), frozenset(set_aside), said)


def _read(found: etree._Element) -> Iterator[tuple[Header | None, Paper | BadRecord | None]]:
    for element in found:
        header = element if element.tag == f"{OAI}header" else element.find(f"{OAI}header")
        if element.tag not in {f"{OAI}header", f"{OAI}record"}:
            continue
        read = _header(header)
        if read is None:
            yield None, _bad(element, "", "no id or datestamp in the header")
        elif element.tag == f"{OAI}header" or read.deleted:
            yield read, None
        else:
            yield read, _record(element, read)


def _header(element: etree._Element | None) -> Header | None:
    if element is None:
        return None
    parsed = parse_arxiv_id(_said(element, f"{OAI}identifier"))
    day = (iso(_said(element, f"{OAI}datestamp")) or "")[:10]
    if parsed is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        return None
    return Header(parsed[0], day, element.get("status") == "deleted")


def _record(element: etree._Element, header: Header) -> Paper | BadRecord:
    try:
        return read_record(element.find(f"{OAI}metadata"), header.id, header.datestamp)
    except SourceError as error:
        return _bad(element, header.id, error.message)


def _bad(element: etree._Element, paper: str, reason: str) -> BadRecord:
    return BadRecord(f"oai:{paper}", 0, reason, etree.tostring(element, encoding="unicode", with_tail=False)[:RAW])


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
