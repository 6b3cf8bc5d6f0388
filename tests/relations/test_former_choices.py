"""Values that are no longer among a column's choices are shown, and are never written back."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from admin_app.db.transaction import transaction
from admin_app.extensions import db
from admin_app.kinds import kind_of
from tests.domain.audit.undoing import done, take_back, words
from tests.relations.linked import Seat, Side

pytestmark = pytest.mark.usefixtures("linked")


@pytest.mark.parametrize("act", ["changed", "deleted"])
@pytest.mark.parametrize(
    ("field", "left", "right", "said"),
    [
        ("side", Side.LEFT, Side.RIGHT, "Side “BACK” can no longer be chosen."),
        ("sides", [Side.RIGHT, Side.LEFT], [], 'Sides “["RIGHT", "BACK"]” can no longer be chosen.'),
    ],
)
def test_an_undo_skips_a_record_whose_choice_was_removed(
    field: str, left: object, right: object, said: str, act: str
) -> None:
    seats = [Seat(name=f"Seat {number}", hall="Great", number=number, **{field: left}) for number in (1, 2)]
    with transaction(db.session):
        db.session.add_all(seats)
    keys = [one.id for one in seats]
    with transaction(db.session):
        for one in seats:
            if act == "changed":
                setattr(one, field, right)
            else:
                db.session.delete(one)
    acted = done()
    # As an act left it that is older than the choices of today.
    older = text("UPDATE change SET before = replace(before, 'LEFT', 'BACK') WHERE record_id = :key")
    db.session.execute(older.bindparams(key=str(keys[0])))
    db.session.commit()

    outcome = take_back(acted)

    assert (outcome.given_back, words(outcome)) == (1, [said])
    there = dict(map(tuple, db.session.execute(select(Seat.id, getattr(Seat, field)))))
    assert there == ({keys[0]: right, keys[1]: left} if act == "changed" else {keys[1]: left})


def test_the_history_shows_a_removed_choice_as_text() -> None:
    kind = kind_of(Seat.side)

    assert [kind.from_history(held) for held in ("LEFT", "BACK", None)] == [Side.LEFT, "BACK", None]
