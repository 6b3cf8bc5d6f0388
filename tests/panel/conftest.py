"""What tests of saved views may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.models.saved_view import MINE, SavedView
from admin_app.models.staff import Staff
from tests.panel.viewing import USUAL


@pytest.fixture
def gardens(make_user: Any, make_post: Any) -> None:
    """Make three posts, two of them about gardens."""
    ann = make_user(name="Ann")
    for words, user in (("Garden wall", ann), ("Garden", None), ("Boat", ann)):
        make_post(content=words, user=user)


@pytest.fixture
def make_view(keep: Callable[[Any], Any]) -> Callable[..., SavedView]:
    """Make views; of posts about gardens and unshared unless told."""

    def make(staff: Staff, name: str = "Gardens", **values: Any) -> SavedView:
        defaults = {"resource": "post", "arguments": f"q=garden&{USUAL}", "audience": MINE}
        return keep(SavedView(staff_id=staff.id, name=name, **{**defaults, **values}))

    return make
