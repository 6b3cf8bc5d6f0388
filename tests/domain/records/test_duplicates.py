"""Possible duplicates: records whose names or emails are alike, found a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, literal, select, text

from admin_app.db.ordering import Likeness, MailboxOf, NamesakeOf
from admin_app.domain.records import duplicates as domain
from admin_app.domain.records.duplicates import Start, alike_keys, duplicates, groups_of
from admin_app.extensions import db
from admin_app.models.user import User
from admin_app.unicode_text import mailbox, namesake

pytestmark = pytest.mark.usefixtures("context")

Users = Callable[..., User]


@pytest.fixture
def named() -> Callable[..., list[int]]:
    """Make a user of each name, all by one statement; return their ids."""
    numbers = count(1)

    def make(*names: str) -> list[int]:
        rows = [{"name": name, "email": f"user{next(numbers)}@example.com"} for name in names]
        statement = insert(User).returning(User.id, sort_by_parameter_order=True)
        ids = list(db.session.scalars(statement, rows)) if rows else []
        db.session.commit()
        return ids

    return make


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at six entries, and show two groups of two."""
    for name, number in (("MOST_LOOKED_AT", 6), ("MOST_GROUPS", 2), ("MOST_SHOWN", 2)):
        monkeypatch.setattr(domain, name, number)


def pages(column: Any = User.name, likeness: Likeness = Likeness.NAME, **how: Any) -> list[list[tuple[str, int]]]:
    """Walk to the end; return each page's groups by key and number."""
    found: list[list[tuple[str, int]]] = []
    start: Start | None = Start()
    while start is not None:
        page = duplicates(db.session, column, likeness, start=start, **how)
        found.append([(one.key, one.count) for one in page.groups])
        start = page.following
    return found


# ---- what is alike


def test_names_are_alike_but_for_capitals_and_marks(named: Any) -> None:
    ids = named("Zoë", "Ann", "ZOE", "Anne", "Zoe")

    page = duplicates(db.session, User.name, Likeness.NAME)

    assert [(one.key, one.count, [user.id for user in one.records]) for one in page.groups] == [
        ("zoe", 3, [ids[0], ids[2], ids[4]])
    ]
    assert (page.looked_at, page.following) == (5, None)


def test_emails_are_alike_but_for_capitals_dots_and_what_follows_a_plus(make_user: Users) -> None:
    emails = ("ann.lee@example.com", "Annlee+x@Example.com", "annlee@example.org", "ann@lee.example.com")
    first, second, *_ = [make_user(email=email).id for email in emails]

    page = duplicates(db.session, User.email, Likeness.EMAIL)

    assert [(one.key, [user.id for user in one.records]) for one in page.groups] == [
        ("annlee@example.com", [first, second])
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ann.Lee+news@Example.com", "annlee@example.com"),
        ("a+b+c@d.e", "a@d.e"),
        ("a+b@c@d.e", "a@d.e"),
        ("+news@example.com", "+news@example.com"),
        ("...@example.com", "...@example.com"),
        ("no address", "no address"),
        ("a.b+c", "a.b+c"),
        ("JOSÉ.@example.com", "josé@example.com"),
        ("STRASSE@x.de", "strasse@x.de"),
        ("straße@x.de", "strasse@x.de"),
        ("ann@", "ann@"),
        ("@", "@"),
        ("", ""),
        (None, None),
    ],
)
def test_whose_email_it_is_python_and_the_store_say_alike(value: str | None, expected: str | None) -> None:
    found = db.session.scalar(select(MailboxOf(literal(value, User.email.type))))

    assert found == expected
    assert value is None or mailbox(value) == expected


@pytest.mark.parametrize("value", ["Ödön", "ann", "AÆ", "ﬁn", "美咲", "x" * 300, "É" * 300, "", None])
def test_what_a_name_is_without_capitals_and_marks_both_say_alike(value: str | None) -> None:
    found = db.session.scalar(select(NamesakeOf(literal(value, User.name.type))))

    assert found == (None if value is None else namesake(value))


def test_blank_names_are_like_nothing(named: Any) -> None:
    named("", "", "Ann")

    assert pages() == [[]]


def test_nothing_is_found_where_there_is_nothing() -> None:
    page = duplicates(db.session, User.name, Likeness.NAME)

    assert (page.groups, page.looked_at, page.following) == ([], 0, None)


def test_those_out_of_bounds_are_neither_found_nor_counted(named: Any) -> None:
    ids = named("Ann", "Ann", "Ann", "Bea", "Bea")

    found = pages(rows=User.id.in_([ids[0], ids[2], ids[3]]))

    assert found == [[("ann", 2)]]


# ---- a page at a time


@pytest.mark.usefixtures("small")
def test_a_page_has_so_many_groups_and_the_next_begins_behind_them(named: Any) -> None:
    named(*"aabbc")

    page = duplicates(db.session, User.name, Likeness.NAME)

    assert ([one.key for one in page.groups], page.following) == (["a", "b"], None)

    named("c")

    assert pages() == [[("a", 2), ("b", 2)], [("c", 2)]]


def test_where_all_was_looked_at_the_next_page_begins_behind_the_last_group(
    named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MOST_GROUPS", 2)
    named(*"aabbccd")

    page = duplicates(db.session, User.name, Likeness.NAME)

    assert ([one.key for one in page.groups], page.following) == (["a", "b"], Start("b"))
    assert pages() == [[("a", 2), ("b", 2)], [("c", 2)]]


@pytest.mark.usefixtures("small")
def test_a_group_shows_its_first_records_and_counts_all(named: Any) -> None:
    ids = named("Ann", "ann", "ANN", "Ánn")

    [group] = duplicates(db.session, User.name, Likeness.NAME).groups

    assert (group.count, [one.id for one in group.records], group.is_cut) == (4, ids[:2], False)


@pytest.mark.usefixtures("small")
def test_a_page_without_duplicates_says_how_far_it_has_come(named: Any) -> None:
    named(*"abcdefghi", "I")

    page = duplicates(db.session, User.name, Likeness.NAME)

    assert (page.groups, page.looked_at, page.following) == ([], 6, Start("f", is_behind=False))
    assert pages() == [[], [("i", 2)]]


@pytest.mark.usefixtures("small")
def test_a_group_at_the_end_of_what_is_looked_at_is_not_torn(named: Any) -> None:
    named(*"aabbc", "d", "D", "Ď")

    assert pages() == [[("a", 2), ("b", 2)], [("d", 3)]]


@pytest.mark.usefixtures("small")
def test_a_group_longer_than_what_is_looked_at_is_told_once(named: Any) -> None:
    named(*"aaaaaaaa", "b", "b")

    page = duplicates(db.session, User.name, Likeness.NAME)

    assert [(one.count, one.is_cut) for one in page.groups] == [(6, True)]
    assert pages() == [[("a", 6)], [("b", 2)]]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(20))
def test_every_group_is_told_once(seed: int, named: Any) -> None:
    names = [chr(ord("a") + (seed * 7 + number * number) % (3 + seed % 11)) for number in range(25)]
    named(*names, *map(str.upper, names[:5]))
    numbers = {one: names.count(one) + names[:5].count(one) for one in sorted(names)}

    found = [group for page in pages() for group in page]

    assert [key for key, _ in found] == [key for key, number in numbers.items() if number > 1]
    assert [number for _, number in found] == [min(number, 6) for number in numbers.values() if number > 1]


def test_a_page_takes_two_statements(named: Any, statements: Any) -> None:
    named("Ann", "Ann")
    with statements() as for_one:
        duplicates(db.session, User.name, Likeness.NAME)
    named("Ann", "Bea", "Bea", "Cid", "Cid")

    with statements() as for_three:
        duplicates(db.session, User.name, Likeness.NAME)

    assert (len(for_one), len(for_three)) == (2, 2)


@pytest.mark.parametrize(("column", "likeness"), [(User.name, Likeness.NAME), (User.email, Likeness.EMAIL)])
def test_it_goes_along_an_index(
    column: Any, likeness: Likeness, store: str, statements: Any, named: Callable[..., list[int]]
) -> None:
    # Whatever the store last learnt of a table with one row, it has to know that these are many; of SQLite's connections
    # the one that looks learns it, so that all is asked by this one.
    named(*(f"Person {number}" for number in range(100)))
    db.session.execute(text("ANALYZE"))
    with statements() as sent:
        duplicates(db.session, column, likeness)
    if store == "postgres":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))

    assert len(sent) == 1
    walk = select(likeness.key_of(column), User.id).where(likeness.key_of(column) >= "a")
    statement = (
        walk.order_by(likeness.key_of(column), User.id)
        .limit(10)
        .compile(db.engine, compile_kwargs={"literal_binds": True})
    )
    explain = "EXPLAIN QUERY PLAN" if store == "sqlite" else "EXPLAIN"
    plan = str(db.session.execute(text(f"{explain} {statement}".replace(":", "\\:"))).all())

    assert f"ix_user_{column.key}_{likeness.value}" in plan


# ---- all of them, a part of the index after the other


def all_keys(**how: Any) -> list[str]:
    """Walk to the end, as a job does; return the keys of all groups."""
    found: list[str] = []
    start: Start | None = Start()
    while start is not None:
        part = alike_keys(db.session, User.name, Likeness.NAME, start=start, **how)
        found += part.keys
        start = part.following
    return found


@pytest.mark.parametrize("names", ["", "abc", "aabbccddeeff", "aaaaaabb", "aaaaaaaaabbc", "abcdeeff", "aabbbccc"])
@pytest.mark.usefixtures("small")
def test_the_parts_have_the_groups_of_all_pages(names: str, named: Any) -> None:
    ids = named(*names)
    some = User.id.in_(ids[1:])

    assert all_keys() == [key for page in pages() for key, _ in page]
    assert all_keys(rows=some) == [key for page in pages(rows=some) for key, _ in page]


def test_groups_of_known_keys_are_as_they_are_now(named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "MOST_COUNTED", 3)
    ids = named("Bea", "Ann", "ann", "bea", "Cy", "Dee", "dee", "DEE", "Dee")

    found = groups_of(db.session, User.name, Likeness.NAME, ["dee", "cy", "bea", "ann", "zoe"])
    seen = groups_of(db.session, User.name, Likeness.NAME, ["bea", "ann"], User.id != ids[0])

    assert [(one.key, one.count, one.is_cut, [user.id for user in one.records]) for one in found] == [
        ("dee", 3, True, ids[5:8]),
        ("bea", 2, False, [ids[0], ids[3]]),
        ("ann", 2, False, ids[1:3]),
    ]
    assert [one.key for one in seen] == ["ann"]
    assert groups_of(db.session, User.name, Likeness.NAME, []) == []
