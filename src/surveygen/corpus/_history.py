"""One paper with the words of each version seen."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.corpus.merge import merge, text_at_version
from surveygen.domain.paper import Paper


@dataclass(frozen=True, slots=True)
class PaperHistory:
    """All that the store keeps of a paper.

    Attributes:
        paper: the merged record.
        texts: title, abstract and comment by version, ascending, as papers with these fields alone; a version whose
            words `paper` tells itself is left out.
    """

    paper: Paper
    texts: tuple[Paper, ...] = ()


def join(known: PaperHistory | None, incoming: PaperHistory) -> PaperHistory:
    """Merge paper with paper and each version's words with those of the same version; laws as of `merge`."""
    if known is not None and incoming == PaperHistory(known.paper):
        return known
    paper, _ = merge(known.paper if known else None, incoming.paper)
    if known is None and not incoming.texts:
        return PaperHistory(paper)
    texts = _by_version(known) if known else {}
    for n, text in _by_version(incoming).items():
        texts[n], _ = merge(texts.get(n), text)
    told = text_at_version(paper)
    return PaperHistory(paper, tuple(texts[n] for n in sorted(texts) if texts[n] != told))


def _by_version(history: PaperHistory) -> dict[int, Paper]:
    told = text_at_version(history.paper)
    return {told.version: told} | {text.version: text for text in history.texts}
