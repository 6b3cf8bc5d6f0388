"""Lists: what they say and where they lead, and that a row more never costs a statement more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.many import many_users
from tests.page import Page
from tests.stores import both_stores

# ---- relations


@both_stores
def test_post_names_its_user_and_leads_to_them(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann Lee")
    make_post(user=ann, content="Hello")

    page = Page(as_editor.get("/admin/post/"))

    assert page.column("User") == ["Ann Lee"]
    assert page.link("Ann Lee", within="listing") == f"/admin/user/edit/?id={ann.id}"


@both_stores
def test_post_of_nobody_says_so(as_viewer: Any, make_post: Any) -> None:
    make_post()

    page = Page(as_viewer.get("/admin/post/"))

    assert page.column("User") == ["—No value"]


@both_stores
def test_number_of_posts_leads_to_exactly_these_posts(as_viewer: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    posts = [make_post(user=ann) for _ in range(3)]
    make_post(user=bob)
    make_post()
    users = Page(as_viewer.get("/admin/user/?sort=id"))

    posts_of_ann = Page(as_viewer.get(users.link("3", within="listing")))

    assert users.column("Posts") == ["3", "1"]
    assert sorted(posts_of_ann.ids()) == [post.id for post in posts]
    assert posts_of_ann.chips == ["User is “Ann”"]


@both_stores
def test_user_without_posts_has_a_plain_zero(as_viewer: Any, make_user: Any) -> None:
    make_user()

    page = Page(as_viewer.get("/admin/user/"))

    assert page.column("Posts") == ["0"]
    assert not page.has_link("0", within="listing")


# ---- words


@pytest.mark.parametrize(
    ("count", "line"), [(0, "0 users"), (1, "1 user"), (20, "20 users"), (1234, "1 to 20 of 1,234 users")]
)
def test_result_line_says_how_many_and_which(count: int, line: str, app: Flask, as_viewer: Any) -> None:
    if count:
        many_users(app, count)

    page = Page(as_viewer.get("/admin/user/"))

    assert page.result_line() == line
    assert page.all("p", role="status")[0].attributes["id"] == "listing-result"


def test_empty_list_says_what_it_is_for_and_offers_to_begin(as_editor: Any, as_viewer: Any) -> None:
    for_editor, for_viewer = Page(as_editor.get("/admin/post/")), Page(as_viewer.get("/admin/post/"))

    assert for_editor.texts("p", class_="empty__title") == ["No posts yet"]
    assert "Posts are the texts that users write." in for_editor.texts("p", within="listing")
    assert urlsplit(for_editor.link("Add post", within="listing")).path == "/admin/post/new/"
    offered = [
        [one.text for tag in ("a", "input", "summary") for one in page.all(tag, within="main")]
        for page in (for_editor, for_viewer)
    ]
    assert offered == [["Add post", "Import posts"], []]


def test_search_without_a_match_leads_back_to_everything(as_viewer: Any, make_user: Any) -> None:
    user = make_user()
    page = Page(as_viewer.get("/admin/user/?q=nosuch&name__contains=nosuch&sort=name"))

    everything = Page(as_viewer.get(page.link("Clear search and filters")))

    assert page.texts("p", class_="empty__title") == ["No users match"]
    assert everything.ids() == [user.id]


def test_a_list_that_a_wrong_filter_empties_does_not_say_that_none_match(as_viewer: Any, make_user: Any) -> None:
    make_user()

    page = Page(as_viewer.get("/admin/user/?created_at__from=never"))

    assert page.texts("p", class_="empty__title") == ["No users are shown"]


def test_table_can_be_read_aloud(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann"), make_user(name="Bob")

    page = Page(as_editor.get("/admin/user/?sort=name"))

    assert page.texts("caption") == ["Users"]
    assert page.heads() == ["Name↑", "Email", "Posts", "Created at", "ID", "Actions"]
    assert page.texts("th", aria_sort="ascending") == ["Name↑"]
    assert page.texts("th", aria_sort="descending") == []
    assert page.texts("th", scope="row") == ["Ann", "Bob"]
    assert [box.attributes["aria-label"] for box in page.all("input", name="tick")] == ["Select Ann", "Select Bob"]
    assert [cell.text for cell in page.all("th", scope="col") if cell.has(class_="number")] == ["Posts", "ID"]
    actions = [link.text for cell in page.all("div", class_="row-actions") for link in cell.all("a")]
    assert actions == ["Edit Ann", "Delete Ann", "Edit Bob", "Delete Bob"]


def test_the_first_click_on_a_number_shows_the_most_first(as_viewer: Any, make_user: Any, make_post: Any) -> None:
    few, none, many_ = (make_user(name=name) for name in ("Few", "None", "Many"))
    for user in (few, many_, many_):
        make_post(user=user)

    most = as_viewer.get(Page(as_viewer.get("/admin/user/")).link("Posts", within="listing"))
    least = as_viewer.get(Page(most).link("Posts↓", within="listing"))

    assert Page(most).ids() == [many_.id, few.id, none.id]
    assert Page(least).ids() == [none.id, few.id, many_.id]


@pytest.mark.parametrize("content", ["", " ", "\n\n", "\u00a0"])
def test_row_of_nothing_but_white_space_can_still_be_opened_by_a_name(
    content: str, as_viewer: Any, make_post: Any
) -> None:
    post = make_post(content=content)

    page = Page(as_viewer.get("/admin/post/"))

    (name,) = page.texts("th", scope="row")
    assert f"Post {post.id}" in name


def test_long_text_is_a_glimpse_of_its_words(as_viewer: Any, make_post: Any) -> None:
    make_post(content="<p>Fish &amp; <b>chips</b> &lt;script&gt;</p>" + "<p>word</p>" * 5000)

    response = as_viewer.get("/admin/post/")

    (name,) = Page(response).texts("th", scope="row")
    assert name.startswith("Fish & chips <script>")
    assert len(name) < 150
    assert len(response.text) < 40_000


# ---- sorting


@both_stores
def test_header_sorts_and_sorts_the_other_way(as_viewer: Any, make_user: Any) -> None:
    bob, ann = make_user(name="Bob"), make_user(name="Ann")
    page = Page(as_viewer.get("/admin/user/?page=1&q=a&per_page=50"))

    up = Page(as_viewer.get(page.link("Email", within="listing-sort-email")))
    by_name = Page(as_viewer.get(page.link("Name", within="listing-sort-name")))
    down = Page(as_viewer.get(by_name.link("Name↑")))

    assert up.ids() == [bob.id, ann.id]
    assert by_name.ids() == [ann.id, bob.id]
    assert down.ids() == [bob.id, ann.id]
    assert page.link("Name", within="listing-sort-name") == "/admin/user/?q=a&sort=name&per_page=50"


@both_stores
def test_posts_sort_by_their_users_name_and_those_of_nobody_come_last(
    as_viewer: Any, make_user: Any, make_post: Any
) -> None:
    zoe, ann = make_user(name="Zoe"), make_user(name="Ann")
    of_nobody, of_zoe, of_ann, of_ann_too = make_post(), make_post(user=zoe), make_post(user=ann), make_post(user=ann)

    up, down = Page(as_viewer.get("/admin/post/?sort=user")), Page(as_viewer.get("/admin/post/?sort=-user"))

    assert up.ids() == [of_ann.id, of_ann_too.id, of_zoe.id, of_nobody.id]
    assert down.ids() == [of_nobody.id, of_zoe.id, of_ann_too.id, of_ann.id]


@both_stores
def test_nothing_sorts_last_whatever_the_store(as_owner: Any, make_staff: Callable[..., Staff], owner: Staff) -> None:
    late = make_staff("Late", last_sign_in_at=datetime(2026, 2, 1, tzinfo=UTC))
    early = make_staff("Early", last_sign_in_at=datetime(2026, 1, 1, tzinfo=UTC))

    up = Page(as_owner.get("/admin/staff/?sort=last_sign_in_at"))
    down = Page(as_owner.get("/admin/staff/?sort=-last_sign_in_at"))

    assert up.ids() == [early.id, late.id, owner.id]
    assert down.ids() == [owner.id, late.id, early.id]


# ---- the way there and back


def test_saving_leads_back_to_the_same_list_with_the_row_marked(app: Flask, as_editor: Any) -> None:
    ids = many_users(app, 45)
    here = "/admin/user/?q=User&created_at__from=2020-01-01&email__not_contains=%26%3D%2B+%25&sort=-id&page=2"
    edit = Page(as_editor.get(here)).link("Edit User 20")

    form = Page(as_editor.get(edit))
    saved = as_editor.post_form(edit, {**form.values(), "name": "User changed"})
    back = Page(as_editor.get(saved.location))

    assert saved.status_code == 303
    assert saved.location == here
    assert back.ids() == ids[24:4:-1]
    assert [row.all("th")[0].text for row in back.all("tr", data_marked="")] == ["User changedJust saved"]
    assert back.notice == "Success User “User changed” was saved. View"
    assert Page(as_editor.get(saved.location)).all("tr", data_marked="") == []


def test_every_link_of_a_row_knows_the_way_back(as_editor: Any, make_user: Any) -> None:
    make_user(name="a&b=c#d%25 +ö")
    here = "/admin/user/?q=a%26b%3Dc%23d%2525+%2B%C3%B6&sort=name&per_page=50"

    page = Page(as_editor.get(here))

    links = [link.attributes["href"] for row in page.all("tbody")[0].all("tr") for link in row.all("a")]
    assert links.pop(1) == f"{here}&peek=1"
    assert len(links) == 3
    assert [parse_qs(urlsplit(link).query)["url"] for link in links] == [[here]] * 3
    assert [Page(as_editor.get(link)).link("Cancel") for link in links] == [here] * 3


def test_viewer_is_led_to_details_and_back(as_viewer: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    page = Page(as_viewer.get("/admin/user/?q=ann"))

    details = Page(as_viewer.get(page.link("Ann")))

    assert details.heading == "Ann"
    assert details.link("Users", within="main") == f"/admin/user/?q=ann#listing-row-{ann.id}"
    assert [one.attributes["id"] for one in page.all("tr", within="listing")[1:]] == [f"listing-row-{ann.id}"]
    assert page.all("div", class_="row-actions") == []


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_row_deleted_while_the_list_is_read_is_no_error(app: Flask, as_viewer: Any, make_user: Any) -> None:
    make_user()
    with app.app_context():
        engine = db.engine

    def delete_meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM post" in statement:
            with engine.begin() as other:
                other.exec_driver_sql('DELETE FROM "user"')

    event.listen(engine, "before_cursor_execute", delete_meanwhile)
    try:
        response = as_viewer.get("/admin/user/")
    finally:
        event.remove(engine, "before_cursor_execute", delete_meanwhile)

    assert response.status_code == 200


def test_new_post_is_marked_wherever_the_list_shows_it(as_editor: Any, make_post: Callable[..., Post]) -> None:
    make_post(content="Old")

    saved = as_editor.post_form("/admin/post/new/", {"content": "New"}, follow_redirects=True)

    page = Page(saved)
    assert [row.all("th")[0].text for row in page.all("tr", data_marked="")] == ["NewJust saved"]


def test_who_is_limited_to_rows_that_there_are_none_of_learns_why(client_with: Any, make_post: Any) -> None:
    make_post(content="Of somebody else")
    client = client_with("post:list", rows=["post:own"])

    page = Page(client.get("/admin/post/"))

    assert page.texts("p", class_="empty__title") == ["No posts for you yet"]
    assert (
        "You see only your own posts, those of the user with your email, liam@example.com. If you miss some, ask an owner."
        in page.texts("p")
    )


@both_stores
@pytest.mark.parametrize(
    ("value", "on_sqlite"), [("9" * 23, 400), ("hex:zz", 400), ("xyz", 200), ("real:1.5", 200), ("-5", 200)]
)
def test_a_page_after_an_invented_value_is_refused_where_the_database_does_not_take_it(
    value: str, on_sqlite: int, *, as_viewer: Any, make_post: Any, store: str
) -> None:
    make_post()

    response = as_viewer.get(f"/admin/post/?sort=created_at&after=1~stored:{value}")

    assert response.status_code == {"sqlite": on_sqlite, "postgres": 400}[store]
