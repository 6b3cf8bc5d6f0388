"""The tables. Every module of this package is imported, so that one new file is one new model."""

from __future__ import annotations

from admin_app.discovery import import_modules
from admin_app.errors import ConfigurationError
from admin_app.extensions import TABLE_PREFIX

# The dashboard's own tables; all others are its content. An application around the dashboard has its own models.
OWN = frozenset(
    {
        "backfill_state",
        "change_set",
        "company",
        "draft",
        "forgotten",
        "found_group",
        "host_person",
        "job",
        "note",
        "opened_record",
        "passkey",
        "password_link",
        "pin",
        "plan",
        "preference",
        "presence",
        "redirect",
        "role",
        "saved_view",
        "schema_floor",
        "sign_in",
        "site_mode",
        "staff",
        "stored_file",
        "submission",
        "ticks",
        "two_factor",
        "upload",
        "watch",
    }
)

# What a model's file declares wrongly. `create_app` raises it: a command can then say it in one line.
refused: ConfigurationError | None = None
try:
    import_modules(__name__, __path__, only=OWN if TABLE_PREFIX else None)
except ConfigurationError as error:
    refused = error
