"""What a cell of a list may hold."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from admin_app.db.list_of import ListOf
from admin_app.kinds.array import ArrayKind

TEXTS = ArrayKind(sa.Column("words", ListOf(sa.String(40))))


def test_a_cell_is_a_list_of_json_or_words_with_commas() -> None:
    cells = ('["a, b", 7, null]', "a, b ,", "[]", "")

    assert [TEXTS.from_cell(cell) for cell in cells] == [["a, b", "7", None], ["a", "b"], [], []]


@pytest.mark.parametrize(
    "cell", ['[["a"]]', '[{"a": 1}]', "[true]", "[NaN]", "[1e400]", '["\\ud800"]', '["\\u0000"]', "[1", "[" * 100_000]
)
def test_what_is_no_list_of_texts_and_numbers_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r'^must be a list, like \["a", "b"\], or a, b\.$'):
        TEXTS.from_cell(cell)
