"""What holds of every PDF that the program makes, whatever it shows."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

LACKING = [name for name in ("lualatex", "pdftotext", "pdffonts", "pdfinfo", "qpdf") if shutil.which(name) is None]


def said(*command: str) -> str:
    """Return what a program prints."""
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def check_pdf(pdf: Path, title: str, language: str) -> None:
    """Title, language and the date of the sample are set, fonts are inside, links lead somewhere, no `??` is left."""
    info = said("pdfinfo", "-isodates", str(pdf))
    assert re.search(r"CreationDate: +2026-01-02T03:04:05Z", info)
    assert re.search(rf"Title: +{re.escape(title)}", info)
    assert said("qpdf", "--check", str(pdf))
    assert {row.split()[-5] for row in said("pdffonts", str(pdf)).splitlines()[2:]} == {"yes"}
    raw = said("qpdf", "--qdf", "--object-streams=disable", str(pdf), "-")
    assert re.search(rf"/Lang \({language}\)", raw)
    assert "/S /URI" in raw
    assert "/S /GoTo" in raw
    assert "??" not in said("pdftotext", str(pdf), "-")
