"""Three worked examples, each over tables of an application that is there: a shop, a table older than it, and a database read by reflection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import PATIENCE, act_on, choose, column, first_cells, open_menu, row_of, save
from tests.browser.tabs import REPORT_BREACHES, Complaints
from tests.examples.serve import PASSWORD
from tests.examples.served import Shop, shop

__all__ = ["shop"]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser of its own; fail the test when one of its pages complained."""
    context = browser.new_context(locale="en-US", timezone_id="UTC")
    context.set_default_timeout(PATIENCE)
    complaints = Complaints(context)
    context.add_init_script(REPORT_BREACHES)
    yield context.new_page()
    context.close()
    assert list(complaints) == []


@pytest.fixture
def ann(shop: Shop, visitor: Page) -> Page:
    """Return the page of Ann, who has signed in to the shop and goes on to the dashboard."""
    visitor.goto(f"{shop.url}/enter?name=ann&next=/admin/")
    return visitor


@pytest.fixture
def olga(shop: Shop, visitor: Page) -> Page:
    """Return the page of Olga, who has signed in to the dashboard over Chinook."""
    visitor.goto(f"{shop.chinook_url}/admin/")
    visitor.get_by_label("Email").fill("olga@example.com")
    visitor.get_by_role("textbox", name="Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("heading", name="Home")).to_be_visible()
    return visitor


def go_to(page: Page, words: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=words, exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def test_a_shop_gets_a_category_and_a_product_in_it_which_is_ordered(ann: Page) -> None:
    go_to(ann, "Categories")
    ann.get_by_role("link", name="Add category").click()
    ann.get_by_label("Name").fill("Bow saws")
    choose(ann.get_by_role("combobox", name="Parent (optional)"), "Saws", "Saws", javascript=True)
    save(ann, "Save category")
    expect(row_of(ann, "Bow saws")).to_contain_text("Saws")

    go_to(ann, "Products")
    ann.get_by_role("link", name="Add product").click()
    ann.get_by_label("Title").fill("Small bow saw")
    ann.get_by_label("Price").fill("14.5")
    choose(ann.get_by_role("combobox", name="Category (optional)"), "Bow", "Bow saws", javascript=True)
    choose(ann.get_by_role("combobox", name="Add tags"), "hea", "heavy", javascript=True)
    save(ann, "Save product")
    expect(row_of(ann, "Small bow saw")).to_contain_text("14.50")
    expect(row_of(ann, "Small bow saw")).to_contain_text("heavy")

    go_to(ann, "Order lines")
    ann.get_by_role("link", name="Add order line").click()
    choose(ann.get_by_role("combobox", name="Order"), "Kim", "Order of Kim", javascript=True)
    choose(ann.get_by_role("combobox", name="Product"), "Small", "Small bow saw", javascript=True)
    ann.get_by_label("Number").fill("3")
    save(ann, "Save order line")
    expect(first_cells(ann)).to_have_count(2)
    assert column(ann, "Number") == ["3", "2"]


def test_what_an_order_needs_stays_and_a_deleted_tag_comes_back_with_its_products(ann: Page) -> None:
    go_to(ann, "Tags")
    act_on(ann, "new", "Delete")
    ann.get_by_role("button", name="Delete tag").click()
    expect(row_of(ann, "heavy")).to_be_visible()
    expect(first_cells(ann)).to_have_count(1)
    with ann.expect_navigation():
        ann.get_by_role("button", name="Undo").click()
    go_to(ann, "Tags")
    expect(first_cells(ann)).to_have_count(2)
    expect(row_of(ann, "new")).to_contain_text("1")

    go_to(ann, "Orders")
    act_on(ann, "Order of Kim", "Delete")
    expect(ann.locator("#main")).to_contain_text("order line")
    ann.get_by_role("link", name="Cancel").click()
    expect(row_of(ann, "Kim")).to_be_visible()


def test_a_table_older_than_the_shop_is_edited_by_two_at_once(ann: Page, browser: Browser, shop: Shop) -> None:
    go_to(ann, "Suppliers")
    ann.get_by_role("link", name="Acme", exact=True).click()
    other = browser.new_context(locale="en-US", timezone_id="UTC").new_page()
    other.goto(f"{shop.url}/enter?name=bob&next=/admin/supplier/edit/?id=7")
    other.get_by_label("Since (optional)").fill("2002-02-03")
    save(other, "Save supplier")
    other.context.close()

    ann.get_by_label("Name").fill("Acme Ltd")
    save(ann, "Save supplier")
    expect(ann.locator("#main")).to_contain_text("Bob")
    ann.get_by_role("link", name="Cancel").first.click()

    expect(row_of(ann, "Acme")).to_contain_text("2002-02-03")


def test_a_reflected_database_is_searched_corrected_and_exported(olga: Page) -> None:
    go_to(olga, "Tracks")
    olga.locator("#listing-search").fill("grit")
    olga.keyboard.press("Enter")
    expect(first_cells(olga)).to_have_text(["Two Hundred Grit"])
    first_cells(olga).get_by_role("link", name="Two Hundred Grit", exact=True).click()
    choose(olga.get_by_role("combobox", name="Album (optional)"), "Cut", "Cut to Length", javascript=True)
    olga.get_by_label("Unit price").fill("1.49")
    save(olga, "Save track")
    expect(row_of(olga, "Two Hundred Grit")).to_contain_text("Cut to Length")

    go_to(olga, "Albums")
    act_on(olga, "Grain", "Delete")
    olga.get_by_role("button", name="Delete album").click()
    expect(first_cells(olga)).to_have_text(["Cut to Length"])
    open_menu(olga, "Export")
    with olga.expect_download() as download:
        olga.get_by_role("link", name="CSV").first.click()

    assert download.value.path().read_text("utf-8-sig").splitlines()[1].startswith("Cut to Length,1,The Saws,1")
