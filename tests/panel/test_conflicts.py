"""Two people at one record: no edit is lost, none is overwritten unseen, and nothing typed has to be typed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.draft import Draft
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def as_emil(client_of: Any, make_staff: Any) -> Any:
    """Return another editor's client."""
    return client_of(make_staff("Emil", EDITOR))


@pytest.fixture
def ann(make_user: Any) -> User:
    """Make Ann."""
    user: User = make_user(name="Ann", email="ann@example.com")
    return user


def at(record: Any, view: str = "edit") -> str:
    return f"/admin/{type(record).__name__.lower()}/{view}/?id={record.id}"


def now(app: Flask, record: Any) -> Any:
    with app.app_context():
        return db.session.get(type(record), record.id)


@pytest.fixture
def both_open(as_editor: Any, as_emil: Any) -> Callable[..., dict[str, str]]:
    """Let Edgar open a record's form, and Emil save something to it meanwhile; return what Edgar's form holds."""

    def open_and_save(record: Any, **theirs: str) -> dict[str, str]:
        address = at(record)
        form = Page(as_editor.get(address)).values()
        saved = as_emil.post(address, data={**Page(as_emil.get(address)).values(), **theirs})
        assert saved.status_code == 303
        return form

    return open_and_save


# ---- different fields


def test_changes_to_different_fields_are_put_together_and_shown_before_they_are_saved(
    app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Ann Lee")

    page = Page(as_editor.post(at(ann), data={**form, "email": "lee@example.com"}))

    assert (page.status, page.title) == (409, "Changed meanwhile: Ann Lee - Users - Admin")
    assert page.texts("h2")[0] == "This user was changed while you edited it"
    assert "Emil (emil@example.com) changed this user " in page.all(class_="problem")[0].text
    assert (now(app, ann).name, now(app, ann).email) == ("Ann Lee", "ann@example.com")
    values = page.values()
    assert (values["name"], values["email"]) == ("Ann Lee", "lee@example.com")
    assert page.all("fieldset", class_="conflict") == []
    assert [one.all("p")[0].text for one in page.all("div", class_="merged")] == [
        "They changed this, and you did not: theirs is taken.",
        "You changed this, and they did not: yours is taken.",
    ]
    assert [one.text for one in page.all("div", class_="long-text", within="main")] == ["Ann", "ann@example.com"]

    saved = as_editor.post(at(ann), data=values)

    assert (saved.status_code, saved.location) == (303, "/admin/user/")
    assert (now(app, ann).name, now(app, ann).email) == ("Ann Lee", "lee@example.com")


def test_who_changed_nothing_is_not_bothered_and_overwrites_nothing(
    app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Ann Lee")

    response = as_editor.post(at(ann), data=form)

    assert (response.status_code, now(app, ann).name) == (303, "Ann Lee")


def test_both_typing_the_same_is_no_conflict(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Ann Lee")

    response = as_editor.post(at(ann), data={**form, "name": "Ann Lee"})

    assert (response.status_code, now(app, ann).version) == (303, 2)


def test_a_change_outside_of_the_form_bothers_nobody(app: Flask, as_owner: Any, editor: Staff, password: str) -> None:
    form = Page(as_owner.get(at(editor))).values()
    app.test_client().post_form("/sign-in", {"email": editor.email, "password": password})

    response = as_owner.post(at(editor), data={**form, "name": "Edgar Allan"})

    assert (response.status_code, now(app, editor).name, now(app, editor).version) == (303, "Edgar Allan", 3)
    assert now(app, editor).last_sign_in_at is not None


# ---- the same field


@pytest.mark.parametrize(("take", "name"), [("theirs", "Theirs"), ("yours", "Mine")])
def test_the_same_field_is_a_choice(
    take: str, name: str, *, app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    form = both_open(ann, name="Theirs")

    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine"}))

    assert page.status == 409
    assert page.texts("legend") == ["Name: theirs or yours?"]
    assert page.texts("dd", within="main")[:2] == ["Ann", "Theirs"]
    assert page.values()["name"] == "Mine"
    assert [one for one in page.all("input", type="radio") if "checked" in one.attributes] == []

    saved = as_editor.post(at(ann), data={**page.values(), "_take.name": take})

    assert (saved.status_code, now(app, ann).name) == (303, name)


def test_what_is_chosen_can_be_edited_too(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))

    as_editor.post(at(ann), data={**page.values(), "_take.name": "yours", "name": "Theirs and mine"})

    assert now(app, ann).name == "Theirs and mine"


@pytest.mark.parametrize("take", [{}, {"_take.name": ""}, {"_take.name": "both"}])
def test_without_a_choice_nothing_is_saved(
    take: dict[str, str], app: Flask, as_editor: Any, ann: User, both_open: Any
) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))

    again = Page(as_editor.post(at(ann), data={**page.values(), **take}))

    assert (again.status, again.summary) == (409, ["Choose which Name to keep."])
    assert (again.values()["name"], now(app, ann).name) == ("Mine", "Theirs")


def test_a_third_change_meanwhile_is_asked_about_again(
    app: Flask, as_editor: Any, as_emil: Any, ann: User, both_open: Any
) -> None:
    page = Page(as_editor.post(at(ann), data={**both_open(ann, name="Theirs"), "name": "Mine"}))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Third"})

    again = Page(as_editor.post(at(ann), data={**page.values(), "_take.name": "yours"}))

    assert (again.status, again.texts("h2")[0]) == (409, "This user was changed while you chose")
    assert (again.texts("dd", within="main")[:2], again.values()["name"]) == (["Ann", "Third"], "Mine")
    assert now(app, ann).name == "Third"

    as_editor.post(at(ann), data={**again.values(), "_take.name": "yours"})

    assert now(app, ann).name == "Mine"


def test_a_choice_that_does_not_fit_is_refused_and_kept(app: Flask, as_editor: Any, ann: User, both_open: Any) -> None:
    form = both_open(ann, name="Theirs", email="theirs@example.com")
    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine", "email": "mine@example.com"}))
    chosen = {"_take.name": "theirs", "_take.email": "yours", "email": "no address"}

    refused = Page(as_editor.post(at(ann), data={**page.values(), **chosen}))

    assert (refused.status, refused.error_of("email")) == (422, "Email must look like name@example.com.")
    assert (refused.values()["name"], refused.values()["email"]) == ("Mine", "no address")
    checked = [one.attributes["value"] for one in refused.all("input", type="radio") if "checked" in one.attributes]
    assert checked == ["theirs", "yours"]

    saved = as_editor.post(at(ann), data={**refused.values(), "email": "mine@example.com", "_take.name": "theirs",
                                          "_take.email": "yours"})  # fmt: skip

    assert (saved.status_code, now(app, ann).name, now(app, ann).email) == (303, "Theirs", "mine@example.com")


def test_what_cannot_be_read_is_a_choice_and_stays_as_typed(
    as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    post, other = make_post(content="Words"), make_user()
    form = both_open(post, user=str(other.id))

    page = Page(as_editor.post(at(post), data={**form, "user": "nobody at all"}))

    assert (page.status, page.values()["user"]) == (409, "nobody at all")


def test_a_relation_is_told_by_its_name(
    app: Flask, as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    was, theirs, mine = (make_user(name=name) for name in ("Was", "<i>Theirs</i>", "Mine"))
    post = make_post(content="Words", user=was)
    form = both_open(post, user=str(theirs.id))

    page = Page(as_editor.post(at(post), data={**form, "user": str(mine.id)}))

    assert page.texts("dd", within="main")[:2] == ["Was", "<i>Theirs</i>"]
    as_editor.post(at(post), data={**page.values(), "_take.user": "theirs"})
    assert now(app, post).user_id == theirs.id


def test_a_relation_that_was_deleted_since_is_told_by_its_id(
    as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    was, theirs, mine = make_user(), make_user(name="Theirs"), make_user()
    post = make_post(user=was)
    form = both_open(post, user=str(theirs.id))
    as_editor.post_form(at(was, "delete"))

    page = Page(as_editor.post(at(post), data={**form, "user": str(mine.id)}))

    assert page.texts("dd", within="main")[:2] == [f"ID {was.id}, which was deleted", "Theirs"]


@pytest.mark.parametrize("stored", ["a\r\nb", "a\nb", "a\rb"])
def test_line_ends_alone_are_no_change_of_anybodys(
    stored: str, *, app: Flask, as_editor: Any, both_open: Any, make_user: Any, make_post: Any
) -> None:
    post, user = make_post(content=stored), make_user()
    form = both_open(post, content="theirs\r\nentirely")

    page = Page(as_editor.post(at(post), data={**form, "user": str(user.id)}))

    assert (page.status, page.all("fieldset", class_="conflict")) == (409, [])
    as_editor.post(at(post), data=page.values())
    assert (now(app, post).content, now(app, post).user_id) == ("theirs\nentirely", user.id)


def test_hostile_text_is_shown_as_text(as_editor: Any, both_open: Any, make_post: Any) -> None:
    was, theirs, mine = (f"</textarea><script>{one}</script>" for one in ("was", "theirs", "mine"))
    post = make_post(content=was)
    form = both_open(post, content=theirs)

    response = as_editor.post(at(post), data={**form, "content": mine})

    page = Page(response)
    assert [one.text for one in page.all("div", class_="long-text")][:2] == [was, theirs]
    assert page.values()["content"] == mine
    assert "<script>was" not in response.text


def test_long_texts_are_compared_word_by_word(as_editor: Any, both_open: Any, make_post: Any) -> None:
    rest = "and what grows on it, year after year, in the sun and in the shade."
    post = make_post(content=f"The wall of 1820 {rest}")
    form = both_open(post, content=f"The wall of <b>1830</b> {rest}")

    page = Page(as_editor.post(at(post), data={**form, "content": f"The fence of 1820 {rest}"}))

    assert page.texts("dt", within="main")[:2] == ["What they changed", "What you changed"]
    gone, came = ([one.text.split(": ")[1] for one in page.all(tag)] for tag in ("del", "ins"))
    assert "wall" in gone
    assert "fence" in came
    assert any("1830" in words for words in came)
    assert page.texts("summary", within="main")[:2] == ["Theirs in full", "What it was in full"]
    assert page.all("b", within="main") == []


# ---- without an answer from the trail


@pytest.mark.parametrize("is_pruned", [True, False])
def test_where_the_trail_does_not_tell_every_field_that_differs_is_a_choice(
    app: Flask, as_editor: Any, ann: User, *, is_pruned: bool, both_open: Any
) -> None:
    form = both_open(ann, name="Theirs")
    with app.app_context():
        if is_pruned:
            db.session.execute(delete(Change))
        else:
            db.session.execute(text("""UPDATE "user" SET name = 'Theirs', version = version + 1"""))
        db.session.commit()

    page = Page(as_editor.post(at(ann), data={**form, "email": "mine@example.com"}))

    assert (page.status, page.texts("legend")) == (
        409,
        ["Name: theirs or yours?", "Email: theirs or yours?"],
    )
    as_editor.post(at(ann), data={**page.values(), "_take.name": "theirs", "_take.email": "yours"})
    assert (now(app, ann).name, now(app, ann).email) == ("Theirs", "mine@example.com")


@pytest.mark.parametrize("version", ["0", "-1", "99", "9" * 5000, "x", "", "\N{FULLWIDTH DIGIT ONE}"])
def test_a_version_that_never_was_overwrites_nothing(version: str, app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()

    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine", "_version": version}))

    assert (page.status, page.texts("legend"), now(app, ann).name) == (409, ["Name: theirs or yours?"], "Ann")
    assert "the history does not say who" in page.all(class_="problem")[0].text


# ---- deleted meanwhile


def test_what_was_typed_into_a_deleted_record_can_be_made_again(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    address = f"{at(ann)}&url=/admin/user/%3Fq%3Da"
    form = Page(as_editor.get(address)).values()
    as_emil.post_form(at(ann, "delete"))

    page = Page(as_editor.post(address, data={**form, "name": "Typed"}))

    assert (page.status, page.heading, page.values()["name"]) == (409, "New user", "Typed")
    assert page.summary[0].startswith("Emil (emil@example.com) deleted this user at ")
    saved = as_editor.post(page.form().attributes["action"], data=page.values())
    assert (saved.status_code, saved.location) == (303, "/admin/user/?q=a")
    with app.app_context():
        assert db.session.execute(select(User.name, User.email)).all() == [("Typed", "ann@example.com")]


def test_a_record_that_came_back_meanwhile_is_saved_and_not_made_twice(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    form = Page(as_editor.get(f"{at(ann)}&url=/admin/user/%3Fq%3Da")).values()
    as_emil.post_form(at(ann, "delete"))
    page = Page(as_editor.post(f"{at(ann)}&url=/admin/user/%3Fq%3Da", data={**form, "name": "Typed"}))
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()
    as_emil.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/")

    saved = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (saved.status_code, saved.location) == (303, "/admin/user/?q=a")
    with app.app_context():
        assert db.session.execute(select(User.id, User.name, User.email)).all() == [
            (ann.id, "Typed", "ann@example.com")
        ]


@on_sqlite
def test_a_record_that_came_back_and_was_changed_is_a_conflict_like_any_other(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    form = Page(as_editor.get(at(ann))).values()
    as_emil.post_form(at(ann, "delete"))
    page = Page(as_editor.post(at(ann), data={**form, "name": "Mine"}))
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()
    as_emil.post_form("/admin/activity/undo/", {"id": str(act)}, page="/admin/account/")
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Theirs"})

    asked = Page(as_editor.post(page.form().attributes["action"], data=page.values()))
    as_editor.post(asked.form().attributes["action"], data={**asked.values(), "_take.name": "yours"})

    assert (asked.status, asked.texts("legend")) == (409, ["Name: theirs or yours?"])
    with app.app_context():
        assert db.session.execute(select(User.id, User.name)).all() == [(ann.id, "Mine")]


def test_a_record_that_the_trail_does_not_know_was_deleted_too(app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()
    with app.app_context():
        db.session.execute(text('DELETE FROM "user"'))
        db.session.commit()

    page = Page(as_editor.post(at(ann), data=form))

    assert (page.status, page.summary[0].split(",")[0]) == (409, "This user was deleted")


@on_sqlite
def test_a_draft_of_a_deleted_record_is_not_lost_either(app: Flask, as_editor: Any, ann: User) -> None:
    form = Page(as_editor.get(at(ann))).values()
    with as_editor.session_transaction() as session:
        cookie = session.pop("_user_id")
    sent = as_editor.post(at(ann), data={**form, "name": "Typed"})
    with app.app_context():
        db.session.execute(text('DELETE FROM "user"'))
        db.session.commit()
    with as_editor.session_transaction() as session:
        session["_user_id"] = cookie
    page = Page(as_editor.get(as_editor.get(sent.location).location))
    saved = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (page.status, page.heading, page.values()["name"], saved.status_code) == (409, "New user", "Typed", 303)
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def test_the_page_that_deletes_says_what_changed_since_it_was_opened(
    app: Flask, as_editor: Any, as_emil: Any, ann: User
) -> None:
    page = Page(as_editor.get(at(ann, "delete")))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Ann the <b>Great</b>"})

    told = Page(as_editor.post(at(ann, "delete"), data=page.values("")))

    assert (told.status, told.texts("h2")[0]) == (409, "This user was changed since you opened this page")
    assert told.texts("dd", within="main")[:2] == ["Ann", "Ann the <b>Great</b>"]
    assert now(app, ann) is not None

    assert as_editor.post(at(ann, "delete"), data=told.values("")).status_code == 303
    assert now(app, ann) is None


# ---- staff


def test_staff_conflict_too_and_no_password_is_given_back(
    *, app: Flask, as_owner: Any, client_of: Any, make_staff: Any, editor: Staff, password: str
) -> None:
    as_otto = client_of(make_staff("Otto", OWNER))
    form = Page(as_owner.get(at(editor))).values()
    as_otto.post(at(editor), data={**Page(as_otto.get(at(editor))).values(), "roles": "viewer"})

    response = as_owner.post(at(editor), data={**form, "roles": "owner", "password": password})

    page = Page(response)
    assert (page.status, page.texts("legend")) == (409, ["Roles: theirs or yours?", "Roles"])
    assert page.texts("dd", within="main")[:2] == ["Editor", "Viewer"]
    assert password not in response.text
    assert page.values()["roles"] == "owner"
    as_owner.post(at(editor), data={**page.values(), "_take.roles": "theirs"})
    assert now(app, editor).roles == (VIEWER,)


@on_sqlite
def test_an_inactive_box_is_a_value_like_any_other(
    app: Flask, as_owner: Any, client_of: Any, make_staff: Any, editor: Staff
) -> None:
    as_otto = client_of(make_staff("Otto", OWNER))
    form = Page(as_owner.get(at(editor))).values()
    theirs = Page(as_otto.get(at(editor))).values()
    del theirs["is_active"]
    as_otto.post(at(editor), data=theirs)

    page = Page(as_owner.post(at(editor), data={**form, "name": "Edgar Allan"}))
    as_owner.post(at(editor), data=page.values())

    assert (page.status, now(app, editor).name, now(app, editor).is_active) == (409, "Edgar Allan", False)


def test_the_post_of_a_deleted_form_is_404_where_nothing_was_drawn(as_editor: Any) -> None:
    assert as_editor.post_form("/admin/post/edit/?id=77", {"content": "x"}, page="/admin/post/new/").status_code == 404
