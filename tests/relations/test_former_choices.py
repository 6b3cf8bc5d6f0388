"""Values that are no longer among a column's choices are shown, and written back where the column takes them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from admin_app.db.transaction import transaction
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import db
from admin_app.kinds import kind_of
from tests.domain.audit.undoing import done, take_back, words
from tests.relations.linked import Seat, Side

pytestmark = pytest.mark.usefixtures("linked")


@pytest.mark.parametrize("act", ["changed", "deleted"])
@pytest.mark.parametrize(
    ("field", "values", "former", "said"),
    [
        ("side", (Side.LEFT, Side.RIGHT), "BACK", None),
        ("side", (Side.LEFT, Side.RIGHT), "BEHIND", "Side “BEHIND” can no longer be chosen."),
        ("sides", ([Side.RIGHT, Side.LEFT], []), "BACK", 'Sides “["RIGHT", "BACK"]” can no longer be chosen.'),
    ],
)
def test_an_undo_gives_back_a_removed_choice_that_its_column_takes_and_skips_others(
    field: str, values: tuple[object, object], former: str, said: str | None, act: str
) -> None:
    left, right = values
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
    older = text("UPDATE change SET before = replace(before, 'LEFT', :former) WHERE record_id = :key")
    db.session.execute(older.bindparams(key=str(keys[0]), former=former))
    db.session.commit()

    outcome = take_back(acted)

    assert (outcome.given_back, words(outcome)) == ((1, [said]) if said else (2, []))
    there = dict(map(tuple, db.session.execute(select(Seat.id, getattr(Seat, field)))))
    skipped = {keys[0]: right} if act == "changed" else {}
    assert there == {**(skipped if said else {keys[0]: Unreadable(former)}), keys[1]: left}


def test_the_history_shows_a_removed_choice_as_text() -> None:
    kind = kind_of(Seat.side)

    assert [kind.from_history(held) for held in ("LEFT", "BACK", None)] == [Side.LEFT, "BACK", None]
