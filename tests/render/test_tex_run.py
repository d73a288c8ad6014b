"""TeX runs locked up, and its log is judged."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

from surveygen.errors import TemplateError
from surveygen.render import compile_pdf
from surveygen.render.latex.compile import read_log

tex_engine = pytest.mark.skipif(shutil.which("lualatex") is None, reason="no lualatex; run: make system-deps")

_LOG = """
Overfull \\hbox (4.2pt too wide) in paragraph at lines 1--2
Overfull \\hbox (12.5pt too wide) in paragraph at lines 3--4
Missing character: There is no \u6f22 (U+6F22) in font [lmroman10-regular]:!
LaTeX Warning: Citation `key1' on page 1 undefined on input line 7.
LaTeX Warning: Citation 'key2' on page 1 undefined on input line 8.
LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.
warning (pdf backend): name{cite.lost} has been referenced but does not exist, replaced by a fixed one
! Undefined control sequence.
l.12 \\foo
"""


def test_each_kind_of_complaint_is_found() -> None:
    """Errors, what is undefined or missing, and what stands out by more than five points."""
    report = read_log(_LOG)

    assert report.errors == ("Undefined control sequence.",)
    assert report.undefined == ("key1", "key2", "cite.lost")
    assert report.missing == ("\u6f22 (U+6F22)",)
    assert len(report.overfull) == 1
    assert "12.5pt" in report.overfull[0]
    assert report.rerun
    assert not report.clean


def test_a_quiet_log_is_clean() -> None:
    """No complaint, no finding."""
    assert read_log("This is LuaHBTeX\nOutput written on survey.pdf").clean


def test_biber_that_must_run_again_is_a_complaint() -> None:
    """Citations by biblatex are not right before."""
    assert read_log("Package biblatex Warning: Please (re)run Biber on the file:").rerun


def test_without_lualatex_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without TeX is told how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    _write(tmp_path, "Text")

    with pytest.raises(TemplateError, match="not installed") as caught:
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=10)
    assert "make system-deps" in caught.value.hint


def test_without_biber_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TeX asks for a bibliography, the program that sorts it must be there."""
    engine = tmp_path / "lualatex"
    engine.write_text("#!/bin/sh\nfor name in pdf log bcf; do echo asked > survey.$name; done\n", encoding="utf-8")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    _write(tmp_path, "Text")

    with pytest.raises(TemplateError, match="needs biber, which is not installed") as caught:
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=10)
    assert "make system-deps" in caught.value.hint


@pytest.mark.skipif(shutil.which("biber") is None, reason="no biber; run: make system-deps")
@tex_engine
@pytest.mark.tex
def test_an_error_of_biber_is_told(tmp_path: Path) -> None:
    """What it could not do becomes the message, and no PDF is left."""
    _write(tmp_path, "\\cite{one}", "\\usepackage{biblatex}\\addbibresource{none.bib}")

    with pytest.raises(TemplateError, match=r"biber stopped: Cannot find 'none\.bib'"):
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=60)
    assert not (tmp_path / "survey.pdf").exists()


@tex_engine
@pytest.mark.tex
def test_a_class_that_is_not_installed_names_the_command(tmp_path: Path) -> None:
    """The missing file is named, and how to get the parts of TeX that are wanted."""
    (tmp_path / "slides.tex").write_text("\\documentclass{nowhere}\n\\begin{document}\n", encoding="utf-8")

    with pytest.raises(TemplateError, match=r"File `nowhere\.cls' not found") as caught:
        compile_pdf(tmp_path / "slides.tex", tmp_path / "slides.pdf", seconds=60)
    assert "make system-deps" in caught.value.hint
    assert caught.value.template == "slides.tex"


@tex_engine
@pytest.mark.tex
def test_an_error_of_tex_names_the_section(tmp_path: Path) -> None:
    """The line of the error becomes the heading that it stands under, and no PDF is left."""
    _write(tmp_path, "\\section{\\texorpdfstring{A}{Debate}}\n\\undefinedthing")

    with pytest.raises(TemplateError, match="'Debate': Undefined control sequence") as caught:
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=60)
    assert caught.value.line == 4
    assert not (tmp_path / "survey.pdf").exists()


@tex_engine
@pytest.mark.tex
def test_an_error_in_a_row_names_its_paper(tmp_path: Path) -> None:
    """A table has many rows; the one at fault is told by its citation."""
    _write(tmp_path, "\\section{\\texorpdfstring{A}{Debate}}\nOne \\cite{one}\n\nTwo \\cite{two} \\undefinedthing")

    with pytest.raises(TemplateError, match="in section 'Debate' at paper two: Undefined control sequence"):
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=60)


@tex_engine
@pytest.mark.tex
def test_a_loop_is_stopped(tmp_path: Path) -> None:
    """A pass that does not end is ended."""
    _write(tmp_path, "\\def\\x{\\x}\\x")

    with pytest.raises(TemplateError, match="more than 2 seconds"):
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=2)


@tex_engine
@pytest.mark.tex
def test_a_template_can_neither_write_outside_nor_run_a_program(tmp_path: Path) -> None:
    """The engine itself refuses what escaping should never let through."""
    outside = tmp_path / "outside.txt"
    run = f"\\immediate\\write18{{touch {outside}}}"
    write = f"\\newwrite\\w \\immediate\\openout\\w={outside}\\immediate\\write\\w{{x}}"
    _write(tmp_path, run + write)

    with pytest.raises(TemplateError):
        compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=60)
    assert not outside.exists()


# Each returns what it should not be able to reach: the words of a file outside, or anything true.
_LUA_ATTACKS = {
    "open": 'return io.open(SECRET):read("a")',
    "open_upwards": 'return io.open("../../../../../../.." .. SECRET):read("a")',
    "lines": "for line in io.lines(SECRET) do return line end",
    "input": "io.input(SECRET) return io.read()",
    "loadfile": "local _, words = loadfile(SECRET) return words:find('hush', 1, true)",
    "dofile": "local _, words = pcall(dofile, SECRET) return words:find('hush', 1, true)",
    "open_method": "local file = io.tmpfile() return getmetatable(file).__index.open and true",
    "popen": 'return io.popen("cat " .. SECRET):read("a")',
    "execute": 'return os.execute("touch " .. OUTSIDE)',
    "spawn": 'return os.spawn("touch " .. OUTSIDE) == 0',
    "write": 'io.open(OUTSIDE, "w"):write("x"):close() return true',
    "append": 'io.open(SECRET, "a"):write("x"):close() return true',
    "output": "return io.output(OUTSIDE):write('x')",
    "remove": "return os.remove(SECRET)",
    "rename_in": 'return os.rename(SECRET, "here.txt")',
    "rename_out": 'io.open("here.txt", "w"):close() return os.rename("here.txt", OUTSIDE)',
    "symlink": 'lfs.link(SECRET, "there.txt", true) return io.open("there.txt"):read("a")',
    "mkdir": "return lfs.mkdir(OUTSIDE)",
    "touch": "return lfs.touch(SECRET)",
    "list": "for name in lfs.dir(FOLDER) do return name end",
    "environment": 'return os.getenv("OPENAI_API_KEY")',
    "all_of_the_environment": 'return os.env and rawget(os.env, "OPENAI_API_KEY")',
    "kpse_variable": 'local value = kpse.var_value("OPENAI_API_KEY") return value ~= "" and value',
    "unlock": 'os.setenv("openin_any", "a") return io.open(SECRET):read("a")',
    "library": 'return package.loadlib("libc.so.6", "*")',
    "upvalue": 'local _, real = debug.getupvalue(io.open, 1) return real(SECRET):read("a")',
    "function_of_a_frame": ("local real = debug.getinfo(1, 'f').func or error() return real"),
    "hook": "return debug.sethook(function() end) or debug.gethook()",
    "registry": "return debug.getregistry()",
    "bytecode": 'return load(string.dump(function() return 1 end), "x", "b")()',
    "foreign_upvalue": 'return load(string.dump(io.open), "x", "b", {})',
    "archive": "return zip.open(SECRET) or gzip.open(SECRET)",
    "socket": "return require('socket').tcp():connect('127.0.0.1', 9)",
    "find_callback": (
        "callback.register(\"find_read_file\", function() return SECRET end) return token.create('input') and nil"
    ),
    "proc": 'return io.open("/proc/self/environ"):read("a"):find("OPENAI_API_KEY")',
}


@pytest.mark.parametrize("kernel", [True, False], ids=["kernel", "lua"])
@tex_engine
@pytest.mark.tex
def test_lua_reaches_neither_files_nor_programs_nor_keys(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kernel: bool,  # noqa: FBT001  # a case
) -> None:
    """Code in a template ends where the compilation ends, with both walls and with that of Lua alone."""
    if not kernel:
        monkeypatch.setattr("surveygen.render.latex.compile.landlock", lambda *_: nullcontext(lambda: None))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush-12345678")
    secret, outside = tmp_path / "elsewhere" / "secret.txt", tmp_path / "elsewhere" / "outside.txt"
    secret.parent.mkdir()
    words = "hush hush \\errmessage{reached as TeX}"
    secret.write_text(words, encoding="utf-8")
    names = f"local SECRET, OUTSIDE, FOLDER = '{secret}', '{outside}', '{secret.parent}'\n"
    for name, code in _LUA_ATTACKS.items():
        attack = f"local fine, reached = pcall(function() {code} end)\n"
        attack += f"if fine and reached then texio.write_nl('! reached by {name}') end"
        (tmp_path / f"{name}.bib").write_text(f"{names}{attack}", encoding="utf-8")
    body = "".join(f"\\directlua{{dofile('{name}.bib')}}" for name in _LUA_ATTACKS)
    files = "".join(f"\\IfFileExists{{{name}}}{{\\input{{{name}}}}}{{}}" for name in (secret, "anything"))
    _write(tmp_path, f"{body}{files}Text", "\\usepackage{fontspec}")

    report = compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=60)

    assert report.errors == ()
    assert secret.read_text(encoding="utf-8") == words
    assert list(secret.parent.iterdir()) == [secret]


@tex_engine
@pytest.mark.tex
@pytest.mark.parametrize(
    "code",
    [
        "\\newread\\r \\openin\\r={SECRET}\\relax \\ifeof\\r\\else\\errmessage{reached}\\fi",
        "\\IfFileExists{SECRET}{\\errmessage{reached}}{}",
        "\\saveimageresource{SECRET}\\errmessage{reached}",
        "\\immediate\\pdfextension obj file {SECRET}\\errmessage{reached}",
    ],
)
def test_tex_reads_nothing_outside(tmp_path: Path, code: str) -> None:
    """Neither as text nor as a picture."""
    secret = tmp_path / "secret.tex"
    secret.write_text("hush", encoding="utf-8")
    folder = tmp_path / "survey"
    folder.mkdir()
    _write(folder, code.replace("SECRET", str(secret)))

    try:
        compile_pdf(folder / "survey.tex", folder / "survey.pdf", seconds=60)
    except TemplateError as error:
        assert "reached" not in error.message  # noqa: PT017  # both outcomes are right
    else:
        assert b"hush" not in (folder / "survey.pdf").read_bytes()


def _write(folder: Path, body: str, preamble: str = "") -> None:
    head = f"\\documentclass{{article}}\\providecommand\\texorpdfstring[2]{{#1}}{preamble}"
    text = f"{head}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (folder / "survey.tex").write_text(text, encoding="utf-8")
