"""Groups of filters in the address of a list: found, said as sentences, refused where they cannot be read, never widened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


@pytest.fixture
def four(make_user: Users) -> dict[str, int]:
    """Make Ann and Bob at work, Ann and Cleo at home."""
    people = [("Ann", "work"), ("Bob", "work"), ("Ann", "home"), ("Cleo", "home")]
    return {
        f"{name} {place}": make_user(name=name, email=f"{name.lower()}@{place}.example").id for name, place in people
    }


@both_stores
@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("name contains ann or email ends @work.example", ["Ann work", "Bob work", "Ann home"]),
        ("name contains ann and email ends @work.example", ["Ann work"]),
        ("(name is x)", None),
        ("name equals Cleo or (name equals Ann and email contains home)", ["Ann home", "Cleo home"]),
        ("(name equals Ann or name equals Bob) and (email contains home or email contains cleo)", ["Ann home"]),
        ('name in "Bob, Cleo" or name starts "an"', ["Ann work", "Bob work", "Ann home", "Cleo home"]),
    ],
)
def test_groups_find_what_they_say(where: str, who: list[str] | None, four: dict[str, int], as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/user/", query_string={"where": where}))

    assert (page.status, sorted(page.ids())) == ((200, [four[name] for name in who]) if who else (400, []))


def test_group_is_one_chip_that_reads_as_a_sentence_and_goes_by_itself(as_viewer: Any) -> None:
    where = "(name contains Ann or email ends @example.org) and (name starts B or (name ends o and email contains c))"
    page = Page(as_viewer.get("/admin/user/", query_string={"where": where, "created_at__from": "2020-01-01"}))

    links = [link.attributes["href"] for link in page.all("a", title="Remove filter")]

    assert page.chips == [
        "Created at is on or after 2020-01-01",
        "Name contains “Ann” or Email ends with “@example.org”",
        "Name starts with “B” or (Name ends with “o” and Email contains “c”)",
    ]
    assert links[1:] == [
        "/admin/user/?created_at__from=2020-01-01&where=name+starts+B+or+%28name+ends+o+and+email+contains+c%29",
        "/admin/user/?created_at__from=2020-01-01&where=name+contains+Ann+or+email+ends+%40example.org",
    ]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("name contains", "“where” is not valid: at character 14 it ends, and a value was expected."),
        ('name contains "Ann', "“where” is not valid: the quotation mark at character 15 is not closed."),
        ("(((((( name is x ))))))", "Filter groups can be nested 5 deep; this address goes deeper."),
        (" or ".join(["name contains a"] * 51), "A list can have 50 filters at most; this address has more."),
        ("password_hash contains a", "This list has no filter called “password_hash__contains”."),
        ("name like a", "This list has no filter called “name__like”."),
        ("name contains a or " * 20 + "x" * 1_000_000, "“where” can have 110,000 characters at most"),
    ],
)
def test_group_that_cannot_be_read_is_refused_by_a_page_that_says_where(where: str, words: str, as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/user/", query_string={"where": where}))

    assert page.status == 400
    assert any(text.startswith(words) for text in page.texts("p", within="main"))


@pytest.mark.parametrize("other", [{}, {"name__contains": "Ann"}, {"q": "ann"}, {"where": "name contains Ann"}])
@pytest.mark.parametrize(
    "where", ["created_at on x or name contains Ann", "name contains Ann and (name contains n or created_at on x)"]
)
def test_group_with_a_value_without_a_meaning_shows_no_rows(
    where: str, other: dict[str, str], as_viewer: Any, make_user: Users
) -> None:
    make_user(name="Ann")
    asked = [("where", where), *other.items()]
    page = Page(as_viewer.get("/admin/user/", query_string="&".join(f"{key}={value}" for key, value in asked)))

    assert (page.status, page.rows()) == (200, [])
    assert any(chip.endswith("Enter a date like 2026-11-22.") for chip in page.chips)
    assert page.error_of("listing-add1-created_at") == "Enter a date like 2026-11-22."
    assert as_viewer.get("/admin/user/export/csv/", query_string={"where": where}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "where=%00",
        "where=%ff%fe",
        "where=" + "%28" * 5000,
        "where=" + "%22" * 5001,
        "where=" + "a" * 1_000_000,
        "where=name+contains+%22" + "a" * 100_000 + "%22",
        "where=name+contains+%22%00%22",
        "where=name+contains+a&" * 60,
        "&".join(f"name__contains={number}" for number in range(1500)),
        "q=" + "+".join(f"word{number}" for number in range(1500)),
        "build=row:1_2_3&more1_2_3=name",
        "build=row:" + "1_" * 5000 + "&add" + "1_" * 5000 + "1.name=x",
        "build=remove:::x&build=remove:9:name:99999999999999999999",
        "build=remove::name:-1",
        "build=group:²",
        "build=group:1_1_1_1_1_1_1_1",
        "add1_1_1_1_1_1.name.op=contains&add1_1_1_1_1_1.name=a&add.name=b",
        "add.name=a&add.name.op=" + "x" * 100_000,
        "&".join(f"add{number}.name.op=contains&add{number}.name=a" for number in range(1000)),
        "&".join(["add.name.op=contains&add.name=a"] * 1500),
        "created_at__within=last-99999999999999999999-days",
    ],
)
def test_hostile_address_is_never_an_error_and_never_all_rows(query: str, as_owner: Any, four: dict[str, int]) -> None:
    for method in ("/admin/user/", "/admin/user/export/csv/"):
        response = as_owner.get(f"{method}?{query}", follow_redirects=True)

        assert response.status_code in {200, 400}
        rows = len(Page(response).rows()) if response.mimetype == "text/html" else response.text.count("@")
        assert rows < len(four) or query.startswith("build="), response.request.url
