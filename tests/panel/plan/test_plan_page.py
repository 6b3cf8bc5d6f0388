"""“Give to…” and its plan: shown first, done once, reported and undone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from admin_app.db.keys import print_key
from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.panel.list.bulk import press, words
from tests.panel.plan.changing import POSTS, sent
from tests.panel.plan.plans import GIVE, agreed, given, owners, verdicts
from tests.stores import both_stores


def lines_of(page: Page) -> list[str]:
    return page.texts("li", class_="plan__line")


def test_a_plan_says_what_changes_before_anything_does(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    make_post(content="Mine", user=ann)
    make_post(content="Nobody's")
    make_post(content="Hers", user=bea)

    page = Page(as_editor.get(given(as_editor, bea, listed="3")))

    assert page.heading == "Change 2 posts?"
    assert page.texts("dd")[:3] == ["3 posts", "Bea", "1 has no user now, 1 has another user now Show those"]
    assert lines_of(page) == [
        "Mine To be changed User removed: Annadded: Bea",
        "Nobody's To be changed User removed: —added: Bea",
        "Hers Already as wanted",
    ]
    assert page.texts("button", class_="button--primary") == ["Change 2 posts"]
    assert owners(as_editor) == {1: ann.id, 2: None, 3: bea.id}


def test_agreeing_changes_exactly_these_records_and_undo_gives_them_back(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user(name="Ann")
    for content in ("A garden", "A house", "Another garden"):
        make_post(content=content)

    page = agreed(as_editor, given(as_editor, ann, f"{GIVE}?q=garden", listed="2"), reason="As agreed")

    assert page.heading == "2 posts changed"
    assert owners(as_editor) == {1: ann.id, 2: None, 3: ann.id}
    (undo,) = page.all("form", class_="undo")
    set_id = undo.all("input", name="id")[0].attributes["value"]
    with as_editor.application.app_context():
        done = db.session.get_one(ChangeSet, int(set_id))
        assert (done.summary, done.reason, done.kind, done.actor) == (
            "Changed 2 posts",
            "As agreed",
            "bulk",
            "Edgar (edgar@example.com)",
        )
    as_editor.post_form("/admin/activity/undo/", {"id": set_id})
    assert owners(as_editor) == {1: None, 2: None, 3: None}


def test_the_page_says_that_it_was_undone(as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_post()
    address = given(as_editor, make_user())
    page = agreed(as_editor, address)
    set_id = page.all("input", name="id")[0].attributes["value"]

    as_editor.post_form("/admin/activity/undo/", {"id": set_id})
    after = Page(as_editor.get(address))

    assert "This was undone by Edgar (edgar@example.com)." in after.texts("p", class_="note")
    words = [one.text.split()[0] for one in after.all("button")]
    assert ("Redo" in words, "Undo" in words) == (True, False)


def test_records_are_left_without_another_one(as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_post(user=make_user())

    response = as_editor.post_form(GIVE, {"nobody": "1"})
    page = agreed(as_editor, response.location)

    assert (page.heading, owners(as_editor)) == ("1 post changed", {1: None})


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "Choose the user."),
        (
            "nobody of this name",
            "No user has the ID or name “nobody of this name”. Check it, or look in the list of users.",
        ),
    ],
)
def test_the_new_user_has_to_be_chosen(typed: str, problem: str, as_editor: Any, make_post: Any) -> None:
    make_post()

    response = as_editor.post_form(GIVE, {"value.user": typed})

    page = Page(response)
    assert (response.status_code, page.all("input", name="value.user")[0].attributes["value"]) == (422, typed)
    assert [one.text for one in page.all("a") if one.attributes.get("href") == "#value.user"] == [problem]
    assert page.texts("p", class_="error") == [f"Error: {problem}"]


def test_a_plan_is_carried_out_once(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    make_post()
    address = given(as_editor, ann)
    agreed(as_editor, address)
    agreed(as_editor, given(as_editor, bea))

    again = agreed(as_editor, address)

    assert again.notice == "There is a problem You agreed to this plan before. It is carried out once."
    assert owners(as_editor) == {1: bea.id}


def test_records_changed_since_are_left_and_named(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    make_post(content="Changed"), make_post(content="Kept")
    address = given(as_editor, ann)
    as_editor.post_form("/admin/post/edit/?id=1", {"content": "By somebody", "user": ""})

    page = agreed(as_editor, address)

    assert verdicts(as_editor) == {1: "outdated", 2: "done"}
    assert page.texts(class_="plan__reasons") == ["Changed since: It was changed after the plan was made. 1"]


def test_a_number_that_differs_from_the_lists_is_told(as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_post()

    page = Page(as_editor.get(given(as_editor, make_user(), listed="3")))

    assert page.texts("p", class_="note") == ["The list had 3 posts when you chose them. This plan has 1."]


def test_a_plan_without_a_change_has_nothing_to_agree_to(as_editor: Any, make_user: Any) -> None:
    page = Page(as_editor.get(given(as_editor, make_user())))

    assert page.texts("p", class_="note") == ["There is nothing to do: no record would change."]
    assert not page.all("input", name="reason")


def test_somebody_elses_plan_is_not_there(as_editor: Any, as_owner: Any, make_user: Any, make_post: Any) -> None:
    make_post()
    address = given(as_editor, make_user())

    assert [as_owner.get(address).status_code, as_owner.post_form(address, {}).status_code] == [404, 404]
    assert as_owner.get(address.replace("/plan/", "/plan/lines.csv")).status_code == 404
    assert as_editor.get(address.replace("/post/", "/user/")).status_code == 404


def test_who_may_not_change_many_records_is_refused(as_viewer: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    make_post()

    assert as_viewer.get(GIVE).status_code == 403
    assert as_viewer.post_form(GIVE, {"value.user": str(user.id)}).status_code == 403


@pytest.mark.parametrize(("lost", "status"), [(Action.BULK, 403), (Action.EDIT, 409)])
def test_a_right_that_was_withdrawn_meanwhile_is_withdrawn(
    lost: Action, status: int, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    make_post()
    address = given(as_editor, make_user())
    with as_editor.application.app_context():
        role = db.session.scalars(select(Role).where(Role.key == "editor")).one()
        kept = type(role.permissions)(one for one in role.permissions if one != f"*:{lost}")
        db.session.execute(update(Role).where(Role.key == "editor").values(permissions=kept))
        db.session.commit()

    response = as_editor.post_form(address, {})

    assert response.status_code == status
    assert owners(as_editor) == {1: None}


def test_a_plan_that_is_too_old_is_not_carried_out(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_post()
    address = given(as_editor, make_user())
    with app.app_context():
        db.session.execute(update(Plan).values(expires_at=Plan.created_at))
        db.session.commit()

    response = as_editor.post_form(address, {})

    assert response.status_code == 409
    assert owners(as_editor) == {1: None}


def test_large_plans_ask_for_a_proof(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post()
    address = given(as_editor, make_user())
    monkeypatch.setitem(app.config, "PROOF_ROWS", 0)
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime(2026, 1, 1, tzinfo=UTC)))
        db.session.commit()

    response, file = as_editor.post_form(address, {}), as_editor.get(address.replace("/plan/", "/plan/lines.csv"))

    assert (response.status_code, Page(response).heading) == (403, "Confirm it's you")
    assert (file.status_code, file.location.partition("?")[0]) == (302, "/admin/account/confirm/")
    assert owners(as_editor) == {1: None}


def test_a_new_user_who_was_deleted_since_stops_the_plan(as_editor: Any, make_user: Any, make_post: Any) -> None:
    make_post()
    ann = make_user()
    address = given(as_editor, ann)
    as_editor.post_form(f"/admin/user/delete/?id={ann.id}", {"_version": "1"})

    response = as_editor.post_form(address, {})

    assert response.status_code == 409
    problem = f"No user has the ID or name “{ann.id}”. Check it, or look in the list of users. Nothing was changed."
    assert problem in Page(response).texts("li")
    assert owners(as_editor) == {1: None}


def test_the_lines_are_a_file(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    make_post(user=ann)
    make_post()

    response = as_editor.get(given(as_editor, ann).replace("/plan/", "/plan/lines.csv"))

    assert response.headers["Content-Disposition"] == 'attachment; filename="post-plan-1.csv"'
    assert response.text.splitlines() == [
        '"ID",Verdict,Reason,Before,After',
        "1,same,,,",
        "2,change,,User ID: no value,User ID: 1",
    ]


def test_a_database_that_does_not_answer_is_a_page_and_no_half_file(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    make_post()
    address = given(as_editor, make_user()).replace("/plan/", "/plan/lines.csv")
    with app.app_context():
        engine = db.engine

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM plan_line" in statement:
            raise OperationalError(statement, {}, Exception("database is locked"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        response = as_editor.get(address)
    finally:
        event.remove(engine, "before_cursor_execute", refuse)

    assert (response.status_code, Page(response).heading) == (503, "The database is busy")
    assert "Content-Disposition" not in response.headers


@pytest.mark.parametrize("less", [{"rows": ["post:own"]}, {"fields": ["post.content:hidden"]}])
def test_a_plan_tells_no_value_that_its_person_may_not_see_any_more(
    app: Flask, client_with: Any, client_of: Any, make_post: Any, less: dict[str, list[str]]
) -> None:
    make_post(content="Sentinel")
    address = sent(client_with("*:*"), POSTS, {"change": "content", "value.content": "New"}).location
    with app.app_context():
        role = db.session.scalars(select(Role).where(Role.key == "liam")).one()
        role.rows, role.fields = StringSet(less.get("rows", [])), StringSet(less.get("fields", []))
        db.session.commit()
        liam = db.session.scalars(select(Staff).where(Staff.name == "Liam")).one()
    client = client_of(liam)

    page, file = Page(client.get(address)), client.get(address.replace("/plan/", "/plan/lines.csv")).text

    assert lines_of(page) == ["Post 1 To be changed"]
    assert file.splitlines()[1:] == ["1,change,,,"]


def test_the_file_has_no_values_for_who_may_not_export_them(client_with: Any, make_post: Any) -> None:
    make_post(content="Sentinel")
    client = client_with("post:list", "post:view", "post:edit", "post:bulk")
    address = sent(client, POSTS, {"change": "content", "value.content": "New"}).location

    page, file = client.get(address).text, client.get(address.replace("/plan/", "/plan/lines.csv")).text

    assert ("Sentinel" in page, file.splitlines()[1:]) == (True, ["1,change,,,"])


def test_lines_stand_on_pages_by_verdict(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for number in range(52):
        make_post(content=f"Post {number}", user=ann if number == 51 else None)
    address = given(as_editor, ann)

    first = Page(as_editor.get(address))
    tabs = [one.text for one in first.all("a", within="plan") if one.attributes.get("href", "").startswith(address)]
    second = Page(as_editor.get(first.all("a", rel="next")[0].attributes["href"]))
    same = Page(as_editor.get(f"{address}&verdict=same"))

    assert tabs == ["Show those", "All 52", "To be changed 51", "Already as wanted 1", "Next"]
    assert (len(lines_of(first)), len(lines_of(second)), len(lines_of(same))) == (50, 2, 1)


@both_stores
def test_records_whose_ids_are_below_1_are_worked_on_like_others(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user(name="Ann")
    ids = [*range(-60, 1)]
    for key in ids:
        make_post(id=key, content=f"Post {key}")
    listed: list[int] = []
    url = "/admin/post/?sort=id"
    while url:
        page = Page(as_editor.get(url))
        listed += map(int, page.ids())
        url = page.link("Next") if page.has_link("Next") else ""

    given_ = given(as_editor, ann)
    first = Page(as_editor.get(given_))
    second = Page(as_editor.get(first.all("a", rel="next")[0].attributes["href"]))
    agreed(as_editor, given_)
    opened = [as_editor.get(f"/admin/post/details/?id={one}").status_code for one in ("-5", ".2D5", "0", "-61")]
    begin = Page(as_editor.get("/admin/post/?sort=id"))
    ticked = Page(as_editor.get(press(as_editor, begin, "Select the ticked rows", map(print_key, ids[:2])).location))
    file = as_editor.get("/admin/post/export/csv/?sort=id").text.splitlines()

    assert listed == ids
    assert (len(lines_of(first)), len(lines_of(second))) == (50, 11)
    assert set(owners(as_editor).values()) == {ann.id}
    assert (opened, len(file), words(ticked)) == ([200, 200, 200, 404], 62, "2 selected")


def test_a_page_of_lines_asks_as_often_for_many_as_for_one(
    as_editor: Any, make_user: Any, make_post: Any, statements: Any
) -> None:
    ann = make_user()
    make_post()
    few = given(as_editor, ann)
    for _ in range(5):
        make_post(user=make_user())
    many = given(as_editor, ann)

    with statements() as for_few:
        as_editor.get(few)
    with statements() as for_many:
        as_editor.get(many)

    assert len(for_many) == len(for_few)


def test_a_post_that_is_out_of_reach_is_not_given(as_editor: Any, make_user: Any, make_post: Any) -> None:
    assert Post.user_id is not None
    make_post()

    response = as_editor.post_form(f"{GIVE}?field=content", {"value.user": str(make_user().id)})

    assert response.status_code == 404


def test_changed_and_left_records_can_be_opened_as_lists(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for content in ("Changed", "Done", "Done, too"):
        make_post(content=content)
    address = given(as_editor, ann)
    as_editor.post_form("/admin/post/edit/?id=1", {"content": "By somebody", "user": ""})
    page = agreed(as_editor, address)

    done, left = (Page(as_editor.get(as_editor.post_form(address, {"list": one}).location)) for one in ("done", "left"))

    assert page.texts("button", within="plan") == ["Show the 2 changed", "Show the 1 left as it was"]
    assert (sorted(done.ids()), left.ids()) == ([2, 3], [1])


def test_selected_rows_and_no_others_are_given(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for _ in range(3):
        make_post()
    ticked = as_editor.post_form(
        "/admin/post/ticks/", {"shown": ["1", "2", "3"], "tick": ["1", "3"], "act": "give_view"}
    )

    response = as_editor.post_form(ticked.location, {"value.user": str(ann.id)}, page=ticked.location)
    page = Page(as_editor.get(response.location))
    agreed(as_editor, response.location)

    assert Page(as_editor.get(ticked.location)).texts(class_="page-head__result") == ["2 selected posts"]
    assert page.heading == "Change 2 posts?"
    assert owners(as_editor) == {1: ann.id, 2: None, 3: ann.id}
