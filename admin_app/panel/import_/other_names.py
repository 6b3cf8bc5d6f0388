"""The column that a title means without naming it exactly: “E-Mail” and “Mail” an email, “Created on” what is created at."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from admin_app.kinds import kind_of
from admin_app.transfer.columns import ImportColumn

# By the kind of column: what other programs call such a one, by its letters alone.
_OTHER_NAMES: Mapping[str, Collection[str]] = {
    "email": frozenset({"email", "emailaddress", "mail", "mailaddress"}),
    "phone": frozenset({"phone", "phonenumber", "telephone", "telephonenumber", "tel", "mobile", "mobilenumber", "mobilephone"}),
    "url": frozenset({"url", "link", "website", "webaddress", "webpage", "homepage"}),
}  # fmt: skip
# What names of dates and times have beside the word that tells them apart: "Created on", "created_at", "Date created".
_BESIDE = frozenset({"at", "on", "date", "time"})
_DATES = frozenset({"date", "datetime", "local_datetime"})
_WORDS = re.compile(r"[^\W_]+")
Fit = Callable[[ImportColumn], bool]


def letters_of(title: str) -> str:
    """Return the letters and digits of a title, all small: "E-Mail" and "e_mail" are the same."""
    return "".join(_words_of(title))


def column_meant(title: str, columns: Mapping[str, ImportColumn]) -> str:
    """Return the key of the one column that fits a title best, "" where none does or several do equally well."""
    fits = _spelled_like(title), _of_kind_and_name(title), _of_kind(title), _date_like(title)
    for fit in fits if letters_of(title) else ():
        if found := [key for key, one in columns.items() if not one.names and fit(one)]:
            return found[0] if len(found) == 1 else ""
    return ""


def _spelled_like(title: str) -> Fit:
    wanted = letters_of(title)
    return lambda one: wanted in {letters_of(one.key), letters_of(one.label)}


def _of_kind_and_name(title: str) -> Fit:
    """Of several emails the one that is called so; and text that is called so, of whatever kind."""
    sorts = [names for names in _OTHER_NAMES.values() if letters_of(title) in names]
    return lambda one: any({letters_of(one.key), letters_of(one.label)} & {*names} for names in sorts)


def _of_kind(title: str) -> Fit:
    kinds = {name for name, names in _OTHER_NAMES.items() if letters_of(title) in names}
    return lambda one: kind_of(one.column).name in kinds


def _date_like(title: str) -> Fit:
    wanted = _date_words(title)

    def fits(one: ImportColumn) -> bool:
        is_date = bool(wanted) and kind_of(one.column).name in _DATES
        return is_date and wanted in {_date_words(one.key), _date_words(one.label)}

    return fits


def _date_words(title: str) -> tuple[str, ...]:
    return tuple(word for word in _words_of(title) if word not in _BESIDE)


def _words_of(title: str) -> list[str]:
    return _WORDS.findall(title.casefold())
