"""Classes in joined tables: which ones can be told apart, and what is refused at start."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from admin_app.db.joined import classes_in, further_tables, require_whole
from admin_app.db.record import Record
from admin_app.errors import ConfigurationError


class _Base(DeclarativeBase):
    pass


class _Animal(_Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class _Cat(_Animal):
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "cat"}


class _Dog(_Animal):
    __tablename__ = "dog"
    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    tricks: Mapped[str | None] = mapped_column(String(20))
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "dog"}


class _Puppy(_Dog):
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "puppy"}


def test_a_further_table_has_rows_of_its_class_and_of_those_that_derive_from_it() -> None:
    tables = {model.__name__: [one.name for one in further_tables(model)] for model in (_Animal, _Cat, _Dog, _Puppy)}

    assert tables == {"_Animal": ["dog"], "_Cat": [], "_Dog": ["dog"], "_Puppy": ["dog"]}
    assert classes_in(_Animal, further_tables(_Animal)[0]) == ["dog", "puppy"]
    require_whole(_Animal)
    require_whole(_Dog)


def _parent(**args: object) -> dict[str, Any]:
    columns = {"id": mapped_column(Integer, primary_key=True), "kind": mapped_column(String(9))}
    return {"__tablename__": "plant", **columns, "__mapper_args__": args}


def _child(**columns: object) -> dict[str, Any]:
    key = mapped_column(Integer, ForeignKey("plant.id"), primary_key=True)
    return {"__tablename__": "tree", "id": key, **columns, "__mapper_args__": {"polymorphic_identity": "tree"}}


TOLD: dict[str, object] = {"polymorphic_on": "kind"}


@pytest.mark.parametrize(
    ("args", "columns", "said"),
    [
        ({}, {}, r"^Plant: a class that derives from it has a table of its own, and no column of Plant says"),
        (
            TOLD,
            {"id": mapped_column(Integer, ForeignKey("plant.id"), ForeignKey("pot.id"), primary_key=True)},
            "^Tree: let the key",
        ),
        (TOLD, {"kind": mapped_column("tree_kind", String(9))}, r"^Tree\.kind stands for a column in each"),
        (TOLD, {"height": mapped_column(Integer)}, r"^Tree\.height and Bush\.height are not the same: call one"),
    ],
    ids=["not told", "another key", "one column twice", "one name twice"],
)
@pytest.mark.filterwarnings("ignore:Implicitly combining")
def test_ambiguous_tables_are_refused(args: dict[str, object], columns: dict[str, Any], said: str) -> None:
    base = type("Base", (DeclarativeBase,), {"__module__": __name__})
    type("Pot", (base,), {"__module__": __name__, "__tablename__": "pot", "id": Column(Integer, primary_key=True)})
    plant = type("Plant", (base,), {"__module__": __name__, **_parent(**args)})
    bush = {
        **_child(height=mapped_column(Integer)),
        "__tablename__": "bush",
        "__mapper_args__": {"polymorphic_identity": "bush"},
    }
    type("Bush", (plant,), {"__module__": __name__, **bush})
    tree = type("Tree", (plant,), {"__module__": __name__, **_child(**columns)})

    with pytest.raises(ConfigurationError, match=said):
        require_whole(tree)


def test_a_further_tables_key_of_another_name_is_refused() -> None:
    apart = {"metadata": MetaData(), "_sa_registry": registry()}
    first = type("Leaf", (Record,), {**apart, "__module__": __name__, "__tablename__": "leaf"})
    key = mapped_column(Integer, ForeignKey("leaf.id"), primary_key=True)

    with pytest.raises(ConfigurationError, match=r"^Needle: call its key id, as Leaf does: "):
        type("Needle", (first,), {"__module__": __name__, "__tablename__": "needle", "leaf_no": key})
