"""SCIM 2.0 (RFC 7643, 7644): how a company's directory creates accounts, switches them off and assigns groups."""

from __future__ import annotations
