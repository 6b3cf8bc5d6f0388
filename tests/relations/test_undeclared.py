"""What happens to records that refer to a deleted one: by the model, by the foreign key, or by a person's choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.db.transaction import transaction
from admin_app.domain.records.deletion import (
    Decision,
    Fate,
    delete_many,
    delete_record,
    dependences,
    dependences_of_many,
    dependent_names,
)
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.relations import Dependency, relations_of
from admin_app.relations.undeclared import undeclared_dependents
from tests.domain.audit.undoing import done, take_back
from tests.relations.linked import Animal, Farm, Field, Visit

pytestmark = pytest.mark.usefixtures("linked")

Deletes = Callable[..., None]


@pytest.fixture(params=["one", "many"])
def deletes(request: pytest.FixtureRequest) -> Deletes:
    """Delete the record 1 of a model, by itself or among many."""

    def delete(model: type[Any], **decisions: Decision) -> None:
        chosen = {name.replace("__", "."): one for name, one in decisions.items()}
        with transaction(db.session):
            if request.param == "one":
                delete_record(db.session, db.session.get_one(model, 1), chosen, everything_in_scope)
            else:
                delete_many(db.session, model, model.id == 1, chosen, everything_in_scope)

    return delete


@pytest.fixture(autouse=True)
def farm(request: pytest.FixtureRequest) -> None:
    """Make a farm with a field, an animal that lives there, and one that was born there; of that one there was a visit."""
    request.getfixturevalue("linked")
    with transaction(db.session):
        db.session.add(Farm(name="Home", fields=[Field(name="Long")]))
        db.session.flush()
        db.session.add_all([Animal(name="Cow", farm_id=1), Animal(name="Bull", birth_id=1)])
        db.session.flush()
        db.session.add(Visit(name="First", animal_id=2))


def left() -> dict[str, list[tuple[Any, ...]]]:
    db.session.expire_all()
    return {
        "farms": [(one.name,) for one in db.session.scalars(select(Farm))],
        "fields": [(one.name, one.farm_id) for one in db.session.scalars(select(Field))],
        "animals": [
            (one.name, one.farm_id, one.birth_id) for one in db.session.scalars(select(Animal).order_by(Animal.id))
        ],
    }


WHOLE = {"farms": [("Home",)], "fields": [("Long", 1)], "animals": [("Cow", 1, None), ("Bull", None, 1)]}


def test_referring_records_are_found_without_a_declared_relation() -> None:
    found = {one.key: (one.on_delete(), one.back) for one in undeclared_dependents(Farm)}

    assert relations_of(Farm)["fields"].on_delete() is Dependency.CASCADE
    assert found == {
        "animal.farm_id": (Dependency.CASCADE, ""),
        "animal.birth_id": (Dependency.CLEARED, "birth"),
        "animal.insured_id": (Dependency.REFUSED, ""),
    }
    assert dependent_names(Farm) == ["fields", *found]
    (visit,) = undeclared_dependents(Animal)
    assert (visit.model, visit.target, visit.is_view, visit.on_delete()) == (Animal, Visit, False, Dependency.OPTIONAL)


def test_the_consequences_of_a_deletion_are_known_before() -> None:
    one = dependences(db.session, db.session.get_one(Farm, 1), everything_in_scope)
    many = dependences_of_many(db.session, Farm, Farm.id == 1, everything_in_scope)

    said = [("fields", 1, (Fate.DELETE,)), ("animals", 1, (Fate.DELETE,)), ("animals", 1, (Fate.KEEP,))]
    assert [(each.words, each.count.number, each.fates) for each in one] == said
    assert [(each.words, each.count.number, each.fates) for each in many] == said


def test_fixed_consequences_happen_without_a_question_and_are_undone(deletes: Deletes) -> None:
    deletes(Farm)
    gone = left()
    take_back(done())

    assert gone == {"farms": [], "fields": [], "animals": [("Bull", None, None)]}
    assert left() == WHOLE


def test_open_consequences_are_asked_about(deletes: Deletes) -> None:
    with transaction(db.session):
        db.session.get_one(Visit, 1).animal_id = 1

    with pytest.raises(DeletionError) as asked:
        deletes(Animal)
    db.session.rollback()
    deletes(Animal, visit__animal_id=Decision(Fate.KEEP))

    assert str(asked.value) in {
        "Choose what happens to the visits.",
        "It has visits, and nothing was chosen for them.",
    }
    assert [one.animal_id for one in db.session.scalars(select(Visit))] == [None]


@pytest.mark.parametrize("column", ["insured_id", "field_id"])
def test_a_record_that_dependents_require_cannot_be_deleted_without_them(column: str, deletes: Deletes) -> None:
    with transaction(db.session):
        setattr(db.session.get_one(Animal, 2), column, 1)

    with pytest.raises(DeletionError, match="which keep it from being deleted"):
        deletes(Farm)
    db.session.rollback()

    assert left() == WHOLE


def test_dependents_that_require_a_record_can_be_given_to_another(deletes: Deletes) -> None:
    with transaction(db.session):
        db.session.add(Farm(name="Other"))
        db.session.get_one(Animal, 2).insured_id = 1

    deletes(Farm, animal__insured_id=Decision(Fate.GIVE, db.session.get_one(Farm, 2)))

    assert left()["farms"] == [("Other",)]
    assert db.session.get_one(Animal, 2).insured_id == 2


def test_giving_dependents_away_needs_a_new_record() -> None:
    with transaction(db.session):
        db.session.get_one(Visit, 1).animal_id = 1

    with pytest.raises(DeletionError, match="Choose who gets the visits"):
        delete_record(
            db.session, db.session.get_one(Animal, 1), {"visit.animal_id": Decision(Fate.GIVE)}, everything_in_scope
        )


def test_a_records_history_does_not_store_its_dependents() -> None:
    assert {one.history() for one in undeclared_dependents(Farm)} == {()}
