"""Tabs of the browser that one test after the other is lent: a new one, its process, styles and scripts cold, takes a third of a second of a processor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, ViewportSize, WebError

from tests.browser.steps import PATIENCE

USUAL: ViewportSize = {"width": 1280, "height": 720}

# Chromium names the directive in its console too, but not for every kind of breach.
REPORT_BREACHES = """
    document.addEventListener("securitypolicyviolation", (breach) => {
        console.error(`Content-Security-Policy: ${breach.violatedDirective} stopped ${breach.blockedURI}`);
    });
"""


class Complaints:
    """What pages complained about: errors in the console, in scripts, against the Content-Security-Policy."""

    def __init__(self, context: BrowserContext, unreachable: str = "") -> None:
        self.unreachable = unreachable
        self.found: list[tuple[str, str]] = []
        self.visited: set[str] = set()
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)
        context.on("request", self._note_visit)

    def taken(self) -> list[str]:
        """Return them, and begin anew."""
        complaints = list(self)
        self.found, self.visited = [], set()
        return complaints

    def __iter__(self) -> Iterator[str]:
        for url, words in self.found:
            # Chromium reports an answer of 4xx or 5xx also for the page that the test went to see.
            if not (words.startswith("Failed to load resource") and (url in self.visited or self._is_unreachable(url))):
                yield f"{url}: {words}"

    def _is_unreachable(self, url: str) -> bool:
        return bool(self.unreachable) and self.unreachable in url

    def _note_message(self, message: ConsoleMessage) -> None:
        # So htmx notes a request that another one took the place of.
        is_replaced = message.text.startswith(("htmx:sendAbort, ", "htmx:afterRequest, "))
        if message.type == "error" and not is_replaced:
            self.found.append((message.location["url"], message.text))

    def _note_error(self, error: WebError) -> None:
        self.found.append((error.page.url if error.page else "", str(error.error)))

    def _note_visit(self, request: Request) -> None:
        if request.is_navigation_request():
            self.visited.add(request.url)


@dataclass(frozen=True)
class Lent:
    """A tab, and what its pages and those of others of its context complain about."""

    tab: Page
    complaints: Complaints
    # As what it is kept; nothing is one of its own, which nobody gets after this test.
    kind: tuple[str, bool] | None


class Tabs:
    """Those that nobody has at the moment, each in a context of its own, by the address that it opens and whether scripts run in it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, bool], list[Lent]] = defaultdict(list)

    def lend(self, url: str, *, javascript: bool, is_kept: bool, unreachable: str = "", **options: Any) -> Lent:
        """Hand one out that knows nobody; with options, or where it is not kept, a new one."""
        kind = (url, javascript) if is_kept and not options else None
        free = self._free[kind] if kind else []
        lent = free.pop() if free else self._made(kind, {"base_url": url, "java_script_enabled": javascript, **options})
        lent.complaints.unreachable = unreachable
        return lent

    def take_back(self, lent: Lent) -> list[str]:
        """Let nothing of it stay that the next test could see, and return what its pages complained about."""
        context = lent.tab.context
        if lent.kind is None or lent.tab.is_closed():
            context.close()
            return lent.complaints.taken()
        try:
            _tidy(lent.tab)
        except Error:
            # What cannot be tidied, after a test that failed half way, nobody gets again.
            context.close()
        else:
            self._free[lent.kind].append(lent)
        return lent.complaints.taken()

    def _made(self, kind: tuple[str, bool] | None, options: dict[str, Any]) -> Lent:
        context = self._browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **options})
        context.set_default_timeout(PATIENCE)
        if options["java_script_enabled"]:
            context.add_init_script(REPORT_BREACHES)
        complaints = Complaints(context)
        return Lent(context.new_page(), complaints, kind)


def _tidy(tab: Page) -> None:
    for page in tab.context.pages:
        if page != tab:
            page.close()
    # Away from a page whose scripts go on asking, for the tables are emptied next.
    tab.unroute_all()
    tab.goto("/static/icon.svg")
    tab.evaluate("localStorage.clear(), sessionStorage.clear()")
    tab.set_viewport_size(USUAL)
    tab.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
    tab.context.clear_cookies()
    tab.context.clear_permissions()
