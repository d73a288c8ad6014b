"""What the browser tests share: an open page, and what it asked for and complained about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import FloatRect, Page

CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "no chromium; run: make system-deps"

PICTURES = Path(__file__).resolve().parents[2] / ".artifacts" / "screenshots"
_TALLEST = 8000  # pixels of a picture; a page of 500 papers goes on


@dataclass
class Seen:
    """An open page, with what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _ears: dict[str, Callable[..., None]] = field(default_factory=dict)

    def listen(self) -> None:
        """Note what the page asks for and complains about from now on."""
        self._ears = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.complaints.append(message.text),
            "pageerror": lambda error: self.complaints.append(str(error)),
        }
        for event, ear in self._ears.items():
            self.page.on(event, ear)  # type: ignore[call-overload]  # the stubs know single names only

    def forget(self) -> None:
        """Leave the page as a new one is: nothing stored or allowed, no address, screen, no key or pointer on it."""
        for event, ear in self._ears.items():
            self.page.remove_listener(event, ear)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.context.clear_permissions()
        self.page.emulate_media(media="null", color_scheme="null")
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")


Open = Callable[..., Seen]


def keep(page: Page, name: str) -> None:
    """Keep a picture of what the window shows for people to look at, where SURVEYGEN_SCREENSHOTS is 1."""
    if os.environ.get("SURVEYGEN_SCREENSHOTS") == "1":
        page.screenshot(path=PICTURES / f"{name.replace('/', '-')}.png")


def keep_whole(page: Page, name: str) -> None:
    """Keep a picture of the whole page too, as far down as pictures go."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    part: FloatRect = {"x": 0, "y": 0, "width": width, "height": min(height, _TALLEST)}
    if os.environ.get("SURVEYGEN_SCREENSHOTS") == "1":
        page.screenshot(path=PICTURES / f"{name.replace('/', '-')}.png", full_page=True, clip=part)


def keep_looks(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep pictures in dark and in light; the page is left in light."""
    if os.environ.get("SURVEYGEN_SCREENSHOTS") == "1":
        looks: tuple[Literal["dark", "light"], ...] = ("dark", "light")
        for look in looks:
            page.emulate_media(color_scheme=look)
            (keep_whole if whole else keep)(page, f"{name}-{look}")
