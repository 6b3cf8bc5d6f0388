"""Two rows of the table that has a column of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.extensions import db
from tests.kinds.everything import SAMPLES, Base, Everything, value_of


@pytest.fixture
def stored(context: Flask) -> Iterator[sa.Connection]:  # noqa: ARG001 -- the store to make the table in
    """Keep two rows: the first and the second value of every kind."""
    with db.engine.connect() as connection:
        Base.metadata.create_all(connection)
        for place in (0, 1):
            values = {name: value_of(name, place) for name in SAMPLES}
            connection.execute(sa.insert(Everything).values(id=place + 1, **values))
        yield connection
        connection.rollback()
        Base.metadata.drop_all(connection)
        connection.commit()
