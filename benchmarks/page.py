"""Measure the HTML edition of an invented survey: time to render, size, time until ready, time of a search.

Usage: python benchmarks/page.py [--papers 500 2000 20000] [--one-file] [--survey FILE.pkl]

Needs Chromium. Texts are of the length of real ones, in a small vocabulary that packs somewhat better. `--survey` takes
a pickled Survey instead. "busy" is the time of the page's own thread until it is ready, "ready" the wall time; each is
the least of three visits. Searches are typed into the field: one as soon as the page is ready, then eight of which the
worst counts. "author" is the worst of four names typed into the field for authors, whose list opens each time.
"""

from __future__ import annotations

import argparse
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from large_survey import large_survey
from surveygen import plugins
from surveygen.domain.survey import Survey
from surveygen.languages import load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats.html import HtmlRenderer
from surveygen.render.html.context import MOST_IN_ONE_FILE

QUERIES = ("a", "reward", "reward model", "weak judge", '"toxic bias"', "garcia", "zzz", "audit probe layer")
AUTHORS = ("g", "garcia", "A. Kim", "")
# Type into a field and wait for the rows, as long as the reader would.
SEARCH = """([name, queries]) => queries.map((query) => {
  const field = document.querySelector(`[name=${name}]`);
  const start = performance.now();
  field.value = query;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector(".papers tbody").getBoundingClientRect();
  return performance.now() - start;
})"""


def main() -> None:
    """Measure each size in a process of its own, so that its peak memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", default=[500, 2000, 20_000])
    parser.add_argument("--one-file", action="store_true", help="however many papers there are")
    parser.add_argument("--survey", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        survey = pickle.loads(asked.survey.read_bytes()) if asked.survey else large_survey(asked.papers[0])  # noqa: S301
        measure(survey, 10**9 if asked.one_file else MOST_IN_ONE_FILE)
        return
    more = [*(["--one-file"] if asked.one_file else []), *(["--survey", str(asked.survey)] if asked.survey else [])]
    for count in asked.papers[:1] if asked.survey else asked.papers:
        subprocess.run([sys.executable, __file__, "--one", "--papers", str(count), *more], check=True)


def measure(survey: Survey, most: int) -> None:
    """Render all formats, write the pages and visit them."""
    print(f"\n{len(survey.entries)} papers")
    roots = TemplateRoots(template_root())
    pages = timed("html", HtmlRenderer(load("en"), roots, most), survey)
    for name in ("json", "markdown", "latex"):
        timed(name, plugins.load("render", name).make(load("en"), roots), survey)
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    sizes = {name: len(text.encode()) / 1e6 for name, text in pages.items()}
    largest = max(sizes, key=lambda name: (name != "index.html", sizes[name]))
    print(f"  {len(pages)} files, {sum(sizes.values()):.1f} MB; index.html {sizes['index.html']:.2f} MB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, text in pages.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in dict.fromkeys(("index.html", largest)):
            visits = [visit(browser, Path(folder) / name) for _ in range(3)]
            busy, ready, first, search, author = (min(column) for column in zip(*visits, strict=True))
            print(f"  {name}, {sizes[name]:.2f} MB: busy {busy:.2f} s, ready {ready:.2f} s, ", end="")
            print(f"search at once {first:.0f} ms, later {search:.0f} ms, author {author:.0f} ms")
        browser.close()


def timed(name: str, renderer: object, survey: Survey) -> dict[str, str]:
    """Render one format; print its CPU seconds."""
    start = time.process_time()
    made = dict(renderer.render(survey))  # type: ignore[attr-defined]  # every plug-in of the room can
    print(f"  {name:<10}{time.process_time() - start:8.2f} s CPU")
    return made


def visit(browser: Browser, path: Path) -> tuple[float, float, float, float, float]:
    """Return busy and wall seconds until a page is ready, milliseconds of the first and worst search, of an author."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    start = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    ready = time.perf_counter() - start
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    first = page.evaluate(SEARCH, ["q", QUERIES[:1]])[0]
    page.wait_for_timeout(3000)
    worst, author = (max(page.evaluate(SEARCH, [name, typed])) for name, typed in (("q", QUERIES), ("author", AUTHORS)))
    context.close()
    return float(found["TaskDuration"]), ready, first, worst, author


if __name__ == "__main__":
    main()
