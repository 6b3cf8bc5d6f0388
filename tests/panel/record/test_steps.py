"""Previous and next on a record's page follow the list that it was opened from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores


@pytest.mark.parametrize("view", ["edit", "details"])
def test_steps_follow_the_search_and_the_sort(view: str, as_editor: Any, make_user: Callable[..., User]) -> None:
    names = ["Ann 1", "Bo", "Ann 3", "Ann 2"]
    ids = {name: make_user(name=name).id for name in names}
    back = "/admin/user/?q=ann&sort=-name"

    page = Page(as_editor.get(f"/admin/user/{view}/?{urlencode({'id': ids['Ann 2'], 'url': back})}"))

    assert page.texts("nav", class_="steps") == ["Previous user2 of 3Next user"]
    assert [link.attributes["href"].partition("?")[2] for link in page.all("a", rel="prev")] == [
        urlencode({"url": back, "id": ids["Ann 3"]}, safe="/?")
    ]


def test_the_only_record_of_a_list_has_no_steps(as_viewer: Any, make_user: Callable[..., User]) -> None:
    page = Page(as_viewer.get(f"/admin/user/details/?id={make_user().id}&url=/admin/user/"))

    assert page.texts("nav", class_="steps") == []


@pytest.mark.parametrize(("place", "words"), [(0, "1 of 2Next user"), (1, "Previous user2 of 2")])
def test_there_is_no_step_beyond_the_ends(
    place: int, words: str, as_viewer: Any, make_user: Callable[..., User]
) -> None:
    users = [make_user(name=name) for name in ("Ann", "Bo")]
    address = urlencode({"id": users[place].id, "url": "/admin/user/?sort=name"})

    page = Page(as_viewer.get(f"/admin/user/details/?{address}"))

    assert page.texts("nav", class_="steps") == [words]


@pytest.mark.parametrize("back", ["/admin/user/?q=nobody", "/admin/user/?nosuch=1", "/admin/post/", "/admin/", ""])
def test_a_record_that_is_not_in_the_list_has_no_steps(
    back: str, as_viewer: Any, make_user: Callable[..., User]
) -> None:
    user = make_user(name="Ann")

    response = as_viewer.get(f"/admin/user/details/?{urlencode({'id': user.id, 'url': back})}")

    assert response.status_code == 200
    assert Page(response).texts("nav", class_="steps") == []


def test_saving_goes_on_to_the_record_that_stood_behind_in_the_list(
    as_editor: Any, make_user: Callable[..., User]
) -> None:
    ann, bo = make_user(name="Ann 1"), make_user(name="Ann 2")
    back = "/admin/user/?q=ann&sort=id"
    address = f"/admin/user/edit/?{urlencode({'id': ann.id, 'url': back})}"
    form = Page(as_editor.get(address))
    (button,) = form.all("button", name="_next")

    # It leaves the list by being saved, so that nothing stands behind it any more.
    sent = {**form.values(), "name": "Zoe", "_next": button.attributes["value"]}
    saved = as_editor.post(address, data=sent)

    assert (saved.status_code, saved.location) == (
        303,
        f"/admin/user/edit/?{urlencode({'url': back}, safe='/?')}&id={bo.id}",
    )
    assert Page(as_editor.get(saved.location)).notice.startswith("Success User “Zoe” was saved.")
    assert Page(as_editor.get(saved.location)).all("button", name="_next") == []


@pytest.mark.parametrize("following", ["999", "x", ""])
def test_without_a_next_record_saving_leads_to_the_list(
    following: str, as_editor: Any, make_user: Callable[..., User]
) -> None:
    address = f"/admin/user/edit/?id={make_user().id}&url=/admin/user/%3Fq%3Da"

    saved = as_editor.post(address, data={**Page(as_editor.get(address)).values(), "_next": following})

    assert saved.location == "/admin/user/?q=a"
