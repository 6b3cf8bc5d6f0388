"""What is refused as JSON, with where it is wrong."""

from __future__ import annotations

import re

import pytest

from admin_app.kinds.json import value_of


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1,\n 2", "Line 2, column 3: Expecting ',' delimiter"),
        ("NaN", "JSON has no number NaN"),
        ('{"a": ["\\u0000"]}', "It contains a character that cannot be stored"),
        ('{"\\ud800": 1}', "It contains a character that cannot be stored"),
        ("[" * 100_000, "The JSON is nested too deeply"),
    ],
)
def test_what_no_store_can_keep_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        value_of(text)
