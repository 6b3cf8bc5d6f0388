"""The same two lists, as Django's documentation advises for long tables: joins declared, pickers that look up, no second count."""

from __future__ import annotations

from django.contrib import admin

from benchmarks.peers.django_site.models import Post, User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Users."""

    list_display = ("name", "email", "created_at", "id")
    search_fields = ("name", "email")
    list_per_page = 20


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    """Posts, by newest."""

    list_display = ("content", "user_name", "created_at", "id")
    list_select_related = ("user",)
    list_filter = (("user", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("content", "user__name", "user__email")
    ordering = ("-created_at",)
    autocomplete_fields = ("user",)
    # Else a list with a filter counts the whole table as well.
    show_full_result_count = False
    list_per_page = 20

    @admin.display(ordering="user__name")
    def user_name(self, post: Post) -> str:
        """Sort by the name."""
        return str(post.user or "")
