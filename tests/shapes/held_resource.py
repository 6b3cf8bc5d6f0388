"""Albums. Copied by test_shapes.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from admin_app.models.album import Album

from admin_app.panel.resource import Resource, RowRule


class AlbumResource(Resource):
    """Find an album."""

    model = Album

    column_list = ("label", "cover", "paper", "id")
    column_further_list = ("raw",)
    column_searchable_list = ("label",)
    column_filters = ("label", "cover", "paper")
    form_columns = ("label", "cover", "paper")
    personal = ("cover",)
    row_rules: ClassVar[Mapping[str, RowRule]] = {"a": RowRule("Those called A", lambda _: {"label__equals": "A"})}
