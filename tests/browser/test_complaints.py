"""The tests of this folder fail on every breach of the Content-Security-Policy: here it is broken, and they are to notice."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Route

from tests.browser.steps import BOTH
from tests.browser.tabs import REPORT_BREACHES, Complaints

# What the policy stops, put into a page of ours on its way to the browser, and the directive that stops it.
BREACHES = {
    "<style>h1 { color: red }</style>": "style-src",
    '<h2 style="color: red">Red</h2>': "style-src",
    '<img src="http://elsewhere.example/pixel.png" alt="">': "img-src",
    '<link rel="stylesheet" href="http://elsewhere.example/look.css">': "style-src",
    '<iframe src="http://elsewhere.example/"></iframe>': "frame-src",
    # Previews are framed, and no other page lets itself be.
    '<iframe src="/sign-in"></iframe>': "frame-ancestors",
    '<object data="/static/icon.svg"></object>': "default-src",
}
# These are stopped where scripts run at all.
SCRIPTS = {
    "<script>window.hacked = 1</script>": "script-src",
    '<script src="http://elsewhere.example/work.js"></script>': "script-src",
    '<img src="/static/icon.svg" alt="" onload="window.hacked = 1">': "script-src",
}


@BOTH
def test_every_breach_of_the_policy_is_a_complaint(browser: Browser, live_server: str, *, javascript: bool) -> None:
    for markup, directive in {**BREACHES, **(SCRIPTS if javascript else {})}.items():
        context = browser.new_context(base_url=live_server, java_script_enabled=javascript)
        complaints = Complaints(context)
        if javascript:
            context.add_init_script(REPORT_BREACHES)
        page = context.new_page()
        page.route("**/sign-in", putting_in(markup))
        page.goto("/sign-in")
        hacked = page.evaluate("window.hacked")
        context.close()

        assert hacked is None
        assert [one for one in complaints if directive in one] != [], markup


def putting_in(markup: str) -> Callable[[Route], None]:
    def put_in(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{markup}</main>"))

    return put_in
