"""The files that commands read and write: regular files, links, pipes, devices, standard input and output."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from admin_app.errors import TransferError

STANDARD = "-"


@contextmanager
def opened(name: str) -> Iterator[tuple[IO[bytes], int]]:
    """Open a file for reading and return its size. A pipe is copied first: the database must not wait for it."""
    source = sys.stdin.buffer if name == STANDARD else Path(name).open("rb")  # noqa: SIM115 -- closed below
    try:
        with source if source.seekable() else _kept(source) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            yield file, size
    finally:
        source.close()


def _kept(source: IO[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- its reader closes it
    shutil.copyfileobj(source, file)
    return file


def write_to(name: str, chunks: Iterable[bytes]) -> None:
    """Write to the named file: directly to standard output, a pipe or a device; a regular file appears when it is complete."""
    if name == STANDARD:
        with to_standard_output():
            sys.stdout.buffer.writelines(chunks)
        return
    try:
        if _is_replaced(name):
            _replace(Path(os.path.realpath(name)), chunks)
        else:
            with Path(name).open("wb") as file:
                file.writelines(chunks)
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{name} cannot be written: {error.strerror}."
        raise TransferError(message) from error


@contextmanager
def to_standard_output() -> Iterator[None]:
    """Report why standard output cannot be written to. A closed pipe is not an error."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EPIPE or error.filename is not None:
            raise
        # Otherwise Python tries again at exit and prints an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        message = f"Standard output cannot be written: {error.strerror}."
        raise TransferError(message) from error


def announce(line: str, *, err: bool = False) -> None:
    """Print a line of a server that is starting: a full disk behind the log must not stop it."""
    with suppress(OSError):
        click.echo(line, err=err)


def _is_replaced(name: str) -> bool:
    """Whether a new file may replace what is there: not a pipe or a device."""
    try:
        return stat.S_ISREG(Path(name).stat().st_mode)
    except FileNotFoundError:
        return True


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    """Write to a temporary file and rename it when it is complete: an incomplete file never has the requested name."""
    unfinished = path.with_name(f".export-{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file:
            if path.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.writelines(chunks)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
