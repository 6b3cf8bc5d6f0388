"""How a typed number is read: as that number or not at all, and never as another one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.number_parsing import AmbiguousList, AmbiguousNumber, number, numbers_in, whole_number

WHOLE = {
    "42": 42,
    " +42 ": 42,
    "\u22125": -5,
    "\u20135": -5,
    "\uff0d5": -5,
    "5 045": 5045,
    "5,045": 5045,
    "5'045": 5045,
    "5\u2019045": 5045,
    "5\u00a0045": 5045,
    "5\u202f045": 5045,
    "1,099,511,627,776": 1099511627776,
    "1.234.567": 1234567,
    "\uff15\uff10\uff14\uff15": 5045,
    "\u0665\u0660\u0664\u0665": 5045,
    "\u0665\u066c\u0660\u0664\u0665": 5045,
    "\u200e42\ufeff": 42,
    "0045": 45,
}
NUMBERS = {
    "4.2": Decimal("4.2"),
    "4,2": Decimal("4.2"),
    "\u22124,2": Decimal("-4.2"),
    "\u0664\u066b\u0662": Decimal("4.2"),
    "0,045": Decimal("0.045"),
    "5.045": Decimal("5.045"),
    ".5": Decimal("0.5"),
    "5.": Decimal(5),
    "5 045": Decimal(5045),
    "1,234.5": Decimal("1234.5"),
    "1.234,5": Decimal("1234.5"),
    "1 234,567": Decimal("1234.567"),
    "1,234,567": Decimal(1234567),
    "1e3": Decimal(1000),
    "1.5E-7": Decimal("1.5E-7"),
}
REFUSED_BY_BOTH = (
    "",
    "-",
    ".",
    ",",
    "5,",
    "five",
    "²",
    "1_000",
    "50 45",
    "50\n45",
    "5 0",
    "1,23,456",
    "1,234,5",
    "1 234 5",
    "1,234 567",
    "- 5",
    "5-",
    "--5",
    "0x10",
    "nan",
    "Infinity",
    "1e9999",
    "\u09ea50",
    "9" * 999,
)  # fmt: skip -- one list
NOT_WHOLE = ("4.2", "4,2", "5.0", "5.", "1e3", "1.23457E+12", "1,234.5")


@pytest.mark.parametrize("text", WHOLE)
def test_whole_number_is_read_however_it_is_written(text: str) -> None:
    assert whole_number(text) == WHOLE[text]


@pytest.mark.parametrize("text", NUMBERS)
def test_number_is_read_however_it_is_written(text: str) -> None:
    assert number(text) == NUMBERS[text]


@pytest.mark.parametrize("text", REFUSED_BY_BOTH)
def test_what_is_no_number_is_none(text: str) -> None:
    for read in (whole_number, number):
        with pytest.raises(ValueError, match=r"^(?!“)"):
            read(text)


@pytest.mark.parametrize("text", NOT_WHOLE)
def test_a_fraction_is_never_taken_off(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!“)"):
        whole_number(text)


@pytest.mark.parametrize(("read", "text"), [(number, "5,045"), (whole_number, "5.045")])
def test_what_may_mean_two_numbers_is_refused_with_both(read: object, text: str) -> None:
    with pytest.raises(AmbiguousNumber, match=f"^“{text}” could be 5045 or 5.045. Enter the one you mean.$"):
        read(text)  # type: ignore[operator]


LISTS = {
    "50 45": ["50", "45"],
    "50\n45": ["50", "45"],
    "50\r\n45\r\n": ["50", "45"],
    "50\t45": ["50", "45"],
    "50;45": ["50", "45"],
    "50,45": ["50", "45"],
    "50 , 45,, 7;": ["50", "45", "7"],
    "5 145": ["5", "145"],
    "50\u00a045": ["50", "45"],
    "1,234,567": ["1", "234", "567"],
    "\u0665\u0660\u060c \u0664\u0665": ["\u0665\u0660", "\u0664\u0665"],
    " , ;": [],
}
AMBIGUOUS = ("5,045", "5 045", "5\u00a0145", "5\u202f145\n6", "5,145\n6,145", "5,145 7")


@pytest.mark.parametrize("text", LISTS)
def test_blanks_line_ends_tabs_semicolons_and_commas_separate(text: str) -> None:
    assert numbers_in(text, is_whole=True) == LISTS[text]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_list_in_which_a_sign_may_separate_or_group_is_refused(text: str) -> None:
    with pytest.raises(AmbiguousList, match="could be one number or several"):
        numbers_in(text, is_whole=True)


def test_a_comma_in_a_list_of_fractions_has_to_stand_apart() -> None:
    assert numbers_in("9.99,10 ; 4.2, 5", is_whole=False) == ["9.99", "10", "4.2", "5"]
    with pytest.raises(AmbiguousList):
        numbers_in("1,5", is_whole=False)
    with pytest.raises(AmbiguousList):
        numbers_in("1,234; 5", is_whole=False)


SEPARATORS = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", ";", ", ", ",", "\u00a0", " ; "])


@given(st.lists(st.tuples(st.integers(0, 10**12), SEPARATORS), min_size=1, max_size=8))
def test_a_list_means_its_numbers_or_nothing(typed: list[tuple[int, str]]) -> None:
    text = "".join(f"{value}{between}" for value, between in typed)
    try:
        found = [whole_number(one) for one in numbers_in(text, is_whole=True)]
    except ValueError:
        return
    assert found == [value for value, _ in typed]


@given(st.integers(1, 10**9), st.sampled_from(["50 45", "50\n45", "50;45"]))
def test_a_list_with_nothing_but_clear_separators_is_never_refused(value: int, rest: str) -> None:
    assert numbers_in(f"{value}\n{rest}", is_whole=True) == [str(value), "50", "45"]


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", " ", "'", "\u00a0", "."]))
def test_groups_of_three_are_read_back(value: int, between: str) -> None:
    text = f"{value:,}".replace(",", between)
    try:
        assert whole_number(text) == value
    except AmbiguousNumber:
        assert text.count(".") == 1


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_what_python_writes_is_read_back(value: Decimal) -> None:
    assert number(str(value)) == value
    assert number(str(float(value))) == Decimal(str(float(value)))


@given(st.text(alphabet="0123456789\u0665\uff15+-\u2212., \u00a0'e_", max_size=9))
def test_a_number_has_the_digits_that_were_typed(text: str) -> None:
    try:
        value = whole_number(text)
    except ValueError:
        return
    digits = "".join(str(int(one)) for one in text if one.isdecimal())
    assert abs(value) == int(digits)
