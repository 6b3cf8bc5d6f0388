"""Tables of these tests alone, for as long as one runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from admin_app.db.json_values import recorded_models
from admin_app.extensions import db
from tests.relations.linked import MODELS, Linked


@pytest.fixture
def linked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let articles and tags be records that have a history."""
    for name, model in MODELS.items():
        monkeypatch.setitem(recorded_models(), name, model)
    with app.app_context():
        Linked.metadata.create_all(db.engine)
        yield
        db.session.rollback()
        db.session.remove()
        Linked.metadata.drop_all(db.engine)
