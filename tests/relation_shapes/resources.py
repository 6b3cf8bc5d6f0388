"""Their places in the dashboard. Copied by test_relation_shapes.py."""

from __future__ import annotations

from admin_app.models.shapes import Article, Place, Topic

from admin_app.panel.resource import Resource


class TopicResource(Resource):
    """Find a topic, and what is about it."""

    model = Topic
    column_list = ("name", "articles", "id")
    column_searchable_list = ("name",)
    column_filters = ("name",)
    form_columns = ("name", "note")


class PlaceResource(Resource):
    """Find a place, and what is within it."""

    model = Place
    column_list = ("name", "within", "places", "id")
    column_searchable_list = ("name",)
    column_filters = ("name", "within")
    form_columns = ("name", "within")


class ArticleResource(Resource):
    """Find an article, and say what it is about."""

    model = Article
    column_list = ("name", "topics", "id")
    column_searchable_list = ("name",)
    column_filters = ("name", "topics")
    form_columns = ("name", "topics")
