"""The codes of the app that is the second factor, and the secret they are made from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp

from tests.page import Page

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now() -> str:
    return pyotp.TOTP(SECRET).at(datetime.now(UTC) + timedelta(seconds=25))


def secret_of(page: Page) -> str:
    return page.texts("code", class_="secret")[0].replace(" ", "")
