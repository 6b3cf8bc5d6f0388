"""Records whose keys are of several columns: files that bring them, and what is typed to find one. Copied by test_key_shapes.py."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from admin_app.models.keyed import Branch, Desk, Good, Holiday, Keeper, Shelf, Stop, Ticket
from admin_app.resources.keyed import GoodResource
from flask import Flask
from sqlalchemy import func, select

from admin_app.db.key_parts import Parts
from admin_app.errors import ConfigurationError, TransferError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.plan import Plan, PlanLine
from admin_app.panel.forms.converter import Converter
from admin_app.panel.grouping import groupings
from admin_app.panel.plan.importing import ImportCounts
from tests.page import Page
from tests.panel.import_.sending import chosen, columns_url, sent, values
from tests.stores import both_stores
from tests.transfer.bringing import all_of, bring, refused

FILE = "aisle,mark,label,mail\n1,a/b,First,one@example.com\n10,a/b,Tenth,ten@example.com\n"


LISTED = {
    "shelf__is=1_a.2Fb": ["Apple"],
    "shelf__in=1_a.2Fb,10_a.2Fb&sort=label": ["Apple", "Bread"],
    "shelf__not_in=10_a.2Fb&sort=label": ["Apple", "Cheese"],
    "shelf__empty=yes": ["Cheese"],
    "keeper__is=2": ["Bread"],
    "keeper__in=1,2&sort=label": ["Apple", "Bread"],
    "keeper__not_in=1&sort=label": ["Bread", "Cheese"],
    "keeper__empty=no&sort=-label": ["Bread", "Apple"],
    "sort=shelf": ["Apple", "Bread", "Cheese"],
    "sort=-keeper": ["Cheese", "Bread", "Apple"],
    "sort=shelf&after=1~1_a.2Fb~First": ["Bread", "Cheese"],
    "sort=keeper&after=1~1~Ann": ["Bread", "Cheese"],
    "q=Tenth": ["Bread"],
    "q=Bob": ["Bread"],
}


@pytest.mark.usefixtures("context")
def test_a_file_adds_shelves_and_changes_them_by_both_columns_of_their_key() -> None:
    added = bring(Shelf, FILE)
    changed = bring(Shelf, FILE.replace("Tenth", "Last").replace("1,a/b,First", "2,a/b,Second").replace("one@", "two@"))

    assert (added, changed) == (ImportCounts(2, 0, 0), ImportCounts(1, 1, 0))
    assert all_of(Shelf, "id", "label") == [((1, "a/b"), "First"), ((10, "a/b"), "Last"), ((2, "a/b"), "Second")]


@pytest.mark.usefixtures("context")
def test_a_row_that_does_not_say_which_shelf_it_means_is_wrong() -> None:
    bring(Shelf, FILE)

    assert refused(Shelf, "aisle,mark,label,mail\n3,,Third,three@example.com\n") == [
        (2, "Mark (empty): enter the mark.")
    ]
    assert refused(Shelf, "aisle,mark,label,mail\nx,b,Third,x@example.com\n") == [
        (2, "Aisle “x”: must be a whole number.")
    ]


@pytest.mark.usefixtures("context")
def test_a_row_that_finds_its_shelf_by_another_column_does_not_give_it_another_key() -> None:
    bring(Shelf, FILE, match="mail")

    said = refused_by_mail("aisle,mark,label,mail\n2,b,Second,ten@example.com\n")

    assert said == "Aisle “2, b”: the record that this row finds has another ID."


def refused_by_mail(text: str) -> str:
    with pytest.raises(TransferError) as caught:
        bring(Shelf, text, match="mail")
    ((_, said),) = caught.value.problems
    return str(said)


@pytest.mark.usefixtures("context")
def test_a_part_of_a_key_may_point_at_a_record_that_the_file_names() -> None:
    bring(Holiday, "id,label\n2026-12-24,Eve\n")

    bring(Stop, "holiday_day,at,moment,size,sort,label\n2026-12-24,2026-12-24T10:00,2026-12-24T10:00Z,1.50,long,Stop\n")

    assert all_of(Stop, "label", "holiday_day") == [("Stop", db.session.get(Holiday, all_of(Holiday, "id")[0][0]).day)]


def test_an_upload_finds_shelves_by_aisle_and_mark(app: Flask, as_owner: Any) -> None:
    with app.app_context():
        bring(Shelf, FILE)
    url = columns_url(sent(as_owner, FILE.replace("Tenth", "Last").encode(), to="shelf"), to="shelf")
    guessed = values(as_owner, url)

    led = chosen(as_owner, url)

    with app.app_context():
        newest = select(func.max(Plan.id)).scalar_subquery()
        lines = db.session.execute(
            select(PlanLine.record_id, PlanLine.verdict).where(PlanLine.plan_id == newest).order_by(PlanLine.number)
        ).all()
    assert [guessed[name] for name in ("column.0", "column.1", "match")] == ["aisle", "mark", "id"]
    assert (led.status_code, lines) == (303, [(Parts((1, "a/b")), "same"), (Parts((10, "a/b")), "change")])


@pytest.fixture
def goods(app: Flask) -> None:
    """Make three goods: on the first shelf and Ann's, on the second and Bob's, nowhere and nobody's."""
    with app.app_context():
        bring(Shelf, FILE)
        ann, bob = Keeper(label="Ann", mail="ann"), Keeper(label="Bob", mail="bob")
        for label, aisle, keeper in (("Apple", 1, ann), ("Bread", 10, bob)):
            db.session.add(Good(label=label, aisle=aisle, mark="a/b", keeper=keeper))
            db.session.flush()
        db.session.add(Good(label="Cheese"))
        db.session.commit()


@both_stores
@pytest.mark.usefixtures("goods")
def test_goods_are_listed_by_what_they_point_at(as_viewer: Any) -> None:
    found = {asked: Page(as_viewer.get(f"/admin/good/?{asked}")).column("Label") for asked in LISTED}

    assert found == LISTED


@both_stores
@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(("by", "names"), [("shelf", ["First", "Tenth"]), ("keeper", ["Ann", "Bob"])])
def test_goods_are_counted_by_what_they_point_at(
    by: str, names: list[str], as_viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behind(most: int) -> dict[str, list[str]]:
        monkeypatch.setattr(groupings, "MOST_RECORDS", most)
        page = Page(as_viewer.get(f"/admin/good/summary/?by={by}"))
        rows = [row for body in page.all("tbody") for row in body.all("tr")]
        links = {row.all("th")[0].text: row.all("a")[0].attributes["href"] for row in rows}
        return {name: Page(as_viewer.get(link)).column("Label") for name, link in links.items()}

    assert behind(20) == {names[0]: ["Apple"], names[1]: ["Bread"], "None": ["Cheese"]}
    assert behind(1) == {names[0]: ["Apple"], "Others": ["Bread"], "None": ["Cheese"]}


@both_stores
@pytest.mark.usefixtures("goods")
def test_what_is_pointed_at_lists_and_counts_them(as_owner: Any) -> None:
    shelf, keeper = (
        Page(as_owner.get(f"/admin/{one}")) for one in ("shelf/details/?id=1_a.2Fb", "keeper/details/?id=2")
    )
    lists = [Page(as_owner.get(f"/admin/{one}/?sort=label")).column("Goods") for one in ("shelf", "keeper")]
    file = as_owner.get("/admin/good/export/csv/?sort=label").text.splitlines()

    assert [page.column("Label", "goods") for page in (shelf, keeper)] == [["Apple"], ["Bread"]]
    assert lists == [["1", "1"], ["1", "1"]]
    assert file[:2] == ["Label,Aisle,Mark,Shelf,Keeper mail,Keeper", "Apple,1,a/b,First,ann,Ann"]


@pytest.mark.usefixtures("goods")
def test_a_shelf_that_is_there_is_not_made_again(as_owner: Any) -> None:
    typed = {"aisle": "1", "mark": "a/b", "label": "Again", "mail": "again@example.com"}

    page = Page(as_owner.post_form("/admin/shelf/new/", typed))

    assert (page.status, page.error_of("mark")) == (
        422,
        "Another shelf already has this aisle and mark. Enter a different one.",
    )


@pytest.mark.usefixtures("context")
def test_a_form_names_such_a_relation_or_its_columns() -> None:
    view = SimpleNamespace(model=Good, resource=GoodResource(), form_columns=("shelf", "mark"))

    with pytest.raises(ConfigurationError, match=r"names shelf and mark, which holds its key: name one of the two\.$"):
        Converter(None, view)._model_select_field(Good.shelf.property, multiple=False, remote_model=Shelf)


def places(app: Flask) -> dict[str, Any]:
    with app.app_context():
        found = db.session.scalars(select(Good).order_by(Good.label))
        return {one.label: (one.aisle, one.mark, one.keeper_mail) for one in found}


def take_back(page: Page, client: Any) -> None:
    (undo,) = page.all("form", class_="undo")[:1]
    client.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})


@both_stores
@pytest.mark.usefixtures("goods")
def test_a_good_is_given_another_shelf_and_keeper_by_their_pickers(app: Flask, as_editor: Any) -> None:
    address = "/admin/good/edit/?id=1"
    values, links = Page(as_editor.get(address)), Page(as_editor.get("/admin/good/details/?id=1"))

    as_editor.post_form(address, {"label": "Apple", "shelf": "ten@example.com", "keeper": "bob"})
    moved = places(app)["Apple"]
    as_editor.post_form(address, {"label": "Apple", "shelf": "", "keeper": ""})
    emptied = places(app)["Apple"]
    history = Page(as_editor.get("/admin/good/history/?id=1"))
    take_back(Page(as_editor.get(address)), as_editor)

    assert {name: values.values()[name] for name in ("shelf", "keeper")} == {"shelf": "1_a.2Fb", "keeper": "1"}
    assert {one.attributes["href"].partition("&")[0] for one in links.all("a") if one.text in {"First", "Ann"}} == {
        "/admin/shelf/edit/?id=1_a.2Fb",
        "/admin/keeper/edit/?id=1",
    }
    assert (moved, emptied, places(app)["Apple"]) == ((10, "a/b", "bob"), (None, None, None), moved)
    assert history.texts("del") == [f"removed: {one}" for one in ("Tenth", "Bob", "First", "Ann")]
    assert history.texts("ins") == [f"added: {one}" for one in ("—", "—", "Tenth", "Bob")]


@pytest.mark.usefixtures("goods")
def test_a_new_good_has_what_was_chosen_and_what_is_gone_is_told_at_its_field(app: Flask, as_editor: Any) -> None:
    made = as_editor.post_form("/admin/good/new/", {"label": "Dates", "shelf": "10_a.2Fb", "keeper": "ann"})
    refused = Page(as_editor.post_form("/admin/good/new/", {"label": "Eggs", "shelf": "7_x", "keeper": "zoe"}))
    beside = Page(as_editor.get("/admin/good/new/?shelf=1_a.2Fb&keeper=2")).values()

    assert (made.status_code, places(app)["Dates"]) == (303, (10, "a/b", "ann"))
    assert (refused.status, [bool(refused.error_of(one)) for one in ("shelf", "keeper")]) == (422, [True, True])
    assert [beside[one] for one in ("shelf", "keeper")] == ["1_a.2Fb", "2"]


@both_stores
@pytest.mark.usefixtures("goods")
def test_many_goods_are_given_another_shelf_and_keeper(app: Flask, as_editor: Any) -> None:
    before = places(app)
    sent = {
        "change": ["shelf", "keeper"],
        "how.shelf": "set",
        "value.shelf": "10_a.2Fb",
        "how.keeper": "set",
        "value.keeper": "bob",
    }

    asked = Page(as_editor.get("/admin/good/edit-many/"))
    plan = as_editor.post_form("/admin/good/edit-many/", sent).location
    as_editor.post_form(plan)
    after = places(app)
    take_back(Page(as_editor.get(plan)), as_editor)

    assert "3 different: First (1), Tenth (1), empty (1)" in asked.texts("main", id="main")[0]
    assert after == dict.fromkeys(before, (10, "a/b", "bob"))
    assert places(app) == before


@pytest.mark.usefixtures("goods")
def test_goods_are_given_away_and_two_at_one_form_are_asked(app: Flask, as_editor: Any, as_owner: Any) -> None:
    address = "/admin/good/edit/?id=1"
    mine, theirs = (Page(one.get(address)).values() for one in (as_editor, as_owner))

    plan = as_owner.post_form("/admin/good/give/?field=keeper&id__in=1", {"value.keeper": "2"}).location
    as_owner.post_form(plan)
    as_owner.post(address, data={**theirs, "shelf": "10_a.2Fb"})
    asked = Page(as_editor.post(address, data={**mine, "shelf": ""}))

    told = asked.texts("main", id="main")[0]
    assert places(app)["Apple"] == (10, "a/b", "bob")
    assert (asked.status, "First" in told, "Tenth" in told, "Bob" in told) == (409, True, True, True)


@pytest.mark.usefixtures("goods")
def test_a_version_brings_back_the_shelf_and_the_keeper(app: Flask, as_editor: Any) -> None:
    as_editor.post_form("/admin/good/edit/?id=1", {"label": "Apple", "shelf": "10_a.2Fb", "keeper": ""})
    with app.app_context():
        first = db.session.scalar(select(func.min(Change.id)).where(Change.model == "good", Change.record_id == 1))

    as_editor.post_form("/admin/good/restore/", {"change": str(first)}, page="/admin/good/history/?id=1")

    assert places(app)["Apple"] == (1, "a/b", "ann")


@pytest.mark.usefixtures("goods")
def test_a_file_names_a_keeper_by_what_the_relation_goes_by(app: Flask, as_owner: Any) -> None:
    file = b"Label,Aisle,Mark,Keeper mail\nFigs,1,a/b,ANN\nGrapes,10,a/b,zoe\n"
    url = columns_url(sent(as_owner, file, to="good"), to="good")

    chosen(as_owner, url, mode="add")

    with app.app_context():
        newest = select(func.max(Plan.id)).scalar_subquery()
        lines = db.session.scalars(select(PlanLine).where(PlanLine.plan_id == newest).order_by(PlanLine.number)).all()
        told = [(one.verdict, one.problem, one.after) for one in lines]
    figs = {"label": "Figs", "aisle": 1, "mark": "a/b", "keeper_mail": "ann"}
    assert told == [("new", "", figs), ("wrong", "Keeper mail: it does not exist.", None)]


# ---- relations that share a column


@pytest.fixture
def tickets(app: Flask) -> None:
    """Make a ticket at desk 1 of the first of two branches, and before at desk 2; each branch has both desks."""
    with app.app_context():
        db.session.add_all([Branch(label=label) for label in ("North", "South")])
        db.session.flush()
        for branch, label in ((1, "North"), (2, "South")):
            db.session.add_all(
                [Desk(branch_id=branch, number=one, label=f"{label} {one}", sign=f"Till {one}") for one in (1, 2)]
            )
        db.session.flush()
        db.session.add(Ticket(label="First", branch_id=1, desk_number=1, former_number=2))
        db.session.commit()


def ticket(app: Flask) -> Any:
    with app.app_context():
        one = db.session.get_one(Ticket, 1)
        return (one.branch_id, one.desk_number, one.former_number)


@pytest.mark.usefixtures("tickets")
def test_a_desk_of_another_branch_is_refused_until_all_go_along(app: Flask, as_editor: Any) -> None:
    address = "/admin/ticket/edit/?id=1"
    values = Page(as_editor.get(address)).values()

    refused = Page(as_editor.post(address, data={**values, "desk": "2_1"}))
    kept = ticket(app)
    as_editor.post_form(address, {"label": "First", "branch": "2", "desk": "2_1", "former": "2_2"})

    said = "This desk is of another branch. Choose one that goes with the others, or change those as well."
    assert (refused.status, refused.error_of("desk"), kept) == (422, said, (1, 1, 2))
    assert ticket(app) == (2, 1, 2)


@pytest.mark.usefixtures("tickets")
def test_a_ticket_without_a_desk_keeps_its_branch_and_its_former_desk(app: Flask, as_editor: Any) -> None:
    address = "/admin/ticket/edit/?id=1"
    values = Page(as_editor.get(address)).values()

    as_editor.post(address, data={**values, "desk": ""})
    history = Page(as_editor.get("/admin/ticket/history/?id=1"))

    assert ticket(app) == (1, None, 2)
    assert (history.texts("del"), history.texts("ins")) == (["removed: North 1"], ["added: —"])


@pytest.mark.usefixtures("tickets")
@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("branch_id", set()),
        ("branch", set()),
        ("desk", {"branch", "former"}),
        ("desk_number", {"branch", "former"}),
    ],
)
def test_relations_that_share_a_column_are_hidden_with_what_would_tell_it(
    hidden: str, shown: set[str], as_owner: Any, client_with: Any
) -> None:
    client = client_with("*:*", fields=[f"ticket.{hidden}:hidden"])
    Page(as_owner.post_form("/admin/ticket/edit/?id=1", {"label": "First", "branch": "2", "desk": "2_1", "former": ""}))

    form = Page(client.get("/admin/ticket/edit/?id=1")).values()
    heads = client.get("/admin/ticket/export/csv/").text.splitlines()[0].split(",")
    history = Page(client.get("/admin/ticket/history/?id=1")).texts("main", id="main")[0]

    names = {"branch", "desk", "former"}
    assert names & form.keys() == shown
    assert names & {one.lower() for one in heads} == shown
    assert ("South" in history, "South 1" in history) == ("branch" in shown, False)


@pytest.mark.usefixtures("tickets")
def test_who_has_no_right_to_branches_is_told_no_tickets_branch_by_its_desks(client_with: Any) -> None:
    client = client_with("ticket:*", "desk:*")

    form = Page(client.get("/admin/ticket/edit/?id=1")).values()
    listed = Page(client.get("/admin/ticket/"))

    assert {"branch", "desk", "former"} & form.keys() == set()
    assert (listed.column("Label"), "North" in listed.texts("main", id="main")[0]) == (["First"], False)


@both_stores
@pytest.mark.usefixtures("tickets")
def test_many_tickets_take_no_desk_of_another_branch(app: Flask, as_editor: Any) -> None:
    sent = {"change": "desk", "how.desk": "set", "value.desk": "2_1"}

    refused = as_editor.post_form("/admin/ticket/edit-many/", sent).location
    told = Page(as_editor.get(refused)).texts("main", id="main")[0]
    plan = as_editor.post_form("/admin/ticket/edit-many/", {**sent, "value.desk": "1_2"}).location
    as_editor.post_form(plan)

    assert "Its branch would change too." in told
    assert ticket(app) == (1, 2, 2)


@pytest.mark.usefixtures("tickets")
def test_a_merged_ticket_takes_no_desk_of_another_branch(app: Flask, as_owner: Any, keep: Any) -> None:
    keep(Ticket(label="First", branch_id=2, desk_number=2))
    address = "/admin/ticket/merge/?a=1&b=2"
    values = {**Page(as_owner.get(address)).values(), "take.branch": "a", "take.desk": "b", "take.former": "a"}

    refused = as_owner.post(address, data=values)
    kept = ticket(app)
    as_owner.post(address, data={**values, "take.branch": "b", "take.former": "b"})

    said = "This desk is of another branch. Choose one that goes with the others, or change those as well."
    assert (refused.status_code, said in refused.text, kept) == (422, True, (1, 1, 2))
    assert ticket(app) == (2, 2, None)


@pytest.mark.usefixtures("tickets")
def test_a_file_names_desks_by_a_column_and_says_which_rows_name_none_or_several(app: Flask, as_owner: Any) -> None:
    rows = b"Second,1,Till 2\nThird,2,Till 9\nFourth,,Till 1\n"
    url = columns_url(sent(as_owner, b"Label,Branch,Desk\n" + rows, to="ticket"), to="ticket")

    chosen(as_owner, url, mode="add", by_desk="sign")

    with app.app_context():
        newest = select(func.max(Plan.id)).scalar_subquery()
        lines = db.session.scalars(select(PlanLine).where(PlanLine.plan_id == newest).order_by(PlanLine.number)).all()
        told = [(one.after, one.cells) for one in lines]
    assert told == [
        ({"label": "Second", "branch_id": 1, "desk_number": 2}, None),
        (None, {"desk": ["it does not exist.", "Till 9"]}),
        (None, {"desk": ["it means several records.", "Till 1"]}),
    ]


@pytest.mark.usefixtures("context", "tickets")
def test_the_command_line_names_desks_by_a_column_beside_the_columns_of_an_export() -> None:
    bring(Ticket, "label,desk\nSecond,South 2\n", by={"desk": "label"})
    bring(Ticket, "id,branch_id,desk_number,desk,former_number\n1,2,2,South 2,1\n", by={"desk": "label"})
    bring(Ticket, "id,desk\n2,South 1\n", by={})

    assert all_of(Ticket, "branch_id", "desk_number", "former_number") == [(2, 2, 1), (2, 2, None)]


@pytest.mark.usefixtures("goods")
def test_a_keeper_without_a_mail_is_given_nothing(app: Flask, as_owner: Any, keep: Any) -> None:
    keep(Keeper(label="Nobody"))
    before = places(app)

    form = Page(as_owner.post_form("/admin/good/edit/?id=1", {"label": "Apple", "keeper": "3"}))
    sent = {"change": "keeper", "how.keeper": "set", "value.keeper": "3"}
    many = Page(as_owner.post_form("/admin/good/edit-many/", sent))

    said = "This keeper has no mail, so nothing can refer to it."
    assert (form.status, form.error_of("keeper")) == (422, said)
    assert (many.status, many.error_of("value.keeper"), places(app)) == (422, said, before)


@both_stores
@pytest.mark.usefixtures("goods")
def test_who_has_no_right_to_keepers_is_told_none_by_the_column_of_their_goods(app: Flask, client_with: Any) -> None:
    with app.app_context():
        client = client_with("good:*", name="Cleo")
        db.session.get_one(Good, 1).keeper = Keeper(label="Zebulon", mail="zebu")
        db.session.commit()
        newest = db.session.scalar(select(func.max(ChangeSet.id)))
    pages = ["good/", "good/?peek=1", "good/details/?id=1", "good/edit/?id=1", "good/history/?id=1", "good/summary/"]
    files = ["good/export/csv/", "good/import/template.csv", "good/edit-many/?ids=1", f"activity/set/?id={newest}"]
    closed = ["?keeper_mail__contains=zebu", "?sort=keeper_mail", "?column=keeper_mail"]

    told = "".join(client.get(f"/admin/{one}", follow_redirects=True).text for one in (*pages, *files))
    refused = [client.get(f"/admin/good/{one}").status_code for one in (*closed, "summary/?by=keeper_mail")]
    found = Page(client.get("/admin/good/?q=zebu")).column("Label")

    assert ("Apple" in told, [word for word in ("eeper", "ebu") if word in told]) == (True, [])
    assert (refused, found) == ([400, 400, 400, 404], [])


@pytest.mark.usefixtures("goods")
def test_what_the_database_would_pass_on_is_asked_of_a_new_keeper_alone(app: Flask, as_owner: Any) -> None:
    made, known = (Page(as_owner.get(f"/admin/keeper/{one}")).values() for one in ("new/", "edit/?id=1"))
    as_owner.post_form("/admin/keeper/edit/?id=1", {"label": "Anna", "mail": "anna"})

    with app.app_context():
        said = refused(Keeper, "id,mail\n1,anna\n")
        mails = all_of(Keeper, "label", "mail")
    assert [name in found for found in (made, known) for name in ("label", "mail")] == [True, True, True, False]
    assert said == [
        (2, "Mail “anna”: it cannot be changed: the database would also change the records that refer to it.")
    ]
    assert mails == [("Anna", "ann"), ("Bob", "bob")]
