"""Migrations of a newer program, as a test needs them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
HEAD = ScriptDirectory(str(MIGRATIONS)).get_heads()[0]
NEWER = '''"""{title}."""

from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = {revision!r}, {before!r}, None, None
is_additive = {is_additive}
backfill = {backfill!r}


def upgrade():
    {up}


def downgrade():
    {down}
'''
NONE: Mapping[int, dict[str, str]] = {}


def write(folder: Path, *steps: dict[str, str], backfills: Mapping[int, dict[str, str]] = NONE) -> None:
    """Write the migrations of a newer program, 9001 and so on, after those of this one: the first adds only."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for number, words in enumerate(steps, start=9001):
        before = HEAD if number == 9001 else str(number - 1)
        text_ = NEWER.format(
            **words, revision=str(number), before=before, is_additive=number == 9001, backfill=backfills.get(number)
        )
        (folder / "versions" / f"{number}.py").write_text(text_)
