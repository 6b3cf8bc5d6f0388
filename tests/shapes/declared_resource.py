"""Tickets, declared in Flask-Admin's words. Copied by test_shapes.py."""

from __future__ import annotations

from typing import Any

from admin_app.models.ticket import Ticket

from admin_app.panel.resource import Resource


def shouted(_view: Any, _context: Any, model: Any, name: str) -> str:
    """Write a column in capitals."""
    return str(getattr(model, name)).upper()


class TicketResource(Resource):
    """Find a ticket."""

    model = Ticket
    can_delete = False

    column_list = ("label", "level", "place", "id")
    column_default_sort = [("label", True)]
    column_formatters = {"place": shouted}
    column_choices = {"level": [(1, "Low"), (2, "High")]}
    column_descriptions = {"level": "How much it matters."}
    column_details_list = ("level", "label")
    column_editable_list = ("place",)
    column_filters = ("label", "level")
    form_columns = ("label", "level", "place")
    form_choices = {"level": [(1, "Low"), (2, "High")]}
    form_widget_args = {"place": {"placeholder": "Where"}}
    form_args = {"label": {"render_kw": {"maxlength": "30"}}}
