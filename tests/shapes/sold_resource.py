"""Goods. Copied by test_shapes.py."""

from __future__ import annotations

from admin_app.models.good import Good

from admin_app.panel.card import Count, Newest
from admin_app.panel.resource import Resource


class GoodResource(Resource):
    """Find goods."""

    model = Good

    column_list = ("label", "price", "currency", "id")
    column_further_list = ("archived_at", "place", "extras")
    column_searchable_list = ("label",)
    column_filters = ("label", "price", "currency", "with_")
    form_columns = ("label", "price", "currency", "with_")
    cards = (Count("All goods", ""), Newest())
