"""A table that is in the database comes into the dashboard by the two files that `manage.py resource new` prints, and a file that declares it wrongly stops the start: in a copy of the project."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tests.project_copy import DATABASE, bring_in, copy_project, require, run

TABLE = """CREATE TABLE supply_orders (
    id INTEGER PRIMARY KEY, label VARCHAR(40) NOT NULL, class VARCHAR(9), web_url VARCHAR(200), price NUMERIC(10, 2),
    due DATE, user_id INTEGER REFERENCES user (id), created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
    version INTEGER NOT NULL)"""
ROW = """INSERT INTO supply_orders VALUES
    (7, 'Nails', 'a', 'https://example.com', 9.5, '2026-01-31', NULL, '2026-01-01 12:00:00.000000',
    '2026-01-01 12:00:00.000000', 1)"""
FILE = re.compile(r"^# (admin_app/\S+)\n(.*?)(?=^# admin_app|\Z)", re.MULTILINE | re.DOTALL)


WRONG = """from __future__ import annotations

from admin_app.db.record import Legacy


class Wrong(Legacy):
    version = 1
"""


def test_a_table_comes_into_the_dashboard_by_the_files_that_are_printed_and_a_wrong_one_is_named(
    tmp_path: Path,
) -> None:
    copy_project(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute(TABLE)
        connection.execute(ROW)
    connection.close()

    for path, text in FILE.findall(run(tmp_path, "manage.py", "resource", "new", "supply_orders").stdout):
        (tmp_path / path).write_text(text)
    said = bring_in(tmp_path, "Supply orders")
    file = require(tmp_path, "manage.py", "export", "supplyorder", "-o", "-")
    refused = []

    for folder in ("resources", "models"):
        (tmp_path / "admin_app" / folder / "wrong.py").write_text(WRONG)
        refused.append(run(tmp_path, "manage.py", "check"))

    assert "No new upgrade operations detected" in said
    assert "Nails,a,https://example.com,9.50,2026-01-31" in file
    said = 'wrong.py, line 6: Wrong.version is ours: call it something else, `release = mapped_column("version")`.'
    assert [(one.returncode, one.stderr) for one in refused] == [
        (2, f"Error: admin_app/resources/{said}\n"),
        (2, f"Error: admin_app/models/{said}\n"),
    ]
