"""Two changes of one text: together where they are apart, and never where they touch."""

from __future__ import annotations

import pytest

from admin_app.domain.records.text_merge import MOST_LINES, both_changes

WAS = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    ("theirs", "yours", "together"),
    [
        ("ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n"),
        ("one\nthree\nfour\nfive\n", f"{WAS}six\n", "one\nthree\nfour\nfive\nsix\n"),
        (f"zero\n{WAS}", "one\ntwo\nthree\nfive\n", "zero\none\ntwo\nthree\nfive\n"),
        ("one\ntwo\n3\nfour\nfive\n", "one\ntwo\n3\nfour\n5\n", "one\ntwo\n3\nfour\n5\n"),
        ("ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\n", "one\ntwo\nthree\nfour\n5\n", "ONE\ntwo\nthree\nfour\n5\n"),
    ],
    ids=["two lines", "one goes, one comes", "the ends", "one of them alike", "line ends"],
)
def test_changes_of_different_lines_are_put_together(theirs: str, yours: str, together: str) -> None:
    assert both_changes(WAS, theirs, yours) == together
    assert both_changes(WAS, yours, theirs) == together


@pytest.mark.parametrize(
    ("theirs", "yours"),
    [
        ("one\nTWO\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n"),
        ("one\nTWO\nthree\nfour\nfive\n", "one\ntwo\nTHREE\nfour\nfive\n"),
        (f"{WAS}six\n", f"{WAS}seven\n"),
        (WAS * MOST_LINES, f"{WAS}six\n"),
    ],
    ids=["the same line", "lines beside each other", "the same place", "too long"],
)
def test_changes_that_touch_are_not(theirs: str, yours: str) -> None:
    assert both_changes(WAS, theirs, yours) is None
