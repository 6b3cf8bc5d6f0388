"""The archive: a compressed tar of the database's copy, the files, and last a manifest, without which it was broken off."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from admin_app.errors import BackupError
from admin_app.extensions import Values

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files"
# What a job made, a person sent or a record holds; nothing else is unpacked.
_FILE = re.compile(rf"{FILES}/(job|upload|stored)-[0-9]+-[0-9]+")
# Most of the size by a fifth of the time that the best would take.
LEVEL = 5
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Facts:
    """What a database holds: its migrations, the rows of each table, the number of the newest change set."""

    revisions: list[str]
    rows: dict[str, int]
    newest_change_set: int

    def differences(self, other: Facts) -> list[str]:
        """Say in which facts another database differs."""
        found = [] if self.revisions == other.revisions else ["migrations"]
        if self.newest_change_set != other.newest_change_set:
            found.append("newest change set")
        tables = sorted({*self.rows, *other.rows})
        return found + [f"rows of {name}" for name in tables if self.rows.get(name) != other.rows.get(name)]


@dataclass(frozen=True)
class Manifest:
    """What is in an archive, and of which dashboard."""

    version: str
    made_at: str
    store: str
    # Eight digits that tell secret keys apart, and tell nothing of them.
    key_mark: str
    facts: Facts
    # By their names, the SHA-256 of each member.
    members: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Read it as it was written."""
        try:
            values: Values = json.loads(text)
            return cls(**{**values, "facts": Facts(**values["facts"])})
        except (ValueError, TypeError, KeyError) as error:
            message = "The backup's manifest cannot be read: another program wrote it, or it is damaged."
            raise BackupError(message) from error


def write(path: Path, manifest: Manifest, database: Path, files: Iterable[Path]) -> None:
    """Write an archive for its owner alone, under another name until it is whole."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            with tarfile.open(fileobj=target, mode="w:gz", compresslevel=LEVEL) as archive:
                _add(archive, manifest, DATABASE, database)
                for file in files:
                    # A job's file that expired meanwhile is none of the backup's.
                    if file.exists():
                        _add(archive, manifest, f"{FILES}/{file.name}", file)
                beside = database.with_name(MANIFEST)
                beside.write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
                archive.add(beside, MANIFEST)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack an archive into a folder, and check every member; raise `BackupError` where it is not whole."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                _unpack(archive, member, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        message = f"{path.name} is no whole backup: {error}."
        raise BackupError(message) from error
    if not (folder / MANIFEST).exists():
        message = f"{path.name} is no whole backup: it has no manifest, so it was broken off."
        raise BackupError(message)
    manifest = Manifest.read((folder / MANIFEST).read_bytes())
    wrong = [name for name, digest in manifest.members.items() if _digest(folder / name) != digest]
    if wrong or DATABASE not in manifest.members:
        message = f"{path.name} is damaged: {', '.join(wrong) or DATABASE} is not what was written."
        raise BackupError(message)
    return manifest


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, file: Path) -> None:
    manifest.members[name] = _digest(file)
    archive.add(file, name, recursive=False)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one member under its own name; a name that is none of ours could lead anywhere."""
    is_ours = member.name in {MANIFEST, DATABASE} or _FILE.fullmatch(member.name)
    source = archive.extractfile(member) if member.isfile() and is_ours else None
    if source is None:
        message = f"The backup holds {member.name}, which no backup of a dashboard does."
        raise BackupError(message)
    target = folder / member.name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file, PIECE)


def _digest(file: Path) -> str:
    """Return a file's SHA-256; "" where it is not there."""
    if not file.exists():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
