"""Their places in the dashboard. Copied by test_relation_shapes.py."""

from __future__ import annotations

from admin_app.models.shapes import Article, Author, Book, Contract, Place, Portrait, Review, Sensor, Topic, Unit

from admin_app.panel.resource import Resource


class TopicResource(Resource):
    """Find a topic, and what is about it."""

    model = Topic
    column_list = ("name", "articles", "id")
    column_searchable_list = ("name",)
    column_sortable_list = ("name", "articles")
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
    column_searchable_list = ("name", "topics.name")
    column_sortable_list = ("name", "topics")
    column_filters = ("name", "topics")
    form_columns = ("name", "topics")


class AuthorResource(Resource):
    """Find an author, and all that has to do with them."""

    model = Author
    column_list = ("name", "read", "id")
    column_further_list = ("portrait",)
    column_searchable_list = ("name",)
    form_columns = ("name",)


class BookResource(Resource):
    """Find a book."""

    model = Book
    column_list = ("name", "author", "editor", "topics", "id")
    column_searchable_list = ("name",)
    column_filters = ("author", "editor", "topics")
    form_columns = ("name", "author", "editor", "topics")


class PortraitResource(Resource):
    """Find a portrait."""

    model = Portrait
    column_list = ("name", "author", "id")
    column_filters = ("author",)
    form_columns = ("name", "author")


class ContractResource(Resource):
    """Find a contract."""

    model = Contract
    column_list = ("name", "author", "id")
    column_filters = ("author",)
    form_columns = ("name", "author")


class ReviewResource(Resource):
    """Find a review."""

    model = Review
    column_list = ("words", "book", "reader", "id")
    column_filters = ("book", "reader")
    form_columns = ("words", "book", "reader")


class UnitResource(Resource):
    """Find a unit."""

    model = Unit
    column_list = ("name", "code")
    column_searchable_list = ("name",)
    form_columns = ("code", "name")


class SensorResource(Resource):
    """Find a sensor, and say in which units it measures."""

    model = Sensor
    column_list = ("name", "units", "id")
    column_searchable_list = ("name", "units.name")
    column_sortable_list = ("name", "units")
    column_filters = ("name", "units")
    form_columns = ("name", "units")
