"""A phone number, stored in E.164 format."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from admin_app.kinds.formatted import FormattedKind


class PhoneKind(FormattedKind):
    """A phone number with its country; `info={"kind": "phone", "region": "DE"}` sets the country of numbers without one."""

    name = "phone"
    wanted = "be a phone number with its country"
    example = "+49 30 123456"

    def read(self, text: str) -> str:
        """Return a number like +4930123456."""
        try:
            number = phonenumbers.parse(text, self.stored.info.get("region"))
        except NumberParseException as error:
            raise ValueError(text) from error
        if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
            raise ValueError(text)
        return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def spaced(text: str) -> str:
    """Return a stored number with spaces, +49 30 123456; another program's text stays as it is."""
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(text), PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return text
