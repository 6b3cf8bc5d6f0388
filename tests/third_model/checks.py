"""What the generic tests do not say about tags; test_third_model.py runs this file in a copy of the project."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from admin_app.models.tag import Tag
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from admin_app.extensions import db
from admin_app.models.post import Post
from tests.page import Page

UID = uuid.UUID("12345678-1234-5678-1234-567812345678")
GOOD = {
    "label": "new",
    "note": "",
    "weight": "2.5",
    "day": "2026-01-31",
    "price": "9.9901",
    "uid": str(UID),
    "is_public": "y",
}  # fmt: skip -- two lines


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_tags_have_a_block_in_the_form_of_roles_by_themselves(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/role/new/"))

    boxes = {one.attributes["value"] for one in page.all("input", type="checkbox")}
    fields = {one.attributes["value"] for one in page.all("option")}
    assert "Tags: permissions" in page.texts("label")
    assert {"tag:list", "tag:edit", "tag:undo", "tag:*"} <= boxes
    assert "tag.label:hidden" in fields


@pytest.fixture
def make_tag(keep: Any, make_post: Any) -> Any:
    """Make tags, each on a post of its own unless told."""

    def make(label: str, **values: Any) -> Any:
        post_id = values.pop("post_id", None) or make_post(content=f"Post of {label}").id
        plain = {"weight": 1.0, "day": date(2026, 1, 31), "price": Decimal("9.9901"), "uid": UID, "is_public": True}
        return keep(Tag(label=label, post_id=post_id, **{**plain, **values}))

    return make


def tags(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {tag.label: tag.post_id for tag in db.session.scalars(select(Tag))}


@pytest.mark.usefixtures("context")
def test_generated_migration_is_all_there_is_to_change() -> None:
    flask_migrate.check(directory=str(Path(__file__).parents[1] / "migrations"))


def test_tags_stand_in_the_menu_and_on_the_start_page(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/"))

    menu = page.texts("a", within="main") and [link.text for link in page.all("nav", aria_label="Main")[0].all("a")]
    assert menu == ["Home", "Users", "Posts", "Tags", "Activity", "Jobs", "Inbox"]
    assert "Labels on posts." in page.root.text


def test_a_tag_has_notes_and_is_watched(as_editor: Any, as_viewer: Any, make_tag: Any) -> None:
    tag = make_tag("first")
    address = f"/admin/tag/notes/?id={tag.id}"
    token = {"csrf_token": as_viewer.token_of(address)}
    as_viewer.post(f"/admin/tag/watch/?id={tag.id}", data={**token, "on": "1"})

    answer = as_editor.post(address, data={**Page(as_editor.get(address)).values(), "text": "@vera look"})

    assert Page(as_editor.get(answer.location)).texts("p", class_="note-text") == ["@vera look"]
    assert Page(as_viewer.get("/admin/inbox/")).has_link("Edgar mentioned you in a note on tag “first”")


def test_list_shows_every_type_as_a_person_reads_it(as_viewer: Any, make_tag: Any) -> None:
    make_tag("first", is_public=False, weight=2.5)

    page = Page(as_viewer.get("/admin/tag/"))

    assert page.rows()[0][:7] == ["first", "Post of first", "2.5", "9.9901", "2026-01-31", str(UID), "No"]
    numbers = [cell.text for cell in page.all("th", scope="col") if cell.has(class_="number")]
    assert numbers == ["Weight", "Price", "ID↓"]


FOUND = {
    "price__greater=9.99": ["cheap"],
    "price__equals=9.9901": ["cheap"],
    "price__smaller=9.99": ["free"],
    "weight__greater=1.5": ["free"],
    "day__on=2026-02-01": ["free"],
    "day__until=2026-01-31": ["cheap"],
    f"uid__equals={UID}": ["cheap"],
    "is_public__is=no": ["free"],
    "note__empty=yes": ["cheap"],
    "post.content__contains=of+free": ["free"],
    "q=%22of+cheap%22": ["cheap"],
}


def test_filters_of_every_type_find_their_rows(as_viewer: Any, make_tag: Any) -> None:
    make_tag("cheap")
    make_tag("free", price=Decimal(0), weight=2.0, day=date(2026, 2, 1), uid=uuid.uuid4(), is_public=False, note="x")

    found = {asked: Page(as_viewer.get(f"/admin/tag/?{asked}")).column("Label") for asked in FOUND}

    assert found == FOUND


MEANINGLESS = (
    "price__greater=nan",
    "price__equals=1e999",
    "weight__greater=inf",
    "weight__equals=x",
    "uid__equals=x",
    "day__on=x",
    "is_public__is=x",
    "price__equals=" + "9" * 999,
)


def test_filter_without_a_meaning_is_no_error(as_viewer: Any, make_tag: Any) -> None:
    make_tag("first")

    pages = {asked: Page(as_viewer.get(f"/admin/tag/?{asked}")) for asked in MEANINGLESS}

    assert {asked: (page.status, page.rows()) for asked, page in pages.items()} == dict.fromkeys(MEANINGLESS, (200, []))


def test_form_makes_a_tag(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post()

    response = as_editor.post_form("/admin/tag/new/", {**GOOD, "post": str(post.id)})

    assert response.status_code == 303
    with app.app_context():
        tag = db.session.scalars(select(Tag)).one()
        assert (tag.note, tag.weight, tag.day, tag.price, tag.uid, tag.is_public, tag.post_id) == (
            tag.note,
            2.5,
            date(2026, 1, 31),
            Decimal("9.9901"),
            UID,
            True,
            post.id,
        )  # fmt: skip -- two rows
        assert not tag.note


# Refused by the form, before the store is asked.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("label", ""),
        ("label", "x" * 41),
        ("weight", ""),
        ("weight", "heavy"),
        ("weight", "nan"),
        ("weight", "inf"),
        ("weight", "1e999"),
        ("day", ""),
        ("day", "31.1.2026"),
        ("day", "0000-00-00"),
        ("price", ""),
        ("price", "dear"),
        ("price", "NaN"),
        ("price", "sNaN"),
        ("price", "Infinity"),
        ("price", "1e20"),
        ("price", "1000000"),
        ("uid", ""),
        ("uid", "x"),
        ("post", ""),
        ("post", "999999"),
    ],
)
def test_value_that_does_not_fit_is_told_how_to_be_mended(
    name: str, typed: str, app: Flask, as_editor: Any, make_post: Any
) -> None:
    post = make_post()

    page = Page(as_editor.post_form("/admin/tag/new/", {**GOOD, "post": str(post.id), name: typed}))

    assert page.status == 422
    assert page.error_of(name) != ""
    assert "valid" not in page.error_of(name)
    assert page.summary == [page.error_of(name)]
    assert page.values()[name] == typed
    assert tags(app) == {}


def test_label_is_unique_in_any_case(as_editor: Any, make_tag: Any) -> None:
    tag = make_tag("New")

    page = Page(as_editor.post_form("/admin/tag/new/", {**GOOD, "post": str(tag.post_id)}))

    assert page.error_of("label") == f"Label is already used by tag {tag.id}. Enter a different one."
    with pytest.raises(IntegrityError):
        make_tag("NEW", post_id=tag.post_id)


def test_tags_hang_on_the_page_of_their_post(app: Flask, as_editor: Any, make_tag: Any) -> None:
    tag = make_tag("first")
    make_tag("other")
    here = f"/admin/post/edit/?id={tag.post_id}"
    page = Page(as_editor.get(here))

    add = page.link("Add tag")
    response = as_editor.post_form(add, {**Page(as_editor.get(add)).values(), **GOOD})

    assert page.column("Label", "tags") == ["first"]
    assert response.location == here
    assert tags(app)["new"] == tag.post_id


def test_post_with_tags_cannot_keep_them_without_a_post(app: Flask, as_editor: Any, make_tag: Any) -> None:
    tag = make_tag("first")
    address = f"/admin/post/delete/?id={tag.post_id}"

    page = Page(as_editor.get(address))
    refused = Page(as_editor.post_form(address, {"fate.tags": "keep"}))

    assert page.texts("legend") == ["What should happen to this post's 1 tag?"]
    assert [one.attributes["value"] for one in page.all("input", type="radio")] == ["give", "delete"]
    assert (refused.status, refused.summary) == (422, ["Choose what happens to the tags."])
    assert tags(app) == {"first": tag.post_id}


def test_tags_can_be_given_to_another_post(app: Flask, as_editor: Any, make_tag: Any, make_post: Any) -> None:
    tag, heir = make_tag("first"), make_post()

    as_editor.post_form(f"/admin/post/delete/?id={tag.post_id}", {"fate.tags": "give", "heir.tags": str(heir.id)})

    assert tags(app) == {"first": heir.id}


def test_posts_that_go_with_their_user_take_their_tags_along(
    app: Flask, as_editor: Any, make_tag: Any, make_user: Any, make_post: Any
) -> None:
    user = make_user()
    make_tag("gone", post_id=make_post(user=user).id)
    stays = make_tag("stays")

    response = as_editor.post_form(f"/admin/user/delete/?id={user.id}", {"fate.posts": "delete"})

    assert response.status_code == 303
    assert tags(app) == {"stays": stays.post_id}
    with app.app_context():
        assert list(db.session.scalars(select(Post.id))) == [stays.post_id]


def test_many_posts_are_deleted_with_their_tags_or_give_them_away(
    app: Flask, as_editor: Any, make_tag: Any, make_post: Any
) -> None:
    first, second, heir = make_tag("first"), make_tag("second"), make_post()
    address = f"/admin/post/delete-many/?id__in={first.post_id},{second.post_id},{heir.id}"

    page = Page(as_editor.get(address))
    refused = Page(as_editor.post_form(address, {"fate.tags": "keep"}))
    plan = as_editor.post_form(address, {"fate.tags": "give", "heir.tags": str(heir.id)}).location
    as_editor.post_form(plan)

    assert page.texts("legend") == ["What should happen to these posts' 2 tags?"]
    assert [one.attributes["value"] for one in page.all("input", type="radio")] == ["give", "delete"]
    assert (refused.status, refused.summary) == (422, ["Choose what happens to the tags."])
    assert tags(app) == {"first": heir.id, "second": heir.id}
    assert Page(as_editor.get(plan)).heading == "2 posts deleted"


def test_many_users_take_their_posts_and_these_their_tags_along(
    app: Flask, as_editor: Any, make_tag: Any, make_user: Any, make_post: Any
) -> None:
    ann, bea = make_user(), make_user()
    for user in (ann, bea):
        make_tag(f"of {user.id}", post_id=make_post(user=user).id)
    stays = make_tag("stays")

    plan = as_editor.post_form("/admin/user/delete-many/", {"fate.posts": "delete"}).location
    as_editor.post_form(plan)
    (undo,) = Page(as_editor.get(plan)).all("form", class_="undo")
    after = tags(app)
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert after == {"stays": stays.post_id}
    assert set(tags(app)) == {"stays", f"of {ann.id}", f"of {bea.id}"}


# ---- many at once


CHANGE = "/admin/tag/edit-many/"


def changed(client: Any, fields: dict[str, Any]) -> Page:
    """Change many tags, and return the page of what came of it."""
    response = client.post(CHANGE, data={**Page(client.get(CHANGE)).values(), **fields})
    assert response.status_code == 303, Page(response).texts("p", class_="error")
    client.post_form(response.location)
    return Page(client.get(response.location))


def values_of(app: Flask, name: str) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(getattr(Tag, name)).order_by(Tag.id)))


def test_every_type_can_be_changed_in_its_ways(as_editor: Any, make_tag: Any) -> None:
    make_tag("first")
    page = Page(as_editor.get(CHANGE))

    names = [one.attributes["value"] for one in page.all("input", name="change")]
    ways = {name: [one.attributes["value"] for one in page.all("input", name=f"how.{name}")] for name in names}

    assert ways == {
        "label": ["set", "replace"],
        "note": ["set", "replace", "clear"],
        "weight": ["set", "increase"],
        "day": ["set", "later", "earlier"],
        "price": ["set", "increase"],
        "uid": ["set"],
        "is_public": ["set"],
        "post": ["set"],
    }
    assert page.texts("p", id="change.is_public-now") == ["Same for all: Yes"]
    assert page.texts("p", id="change.post-now") == ["Same for all: Post of first"]


@pytest.mark.parametrize(
    ("fields", "name", "values"),
    [
        ({"how.weight": "increase", "increase.weight": "-0.5"}, "weight", [0.5, 1.5]),
        ({"value.weight": "7"}, "weight", [7.0, 7.0]),
        ({"how.price": "increase", "increase.price": "0.0099"}, "price", [Decimal(10), Decimal(10)]),
        ({"how.day": "later", "later.day": "1"}, "day", [date(2026, 2, 1), date(2026, 2, 1)]),
        ({"how.day": "earlier", "earlier.day": "31"}, "day", [date(2025, 12, 31), date(2025, 12, 31)]),
        ({"value.is_public": "false"}, "is_public", [False, False]),
        ({"value.uid": str(uuid.UUID(int=1))}, "uid", [uuid.UUID(int=1)] * 2),
        ({"how.label": "replace", "find.label": "a", "with.label": "e"}, "label", ["e", "b"]),
        ({"value.note": "Seen"}, "note", ["Seen", "Seen"]),
    ],
)
def test_values_of_every_type_are_changed_in_many_records(
    fields: dict[str, str], name: str, values: list[Any], *, app: Flask, as_editor: Any, make_tag: Any
) -> None:
    make_tag("a", weight=1.0)
    make_tag("b", weight=2.0)

    page = changed(as_editor, {"change": name, **fields})

    assert page.heading in {"2 tags changed", "1 tag changed"}
    assert values_of(app, name) == values


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fields", "control", "said"),
    [
        ({"value.is_public": ""}, "value.is_public", "Choose yes or no."),
        ({"how.is_public": "clear"}, "value.is_public", "Is public is required, so it cannot be cleared."),
        ({"how.post": "clear"}, "value.post", "Post is required, so it cannot be cleared."),
        ({"value.post": ""}, "value.post", "Choose the post."),
        ({"value.weight": "1001"}, "value.weight", "Enter 1,000 or less."),
        ({"how.weight": "increase", "increase.weight": "much"}, "increase.weight", "Enter a number, like 4.2."),
        ({"how.day": "later", "later.day": "-1"}, "later.day", "Enter a number of days, like 7."),
        ({"how.day": "later"}, "later.day", "Enter a value."),
        ({"how.uid": "increase"}, "value.uid", "Choose what to do with this field."),
    ],
)
def test_a_change_that_cannot_be_is_said_at_its_control(
    fields: dict[str, str], control: str, said: str, *, app: Flask, as_editor: Any, make_tag: Any
) -> None:
    tag = make_tag("a")
    name = control.partition(".")[2]

    page = Page(as_editor.post(CHANGE, data={**Page(as_editor.get(CHANGE)).values(), "change": name, **fields}))

    assert (page.status, page.error_of(control)) == (422, said)
    assert values_of(app, "version") == [tag.version]


def test_a_rule_of_the_form_alone_holds_for_each_of_many(app: Flask, as_editor: Any, make_tag: Any) -> None:
    make_tag("a", weight=999.0)
    make_tag("b", weight=1.0)

    page = changed(as_editor, {"change": "weight", "how.weight": "increase", "increase.weight": "2"})

    assert page.heading == "1 tag changed"
    assert "Enter 1,000 or less." in page.texts("main", id="main")[0]
    assert values_of(app, "weight") == [999.0, 3.0]


def test_a_file_of_tags_is_asked_how_its_days_and_numbers_are_written(
    as_editor: Any, make_post: Any, app: Flask
) -> None:
    post = make_post()
    rows = [f"new;2,5;03.04.2026;9,99;{UID};yes;{post.id}", f"old;1,5;02.04.2026;1,5;{UID};no;{post.id}"]
    text = "\n".join(["Label;Weight;Day;Price;UID;Is public;Post", *rows])
    sent = as_editor.post_form("/admin/tag/import/", {"text": text})
    url = as_editor.post_form(sent.location, {"columns": "1"}).location

    page = Page(as_editor.get(url))
    form = page.values("import-form")
    unanswered = as_editor.post_form(url, {**form, "column.5": "", "mode": "add"})
    unclear = as_editor.post_form(url, {**form, "dates": "", "decimal": ","})
    made = as_editor.post_form(url, {**form, "decimal": ",", "mode": "add"})
    as_editor.post_form(made.location)

    assert [one.text for one in page.all("label") if "03.04.2026" in one.text] == [
        "Day first: 03.04.2026 is 3 April 2026",
        "Month first: 03.04.2026 is 4 March 2026",
    ]
    assert (form["dates"], form["by.post_id"], form["column.2"]) == ("dmy", "id", "day")
    needed = "A new tag needs Is public. Choose the column that has it, or only change existing ones."
    assert (unanswered.status_code, Page(unanswered).error_of("columns")) == (422, needed)
    assert (unclear.status_code, Page(unclear).error_of("dates")) == (422, "Choose what 03.04.2026 means.")
    with app.app_context():
        found = {tag.label: (tag.weight, tag.day, tag.price) for tag in db.session.scalars(select(Tag))}
    assert found == {
        "new": (2.5, date(2026, 4, 3), Decimal("9.9900")),
        "old": (1.5, date(2026, 4, 2), Decimal("1.5000")),
    }


def test_a_template_of_tags_has_a_value_of_every_type(as_editor: Any) -> None:
    lines = as_editor.get("/admin/tag/import/template.csv").text.splitlines()

    row = dict(zip(lines[0].replace('"', "").split(","), lines[1].split(","), strict=True))
    assert {name: row[name] for name in ("Weight", "Day", "Price")} == {
        "Weight": "1.5",
        "Day": "2026-04-03",
        "Price": "1.5",
    }


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("by=is_public&measure=price__sum", [["Yes", "2", "19.9802"], ["No", "1", "0"]]),
        ("by=is_public&measure=weight__average", [["Yes", "2", "1.5"], ["No", "1", "2"]]),
        ("by=post&measure=weight__max&weight__greater=1.5", [["Post of cheap", "1", "2"], ["Post of free", "1", "2"]]),
        (
            "by=day__month&measure=price__min&day__until=2026-02-28",
            [["February 2026", "1", "0"], ["January 2026", "2", "9.9901"]],
        ),
    ],
)
def test_tags_are_summarised_by_every_type_that_has_groups(
    asked: str, rows: list[list[str]], as_viewer: Any, make_tag: Any
) -> None:
    make_tag("first")
    make_tag("cheap", weight=2.0)
    make_tag("free", price=Decimal(0), weight=2.0, day=date(2026, 2, 1), is_public=False)

    page = Page(as_viewer.get(f"/admin/tag/summary/?{asked}"))

    body = [row for tbody in page.all("tbody") for row in tbody.all("tr")]
    found = [[row.all("th")[0].text, *(link.text.split()[0] for link in row.all("a")[:2])] for row in body]
    assert found == rows


def test_each_card_of_tags_is_one_line_of_their_resource(as_viewer: Any, make_tag: Any) -> None:
    make_tag("first")
    make_tag("second", is_public=False, day=date(2000, 1, 1))

    tiles = {one.all("h2")[0].text: one for one in Page(as_viewer.get("/admin/")).all("section", class_="tile")}

    assert tiles["Public"].all("p")[0].text == "1 tag"
    assert len(tiles["Tags per week"].all("svg")[0].all("a")) == 12
    assert [one.text for one in tiles["Tags by post"].all("li")] == ["Post of first 1 tag", "Post of second 1 tag"]
    assert [one.all("a")[0].text for one in tiles["Newest tags"].all("li")] == ["second", "first"]
