"""The filters that a list's bar has as buttons: what people ask most by one click, in place of what was asked of the field before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from admin_app.errors import ConfigurationError
from admin_app.panel.filters.declared import declared_filters
from admin_app.resources.post import PostResource
from tests.page import Page


def buttons(client: Any, address: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return the buttons of a list with what each leads to; the way that is on has a star."""
    return {
        one.all("summary")[0].text: [
            (link.text + "*" * ("aria-current" in link.attributes), state_of(link.attributes["href"]))
            for link in one.all("a")
        ]
        for one in Page(client.get(address)).all("div", class_="promoted")
    }


def state_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_the_first_relation_and_the_first_time_are_buttons(as_viewer: Any) -> None:
    found = buttons(as_viewer, "/admin/post/?q=tea&sort=id&page=2&created_at__from=2020-01-01&user__is=7")

    kept = {"q": "tea", "sort": "id"}
    assert found["User"] == [("No user", kept | {"created_at__from": "2020-01-01", "user__empty": "yes"})]
    assert [words for words, _ in found["Created"]] == [
        "Today",
        "This week",
        "In the last 7 days",
        "Last month",
        "This year",
    ]
    # Whose they are stays; from when on does not, since the period says it.
    assert found["Created"][3][1] == kept | {"user__is": "7", "created_at__within": "last-month"}
    assert list(buttons(as_viewer, "/admin/user/?q=x")) == ["Created"]


def test_the_way_that_is_on_is_marked(as_viewer: Any) -> None:
    found = buttons(as_viewer, "/admin/post/?created_at__within=this-week")

    assert [words for words, _ in found["Created"] if words.endswith("*")] == ["This week*"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ({"add.user.op": "is", "add.user": "7"}, "/admin/post/?q=tea&user__is=7"),
        ({"add.user.op": "is", "add.user": ""}, "/admin/post/?q=tea"),
        (
            {"add.created_at.op": ["from", "until"], "add.created_at": ["2026-01-01", "2026-01-31"]},
            "/admin/post/?q=tea&created_at__from=2026-01-01&created_at__until=2026-01-31",
        ),
        (
            {"add.created_at.op": ["from", "until"], "add.created_at": ["", "2026-01-31"]},
            "/admin/post/?q=tea&created_at__until=2026-01-31",
        ),
    ],
)
def test_what_is_typed_below_a_button_leads_to_a_plain_address(as_viewer: Any, typed: Any, address: str) -> None:
    response = as_viewer.get("/admin/post/", query_string={"q": "tea", **typed})

    assert (response.status_code, response.location) == (303, address)


def test_a_resource_says_which_and_a_hidden_field_is_none(
    client_with: Callable[..., Any], as_viewer: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post()
    hidden = list(buttons(client_with("*:*", fields=["post.user:hidden"]), "/admin/post/"))
    monkeypatch.setattr(PostResource, "promoted", ("created_at",))
    one = list(buttons(as_viewer, "/admin/post/"))
    monkeypatch.setattr(PostResource, "promoted", ())
    none = list(buttons(as_viewer, "/admin/post/"))

    assert (hidden, one, none) == (["Created"], ["Created"], [])


def test_a_promoted_filter_that_is_none_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PostResource, "promoted", ("title",))

    with pytest.raises(ConfigurationError) as caught:
        declared_filters(PostResource())

    assert str(caught.value) == "PostResource.promoted names title, which is not in column_filters."
