"""SCIM 2.0 (RFC 7643, 7644): how a company's directory makes accounts, switches them off and puts them into groups."""

from __future__ import annotations
