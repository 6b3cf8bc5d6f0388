"""Make Django's tables, and somebody who may sign in: `python -m benchmarks.peers.django_site.prepare`."""

from __future__ import annotations

import os

import django
from django.core.management import call_command


def main() -> None:
    """Make both."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.django_site.settings")
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.contrib.auth.models import User  # noqa: PLC0415 -- Django knows its models after setup()

    User.objects.create_superuser("vera", "vera@example.com", "a benchmark's password")


if __name__ == "__main__":
    main()
