"""The saved view that an address names, and its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from admin_app.domain.work.saved_views import ViewAtHand
from admin_app.panel.resource import Resource
from admin_app.panel.shell import view_of_id
from admin_app.panel.view_models import Hidden
from admin_app.selection.selection import VIEW, WHOLE


def is_bare(arguments: Sequence[tuple[str, str]]) -> bool:
    """Whether an address names a view and nothing else."""
    return [key for key, _ in arguments] == [VIEW] and arguments[0][1] not in {WHOLE, ""}


def open_view(resource: Resource, number: int) -> ViewAtHand | None:
    """Return the resource's view with this id if the person sees it."""
    view = view_of_id(number)
    return view if view is not None and view.resource == resource.endpoint else None


def pairs_of(view: ViewAtHand) -> list[Hidden]:
    """Return the arguments that a view keeps."""
    return parse_qsl(view.arguments, keep_blank_values=True)
