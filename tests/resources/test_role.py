"""Roles by their pages: the matrix, what is kept of it, and the owner's role, which stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import OWNER, VIEWER, Role
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers

ABOVE = "You do not have all of these permissions yourself. Ask someone who has them."
LIST, NEW = "/admin/role/", "/admin/role/new/"


def edit_url(role: Role) -> str:
    return f"/admin/role/edit/?id={role.id}"


def kept(app: Flask, key: str) -> Role | None:
    with app.app_context():
        found: Role | None = db.session.scalar(select(Role).where(Role.key == key))
        return found


def last_act(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first() or 0


def boxes(page: Page) -> dict[str, bool]:
    """Return the matrix's boxes by their values, and whether each can be ticked."""
    found = [one for one in page.all("input", type="checkbox") if one.attributes["name"] == "permissions"]
    return {one.attributes["value"]: "disabled" not in one.attributes for one in found}


def chosen(page: Page) -> list[str]:
    """Return what the selects of a role's form have, in the order of the page; all records and free fields are nothing said."""
    return [one.attributes["value"] for one in page.all("option") if "selected" in one.attributes]


@pytest.fixture
def author(keep: Any) -> Role:
    """Authors look at everything and edit posts, but not whose they are."""
    words = {"permissions": StringSet(["*:list", "*:view", "post:edit"]), "fields": StringSet(["post.user:read_only"])}
    return keep(Role(name="Author", key="author", **words))


def test_a_role_is_made_of_ticks_and_choices(as_owner: Any, app: Flask) -> None:
    form = {"name": "Author", "permissions": ["", "*:view", "post:edit"], "rows": "",
            "fields": ["", "", "post.user:read_only"]}  # fmt: skip

    response = as_owner.post_form(NEW, form)

    made = kept(app, "author")
    assert (response.status_code, response.location) == (303, LIST)
    assert made is not None
    assert (made.name, made.permissions, made.rows, made.fields) == (
        "Author", ("*:view", "post:edit"), (), ("post.user:read_only",))  # fmt: skip


@both_stores
def test_a_role_asks_for_a_reason_where_that_is_ticked(as_owner: Any, app: Flask) -> None:
    as_owner.post_form(NEW, {"name": "Author", "permissions": ["", "post:edit"], "needs_reason": "y"})
    as_owner.post_form(NEW, {"name": "Looker", "permissions": ["", "post:view"]})

    made = kept(app, "author"), kept(app, "looker")
    assert [one is not None and one.needs_reason for one in made] == [True, False]


def test_who_has_to_give_reasons_takes_that_from_no_role(client_with: Any, keep: Any, app: Flask) -> None:
    client = client_with("role:*", "post:bulk", "post:edit")
    held = {"permissions": StringSet(["post:bulk", "post:edit"]), "needs_reason": True}
    role = keep(Role(name="Changer", key="changer", **held))
    with app.app_context():
        db.session.execute(update(Role).where(Role.key == "liam").values(needs_reason=True))
        db.session.commit()

    page = Page(client.post_form(edit_url(role), {"name": "Changer", "permissions": ["", "post:bulk", "post:edit"]}))

    after = kept(app, "changer")
    assert (page.status, page.summary) == (422, [ABOVE])
    assert after is not None
    assert after.needs_reason


def test_the_form_has_a_block_a_resource_and_a_box_for_every_act_that_its_pages_ask_for(as_owner: Any) -> None:
    page = Page(as_owner.get(NEW))

    blocks = [one.all("label")[0].text.removesuffix(": permissions") for one in page.all("div", class_="rights__head")]
    acts = [*Action, "*"]
    expected = {f"{name}:{act}": True for name in ("*", "user", "post", "staff", "role") for act in acts}
    assert blocks == ["Every list", "Users", "Posts", "Staff", "Roles"]
    # Accounts and roles are judged one by one.
    judged = {f"{name}:{act}" for name in ("staff", "role") for act in (Action.BULK, Action.IMPORT)}
    assert boxes(page) == {key: is_open for key, is_open in expected.items() if key not in judged}


def test_the_form_shows_what_a_role_has(as_owner: Any, author: Role) -> None:
    page = Page(as_owner.get(edit_url(author)))

    ticked = [one.attributes["value"] for one in page.all("input", type="checkbox") if "checked" in one.attributes]
    assert (ticked, chosen(page)) == (
        ["*:list", "*:view", "post:edit"],
        ["*=custom", "user=nothing", "post=custom", "post.user:read_only", "staff=nothing", "role=nothing"],
    )
    assert page.has_link("People with this role")


READING = ("list", "view", "history", "export")
WRITING = ("create", "edit", "import", "bulk", "undo", "share")


@pytest.mark.parametrize(
    ("level", "acts"),
    [
        ("nothing", ()),
        ("see", READING),
        ("edit", (*READING, *WRITING)),
        ("delete", (*READING, *WRITING, "delete")),
        ("all", ("*",)),
    ],
)
def test_a_level_stands_for_permissions_and_is_shown_for_them(
    level: str, acts: tuple[str, ...], as_owner: Any, author: Role, app: Flask
) -> None:
    sent = ["", "post=was=custom", f"post={level}", "post:edit", "user:view"]

    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": sent, "rows": "", "fields": ""})

    after = kept(app, "author")
    assert after is not None
    assert after.permissions == tuple(sorted(["user:view", *(f"post:{act}" for act in acts)]))
    assert chosen(Page(as_owner.get(edit_url(author))))[2] == f"post={level}"


def test_a_level_that_was_not_changed_leaves_the_single_permissions_alone(
    as_owner: Any, author: Role, app: Flask
) -> None:
    sent = ["", "post=was=see", "post=see", "post:delete", "*=was=nothing", "*=custom", "*:view"]

    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": sent, "rows": "", "fields": ""})

    after = kept(app, "author")
    assert after is not None
    assert after.permissions == ("*:view", "post:delete")


def test_a_level_that_somebody_does_not_hold_cannot_be_chosen(client_with: Any) -> None:
    page = Page(client_with("role:*", "post:list", "post:view", "post:history", "post:export").get(NEW))

    options = [one for one in page.all("option") if one.attributes["value"].startswith("post=")]
    assert [(one.text, "disabled" in one.attributes) for one in options] == [
        ("As “Every list”", False),
        ("Can see", False),
        ("Can edit", True),
        ("Can edit and delete", True),
        ("Everything", True),
        ("Custom: as selected below", False),
    ]


def test_the_given_roles_are_levels(as_owner: Any, app: Flask) -> None:
    found = [kept(app, key) for key in ("editor", VIEWER)]

    levels = [chosen(Page(as_owner.get(edit_url(one))))[0] for one in found if one is not None]
    assert levels == ["*=delete", "*=see"]


def test_a_role_whose_limits_are_not_shown_has_no_blocks_for_them(client_with: Any, author: Role) -> None:
    client = client_with("*:*", "role:*", fields=["role.rows:hidden", "role.fields:read_only"])

    page = Page(client.get(edit_url(author)))

    assert [one.attributes["name"] for one in page.all("select", within="permissions")] == ["permissions"] * 5


def test_a_form_without_permissions_still_asks_for_fields(client_with: Any, author: Role) -> None:
    client = client_with("*:*", "role:*", fields=["role.permissions:hidden"])

    page = Page(client.get(edit_url(author)))

    assert [one.text for one in page.all("summary", within="fields")] == ["Users", "Posts", "Staff", "Roles"]
    assert [one.text for one in page.all("summary", within="rows")] == ["Users", "Posts"]


@both_stores
def test_the_list_says_in_a_line_what_each_role_gives(as_owner: Any, author: Role, keep: Any) -> None:
    own = {"permissions": StringSet(["*:view", "post:edit"]), "rows": StringSet(["post:own"])}
    keep(Role(name="Writer", key="writer", **own))
    keep(Role(name="Nobody", key="nobody"))
    assert author

    page = Page(as_owner.get(LIST))

    assert dict(zip(page.column("Name"), page.column("Permissions"), strict=True)) == {
        "Author": "See all users, see and edit all posts",
        "Editor": "See, create, edit and delete all users and posts",
        "Nobody": "Nothing",
        "Owner": "Everything",
        "Viewer": "See all users and posts",
        "Writer": "See all users, see and edit their own posts",
    }


def test_the_list_says_the_permissions_to_who_does_not_see_what_limits_them(client_with: Any, author: Role) -> None:
    assert author

    page = Page(client_with("role:list", "role:view").get(LIST))

    assert "*:list, *:view, post:edit" in page.column("Permissions")


@both_stores
def test_a_list_says_how_many_have_each_role(as_owner: Any, editor: Staff, make_staff: Any, author: Role) -> None:
    make_staff("Ann", "author", "editor")
    assert editor
    assert author

    page = Page(as_owner.get(LIST))

    assert dict(zip(page.column("Name"), page.column("People"), strict=True)) == {
        "Author": "1", "Editor": "2", "Owner": "1", "Viewer": "0"}  # fmt: skip


def test_the_link_to_its_people_leads_to_them(as_owner: Any, make_staff: Any, author: Role) -> None:
    make_staff("Ann", "author")

    people = Page(as_owner.get(Page(as_owner.get(edit_url(author))).link("People with this role")))

    assert people.column("Name") == ["Ann"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("permissions", "post:fly"),
        ("permissions", "tag:edit"),
        ("permissions", "post"),
        ("rows", "post:mine"),
        ("fields", "post.secret:hidden"),
        ("fields", "post.user:gone"),
    ],
)
def test_a_word_that_the_form_does_not_offer_is_refused_at_its_field(
    field: str, value: str, as_owner: Any, author: Role, app: Flask
) -> None:
    page = Page(as_owner.post_form(edit_url(author), {"name": "Author", field: ["", value]}))

    words = f"“{value}” cannot be chosen. Choose from what the form shows."
    assert (page.status, page.error_of(field), getattr(kept(app, "author"), field)) == (
        422, words, getattr(author, field))  # fmt: skip


def test_two_answers_to_one_question_are_refused(as_owner: Any, author: Role) -> None:
    form = {"name": "Author", "fields": ["post.user:hidden", "post.user:read_only"]}

    page = Page(as_owner.post_form(edit_url(author), form))

    assert (page.status, page.error_of("fields")) == (422, "Choose one of each.")


def test_what_no_control_shows_stays(as_owner: Any, keep: Any, app: Flask) -> None:
    role = keep(Role(name="Old", key="old", permissions=StringSet(["tag:edit", "staff:bulk", "post:view"])))

    as_owner.post_form(edit_url(role), {"name": "Old", "permissions": ["", "post:list"]})

    after = kept(app, "old")
    assert after is not None
    assert after.permissions == ("post:list", "staff:bulk", "tag:edit")


def test_a_form_that_does_not_speak_of_rights_takes_none(as_owner: Any, author: Role, app: Flask) -> None:
    response = as_owner.post_form(edit_url(author), {"name": "Writer"})

    after = kept(app, "author")
    assert after is not None
    assert (response.status_code, after.name, after.permissions) == (303, "Writer", author.permissions)


def test_a_right_that_is_taken_away_is_gone_on_the_next_request(
    as_owner: Any, make_staff: Any, client_of: Any, make_post: Any, author: Role
) -> None:
    url, ann = f"/admin/post/edit/?id={make_post().id}", make_staff("Ann", "author")
    as_ann = client_of(ann)
    before = as_ann.get(url).status_code, "/admin/post/edit/" in as_ann.get("/admin/post/").text

    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": ["", "*:list", "*:view"]})

    as_ann = client_of(ann)
    after = as_ann.get(url).status_code, "/admin/post/edit/" in as_ann.get("/admin/post/").text
    assert (before, after) == ((200, True), (403, False))


def test_a_given_role_can_be_changed(as_owner: Any, client_of: Any, viewer: Staff, app: Flask) -> None:
    role = kept(app, VIEWER)
    assert role is not None

    as_owner.post_form(edit_url(role), {"name": "Reader", "permissions": ["", "post:list"]})

    as_viewer = client_of(viewer)
    page = Page(as_viewer.get("/admin/"))
    assert page.texts("p", class_="who__name")[0] == "Vera Reader"
    assert (page.has_link("Posts"), page.has_link("Users")) == (True, False)
    assert [as_viewer.get(f"/admin/{name}/").status_code for name in ("post", "user")] == [200, 403]


@pytest.mark.parametrize("view", ["edit", "delete"])
def test_the_owners_role_is_neither_changed_nor_deleted(view: str, as_owner: Any, app: Flask) -> None:
    role = kept(app, OWNER)
    assert role is not None
    url = f"/admin/role/{view}/?id={role.id}"
    form = {"name": "King", "permissions": [""]}

    answers = [as_owner.get(url).status_code, as_owner.post_form(url, form, page="/admin/account/").status_code]

    after = kept(app, OWNER)
    assert after is not None
    assert (answers, after.name, after.permissions) == ([403, 403], "Owner", ("*:*",))
    assert f'href="{url}' not in as_owner.get(LIST).text


@both_stores
def test_a_role_that_somebody_has_is_not_deleted(as_owner: Any, make_staff: Any, author: Role, app: Flask) -> None:
    make_staff("Ann", "author")

    page = Page(as_owner.post_form(f"/admin/role/delete/?id={author.id}", {}))

    assert (page.status, page.summary) == (422, ["1 person has this role. Remove it from them first."])
    assert kept(app, "author") is not None


def test_a_deleted_role_comes_back_by_undo(as_owner: Any, author: Role, app: Flask) -> None:
    as_owner.post_form(f"/admin/role/delete/?id={author.id}", {})
    gone = kept(app, "author")

    as_owner.post_form("/admin/activity/undo/", {"id": str(last_act(app))}, page="/admin/account/")

    back = kept(app, "author")
    assert gone is None
    assert back is not None
    assert (back.id, back.permissions, back.fields) == (author.id, author.permissions, author.fields)


def test_an_undone_role_that_somebody_got_meanwhile_stays(as_owner: Any, make_staff: Any, app: Flask) -> None:
    as_owner.post_form(NEW, {"name": "Clerk", "permissions": ["post:list"]})
    act = last_act(app)
    make_staff("Ann", "clerk")

    page = Page(as_owner.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/"))

    assert (page.status, kept(app, "clerk") is not None) == (409, True)
    assert page.summary == ["Ann would have a role that does not exist: clerk."]


def test_a_version_of_a_role_is_restored(as_owner: Any, author: Role, app: Flask) -> None:
    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": ["", "post:list"], "fields": [""]})
    history = Page(as_owner.get(f"/admin/role/history/?id={author.id}"))
    way = next(one.attributes["href"] for one in history.all("a") if one.text.startswith("Restore"))
    sent = next(one for one in Page(as_owner.get(way)).all("form", within="main") if "Restore this version" in one.text)
    change = next(one.attributes["value"] for one in sent.all("input") if one.attributes.get("name") == "change")

    as_owner.post_form("/admin/role/restore/", {"change": change}, page="/admin/account/")

    after = kept(app, "author")
    assert after is not None
    assert (after.permissions, after.fields) == (author.permissions, author.fields)


def test_the_history_says_what_was_ticked(as_owner: Any, author: Role) -> None:
    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": ["", "post:list"]})

    page = as_owner.get(f"/admin/role/history/?id={author.id}").text

    assert "*:list, *:view, post:edit" in page
    assert "post:list" in page


def test_changing_a_role_asks_for_fresh_proof(as_owner: Any, author: Role, app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()

    page = Page(as_owner.post_form(edit_url(author), {"name": "Writer"}))

    assert (page.status, page.heading) == (403, "Confirm it's you")


# ---- copies


def copy_url(role: Role) -> str:
    return f"{NEW}?copy={role.id}"


def test_a_copy_of_a_role_proposes_a_name_and_has_all_its_rights(as_owner: Any, keep: Any, app: Flask) -> None:
    words = {
        "permissions": StringSet(["*:view", "post:edit"]),
        "rows": StringSet(["post:own"]),
        "fields": StringSet(["post.user:read_only"]),
        "needs_reason": True,
    }
    author = keep(Role(name="Author", key="author", **words))
    address = Page(as_owner.get(edit_url(author))).link("Duplicate")

    saved = as_owner.post(address, data=Page(as_owner.get(address)).values())

    made = kept(app, "copy-of-author")
    assert saved.status_code == 303
    assert made is not None
    assert {name: getattr(made, name) for name in words} == words
    assert made.name == "Copy of Author"


def test_a_long_name_is_cut_to_what_the_field_holds(as_owner: Any, keep: Any) -> None:
    role = keep(Role(name="A" * 60, key="long"))

    assert Page(as_owner.get(copy_url(role))).values()["name"] == f"Copy of {'A' * 52}"


def test_a_copy_has_no_words_about_what_is_gone(as_owner: Any, keep: Any, app: Flask) -> None:
    role = keep(Role(name="Author", key="author", permissions=StringSet(["*:view", "gone:delete"])))

    sent = as_owner.post(copy_url(role), data=Page(as_owner.get(copy_url(role))).values())

    made = kept(app, "copy-of-author")
    assert sent.status_code == 303
    assert made is not None
    assert made.permissions == ("*:view",)


def test_a_copy_of_the_owners_role_is_not_fixed(as_owner: Any, app: Flask) -> None:
    role = kept(app, OWNER)
    assert role is not None

    address = Page(as_owner.get(f"/admin/role/details/?id={role.id}")).link("Duplicate")
    as_owner.post(address, data=Page(as_owner.get(address)).values())

    made = kept(app, "copy-of-owner")
    assert made is not None
    assert (made.permissions, made.is_fixed) == (("*:*",), False)


def test_a_copy_has_no_right_that_whoever_copies_may_not_give(as_clerk: Any, author: Role, app: Flask) -> None:
    page = Page(as_clerk.get(copy_url(author)))

    forged = {**page.values(), "permissions": ["", *author.permissions]}
    refused = Page(as_clerk.post(copy_url(author), data=forged))
    saved = as_clerk.post(copy_url(author), data=page.values())

    made = kept(app, "copy-of-author")
    assert [one for one in page.values()["permissions"] if "=" not in one] == ["*:list", "*:view"]
    assert (refused.status, refused.summary) == (422, [ABOVE])
    assert saved.status_code == 303
    assert made is not None
    assert made.permissions == ("*:list", "*:view")


def test_a_copy_of_a_role_tells_no_name_that_is_hidden(client_with: Any, author: Role) -> None:
    client = client_with("*:*", "role:*", fields=["role.name:hidden"])

    assert "Author" not in client.get(copy_url(author)).text
