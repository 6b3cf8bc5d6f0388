"""Each kind of column: what the history keeps of its values, from Python and on both databases, and how long they may be."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from admin_app.domain.records.rules import problem_with
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
from tests.kinds.everything import COLUMNS, FIELDS, SAMPLES, Everything, value_of


@pytest.mark.parametrize(("name", "place"), FIELDS)
def test_the_history_gives_every_value_back(name: str, place: int) -> None:
    kind = kind_of(COLUMNS[name])

    kept = json.loads(json.dumps(kind.to_history(value_of(name, place))))

    assert type(kept) in {str, int}
    assert kind.from_history(kept) == value_of(name, place)
    assert (kind.to_history(None), kind.from_history(None)) == (None, None)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_the_history_as_python_does(name: str, stored: sa.Connection) -> None:
    written = json_of({name: COLUMNS[name]}, stored.dialect.name)

    found = [json.loads(one) for one in stored.scalars(sa.select(written).order_by(COLUMNS.id))]

    kind = kind_of(COLUMNS[name])
    assert [kind.from_history(one[name]) for one in found] == [value_of(name, place) for place in (0, 1)]
    # SQLite writes no zeros at the end of a number.
    if name not in {"decimal", "money"}:
        assert found == [{name: kind.to_history(value_of(name, place))} for place in (0, 1)]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_writes_no_value_into_the_history_too(name: str, stored: sa.Connection) -> None:
    stored.execute(sa.update(Everything).values({name: None}))

    found = stored.scalar(sa.select(json_of({name: COLUMNS[name]}, stored.dialect.name)))

    assert json.loads(str(found)) == {name: None}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_reads_the_history_as_python_does(name: str, stored: sa.Connection) -> None:
    kept = {name: kind_of(COLUMNS[name]).to_history(value_of(name, 0))}
    column = COLUMNS[name]
    value = from_json_sql(column, sa.literal(json.dumps(kept)), name, stored.dialect.name)

    stored.execute(sa.update(Everything).where(COLUMNS.id == 2).values({name: value}))

    comparable = kind_of(column).comparable
    same = sa.select(sa.func.count()).where(comparable(column).is_not_distinct_from(comparable(value)))
    assert list(stored.scalars(sa.select(column))) == [value_of(name, 0)] * 2
    assert stored.scalar(same) == 2


# ---- limits


# Whether a file is here, the database says.
@pytest.mark.parametrize("name", [name for name in SAMPLES if not kind_of(COLUMNS[name]).is_file])
def test_every_value_fits_unless_its_column_is_too_small(name: str) -> None:
    sample = SAMPLES[name]

    assert [problem_with(COLUMNS[name], "It", value) for value in sample.values] == [None, None]
    if sample.limit:
        assert problem_with(COLUMNS[name], "It", sample.too_much) == sample.limit
