"""Summarise: the page of a list's numbers, what it lets whom know, and its file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.extensions import db, table_of
from admin_app.models.post import Post
from tests.page import Page
from tests.stores import both_stores

SUMMARY = "/admin/post/summary/"
BY_MONTH = f"{SUMMARY}?by=created_at__month"


def groups(page: Page) -> dict[str, str]:
    """Return what each row's number says, by the row's name."""
    rows = [one for tbody in page.all("tbody") for one in tbody.all("tr")]
    return {row.all("th")[0].text: row.all("a")[0].text.split()[0] for row in rows}


def links(page: Page) -> dict[str, str]:
    rows = [one for tbody in page.all("tbody") for one in tbody.all("tr")]
    return {row.all("th")[0].text: row.all("a")[0].attributes["href"] for row in rows}


@pytest.fixture(autouse=True)
def _late_in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day to which the periods go on."""
    monkeypatch.setattr("admin_app.panel.grouping.groupings.today", lambda: date(2026, 11, 30))


@pytest.fixture
def autumn(make_user: Any, make_post: Any) -> dict[str, int]:
    """Make Ann's two posts and one of nobody's, in September and November."""
    ann = make_user(name="Ann", email="ann@example.com")
    for month, user in ((9, ann), (11, ann), (11, None)):
        make_post(content=f"In month {month}", user=user, created_at=datetime(2026, month, 5, tzinfo=UTC))
    return {"ann": ann.id}


@pytest.mark.usefixtures("autumn")
def test_a_list_leads_to_its_summary_and_the_numbers_lead_back_to_their_rows(as_viewer: Any) -> None:
    page = Page(as_viewer.get(Page(as_viewer.get("/admin/post/?q=month&user__empty=no")).link("Summarise")))

    assert (page.status, page.heading) == (200, "Posts by week")
    assert page.texts("p", class_="page-head__result") == ["Search “month” · With any user"]
    behind = Page(as_viewer.get(links(page)["Week of 2026-11-02"]))
    assert (behind.column("Content"), behind.chips) == (
        ["In month 11"],
        ["With any user", "Created at is between 2026-11-02 to 2026-11-08"],
    )


@pytest.mark.usefixtures("autumn")
def test_periods_without_rows_are_told_too_the_newest_first(as_viewer: Any) -> None:
    page = Page(as_viewer.get(BY_MONTH))

    assert groups(page) == {"November 2026": "2", "October 2026": "0", "September 2026": "1"}
    assert page.texts("tfoot") == ["All 3 posts in all"]


@pytest.mark.usefixtures("autumn")
def test_a_chart_says_the_same_as_its_table_the_oldest_first(as_viewer: Any) -> None:
    page = Page(as_viewer.get(BY_MONTH))

    chart = page.all("svg", class_="chart__columns")[0]
    assert [one.text for one in chart.all("title")] == [
        "September 2026: 1 post",
        "October 2026: 0 posts",
        "November 2026: 2 posts",
    ]
    assert [one.attributes["href"] for one in chart.all("a")] == list(links(page).values())[::-1]
    assert [one.attributes["height"] for one in chart.all("rect", class_="chart__bar")] == ["50.0", "0.0", "100.0"]


@pytest.mark.usefixtures("autumn")
def test_rows_before_the_first_bar_are_in_the_table_and_in_no_bar(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.panel.grouping.periods.MOST", 2)

    page = Page(as_viewer.get(BY_MONTH))

    assert page.texts("p", class_="summary__total") == ["3 posts in all"]
    assert page.texts("p", class_="hint") == ["Not in the chart: 1 post (until 2026-09-30)."]
    chart = page.all("svg", class_="chart__columns")[0]
    assert [one.text for one in chart.all("title")] == ["October 2026: 0 posts", "November 2026: 2 posts"]


@pytest.mark.usefixtures("autumn")
@pytest.mark.parametrize(
    ("narrowed", "newest"), [("", "Week of 2026-11-30"), ("&created_at__until=2026-11-08", "Week of 2026-11-02")]
)
def test_periods_go_on_until_now_unless_the_list_is_about_some_of_the_time(
    narrowed: str, newest: str, as_viewer: Any
) -> None:
    page = Page(as_viewer.get(f"{SUMMARY}?by=created_at__week{narrowed}"))

    assert next(iter(groups(page))) == newest


def test_rows_are_counted_by_the_record_that_they_belong_to(as_viewer: Any, autumn: dict[str, int]) -> None:
    page = Page(as_viewer.get(f"{SUMMARY}?by=user"))

    assert (groups(page), links(page)) == (
        {"Ann": "2", "None": "1"},
        {"Ann": f"/admin/post/?user__is={autumn['ann']}", "None": "/admin/post/?user__empty=yes"},
    )


@pytest.mark.usefixtures("autumn")
def test_nobody_is_told_of_rows_that_they_do_not_see(client_with: Any, make_user: Any, make_post: Any) -> None:
    own = make_user(name="Liam", email="liam@example.com")
    make_post(content="Own", user=own, created_at=datetime(2026, 11, 5, tzinfo=UTC))
    client = client_with("post:*", "user:list", rows=["post:own"])

    pages = [Page(client.get(f"{SUMMARY}?by={by}")) for by in ("created_at__year", "user")]

    assert [groups(page) for page in pages] == [{"2026": "1"}, {"Liam": "1"}]


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ({"fields": ["post.user:hidden"]}, ["day", "week", "month", "year"]),
        ({"fields": ["post.created_at:hidden"]}, ["User"]),
        # Of users one by one, of whom most are not theirs to see.
        ({"rows": ["user:own"]}, ["day", "week", "month", "year"]),
    ],
)
def test_what_somebody_may_not_see_they_cannot_count_by(
    rights: dict[str, list[str]], offered: list[str], client_with: Any
) -> None:
    client = client_with("post:*", "user:*", **rights)

    page = Page(client.get(SUMMARY))
    refused = [client.get(f"{SUMMARY}?by={by}").status_code for by in ("user", "created_at__week", "content")]

    assert [one.text.removeprefix("Created at, by ") for one in page.all("option")] == offered
    assert refused == [200 if "User" in offered else 400, 200 if "day" in offered else 400, 400]


@pytest.mark.usefixtures("autumn")
def test_its_file_says_the_same(as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{BY_MONTH}&user__empty=no"))

    response = as_viewer.get(page.link("CSV"))

    assert response.text == "Month,Posts\r\n2026-11,1\r\n2026-10,0\r\n2026-09,1\r\n"
    assert response.headers["Content-Disposition"] == 'attachment; filename="post-created_at__month.csv"'


@pytest.mark.parametrize(
    "rights", [["post:list", "user:list"], ["post:list", "user:list", "post:export"]], ids=["nothing", "not the user"]
)
def test_what_may_not_leave_does_not(rights: list[str], client_with: Any) -> None:
    hidden = ["post.user:hidden"] if "post:export" in rights else []
    seeing, taking = client_with(*rights[:2], name="Seer"), client_with(*rights, fields=hidden)

    page = Page(seeing.get(f"{SUMMARY}?by=user"))

    assert "CSV" not in page.texts("a")
    assert taking.get("/admin/post/summary.csv?by=user").status_code in {400, 403}


def test_an_unreadable_filter_counts_nothing_and_says_so(as_viewer: Any, make_post: Any) -> None:
    make_post()

    page = Page(as_viewer.get(f"{SUMMARY}?created_at__on=never"))

    assert page.texts("p", class_="error") == ["One filter isn't valid, so nothing is counted. Fix or remove it."]
    assert page.all("table") == []


@both_stores
@pytest.mark.usefixtures("slow_posts")
def test_what_takes_too_long_to_count_says_what_to_do(as_viewer: Any) -> None:
    response = as_viewer.get(f"{SUMMARY}?q=zq&content__ends=no")

    page = Page(response)
    assert response.status_code == 503
    assert page.texts(class_="empty") == ["Counting took too long Narrow the list."]


@pytest.mark.usefixtures("autumn")
def test_ticks_are_left_behind_as_they_belong_to_one_list(as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{BY_MONTH}&ticks=1"))

    assert groups(page) == {"November 2026": "2", "October 2026": "0", "September 2026": "1"}


@both_stores
@pytest.mark.parametrize(
    ("months", "told"),
    [
        (
            (9,),
            {
                "November 2026": "0",
                "October 2026": "0",
                "September 2026": "1",
                "Until 2026-08-31": "1",
                "From 2026-12-01": "2",
            },
        ),
        ((), {"Unreadable": "3"}),
    ],
)  # fmt: skip -- one summary a line
def test_times_that_cannot_be_read_lie_before_and_after_all_others(
    months: tuple[int, ...], told: dict[str, str], *, app: Flask, as_viewer: Any, make_post: Any
) -> None:
    for month in months:
        make_post(created_at=datetime(2026, month, 5, tzinfo=UTC))
    with app.app_context():
        for odd in ("infinity", "-infinity", "infinity"):
            key = make_post().id
            db.session.execute(sa.text(f"UPDATE {table_of(Post).name} SET created_at = '{odd}' WHERE id = {key}"))
            db.session.commit()

    page = Page(as_viewer.get(BY_MONTH))

    assert groups(page) == told
    behind = {name: Page(as_viewer.get(url)) for name, url in links(page).items()}
    assert {name: str(len(one.column("Content"))) for name, one in behind.items()} == told
