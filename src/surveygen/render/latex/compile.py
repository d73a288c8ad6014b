"""Run LuaLaTeX, and biber where TeX asks for it, in a locked folder.

Rules (docs/decisions.md, Output): no shell escape, no file read or written outside the folder, no key in the
environment, limits on time and memory, and a log that is judged, for an exit code does not say that it is clean.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from surveygen.environment import cache_folder, child_environment
from surveygen.errors import TemplateError
from surveygen.render.latex._sandbox import SYSTEM_FOLDERS, landlock, lua_guard

MAX_PASSES = 6
MAX_PASS_SECONDS = 180.0
_MEMORY_BYTES = 8 * 2**30  # address space; 1.6 GB are in use with a CJK font loaded
_WORST_OVERFULL = 5.0  # points; less is not seen

_ERROR = re.compile(r"^! (?P<what>.+)$", re.MULTILINE)
_LINE = re.compile(r"^l\.(\d+)", re.MULTILINE)
_OVERFULL = re.compile(r"^Overfull \\[hv]box \((\d+(?:\.\d+)?)pt too (?:wide|high)\)[^\n]*", re.MULTILINE)
_MISSING = re.compile(r"Missing character: There is no (.+?) in font")
_UNDEFINED = re.compile(r"(?:Reference|Citation) [`']([^']*)' on page \S+\s+undefined")
_LOST_LINK = re.compile(r"name\{([^}]*)\} has been referenced but does not exist")
_CITED = re.compile(r"\\cite\{([^},]*)")
_RERUN = re.compile(
    r"Rerun to get|Please (?:\(re\)run|rerun)|Label\(s\) may have changed|Rerun LaTeX|Table widths have changed"
)
_CARRIED = {".aux", ".out", ".toc", ".nav", ".bbl"}  # suffixes of what one pass leaves to the next
_BY_HAND = "compile it by hand"
_NO_FILE = re.compile(r"File `([^']+)' not found")
_NO_BIBLIOGRAPHY = re.compile(r"^.*\bERROR - (.+)$", re.MULTILINE)  # of biber's log
_PLACE = re.compile(r"\\(?:sub)*section\{\\texorpdfstring\{.*\}\{(?P<heading>.*)\}\}|\\bibitem\[(?P<number>\d+)\]")


@dataclass(frozen=True, slots=True)
class CompileReport:
    """What the log says of the last pass: the complaints themselves, in the order of the log."""

    passes: int
    errors: tuple[str, ...]
    undefined: tuple[str, ...]
    missing: tuple[str, ...]
    overfull: tuple[str, ...]
    rerun: bool

    @property
    def clean(self) -> bool:
        """Whether there is nothing to complain of."""
        return not (self.errors or self.undefined or self.missing or self.overfull or self.rerun)


def compile_pdf(source: Path, out: Path, *, seconds: float) -> CompileReport:
    """Compile a TeX file to the file `out`, written whole or not at all.

    Args:
        source: the TeX file; it is only read, and so are the bibliographies (``*.bib``) beside it, which are at hand.
        out: the PDF to write.
        seconds: limit for each pass, at most 180.

    Raises:
        TemplateError: LuaLaTeX or biber is not there, took too long, or stopped at an error; the message says where.
    """
    with tempfile.TemporaryDirectory(prefix="surveygen-tex-") as scratch:
        run = _TexRun.prepare(Path(scratch), source.stem, min(seconds, MAX_PASS_SECONDS))
        for path in (source, *source.parent.glob("*.bib")):
            shutil.copyfile(path, run.work / path.name)
        report = run.until_stable()
        if report.errors or not run.made("pdf").is_file():
            raise _translated(report, run.log(), source)
        part = out.with_name(f".{out.name}.part")
        shutil.copyfile(run.made("pdf"), part)
        part.replace(out)
    return report


def read_log(log: str, *, passes: int = 1) -> CompileReport:
    """Read what TeX complained of; lines of the log must not be wrapped."""
    return CompileReport(
        passes=passes,
        errors=tuple(found["what"] for found in _ERROR.finditer(log)),
        undefined=tuple(dict.fromkeys(_UNDEFINED.findall(log) + _LOST_LINK.findall(log))),
        missing=tuple(dict.fromkeys(_MISSING.findall(log))),
        overfull=tuple(found[0] for found in _OVERFULL.finditer(log) if float(found[1]) > _WORST_OVERFULL),
        rerun=bool(_RERUN.search(log)),
    )


@dataclass(frozen=True, slots=True)
class _TexRun:
    """The work on one TeX file, in a folder that holds nothing else."""

    work: Path
    name: str
    seconds: float
    guard: Path
    readable: tuple[Path | str, ...]
    writable: tuple[Path | str, ...]

    @classmethod
    def prepare(cls, scratch: Path, name: str, seconds: float) -> _TexRun:
        """Make the folders of a run; fonts that TeX has prepared are cached for later runs."""
        work, guard, cache = scratch / "work", scratch / "guard" / "guard.lua", cache_folder() / "tex"
        for folder in (work, guard.parent, cache):
            folder.mkdir(parents=True, exist_ok=True)
        readable: tuple[Path | str, ...] = (*SYSTEM_FOLDERS, *_tex_folders(), guard.parent)
        writable: tuple[Path | str, ...] = (work, cache)
        guard.write_text(lua_guard(readable, writable), encoding="utf-8")
        return cls(work, name, seconds, guard, readable, writable)

    @property
    def source(self) -> str:
        """Name the TeX file."""
        return f"{self.name}.tex"

    def made(self, suffix: str) -> Path:
        """Name a file that TeX writes."""
        return self.work / f"{self.name}.{suffix}"

    def log(self) -> str:
        """Return what TeX said in the last pass."""
        return _text(self.made("log"))

    def until_stable(self) -> CompileReport:
        """Run passes until the files that TeX reads in its next pass stay the same."""
        before: dict[str, bytes] = {}
        asked = ""
        for number in range(1, MAX_PASSES + 1):
            locked = ("--no-shell-escape", "--nosocket", f"--lua={self.guard}")
            self._program("lualatex", *locked, "--interaction=nonstopmode", "--halt-on-error", self.source)
            report = read_log(self.log(), passes=number)
            if report.errors or not self.made("pdf").is_file():
                break
            wanted = _text(self.made("bcf"))  # what biblatex asks of biber
            if wanted != asked:
                self._sort_bibliography()
                asked = wanted
            after = {path.name: path.read_bytes() for path in self.work.iterdir() if path.suffix in _CARRIED}
            if after == before:
                break
            before = after
        return report

    def _sort_bibliography(self) -> None:
        """Let biber read the bibliography; settings of the person who runs it do not count."""
        self._program("biber", "--noconf", self.name)
        fault = _NO_BIBLIOGRAPHY.search(_text(self.made("blg")))
        if fault or not self.made("bbl").is_file():
            raise TemplateError(
                f"biber stopped: {fault[1] if fault else 'it wrote no bibliography and gave no reason'}",
                "if the template is your own, fix it there, or use thebibliography",
                template=self.source,
            )

    def _program(self, program: str, *words: str) -> None:
        path = shutil.which(program)
        if path is None:
            raise TemplateError(f"the PDF needs {program}, which is not installed", "run: make system-deps")
        locked = {"openin_any": "p", "openout_any": "p", "max_print_line": "10000", "SOURCE_DATE_EPOCH": "0"}
        locked |= {"FORCE_SOURCE_DATE": "1", "TEXMFOUTPUT": str(self.work), "TMPDIR": str(self.work)}
        locked |= {"TEXMFCACHE": str(self.writable[-1]), "CLUAINPUTS": "/nowhere"}

        def enter() -> None:
            _limit_memory()
            restrict()

        with landlock((*self.readable, path, Path(path).resolve()), self.writable) as restrict:
            try:
                subprocess.run(  # noqa: S603  # the programs and their flags are fixed above
                    [path, *words],
                    cwd=self.work,
                    env=child_environment("TEX", "OSFONTDIR", "BIBINPUTS") | locked,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=self.seconds,
                    check=False,
                    preexec_fn=enter,  # sets limits, takes no lock
                )
            except subprocess.TimeoutExpired as error:
                raise TemplateError(
                    f"{program} took more than {self.seconds:.0f} seconds for one pass",
                    f"build the survey in parts, or compile {self.source} by hand",
                    template=self.source,
                ) from error


def _tex_folders() -> tuple[str, ...]:
    """Return the folders of TeX: its trees, those of the person who runs it, and those that variables name."""
    finder = shutil.which("kpsewhich")
    if finder is None:
        return ()
    asked = [f"-expand-path=${name}" for name in ("TEXMF", "OSFONTDIR", "TEXINPUTS", "BIBINPUTS")]
    command = [finder, *asked, "-var-value=SELFAUTOPARENT"]
    environment = child_environment("TEX", "OSFONTDIR", "BIBINPUTS")
    found = subprocess.run(  # noqa: S603  # the words are fixed above
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    paths = {path.rstrip("/") for line in found.stdout.split("\n") for path in line.split(os.pathsep)}
    return tuple(sorted(path for path in paths if path.startswith("/")))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _translated(report: CompileReport, log: str, source: Path) -> TemplateError:
    found = _LINE.search(log)
    line = int(found[1]) if found else 0
    what = report.errors[0].rstrip(".") if report.errors else "it wrote no PDF and gave no reason"
    hint = f"see {source.name}, line {line}; if the template is your own, fix it there" if line else _BY_HAND
    if _NO_FILE.search(what):
        hint = "a part of TeX is not installed; run: make system-deps"
    return TemplateError(
        f"lualatex stopped{_nearest(_text(source), line)}: {what}", hint, template=source.name, line=line
    )


def _nearest(source: str, line: int) -> str:
    """Name the last section or reference that begins at or before a line, and the paper that the line cites first."""
    places = [found for text in source.split("\n")[:line] if (found := _PLACE.search(text))]
    if not places:
        return ""
    last = places[-1]
    if last["number"]:
        return f" at reference {last['number']}"
    cited = _CITED.search(source.split("\n")[line - 1])  # a row of a table is a line, and begins with its paper
    return f" in section {last['heading']!r}" + (f" at paper {cited[1]}" if cited else "")
