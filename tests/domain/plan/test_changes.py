"""What a change makes of one value: nothing of NULL, and no value that the record could not be saved with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.db.unreadable import Unreadable
from admin_app.domain.plan.changes import AddWords, Edit, Increase, Postpone, RemoveWords, ReplaceText, SetTo
from admin_app.domain.plan.replacing import Replacement
from admin_app.errors import InvalidRecord
from admin_app.models.post import Post
from admin_app.models.user import User


@pytest.mark.parametrize(
    ("change", "value", "becomes"),
    [
        (Increase(2), None, None),
        (Increase(-2), 1, -1),
        (Increase(Decimal("1e-20")), Decimal("1e20"), Decimal("100000000000000000000.00000000000000000001")),
        (Postpone(timedelta(days=1)), None, None),
        (Postpone(timedelta(days=-1)), date(2026, 3, 1), date(2026, 2, 28)),
        (Postpone(timedelta(days=1)), datetime(2026, 3, 28, 9, tzinfo=UTC), datetime(2026, 3, 29, 9, tzinfo=UTC)),
        (ReplaceText(Replacement("a", "b")), None, None),
        (AddWords(("a",)), None, StringSet(["a"])),
        (RemoveWords(("a",)), None, StringSet()),
    ],
)
def test_a_change_keeps_an_empty_value_empty_and_loses_no_digit(change: Any, value: object, becomes: object) -> None:
    assert change(value) == becomes


def test_a_date_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        Postpone(timedelta(days=1))(date.max)

    assert refusal.value.problems == {"": "There is no such date."}


def test_a_text_without_a_hit_is_left_as_it_was_stored() -> None:
    old = "  Ame\u0301lie\u200b"

    edit = Edit(User, {"name": ReplaceText(Replacement("Bea", "Ann"))})

    assert edit.new_values(User(name=old)) == {"name": old}


def test_a_text_with_a_hit_is_stored_as_a_form_would_store_it() -> None:
    edit = Edit(User, {"name": ReplaceText(Replacement("x", ""))})

    assert edit.new_values(User(name="  Ann x")) == {"name": "Ann"}


def test_further_checks_run_on_changed_values_that_meet_the_columns_rule() -> None:
    asked = []

    def check(value: object) -> str | None:
        asked.append(value)
        return "Not that one."

    edit = Edit(User, {"name": ReplaceText(Replacement("a", ""))}, {"name": check})

    assert edit.new_values(User(name="Bo")) == {"name": "Bo"}
    for name, problem in (("Bea", "Not that one."), ("a", "Enter the name.")):
        with pytest.raises(InvalidRecord) as refusal:
            edit.new_values(User(name=name))
        assert refusal.value.problems == {"name": problem}
    assert asked == ["Be"]


def test_only_an_edit_of_constants_has_the_same_values_for_every_record() -> None:
    same = Edit(Post, {"content": SetTo("x"), "user_id": SetTo(None)})
    different = Edit(Post, {"content": ReplaceText(Replacement("x", "y")), "user_id": SetTo(None)})

    assert same.constants == {"content": "x", "user_id": None}
    assert different.constants is None


def test_what_cannot_be_read_can_be_set_and_not_moved() -> None:
    odd, new = Post(created_at=Unreadable("infinity")), datetime(2026, 3, 28, 9, tzinfo=UTC)

    with pytest.raises(InvalidRecord) as refusal:
        Edit(Post, {"created_at": Postpone(timedelta(days=1))}).new_values(odd)

    assert refusal.value.problems == {"created_at": "Created at cannot be read: infinity. Set another value."}
    assert Edit(Post, {"created_at": SetTo(new)}).new_values(odd) == {"created_at": new}
