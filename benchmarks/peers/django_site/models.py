"""The same two tables, as Django's users write them."""

from __future__ import annotations

from django.db import models


class User(models.Model):
    """Somebody who writes posts."""

    name = models.CharField(max_length=80)
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
        """Keep the table's name."""

        app_label = "django_site"
        db_table = "post"

    def __str__(self) -> str:
        """Name the post by its first words."""
        return self.content[:60]
