"""A real browser before a real server: chromium, headless, allowed to reach this machine only."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import make_server

from tests.console.desk_client import PASSWORD
from tests.support.programs import require

_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_TELL_VIOLATIONS = (
    "addEventListener('securitypolicyviolation',"
    " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
)


def start(playwright: Playwright) -> Browser:
    """Debian's chromium; the test is skipped by name where there is none."""
    return playwright.chromium.launch(executable_path=require("chromium"), args=_OPTIONS)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of `app`, served by threads on 127.0.0.1."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/console"
    finally:
        server.shutdown()
        thread.join()


@dataclass
class Seat:
    """One person's browser at the desk. `complaints` collects violations of the policy and script errors."""

    base: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str = "/") -> Page:
        self.page.goto(self.base + path)
        return self.page

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def see(self, words: str, within: str = "body", wait_ms: float = 12_000) -> None:
        """Wait until these words are on the screen."""
        self.page.locator(within).get_by_text(words).first.wait_for(timeout=wait_ms)


class Room:
    """Seats before one service; each a browser of its own."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.seats: list[Seat] = []

    def seat(
        self, login: str, width: int = 1440, height: int = 900, home: str = "**/console/", **context: Any
    ) -> Seat:
        """Somebody with an account, signed in through the form, which leads `home`."""
        opened = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", **context
        )
        opened.set_default_timeout(12_000)
        opened.add_init_script(_TELL_VIOLATIONS)
        seat = Seat(self.base, opened, opened.new_page())
        seat.page.on("console", lambda message: _note(seat, message.type, message.text))
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        self.seats.append(seat)
        page = seat.go("/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(home)
        return seat

    def close(self) -> None:
        for seat in self.seats:
            seat.context.close()


def _note(seat: Seat, kind: str, words: str) -> None:
    """Refused requests are told to the user by the page; the browser's own note of them is no complaint."""
    if kind in ("error", "warning") and not words.startswith("Failed to load resource"):
        seat.complaints.append(words)
