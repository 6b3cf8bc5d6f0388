"""What each person set: a row a resource, written in one statement, gone with the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select

from admin_app.domain import preferences
from admin_app.domain.preferences import ASKED_FOR, EVERYWHERE, Settings, settings_by_resource
from admin_app.extensions import db
from admin_app.models.preference import Density, Preference, Theme
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def ann(make_staff: Callable[..., Staff]) -> Staff:
    return make_staff("Ann")


def settings(staff: Staff, resource: str = EVERYWHERE) -> Settings:
    db.session.commit()
    rows = db.session.execute(select(*ASKED_FOR).where(Preference.staff_id == staff.id))
    return settings_by_resource(rows).get(resource, Settings())


def test_who_set_nothing_has_what_is_usual(ann: Staff) -> None:
    assert settings(ann, "post") == Settings((), 0, Density.COMFORTABLE, None, has_shortcuts=True)


def test_what_is_set_is_read_again_and_leaves_the_rest(ann: Staff) -> None:
    preferences.remember_settings(db.session, ann, resource="post", columns=["content", "id"])
    preferences.remember_settings(db.session, ann, resource="post", page_size=50)
    preferences.remember_settings(db.session, ann, resource="post", density=Density.COMPACT)

    assert settings(ann, "post") == Settings(("content", "id"), 50, Density.COMPACT, None)


def test_the_usual_is_set_by_nothing_in_it(ann: Staff) -> None:
    preferences.remember_settings(db.session, ann, resource="post", columns=["content"], page_size=50)

    preferences.remember_settings(db.session, ann, resource="post", columns=[], page_size=0)

    assert settings(ann, "post") == Settings()


def test_setting_nothing_writes_nothing(ann: Staff) -> None:
    preferences.remember_settings(db.session, ann, resource="post")

    assert db.session.scalar(select(func.count()).select_from(Preference)) == 0


def test_resources_and_people_are_kept_apart(ann: Staff, make_staff: Callable[..., Staff]) -> None:
    bob = make_staff("Bob")

    preferences.remember_settings(db.session, ann, resource="post", page_size=50)
    preferences.remember_settings(db.session, bob, resource="post", page_size=100)

    sizes = [settings(one, name).page_size for one in (ann, bob) for name in ("post", "user")]
    assert sizes == [50, 0, 100, 0]


def test_shortcuts_are_switched_off_and_on(ann: Staff) -> None:
    preferences.remember_shortcuts(db.session, ann, is_on=False)
    off = settings(ann).has_shortcuts
    preferences.remember_shortcuts(db.session, ann, is_on=True)

    assert (off, settings(ann).has_shortcuts) == (False, True)


def test_the_frame_is_kept_part_by_part(ann: Staff) -> None:
    preferences.remember_frame(db.session, ann, theme=Theme.DARK)
    preferences.remember_frame(db.session, ann, is_narrow=True)
    preferences.remember_frame(db.session, ann)

    assert settings(ann) == Settings(theme=Theme.DARK, is_narrow=True)


def test_they_go_with_the_person(ann: Staff) -> None:
    preferences.remember_shortcuts(db.session, ann, is_on=False)

    db.session.execute(delete(Staff).where(Staff.id == ann.id))

    assert db.session.scalar(select(func.count()).select_from(Preference)) == 0
