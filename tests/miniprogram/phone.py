"""Somebody's phone: the unchanged mini-program in chromium, before the real service."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

SMALL = {"width": 320, "height": 568}
LARGE = {"width": 393, "height": 852}
_QUIET = ("Failed to load resource", "net::ERR_")  # a line that was cut on purpose


@dataclass
class Phone:
    """One person's phone. `complaints` collects errors of scripts and violations of the policy."""

    base: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/pages/home/index") -> "Phone":
        """Open the mini-program anew at that page, as WeChat does from a scan or a message."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/preview/#{path}")
        return self

    def scan_outside(self, url: str) -> "Phone":
        """WeChat's own scanner read a plain-link code: the page gets the whole address, encoded once."""
        return self.open(f"/pages/scan/index?q={quote(url, safe='')}")

    def launch(self, path: str) -> None:
        """Go there within the running app."""
        self.page.evaluate("path => harness.launch(path)", path)

    def look_again(self) -> None:
        """Put the app away and take it out again: what is shown is asked for anew."""
        self.page.evaluate("harness.background(), harness.foreground()")

    def change(self, **values: object) -> None:
        """What the person outside decides: `scan`, `location`, `subscribe`, `phoneCode`, `fontSize`."""
        self.page.evaluate("values => harness.change(values)", values)

    def calls(self, name: str) -> list[Any]:
        """What was asked of `wx.<name>` since the app began."""
        found: list[Any] = self.page.evaluate(
            "name => harness.calls.filter(([called]) => called === name).map(([, options]) => options)", name
        )
        return found

    def settle(self) -> None:
        """Wait until every answer has come and is drawn."""
        quiet = 0
        while quiet < 3:
            self.page.wait_for_timeout(40)
            quiet = quiet + 1 if self.page.evaluate("harness.awaited()") == 0 else 0

    def wait_for_call(self, name: str, seconds: float = 8) -> Any:
        """What `wx.<name>` was asked for the first time; waits until it is."""
        until = time.monotonic() + seconds
        while not (found := self.calls(name)):
            assert time.monotonic() < until, f"wx.{name} was not called"
            self.page.wait_for_timeout(50)
        return found[0]

    def shown(self) -> Locator:
        """The page on top; those below are hidden."""
        return self.page.locator("page-root:visible")

    def tap(self, words: str, role: str = "button", exact: bool = False) -> None:
        """Tap what a screen reader would call so."""
        self.shown().get_by_role(role, name=words, exact=exact).first.click()

    def opened_document(self) -> Locator:
        """What WeChat shows of a document that was opened."""
        return self.page.get_by_role("dialog", name="打开的文件")

    def answer(self, words: str) -> None:
        """Tap a button of a question that WeChat drew."""
        self.page.locator("#over").get_by_role("button", name=words, exact=True).click()

    def write(self, label: str, words: str) -> None:
        """Write into a field."""
        self.shown().get_by_label(label, exact=True).fill(words)

    def see(self, words: str) -> None:
        """Wait until these words are on the page."""
        expect(self.shown().get_by_text(words).first).to_be_visible()

    def not_see(self, words: str) -> None:
        """Wait until these words are nowhere on the page."""
        expect(self.shown().get_by_text(words)).to_have_count(0)


def take(browser: Browser, base: str, person: str, size: dict[str, int], **context: Any) -> Phone:
    """A fresh phone in somebody's hand."""
    opened = browser.new_context(viewport=size, locale="zh-CN", has_touch=True, **context)
    opened.set_default_timeout(12_000)
    opened.add_init_script(
        "if (location.protocol.startsWith('http'))"
        f" sessionStorage.harness ??= JSON.stringify({{person: '{person}'}})"
    )
    phone = Phone(base, opened, opened.new_page())
    phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
    phone.page.on(
        "console",
        lambda told: (
            phone.complaints.append(told.text)
            if told.type == "error" and not any(word in told.text for word in _QUIET)
            else None
        ),
    )
    return phone
