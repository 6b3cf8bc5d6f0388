"""Amounts of money and currencies."""

from __future__ import annotations

from decimal import Decimal

from admin_app.kinds.formatted import FormattedKind
from admin_app.kinds.number import DecimalKind

# ISO 4217: what is paid with today.
CURRENCIES = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "ANG",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWG",
    ]
)
# How many places an amount has, where that is not two.
_PLACES = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


class MoneyKind(DecimalKind):
    """An amount in the currency that its column names: `info={"kind": "money", "currency": "EUR"}`."""

    name = "money"
    is_named = True
    values = ()

    @property
    def currency(self) -> str:
        """The currency's code; "" where none is named."""
        return str(self.stored.info.get("currency", ""))

    def problem_with(self, label: str, value: Decimal) -> str | None:
        """Refuse also parts of the smallest coin."""
        if problem := super().problem_with(label, value):
            return problem
        places = _PLACES.get(self.currency, 2)
        digits = Decimal(str(value)).normalize().as_tuple().exponent
        if isinstance(digits, int) and -digits > places and self.currency:
            return f"{label} must be an amount of {self.currency}, like {Decimal(5).scaleb(-places) + 12}."
        return None

    def written(self, value: Decimal) -> str:
        """Write "EUR 1,234.50"."""
        places = _PLACES.get(self.currency, 2)
        return f"{self.currency} {value:,.{places}f}".strip()


class CurrencyKind(FormattedKind):
    """A currency by its three letters."""

    name = "currency"
    wanted = "be a currency's three letters"
    example = "EUR"

    def read(self, text: str) -> str:
        """Write them as capitals."""
        code = text.upper()
        if code not in CURRENCIES:
            raise ValueError(text)
        return code
