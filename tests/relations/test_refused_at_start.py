"""Relations that are not supported stop the start, with one line that names the model and the column."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, PickleType, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_app import create_app
from admin_app.errors import ConfigurationError
from admin_app.models.user import User
from admin_app.panel.forms.converter import Converter
from admin_app.panel.kinds import operators_of
from admin_app.panel.operators.relation import RelationIs


class Base(DeclarativeBase):
    """Tables of this test alone; nothing is stored in them."""


band_and_fan = Table(
    "refused_band_and_fan",
    Base.metadata,
    Column("band_id", ForeignKey("refused_band.id"), primary_key=True),
    Column("fan_name", ForeignKey("refused_fan.name"), primary_key=True),
)


class Fan(Base):
    __tablename__ = "refused_fan"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Band(Base):
    __tablename__ = "refused_band"

    id: Mapped[int] = mapped_column(primary_key=True)
    fans: Mapped[list[Fan]] = relationship(secondary=band_and_fan)


class Song(Base):
    __tablename__ = "refused_song"

    id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[Any] = mapped_column(PickleType, info={"kind": "smell"})


@pytest.mark.parametrize(
    ("model", "beginning"),
    [
        (Band, "Band.fans does not have one key for each side, which the dashboard does not support: "),
        (Song, "Song.length names the kind smell. Name one of "),
    ],
)
def test_the_application_does_not_start(
    model: type[Any], beginning: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("admin_app.resources.declared", lambda: [SimpleNamespace(model=model)])

    with pytest.raises(ConfigurationError) as refusal:
        create_app({}, instance_path=str(tmp_path))

    assert str(refusal.value).startswith(beginning)
    assert "\n" not in str(refusal.value)


def test_a_filter_by_many_records_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^User\.posts leads to many records"):
        RelationIs(User.posts, "Posts")
    with pytest.raises(ConfigurationError, match=r"^User\.posts leads to many records"):
        operators_of(User.name, "Name", User.posts)


def test_a_to_many_form_field_is_refused_and_an_undeclared_one_is_left_out() -> None:
    relation = User.posts.property
    asked = Converter(None, SimpleNamespace(model=User, form_columns=("name", "posts")))
    not_asked = Converter(None, SimpleNamespace(model=User, form_columns=()))

    with pytest.raises(ConfigurationError, match=r"^User\.posts cannot be a field"):
        asked._model_select_field(relation, multiple=True, remote_model=None)
    assert not_asked._model_select_field(relation, multiple=True, remote_model=None) is None
