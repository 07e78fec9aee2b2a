"""The desk in a real browser. Nothing may leave this machine, in any of these tests."""

from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, urlsplit

import people
import pytest
from desk.site import Site
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from programs import required

DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
COUNT_TONES = """window.tones = 0; const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };"""
Open = Callable[..., Page]
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = required("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Browsers:
    """One browser a person, so that everybody signs in once; a `fresh` one for tests that leave something behind."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._of: dict[str, BrowserContext] = {}
        self.asked: set[str | None] = set()  # every machine that was asked for something

    def open(self, path: str, name: str, viewport: ViewportSize, language: str, fresh: bool) -> Page:
        known = None if fresh else self._of.get(name)
        page = (known or self._new(viewport, language)).new_page()
        page.set_viewport_size(viewport)
        page.goto(path)
        if name and not known:
            sign_in(page, name, people.PASSWORD)
            page.wait_for_url(self._address + path)
            if not fresh:
                self._of[name] = page.context
        return page

    def _new(self, viewport: ViewportSize, language: str) -> BrowserContext:
        context = self._browser.new_context(base_url=self._address, locale=language, viewport=viewport)
        context.add_init_script(COUNT_TONES)
        context.on("request", lambda request: self._ask(urlsplit(request.url)))
        return context

    def _ask(self, address: SplitResult) -> None:
        if address.scheme.startswith("http"):
            self.asked.add(address.hostname)


@pytest.fixture(scope="session")
def browsers(site: Site, browser: Browser) -> Browsers:
    return Browsers(browser, site.address)


@pytest.fixture
def open_page(browsers: Browsers) -> Iterator[Open]:
    """Some page in somebody's browser; with a `name` that person is signed in."""
    pages: list[Page] = []

    def open_(
        path: str,
        name: str = "",
        viewport: ViewportSize = DESK,
        *,
        language: str = "zh-CN",
        fresh: bool = False,
    ) -> Page:
        pages.append(browsers.open(path, name, viewport, language, fresh))
        return pages[-1]

    yield open_
    for page in pages:
        page.close()
    assert browsers.asked <= {"127.0.0.1"}, "the desk asked other machines"


def sign_in(page: Page, name: str, password: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("form button")
