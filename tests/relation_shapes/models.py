"""Relations as people have them. Copied by test_relation_shapes.py."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record

article_topic = Table(
    "article_topic",
    Record.metadata,
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id"), primary_key=True, index=True),
)


class Topic(Record):
    """What an article may be about."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    note: Mapped[str] = mapped_column(String(40), default="")

    articles: Mapped[list[Article]] = relationship(secondary=article_topic, back_populates="topics")


sensor_unit = Table(
    "sensor_unit",
    Record.metadata,
    Column("sensor_id", ForeignKey("sensor.id"), primary_key=True),
    Column("unit_code", ForeignKey("unit.code"), primary_key=True, index=True),
)


class Unit(Record):
    """What a sensor measures in. Its key is a text."""

    title = "name"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class Sensor(Record):
    """Its key is a UUID."""

    title = "name"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(40))

    units: Mapped[list[Unit]] = relationship(secondary=sensor_unit)


class Place(Record):
    """A place within another one."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    within_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)

    within: Mapped[Place | None] = relationship(remote_side="Place.id", back_populates="places")
    places: Mapped[list[Place]] = relationship(back_populates="within", passive_deletes="all")


class Article(Record):
    """It is about several topics."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))

    topics: Mapped[list[Topic]] = relationship(secondary=article_topic, back_populates="articles")


class Author(Record):
    """Somebody whom others point at in every way."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))

    books: Mapped[list[Book]] = relationship(
        foreign_keys="Book.author_id", back_populates="author", cascade="all, delete-orphan", passive_deletes=True
    )
    portrait: Mapped[Portrait | None] = relationship(back_populates="author", passive_deletes="all")
    read: Mapped[list[Book]] = relationship(
        secondary="review",
        primaryjoin="Author.id == Review.reader_id",
        secondaryjoin="Review.book_id == Book.id",
        viewonly=True,
    )


book_topic = Table(
    "book_topic",
    Record.metadata,
    Column("book_id", ForeignKey("book.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Book(Record):
    """It has two relations to one table, and links that its topics do not know."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id", ondelete="CASCADE"), index=True)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("author.id", ondelete="SET NULL"), index=True)

    author: Mapped[Author | None] = relationship(foreign_keys=author_id, back_populates="books")
    editor: Mapped[Author | None] = relationship(foreign_keys=editor_id)
    topics: Mapped[list[Topic]] = relationship(secondary=book_topic)
    reviews: Mapped[list[Review]] = relationship(back_populates="book", passive_deletes="all")


class Portrait(Record):
    """One for an author."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), unique=True)

    author: Mapped[Author] = relationship(back_populates="portrait")


FOR_LIFE = text("name = 'For life'")


class Contract(Record):
    """It keeps its author, who does not know it and has one for life at most."""

    __table_args__ = (
        Index("ix_contract_for_life", "author_id", unique=True, sqlite_where=FOR_LIFE, postgresql_where=FOR_LIFE),
        Record.__table_args__,
    )

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id", ondelete="RESTRICT"), index=True)

    author: Mapped[Author] = relationship()


class Review(Record):
    """What an author says of a book: one review each."""

    __table_args__ = (UniqueConstraint("book_id", "reader_id"), *[Record.__table_args__])

    title = "words"

    words: Mapped[str] = mapped_column(String(40))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)

    book: Mapped[Book] = relationship(back_populates="reviews")
    reader: Mapped[Author] = relationship()
