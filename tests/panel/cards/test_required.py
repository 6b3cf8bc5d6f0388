"""A card that cannot be counted stops the start, with its name."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.errors import ConfigurationError
from admin_app.models.post import Post
from admin_app.panel.card import Count, Newest, PerWeek, Top
from admin_app.panel.cards.required import require_cards
from admin_app.panel.registry import resource_of

pytestmark = pytest.mark.usefixtures("context")

GOOD = (Newest(), Count("All", ""), Count("Bikes", "q=bike&sort=id"), PerWeek("created_at"), Top("user"))
BAD = (Count("None", "nothing__is=1"), PerWeek("content"), PerWeek("user"), PerWeek("updated_at"), Top("content"))


def problem_with(card: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    resource = resource_of(Post)
    assert resource
    monkeypatch.setattr(type(resource), "cards", (card,))
    try:
        require_cards(resource)
    except ConfigurationError as error:
        return str(error)
    return ""


def test_what_can_be_counted_may_be_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [problem_with(card, monkeypatch) for card in GOOD] == [""] * len(GOOD)


def test_what_cannot_be_counted_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [problem_with(card, monkeypatch) for card in BAD] == [
        f"Post's card {card} needs a filter in column_filters that it can be counted by." for card in BAD
    ]
