"""Render a survey and write its files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from surveygen import plugins
from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.domain.text import text_sha256
from surveygen.domain.theme import Taxonomy
from surveygen.errors import ConfigError, ThemeError, did_you_mean
from surveygen.languages import Language
from surveygen.pipeline._files import read_manifest, sha256, write_if_changed, write_manifest
from surveygen.pipeline.progress import Progress
from surveygen.render import Renderer, TemplateRoots, compile_pdf, formats, render_reports, template_root
from surveygen.themes import Profile

PDF_SECONDS = 180.0  # one TeX pass; notes/outputs.md R10
TAXONOMY = "taxonomy.toml"
PAGE = "index.html"
_TEX = ".tex"


def check_formats(names: Sequence[str]) -> tuple[str, ...]:
    """Return the formats asked for, each once.

    Raises:
        ConfigError: one is unknown.
    """
    for name in names:
        if name not in formats():
            raise ConfigError(f"unknown format {name!r}", did_you_mean(name, formats()), path="formats")
    if not names:
        raise ConfigError("formats: none is asked for", "name at least one, such as html", path="formats")
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class RenderJob:
    """A survey in one language, the folder it goes to, the person's own templates and settings."""

    survey: Survey
    language: Language
    folder: Path
    templates: Path
    settings: Settings


def write_outputs(edition: RenderJob, formats: Sequence[str], progress: Progress) -> list[Path]:
    """Write one edition; return the files whose bytes are new.

    With "pdf" each TeX file that is written is compiled: that of the survey, and of the slides if these are asked for.
    A format that was built before and is not asked for now keeps its files. Pages below the folder that an earlier
    build of a format made, and this one does not, are removed.
    """
    folder = edition.folder
    made: dict[str, bytes] = {}
    with progress.stage(f"render {edition.language.code}", len(formats)) as advance:
        for name in formats:
            for file, text in _render(edition, "latex" if name == "pdf" else name).items():
                made[file] = text.encode("utf-8")
            advance(1 if name != "pdf" else 0)
        changed = [folder / file for file, data in made.items() if write_if_changed(folder / file, data)]
        sources = [folder / file for file in made if file.endswith(_TEX)] if "pdf" in formats else []
        changed += [pdf for source in sources for pdf in _compile(source)]
        advance(1 if sources else 0)
    _clear(folder, made)
    _record(folder, made, sources)
    return changed


def _clear(folder: Path, made: Collection[str]) -> None:
    """Remove the pages of themes that are gone: what stands in a folder and has the suffix of a file made now."""
    suffixes = {Path(name).suffix for name in made}
    for name in read_manifest(folder):
        path = folder / name
        inside = path.parent != folder and path.resolve().is_relative_to(folder.resolve())  # whoever wrote the manifest
        if inside and name not in made and path.suffix in suffixes:
            path.unlink(missing_ok=True)


def draft_files(folder: Path) -> list[Path]:
    """Return the files of the draft in a folder, sorted."""
    return [folder / name for name in sorted(read_manifest(folder)) if " " not in name]


def _render(edition: RenderJob, name: str) -> dict[str, str]:
    roots = TemplateRoots(template_root(), edition.templates)
    make = plugins.load("render", name).make
    renderer: Renderer = make(edition.language, roots, edition.settings)
    return dict(renderer.render(edition.survey))


def _compile(source: Path) -> list[Path]:
    """Make the PDF of a TeX file unless the one there was made from these very sources."""
    pdf = source.with_suffix(".pdf")
    known = read_manifest(source.parent)
    whole = pdf.is_file() and known.get(pdf.name) == sha256(pdf)
    if whole and known.get(_made_from(source)) == _sources_sum(source):
        return []
    compile_pdf(source, pdf, seconds=PDF_SECONDS)
    return [pdf]


def _made_from(source: Path) -> str:
    """Name the line of the manifest that tells what a PDF was made from; the space shows that it is no file."""
    return f"{source.with_suffix('.pdf').name} from {source.name}"


def _sources_sum(source: Path) -> str:
    """Return a SHA-256 of a TeX file and the bibliographies that it may read."""
    files = (source, *sorted(source.parent.glob("*.bib")))
    return text_sha256("".join(f"{path.name} {sha256(path)}\n" for path in files))


def _record(folder: Path, names: Iterable[str], compiled: Sequence[Path]) -> None:
    """Write the manifest: what was made now, what an earlier build made, and what each PDF was made from."""
    known = read_manifest(folder)
    earlier = (name for name in known if (folder / name).is_file())
    pdfs = (source.with_suffix(".pdf").name for source in compiled)
    notes = {name: value for name, value in known.items() if " " in name}
    notes |= {_made_from(source): _sources_sum(source) for source in compiled}
    write_manifest(folder, {*names, *earlier, *pdfs}, notes.items())


def write_reports(survey: Survey, language: Language, folder: Path) -> list[Path]:
    """Write the reports of the last refresh beside the editions; return the files whose bytes are new."""
    reports = render_reports(survey, language)
    return [folder / name for name, text in reports.items() if write_if_changed(folder / name, text.encode("utf-8"))]


def write_taxonomy(profile: Profile, taxonomy: Taxonomy, title: str, path: Path) -> list[Path]:
    """Write the taxonomy as a profile file, so that it can be edited and given back."""
    data = taxonomy_toml(profile, taxonomy, title)
    return [path] if write_if_changed(path, data.encode("utf-8")) else []


def write_new(path: Path, text: str) -> None:
    """Write a file that a person will edit, unless there is another one.

    Raises:
        ThemeError: the file exists and says something else.
    """
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() != data:
        raise ThemeError(f"{path} exists and differs", "move it away or name another file with --out")
    write_if_changed(path, data)


def taxonomy_toml(profile: Profile, taxonomy: Taxonomy, title: str) -> str:
    """Return a taxonomy in the format of a profile."""
    themes = []
    for theme in taxonomy:
        row: dict[str, object] = {"id": theme.id, "name": theme.name}
        if theme.parent is not None:
            row["parent"] = theme.parent
        row |= {"description": theme.description, "keywords": list(theme.keywords), "seeds": list(theme.seeds)}
        if theme.names:
            row["names"] = dict(theme.names)
        themes.append(row)
    head: dict[str, object] = {"name": profile.name, "title": title, "description": profile.description}
    if profile.titles:
        head["titles"] = dict(profile.titles)
    if profile.replaces:
        head["replaces"] = dict(profile.replaces)
    if profile.glossaries:
        head["glossary"] = {code: dict(terms) for code, terms in profile.glossaries}
    return tomli_w.dumps({**head, "theme": themes})
