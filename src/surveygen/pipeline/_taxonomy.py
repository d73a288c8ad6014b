"""The taxonomy of a run: what is given, and what was induced below it."""

from __future__ import annotations

from collections.abc import Sequence

from surveygen.config import ThemeSettings
from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId, in_reading_order
from surveygen.pipeline._clock import now
from surveygen.pipeline.context import BuildContext
from surveygen.themes import Profile
from surveygen.themes.induce import KMeansInducer

_MIN_TO_SPLIT = 20  # papers that a top theme without sub-themes must have before some are induced


def current_taxonomy(run: BuildContext) -> Taxonomy:
    """Return the themes as they are before a person's decisions; induces if there are none."""
    taxonomy = saved_taxonomy(run.store, run.profile, run.settings.themes)
    return taxonomy if len(taxonomy) else Taxonomy(_induce(run, None, run.embeddings))


def saved_taxonomy(store: Store, profile: Profile, settings: ThemeSettings) -> Taxonomy:
    """Return the given themes with the induced ones of the store below them."""
    given = profile.taxonomy.themes
    if settings.subthemes == "none":
        given = tuple(theme for theme in given if theme.parent is None)
    known = {theme.id for theme in given}
    induced: list[Theme] = []
    for theme in store.taxonomy() or ():
        top = theme.parent is None
        wanted = not given if top else theme.parent in known and (settings.subthemes == "induced" or not given)
        if wanted and theme.id not in known:
            known.add(theme.id)
            induced.append(theme)
    return in_reading_order((*given, *induced))


def minted(store: Store, profile: Profile) -> frozenset[ThemeId]:
    """Return every id that a theme of the survey has or had: none of them is minted again."""
    decided = (theme for decision in store.decisions.all() for theme in decision.themes)
    return frozenset(theme.id for theme in (*(store.taxonomy() or ()), *profile.taxonomy, *decided))


def induce_below(run: BuildContext, taxonomy: Taxonomy, assignments: Sequence[Assignment]) -> Taxonomy:
    """Return the taxonomy with induced sub-themes below each large top theme that has none."""
    added: list[Theme] = []
    for top in taxonomy.children(None):
        members = tuple(item.paper for item in assignments if item.theme == top.id and not item.outside)
        if taxonomy.children(top.id) or len(members) < _MIN_TO_SPLIT:
            continue
        ids = tuple(sorted(members))
        added += _induce(run, top, Embeddings(ids, run.embeddings.rows(ids), run.embeddings.encoder))
    return in_reading_order((*taxonomy.themes, *added)) if added else taxonomy


def _induce(run: BuildContext, parent: Theme | None, embeddings: Embeddings) -> tuple[Theme, ...]:
    """Induce themes below `parent` and save them: from then on they are kept, with their ids."""
    inducer = KMeansInducer(run.settings.themes)
    stored = run.store.taxonomy() or Taxonomy()
    inside = set(embeddings.ids)
    themes, _ = inducer.induce(
        embeddings,
        [paper for paper in run.papers if paper.id in inside],
        parent=parent.id if parent else None,
        reserved_ids=minted(run.store, run.profile),
        seed=run.settings.themes.seed,
    )
    given = [theme for theme in run.profile.taxonomy if theme.id not in stored]
    run.store.save_taxonomy(in_reading_order((*given, *stored, *themes)), at=now())
    return themes
