#!/usr/bin/env python3
"""The one door: Flask's command line with the project's commands. `python manage.py --help` lists them."""

from __future__ import annotations

from admin_app import create_app
from admin_app.cli import main

if __name__ == "__main__":
    main(create_app)
