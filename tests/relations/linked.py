"""Articles, tags and a table between: records of these tests alone, in tables of their own beside those of the dashboard."""

from __future__ import annotations

from enum import Enum as PythonEnum

from sqlalchemy import Column, Enum, ForeignKey, Index, MetaData, String, Table, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from admin_app.db.list_of import ListOf
from admin_app.db.record import Record
from admin_app.extensions import NAMING_CONVENTION


class Linked(Record):
    """What the dashboard's own tables are none of."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    _sa_registry = registry(metadata=metadata)


article_tag = Table(
    "article_tag",
    Linked.metadata,
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True, index=True),
)
article_see_also = Table(
    "article_see_also",
    Linked.metadata,
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("other_id", ForeignKey("article.id"), primary_key=True, index=True),
)


class Tag(Linked):
    title = "name"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    articles: Mapped[list[Article]] = relationship(secondary=article_tag, back_populates="tags")


class Article(Linked):
    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    tags: Mapped[list[Tag]] = relationship(secondary=article_tag, back_populates="articles")
    see_also: Mapped[list[Article]] = relationship(
        secondary=article_see_also,
        primaryjoin="Article.id == article_see_also.c.article_id",
        secondaryjoin="Article.id == article_see_also.c.other_id",
    )


class Place(Linked):
    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    parent: Mapped[Place | None] = relationship(
        remote_side="Place.id", foreign_keys="Place.parent_id", back_populates="places"
    )
    places: Mapped[list[Place]] = relationship(
        foreign_keys="Place.parent_id", back_populates="parent", passive_deletes="all"
    )
    like_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    like: Mapped[Place | None] = relationship(
        remote_side="Place.id", foreign_keys="Place.like_id", info={"may_be_circular": True}
    )


class Farm(Linked):
    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[Field]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    visits: Mapped[list[Visit]] = relationship(
        secondary="animal",
        primaryjoin="Farm.id == Animal.farm_id",
        secondaryjoin="Animal.id == Visit.animal_id",
        viewonly=True,
    )


class Field(Linked):
    """It goes with its farm, as the farm says."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"))


class Animal(Linked):
    """No farm knows it: it goes with its own one, and stays when that of its birth goes; one that is insured keeps it."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    farm_id: Mapped[int | None] = mapped_column(ForeignKey("farm.id", ondelete="CASCADE"))
    birth_id: Mapped[int | None] = mapped_column(ForeignKey("farm.id", ondelete="SET NULL"))
    insured_id: Mapped[int | None] = mapped_column(ForeignKey("farm.id", ondelete="RESTRICT"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id", ondelete="RESTRICT"))
    birth: Mapped[Farm | None] = relationship(foreign_keys=birth_id)


class Visit(Linked):
    """Nobody says what becomes of it."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    animal_id: Mapped[int | None] = mapped_column(ForeignKey("animal.id"))


class Side(PythonEnum):
    LEFT = "left"
    RIGHT = "right"


class Seat(Linked):
    """No two of a hall have the same number, and none has another's code in other letters."""

    __table_args__ = (UniqueConstraint("hall", "number"), *[Record.__table_args__])

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    hall: Mapped[str] = mapped_column(String(40))
    number: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(40))
    side: Mapped[Side | None] = mapped_column(Enum(Side, native_enum=False))
    sides: Mapped[list[Side] | None] = mapped_column(ListOf(Enum(Side, native_enum=False)))


Index("uq_seat_code", func.lower(Seat.code), unique=True)

MODELS = {
    "place": Place,
    "article": Article,
    "tag": Tag,
    "farm": Farm,
    "field": Field,
    "animal": Animal,
    "visit": Visit,
    "seat": Seat,
}
