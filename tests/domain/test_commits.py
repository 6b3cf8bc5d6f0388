"""The domain leaves the transaction to whoever calls it: a view, a command, a job."""

from __future__ import annotations

import re
from pathlib import Path

import admin_app.domain

ENDS_A_TRANSACTION = re.compile(r"\.(commit|rollback)\(|\btransaction\(")


def test_the_domain_never_commits_nor_rolls_back() -> None:
    folder = Path(admin_app.domain.__file__).parent

    ending = [file.name for file in folder.rglob("*.py") if ENDS_A_TRANSACTION.search(file.read_text())]

    assert ending == []
