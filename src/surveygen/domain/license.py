"""What may be shown of a paper's text and figures, by license and settings."""

from __future__ import annotations

import re
from typing import Literal

Reuse = Literal["open", "no-derivatives", "closed"]
Show = Literal["licensed", "quotations", "none"]
Permission = Literal["adapt", "verbatim", "quote", "point", "facts"]
# "Fewer than 40 words" is a short quotation: Publication Manual of the American Psychological Association, 7th edition,
# section 8.26. No law names a number.
MAX_QUOTED_WORDS = 39
_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(?P<terms>by(?:-nc)?(?:-sa|-nd)?|publicdomain)|publicdomain/(?:zero|mark))(?:/[\w.-]*)*\Z",
    re.IGNORECASE,
)
_ARXIV = re.compile(r"https?://arxiv\.org/licenses/")


def reuse(license_url: str) -> Reuse:
    """Return what a license permits, by its address as arXiv's metadata have it.

    "open": text and figures may be shown with authors, license and link: CC BY, CC BY-SA, CC BY-NC and CC BY-NC-SA
    (https://creativecommons.org/share-your-work/cclicenses/; NC: not in what is sold), CC0
    (https://creativecommons.org/publicdomain/zero/1.0/) and the public domain. "no-derivatives": as "open", unaltered:
    CC BY-ND and CC BY-NC-ND (https://creativecommons.org/licenses/by-nc-nd/4.0/deed.en). "closed": arXiv's own
    licenses, which let arXiv distribute the paper and give readers no right to reuse it
    (https://info.arxiv.org/help/license/reuse.html), any other license, and an unknown one. A version has the license
    that its authors chose with it (https://info.arxiv.org/help/license/index.html).

    >>> reuse("http://creativecommons.org/licenses/by-nc-nd/4.0/")
    'no-derivatives'
    >>> reuse("http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    'closed'
    """
    match = _CREATIVE_COMMONS.match(license_url.strip())
    if match is None:
        return "closed"
    return "no-derivatives" if (match["terms"] or "").lower().endswith("-nd") else "open"


def permission(reuse: Reuse, show: Show) -> Permission:
    """Return what of a sentence of a full text may be shown.

    "adapt": the sentence, also rewritten and translated. "verbatim": the whole sentence, unaltered. "quote": up to
    `MAX_QUOTED_WORDS` words of it, unaltered, in quotation marks. "point": only where it stands, with a link. "facts":
    nothing of it. Facts, names and numbers may be told in each case.

    >>> permission("open", "licensed"), permission("closed", "licensed"), permission("closed", "quotations")
    ('adapt', 'point', 'quote')
    """
    if show == "none":
        return "facts"
    if reuse == "closed":
        return "quote" if show == "quotations" else "point"
    return "adapt" if reuse == "open" else "verbatim"


def license_name(license_url: str) -> str:
    """Return the short name of a Creative Commons license, of CC0 or of arXiv's own; "" for any other address.

    >>> license_name("http://creativecommons.org/licenses/by-nc-nd/4.0/")
    'CC BY-NC-ND 4.0'
    >>> license_name("http://creativecommons.org/publicdomain/zero/1.0/"), license_name("https://example.org/by/4.0/")
    ('CC0 1.0', '')
    """
    address = license_url.strip().lower()
    match = _CREATIVE_COMMONS.match(address)
    if match is None:
        return "arXiv.org non-exclusive license" if _ARXIV.match(address) else ""
    version = re.search(r"/(\d\.\d)(?:/|\Z)", address)
    number = f" {version[1]}" if version else ""
    if match["terms"] and match["terms"] != "publicdomain":
        return f"CC {match['terms'].upper()}{number}"
    return f"CC0{number}" if "/zero" in address else "Public Domain"
