"""Names sort as people expect, the same on both stores, and by an index."""

from __future__ import annotations

import csv
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, literal, select, text

from admin_app.db.ordering import SortKeyOf
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.paging.neighbours import neighbours_of
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Selection
from admin_app.unicode_text import caseless, sort_key

EXPECTED = ["adam", "Émile", "Ödön", "von Adler", "Von Berg", "Zoe"]
USERS = ListSchema(
    model=User, sorts={"name": SortKey(User.name), "email": SortKey(User.email)}, default_sort="name", page_sizes=(2,)
)
POSTS = ListSchema(model=Post, sorts={"user": SortKey(User.name, Post.user)}, default_sort="user", page_sizes=(2,))


@pytest.mark.parametrize(
    "names",
    [
        EXPECTED,
        ["emil", "emile", "Emile", "Émile", "Emily"],
        ["Ørsted", "Oskar", "Øst", "Ot"],
        ["Lukas", "Łukasz", "Luke"],
        ["Adler", "Æsir", "Afra"],
        ["Strasse", "Straße", "Strauss"],
        ["Александр", "Елена", "Ёлка", "Жанна"],
        ["Άννα", "Βασίλης", "Σοφία"],
        ["ilk", "\u0131rmak", "İstanbul", "jan"],
        ["ΟΔΟΣ", "οδος", "ΟΔΥΣΣΕΑΣ"],
        ["", "0", "9", "a", "B"],
    ],
)
def test_key_puts_names_where_a_person_looks_for_them(names: list[str]) -> None:
    found = sorted(set(names), key=sort_key)

    assert found == names


@given(st.text(max_size=8), st.text(max_size=8))
def test_two_texts_have_one_key_only_where_they_are_the_same(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (one == other)


@given(st.text(alphabet="aAéÉßøØÆæ\u0131İΣςж", max_size=8))
def test_capitals_never_take_a_text_from_its_place(text: str) -> None:
    assert sort_key(text).partition("\x01")[0] == sort_key(caseless(text)).partition("\x01")[0]


def test_key_of_a_long_text_ends_with_the_whole_of_it() -> None:
    assert sort_key("Aé" * 200) == f"{'ae' * 100}\x01{'Aé' * 200}"


# Of letters that came after Unicode 3.2 PostgreSQL decomposes those that its own edition knows. Five Chinese ones were
# decomposed wrongly then (Unicode's corrigendum 4).
CORRECTED = {0x2F868, 0x2F874, 0x2F91F, 0x2F95F, 0x2F9BF}


def letters(*, joining: bool) -> list[str]:
    """Return every letter; of those without capitals and parts, as the Chinese ones, none where they are to join what stands before."""
    known = [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if unicodedata.ucd_3_2_0.category(chr(code)) not in {"Cs", "Cn"} and code not in CORRECTED
    ]
    alone = {"Lo", "Co"} if joining else set()
    return [one for one in known if unicodedata.category(one) not in alone or unicodedata.decomposition(one)]


@pytest.mark.parametrize("before", ["", "A", "e\u0301", "z\u0323"])
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.usefixtures("context")
def test_both_stores_have_the_same_key_of_every_letter(before: str) -> None:
    texts = [f"{before}{letter}" for letter in letters(joining=bool(before))]

    keys = db.session.scalars(
        text("SELECT sort_key(one) FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS all_of(one, n) ORDER BY n"),
        {"texts": texts},
    ).all()

    assert [pair for pair in zip(texts, keys, strict=True) if sort_key(pair[0]) != pair[1]] == []


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("value", ["Ödön", "AÆ", "Ab", "ab", "ﬁn", "가나", "😀 Z", "x" * 300, "É" * 300, "", None])
def test_sql_says_what_python_says(value: str | None) -> None:
    found = db.session.scalar(select(SortKeyOf(literal(value, User.name.type))))

    assert found == (None if value is None else sort_key(value))


def fill(names: list[str]) -> None:
    """Make a user of each name, each with two posts, their ids and emails in no order of the names."""
    people = [{"id": n, "name": name, "email": f"{name[::-1]}{n}@example.com"} for n, name in enumerate(names, 1)]
    db.session.execute(insert(User), people)
    db.session.execute(insert(Post), [{"content": "x", "user_id": n} for n in range(1, len(names) + 1)] * 2)
    db.session.commit()


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("sort", ["name", "-name"])
def test_list_by_name_is_in_their_order_page_after_page(sort: str) -> None:
    fill(["Zoe", "adam", "von Adler", "Von Berg", "Ödön", "Émile"])
    selection = Selection.parse(USERS, [("sort", sort)])

    first = page_of(db.session, selection)
    second = page_of(db.session, selection.changed(after=first.after, page=2))
    last = page_of(db.session, selection.changed(before="end"))
    back = page_of(db.session, selection.changed(before=last.before, page=2))

    names = [one.name for page in (first, second, last) for one in page.rows]
    assert names == (EXPECTED[::-1] if sort == "-name" else EXPECTED)
    assert [one.id for one in back.rows] == [one.id for one in second.rows]


@pytest.mark.usefixtures("context")
def test_a_record_stands_where_its_name_does() -> None:
    fill(["Zoe", "adam", "von Adler", "Von Berg", "Ödön", "Émile"])
    adler = db.session.get_one(User, 3)

    found = neighbours_of(db.session, Selection.parse(USERS, []), adler)

    assert found is not None
    assert [found.previous.name, found.following.name, found.position.number] == ["Ödön", "Von Berg", 4]


@pytest.mark.usefixtures("context")
def test_posts_by_user_come_in_the_order_of_the_names() -> None:
    fill(["Zoe", "adam", "von Adler", "Von Berg", "Ödön", "Émile"])
    selection = Selection.parse(POSTS, [])
    names: list[str] = []

    page = page_of(db.session, selection)
    names += [post.user.name for post in page.rows]
    while page.after:
        page = page_of(db.session, selection.changed(after=page.after, page=page.number + 1))
        names += [post.user.name for post in page.rows]

    assert names == [name for name in EXPECTED for _ in range(2)]


@pytest.mark.usefixtures("context")
def test_names_that_differ_in_capitals_only_keep_their_places() -> None:
    fill(["ann", "Ann", "ANN", "ann"])

    page = page_of(db.session, Selection.parse(ListSchema(model=User, sorts=USERS.sorts, default_sort="name"), []))

    assert [(one.name, one.id) for one in page.rows] == [("ann", 1), ("ann", 4), ("ANN", 3), ("Ann", 2)]


# ---- by an index


def plan_of(statement: Any) -> str:
    """Return how the store goes about it, among many rows as it believes."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    if not is_sqlite:
        db.session.execute(text('ANALYZE "user"'))
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
    compiled = statement.compile(db.engine)
    values = compiled.construct_params()
    bound = tuple(values[name] for name in compiled.positiontup) if compiled.positional else values
    explained = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{compiled.string}"
    return "\n".join(str(row) for row in db.session.connection().exec_driver_sql(explained, bound))


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", ["name", "email"])
def test_a_page_deep_in_the_list_is_found_by_an_index(name: str, backwards: bool) -> None:  # noqa: FBT001 -- a parameter
    fill([f"Ann {n}" for n in range(300)])
    selection = Selection.parse(USERS, [("sort", name)])
    place = selection.order.cursor_of(db.session.get_one(User, 150))

    plans = [plan_of(one.limit(3)) for start in (None, place) for one in selection.segments(start, backwards=backwards)]

    assert [f"ix_user_{name}_sort_key" in plan for plan in plans] == [True, True]
    assert not any("Sort " in plan or "B-TREE" in plan for plan in plans)
    assert ("SEARCH" if db.engine.dialect.name == "sqlite" else "Index Cond") in plans[1]


@pytest.mark.usefixtures("context")
def test_posts_by_user_walk_the_users_by_their_index() -> None:
    fill([f"Ann {n}" for n in range(300)])
    db.session.execute(text("ANALYZE"))
    selection = Selection.parse(POSTS, [])
    place = selection.order.cursor_of(db.session.get_one(Post, 150))

    plans = [plan_of(one.limit(3)) for one in selection.segments(place)]

    assert "ix_user_name_sort_key" in plans[1]
    assert "ix_post_user_id" in plans[1]


# ---- the file that failed


def test_the_file_of_mixed_names_is_listed_in_order(shared_data: Path, as_owner: Any, app: Flask) -> None:
    with (shared_data / "faults" / "31-case-order.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with app.app_context():
        db.session.execute(insert(User), rows)
        db.session.commit()

    exported = as_owner.get("/admin/user/export/csv/?sort=name").text

    assert [row["Name"] for row in csv.DictReader(exported.splitlines())] == EXPECTED
