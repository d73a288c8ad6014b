"""Build drafts: from the store to the files of every language and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveygen import __version__
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Provenance
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline._clock import generated_at
from surveygen.pipeline._codec import digest
from surveygen.pipeline._drafts import TAXONOMY, Edition, check_formats, draft_files, write_draft, write_taxonomy
from surveygen.pipeline._fresh import Drafts
from surveygen.pipeline._place import Placed, place
from surveygen.pipeline._run import Run, start
from surveygen.pipeline._write import Written, write
from surveygen.pipeline.progress import Progress
from surveygen.summarize import check, redundancy
from surveygen.survey import Checks, Material, compose, mint
from surveygen.themes import load_profile

_SELECTION = ("delivered", "duplicates", "quarantined", "wanted", "withdrawn", "without_abstract")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: every file of the drafts asked for, and those whose bytes are new."""

    files: tuple[Path, ...]
    changed: tuple[Path, ...]
    papers: int


def build(
    project: Project,
    progress: Progress,
    *,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: Path | None = None,
) -> Built:
    """Make the drafts of a survey; only what changed since the last build is computed.

    Raises:
        CorpusError: the store is empty. ConfigError: an unknown language or format.
        EncoderError, ThemeError, SummaryError, TemplateError: from the stage that failed; the drafts of an earlier
            build are still whole.
    """
    editions = [load_language(code) for code in languages or project.settings.languages]
    wanted = check_formats(formats or project.settings.formats)
    folder = out or project.output / project.settings.slug
    with Store.open(project.database) as store:
        profile = load_profile(project.settings.profile, project.root)
        drafts = Drafts(store, project.settings, profile, project.templates)
        stale = [language for language in editions if not drafts.is_fresh(folder / language.code, wanted)]
        changed = _make(project, store, progress, editions=stale, formats=wanted, folder=folder) if stale else []
        for language in stale:
            drafts.remember(folder / language.code, wanted)
        files = [path for language in editions for path in draft_files(folder / language.code)]
        counts = store.counts()
        return Built((*files, folder / TAXONOMY), tuple(changed), counts.papers - counts.withdrawn)


def _make(
    project: Project,
    store: Store,
    progress: Progress,
    *,
    editions: Sequence[Language],
    formats: Sequence[str],
    folder: Path,
) -> list[Path]:
    """Go the whole way for some editions; return the files whose bytes are new."""
    run = start(project, store, progress)
    placed = place(run)
    written = write(run, placed)
    changed: list[Path] = []
    for language in editions:
        survey = compose(_material(run, placed, written, language), language)
        changed += write_draft(Edition(survey, language, folder / language.code, project.templates), formats, progress)
    return changed + write_taxonomy(run.profile, placed.taxonomy, project.settings.title, folder / TAXONOMY)


def _material(run: Run, placed: Placed, written: Written, language: Language) -> Material:
    store, settings = run.store, run.settings
    cite_keys = _cite_keys(run)  # first, as they are part of the corpus that the draft names
    counts = store.counts()
    by_id = {paper.id: paper for paper in run.papers}
    provenance = Provenance(
        surveygen=__version__,
        config_sha256=digest(settings, run.profile.taxonomy.themes),
        corpus_sha256=store.sha256(),
        encoder=run.embeddings.encoder,
        summarizer=written.summarizer,
        seed=settings.themes.seed,
        sources=store.sources(),
    )
    return Material(
        slug=settings.slug,
        title=_title(run, language),
        generated_at=generated_at(store),
        papers=run.papers,
        taxonomy=placed.taxonomy,
        assignments={item.paper: item for item in placed.assignments},
        summaries=written.summaries,
        cards=written.cards,
        neighbours=placed.neighbours,
        cite_keys=cite_keys,
        selection={name: getattr(counts, name) for name in _SELECTION},
        provenance=provenance,
        checks=Checks(lambda sentence: check(sentence, lambda paper, _version: by_id.get(paper)).ok, redundancy),
    )


def _title(run: Run, language: Language) -> str:
    """A title of the person's own stays as it is; the profile's own title is known in several languages."""
    if run.settings.title == run.profile.title:
        return dict(run.profile.titles).get(language.code, run.profile.title)
    return run.settings.title


def _cite_keys(run: Run) -> dict[PaperId, str]:
    known = run.store.cite_keys()
    minted = mint(run.papers, known)
    if minted:
        run.store.add_cite_keys(minted)
    return {**known, **minted}
