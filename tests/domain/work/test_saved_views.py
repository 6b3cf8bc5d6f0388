"""Saved views: who sees one, who may change it, and which names do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from admin_app.db.transaction import transaction
from admin_app.domain import preferences
from admin_app.domain.work import saved_views
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import db
from admin_app.models.preference import Preference
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")

MakeView = Callable[..., SavedView]


@pytest.fixture
def people(make_staff: Callable[..., Staff]) -> dict[str, Staff]:
    """Return two of each role: the first makes views, the second looks at them."""
    return {
        f"{role}{number}": make_staff(f"{role}{number}", role) for role in (VIEWER, EDITOR, OWNER) for number in (1, 2)
    }


@pytest.fixture
def ann(people: dict[str, Staff]) -> Staff:
    return people["editor1"]


@pytest.fixture
def make_view() -> MakeView:
    def make(staff: Staff, name: str = "Mine", audience: str = MINE, **values: str) -> SavedView:
        values = {"resource": "post", "arguments": "q=a", **values}
        with saved_views.refusals_of_a_view(), transaction(db.session):
            return saved_views.create_view(db.session, staff, name=name, audience=audience, **values)

    return make


def at_hand_of(staff: Staff, *, most: int, with_id: int = 0) -> list[saved_views.ViewAtHand]:
    return saved_views.views_at_hand(db.session, staff, most=most, with_id=with_id)


def names(staff: Staff) -> list[str]:
    return [view.name for view, _ in saved_views.views_of(db.session, staff, resource="post")]


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        (MINE, {"editor1"}),
        (VIEWER, {"editor1", "viewer1", "viewer2", "owner1", "owner2"}),
        (EDITOR, {"editor1", "editor2", "owner1", "owner2"}),
        (OWNER, {"editor1", "owner1", "owner2"}),
        (EVERYONE, {"viewer1", "viewer2", "editor1", "editor2", "owner1", "owner2"}),
    ],
)
def test_a_view_is_seen_by_its_audience_who_made_it_and_owners(
    audience: str, seen_by: set[str], people: dict[str, Staff], make_view: MakeView
) -> None:
    view = make_view(people["editor1"], audience=audience)

    lists = {name for name, one in people.items() if names(one)}
    at_hand = {name for name, one in people.items() if at_hand_of(one, most=5)}
    found = set()
    for name, one in people.items():
        try:
            found.add(name if saved_views.find_view(db.session, one, resource="post", key=str(view.id)) else "")
        except NotFoundError:
            continue

    assert lists == at_hand == found == seen_by


@pytest.mark.parametrize("audience", [MINE, VIEWER, EDITOR, OWNER, EVERYONE])
def test_who_made_a_view_changes_it_and_owners_change_shared_ones(
    audience: str, people: dict[str, Staff], make_view: MakeView
) -> None:
    view = make_view(people["editor1"], audience=audience)

    allowed = {name for name, one in people.items() if saved_views.may_change(one, view)}

    assert allowed == {"editor1"} | ({"owner1", "owner2"} if audience is not MINE else set())


@pytest.mark.parametrize("key", ["", "0", "-1", "abc", "1 ", "2147483648", "9" * 5000, "7"])
def test_a_forged_id_finds_no_view(key: str, ann: Staff, make_view: MakeView) -> None:
    make_view(ann)

    with pytest.raises(NotFoundError):
        saved_views.find_view(db.session, ann, resource="post", key=key)


def test_a_view_belongs_to_its_resource(ann: Staff, make_view: MakeView) -> None:
    view = make_view(ann, resource="user")

    with pytest.raises(NotFoundError):
        saved_views.find_view(db.session, ann, resource="post", key=str(view.id))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Enter a name."),
        (" \t\n ", "Enter a name."),
        ("\u202e\u200b", "Enter a name."),
        ("x" * 61, "Use 60 characters or fewer for the name; this one has 61."),
        ("a\0b", "Remove the control characters."),
        ("mine", saved_views.NAME_TAKEN),
        ("  Mine ", saved_views.NAME_TAKEN),
    ],
)
def test_a_name_that_does_not_do_is_refused(name: str, problem: str, ann: Staff, make_view: MakeView) -> None:
    make_view(ann, "Mine")

    with pytest.raises(InvalidRecord) as refusal:
        make_view(ann, name)

    assert refusal.value.problems == {"name": problem}
    assert names(ann) == ["Mine"]


@pytest.mark.parametrize("name", ["x" * 60, "<script>alert(1)</script>", "x\u202edrow", "عربي", "😀", "'; --"])
def test_a_name_may_be_anything_one_can_see(name: str, ann: Staff, make_view: MakeView) -> None:
    make_view(ann, f"  {name} ")

    assert names(ann) == [name]


def test_a_name_is_free_for_others_and_other_resources(people: dict[str, Staff], make_view: MakeView) -> None:
    make_view(people["editor1"], "Mine")

    make_view(people["editor1"], "Mine", resource="user")
    make_view(people["editor2"], "Mine")

    assert (names(people["editor1"]), names(people["editor2"])) == (["Mine"], ["Mine"])


def test_a_view_keeps_its_own_name_when_it_is_changed(ann: Staff, make_view: MakeView) -> None:
    view = make_view(ann, "Mine")

    with saved_views.refusals_of_a_view(), transaction(db.session):
        saved_views.change_view(db.session, view, name="Mine", audience=EVERYONE)

    assert (view.name, view.audience) == ("Mine", EVERYONE)


def test_a_name_that_was_taken_in_the_same_moment_is_refused_like_any(ann: Staff, make_view: MakeView) -> None:
    make_view(ann, "Mine")

    with pytest.raises(InvalidRecord) as refusal, saved_views.refusals_of_a_view(), transaction(db.session):
        # What the check would have found comes too late for it.
        db.session.add(SavedView(staff_id=ann.id, resource="post", name="Mine", arguments=""))

    assert refusal.value.problems == {"name": saved_views.NAME_TAKEN}


def test_a_hundred_views_of_a_list_are_enough(ann: Staff, make_view: MakeView) -> None:
    for number in range(saved_views.MOST_VIEWS):
        db.session.add(SavedView(staff_id=ann.id, resource="post", name=f"View {number}", arguments=""))

    with pytest.raises(InvalidRecord) as refusal:
        make_view(ann)

    assert refusal.value.problems == {"": "You have 100 views of this list. Delete one first."}


def test_a_list_whose_address_is_too_long_is_refused(ann: Staff, make_view: MakeView) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        make_view(ann, arguments="x" * 2001)

    words = "The list's address has 2,001 characters; a view can have 2,000. Use fewer filters."
    assert refusal.value.problems == {"": words}


def test_so_many_of_each_resource_are_at_hand_and_the_one_asked_for(ann: Staff, make_view: MakeView) -> None:
    made = [make_view(ann, name, resource=resource) for resource in ("post", "user") for name in "edcba"]

    found = at_hand_of(ann, most=2, with_id=made[0].id)

    assert [(one.resource, one.name) for one in found] == [
        ("post", "a"),
        ("post", "b"),
        ("post", "e"),
        ("user", "a"),
        ("user", "b"),
    ]  # fmt: skip -- a list


def test_a_view_is_moved_in_one_persons_order_alone(people: dict[str, Staff], make_view: MakeView) -> None:
    ann, bob = people["editor1"], people["viewer1"]
    a, _, c = (make_view(ann, name, EVERYONE) for name in "abc")

    for view, is_up in ((c, True), (c, True), (c, True), (a, False), (a, False)):
        saved_views.move_view(db.session, ann, view, is_up=is_up)
    make_view(ann, "aa")

    assert (names(ann), [one.name for one in at_hand_of(ann, most=3)]) == (["c", "b", "a", "aa"], ["c", "b", "a"])
    assert names(bob) == ["a", "b", "c"]


def test_the_default_of_a_view_that_went_is_none(ann: Staff, make_view: MakeView) -> None:
    view = make_view(ann)
    with saved_views.refusals_of_a_view(), transaction(db.session):
        preferences.remember_default_view(db.session, ann, resource="post", view_id=view.id)

    with saved_views.refusals_of_a_view(), transaction(db.session):
        saved_views.delete_view(db.session, view)

    kept = db.session.scalars(select(Preference.default_view_id).where(Preference.staff_id == ann.id))
    assert kept.all() == [None]


def test_views_go_with_the_person(ann: Staff, make_view: MakeView) -> None:
    make_view(ann)

    db.session.execute(delete(Staff).where(Staff.id == ann.id))

    assert db.session.scalars(select(SavedView)).all() == []
