"""What a relation knows about both of its sides, and the relations that are not supported."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Table, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship

from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.relations import Dependency, ToMany, ToOne, _problem_with, relation_of, relations_of, to_one


class Base(DeclarativeBase):
    """Tables of this test alone; nothing is stored in them."""


tagged = Table(
    "relation_tagged",
    Base.metadata,
    Column("post_id", ForeignKey("relation_post.id"), primary_key=True),
    Column("tag_name", ForeignKey("relation_tag.name"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "relation_tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    colour: Mapped[str]


class Article(Base):
    __tablename__ = "relation_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_name: Mapped[str] = mapped_column(ForeignKey("relation_tag.name"))
    tag_colour: Mapped[str] = mapped_column(ForeignKey("relation_tag.colour"))
    tags: Mapped[list[Tag]] = relationship(secondary=tagged)
    by_name: Mapped[Tag] = relationship(foreign_keys=[tag_name])
    by_colour: Mapped[Tag] = relationship(foreign_keys=[tag_colour])
    cover: Mapped[Cover] = relationship(back_populates="article")
    chapters: Mapped[list[Chapter]] = relationship(back_populates="article")


class Cover(Base):
    __tablename__ = "relation_cover"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("relation_post.id"))
    article: Mapped[Article] = relationship(back_populates="cover")


class Chapter(Base):
    __tablename__ = "relation_chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("relation_post.id"))
    article: Mapped[Article] = relationship(back_populates="chapters")


class Page(Base):
    __tablename__ = "relation_page"
    __table_args__ = (ForeignKeyConstraint(["first", "second"], ["relation_pair.first", "relation_pair.second"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[int]
    second: Mapped[int]
    pair: Mapped[Pair] = relationship()


class Pair(Base):
    __tablename__ = "relation_pair"

    first: Mapped[int] = mapped_column(primary_key=True)
    second: Mapped[int] = mapped_column(primary_key=True)


def test_a_models_relations_have_their_kinds() -> None:
    found = {
        (model.__name__, key): one.name for model in (Post, User, Role) for key, one in relations_of(model).items()
    }

    assert found == {("Post", "user"): "to_one", ("User", "posts"): "to_many", ("Role", "holders"): "to_many"}


def test_both_sides_know_the_joined_columns_and_each_other() -> None:
    user, posts = relation_of(Post.user), relation_of(User.posts)

    assert (user.model, user.target, user.key, user.back, user.is_many) == (Post, User, "user", "posts", False)
    assert (posts.model, posts.target, posts.key, posts.back, posts.is_many) == (User, Post, "posts", "user", True)
    assert (user.own_name, user.other_name) == ("user_id", "id")
    assert (posts.own_name, posts.other_name) == ("id", "user_id")
    assert user.attribute is Post.user
    assert isinstance(user, ToOne)
    assert isinstance(posts, ToMany)
    assert user.foreign_key is posts.foreign_key is Post.__table__.c.user_id
    assert relations_of(Role)["holders"].back == ""


@pytest.mark.usefixtures("context")
def test_either_side_finds_the_rows_that_hold_the_key(make_user: Any, make_post: Any) -> None:
    user = make_user()
    mine, _other = make_post(user_id=user.id), make_post()

    found = [
        list(db.session.scalars(select(Post).where(relation_of(one).condition(user.id))))
        for one in (Post.user, User.posts)
    ]

    assert found == [[mine], [mine]]


@pytest.mark.usefixtures("context")
def test_only_to_one_relations_are_loaded_with_a_record(make_user: Any, make_post: Any, statements: Any) -> None:
    make_post(user_id=make_user().id)
    options = [option for model in (Post, User) for one in relations_of(model).values() for option in one.load()]
    db.session.expire_all()

    with statements() as sent:
        names = [post.user.name for post in db.session.scalars(select(Post).options(*options))]

    assert (names, len(sent), len(options)) == (["User 1"], 1, 1)


def test_a_record_returns_the_key_of_its_related_record() -> None:
    assert relation_of(Post.user).keys(Post(user_id=7)) == [7]
    assert relation_of(Post.user).keys(Post()) == []
    assert relation_of(User.posts).keys(User(id=7)) == []


def test_the_side_that_holds_the_key_keeps_it_in_its_history() -> None:
    assert list(relation_of(Post.user).history()) == ["user_id"]
    assert list(relation_of(User.posts).history()) == []


def test_the_foreign_key_says_what_a_deletion_has_to_settle() -> None:
    asked = {one: relation_of(one).on_delete() for one in (Post.user, User.posts, Role.holders, Article.chapters)}

    assert list(asked.values()) == [Dependency.NONE, Dependency.OPTIONAL, Dependency.NONE, Dependency.REQUIRED]
    assert not to_one(Post.user).is_required
    assert to_one(Chapter.article).is_required


UNKNOWN = {
    "tags": "Article.tags does not have one key for each side, which the dashboard does not support: "
    "let the table between have one foreign key to each side's id.",
    "by_colour": "Article.by_colour refers to columns that are neither the other record's key nor unique, or forms a tree by "
    "them, which the dashboard does not support: let the foreign key refer to the id.",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_relation_that_the_dashboard_does_not_know_is_refused_by_name(name: str) -> None:
    configure_mappers()

    with pytest.raises(ConfigurationError) as refusal:
        relation_of(getattr(Article, name))

    assert str(refusal.value) == UNKNOWN[name]


def test_a_relation_can_use_all_columns_of_a_key_or_a_unique_column() -> None:
    configure_mappers()
    pair, tag = to_one(Page.pair), to_one(Article.by_name)

    assert (pair.own_names, pair.other_names, pair.own_name, pair.is_plain) == (["first", "second"],) * 2 + ("", False)
    assert (tag.own_name, tag.other_name, tag.is_by_key, tag.is_tree) == ("tag_name", "name", False, False)
    assert pair.foreign_key_values(None) == {"first": None, "second": None}


def test_a_view_only_relation_is_supported_whatever_joins_it() -> None:
    # Asked past the cache: another test of the process may have met the relation before.
    assert _problem_with(inspect_mapper(Staff).relationships["held_roles"]) == ""
