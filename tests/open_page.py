"""What the browser tests share: an open page, and what it asked for and complained about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "no chromium; run: make system-deps"


@dataclass
class Seen:
    """An open page, with what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Open = Callable[..., Seen]
