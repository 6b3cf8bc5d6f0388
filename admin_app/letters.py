"""When two texts are the same to a person: composed or decomposed, in capitals or small letters."""

from __future__ import annotations

import unicodedata


def composed(value: str) -> str:
    """Return the text in Unicode's form NFC, the one in which every text is kept."""
    return unicodedata.normalize("NFC", value)


def caseless(value: str) -> str:
    """Return the form in which two texts are compared for equality: full case folding of NFC, in NFC again.

    "ΠΑΠΠΆΣ" and "Παππάς" are the same, "STRASSE" and "Straße" too. The dotted capital I is an i, as on PostgreSQL.
    """
    return composed(composed(value).replace("\u0130", "i").casefold())
