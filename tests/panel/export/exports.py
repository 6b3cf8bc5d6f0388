"""Where lists are exported, and what stands in the file."""

from __future__ import annotations

import csv
import io
from typing import Any

POSTS, USERS = "/admin/post/export/csv/", "/admin/user/export/csv/"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline=""), strict=True))


def ids_of(response: Any) -> list[int]:
    return [int(row["ID"]) for row in rows_of(response)]
