"""The stage "render": write the files of each edition that is not current."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from surveygen import plugins
from surveygen.domain.survey import Survey
from surveygen.domain.text import text_sha256
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline.editable import EditableDraft
from surveygen.pipeline.files import read_manifest, sha256, taxonomy_toml, write_if_changed, write_manifest
from surveygen.pipeline.run_context import BuildContext, generated_at
from surveygen.pipeline.snapshot import last_reports
from surveygen.pipeline.stages.compose import compose_edition
from surveygen.pipeline.state import Slot, digest
from surveygen.render import REPORTS, Renderer, TemplateRoots, compile_pdf, render_reports, template_root
from surveygen.survey import SurveyData

PDF_SECONDS = 180.0  # limit of one pass of TeX
PAGE = "index.html"
REVIEWS = "reviews"  # the format that has a page for each paper
LINK_TO_REVIEWS = ("html", "markdown")  # formats whose files link to these pages
SHARED = "shared"  # what stands for the format of files that all editions share
_TAXONOMY = "taxonomy.toml"


def render(context: BuildContext, data: SurveyData) -> SurveyData:
    """Write the files of each edition that is not current, and those that all editions share.

    Raises:
        TemplateError: a template cannot be used, a file cannot be written, or TeX fails.
    """
    request, store, project = context.request, context.store, context.project
    cache = OutputCache(context)
    languages = [language for language in request.languages if not cache.is_current(language)]
    written: list[Path] = []
    for language in languages:
        survey = data.surveys[language.code]
        for unit in EditableDraft(survey, store).orphaned_edits():
            context.progress.note(f"{language.code}: no section {unit.section} for the words of {unit.by}: {unit.text}")
        files, changed = _write_edition(context, cache, survey, language)
        written += changed
        translation, spent = data.translations.get(language.code), context.llm.spent
        complete = not ((spent and spent.postponed) or (translation and translation.pending))
        cache.remember(request.folder / language.code, files, complete=complete)
    taxonomy = taxonomy_toml(context.profile, data.taxonomy, project.settings.title).encode("utf-8")
    if write_if_changed(request.folder / _TAXONOMY, taxonomy):
        written.append(request.folder / _TAXONOMY)
    if data.changes:
        first = load_language(context.settings.languages[0])
        reports = render_reports(data.surveys.get(first.code) or compose_edition(context, data, first), first)
        paths = {request.folder / name: text for name, text in reports.items()}
        written += [path for path, text in paths.items() if write_if_changed(path, text.encode("utf-8"))]
    cache.remember(request.folder, {SHARED: [path.name for path in shared_files(context)]})
    return replace(data, written_files=tuple(written))


def shared_files(context: BuildContext) -> list[Path]:
    """Return the files of the survey as a whole."""
    names = (_TAXONOMY, *(REPORTS if last_reports(context.store) else ()))
    return [context.request.folder / name for name in names]


def stale_editions(context: BuildContext) -> tuple[Language, ...]:
    """Return the languages of the editions that a build would change; nothing heavy is loaded for it."""
    complete = all(path.is_file() for path in shared_files(context))
    cache = OutputCache(context)
    return tuple(language for language in context.request.languages if not (complete and cache.is_current(language)))


class FormatRecord(msgspec.Struct, frozen=True):
    """The files of one format of an edition.

    Attributes:
        content: digest of all that they were made from.
        files: their SHA-256 by name.
        complete: False if a language model or translator has still to be asked for some of the text.
    """

    content: str
    files: dict[str, str]
    complete: bool = True


class OutputCache:
    """Tells whether an edition is current: whether a build would write the same bytes.

    An edition follows from the program, the settings, the profile, the survey's own templates and glossary, the
    languages that its page names, and the store: `content` is a digest of all of them. As long as it is the same and
    the files of an edition are whole, the edition is current.
    """

    def __init__(self, context: BuildContext) -> None:
        project, store = context.project, context.store
        folders = (project.templates, project.glossary, template_root())
        self._context = context
        self.content = digest(
            project.settings,
            context.profile,
            list(context.request.editions),
            program_digest(),
            *(_folder_digest(folder) for folder in folders),
            *(store.sha256(), store.counts(), store.papers.sources(), generated_at(store), last_reports(store)),
        )

    def is_current(self, language: Language) -> bool:
        """Whether an edition has all requested formats, and a build would change none of its files."""
        folder = self._context.request.folder / language.code
        made = [self.record(folder).get(name) for name in self._context.request.formats]
        if any(item is None or item.content != self.content or not item.complete for item in made):
            return False
        sums = {name: written for name, written in read_manifest(folder).items() if " " not in name}
        whole = ((folder / name).is_file() and sha256(folder / name) == written for name, written in sums.items())
        return bool(sums) and all(whole)

    def record(self, folder: Path) -> dict[str, FormatRecord]:
        """Return what the store remembers of the files in a folder, by format; empty for another folder."""
        return self._slot(folder).load(self._context.store) or {}

    def formats_to_write(self, folder: Path) -> tuple[str, ...]:
        """Return the requested formats; where these include the reviews, also those whose files link to them."""
        formats = self._context.request.formats
        if REVIEWS not in formats:
            return formats
        linking = (name for name in LINK_TO_REVIEWS if name == "html" or name in self.record(folder))
        return tuple(dict.fromkeys((*formats, *linking)))

    def has_reviews(self, folder: Path) -> bool:
        """Whether a folder has, or will have, the pages of the papers that the draft has now."""
        reviews = self.record(folder).get(REVIEWS)
        return REVIEWS in self._context.request.formats or (reviews is not None and reviews.content == self.content)

    def remember(self, folder: Path, files: Mapping[str, Collection[str]], *, complete: bool = True) -> None:
        """Record by format the files in a folder that were made from the present sources."""
        made = {
            name: FormatRecord(self.content, {file: sha256(folder / file) for file in sorted(names)}, complete)
            for name, names in files.items()
        }
        self._slot(folder).save(self._context.store, self.record(folder) | made)

    def _slot(self, folder: Path) -> Slot[dict[str, FormatRecord]]:
        folder, root = folder.resolve(), self._context.project.root.resolve()
        name = folder.relative_to(root) if folder.is_relative_to(root) else folder  # a project can be moved
        return Slot("draft", dict[str, FormatRecord], name.as_posix())


@cache
def program_digest() -> str:
    """Return a digest of the program's own files by name, size and date, which changes with the program."""
    return _folder_digest(Path(str(files("surveygen"))))


def _folder_digest(folder: Path) -> str:
    # Files only: a folder changes its date when Python writes compiled modules below it.
    paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    rows = ((path.relative_to(folder), path.stat()) for path in paths if "__pycache__" not in path.parts)
    listing = "".join(f"{name}\x1f{stat.st_size}\x1f{stat.st_mtime_ns}\x1e" for name, stat in rows)
    return text_sha256(listing)


def _write_edition(
    context: BuildContext, cache: OutputCache, survey: Survey, language: Language
) -> tuple[dict[str, list[str]], list[Path]]:
    """Write one edition; return the names of its files by format, and the files whose bytes are new.

    With "pdf" each TeX file is compiled, unless its PDF was made from the same sources: that of the survey, and that of
    the slides if these are requested. The files of a format that is not requested stay. Pages in sub-folders that an
    earlier build of a written format made, and this one does not, are removed.
    """
    folder = context.request.folder / language.code
    formats, others = cache.formats_to_write(folder), cache.record(folder)
    others = {name: item for name, item in others.items() if name not in formats}
    present = tuple(dict.fromkeys((*formats, *([REVIEWS] if cache.has_reviews(folder) else []))))
    settings = replace(context.settings, formats=present)  # for links from one format to another
    roots = TemplateRoots(template_root(), context.project.templates)
    rendered: list[Mapping[str, str]] = []
    files: dict[str, list[str]] = {}
    with context.progress.stage(f"render {language.code}", len(formats)) as advance:
        for name in formats:
            module = "latex" if name == "pdf" else name
            renderer: Renderer = plugins.load("render", module).make(language, roots, settings)
            rendered.append(renderer.render(survey))
            files[name] = list(rendered[-1])
            advance(1 if name != "pdf" else 0)
        made = dict.fromkeys(file for texts in rendered for file in texts)
        texts_by_file = (pair for texts in rendered for pair in texts.items())
        written = [folder / file for file, text in texts_by_file if write_if_changed(folder / file, text.encode())]
        manifest = read_manifest(folder)
        sources = [folder / file for file in made if file.endswith(".tex")] if "pdf" in formats else []
        for source in sources:
            pdf = source.with_suffix(".pdf")
            whole = pdf.is_file() and manifest.get(pdf.name) == sha256(pdf)
            if not whole or manifest.get(_source_note(source)) != _sources_digest(source):
                compile_pdf(source, pdf, seconds=PDF_SECONDS)
                written.append(pdf)
        advance(1 if sources else 0)
    _update_manifest(folder, made, sources, {file for item in others.values() for file in item.files})
    if sources:
        files["pdf"] += [source.with_suffix(".pdf").name for source in sources]
    return files, written


def _update_manifest(folder: Path, made: Collection[str], sources: Sequence[Path], others: Collection[str]) -> None:
    """Remove the pages that are no longer made, and record the files of the edition and the sources of each PDF.

    `others` are the files of formats that are not written now.
    """
    previous = read_manifest(folder)
    suffixes = {Path(name).suffix for name in made}
    for name in previous:
        path = folder / name
        inside = path.parent != folder and path.resolve().is_relative_to(folder.resolve())  # a manifest can be forged
        if inside and name not in made and name not in others and path.suffix in suffixes:
            path.unlink(missing_ok=True)
    earlier = {name for name in previous if (folder / name).is_file()}
    pdfs = {source.with_suffix(".pdf").name for source in sources}
    notes = {name: value for name, value in previous.items() if " " in name}
    notes |= {_source_note(source): _sources_digest(source) for source in sources}
    write_manifest(folder, {*made, *earlier, *pdfs}, notes.items())


def _source_note(source: Path) -> str:
    """Return the name of the manifest's note about the sources of a PDF."""
    return f"{source.with_suffix('.pdf').name} from {source.name}"


def _sources_digest(source: Path) -> str:
    """Return the SHA-256 of a TeX file and the bibliographies beside it."""
    paths = (source, *sorted(source.parent.glob("*.bib")))
    return text_sha256("".join(f"{path.name} {sha256(path)}\n" for path in paths))
