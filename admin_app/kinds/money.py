"""Amounts of money and currencies."""

from __future__ import annotations

from decimal import Decimal

from admin_app.kinds.formatted import FormattedKind
from admin_app.kinds.number import DecimalKind

# The currencies of ISO 4217 in use today.
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
# How many decimal places an amount has, if not two.
_PLACES = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


class MoneyKind(DecimalKind):
    """An amount in a fixed currency, `info={"kind": "money", "currency": "EUR"}`, or in the currency that another column holds."""

    name = "money"
    is_named = True
    values = ()

    @property
    def currency(self) -> str:
        """The currency's code; "" if it is in another column, or none is named."""
        return "" if self.beside else str(self.stored.info.get("currency", ""))

    @property
    def beside(self) -> str:
        """The column with the record's currency, "" if there is none."""
        named = str(self.stored.info.get("currency", ""))
        return named if named and named not in CURRENCIES else ""

    def problem_with(self, label: str, value: Decimal) -> str | None:
        """Return the problem with a wrong number, or with more decimal places than the currency has."""
        if problem := super().problem_with(label, value):
            return problem
        return problem_with_amount(label, value, self.currency)

    def typed(self, value: Decimal) -> str:
        """Write the amount as a person types it, without zeros that only the column adds: 75.000 could mean thousands."""
        return f"{value:.{max(_PLACES.get(self.currency, 2), -_exponent(value))}f}"

    def written(self, value: Decimal, currency: object = None) -> str:
        """Write "EUR 1,234.50"; without a currency, with every digit."""
        code = str(currency or self.currency)
        if code in CURRENCIES:
            return f"{code} {value:,.{max(_PLACES.get(code, 2), -_exponent(value))}f}"
        return f"{value:,}" if self.beside else f"{code} {value:,.2f}".strip()


def problem_with_amount(label: str, value: object, currency: object) -> str | None:
    """Return the problem with an amount that has more decimal places than its currency; None if either is missing."""
    if value is None or currency not in CURRENCIES:
        return None
    places = _PLACES.get(str(currency), 2)
    if -_exponent(Decimal(str(value))) > places:
        return f"{label} must be an amount of {currency}, like {Decimal(5).scaleb(-places) + 12}."
    return None


def _exponent(value: Decimal) -> int:
    """Return the power of ten of the last digit that isn't zero."""
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


class CurrencyKind(FormattedKind):
    """A currency by its three letters."""

    name = "currency"
    wanted = "be a currency's three letters"
    example = "EUR"

    def read(self, text: str) -> str:
        """Return the code in capitals."""
        code = text.upper()
        if code not in CURRENCIES:
            raise ValueError(text)
        return code
