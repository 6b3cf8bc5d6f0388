"""A selection is one value for “these rows in this order”: read from a URL, written back to it, refused if unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement

from admin_app.errors import SelectionError
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.conditions import MOST_CONDITIONS
from admin_app.selection.list_schema import LONGEST_VALUE, ListSchema, SearchColumn, SortKey
from admin_app.selection.selection import OWN_KEYS, Selection, Ticked


@dataclass(frozen=True)
class Wanted:
    """A filter that takes every value but "bad"."""

    label: str
    searched: None = None
    longest: int = LONGEST_VALUE

    def parse(self, text: str) -> str:
        if text == "bad":
            message = "Enter something good."
            raise ValueError(message)
        return text.upper()

    def criterion(self, value: Any) -> ColumnElement[bool]:
        return User.name == value

    def key_sets(self, _value: Any) -> tuple[()]:
        return ()

    def sentence(self, text: str) -> str:
        return f"{self.label} is {text}"


OFFER = ListSchema(
    model=User,
    search={"name": SearchColumn(User.name), "email": SearchColumn(User.email)},
    sorts={"id": SortKey(User.id), "name": SortKey(User.name)},
    filters={"name__is": Wanted("Name"), "email__is": Wanted("Email")},
    default_sort="-id",
)

# Whatever a URL can carry: everything but the halves of characters, which UTF-8 has no bytes for.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LONG = st.integers(LONGEST_VALUE - 2, LONGEST_VALUE + 2).map(lambda length: "x" * length)
PAIRS = st.one_of(
    st.tuples(st.sampled_from(["name__is", "email__is"]), st.one_of(TEXT, LONG, st.sampled_from(["bad", "a\0b", ""]))),
    st.tuples(st.just("q"), st.one_of(TEXT, st.sampled_from([" a ", "\0", '"ann lee"', "x" * 5000]))),
    st.tuples(st.just("sort"), st.sampled_from(["", "id", "-id", "name", "-name"])),
    st.tuples(st.sampled_from(["page", "per_page", "view"]), st.one_of(TEXT, st.integers().map(str), st.just("50"))),
    st.tuples(st.just("ticks"), st.sampled_from(["1", "12"])),
    st.tuples(st.just("columns"), st.one_of(TEXT, st.lists(TEXT).map(",".join), st.just(" a ,\0,b,b,," + "x" * 200))),
)
# What a person prefers: another page size or none, a default view or none.
PERSONS = st.builds(
    lambda size, has_view: replace(OFFER, page_size=size, has_default_view=has_view),
    st.sampled_from([0, 20, 50, 100, 7]),
    st.booleans(),
)


def parse(*arguments: tuple[str, str], schema: ListSchema = OFFER, **where: Any) -> Selection:
    return Selection.parse(schema, arguments, **where)


@settings(deadline=None)
@given(st.lists(PAIRS, max_size=8), st.sampled_from(["", "posts."]), PERSONS)
@example([("name__is", "")], "", OFFER)
@example([("name__is", "a\0b")], "", OFFER)
@example([("name__is", "x" * (LONGEST_VALUE + 1))], "", OFFER)
def test_printed_selection_is_read_as_the_same_one(
    arguments: list[tuple[str, str]], prefix: str, schema: ListSchema
) -> None:
    selection = parse(*((prefix + key, value) for key, value in arguments), schema=schema, prefix=prefix)

    printed = parse_qsl(urlencode(selection.arguments()), keep_blank_values=True)

    assert parse(*printed, schema=schema, prefix=prefix) == selection


@settings(deadline=None)
@given(st.lists(PAIRS, max_size=8), PERSONS, PERSONS)
def test_a_numbered_page_is_the_same_for_who_prefers_another_size(
    arguments: list[tuple[str, str]], sender: ListSchema, reader: ListSchema
) -> None:
    selection = parse(*arguments, ("page", "3"), schema=sender)

    read = parse(*selection.arguments(), schema=reader)

    assert (read.page, read.per_page) == (selection.page, selection.per_page)


def test_the_whole_list_is_asked_for_where_the_plain_address_leads_to_a_view() -> None:
    schema = replace(OFFER, has_default_view=True)

    assert parse(schema=schema).arguments() == [("view", "whole")]
    assert parse(("q", "a"), schema=schema).arguments() == [("q", "a")]
    assert parse(("view", "whole"), schema=schema) == parse(schema=schema)


@settings(deadline=None)
@given(st.lists(PAIRS, max_size=8))
def test_anything_in_declared_keys_makes_a_statement(arguments: list[tuple[str, str]]) -> None:
    statement = next(parse(*arguments).segments())

    assert str(statement.compile()).startswith("SELECT")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=20).filter(lambda key: key not in {*OWN_KEYS, *OFFER.filters}))
def test_undeclared_key_is_refused_with_what_there_is(key: str) -> None:
    with pytest.raises(SelectionError) as refusal:
        parse((key, "1"))

    assert refusal.value.offered == ("email__is", "name__is")


@pytest.mark.parametrize("sort", ["email", "-", "--name", "name desc", "Name", "1", "name\0", "name;"])
def test_undeclared_sort_is_refused_with_what_there_is(sort: str) -> None:
    with pytest.raises(SelectionError) as refusal:
        parse(("sort", sort))

    assert refusal.value.offered == ("id", "name")


def test_defaults_are_not_printed() -> None:
    selection = parse(("q", ""), ("page", "1"), ("per_page", "20"), ("sort", ""))

    assert selection.arguments() == []


def test_arguments_without_the_prefix_belong_to_somebody_else() -> None:
    selection = parse(("q", "parent"), ("id", "5"), ("posts.q", "child"), ("posts.page", "2"), prefix="posts.")

    assert (selection.search, selection.page) == ("child", 2)
    assert selection.arguments() == [("posts.q", "child"), ("posts.page", "2")]


def test_last_one_counts_of_what_can_be_given_once() -> None:
    selection = parse(("q", "a"), ("q", "b"), ("sort", "id"), ("sort", "-name"))

    assert (selection.search, selection.sort) == ("b", "-name")


def test_same_filter_twice_is_two_conditions_and_removing_one_keeps_the_other() -> None:
    selection = parse(("name__is", "a"), ("name__is", "a"), ("page", "3"))

    rest = selection.without(selection.conditions[0])

    assert rest.arguments() == [("name__is", "a")]


@pytest.mark.parametrize(
    "where",
    [
        "name is bad",
        "name is bad or email is b",
        "email is b or (name is c and name is bad)",
        "(email is b or name is c) and name is bad",
    ],
)
@pytest.mark.parametrize("others", [[], [("email__is", "b")], [("q", "a")]])
def test_an_unreadable_filter_shows_no_rows_wherever_it_stands(where: str, others: list[tuple[str, str]]) -> None:
    selection = parse(("where", where), *others)

    assert selection.problems == ["name__is: Enter something good."]
    assert [str(one) for one in selection.criteria] == ["false"]


def test_a_value_that_is_too_long_is_a_problem() -> None:
    (condition,) = parse(("name__is", "x" * (LONGEST_VALUE + 1))).conditions

    assert condition.problem == "Use 1,000 characters or fewer."


def test_more_filters_than_anybody_reads_are_refused() -> None:
    most = [("name__is", str(number)) for number in range(MOST_CONDITIONS)]

    with pytest.raises(SelectionError, match="can have 50 filters at most; this address has more"):
        parse(*most, ("name__is", "one more"))
    assert len(parse(*most).conditions) == MOST_CONDITIONS


def test_change_leads_to_the_first_page() -> None:
    selection = parse(("page", "5"), ("q", "a"))

    assert selection.changed(sort="name").arguments() == [("q", "a"), ("sort", "name")]
    assert selection.changed(page=6).arguments() == [("q", "a"), ("page", "6")]


# ---- ticks


def test_ticks_mean_no_rows_until_it_is_known_whose_they_are() -> None:
    asked = parse(("ticks", "7"))
    known = replace(asked, ticked=Ticked(User.id.in_([1]), 1))

    assert [str(one) for one in asked.criteria] == ["false"]
    assert known.criteria == [known.ticked.rows if known.ticked else None]
    assert (known.arguments(), known.is_narrowed) == ([("ticks", "7")], False)


@pytest.mark.parametrize("text", ["", "0", "x", "-1", "1,2", " 1", "9" * 30])
def test_a_wrong_tick_set_number_never_selects_every_row(text: str) -> None:
    with pytest.raises(SelectionError, match="This address names no selected rows"):
        parse(("ticks", text))


def test_another_page_or_order_keeps_the_ticks_and_another_filter_does_not() -> None:
    asked = parse(("ticks", "7"), ("name__is", "a"), ("q", "b"))

    kept = [asked.changed(page=2), asked.changed(sort="name")]
    dropped = [asked.without(asked.conditions[0]), asked.cleared(), asked.unticked()]

    assert [one.ticks for one in (*kept, *dropped)] == [7, 7, 0, 0, 0]


def test_a_list_is_told_by_its_search_and_filters_in_whatever_order_they_were_typed() -> None:
    filters = [("name__is", "a"), ("email__is", "b")]
    same = [
        parse(*filters),
        parse(*filters[::-1], ("sort", "name"), ("page", "4"), ("per_page", "50"), ("columns", "id"), ("view", "3")),
        parse(("where", "email is b and name is a"), ("ticks", "7"), ("count", "exact")),
    ]
    others = [parse(), parse(*filters[:1]), parse(*filters, ("q", "a")), parse(("where", "email is b or name is a"))]

    assert len({one.digest for one in same}) == 1
    assert len({one.digest for one in (same[0], *others)}) == 5


def test_cleared_selection_keeps_the_order_and_the_page_size() -> None:
    selection = parse(("q", "a"), ("name__is", "b"), ("sort", "name"), ("per_page", "50"), ("page", "2"))

    cleared = selection.cleared()

    assert cleared.arguments() == [("sort", "name"), ("per_page", "50")]
    assert (selection.is_narrowed, cleared.is_narrowed) == (True, False)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", '"user".id DESC'),
        ("name", '(sort_key("user".name) COLLATE "C") ASC, "user".id ASC'),
        ("-name", '(sort_key("user".name) COLLATE "C") DESC, "user".id DESC'),
    ],
)
def test_primary_key_comes_last_in_every_order(sort: str, order: str) -> None:
    (statement,) = parse(("sort", sort)).segments()

    assert str(statement).partition("ORDER BY ")[2] == order


def test_order_without_any_declaration_is_the_primary_key() -> None:
    (statement,) = parse(schema=ListSchema(model=User)).segments()

    assert str(statement).partition("ORDER BY ")[2] == '"user".id ASC'


def test_related_order_joins_the_other_table_and_ends_with_the_rows_of_nobody() -> None:
    schema = ListSchema(model=Post, sorts={"user": SortKey(User.name, Post.user)}, default_sort="user")

    owned, ownerless = map(str, parse(schema=schema).segments())

    assert (owned.count("JOIN"), ownerless.count("JOIN")) == (1, 0)
    assert ownerless.partition("WHERE ")[2].startswith("post.user_id IS NULL")
