"""What a column held when there were other choices: it is told, and never written where nobody could read it again."""

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
def test_an_undo_leaves_the_record_whose_choice_was_taken_away(act: str) -> None:
    seats = [Seat(name=f"Seat {number}", hall="Great", number=number, side=Side.LEFT) for number in (1, 2)]
    with transaction(db.session):
        db.session.add_all(seats)
    keys = [one.id for one in seats]
    with transaction(db.session):
        for one in seats:
            if act == "changed":
                one.side = Side.RIGHT
            else:
                db.session.delete(one)
    left = done()
    # As an act left it that is older than the choices of today.
    db.session.execute(
        text("UPDATE change SET before = replace(before, 'LEFT', 'BACK') WHERE record_id = :key").bindparams(
            key=str(keys[0])
        )
    )
    db.session.commit()

    outcome = take_back(left)

    assert (outcome.given_back, words(outcome)) == (1, ["Side “BACK” can no longer be chosen."])
    there = dict(map(tuple, db.session.execute(select(Seat.id, Seat.side))))
    assert there == ({keys[0]: Side.RIGHT, keys[1]: Side.LEFT} if act == "changed" else {keys[1]: Side.LEFT})


def test_the_history_tells_it_by_its_text() -> None:
    kind = kind_of(Seat.side)

    assert [kind.from_history(held) for held in ("LEFT", "BACK", None)] == [Side.LEFT, "BACK", None]
