"""Wapiti: it follows the links, fills in the forms, and looks for injections, scripts, files, redirects and loose headers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.security.canary import singing

MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,timesql,"
    "upload,xss"
)
# Signing out, and what ends the scanner's own session or gives it a new one: everything after that would be refused.
# Other rights of a role that it holds would, too: it holds the owner's alone, which nobody changes.
LEFT_OUT = (
    "/sign-out",
    "/admin/staff/edit/*id=1*",
    "/admin/staff/delete/*id=1*",
    "/admin/staff/access/*id=1*",
    "/admin/staff/restore/*",
    "/admin/account/sessions/",
)
# Where it begins besides: pages that no link or unticked form leads to, or that it would come to late.
BEGUN = (
    "/admin/role/",
    "/admin/role/new/",
    "/admin/role/edit/?id=3",
    "/admin/role/delete/?id=2",
    "/admin/post/?id__in=1,2,3",
    "/admin/post/export/?id__in=1,2,3",
    "/admin/account/passkeys/",
    "/admin/account/passkeys/edit/?id=1",
    "/admin/jobs/",
)
FIRST_REFUSAL = 400
# Without these among the pages that answered it was not signed in, or stopped at the first one.
SEEN = (
    *("/admin/user/edit/", "/admin/post/", "/admin/staff/", "/admin/activity/"),
    *(urlsplit(path).path for path in BEGUN),
)
# What is so because this machine is asked by http: over https both are there, which tests/web/test_security.py asserts.
BY_HTTP = ("Secure flag is not set", "Strict-Transport-Security is not set")


class Scanned(Protocol):
    """What a scan needs to know."""

    url: str
    cookie: str


def scan_by_wapiti(wapiti: Path, site: Scanned, reports: Path, *, is_deep: bool) -> list[str]:
    """Return what was found signed in and as a stranger, or that the scanner found nothing where there is something."""
    with singing() as url:
        found = _report(wapiti, url, reports / "wapiti-canary.json", "-m", "sql,xss")["vulnerabilities"]
    blind = [name for name in ("SQL Injection", "Reflected Cross Site Scripting") if not found[name]]
    limits = () if is_deep else ("-d", "3", "--max-links-per-page", "40", "--max-files-per-dir", "25",
                                 "--max-scan-time", "120", "--max-attack-time", "25")  # fmt: skip
    without = [part for path in LEFT_OUT for part in ("-x", site.url + path)]
    begun = [part for path in BEGUN for part in ("-s", site.url + path)]
    signed_in = _report(wapiti, f"{site.url}/admin/", reports / "wapiti-owner.json", "--scope", "domain", *limits, *begun, *without,
                        "-C", site.cookie, "-m", MODULES)  # fmt: skip
    stranger = _report(wapiti, f"{site.url}/sign-in", reports / "wapiti-stranger.json", *limits, "-m", MODULES)
    crawled = signed_in["infos"]["crawled_pages"]
    paths = {urlsplit(one["request"]["url"]).path for one in crawled if one["response"]["status_code"] < FIRST_REFUSAL}
    problems = [f"wapiti: blind to {name}" for name in blind]
    problems += [f"wapiti: never came to {path}" for path in SEEN if path not in paths]
    return problems + _problems(signed_in) + _problems(stranger)


def _report(wapiti: Path, url: str, file: Path, *options: str) -> dict[str, Any]:
    folder = file.with_suffix("")
    command = [wapiti, "-u", url, "-f", "json", "-o", file, "-dr", "2", "-v", "0", "--no-bugreport", "--flush-session",
               "--tasks", "4", "--store-session", folder / "session", "--store-config", folder / "config",
               # It would look up its makers' servers, for holes that this dashboard has no place for.
               "--dns-endpoint", "localhost", *options]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def _problems(report: dict[str, Any]) -> list[str]:
    pages = int(report["infos"]["crawled_pages_nbr"])
    print(f"  wapiti: {report['infos']['target']}: {pages} pages", flush=True)
    kinds = {**report["vulnerabilities"], **report["anomalies"]}
    return [
        f"wapiti: {kind}: {one['info']} ({one['method']} {one['path']}, {one['parameter']})"
        for kind, found in kinds.items()
        for one in found
        if not one["info"].startswith(BY_HTTP)
    ]
