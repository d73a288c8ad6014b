"""What the license of a paper permits to show of its text and figures."""

from __future__ import annotations

import re
from typing import Literal

Reuse = Literal["open", "no-derivatives", "closed"]
_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(?P<terms>by(?:-nc)?(?:-sa|-nd)?|publicdomain)|publicdomain/(?:zero|mark))(?:/[\w.-]*)*\Z",
    re.IGNORECASE,
)


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
