"""Check at start that a resource's cards can be counted."""

from __future__ import annotations

from urllib.parse import parse_qsl

from admin_app.errors import ConfigurationError
from admin_app.kinds import kind_of
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import LocalDateTimeKind
from admin_app.panel.card import Card, Count, PerWeek, Top
from admin_app.panel.resource import Resource
from admin_app.selection.selection import OWN_KEYS


def require_cards(resource: Resource) -> None:
    """Raise `ConfigurationError` for a card whose filter the resource does not declare, or whose filter cannot form its groups."""
    for card in resource.cards:
        if not _is_countable(resource, card):
            message = (
                f"{resource.model.__name__}'s card {card} needs a filter in column_filters that it can be counted by."
            )
            raise ConfigurationError(message)


def _is_countable(resource: Resource, card: Card) -> bool:
    if isinstance(card, Count):
        return all(key in resource.filters or key in OWN_KEYS for key, _ in parse_qsl(card.query))
    if isinstance(card, PerWeek):
        return card.column in resource.filters_by_name and _is_time(resource, card.column)
    return not isinstance(card, Top) or (
        card.relation in resource.filters_by_name
        and resource.relation(card.relation) is not None
        and not resource.is_links(card.relation)
    )


def _is_time(resource: Resource, name: str) -> bool:
    attribute, through = resource.attribute(name)
    if through is not None or resource.relation(name) is not None:
        return False
    return isinstance(kind_of(attribute), (LocalDateTimeKind, DateKind))
