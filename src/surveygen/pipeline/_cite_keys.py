"""Keep what readers hold a paper by: its cite key and its number."""

from __future__ import annotations

from surveygen.domain.paper import PaperId
from surveygen.pipeline._codec import decode, encode
from surveygen.pipeline.context import BuildContext
from surveygen.survey import make_cite_keys, reference_order

_ORDER = "order"


def mint_keys(run: BuildContext) -> dict[PaperId, str]:
    """Return the key of every paper that some draft cited; those of new ones are minted for good."""
    known = run.store.papers.cite_keys()
    minted = make_cite_keys(run.papers, known)
    if minted:
        run.store.papers.add_cite_keys(minted)
    return {**known, **minted}


def keep_order(run: BuildContext) -> tuple[PaperId, ...]:
    """Return the papers in the order of the references, new ones last.

    It stays outside the store's dump, since it tells the history of the drafts and not of the papers.
    """
    known = run.store.cache.get(_ORDER, _ORDER)
    before = decode(tuple[PaperId, ...], known) if known is not None else ()
    now = reference_order(run.papers, before)
    if now != before:
        run.store.cache.put(_ORDER, _ORDER, encode(now), slot=_ORDER)
    return now
