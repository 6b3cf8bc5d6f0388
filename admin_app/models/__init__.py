"""The tables. Every module of this package is imported, so that one new file is one new model."""

from __future__ import annotations

from admin_app.discovery import import_modules

import_modules(__name__, __path__)
