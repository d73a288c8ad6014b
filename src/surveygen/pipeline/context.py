"""What the stages of one run share: the papers, their vectors, the settings."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen import plugins
from surveygen.config import Project, Settings
from surveygen.corpus import Store
from surveygen.domain.decision import excluded_papers
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper
from surveygen.embed import Encoder
from surveygen.errors import CorpusError
from surveygen.pipeline._vectors import embed_papers
from surveygen.pipeline.progress import Progress
from surveygen.themes import Profile, load_profile
from surveygen.themes.assign import theme_queries


@dataclass(frozen=True, slots=True)
class BuildContext:
    """One run over a store.

    `papers` are those that count, sorted by id, and `embeddings` has a row for each; `excluded` are those that a person
    took out.
    """

    store: Store
    settings: Settings
    profile: Profile
    papers: tuple[Paper, ...]
    encoder: Encoder
    embeddings: Embeddings
    progress: Progress
    excluded: tuple[Paper, ...] = ()


def open_context(project: Project, store: Store, progress: Progress) -> BuildContext:
    """Load the papers and the profile, and embed what is not embedded yet.

    Raises:
        CorpusError: there are no papers. ThemeError: the profile cannot be used. EncoderError: from the encoder.
    """
    settings = project.settings
    profile = load_profile(settings.profile, project.root)
    out = excluded_papers(store.decisions.all())
    known = tuple(store.papers.all(status=("active", "reinstated")))
    papers = tuple(paper for paper in known if paper.id not in out)
    if not papers:
        raise CorpusError("the corpus is empty", "add papers first: surveygen add FILE, or surveygen fetch")
    make = plugins.load("embed", settings.embed.encoder).make
    queries = theme_queries(profile.taxonomy)  # an encoder that learns its words from the corpus must know theirs
    encoder: Encoder = make(settings.embed, lambda: [*(paper.text for paper in papers), *queries])
    embeddings = embed_papers(store, papers, encoder, progress)
    aside = tuple(paper for paper in known if paper.id in out)
    return BuildContext(store, settings, profile, papers, encoder, embeddings, progress, aside)
