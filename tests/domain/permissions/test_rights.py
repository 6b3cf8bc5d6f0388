"""Rights as values: wildcards, several roles, rows and fields, and when one person's rights hold all of another's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.domain.permissions.rights import ANY, NO_RIGHTS, Action, FieldRight, Grant, Rights

GUARDED = frozenset({"staff"})
RESOURCES = ("post", "user", "staff")
FREE, READ_ONLY, HIDDEN = FieldRight


def rights(
    *permissions: str,
    rows: dict[str, str] | None = None,
    fields: dict[str, FieldRight] | None = None,
    needs_reason: bool = False,
) -> Rights:
    return Rights((Grant(frozenset(permissions), rows or {}, fields or {}, needs_reason=needs_reason),))


def both(*parts: Rights) -> Rights:
    return Rights(tuple(grant for part in parts for grant in part.grants))


PERMISSIONS = st.builds(
    "{}:{}".format, st.sampled_from([*RESOURCES, ANY]), st.sampled_from([ANY, Action.LIST, Action.EDIT, Action.BULK])
)
GRANTS = st.builds(
    Grant,
    st.frozensets(PERMISSIONS, max_size=4),
    st.dictionaries(st.sampled_from(RESOURCES), st.sampled_from(["own", "new"]), max_size=2),
    st.dictionaries(
        st.sampled_from(["post.content", "post.user", "staff.email"]), st.sampled_from(FieldRight), max_size=2
    ),
    st.booleans(),
)
RIGHTS = st.builds(Rights, st.lists(GRANTS, max_size=3).map(tuple))


@pytest.mark.parametrize(
    ("permission", "act", "resource", "guarded", "answer"),
    [
        ("post:edit", Action.EDIT, "post", False, True),
        ("post:edit", Action.DELETE, "post", False, False),
        ("post:edit", Action.EDIT, "user", False, False),
        ("post:*", Action.DELETE, "post", False, True),
        ("post:*", Action.DELETE, "user", False, False),
        ("*:edit", Action.EDIT, "user", False, True),
        ("*:edit", Action.VIEW, "user", False, False),
        ("*:edit", Action.EDIT, "staff", True, False),
        ("staff:edit", Action.EDIT, "staff", True, True),
        ("staff:*", Action.EDIT, "staff", True, True),
        ("*:*", Action.SHARE, "staff", True, True),
    ],
)
def test_a_permission_reaches_what_it_names(
    permission: str, act: Action, resource: str, *, guarded: bool, answer: bool
) -> None:
    assert rights(permission).may(act, resource, guarded=guarded) is answer


def test_nothing_is_allowed_without_a_grant() -> None:
    assert [act for act in Action if NO_RIGHTS.may(act, "post")] == []
    assert (NO_RIGHTS.row_rules(Action.VIEW, "post"), NO_RIGHTS.field(Action.VIEW, "post", "user")) == (
        frozenset(),
        HIDDEN,
    )


@pytest.mark.parametrize(
    ("held", "rules"),
    [
        (rights("post:edit"), None),
        (rights("post:edit", rows={"post": "own"}), {"own"}),
        (rights("post:edit", rows={"user": "own"}), None),
        (rights("*:*", rows={"post": "own"}), {"own"}),
        (both(rights("post:edit", rows={"post": "own"}), rights("post:*", rows={"post": "new"})), {"own", "new"}),
        (both(rights("post:edit", rows={"post": "own"}), rights("post:edit")), None),
        (both(rights("post:edit", rows={"post": "own"}), rights("post:view")), {"own"}),
        (rights("post:view"), set()),
    ],
)
def test_rows_are_those_of_any_grant_that_allows_the_act(held: Rights, rules: set[str] | None) -> None:
    assert held.row_rules(Action.EDIT, "post") == rules


@pytest.mark.parametrize(
    ("held", "right"),
    [
        (rights("post:edit"), FREE),
        (rights("post:edit", fields={"post.user": HIDDEN}), HIDDEN),
        (rights("post:edit", fields={"user.user": HIDDEN}), FREE),
        (
            both(rights("post:edit", fields={"post.user": HIDDEN}), rights("*:edit", fields={"post.user": READ_ONLY})),
            READ_ONLY,
        ),
        (both(rights("post:edit", fields={"post.user": HIDDEN}), rights("post:view")), HIDDEN),
        (rights("post:view"), HIDDEN),
    ],
)  # fmt: skip -- a line a case
def test_a_field_is_as_free_as_the_most_generous_grant_that_allows_the_act(held: Rights, right: FieldRight) -> None:
    assert held.field(Action.EDIT, "post", "user") is right


@pytest.mark.parametrize(
    ("mine", "theirs", "answer"),
    [
        (rights("*:*"), rights("*:*"), True),
        (rights("*:*"), rights("staff:*"), True),
        (rights("*:*", rows={"post": "own"}), rights("post:view"), False),
        (rights("*:*", fields={"post.user": HIDDEN}), rights("post:view"), False),
        (rights("*:*", fields={"post.user": HIDDEN}), rights("user:view"), True),
        (rights("post:*"), rights("post:view", "post:edit"), True),
        (rights("post:*"), rights("user:view"), False),
        (rights("*:view"), rights("post:view"), True),
        (rights("*:view"), rights("staff:view"), False),
        (rights("post:view", "user:view"), rights("*:view"), False),
        (rights(*(f"*:{act}" for act in Action)), rights("post:*"), True),
        (rights(*(f"*:{act}" for act in Action), "staff:*"), rights("*:*"), False),
        (rights("post:view", rows={"post": "own"}), rights("post:view"), False),
        (rights("post:view", rows={"post": "own"}), rights("post:view", rows={"post": "own"}), True),
        (rights("post:view", rows={"post": "own"}), rights("post:view", rows={"post": "new"}), False),
        (rights("post:view"), rights("post:view", rows={"post": "new"}), True),
        (rights("post:view", fields={"post.user": READ_ONLY}), rights("post:view"), False),
        (rights("post:view", fields={"post.user": READ_ONLY}), rights("post:view", fields={"post.user": HIDDEN}), True),
        (rights("post:*", needs_reason=True), rights("post:bulk"), False),
        (rights("post:*", needs_reason=True), rights("post:bulk", needs_reason=True), True),
        (rights("post:*", needs_reason=True), rights("post:view"), True),
        (both(rights("post:*"), rights("post:*", needs_reason=True)), rights("post:*"), True),
        (rights("post:*"), rights("post:*", needs_reason=True), True),
        (NO_RIGHTS, NO_RIGHTS, True),
        (NO_RIGHTS, rights("post:view"), False),
    ],
)
def test_rights_hold_others_only_where_these_have_nothing_more(mine: Rights, theirs: Rights, *, answer: bool) -> None:
    assert mine.covers(theirs, guarded=GUARDED) is answer


def test_one_grant_that_asks_for_a_reason_is_enough() -> None:
    free, bound = rights("post:*"), rights("user:view", needs_reason=True)

    assert [one.needs_reason for one in (NO_RIGHTS, free, bound, both(free, bound))] == [False, False, True, True]


def test_a_single_grant_is_held_like_the_rights_it_makes() -> None:
    assert rights("post:*").covers(Grant(frozenset({"post:view"})), guarded=GUARDED)


@settings(deadline=None, max_examples=60)
@given(RIGHTS)
def test_everybody_holds_what_they_have(held: Rights) -> None:
    assert held.covers(held, guarded=GUARDED)


@settings(deadline=None, max_examples=60)
@given(RIGHTS, RIGHTS)
def test_two_together_hold_what_each_of_them_has(one: Rights, other: Rights) -> None:
    assert both(one, other).covers(one, guarded=GUARDED)


@settings(deadline=None, max_examples=150)
@given(
    RIGHTS,
    RIGHTS,
    st.sampled_from(Action),
    st.sampled_from([*RESOURCES, "tag"]),
    st.sampled_from(["content", "user", "email"]),
)
def test_who_holds_all_of_another_may_all_that_the_other_may(
    mine: Rights, theirs: Rights, act: Action, resource: str, name: str
) -> None:
    where = {"guarded": resource in GUARDED}
    if not mine.covers(theirs, guarded=GUARDED) or not theirs.may(act, resource, **where):
        return

    assert mine.may(act, resource, **where)
    rows, other = mine.row_rules(act, resource, **where), theirs.row_rules(act, resource, **where)
    assert rows is None or (other is not None and other <= rows)
    assert mine.field(act, resource, name, **where).strictness <= theirs.field(act, resource, name, **where).strictness


@settings(deadline=None, max_examples=100)
@given(RIGHTS, RIGHTS, RIGHTS)
def test_holding_goes_on_from_one_to_the_next(one: Rights, two: Rights, three: Rights) -> None:
    if one.covers(two, guarded=GUARDED) and two.covers(three, guarded=GUARDED):
        assert one.covers(three, guarded=GUARDED)
