"""Places of records: who stands beside whom, on both stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from admin_app.db.json_values import recorded_models
from admin_app.db.record import Record
from admin_app.domain.records import positions
from admin_app.domain.records.positions import (
    MOVED_MEANWHILE,
    NOT_ALL_YOURS,
    TOO_MANY,
    Way,
    move,
    put_last,
    require_position,
)
from admin_app.errors import ConfigurationError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.user import User


class Base(DeclarativeBase):
    """Tables of this test alone."""

    __archived_at__: ClassVar[str] = ""
    __position_within__: ClassVar[str] = ""


class Song(Base):
    """A song of a record that may be put away."""

    __tablename__ = "song_sample"
    __archived_at__, __position__, __position_within__ = "is_gone", "place", "side"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int | None]
    side: Mapped[str] = mapped_column(default="a")
    is_gone: Mapped[bool] = mapped_column(default=False)


class Chapter(Base):
    """A chapter of the only book."""

    __tablename__ = "chapter_sample"
    __position__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int | None]


Make = Callable[..., Any]


@pytest.fixture
def session(context: Flask) -> Iterator[Session]:  # noqa: ARG001 -- the store to make the tables in
    with db.engine.connect() as connection:
        Base.metadata.create_all(connection)
        connection.commit()
        with Session(connection) as made:
            yield made
        Base.metadata.drop_all(connection)
        connection.commit()


@pytest.fixture
def songs(session: Session) -> Make:
    def make(*places: int | None, **values: Any) -> list[Any]:
        made = [Song(place=place, **values) for place in places]
        session.add_all(made)
        session.commit()
        return made

    return make


def order(session: Session) -> list[tuple[int, int | None]]:
    found = session.execute(sa.select(Song.id, Song.place).order_by(*positions.in_order(_any(Song))))
    return [(key, place) for key, place in found]


def _any(model: type[Any]) -> Any:
    return model


def test_a_record_changes_places_with_the_next_of_its_parent(session: Session, songs: Make) -> None:
    first, second = songs(1, 5)
    songs(3, side="b")
    songs(4, is_gone=True)

    move(session, second, Way.UP, past=first)

    assert (first.place, second.place) == (5, 1)


def test_it_passes_over_what_may_not_be_changed(session: Session, songs: Make) -> None:
    first, _, third = songs(1, 2, 3)

    move(session, first, Way.DOWN, past=third, rows=Song.id != 2)

    assert (first.place, third.place) == (3, 1)


def test_it_moves_past_nothing_else(session: Session, songs: Make) -> None:
    first, _, third = songs(1, 2, 3)

    for way in Way:
        with pytest.raises(InvalidRecord, match=MOVED_MEANWHILE):
            move(session, first, way, past=third)


def test_equal_places_are_numbered_anew_once(session: Session, songs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = songs(1, 1, None)

    with pytest.raises(InvalidRecord, match=NOT_ALL_YOURS):
        move(session, second, Way.UP, past=first, rows=sa.true())
    monkeypatch.setattr(positions, "MOST_RENUMBERED", 2)
    with pytest.raises(InvalidRecord, match=TOO_MANY):
        move(session, second, Way.UP, past=first)
    monkeypatch.undo()
    move(session, second, Way.DOWN, past=third)
    move(session, second, Way.UP, past=third)
    session.commit()

    assert order(session) == [(first.id, 1), (second.id, 2), (third.id, 3)]


def test_a_new_record_stands_last_unless_it_has_a_place(session: Session, songs: Make) -> None:
    songs(4)
    made: list[Any] = [Song(side="a"), Song(side="c"), Song(side="a", place=2), Chapter(), User(name="x")]
    for one in made[:3]:
        put_last(session, one)
    put_last(session, made[3])

    assert [one.place for one in made[:4]] == [5, 1, 2, 1]
    put_last(session, made[4])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"__position__": "side"}, r"Song.__position__ names side\. Name a column of Integer that is not unique\."),
        ({"__position__": "nothing"}, r"Song.__position__ names nothing\."),
        ({"__position_within__": "nothing"}, r"Song.__position_within__ names nothing, which is no column of Song\."),
    ],
)
def test_other_columns_stop_the_start(values: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for model in (Song, Chapter, User):
        require_position(_any(model))
    for name, value in values.items():
        monkeypatch.setattr(Song, name, value)

    with pytest.raises(ConfigurationError, match=words):
        require_position(_any(Song))


OWN = sa.MetaData()


class Track(Record):
    """A track of a disc, which its disc and its number tell."""

    metadata = OWN
    _sa_registry = registry(metadata=OWN)
    __position__, __position_within__ = "place", "disc"

    disc: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int | None]


def test_records_with_a_key_of_several_columns_move_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recorded_models(), "track", Track)
    OWN.create_all(session.connection())
    tracks = [Track(disc=1, number=number, place=number) for number in (1, 2, 10)]
    session.add_all([*tracks, Track(disc=2, number=1, place=1)])
    session.commit()

    move(session, tracks[2], Way.UP, past=tracks[1])
    move(session, tracks[0], Way.DOWN, past=tracks[2])
    session.commit()

    assert [(one.number, one.place) for one in tracks] == [(1, 2), (2, 10), (10, 1)]
    OWN.drop_all(session.connection())
    session.commit()
