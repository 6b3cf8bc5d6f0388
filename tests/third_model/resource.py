"""Tags: labels on posts. Copied by test_third_model.py."""

from __future__ import annotations

from admin_app.models.tag import Tag
from wtforms.validators import NumberRange

from admin_app.panel.card import Count, Newest, PerWeek, Top
from admin_app.panel.resource import Resource


class TagResource(Resource):
    """Find a tag, change it, put it on another post."""

    model = Tag
    description = "Labels on posts."
    menu_order = 30

    column_list = ("label", "post", "weight", "price", "day", "uid", "is_public", "id")
    column_further_list = ("note", "post.created_at", "updated_at")
    column_searchable_list = ("label", "note", "post.content")
    column_sortable_list = ("label", ("post", "post.content"), "weight", "price", "day", "is_public", "id")
    column_filters = ("label", "note", "weight", "price", "day", "uid", "is_public", "post", "post.content")
    form_columns = ("label", "note", "weight", "day", "price", "uid", "is_public", "post")
    cards = (PerWeek("day"), Count("Public", "is_public__is=yes"), Top("post"), Newest())
    form_args = {"weight": {"validators": [NumberRange(max=1000, message="Enter 1,000 or less.")]}}
