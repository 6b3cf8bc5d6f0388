"""Default numbers of processes and threads of a server."""

from __future__ import annotations

# Threads wait for the database and for slow readers; two processes use two cores.
WORKERS = 2
THREADS = 8
# Jobs at once.
JOBS = 2
