"""What is computed is listed, found, sorted and exported like what is stored, and changed by nobody. Copied by test_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.crate import Crate
from admin_app.resources.crate import CrateResource

from admin_app.errors import ConfigurationError
from tests.page import Page
from tests.stores import both_stores

LISTED = {
    "sort=area": ["b", "a", "c"],
    "sort=-area": ["c", "a", "b"],
    "sort=doubled": ["c", "a", "b"],
    "sort=-marked": ["c", "b", "a"],
    "sort=label&area__greater=12": ["a"],
    "sort=label&area__empty=yes": ["c"],
    "sort=label&doubled__in=4,6": ["a", "b"],
    "sort=label&marked__ends=B!": ["b"],
    "sort=label&marked__equals=a!": ["a"],
    "sort=label&q=c!": ["c"],
}


@pytest.fixture
def crates(keep: Any) -> list[int]:
    sizes = {"a": (2, 9), "b": (3, 4), "c": (1, None)}
    return [keep(Crate(label=label, width=width, height=height)).id for label, (width, height) in sizes.items()]


@both_stores
@pytest.mark.usefixtures("crates")
def test_a_list_goes_by_what_is_computed(as_viewer: Any) -> None:
    found = {asked: Page(as_viewer.get(f"/admin/crate/?{asked}")).column("Label") for asked in LISTED}

    assert found == LISTED


@both_stores
def test_a_page_begins_behind_a_computed_value(as_viewer: Any, crates: list[int]) -> None:
    page = Page(as_viewer.get(f"/admin/crate/?sort=area&after={crates[1]}~12"))

    assert (page.status, page.column("Label")) == (200, ["a", "c"])


@pytest.mark.usefixtures("crates")
def test_lists_pages_and_files_say_it(as_editor: Any, crates: list[int]) -> None:
    row = Page(as_editor.get("/admin/crate/?sort=label")).rows()[0]
    details = Page(as_editor.get(f"/admin/crate/details/?id={crates[0]}"))
    file = as_editor.get("/admin/crate/export/csv/?sort=label").get_data(as_text=True)

    assert row[:5] == ["a", "4", "18", "a!", "A"]
    assert details.texts("dt")[:7] == ["Label", "Width", "Height", "Doubled", "Area", "Marked", "Loud"]
    a, b, c = crates
    assert file.splitlines()[1:] == [f"a,4,18,a!,A,{a}", f"b,6,12,b!,B,{b}", f"c,2,,c!,C,{c}"]


def test_a_form_has_no_field_for_it_and_saves_the_rest(as_editor: Any, crates: list[int]) -> None:
    address = f"/admin/crate/edit/?id={crates[0]}"
    values = Page(as_editor.get(address)).values()

    saved = as_editor.post_form(address, {**values, "width": "5"})

    assert ({"area", "doubled"} & set(values), saved.status_code) == (set(), 303)
    assert Page(as_editor.get("/admin/crate/?sort=label")).rows()[0][1:3] == ["10", "45"]


@pytest.mark.usefixtures("crates")
def test_who_may_not_see_a_column_sees_nothing_computed_of_it(client_with: Any) -> None:
    client = client_with("crate:*", fields=["crate.height:hidden"])

    page = Page(client.get("/admin/crate/?sort=label"))

    assert page.rows()[0][:4] == ["a", "4", "a!", "A"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "loud",
            "which only Python computes. Remove it, or write it as a hybrid_property that the database can compute.",
        ),
        ("depth", "which Crate does not have."),
    ],
)
def test_what_the_database_does_not_know_is_refused_as_a_sort(name: str, problem: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(CrateResource, "column_sortable_list", (name,))

    with pytest.raises(ConfigurationError) as refusal:
        _ = CrateResource().list_schema

    assert str(refusal.value) == f"CrateResource.column_sortable_list names {name}, {problem}"
