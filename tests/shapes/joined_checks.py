"""Records that are rows in several tables: what is written to which, given back, counted and found. Copied by test_key_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.joined import Clause, Contract, Firm, Paper, Signature
from flask import Flask
from sqlalchemy import select, text

from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo import undo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.panel.plan.importing import ImportCounts
from tests.page import Page
from tests.stores import both_stores
from tests.transfer.bringing import bring

ROWS = [
    (1, "Note", None, None, None),
    (2, "Lease", "Acme", "A-1", "Acme Ltd"),
    (3, "Loan", "Bell", "B-1", "Bell Ltd"),
]
LISTS = {
    "contract/?sort=partner": ["Lease", "Loan"],
    "contract/?sort=-label": ["Loan", "Lease"],
    "contract/?sort=label&after=2~Lease": ["Loan"],
    "contract/?sort=-partner&after=3~Bell": ["Lease"],
    "contract/?sort=firm&then=label": ["Lease", "Loan"],
    "contract/?sort=-clauses": ["Lease", "Loan"],
    "contract/?sort=clauses": ["Loan", "Lease"],
    "contract/?q=Bell": ["Loan"],
    "contract/?q=leas": ["Lease"],
    "contract/?q=Acme+lease": ["Lease"],
    "contract/?label__contains=oan&partner__contains=ell": ["Loan"],
    "contract/?code__contains=A-1": ["Lease"],
    "contract/?firm__is=2": ["Loan"],
    "paper/?sort=label": ["Lease", "Loan", "Note"],
    "paper/?sort__contains=contract&sort=-label": ["Loan", "Lease"],
    "clause/?q=Bell": ["Loan 0"],
    "clause/?q=Loan": ["Loan 0"],
    "clause/?sort=contract": ["Lease 0", "Lease 1", "Loan 0"],
    "clause/?contract__is=3": ["Loan 0"],
    "firm/?sort=-contracts&then=-label": ["Bell Ltd", "Acme Ltd"],
}
CELLS = {
    ("contract", "Clauses"): ["2", "1"],
    ("paper", "Signatures"): ["1", "0", "0"],
    ("firm", "Contracts"): ["1", "1"],
    ("clause", "Contract"): ["Lease", "Lease", "Loan"],
}


@pytest.fixture(autouse=True)
def papers(app: Flask) -> None:
    """Make a paper, and two contracts: with two clauses and a signature, and with one clause."""
    with app.app_context(), transaction(db.session):
        _made(Paper(label="Note"))
        for label, partner, number in (("Lease", "Acme", 2), ("Loan", "Bell", 1)):
            contract = Contract(label=label, partner=partner, code=f"{partner[0]}-1", firm=Firm(label=f"{partner} Ltd"))
            contract.clauses = [Clause(label=f"{label} {one}") for one in range(number)]
            contract.signatures = [Signature(label="Signed") for _ in range(number - 1)]
            _made(contract)


def _made(record: Any) -> None:
    db.session.add(record)
    db.session.flush()


def stored(app: Flask) -> list[tuple[Any, ...]]:
    """Return what stands in both tables."""
    tables = "paper LEFT JOIN contract ON contract.id = paper.id LEFT JOIN firm ON firm.id = contract.firm_id"
    wanted = text(f"SELECT paper.id, paper.label, partner, code, firm.label FROM {tables} ORDER BY paper.id")
    with app.app_context():
        return [tuple(row) for row in db.session.execute(wanted)]


def clauses(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        return [(one.label, one.contract_id) for one in db.session.scalars(select(Clause).order_by(Clause.id))]


def undone(app: Flask) -> None:
    """Undo the newest act."""
    with app.app_context(), transaction(db.session):
        undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one())


@both_stores
def test_lists_go_by_the_columns_of_both_tables(as_viewer: Any) -> None:
    found = {asked: [row[0] for row in Page(as_viewer.get(f"/admin/{asked}")).rows()] for asked in LISTS}
    cells = {(name, column): Page(as_viewer.get(f"/admin/{name}/?sort=label")).column(column) for name, column in CELLS}
    files = [as_viewer.get(f"/admin/{one}/export/csv/?sort=label").text.splitlines() for one in ("contract", "clause")]
    pages = [Page(as_viewer.get(f"/admin/{one}")) for one in ("contract/details/?id=2", "firm/details/?id=1")]

    assert (found, cells) == (LISTS, CELLS)
    assert files[0][1:] == ["Lease,Acme,A-1,1,Acme Ltd,2", "Loan,Bell,B-1,2,Bell Ltd,1"]
    assert files[1][1:] == ["Lease 0,2,Lease", "Lease 1,2,Lease", "Loan 0,3,Loan"]
    assert pages[0].column("Label", "clauses") == ["Lease 1", "Lease 0"]
    assert pages[1].column("Label", "contracts") == ["Lease"]


@both_stores
@pytest.mark.parametrize("table", ["paper", "contract"])
def test_what_is_deleted_with_what_hangs_on_it_comes_back_to_both_tables(app: Flask, as_owner: Any, table: str) -> None:
    before, address = clauses(app), f"/admin/{table}/delete/?id=2"
    asked = Page(as_owner.get(address))
    decisions = {one.attributes["name"]: "delete" for one in asked.all("input", type="radio")}
    gone = as_owner.post_form(address, decisions)
    left = stored(app), clauses(app)

    undone(app)

    assert (gone.status_code, len(decisions)) == (303, 2)
    assert left == ([ROWS[0], ROWS[2]], before[2:])
    assert (stored(app), clauses(app)) == (ROWS, before)


@both_stores
def test_a_file_makes_and_changes_contracts_in_both_tables(app: Flask) -> None:
    with app.app_context():
        file = "label,number,partner,code,firm_id\nLease,N 1,Acme,A-1,2\nNew,,Cole,C-1,1\n"
        counts = bring(Contract, file, match="code")
    brought = stored(app)

    undone(app)

    assert (counts, brought[3]) == (ImportCounts(1, 1, 0), (4, "New", "Cole", "C-1", "Acme Ltd"))
    assert brought[:3] == [ROWS[0], (*ROWS[1][:4], "Bell Ltd"), ROWS[2]]
    assert stored(app) == ROWS


@both_stores
def test_a_form_changes_a_contract_in_both_tables_and_an_undo_gives_it_back(app: Flask, as_owner: Any) -> None:
    address = "/admin/contract/edit/?id=2"
    typed = Page(as_owner.get(address)).values() | {"label": "Rent", "code": "b-1"}
    refused = Page(as_owner.post(address, data=typed))
    saved = as_owner.post(address, data=typed | {"code": "C-1"})
    changed = stored(app)

    undone(app)

    said = "Code is already used by contract 3. Enter a different one."
    assert (refused.status, refused.error_of("code")) == (422, said)
    assert (saved.status_code, changed[1], stored(app)) == (303, (2, "Rent", "Acme", "C-1", "Acme Ltd"), ROWS)


@both_stores
def test_two_contracts_become_one_and_two_again(app: Flask, as_owner: Any) -> None:
    before, address = clauses(app), "/admin/contract/merge/?a=2&b=3"
    page = Page(as_owner.get(address))
    merged = as_owner.post(address, data=page.values())
    left = stored(app), [key for _, key in clauses(app)]

    undone(app)

    assert (page.status, merged.status_code, left) == (200, 303, (ROWS[:2], [2, 2, 2]))
    assert (stored(app), clauses(app)) == (ROWS, before)


@pytest.fixture
def as_clerk(app: Flask, client_with: Any) -> Any:
    """Return the client of Cleo, who has the contracts alone."""
    with app.app_context():
        return client_with("contract:*", name="Cleo")


def test_who_has_the_contracts_alone_sees_no_other_papers_past(app: Flask, as_owner: Any, as_clerk: Any) -> None:
    addresses = [f"/admin/contract/history/?id={key}" for key in (1, 2)]
    there = [as_clerk.get(one).status_code for one in addresses]
    as_owner.post_form("/admin/paper/delete/?id=1", {})
    as_owner.post_form("/admin/contract/delete/?id=2", {"fate.clauses": "delete", "fate.signatures": "delete"})

    gone = [as_clerk.get(one).status_code for one in addresses]

    assert ([one[0] for one in stored(app)], there, gone) == ([3], [404, 200], [404, 200])


def edited(client: Any, name: str, key: int, **typed: str) -> None:
    address = f"/admin/{name}/edit/?id={key}"
    assert client.post(address, data={**Page(client.get(address)).values(), **typed}).status_code == 303


@both_stores
def test_who_has_the_contracts_alone_is_told_what_becomes_of_those(as_owner: Any, as_clerk: Any) -> None:
    as_clerk.post_form("/admin/contract/watch/?id=2", {"on": "1"})
    edited(as_owner, "contract", 2, label="Rent", code="C-1")
    edited(as_owner, "paper", 1, label="Secret")
    as_owner.post_form("/admin/paper/notes/?id=2", {"text": "@cleo look"})
    as_owner.post_form("/admin/paper/notes/?id=1", {"text": "Secret"})

    inbox, activity, history = (
        Page(as_clerk.get(f"/admin/{one}")) for one in ("inbox/", "activity/", "contract/history/?id=2")
    )

    told = inbox.texts("main", id="main")[0]
    assert "Olivia mentioned you in a note on contract “Rent”" in told
    assert "changed contract “Rent”" in told
    assert history.texts("del") == ["removed: Lease", "removed: A"]
    assert "“Rent”" in activity.texts("main", id="main")[0]
    assert not any("Secret" in one.texts("main", id="main")[0] for one in (inbox, activity, history))


@both_stores
def test_who_has_the_contracts_alone_takes_back_what_was_done_to_those(
    app: Flask, as_owner: Any, as_clerk: Any
) -> None:
    edited(as_clerk, "contract", 2, label="Rent")
    edited(as_clerk, "contract", 2, code="C-1")
    as_clerk.post_form("/admin/contract/notes/?id=2", {"text": "Mine"})
    edited(as_owner, "paper", 1, label="Secret")
    with app.app_context():
        *_, first, second, note, theirs = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id))

    answers = [as_clerk.post_form("/admin/activity/undo/", {"id": str(one)}) for one in (note, second, first, theirs)]

    assert [one.status_code for one in answers] == [303, 303, 303, 404]
    assert stored(app) == [(1, "Secret", None, None, None), *ROWS[1:]]


@both_stores
@pytest.mark.parametrize("more", ["letter:*", "paper:history"])
def test_who_has_more_than_the_contracts_does_with_those_what_who_has_them_alone_does(
    more: str, app: Flask, as_owner: Any, client_with: Any
) -> None:
    with app.app_context():
        client = client_with("contract:*", more, name="Cleo")
    client.post_form("/admin/contract/watch/?id=2", {"on": "1"})
    edited(client, "contract", 2, label="Rent")
    client.post_form("/admin/contract/notes/?id=2", {"text": "Mine"})
    edited(as_owner, "contract", 2, code="C-1")
    edited(as_owner, "paper", 1, label="Secret")
    noted = as_owner.post_form("/admin/contract/notes/?id=2", {"text": "@cleo look"})
    with app.app_context():
        *_, edit, note, _, theirs, _ = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id))

    inbox, activity = (Page(client.get(f"/admin/{one}/")) for one in ("inbox", "activity"))
    answers = [client.post_form("/admin/activity/undo/", {"id": str(one)}) for one in (note, edit, theirs)]

    links = {one.attributes["href"] for one in inbox.all("a") if "/history/" in one.attributes["href"]}
    assert (noted.status_code, links) == (303, {"/admin/contract/history/?id=2"})
    assert "“Rent”" in activity.texts("main", id="main")[0]
    assert ("Secret" in activity.texts("main", id="main")[0]) == (more == "paper:history")
    assert [one.status_code for one in answers] == [303, 303, 404]
    assert stored(app) == [(1, "Secret", None, None, None), (2, "Lease", "Acme", "C-1", "Acme Ltd"), ROWS[2]]


@both_stores
def test_who_has_the_contracts_and_looks_at_papers_undoes_what_was_done_to_contracts(
    app: Flask, as_owner: Any, client_with: Any
) -> None:
    with app.app_context():
        client = client_with("contract:*", "paper:view", "paper:list", "paper:history", name="Cleo")
    edited(client, "contract", 2, label="Rent")
    edited(as_owner, "paper", 1, label="Secret")
    with app.app_context():
        *_, edit, theirs = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id))

    answers = [client.post_form("/admin/activity/undo/", {"id": str(one)}) for one in (theirs, edit)]

    assert [one.status_code for one in answers] == [403, 303]
    assert stored(app) == [(1, "Secret", None, None, None), *ROWS[1:]]
