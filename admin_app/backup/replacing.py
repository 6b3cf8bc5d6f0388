"""Replace the content of a PostgreSQL database by a pg_dump archive, in one transaction: a restore that fails changes nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from psycopg import sql
from sqlalchemy import URL, Connection, text

from admin_app.backup.programs import carry_out, run
from admin_app.errors import BackupError

_SCHEMAS = text("SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'")
_EXTENSIONS = text("SELECT extname FROM pg_extension")
# The objects directly in a schema, without those that belong to an extension or to another object. Extensions stay: only a
# superuser could create some of them again. The schemas and their owners stay, too.
_DIRECTLY = """
    FROM pg_depend AS held JOIN pg_namespace AS place
        ON held.refclassid = 'pg_namespace'::regclass AND held.refobjid = place.oid
    CROSS JOIN LATERAL pg_identify_object(held.classid, held.objid, held.objsubid) AS found
    WHERE place.nspname IN ({emptied}) AND held.deptype = 'n' AND held.classid <> 'pg_extension'::regclass AND NOT EXISTS (
        SELECT FROM pg_depend AS other WHERE other.deptype IN ('e', 'i')
        -- The columns that partition a table are said to be parts of it.
        AND other.classid = held.classid AND other.objid = held.objid AND other.objsubid = 0
    )
"""
_EMPTIED = """
BEGIN;
SET LOCAL client_min_messages = warning;
-- A dashboard that still runs is not waited for.
SET LOCAL lock_timeout = '15s';
DO $$
DECLARE dropped text[]; one text;
BEGIN
    SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE', replace(found.type, ' object', ''), found.identity)) INTO dropped
    {directly};
    FOREACH one IN ARRAY coalesce(dropped, ARRAY[]::text[]) LOOP
        EXECUTE one;
    END LOOP;
END $$;
"""
# Objects elsewhere that would be dropped too, because they depend on those in any number of steps. A part of another object
# ('i'), such as a view's rule, stands for that object. Parts of a table ('a', 'S'), such as a default, are where their table
# is, and need no mention.
_ELSEWHERE = """
WITH RECURSIVE gone(classid, objid, objsubid) AS (
    SELECT held.classid, held.objid, held.objsubid {directly}
    UNION
    SELECT further.* FROM gone CROSS JOIN LATERAL (
        SELECT classid, objid, objsubid FROM pg_depend WHERE deptype NOT IN ('e', 'x')
            AND refclassid = gone.classid AND refobjid = gone.objid AND gone.objsubid IN (0, refobjsubid)
        UNION ALL
        SELECT refclassid, refobjid, refobjsubid FROM pg_depend
            WHERE deptype = 'i' AND classid = gone.classid AND objid = gone.objid AND objsubid = gone.objsubid
    ) AS further
), whole AS (
    SELECT * FROM gone WHERE NOT EXISTS (
        SELECT FROM pg_depend AS part WHERE part.deptype = 'i'
        AND part.classid = gone.classid AND part.objid = gone.objid AND part.objsubid = gone.objsubid
    )
), placed AS (
    SELECT whole.*, coalesce(own.schema, (pg_identify_object(part.refclassid, part.refobjid, part.refobjsubid)).schema) AS schema
    FROM whole CROSS JOIN LATERAL pg_identify_object(whole.classid, whole.objid, whole.objsubid) AS own
    LEFT JOIN pg_depend AS part ON whole.classid <> 'pg_class'::regclass AND part.deptype IN ('a', 'S')
        AND part.classid = whole.classid AND part.objid = whole.objid
    WHERE NOT EXISTS (
        SELECT FROM gone WHERE gone.classid = part.refclassid AND gone.objid = part.refobjid AND gone.objsubid = 0
    )
)
SELECT DISTINCT pg_describe_object(classid, objid, objsubid) AS named FROM placed
WHERE schema NOT IN ({emptied}) AND NOT starts_with(schema, 'pg_') ORDER BY named
"""


def replace(file: Path, url: URL, connection: Connection) -> None:
    """Empty the schemas in the archive, and restore it. Everything else stays, and must not depend on those schemas."""
    contents = run("pg_restore", None, "--list", str(file)).splitlines()
    schemas = set(connection.scalars(_SCHEMAS))
    held = {"public"} | {one for one in schemas if any(_is_of(line, "SCHEMA", one) for line in contents)}
    names = sql.SQL(", ").join(map(sql.Literal, sorted(held)))
    directly = sql.SQL(_DIRECTLY).format(emptied=names)
    _require_apart(connection, sql.SQL(_ELSEWHERE).format(directly=directly, emptied=names))
    listed = file.with_name("contents")
    listed.write_text("\n".join(_missing(contents, schemas, set(connection.scalars(_EXTENSIONS)))), "utf-8")
    # This connection must hold no locks while the tables are dropped.
    connection.rollback()
    options = ["--no-owner", "--clean", "--if-exists", f"--use-list={listed}", "--file=-"]
    carry_out(
        ["pg_restore", *options, str(file)],
        url,
        before=sql.SQL(_EMPTIED).format(directly=directly).as_string(),
        after="COMMIT;\n",
    )


def _require_apart(connection: Connection, query: sql.Composed) -> None:
    if named := [*connection.exec_driver_sql(query.as_string()).scalars()]:
        message = (
            f"The restore would also drop what depends on it in other schemas: {', '.join(named)}. "
            "Nothing was changed. Drop that yourself, restore, and make it again."
        )
        raise BackupError(message)


def _missing(contents: list[str], schemas: Collection[str], extensions: Collection[str]) -> list[str]:
    """Return the entries to restore: all but existing schemas and extensions."""
    present = [("SCHEMA", one) for one in schemas] + [("EXTENSION", one) for one in extensions]
    # Only an extension's owner can change its comment.
    present += [("COMMENT", f"EXTENSION {one}") for one in extensions]
    return [line for line in contents if not any(_is_of(line, kind, name) for kind, name in present)]


def _is_of(line: str, kind: str, name: str) -> bool:
    """Whether a line of pg_restore's list is about an object: after its numbers it has the kind, the schema, the name and the owner."""
    return re.match(rf"\d+; \d+ \d+ {kind} - {re.escape(name)} ", line) is not None
