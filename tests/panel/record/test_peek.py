"""A record beside its list, as the page is without scripts: what it shows, and where its ways lead."""

from __future__ import annotations

from typing import Any

from tests.page import Element, Page


def panel(page: Page) -> Element | None:
    return next(iter(page.all("aside", class_="peek")), None)


def links(one: Element) -> dict[str, str]:
    return {a.text: a.attributes["href"] for a in one.all("a")}


def peeks(page: Page) -> list[str]:
    return [a.attributes["href"] for a in page.all("a", class_="peek-link")]


def test_each_row_leads_to_itself_beside_the_same_list(as_viewer: Any, make_post: Any) -> None:
    ids = [make_post(content=f"Garden {number}").id for number in (1, 2)]

    page = Page(as_viewer.get("/admin/post/?q=garden&sort=id"))

    assert panel(page) is None
    assert peeks(page) == [f"/admin/post/?q=garden&sort=id&peek={key}" for key in ids]


def test_the_panel_tells_of_the_record_and_leads_along_the_rows(as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user(name="Ann")
    first, second, third = (make_post(content=f"<p>Garden {number}</p>", user=user).id for number in (1, 2, 3))
    here = "/admin/post/?q=garden&sort=id"

    page = Page(as_editor.get(f"{here}&peek={second}"))
    one = panel(page)

    assert one is not None
    assert [h2.text for h2 in one.all("h2")] == ["Garden 2"]
    assert [dd.text for dd in one.all("dd")][:3] == ["Garden 2", "Ann", str(second)]
    assert links(one) == {
        "Previous post": f"{here}&peek={first}",
        "Next post": f"{here}&peek={third}",
        "Close": here,
        "Ann": f"/admin/user/edit/?id={user.id}",
        "Open post": f"/admin/post/edit/?url=/admin/post/?q%3Dgarden%26sort%3Did&id={second}",
        "History": f"/admin/post/history/?url=/admin/post/?q%3Dgarden%26sort%3Did&id={second}",
        "Delete": f"/admin/post/delete/?url=/admin/post/?q%3Dgarden%26sort%3Did&id={second}",
    }
    assert [tr.attributes["id"] for tr in page.all("tr") if "data-peeked" in tr.attributes] == [f"listing-row-{second}"]
    assert page.ids() == [first, second, third]


def test_what_is_no_row_of_the_page_is_shown_without_neighbours(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Elsewhere")

    one = panel(Page(as_editor.get(f"/admin/post/?q=nothing&peek={post.id}")))

    assert one is not None
    assert list(links(one)) == ["Close", "Open post", "History", "Delete"]


def test_nothing_is_shown_of_what_is_not_there_or_not_to_be_seen(
    client_with: Any, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    mine = make_post(content="Mine", user=make_user(email="liam@example.com"))
    other = make_post(content="Other")
    author = client_with("post:list", "post:view", rows=["post:own"])
    lister = client_with("post:list", name="Lisa")

    assert panel(Page(author.get(f"/admin/post/?peek={mine.id}"))) is not None
    assert panel(Page(author.get(f"/admin/post/?peek={other.id}"))) is None
    assert panel(Page(lister.get(f"/admin/post/?peek={other.id}"))) is None
    assert peeks(Page(lister.get("/admin/post/"))) == []
    assert [panel(Page(as_editor.get(f"/admin/post/?peek={key}"))) for key in ("999", "x", "")] == [None] * 3


def test_a_hidden_field_is_hidden_in_the_panel_too(client_with: Any, make_post: Any) -> None:
    post = make_post(content="Sentinel")

    page = Page(client_with("*:*", fields=["post.content:hidden"]).get(f"/admin/post/?peek={post.id}"))

    assert panel(page) is not None
    assert "Sentinel" not in page.root.text
