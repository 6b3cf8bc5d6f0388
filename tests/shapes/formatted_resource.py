"""Contacts. Copied by test_shapes.py."""

from __future__ import annotations

from admin_app.models.contact import Contact

from admin_app.panel.resource import Resource


class ContactResource(Resource):
    """Find a contact."""

    model = Contact

    column_list = (
        "label",
        "email",
        "url",
        "phone",
        "colour",
        "country",
        "ip",
        "network",
        "price",
        "currency",
        "friend",
        "id",
    )
    column_further_list = ("notes",)
    column_searchable_list = ("label", "email")
    column_filters = ("label", "email", "url", "phone", "colour", "country", "ip", "network", "price", "currency")
    form_columns = (
        "label",
        "email",
        "url",
        "phone",
        "colour",
        "country",
        "ip",
        "network",
        "price",
        "currency",
        "notes",
        "friend",
    )
