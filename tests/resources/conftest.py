"""What tests of powers may ask for: somebody who administers but holds little else, and somebody who holds less."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.models.role import Role
from admin_app.models.staff import Staff

ADMINISTERS = ("*:list", "*:view", "*:history", "*:undo", "staff:*", "role:*")


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: a page says the same on both. For both: @both_stores, of tests/stores.py."""
    return str(request.param)


@pytest.fixture
def clerk(keep: Any, make_staff: Any) -> Staff:
    """Cleo looks after accounts and roles, and of the rest may only look; owners and editors hold more."""
    keep(Role(name="Clerk", key="clerk", permissions=StringSet(ADMINISTERS)))
    return make_staff("Cleo", "clerk")


@pytest.fixture
def as_clerk(client_of: Any, clerk: Staff) -> Any:
    """Return Cleo's client."""
    return client_of(clerk)


@pytest.fixture
def looker(keep: Any, make_staff: Any) -> Staff:
    """Lou may look at posts, which Cleo may too."""
    keep(Role(name="Looker", key="looker", permissions=StringSet(["post:list", "post:view"])))
    return make_staff("Lou", "looker")
