"""Run LuaLaTeX in a locked folder and judge its log.

The rules are R10 of notes/outputs.md: no shell escape, no file read or written outside the folder, limits on time and
memory, and an exit code that is never taken for a clean log.
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

from surveygen.errors import TemplateError

MAX_PASSES = 4
MAX_PASS_SECONDS = 180.0
_MEMORY_BYTES = 8 * 2**30  # address space; 1.6 GB are in use with a CJK font loaded
_WORST_OVERFULL = 5.0  # points; less is not seen

_ERROR = re.compile(r"^! (?P<what>.+)$", re.MULTILINE)
_LINE = re.compile(r"^l\.(\d+)", re.MULTILINE)
_OVERFULL = re.compile(r"^Overfull \\[hv]box \((\d+(?:\.\d+)?)pt too (?:wide|high)\)[^\n]*", re.MULTILINE)
_MISSING = re.compile(r"Missing character: There is no (.+?) in font")
_UNDEFINED = re.compile(r"(?:Reference|Citation) `([^']*)' on page \S+\s+undefined")
_LOST_LINK = re.compile(r"name\{([^}]*)\} has been referenced but does not exist")
_CITED = re.compile(r"\\cite\{([^},]*)")
_RERUN = re.compile(r"Rerun to get|Please rerun|Label\(s\) may have changed|Rerun LaTeX|Table widths have changed")
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


def compile_pdf(folder: Path, out: Path, *, seconds: float) -> CompileReport:
    """Compile ``survey.tex`` of a folder to the file `out`, written whole or not at all.

    Args:
        folder: holds the files of the LaTeX renderer; it is only read.
        out: the PDF to write.
        seconds: limit for each pass, at most 180.

    Raises:
        TemplateError: LuaLaTeX is not installed, took too long, or stopped at an error; the message says where.
    """
    engine = shutil.which("lualatex")
    if engine is None:
        raise TemplateError("the PDF needs lualatex, which is not installed", "run: make system-deps")
    with tempfile.TemporaryDirectory(prefix="surveygen-tex-") as scratch:
        work = Path(scratch)
        source = (folder / "survey.tex").read_text(encoding="utf-8")
        (work / "survey.tex").write_text(source, encoding="utf-8")
        report = _run_until_stable(engine, work, min(seconds, MAX_PASS_SECONDS))
        pdf = work / "survey.pdf"
        if report.errors or not pdf.is_file():
            raise _translated(report, (work / "survey.log"), source)
        part = out.with_name(f".{out.name}.part")
        shutil.copyfile(pdf, part)
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


def _run_until_stable(engine: str, work: Path, seconds: float) -> CompileReport:
    """Run passes until the files that TeX writes for its next pass stay the same."""
    before: dict[str, bytes] = {}
    for number in range(1, MAX_PASSES + 1):
        _run(engine, work, seconds)
        log = work / "survey.log"
        report = read_log(log.read_text(encoding="utf-8", errors="replace") if log.is_file() else "", passes=number)
        after = {path.name: path.read_bytes() for path in work.iterdir() if path.suffix in {".aux", ".out", ".toc"}}
        if report.errors or after == before or not (work / "survey.pdf").is_file():
            break
        before = after
    return report


def _run(engine: str, work: Path, seconds: float) -> None:
    command = [engine, "--no-shell-escape", "--interaction=nonstopmode", "--halt-on-error", "survey.tex"]
    locked = {"openin_any": "p", "openout_any": "p", "max_print_line": "10000", "SOURCE_DATE_EPOCH": "0"}
    locked |= {"FORCE_SOURCE_DATE": "1", "TEXMFOUTPUT": str(work)}
    try:
        subprocess.run(  # noqa: S603  # the engine and its flags are fixed above
            command,
            cwd=work,
            env={**os.environ, **locked},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            preexec_fn=_limit_memory,  # sets one limit, takes no lock
        )
    except subprocess.TimeoutExpired as error:
        raise TemplateError(
            f"lualatex took more than {seconds:.0f} seconds for one pass",
            "build the survey in parts, or compile survey.tex by hand",
            template="survey.tex",
        ) from error


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _translated(report: CompileReport, log: Path, source: str) -> TemplateError:
    found = _LINE.search(log.read_text(encoding="utf-8", errors="replace")) if log.is_file() else None
    line = int(found[1]) if found else 0
    what = report.errors[0].rstrip(".") if report.errors else "it wrote no PDF and gave no reason"
    return TemplateError(
        f"lualatex stopped{_nearest(source, line)}: {what}",
        f"see survey.tex, line {line}; if the template is your own, mend it there" if line else "compile it by hand",
        template="survey.tex",
        line=line,
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
