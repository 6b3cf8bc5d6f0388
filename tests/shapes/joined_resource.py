"""Their places in the dashboard."""

from __future__ import annotations

from admin_app.models.joined import Clause, Contract, Firm, Letter, Paper, Signature

from admin_app.panel.resource import Resource


class PaperResource(Resource):
    model = Paper
    column_list = ("label", "number", "sort", "signatures")
    column_searchable_list = ("label",)
    column_filters = ("label", "sort")
    form_columns = ("label", "number")


class ContractResource(Resource):
    model = Contract
    column_list = ("label", "partner", "code", "firm", "clauses")
    column_searchable_list = ("label", "partner")
    column_sortable_list = ("label", "partner", "code", ("firm", "firm.label"), "clauses")
    column_filters = ("label", "partner", "code", "firm")
    form_columns = ("label", "number", "partner", "code", "firm")


class LetterResource(Resource):
    model = Letter
    column_list = ("label", "number")
    column_searchable_list = ("label",)
    column_filters = ("label",)
    form_columns = ("label", "number")


class FirmResource(Resource):
    model = Firm
    column_list = ("label", "contracts")
    column_sortable_list = ("label", "contracts")
    column_searchable_list = ("label", "contracts.partner")
    column_filters = ("label",)
    form_columns = ("label",)


class ClauseResource(Resource):
    model = Clause
    column_list = ("label", "contract")
    column_sortable_list = ("label", ("contract", "contract.label"))
    column_searchable_list = ("label", "contract.label", "contract.partner")
    column_filters = ("label", "contract")
    form_columns = ("label", "contract")


class SignatureResource(Resource):
    model = Signature
    column_list = ("label", "paper")
    column_searchable_list = ("label", "paper.label")
    column_filters = ("label", "paper")
    form_columns = ("label", "paper")
