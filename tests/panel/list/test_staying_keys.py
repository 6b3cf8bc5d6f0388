"""Where rows that stay are written behind: a text “0” is a key like others."""

from __future__ import annotations

from admin_app.panel.list.staying import written


def test_a_key_that_is_a_nought_is_told_from_the_beginning_of_the_page() -> None:
    runs = [written("/", order, {"EUR"}).split()[1:] for order in (["0", "EUR"], ["EUR", "0"])]

    assert runs == [["0:EUR"], ["-:EUR"]]
