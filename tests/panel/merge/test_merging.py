"""Merging: two selected records, a page that shows both and asks field by field, and one record that is left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select
from sqlalchemy.exc import OperationalError

from admin_app.db import json_values
from admin_app.db.string_set import StringSet
from admin_app.domain.records import for_good
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import StaffSession
from admin_app.models.user import User
from tests.client import Client
from tests.many import many
from tests.page import Page
from tests.pages.reauthenticating import let_proof_age
from tests.panel.list.bulk import press
from tests.stores import both_stores


def at(kept: Any, gone: Any, *, url: str = "") -> str:
    address = f"/admin/{type(kept).__name__.lower()}/merge/?a={kept.id}&b={gone.id}"
    return f"{address}&url={url}" if url else address


@pytest.fixture
def bea(make_user: Any, ann: User) -> User:  # noqa: ARG001 -- who was there before
    """Make Bea, after Ann."""
    user: User = make_user(name="Bea", email="bea@example.com")
    return user


@pytest.fixture
def users(app: Flask) -> Callable[[], dict[int, tuple[str, str]]]:
    """Read every user's name and email."""

    def read() -> dict[int, tuple[str, str]]:
        with app.app_context():
            return {one.id: (one.name, one.email) for one in db.session.scalars(select(User).order_by(User.id))}

    return read


def send(client: Client, address: str, **changed: str) -> Any:
    return client.post(address, data={**Page(client.get(address)).values(), **changed})


# ---- the way there


def test_two_selected_users_lead_to_their_page_the_older_one_to_stay(as_editor: Client, ann: User, bea: User) -> None:
    bar = Page(as_editor.get("/admin/user/?q=example"))

    led = as_editor.get(press(as_editor, bar, "Merge", [bea.id, ann.id]).location)

    assert led.location == f"/admin/user/merge/?a={ann.id}&b={bea.id}&url=/admin/user/?q%3Dexample"
    assert Page(as_editor.get(led.location)).heading == "Merge user “Bea” into “Ann”"


@pytest.mark.parametrize("number", [1, 3, 4])
def test_of_more_or_fewer_than_two_it_asks_for_two(number: int, as_editor: Client, make_user: Any) -> None:
    ids = [make_user().id for _ in range(number)]

    led = as_editor.get(press(as_editor, Page(as_editor.get("/admin/user/?q=example")), "Merge", ids).location)

    assert (led.status_code, led.location) == (303, "/admin/user/?q=example")
    assert Page(as_editor.get(led.location)).notice == "There is a problem Select exactly two users."


@both_stores
def test_no_more_than_three_rows_are_read_to_know_that(
    app: Flask, as_editor: Client, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    many(app, User, [{"name": f"User {number}", "email": f"{number}@example.com"} for number in range(200)])
    as_editor.get("/admin/user/merge/?q=nobody")

    with statements() as sent:
        led = as_editor.get("/admin/user/merge/")

    [rows] = [one for one in sent if "user.email" in one.replace('"', "")]
    assert (led.status_code, "LIMIT" in rows) == (303, True)


# ---- the page


def test_page_shows_both_and_asks_where_they_differ(
    as_editor: Client, ann: User, make_user: Any, make_post: Any
) -> None:
    other = make_user(name="Ann", email="ann.lee@example.com")
    make_post(user=other), make_post(user=other)

    page = Page(as_editor.get(at(ann, other)))

    assert page.heading == "Merge user “Ann” into “Ann”"
    assert page.texts("dd") == [f"Ann, ID {ann.id}", f"Ann, ID {other.id}", "2 posts"]
    assert page.texts("dt") == ["Stays", "Goes", "Moves"]
    assert page.texts("legend") == ["Email"]
    assert page.texts("label", within="main") == ["ann@example.com", "ann.lee@example.com"]
    assert page.values()["take.email"] == "a"
    assert page.form().all("button")[0].text == "Merge user “Ann” into “Ann”"
    assert page.link(f"Keep “Ann, ID {other.id}” instead").startswith(f"/admin/user/merge/?a={other.id}&b={ann.id}")


def test_what_only_the_other_one_has_is_chosen_beforehand(as_editor: Client, make_user: Any, make_post: Any) -> None:
    empty, full = make_post(content="", user=None), make_post(content="Words", user=make_user(name="Ann"))

    page = Page(as_editor.get(at(empty, full)))

    assert page.texts("legend") == ["Content", "User"]
    assert (page.values()["take.content"], page.values()["take.user"]) == ("b", "b")


def test_of_long_texts_the_beginning_stands_at_the_choice(as_editor: Client, make_post: Any) -> None:
    first, second = make_post(content="a" * 2000), make_post(content="b" * 2000)

    page = Page(as_editor.get(at(first, second)))

    assert all(len(one) < 200 for one in page.texts("label", within="main"))
    assert page.texts(class_="long-text") == ["a" * 2000, "b" * 2000]


@both_stores
def test_page_costs_the_same_for_one_post_and_many(
    app: Flask,
    as_editor: Client,
    make_user: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    one, some, kept = make_user(), make_user(), make_user()
    many(app, Post, [{"content": "a", "user_id": one.id}])
    many(app, Post, [{"content": "a" * 5000, "user_id": some.id}] * 100)
    as_editor.get(at(kept, one))

    with statements() as for_one:
        as_editor.get(at(kept, one))
    with statements() as for_many:
        response = as_editor.get(at(kept, some))

    assert len(for_many) == len(for_one)
    assert len(response.text) < 20_000


# ---- the act


@both_stores
def test_one_is_left_with_what_was_chosen_and_all_posts(
    *, app: Flask, as_editor: Client, ann: User, bea: User, make_post: Any, users: Any
) -> None:
    post = make_post(user=bea)

    done = send(as_editor, at(ann, bea, url="/admin/user/?q=a"), **{"take.email": "b"})

    page = Page(as_editor.get(done.location))
    assert (done.status_code, done.location) == (303, "/admin/user/?q=a")
    assert users() == {ann.id: ("Ann", "bea@example.com")}
    assert page.notice.startswith("Success User “Bea” was merged into “Ann”.")
    assert "data-marked" in as_editor.get(done.location).text or page.ids() == [ann.id]
    with app.app_context():
        assert db.session.get_one(Post, post.id).user_id == ann.id


def test_undo_brings_both_back(
    *, app: Flask, as_editor: Client, ann: User, bea: User, make_post: Any, users: Any
) -> None:
    post = make_post(user=bea)
    before = users()
    done = send(as_editor, at(ann, bea), **{"take.email": "b", "take.name": "b"})
    undo = Page(as_editor.get(done.location)).values("undo")

    as_editor.post("/admin/activity/undo/", data=undo)

    assert users() == before
    with app.app_context():
        assert db.session.get_one(Post, post.id).user_id == bea.id
    assert as_editor.get(f"/admin/user/edit/?id={bea.id}").status_code == 200


def test_it_never_leads_back_to_the_one_that_is_gone(as_editor: Client, ann: User, bea: User) -> None:
    done = send(as_editor, at(ann, bea, url=f"/admin/user/edit/?id={bea.id}"))

    assert done.location == "/admin/user/"


def test_many_rows_ask_for_a_fresh_proof(
    *, app: Flask, as_editor: Client, ann: User, bea: User, users: Any, monkeypatch: pytest.MonkeyPatch, make_post: Any
) -> None:
    make_post(user=bea)
    monkeypatch.setitem(app.config, "PROOF_ROWS", 2)
    let_proof_age(app, minutes=16)
    before = users()

    asked = send(as_editor, at(ann, bea))

    assert asked.status_code == 403
    assert "To merge two users" in Page(asked).root.text
    assert users() == before


# ---- two people


@pytest.mark.parametrize("whose", ["ann", "bea"])
def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_is_merged(
    *, whose: str, as_editor: Client, as_emil: Client, ann: User, bea: User, users: Any
) -> None:
    form = Page(as_editor.get(at(ann, bea))).values()
    changed = ann if whose == "ann" else bea
    address = f"/admin/user/edit/?id={changed.id}"
    as_emil.post(address, data={**Page(as_emil.get(address)).values(), "name": "Else"})
    before = users()

    answer = as_editor.post(at(ann, bea), data=form)
    page = Page(answer)

    assert (answer.status_code, users()) == (409, before)
    called = f"Else, ID {changed.id}"
    assert page.texts("h2", within="main")[0] == f"User “{called}” was changed since you opened this page"
    assert "Emil (emil@example.com) changed this user" in page.root.text
    assert "Nothing was merged." in page.root.text
    assert as_editor.post(at(ann, bea), data=page.values()).status_code == 303


def test_of_one_that_was_deleted_meanwhile_it_says_by_whom(
    as_editor: Client, as_emil: Client, ann: User, bea: User
) -> None:
    form = Page(as_editor.get(at(ann, bea))).values()
    as_emil.post_form(f"/admin/user/delete/?id={bea.id}")

    page = Page(as_editor.post(at(ann, bea), data=form))

    assert (page.status, page.heading) == (409, "This record is no longer here")
    assert "Emil deleted this user at " in page.root.text


def test_who_merges_two_in_two_windows_is_told_that_they_did(as_editor: Client, ann: User, bea: User) -> None:
    form = Page(as_editor.get(at(ann, bea))).values()
    first = as_editor.post(at(ann, bea), data=form)

    page = Page(as_editor.post(at(ann, bea), data=form))

    assert (first.status_code, page.status, page.link("Show all users")) == (303, 409, "/admin/user/")
    assert "You merged this user into a different one at " in page.root.text


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OperationalError("", {}, type("Crossed", (Exception,), {"sqlstate": "40P01"})()), 503),
        (RuntimeError("a mail server that is gone"), 500),
    ],
)
def test_what_fails_after_the_merge_is_not_merged_again(
    as_editor: Client,
    ann: User,
    bea: User,
    users: Any,
    monkeypatch: pytest.MonkeyPatch,
    *,
    failure: Exception,
    status: int,
) -> None:
    app = as_editor.application
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", 0)
    form, done = Page(as_editor.get(at(ann, bea))).values(), []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO change "):
            done.append("written")
        if done[-1:] == ["committed"]:
            done.append("failed")
            raise failure

    def commit(_connection: Any) -> None:
        if done[-1:] == ["written"]:
            done.append("committed")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        page = Page(as_editor.post(at(ann, bea), data=form))
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)

    assert (page.status, page.heading, done[-2:]) == (status, "This was saved", ["committed", "failed"])
    assert (list(users()), page.texts("button", type="submit", within="main")) == ([ann.id], [])


def test_the_words_of_a_merge_stay_when_the_record_that_was_left_is_deleted(
    as_editor: Client, as_emil: Client, ann: User, bea: User
) -> None:
    form = Page(as_emil.get(f"/admin/user/delete/?id={bea.id}")).values("")
    send(as_editor, at(ann, bea))
    as_editor.post_form(f"/admin/user/delete/?id={ann.id}")

    page = Page(as_emil.post(f"/admin/user/delete/?id={bea.id}", data=form))

    assert "Edgar merged this user into a different one at " in page.root.text


def test_a_stale_token_shows_the_page_again_with_what_was_chosen(
    as_editor: Client, ann: User, bea: User, users: Any
) -> None:
    before = users()
    form = {**Page(as_editor.get(at(ann, bea))).values(), "take.email": "b", "csrf_token": "stale"}

    answer = as_editor.post(at(ann, bea), data=form)

    assert (answer.status_code, users()) == (400, before)
    assert Page(answer).values()["take.email"] == "b"


def test_what_was_chosen_when_the_session_had_ended_is_chosen_again(
    *, app: Flask, as_editor: Client, ann: User, bea: User, password: str, users: Any
) -> None:
    address, before = at(ann, bea), users()
    form = {**Page(as_editor.get(address)).values(), "take.email": "b"}
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    led = as_editor.post(address, data=form).location
    onward = {"next": Page(as_editor.get(led)).all("input", name="next")[0].attributes["value"]}
    back = as_editor.post_form(led, {"email": "edgar@example.com", "password": password, **onward}, page=led).location
    page = Page(as_editor.get(back))

    assert (page.values()["take.email"], users()) == ("b", before)
    assert as_editor.post(back, data=page.values()).status_code == 303
    assert users() == {ann.id: ("Ann", "bea@example.com")}


# ---- what nobody was offered


@pytest.mark.parametrize(
    "forged", [{"take.email": "c"}, {"take.email": ""}, {"take.email": "theirs"}, {"take.name": "\0"}]
)
def test_a_choice_of_neither_is_refused(
    forged: dict[str, str], as_editor: Client, ann: User, bea: User, users: Any
) -> None:
    before = users()

    answer = send(as_editor, at(ann, bea), **forged)

    assert (answer.status_code, users()) == (422, before)
    label = next(iter(forged)).removeprefix("take.").capitalize()
    assert f"Choose which {label} to keep." in Page(answer).root.text


def test_other_fields_and_values_are_nobodys(as_editor: Client, ann: User, bea: User, users: Any, app: Flask) -> None:
    forged = {"email": "x@example.com", "take.id": "b", "take.created_at": "b", "take.version": "b", "id": "7"}

    send(as_editor, at(ann, bea), **forged)

    assert users() == {ann.id: ("Ann", "ann@example.com")}
    with app.app_context():
        assert db.session.get_one(User, ann.id).created_at == ann.created_at


@pytest.mark.parametrize("query", ["a={a}&b={a}", "a={a}", "b={b}", "a={a}&b=999", "a=x&b={b}", "a={a}&b=-1"])
def test_an_address_without_two_users_is_404(query: str, as_editor: Client, ann: User, bea: User, users: Any) -> None:
    url = "/admin/user/merge/?" + query.format(a=ann.id, b=bea.id)
    before = users()

    answers = [as_editor.get(url), as_editor.post_form(url, page=at(ann, bea))]

    assert ([one.status_code for one in answers], users()) == ([404, 404], before)


@pytest.mark.parametrize("lacking", ["user:delete", "user:edit"])
def test_it_needs_both_rights(
    lacking: str, client_with: Callable[..., Client], ann: User, bea: User, users: Any
) -> None:
    rights = {"user:list", "user:view", "user:edit", "user:delete", "post:*"} - {lacking}
    client = client_with(*sorted(rights))
    token = client.token_of("/admin/account/")
    before = users()

    answers = [client.get(at(ann, bea)), client.post(at(ann, bea), data={"csrf_token": token})]

    assert ([one.status_code for one in answers], users()) == ([403, 403], before)
    assert "Merge selected" not in Page(client.get("/admin/user/")).root.text


def test_a_record_out_of_sight_is_404(
    client_with: Callable[..., Client], make_post: Any, me: User, other: User
) -> None:
    client = client_with("post:*", "user:*", rows=["post:own"])
    own, foreign = make_post(user=me), make_post(user=other)

    answers = [client.get(at(own, foreign)), client.get(at(foreign, own))]

    assert [one.status_code for one in answers] == [404, 404]


def test_posts_that_may_not_be_edited_stand_in_the_way(
    client_with: Callable[..., Client], ann: User, bea: User, make_post: Any, users: Any
) -> None:
    make_post(user=bea)
    client = client_with("user:*", "post:list", "post:view")
    page = Page(client.get(at(ann, bea)))
    before = users()

    answer = client.post(at(ann, bea), data=page.values())

    why = "You cannot change some of the posts of user “Bea”: ask an owner."
    assert page.texts("dd")[2] == f"1 post. {why}"
    assert page.form().all("button") == []
    assert (answer.status_code, users()) == (422, before)
    assert f"{why} Nothing was merged." in Page(answer).root.text


def test_a_field_that_may_not_be_written_stays_the_survivors(
    client_with: Callable[..., Client], ann: User, bea: User, users: Any
) -> None:
    client = client_with("*:*", fields=["user.email:read_only"])

    page = Page(client.get(at(ann, bea)))
    send(client, at(ann, bea), **{"take.email": "b", "take.name": "b"})

    assert page.texts("legend") == ["Name"]
    assert users() == {ann.id: ("Bea", "ann@example.com")}


def test_a_hidden_name_is_told_nowhere(client_with: Callable[..., Client], ann: User, bea: User) -> None:
    client = client_with("*:*", fields=["user.name:hidden"])

    page = client.get(at(ann, bea))

    assert ("Bea" in page.text, "Ann" in page.text) == (False, False)
    assert Page(page).heading == f"Merge user “User {bea.id}” into “User {ann.id}”"


def test_a_survivor_that_one_could_edit_no_more_is_refused(
    keep: Any, make_staff: Any, client_of: Any, make_user: Any, users: Any
) -> None:
    keep(Role(key="mends", name="Mends", permissions=StringSet(["user:edit"]), rows=StringSet(["user:same_domain"])))
    keep(Role(key="clears", name="Clears", permissions=StringSet(["user:list", "user:view", "user:delete"])))
    client = client_of(make_staff("Liam", "mends", "clears"))
    near, far = make_user(email="near@example.com"), make_user(email="far@example.org")
    before = users()

    answer = send(client, at(near, far), **{"take.email": "b"})

    assert (answer.status_code, users()) == (422, before)
    assert "Your permissions cover only users with your email domain." in Page(answer).root.text
    assert client.get(at(far, near)).status_code == 403
    assert not any(one.text.startswith("Keep “") for one in Page(client.get(at(near, far))).all("a"))


def test_staff_and_roles_are_not_merged(as_owner: Client, owner: Any, editor: Any) -> None:
    page = Page(as_owner.get("/admin/staff/"))

    answers = [
        as_owner.get(f"/admin/staff/merge/?a={owner.id}&b={editor.id}"),
        as_owner.get("/admin/role/merge/?a=1&b=2"),
        as_owner.post_form("/admin/staff/ticks/", {"tick": [str(owner.id)], "act": "merge_view"}, page="/admin/staff/"),
    ]

    assert "Merge" not in page.texts("button", name="act")
    assert [one.status_code for one in answers] == [404, 404, 404]


# ---- the id that is gone


@pytest.mark.parametrize("view", ["edit", "details", "history"])
def test_the_addresses_of_the_one_that_is_gone_lead_to_the_survivor(
    view: str, as_editor: Client, ann: User, bea: User
) -> None:
    send(as_editor, at(ann, bea))
    as_editor.get("/admin/user/")

    led = as_editor.get(f"/admin/user/{view}/?id={bea.id}&url=/admin/user/?q%3Da")

    assert (led.status_code, led.location) == (303, f"/admin/user/{view}/?url=/admin/user/?q%3Da&id={ann.id}")
    page = Page(as_editor.get(led.location))
    assert page.notice.startswith(f"Attention User {bea.id} was merged into this user.")
    assert page.status == 200


def test_its_own_history_can_still_be_read(as_editor: Client, ann: User, bea: User) -> None:
    send(as_editor, at(ann, bea))
    as_editor.get("/admin/user/")
    led = as_editor.get(f"/admin/user/edit/?id={bea.id}")

    page = Page(as_editor.get(Page(as_editor.get(led.location)).link(f"History of user {bea.id}")))

    assert (page.status, page.heading) == (200, "History of “Bea”")
    assert "This user was deleted." in page.root.text


def test_who_may_not_see_the_survivor_finds_nothing(
    as_owner: Client, client_with: Callable[..., Client], make_post: Any, other: User
) -> None:
    kept, gone = make_post(user=other), make_post(user=other)
    send(as_owner, at(kept, gone))
    client = client_with("post:*", "user:*", rows=["post:own"])

    answers = [client.get(f"/admin/post/{view}/?id={gone.id}") for view in ("edit", "details", "history")]

    assert [one.status_code for one in answers] == [404, 404, 404]


def test_a_form_that_was_open_of_it_says_who_merged_it(
    as_editor: Client, as_emil: Client, ann: User, bea: User
) -> None:
    address = f"/admin/user/edit/?id={bea.id}"
    form = Page(as_emil.get(address)).values()
    send(as_editor, at(ann, bea))

    answer = as_emil.post(address, data=form)

    assert answer.status_code == 409
    assert "Edgar merged this user into a different one" in Page(answer).root.text


def test_it_stands_in_the_activity(app: Flask, as_editor: Client, ann: User, bea: User) -> None:
    send(as_editor, at(ann, bea))

    page = Page(as_editor.get("/admin/activity/"))

    assert "Merged user “Bea” into “Ann”" in page.root.text
    with app.app_context():
        act = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        assert (act.kind, act.resource, act.record_id) == ("form", "user", ann.id)


@pytest.fixture
def partly_kept(make_post: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the history not keep what posts say; return the address where two of them are merged."""
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    return at(make_post(content="One"), make_post(content="Two"))


def test_no_undo_is_offered_that_gives_nothing_back(as_editor: Client, partly_kept: str) -> None:
    merged = Page(as_editor.get(send(as_editor, partly_kept).location))

    assert merged.notice.startswith("Success")
    assert merged.all("form", class_="undo") == []


def test_what_its_undo_does_not_take_back_is_said(
    as_editor: Client, partly_kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = Page(as_editor.get(partly_kept)).texts("p", class_="note")
    # It could be made again with what the database gives it.
    monkeypatch.setattr(for_good, "not_kept", lambda _model: [])
    changed = Page(as_editor.get(partly_kept)).texts("p", class_="note")

    assert deleted == ["This cannot be undone: the history does not keep the content."]
    assert changed == ["The history does not keep the content: an undo leaves it as it is."]
