"""What roles give together, said on a person's form and page, and which limit of one of them another one lifts."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from tests.page import Page
from tests.resources.accounts import NEW, edit_url

HEAD = "With the selected roles, this person can:"
NO_STAFF = "Nothing with Staff and Roles."


def details_url(staff: Staff) -> str:
    return f"/admin/staff/details/?id={staff.id}"


def sentences(page: Page) -> list[str]:
    return [one.text for told in page.all("ul", class_="sentences") for one in told.all("li")]


def warnings(page: Page) -> list[str]:
    return [one for one in page.texts("p", class_="note") if one]


@pytest.fixture
def author(keep: Any) -> Role:
    """Authors edit their own posts, but not whose they are, and see who users are."""
    words = {
        "permissions": StringSet(["post:list", "post:view", "post:edit", "user:view"]),
        "rows": StringSet(["post:own"]),
        "fields": StringSet(["post.user:read_only"]),
    }
    return keep(Role(name="Author", key="author", **words))


@pytest.fixture
def make_role(keep: Any) -> Any:
    def make(name: str, *permissions: str, rows: tuple[str, ...] = (), fields: tuple[str, ...] = ()) -> Role:
        words = {"permissions": StringSet(permissions), "rows": StringSet(rows), "fields": StringSet(fields)}
        return keep(Role(name=name, key=name.lower(), **words))

    return make


@pytest.mark.parametrize("url", [details_url, edit_url])
def test_a_persons_page_and_form_say_what_the_roles_give(
    url: Any, as_owner: Any, make_staff: Any, author: Role
) -> None:
    page = Page(as_owner.get(url(make_staff("Ann", author.key))))

    assert sentences(page) == [
        "Users: view all users.",
        "Posts: see their own posts; edit them; the field User is read-only.",
        NO_STAFF,
    ]
    assert warnings(page) == []


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["owner"], ["Do everything with every list, including lists that are added later."]),
        (
            ["viewer"],
            [
                "Users: see and export all users and their history.",
                "Posts: see and export all posts and their history.",
                NO_STAFF,
            ],
        ),
        (["editor"], ["Users: do everything with all users.", "Posts: do everything with all posts.", NO_STAFF]),
    ],
)
def test_the_given_roles_are_said_in_a_few_words(
    roles: list[str], expected: list[str], as_owner: Any, make_staff: Any
) -> None:
    page = Page(as_owner.get(details_url(make_staff("Ann", *roles))))

    assert sentences(page) == expected


def test_a_role_that_gives_nothing_says_so(as_owner: Any, make_staff: Any, make_role: Any) -> None:
    make_role("Empty")

    assert sentences(Page(as_owner.get(details_url(make_staff("Ann", "empty"))))) == ["Do nothing here."]


def test_a_reason_is_said_whatever_the_other_roles_give(as_owner: Any, make_staff: Any, keep: Any) -> None:
    keep(Role(name="Careful", key="careful", needs_reason=True))

    page = Page(as_owner.get(details_url(make_staff("Ann", "owner", "careful"))))

    assert sentences(page)[-1] == "They have to enter a reason before they change many records at once."


def test_fields_are_told_by_what_is_done_with_them(as_owner: Any, make_staff: Any, make_role: Any) -> None:
    make_role("Reader", "user:view", "user:export", "user:list", "post:view", fields=("user.name:hidden",))
    make_role("Maker", "user:create", "user:edit", "post:list", fields=("user.email:read_only",))
    make_role("Seer", "user:view", "user:edit")

    page = Page(as_owner.get(details_url(make_staff("Ann", "reader", "maker", "seer"))))

    assert sentences(page)[0] == (
        "Users: see and export all users; create and edit them; the field Email is read-only when creating; the field Name is in no file."
    )


def test_a_limit_that_another_role_lifts_is_warned_of(as_owner: Any, make_staff: Any, author: Role) -> None:
    ann = make_staff("Ann", author.key, "viewer", "editor")

    page = Page(as_owner.get(details_url(ann)))

    assert warnings(page) == [
        "Editor and Viewer show all posts, so the limit “Own posts” of Author has no effect.",
        "Editor shows more of the field User, so the limit “Can see” for the field User of posts of Author has no effect.",
    ]


def test_a_limit_that_still_holds_for_some_actions_says_for_which(as_owner: Any, make_staff: Any, author: Role) -> None:
    page = Page(as_owner.get(details_url(make_staff("Ann", author.key, "viewer"))))

    assert warnings(page) == ["Viewer shows all posts, so the limit “Own posts” of Author holds only for Edit."]
    assert (
        sentences(page)[1]
        == "Posts: see and export all posts and their history; edit their own posts; the field User is read-only."
    )


def test_a_role_that_lists_what_another_may_not_view_lifts_nothing(
    as_owner: Any, make_staff: Any, make_role: Any
) -> None:
    make_role("Author", "post:view", "post:edit", rows=("post:own",))
    make_role("Lister", "post:list")

    page = Page(as_owner.get(details_url(make_staff("Ann", "author", "lister"))))

    assert (warnings(page), sentences(page)[0]) == (
        [], "Posts: see their own posts; edit them; the field User is hidden.")  # fmt: skip


def test_a_rule_that_is_declared_no_more_leaves_nothing(as_owner: Any, make_staff: Any, make_role: Any) -> None:
    make_role("Old", "post:list", rows=("post:gone",))

    page = Page(as_owner.get(details_url(make_staff("Ann", "old"))))

    assert sentences(page)[0] == "Posts: list none of the posts; the field User is hidden."


def test_who_is_switched_off_has_nothing_of_it_now(as_owner: Any, make_staff: Any) -> None:
    page = Page(as_owner.get(details_url(make_staff("Ann", "viewer", is_active=False))))

    assert warnings(page) == ["Ann is not active, so none of this counts at present."]


def test_a_new_person_has_nothing_yet(as_owner: Any) -> None:
    page = Page(as_owner.get(NEW))

    assert (page.texts(id="told"), sentences(page)) == ([f"{HEAD} Do nothing here."], ["Do nothing here."])


def test_a_refused_form_says_it_of_what_was_ticked(as_owner: Any) -> None:
    page = Page(as_owner.post_form(NEW, {"name": "", "roles": ["", "viewer"]}))

    assert (page.status, sentences(page)[0]) == (422, "Users: see and export all users and their history.")


def test_the_sum_of_any_roles_has_a_page(as_owner: Any, author: Role) -> None:
    page = Page(as_owner.get(f"/admin/staff/sum/?roles=viewer&roles={author.key}&roles=gone"))

    assert page.heading == "Author and Viewer: permissions"
    assert sentences(page)[2] == NO_STAFF


@pytest.mark.parametrize(
    ("permissions", "fields"),
    [
        (("staff:*",), ()),
        (("staff:*", "role:edit"), ()),
        (("staff:*", "role:view"), ("role.permissions:hidden",)),
        (("staff:*", "role:view"), ("staff.roles:hidden",)),
        (("staff:*", "role:view"), ("staff.is_active:hidden",)),
    ],
)
def test_nothing_is_told_to_who_may_not_see_what_roles_give(
    permissions: tuple[str, ...], fields: tuple[str, ...], client_with: Any, viewer: Staff
) -> None:
    client = client_with(*permissions, fields=fields)

    pages = [Page(client.get(url)) for url in (details_url(viewer), "/admin/staff/new/")]

    assert [(one.status, sentences(one), one.has_link("Permissions")) for one in pages] == [(200, [], False)] * 2
    assert client.get("/admin/staff/sum/?roles=viewer").status_code == 403


def test_who_may_see_people_and_roles_is_told(client_with: Any, viewer: Staff) -> None:
    client = client_with("staff:view", "role:view")

    assert sentences(Page(client.get(details_url(viewer))))[0] == "Users: see and export all users and their history."


def test_a_copy_of_a_person_has_no_role_that_cannot_be_given(as_clerk: Any, make_staff: Any) -> None:
    ann = make_staff("Ann", "editor", "viewer")

    page = Page(as_clerk.get(f"{NEW}?copy={ann.id}"))

    assert page.values()["roles"] == ""
