"""Groups of filters in one parameter: read as typed, written so that they are read alike, and limited in size."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.errors import SelectionError
from admin_app.selection.conditions import MOST_CONDITIONS, Condition, Group, Member, group_of
from admin_app.selection.list_schema import LONGEST_VALUE
from admin_app.selection.where import LONGEST, parse_where, print_where

# Whatever a URL can carry.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = st.sampled_from(
    ["and", "or", "OR", "", " ", '"', "\\", '\\"', "(", ")", "a b", "ě", "last-7-days", "\0", "\u2028"]
)
KEYS = st.sampled_from(["name__contains", "user.name__not_in", "and__or", "created_at__within"])


def read(key: str, text: str) -> Condition:
    return Condition(key, text, filter=None)  # type: ignore[arg-type]


def groups(members: st.SearchStrategy[Member]) -> st.SearchStrategy[Member]:
    return st.builds(
        lambda some, is_any: group_of(some, is_any=is_any), st.lists(members, min_size=1, max_size=4), st.booleans()
    )


CONDITIONS = st.builds(read, KEYS, st.one_of(TEXT, WORDS))
MEMBERS: st.SearchStrategy[Member] = st.recursive(CONDITIONS, groups, max_leaves=12).filter(lambda one: one.depth <= 5)


def shape(member: Member) -> Any:
    """Write a member as plain lists: ["or", …], and conditions as texts."""
    if isinstance(member, Condition):
        return f"{member.key}={member.text}"
    return ["or" if member.is_any else "and", *map(shape, member.members)]


@settings(deadline=None)
@given(MEMBERS)
def test_printed_groups_are_read_as_the_same(member: Member) -> None:
    assert parse_where(print_where([member]), read) == member


@settings(deadline=None)
@given(st.lists(MEMBERS.filter(lambda one: isinstance(one, Group) and one.is_any), min_size=1, max_size=4))
def test_several_groups_are_printed_as_all_of_them(members: list[Member]) -> None:
    assert parse_where(print_where(members), read) == group_of(members, is_any=False)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("name contains Ann", "name__contains=Ann"),
        ('name contains "Ann Lee"', "name__contains=Ann Lee"),
        (r'name contains "5\" and \\"', 'name__contains=5" and \\'),
        ("a is 1 or b is 2 and c is 3", ["or", "a__is=1", ["and", "b__is=2", "c__is=3"]]),
        ("(a is 1 or b is 2) and c is 3", ["and", ["or", "a__is=1", "b__is=2"], "c__is=3"]),
        ("a is 1 AND (b is 2 AND c is 3)", ["and", "a__is=1", "b__is=2", "c__is=3"]),
        ("(((a is 1)))", "a__is=1"),
        (" a  is\n1\tor(b is 2)", ["or", "a__is=1", "b__is=2"]),
        ("or is or.1 or and is x", ["or", "or__is=or.1", "and__is=x"]),
    ],
)
def test_groups_are_read_with_the_right_precedence(text: str, meaning: Any) -> None:
    assert shape(parse_where(text, read)) == meaning


def test_printed_text_is_what_a_person_would_type() -> None:
    text = 'name contains Ann or email ends "@example org" or (id at_least 5 and at within last-7-days)'

    assert print_where([parse_where(text, read)]) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "at character 1 it ends, and a field was expected"),
        ("name", "at character 5 it ends, and an operator was expected"),
        ("name contains", "at character 14 it ends, and a value was expected"),
        ("name contains and a is 1", "at character 15 there is “and”, and a value was expected"),
        ("a is 1 or", "at character 10 it ends, and a field was expected"),
        ("a is 1 b is 2", "at character 8 there is “b”, and “and”, “or” or the end was expected"),
        ("(a is 1", "at character 8 it ends, and “and”, “or” or “)” was expected"),
        ("a is 1)", "at character 7 there is “)”, and “and”, “or” or the end was expected"),
        ("(a is 1 (b is 2)", "at character 9 there is “(”, and “and”, “or” or “)” was expected"),
        ("a is ()", "at character 6 there is “(”, and a value was expected"),
        ('"a" is 1', "at character 1 there is “a”, and a field was expected"),
        ('a is "1', "the quotation mark at character 6 is not closed"),
        ('a is "1\\"', "the quotation mark at character 6 is not closed"),
        ('"' * 3, "at character 1 there is “”, and a field was expected"),
    ],
)
def test_error_names_the_place(text: str, problem: str) -> None:
    with pytest.raises(SelectionError) as refusal:
        parse_where(text, read)

    assert str(refusal.value) == f"“where” is not valid: {problem}."


@settings(deadline=None)
@given(st.text(st.one_of(st.sampled_from(list('()"\\ and or')), st.characters(exclude_categories=["Cs"])), max_size=60))
def test_anything_else_is_refused_in_words(text: str) -> None:
    try:
        member = parse_where(text, read)
    except SelectionError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 -- most texts are refused, some are not
    else:
        assert parse_where(print_where([member]), read) == member


@pytest.mark.parametrize("text", ["(" * 6 + "a is 1" + ")" * 6, "(" * 100_000, "(" * 1_000_000])
def test_depth_and_length_are_bounded(text: str) -> None:
    with pytest.raises(SelectionError, match=r"Filter groups can be nested 5 deep|can have [\d,]+ characters at most"):
        parse_where(text, read)


def test_longest_that_is_allowed_can_be_read() -> None:
    longest = " or ".join(['a__b__c contains "' + '\\"' * LONGEST_VALUE + '"'] * MOST_CONDITIONS)

    member = parse_where(longest, read)

    assert isinstance(member, Group)
    assert (len(member.members), len(longest) < LONGEST) == (MOST_CONDITIONS, True)
