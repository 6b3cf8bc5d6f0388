"""The archive: a compressed tar of the database's copy, the files and, last, a manifest. Without the manifest it is incomplete.

Only one file at a time is on this machine's disk: a bucket may hold more than the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from admin_app.db.troubles import trouble_of
from admin_app.errors import BackupError
from admin_app.extensions import Values

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files"
# The names of files of jobs, uploads and records; nothing else is unpacked.
_FILE = re.compile(rf"{FILES}/(job|upload|stored)-[0-9]+-[0-9]+")
# The compression level: nearly as small as the best level in a fifth of its time.
LEVEL = 5
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Facts:
    """Facts about a database: its migrations, the number of rows of each table, the newest change set."""

    revisions: list[str]
    rows: dict[str, int]
    newest_change_set: int

    def differences(self, other: Facts) -> list[str]:
        """Say in which facts another database differs. A table that was not counted here is unknown, not missing."""
        found = [] if self.revisions == other.revisions else ["migrations"]
        if self.newest_change_set != other.newest_change_set:
            found.append("newest change set")
        return found + [f"rows of {name}" for name in sorted(self.rows) if self.rows[name] != other.rows.get(name)]


@dataclass(frozen=True)
class Piece:
    """A file for an archive: its name, and the function that opens it, which returns None if it is gone by then."""

    name: str
    open: Callable[[], IO[bytes] | None]


@dataclass(frozen=True)
class Manifest:
    """The manifest: the members of an archive, and the dashboard that it is of."""

    version: str
    made_at: str
    store: str
    # Eight digits that distinguish secret keys and reveal nothing about them.
    key_mark: str
    facts: Facts
    # The SHA-256 and the size in bytes of each member, by its name.
    members: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def note(self, name: str, digest: str, size: int) -> None:
        """Add a member."""
        self.members[name], self.sizes[name] = digest, size

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Read a manifest."""
        try:
            values: Values = json.loads(text)
            return cls(**{**values, "facts": Facts(**values["facts"])})
        except (ValueError, TypeError, KeyError) as error:
            message = "The backup's manifest cannot be read: another program wrote it, or it is damaged."
            raise BackupError(message) from error


def write(path: Path, manifest: Manifest, database: Path, files: Iterable[Piece]) -> None:
    """Write an archive that only its owner can read, under a temporary name until it is complete."""
    unfinished, beside = path.with_name(f"{path.name}.part"), database.with_name(MANIFEST)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            with tarfile.open(fileobj=target, mode="w:gz", compresslevel=LEVEL) as archive:
                _add(archive, manifest, DATABASE, database)
                for piece in files:
                    _add_piece(archive, manifest, piece, database.with_name("piece"))
                beside.write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
                archive.add(beside, MANIFEST)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(path)
    except OSError as error:
        message = f"The backup could not be written: {error}."
        raise BackupError(message) from error
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> Manifest:
    """Check every member of an archive, and unpack all but the stored files into a folder; raise `BackupError` if it is damaged."""
    try:
        seen = {name: _looked_at(name, source, folder) for name, source in _members(path)}
    except (tarfile.TarError, EOFError, OSError) as error:
        # The backup may be intact: the disk that it is unpacked on is the problem.
        fault = (
            f"cannot be unpacked: {trouble}"
            if (trouble := trouble_of(error))
            else f"is not a complete backup: {error}."
        )
        message = f"{path.name} {fault}"
        raise BackupError(message) from error
    if MANIFEST not in seen:
        message = f"{path.name} is not a complete backup: it has no manifest, so it was interrupted."
        raise BackupError(message)
    manifest = Manifest.read((folder / MANIFEST).read_bytes())
    wrong = [name for name, digest in manifest.members.items() if seen.get(name, ("",))[0] != digest]
    wrong += [name for name, size in manifest.sizes.items() if name not in wrong and seen[name][1] != size]
    if wrong or DATABASE not in manifest.members:
        message = f"{path.name} is damaged: {', '.join(wrong) or DATABASE} is not what was written."
        raise BackupError(message)
    return manifest


def files_in(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Return the stored files of a checked archive; each has to be read before the next one."""
    for name, source in _members(path):
        if name.startswith(f"{FILES}/"):
            yield name.removeprefix(f"{FILES}/"), source


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, file: Path) -> None:
    with file.open("rb") as opened:
        manifest.note(name, *_copied(opened, None))
    archive.add(file, name, recursive=False)


def _add_piece(archive: tarfile.TarFile, manifest: Manifest, piece: Piece, beside: Path) -> None:
    """Fetch a complete file, then add it: a file that expires meanwhile is left out, and leaves no part of itself."""
    try:
        source = piece.open()
        if source is None:
            return
        with source, beside.open("wb") as target:
            digest, size = _copied(source, target)
    except FileNotFoundError:
        return
    name = f"{FILES}/{piece.name}"
    manifest.note(name, digest, size)
    archive.add(beside, name, recursive=False)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Open each member of an archive, and refuse unknown names, which could lead anywhere on the disk."""
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            is_ours = member.name in {MANIFEST, DATABASE} or _FILE.fullmatch(member.name)
            source = archive.extractfile(member) if member.isfile() and is_ours else None
            if source is None:
                message = f"The backup holds {member.name}, which no backup of a dashboard does."
                raise BackupError(message)
            with source:
                yield member.name, source


def _looked_at(name: str, source: IO[bytes], folder: Path) -> tuple[str, int]:
    """Return a member's SHA-256 and size; write the database's copy into the folder."""
    if name not in {MANIFEST, DATABASE}:
        return _copied(source, None)
    with (folder / name).open("wb") as target:
        return _copied(source, target)


def _copied(source: IO[bytes], target: IO[bytes] | None) -> tuple[str, int]:
    """Read a file to its end, into another one if there is one; return its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(CHUNK):
        digest.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
    return digest.hexdigest(), size
