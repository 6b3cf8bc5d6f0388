"""Requests that cross another transaction on PostgreSQL, each waiting for what the other holds: they give way, and judge everything anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff
from admin_app.models.two_factor import RecoveryCode
from admin_app.models.user import User
from tests.crossing import crossed
from tests.page import Page
from tests.pages.test_activity import press_undo
from tests.panel.forms.meanwhile import at
from tests.panel.grid.grids import USERS, cells, opened
from tests.panel.history.history import edit, history
from tests.panel.plan.plans import given

pytestmark = pytest.mark.parametrize("store", ["postgres"], indirect=True)

MEANWHILE = "Meanwhile"


@dataclass
class Act:
    """A form that is ready to be sent; the record that it locks first, and one that it locks after that."""

    address: str
    form: dict[str, str]
    first: Any
    second: Any


Make = Callable[..., Any]


def form(client: Any, make_user: Make, make_post: Make) -> Act:
    post, bea = make_post(content="Post"), make_user()
    return Act(at(post), {**Page(client.get(at(post))).values(), "user": str(bea.id)}, post, bea)


def page_of_the_list(client: Any, make_user: Make, _make_post: Make) -> Act:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    page = opened(client, USERS)
    typed = {**cells(ann, name="Anna"), **cells(bea, name="Beate")}
    return Act(page.form().attributes["action"], {**page.values(), **typed}, ann, bea)


def deletion(client: Any, make_user: Make, make_post: Make) -> Act:
    ann = make_user(name="Ann")
    post = make_post(content="Post", user=ann)
    address = at(ann, "delete")
    return Act(address, {**Page(client.get(address)).values(""), "fate.posts": "keep"}, ann, post)


def merge(client: Any, make_user: Make, _make_post: Make) -> Act:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    address = f"/admin/user/merge/?a={ann.id}&b={bea.id}"
    return Act(address, Page(client.get(address)).values(), ann, bea)


def undo(client: Any, make_user: Make, make_post: Make) -> Act:
    act = page_of_the_list(client, make_user, make_post)
    back = client.post(act.address, data=act.form).location
    (undoing,) = (one for one in Page(client.get(back)).all("form") if "/activity/undo/" in one.attributes["action"])
    fields = {one.attributes["name"]: one.attributes.get("value", "") for one in undoing.all("input")}
    return Act(undoing.attributes["action"], fields, act.first, act.second)


def form_without_version(client: Any, make_user: Make, make_post: Make) -> Act:
    act = form(client, make_user, make_post)
    return replace(act, form={name: value for name, value in act.form.items() if name != "_version"})


def restoring(client: Any, make_user: Make, make_post: Make) -> Act:
    ann, bea = make_user(), make_user()
    post = make_post(content="First", user=ann)
    edit(client, "post", post.id, content="Second", user=str(bea.id))
    (way,) = {
        one.attributes["href"]
        for one in history(client, "post", post.id).all("a")
        if "#restore" in one.attributes["href"]
    }
    page = Page(client.get(way))
    return Act(page.form("form-foot").attributes["action"], page.values("form-foot"), post, ann)


def undo_anyway(client: Any, make_user: Make, make_post: Make) -> Act:
    ann, bea = make_user(), make_user()
    post = make_post(content="First", user=ann)
    edit(client, "post", post.id, content="Second", user=str(bea.id))
    done = Page(client.get("/admin/activity/")).all("a", class_="event__what")[0].attributes["href"]
    edit(client, "post", post.id, content="Third", user="")
    client.get("/admin/")
    asked = Page(press_undo(client, Page(client.get(done))))
    insist = asked.all("input", name="insist")[0].attributes["value"]
    return Act("/admin/activity/undo/", {**asked.values(), "insist": insist}, post, ann)


def plan(client: Any, make_user: Make, make_post: Make) -> Act:
    first, second = make_post(content="First"), make_post(content="Second")
    address = given(client, make_user())
    return Act(address, Page(client.get(address)).values(""), first, second)


def forgetting(client: Any, make_user: Make, make_post: Make) -> Act:
    ann = make_user(email="ann.ames@example.com")
    post = make_post(content="Write to ann.ames@example.com")
    address = f"/admin/user/forget/?id={ann.id}"
    token = Page(client.get(address)).values("")["csrf_token"]
    return Act(address, {"csrf_token": token, "act": "forget", "reason": "Asked", "confirmed": "y"}, ann, post)


def access(client: Any, _make_user: Make, _make_post: Make) -> Act:
    with client.application.app_context():
        person = db.session.scalars(select(Staff).where(Staff.name == "Edgar")).one()
        code = RecoveryCode(staff_id=person.id, code_hash="x")
        db.session.add(code)
        db.session.commit()
        address, key = at(person, "access"), code.id
        rights = db.session.scalars(select(Role.id).where(Role.key == OWNER)).one()
    form = {**Page(client.get(address)).values(""), "act": "reset-two-factor"}
    return Act(address, form, Role(id=rights), RecoveryCode(id=key))


@pytest.mark.parametrize(
    ("prepare", "is_changed", "status"),
    [
        (form, False, 303),
        (form, True, 409),
        (form_without_version, True, 409),
        (restoring, True, 409),
        (page_of_the_list, False, 303),
        (page_of_the_list, True, 409),
        (deletion, False, 303),
        (merge, False, 303),
        (merge, True, 409),
        (undo, False, 303),
        (undo, True, 409),
        (undo_anyway, True, 409),
        (plan, True, 303),
        (forgetting, False, 303),
        (access, False, 303),
    ],
)
@pytest.mark.usefixtures("editor")
def test_request_that_crosses_another_one_gives_way_and_overwrites_nothing(
    prepare: Callable[..., Act],
    status: int,
    as_owner: Any,
    *,
    is_changed: bool,
    make_user: Make,
    make_post: Make,
) -> None:
    act = prepare(as_owner, make_user, make_post)
    with as_owner.application.app_context():
        engine = db.engine
        before = db.session.scalar(select(func.count()).select_from(ChangeSet))
        db.session.remove()
    model = type(act.first)
    name = User.name if model is User else Post.content

    def change(other: Connection) -> None:
        other.execute(update(model).values({name: MEANWHILE, "version": model.version + 1}))

    with crossed(engine, act.first, act.second, change if is_changed else None) as found:
        answer = as_owner.post(act.address, data=act.form)

    assert (answer.status_code, found) == (status, [act.first.id])
    with as_owner.application.app_context():
        acts = (db.session.scalar(select(func.count()).select_from(ChangeSet)) or 0) - (before or 0)
        assert acts == (0 if status == 409 else 1)
        assert not is_changed or db.session.scalar(select(name).where(model.id == act.first.id)) == MEANWHILE
