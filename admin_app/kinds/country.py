"""A country, stored as the two letters of ISO 3166."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from admin_app.kinds.formatted import FormattedKind


@cache
def countries() -> Mapping[str, str]:
    """Return the countries' names by their codes, from the list of the time zone database."""
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()
    pairs = (one.split("\t") for one in lines if not one.startswith("#"))
    return dict(sorted(((code, name) for code, name in pairs), key=lambda pair: pair[1]))


class CountryKind(FormattedKind):
    """A country code; names are accepted as input."""

    name = "country"
    wanted = "be a country, by its name or two letters"
    example = "DE"

    def read(self, text: str) -> str:
        """Return the code."""
        small = text.lower()
        found = [code for code, name in countries().items() if small in {code.lower(), name.lower()}]
        if not found:
            raise ValueError(text)
        return found[0]
