"""Folders in folders. Copied by test_relation_shapes.py."""

from __future__ import annotations

from admin_app.models.folder import Folder

from admin_app.panel.resource import Resource


class FolderResource(Resource):
    """Find a folder, put it into another one."""

    model = Folder
    column_list = ("name", "parent", "folders", "id")
    form_columns = ("name", "parent")
