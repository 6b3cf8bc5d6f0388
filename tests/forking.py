"""`manage.py` in a process of its own that forks from one which has imported the project: importing takes ten times as long as most commands."""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import io
import json
import mmap
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from admin_app.web import probes

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "manage.py"
NUMBER = struct.Struct("i")
# Seconds, far beyond what anything takes, also on a machine with much else to do: what is caught is what never ends.
PATIENCE = 120
# Bytes, more than an environment takes.
MOST = 1 << 17


# ---- for the tests


@dataclass
class Forked:
    """A process; it is used like subprocess.Popen."""

    pid: int
    stdout: IO[str] | None
    returncode: int | None
    _end: int

    def poll(self) -> int | None:
        """Return the exit code, if it has ended."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(PROGRAM, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read what it still says, and wait for its end."""
        said: list[str] = []
        if self.stdout is not None:
            reader = threading.Thread(target=lambda stream: said.append(stream.read()), args=[self.stdout], daemon=True)
            reader.start()
            reader.join(timeout)
            if reader.is_alive():
                raise subprocess.TimeoutExpired(PROGRAM, timeout or 0)
            self.stdout.close()
            self.stdout = None
        self.wait(timeout)
        return "".join(said), ""

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], timeout)[0]:
            (self.returncode,) = NUMBER.unpack(os.read(self._end, NUMBER.size))
            os.close(self._end)
        return self.returncode


def begin(*arguments: object, env: Mapping[str, str]) -> Forked:
    """Begin `manage.py` in a session of its own; `stdout` is all that it says."""
    heard, said = os.pipe()
    try:
        return begin_with(*arguments, env=env, stdin=None, stdout=said, stderr=said, heard=os.fdopen(heard))
    finally:
        os.close(said)


def begin_with(
    *arguments: object,
    env: Mapping[str, str],
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    heard: IO[str] | None = None,
) -> Forked:
    """Begin it with open files as its streams; one that is not given is empty."""
    words = json.dumps({"arguments": [str(one) for one in arguments], "env": dict(env)}).encode()
    end, status = os.pipe()
    with Path(os.devnull).open("r+b") as nothing:
        streams = [nothing.fileno() if one is None else one for one in (stdin, stdout, stderr)]
        socket.send_fds(_door(), [words], [*streams, status])
    os.close(status)
    (pid,) = NUMBER.unpack(os.read(end, NUMBER.size))
    return Forked(pid, heard, None, end)


def run(
    *arguments: object, env: Mapping[str, str], typed: str = "", stdin: int | None = None, stdout: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        given.write(typed)
        given.seek(0)
        files = [given.fileno() if stdin is None else stdin, out.fileno() if stdout is None else stdout, err.fileno()]
        process = begin_with(*arguments, env=env, stdin=files[0], stdout=files[1], stderr=files[2])
        try:
            code = process.wait(PATIENCE)
        finally:
            process.kill()
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess([PROGRAM, *map(str, arguments)], code, out.read(), err.read())


@functools.cache
def _door() -> socket.socket:
    """Start the process that the others fork from; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ADMIN_", "COV_"))}
    command = [sys.executable, "-m", "tests.forking", str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


# ---- the process that the others fork from


def main(door: socket.socket) -> None:
    """Import the project, and fork for each request: once to wait for the other's end, and once to become it."""
    runpy.run_path(PROGRAM, run_name="manage")
    gc.freeze()
    while True:
        message, files, _, _ = socket.recv_fds(door, MOST, 4)
        _forget_those_that_ended()
        if not message:
            return
        if not os.fork():
            break
        for file in files:
            os.close(file)
    door.close()
    status = files.pop()
    if pid := os.fork():
        _wait_for(pid, status, files)
    os.close(status)
    _become(json.loads(message), files)


def _forget_those_that_ended() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _wait_for(pid: int, status: int, files: list[int]) -> None:
    """Tell the test which process it is, and how it ended."""
    for file in files:
        os.close(file)
    with contextlib.suppress(BrokenPipeError):
        os.write(status, NUMBER.pack(pid))
        os.write(status, NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    os._exit(0)


def _become(request: dict[str, Any], files: list[int]) -> None:
    """Be what `python -u manage.py` is."""
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    tempfile.tempdir = None
    # A server shares it with its children, and with no other server.
    probes._draining = mmap.mmap(-1, 1)
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=True)
    sys.argv = [PROGRAM, *request["arguments"]]
    runpy.run_path(PROGRAM, run_name="__main__")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
