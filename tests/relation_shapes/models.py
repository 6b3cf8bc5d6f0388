"""Relations as people have them. Copied by test_relation_shapes.py."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table
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
