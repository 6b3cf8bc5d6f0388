"""The same two tables, as careful users of Django write them.

Each order that the lists offer has its index: newest first, and by the user's name. Django adds the foreign key's and the
email's by itself. Search has none: no index answers "contains" in a post or in its user's name, two tables joined by OR.
"""

from __future__ import annotations

from django.db import models


class User(models.Model):
    """Somebody who writes posts."""

    name = models.CharField(max_length=80, db_index=True)
    email = models.EmailField(max_length=120, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        """Keep the table's name."""

        app_label = "django_site"
        db_table = "user"

    def __str__(self) -> str:
        """Name the user."""
        return self.name


class Post(models.Model):
    """What a user writes."""

    content = models.TextField(blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()

    class Meta:
        """Keep the table's name, and find the newest."""

        app_label = "django_site"
        db_table = "post"
        # The admin orders by the key, too, so that a page repeats no row.
        indexes = (models.Index(fields=["-created_at", "-id"], name="post_newest"),)

    def __str__(self) -> str:
        """Name the post by its first words."""
        return self.content[:60]
