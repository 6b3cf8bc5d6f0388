"""What a list costs: a row more is never a statement more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores

Sent = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("name", ["user", "post"])
def test_list_of_three_costs_the_statements_of_one(
    name: str, as_owner: Any, make_user: Any, make_post: Any, statements: Sent
) -> None:
    make_post(user=make_user())
    as_owner.get(f"/admin/{name}/")

    with statements() as for_one:
        as_owner.get(f"/admin/{name}/")
    make_post(user=make_user())
    make_post(user=make_user())
    with statements() as for_three:
        response = as_owner.get(f"/admin/{name}/")

    assert len(Page(response).rows()) == 3
    assert len(for_three) == len(for_one)


def test_list_of_three_staff_costs_the_statements_of_one(as_owner: Any, make_staff: Any, statements: Sent) -> None:
    as_owner.get("/admin/staff/")

    with statements() as for_one:
        as_owner.get("/admin/staff/")
    make_staff("Ann")
    make_staff("Bob")
    with statements() as for_three:
        response = as_owner.get("/admin/staff/")

    assert len(Page(response).rows()) == 3
    assert len(for_three) == len(for_one)


@pytest.mark.parametrize("view", ["edit", "details"])
def test_child_list_of_three_costs_the_statements_of_one(
    view: str, as_owner: Any, make_user: Any, make_post: Any, statements: Sent
) -> None:
    user = make_user()
    make_post(user=user)
    as_owner.get(f"/admin/user/{view}/?id={user.id}")

    with statements() as for_one:
        as_owner.get(f"/admin/user/{view}/?id={user.id}")
    make_post(user=user)
    make_post(user=user)
    with statements() as for_three:
        response = as_owner.get(f"/admin/user/{view}/?id={user.id}")

    assert len(Page(response).rows("posts")) == 3
    assert len(for_three) == len(for_one)
