"""Make the dashboard's tables in the shop's database, go back to an older version of them, and upgrade; look at a list, and change a record."""

from __future__ import annotations

import json
import os
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import inspect, text

from admin_app import is_outside_dashboard
from admin_app.extensions import db
from tests.examples import odd_tables, shop
from tests.examples.serve import fill, run


def main() -> None:
    shop.RESOURCES += [
        odd_tables.WideResource,
        odd_tables.ParcelResource,
        odd_tables.BoxResource,
        odd_tables.CrateResource,
    ]
    app = shop.create_app()
    said = [run(app, "upgrade"), run(app, "upgrade")]
    fill(app)
    inside = app.extensions["dashboard /admin"]
    with inside.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE admin_host_person"))
        connection.execute(text("DROP INDEX ix_admin_job_staff_id"))
        connection.execute(text("ALTER TABLE admin_job ADD COLUMN former INTEGER"))
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE admin_staff ALTER COLUMN last_sign_in_at SET NOT NULL"))
        connection.execute(text("UPDATE admin_alembic_version SET version_num = '0027'"))
    said += [run(app, "upgrade", "--plan"), run(app, "upgrade"), run(app, "upgrade")]
    checked = _checked(app)
    client = app.test_client()
    client.get("/enter?name=ann")
    pages = [
        client.get(f"/admin/{path}").status_code for path in ("product/?title__contains=saw", "category/", "activity/")
    ]
    worked = [
        odd_tables.worked(client, "wide", "c199"),
        odd_tables.worked(client, "parcel", "label", product="1", sent_at="2026-10-25T02:30+01:00"),
        odd_tables.worked(client, "crate", "wood", label="big"),
    ]
    is_kept = "2026-10-25T01:30:00Z" in client.get("/admin/parcel/export/csv/").text
    with inside.app_context():
        versions = db.session.scalars(text("SELECT version_num FROM admin_alembic_version")).all()
        tables = [one for one in inspect(db.engine).get_table_names() if "alembic" in one]
        theirs = MigrationContext.configure(db.session.connection(), opts={"include_name": is_outside_dashboard})
        dropped = [one[1].name for one in compare_metadata(theirs, shop.db.metadata) if one[0] == "remove_table"]
    found = {"is_kept": is_kept, "dropped": dropped, "checked": checked, "said": said}
    print(json.dumps({**found, "pages": pages, "worked": worked, "versions": list(versions), "tables": tables}))  # noqa: T201 -- it is asked for


def _checked(app: Flask) -> list[list[str]]:
    """Check the set-up beside migrations of the shop's that leave the dashboard's tables alone, and beside such as do not."""
    folder = Path(os.environ["SHOP_FOLDER"], "migrations")
    folder.mkdir()
    (folder / "env.py").write_text("context.configure(**conf_args)")
    found = []
    for options in ({"include_name": is_outside_dashboard}, {}):
        Migrate(app, shop.db, directory=str(folder), **options)
        done = app.test_cli_runner().invoke(args=["admin", "check", "--deploy"])
        found.append([one.partition(". ")[0] for one in done.stderr.splitlines()])
    return found


if __name__ == "__main__":
    os.environ.setdefault("SHOP_FOLDER", "")
    main()
