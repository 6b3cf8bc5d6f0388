"""The dashboard's own tables are named once: inside another application, these and no others are made."""

from __future__ import annotations

from pathlib import Path

import admin_app.models
from admin_app.models import OWN
from admin_app.panel.registry import resources
from admin_app.resources import staff


def test_every_module_of_models_is_the_dashboards_own_or_has_a_resource_of_its_own(context: object) -> None:  # noqa: ARG001 -- the resources are an application's
    found = {path.stem for path in Path(str(admin_app.models.__file__)).parent.glob("*.py")} - {"__init__"}

    shown = {
        one.model.__module__.rpartition(".")[2] for one in resources() if staff.__name__ not in type(one).__module__
    }

    assert found - shown == OWN
