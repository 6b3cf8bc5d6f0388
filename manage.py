#!/usr/bin/env python3
"""The one door: Flask's command line with the project's commands. `python manage.py --help` lists them."""

from __future__ import annotations

import signal
import sys

from admin_app import create_app
from admin_app.cli import main

if __name__ == "__main__":
    # As a shell says it. On its way out a command takes away what it half wrote, a backup's copy of the database above all.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    main(create_app)
