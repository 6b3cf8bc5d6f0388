"""Replace what is in a PostgreSQL database with an archive of pg_dump, in one transaction: a restore that fails changes nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from psycopg import sql
from sqlalchemy import URL, Connection, text

from admin_app.backup.programs import carry_out, run

_SCHEMAS = text("SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'")
_EXTENSIONS = text("SELECT extname FROM pg_extension")
# What is directly in a schema, without what an extension or another object brings along. Extensions stay: only a superuser
# could create some of them again. So do the schemas themselves, and their owners.
_EMPTIED = """
BEGIN;
SET LOCAL client_min_messages = warning;
-- A dashboard that still runs is not waited for.
SET LOCAL lock_timeout = '15s';
DO $$
DECLARE dropped text[]; one text;
BEGIN
    SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE', replace(found.type, ' object', ''), found.identity)) INTO dropped
    FROM pg_depend AS held JOIN pg_namespace AS place
        ON held.refclassid = 'pg_namespace'::regclass AND held.refobjid = place.oid,
    LATERAL pg_identify_object(held.classid, held.objid, held.objsubid) AS found
    WHERE place.nspname IN ({}) AND held.deptype = 'n' AND held.classid <> 'pg_extension'::regclass AND NOT EXISTS (
        SELECT FROM pg_depend AS other WHERE other.deptype IN ('e', 'i')
        AND other.classid = held.classid AND other.objid = held.objid
    );
    FOREACH one IN ARRAY coalesce(dropped, ARRAY[]::text[]) LOOP
        EXECUTE one;
    END LOOP;
END $$;
"""


def replace(file: Path, url: URL, connection: Connection) -> None:
    """Empty the schemas that are in the archive, and restore it. What else there is goes only with what it depends on."""
    contents = run("pg_restore", None, "--list", str(file)).splitlines()
    schemas = set(connection.scalars(_SCHEMAS))
    held = {"public"} | {one for one in schemas if any(_is_of(line, "SCHEMA", one) for line in contents)}
    names = sql.SQL(", ").join(map(sql.Literal, sorted(held)))
    listed = file.with_name("contents")
    listed.write_text("\n".join(_missing(contents, schemas, set(connection.scalars(_EXTENSIONS)))), "utf-8")
    # It holds no locks while the tables are dropped.
    connection.rollback()
    options = ["--no-owner", "--clean", "--if-exists", f"--use-list={listed}", "--file=-"]
    carry_out(
        ["pg_restore", *options, str(file)],
        url,
        before=sql.SQL(_EMPTIED).format(names).as_string(),
        after="COMMIT;\n",
    )


def _missing(contents: list[str], schemas: Collection[str], extensions: Collection[str]) -> list[str]:
    """Return what is to be restored: all but the schemas and extensions that are there."""
    present = [("SCHEMA", one) for one in schemas] + [("EXTENSION", one) for one in extensions]
    # A comment can be changed by an extension's owner alone.
    present += [("COMMENT", f"EXTENSION {one}") for one in extensions]
    return [line for line in contents if not any(_is_of(line, kind, name) for kind, name in present)]


def _is_of(line: str, kind: str, name: str) -> bool:
    """Whether a line of the list is about an object: after its numbers, which schema it is in, its name and its owner."""
    return re.match(rf"\d+; \d+ \d+ {kind} - {re.escape(name)} ", line) is not None
