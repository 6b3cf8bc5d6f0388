"""Their places in the dashboard. Copied by test_every_name.py."""

from __future__ import annotations

from admin_app.models.odd import CALLED, NAMES, Odd

from admin_app.panel.resource import Resource

for name, model in CALLED.items():
    plain = {"model": model, "column_list": ("label", "id"), "form_columns": ("label",), "__module__": __name__}
    globals()[name] = type(f"{model.__name__}Resource", (Resource,), plain)


class OddResource(Resource):
    """Has a field for each name."""

    model = Odd

    column_list = ("label", *NAMES, "id")
    column_searchable_list = ("label",)
    column_filters = ("label", *NAMES)
    form_columns = ("label", *NAMES)
