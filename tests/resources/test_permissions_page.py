"""Why somebody may do something, or may not: a page that asks for them as every page of theirs does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from tests.page import Page
from tests.stores import both_stores

Ask = Callable[..., Page]


def answer(page: Page) -> list[str]:
    """Return the verdict and the reasons."""
    return [*page.texts("strong", within="answer"), *page.texts("li", within="answer")]


def ask_by(client: Any) -> Ask:
    def ask(staff: Staff, resource: str, action: str, record: object = "") -> Page:
        query = f"id={staff.id}&resource={resource}&action={action}&record={record}"
        return Page(client.get(f"/admin/staff/permissions/?{query}"))

    return ask


@pytest.fixture
def ask(as_owner: Any) -> Ask:
    return ask_by(as_owner)


@pytest.fixture
def author(keep: Any) -> Role:
    """Authors edit their own posts, but not whose they are, and see who users are."""
    words = {
        "permissions": StringSet(["post:list", "post:view", "post:edit", "post:delete", "user:view"]),
        "rows": StringSet(["post:own"]),
        "fields": StringSet(["post.user:read_only"]),
    }
    return keep(Role(name="Author", key="author", **words))


@pytest.fixture
def ann(make_staff: Any, author: Role) -> Staff:
    return make_staff("Ann", author.key)


@pytest.fixture
def mine(make_user: Any, make_post: Any, ann: Staff) -> Any:
    return make_post(content="Mine", user=make_user(email=ann.email))


@pytest.fixture
def theirs(make_user: Any, make_post: Any) -> Any:
    return make_post(content="Theirs", user=make_user())


def test_the_way_there_stands_on_the_persons_pages(as_owner: Any, ann: Staff) -> None:
    pages = [Page(as_owner.get(f"/admin/staff/{view}/?id={ann.id}")) for view in ("edit", "details")]

    there = [Page(as_owner.get(one.link("Permissions"))) for one in pages]

    assert [(one.heading, one.status, answer(one)) for one in there] == [("Ann: permissions", 200, [])] * 2
    assert there[0].texts("li", within="main") == [
        "Users: view all users.",
        "Posts: see their own posts; edit and delete them; the field User is read-only.",
        "Nothing with Staff and Roles.",
    ]


def test_role_rule_and_fields_are_said_that_decide(ask: Ask, ann: Staff) -> None:
    assert answer(ask(ann, "post", "edit")) == [
        "Ann can edit their own posts.",
        "The role Author gives “Edit” on Posts.",
        "The role Author limits it to their own posts.",
        "The field User is read-only. The role Author limits fields.",
    ]


@both_stores
def test_a_record_is_judged_as_it_is_for_the_person(
    ask: Ask, client_of: Any, ann: Staff, mine: Any, theirs: Any
) -> None:
    said = [answer(ask(ann, "post", "edit", f"%23{one.id}")) for one in (mine, theirs)]

    as_ann = client_of(ann)
    met = [as_ann.get(f"/admin/post/edit/?id={one.id}").status_code for one in (mine, theirs)]
    assert [(one[0], one[3]) for one in said] == [
        (f"Ann can edit post {mine.id} “Mine”.", "The record is one of them."),
        (f"Ann cannot edit post {theirs.id} “Theirs”.", "The record is not one of them."),
    ]
    assert met == [200, 404]


def test_a_role_that_lifts_the_rule_is_counted(ask: Ask, make_staff: Any, author: Role, theirs: Any) -> None:
    bo = make_staff("Bo", author.key, "editor")

    assert answer(ask(bo, "post", "delete", theirs.id)) == [
        f"Bo can delete post {theirs.id} “Theirs”.",
        "The roles Author and Editor give “Delete” on Posts.",
        "No role limits it to some posts.",
    ]


@pytest.mark.parametrize(
    ("resource", "action", "expected"),
    [
        ("user", "edit", ["Ann cannot edit users.", "None of their roles gives “Edit” on Users. They have: Author."]),
        ("staff", "import", ["Ann cannot import staff.", "Staff have no “Import”, whatever a role says."]),
        ("role", "list", ["Ann cannot list roles.", "None of their roles gives “List” on Roles. They have: Author."]),
        (
            "user",
            "view",
            [
                "Ann can view all users.",
                "The role Author gives “View” on Users.",
                "No role limits it to some users.",
                "No role limits the fields.",
            ],
        ),
    ],
)
def test_what_no_role_gives_is_said_so(resource: str, action: str, expected: list[str], ask: Ask, ann: Staff) -> None:
    assert answer(ask(ann, resource, action)) == expected


def test_what_needs_another_right_besides_says_so(ask: Ask, editor: Staff) -> None:
    assert [answer(ask(editor, "post", act))[-1] for act in ("bulk", "import")] == [
        "Changing many records also needs the right to the change itself, such as “Edit” or “Delete”.",
        "An import also needs “Create” to add records, and “Edit” to change them.",
    ]


def test_who_is_switched_off_may_do_nothing(ask: Ask, make_staff: Any, mine: Any) -> None:
    bo = make_staff("Bo", "editor", is_active=False)

    assert answer(ask(bo, "post", "edit", mine.id)) == [
        f"Bo cannot edit post {mine.id} “Mine”.", "Bo is not active, so no role counts."]  # fmt: skip


def test_who_holds_more_is_closed_to_them(ask: Ask, clerk: Staff, editor: Staff, looker: Staff) -> None:
    said = [answer(ask(clerk, "staff", "edit", one.id)) for one in (editor, looker)]

    assert [one[0] for one in said] == [
        f"Cleo cannot edit colleague {editor.id} “Edgar”.", f"Cleo can edit colleague {looker.id} “Lou”."]  # fmt: skip
    assert said[0][3] == (
        "This colleague has permissions that Cleo does not have, or is the role Owner, which stays as it is."
    )
    assert len(said[1]) == len(said[0]) - 1


@pytest.mark.parametrize(
    ("asked", "problems"),
    [
        (("nothing", "edit"), ["Choose a list."]),
        (("post", "fly"), ["Choose an action."]),
        (("", ""), ["Choose a list.", "Choose an action."]),
        (("post", "edit", "999"), ["You cannot see any post with this ID."]),
        (("post", "edit", "x"), ["You cannot see any post with this ID."]),
        (("post", "create", "1"), ["Leave this empty: “Create” is not about one record."]),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_control(
    asked: tuple[str, ...], problems: list[str], ask: Ask, ann: Staff
) -> None:
    page = ask(ann, *asked)

    assert (page.status, page.summary, answer(page)) == (422, problems, [])


# ---- who asks learns nothing that they do not see


def test_a_record_out_of_sight_is_as_none_at_all(client_with: Any, ann: Staff, mine: Any, theirs: Any) -> None:
    own = ask_by(client_with("staff:view", "role:view", "post:list", "user:list", rows=["post:own"]))
    blind = ask_by(client_with("staff:view", "role:view", "post:edit", name="Bea"))

    pages = [ask(ann, "post", "edit", one) for ask in (own, blind) for one in (mine.id, theirs.id, 999)]

    assert [(one.status, one.summary) for one in pages] == [(422, ["You cannot see any post with this ID."])] * 6


def test_a_rule_over_fields_out_of_sight_tells_nothing_of_a_record(
    client_with: Any, ann: Staff, mine: Any, theirs: Any
) -> None:
    ask = ask_by(client_with("staff:view", "role:view", "post:view", "user:view", fields=["user.email:hidden"]))

    said = [answer(ask(ann, "post", "edit", one.id)) for one in (mine, theirs)]

    assert [one[0] for one in said] == [
        f"You do not have the permissions to see whether Ann can edit post {one.id} “{one.content}”." for one in (mine, theirs)]  # fmt: skip
    assert said[0][1:] == said[1][1:]


def test_an_email_out_of_sight_tells_nothing_of_a_record(client_with: Any, ann: Staff, mine: Any, theirs: Any) -> None:
    ask = ask_by(client_with("staff:view", "role:view", "post:view", "user:view", fields=["staff.email:hidden"]))

    said = [answer(ask(ann, "post", "edit", one.id)) for one in (mine, theirs)]

    assert [one[0] for one in said] == [
        f"You do not have the permissions to see whether Colleague {ann.id} can edit post {one.id} “{one.content}”." for one in (mine, theirs)]  # fmt: skip


def test_a_name_out_of_sight_is_a_number(client_with: Any, make_staff: Any) -> None:
    bo = make_staff("Bo", "viewer", is_active=False)
    client = client_with("staff:view", "role:view", fields=["staff.name:hidden"])

    page = ask_by(client)(bo, "post", "list")

    assert answer(page) == [
        f"Colleague {bo.id} cannot list posts.", f"Colleague {bo.id} is not active, so no role counts."]  # fmt: skip
    assert "Bo " not in page.root.text


def test_a_role_that_gives_nothing_here_limits_nothing(ask: Ask, make_staff: Any, keep: Any, author: Role) -> None:
    words = {"rows": StringSet(["post:own"]), "fields": StringSet(["post.user:hidden"])}
    keep(Role(name="Idle", key="idle", permissions=StringSet(["user:list"]), **words))

    assert answer(ask(make_staff("Bo", author.key, "idle"), "post", "edit"))[2:] == [
        "The role Author limits it to their own posts.",
        "The field User is read-only. The role Author limits fields.",
    ]


def test_a_title_out_of_sight_is_a_number(client_with: Any, editor: Staff, mine: Any) -> None:
    ask = ask_by(client_with("staff:view", "role:view", "post:view", fields=["post.content:hidden"]))

    page = ask(editor, "post", "edit", mine.id)

    assert answer(page)[0] == f"Edgar can edit post {mine.id} “Post {mine.id}”."
    assert "Mine" not in page.root.text


@pytest.mark.parametrize(
    ("permissions", "fields"),
    [(("staff:*",), ()), (("role:*", "staff:edit"), ()), (("staff:*", "role:*"), ("role.rows:hidden",))],
)
def test_others_are_refused(
    permissions: tuple[str, ...], fields: tuple[str, ...], client_with: Any, viewer: Staff
) -> None:
    client = client_with(*permissions, fields=fields)

    assert client.get(f"/admin/staff/permissions/?id={viewer.id}").status_code == 403


def test_the_page_goes_on_with_the_rights_of_who_asks(as_owner: Any, ask: Ask, viewer: Staff, mine: Any) -> None:
    page = ask(viewer, "post", "delete", mine.id)

    assert answer(page)[0] == f"Vera cannot delete post {mine.id} “Mine”."
    assert (page.has_link("Staff"), page.has_link("Roles")) == (True, True)
    assert as_owner.get(f"/admin/post/delete/?id={mine.id}").status_code == 200


def test_what_a_person_has_the_right_to_create_and_cannot_is_said(
    ask: Ask, as_owner: Any, keep: Any, make_staff: Any, make_user: Any
) -> None:
    may = StringSet(["post:list", "post:view", "post:create"])
    keep(Role(name="Writer", key="writer", permissions=may, rows=StringSet(["post:own"])))
    ben = make_staff("Ben", "writer")

    without = answer(ask(ben, "post", "create"))
    told = Page(as_owner.get(f"/admin/staff/details/?id={ben.id}")).texts("p", class_="note")
    make_user(email=ben.email)

    assert [without[0], *without[2:4]] == [
        "Ben cannot create their own posts.",
        "The role Writer limits it to their own posts.",
        "There is no such user.",
    ]
    assert "Posts: they cannot create any now, because there is no such user." in told
    assert answer(ask(ben, "post", "create"))[0] == "Ben can create their own posts."
