"""How a text of HTML looks: words and tags of a stranger, shown without running, sending or loading anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page import Page

HTML = "<p>Two <b>bold</b> words</p><script>alert(1)</script><img src='https://example.com/a.png' alt='A bicycle'>"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def preview(client: Any, key: int, **arguments: str) -> Any:
    return client.get("/admin/post/preview/", query_string={"id": key, "field": "content", **arguments})


def test_the_form_says_how_long_it_is_and_where_to_look_at_it(as_editor: Any, make_post: Any) -> None:
    html, plain = make_post(content="<p>Two words</p>"), make_post(content="a < b and c > d")

    bars = [
        Page(as_editor.get(f"/admin/post/edit/?id={one.id}")).all("div", class_="markup")[0] for one in (html, plain)
    ]

    assert [bar.all("p")[0].text for bar in bars] == ["2 words · HTML", "7 words"]
    assert [(one.text, one.attributes["href"]) for one in bars[0].all("a")] == [
        ("Preview", f"/admin/post/preview/?field=content&id={html.id}"),
        ("Text", f"/admin/post/preview/?field=content&as=text&id={html.id}"),
        ("Preview with images", f"/admin/post/preview/?field=content&images=1&id={html.id}"),
    ]


def test_who_only_looks_is_led_to_the_preview_of_html(as_viewer: Any, make_post: Any) -> None:
    html, plain = make_post(content="<p>Two words</p>"), make_post(content="Two words")

    pages = [Page(as_viewer.get(f"/admin/post/details/?id={one.id}")) for one in (html, plain)]

    assert [page.has_link("Preview") for page in pages] == [True, False]


def test_the_preview_is_the_text_under_a_policy_that_allows_nothing(as_viewer: Any, make_post: Any) -> None:
    response = preview(as_viewer, make_post(content=HTML).id)

    assert HTML in response.text
    assert {
        name: response.headers[name]
        for name in ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    } == {
        "Content-Security-Policy": POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }


@pytest.mark.parametrize(
    "tag", ["<link rel=preconnect href=//a.example>", "<LINK\nrel='dns-prefetch' href=//a.example>", "<link/>"]
)
def test_no_address_is_connected_to_before_it_is_asked_for(tag: str, as_viewer: Any, make_post: Any) -> None:
    content = f"<p>Two</p><a href=//a.example>link</a>{tag}"

    response = preview(as_viewer, make_post(content=content).id)

    assert content.replace(tag, f"<x-{tag[1:]}") in response.text


def test_images_are_loaded_when_somebody_asks(as_viewer: Any, make_post: Any) -> None:
    response = preview(as_viewer, make_post(content=HTML).id, images="1")

    assert response.headers["Content-Security-Policy"] == POLICY.replace("img-src 'none'", "img-src http: https: data:")
    assert response.headers["Cross-Origin-Embedder-Policy"] == "unsafe-none"


@pytest.mark.parametrize(
    ("content", "how", "shown"),
    [("<p>One &amp; all</p><p><b>Tw</b>o</p>", "text", "One & all\nTwo"), ("a < b\nc", "", "a < b\nc")],
    ids=["html as text", "plain text"],
)
def test_text_is_shown_as_text(content: str, how: str, shown: str, as_viewer: Any, make_post: Any) -> None:
    page = Page(preview(as_viewer, make_post(content=content).id, **({"as": how} if how else {})))

    assert [one.raw.strip() for one in page.all("div", class_="plain")] == [shown]


def test_what_is_typed_is_looked_at_before_it_is_saved(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Old")

    response = as_editor.post_form(
        f"/admin/post/preview/?id={post.id}&field=content",
        {"text": "<p>New</p>"},
        page=f"/admin/post/edit/?id={post.id}",
    )

    assert "<p>New</p>" in response.text
    assert "Old" not in response.text


@pytest.mark.parametrize("field", ["user_id", "nosuch", ""])
def test_only_fields_that_may_hold_html_have_one(field: str, as_viewer: Any, make_post: Any) -> None:
    assert preview(as_viewer, make_post().id, field=field).status_code == 404


def test_a_hidden_field_has_none(client_with: Any, make_post: Any) -> None:
    post, client = make_post(content=HTML), client_with("*:*", fields=["post.content:hidden"])

    assert preview(client, post.id).status_code == 404
    assert Page(client.get(f"/admin/post/edit/?id={post.id}")).all("div", class_="markup") == []
