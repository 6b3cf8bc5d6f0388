"""What a job costs a person: clicks, keys beside the typing, and pages loaded."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, Request, expect


@dataclass
class Effort:
    """A person at a page, whose clicks, keys and loads are counted from the page where they are."""

    page: Page
    has_scripts: bool
    clicks: int = 0
    keys: int = 0
    loads: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        # What an address or a form leads to is the same load.
        self.loads += request.is_navigation_request() and request.redirected_from is None

    def click(self, control: Locator) -> None:
        """Click something that is there to be seen."""
        control.click()
        self.clicks += 1

    def choose(self, control: Locator, option: str) -> None:
        """Choose of a list: a click that opens it, and one on the line."""
        control.select_option(option)
        self.clicks += 2

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def press_until(self, key: str, control: Locator, *, most: int = 60) -> None:
        """Press a key until a control has the focus."""
        for _ in range(most):
            if control.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        expect(control).to_be_focused()

    def type(self, words: str) -> None:
        """Type where the focus is; the letters are what the job is about."""
        self.page.keyboard.type(words)

    def write(self, control: Locator, words: str) -> None:
        """Click into a field, and put other words there."""
        self.click(control)
        control.fill(words)

    def pick(self, control: Locator, typed: str, whole: str) -> None:
        """Pick a record: some letters and a click on the line with scripts, all of its name without."""
        if not self.has_scripts:
            return self.write(control, whole)
        expect(control).to_have_attribute("role", "combobox")
        if not control.evaluate("one => one === document.activeElement"):
            self.click(control)
        self.type(typed)
        return self.click(self.page.locator(".ts-dropdown .option").filter(has_text=whole))

    def find(self, words: str, name: str) -> None:
        """Search everything, and open what is found first; without scripts the search is a page of its own, and `name` a link there."""
        self.click(self.page.get_by_label("Search everything").first)
        self.type(words)
        self.press("Enter")
        if not self.has_scripts:
            self.click(self.page.locator("main .found").get_by_role("link", name=name).first)

    def require(self, *, clicks: int, keys: int = 0, loads: int) -> None:
        """Fail where the job cost more than this. Without scripts it has to be possible, and that is all."""
        if self.has_scripts:
            spent = {"clicks": self.clicks, "keys": self.keys, "loads": self.loads}
            most = {"clicks": clicks, "keys": keys, "loads": loads}
            assert {name: number for name, number in spent.items() if number > most[name]} == {}, spent
