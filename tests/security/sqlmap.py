"""sqlmap: whether anything that an address or a form says reaches the database as SQL."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.security.canary import singing
from tests.security.wapiti import Scanned

# What is read where: an address with a value that finds something, and the parameters that are tried.
ADDRESSES = (
    ("/admin/post/?q=the&sort=created_at&per_page=20&page=2", "q,sort,per_page,page"),
    ("/admin/post/?content__contains=the&user__is=1&created_at__from=2024-01-01", "content__contains,user__is,created_at__from"),
    ("/admin/user/?name__contains=a&email__in=a@b&columns=name,email", "name__contains,email__in,columns"),
    ("/admin/user/?where=name+contains+a+or+email+contains+b", "where"),
    ("/admin/user/edit/?id=1&posts.q=the&url=/admin/user/", "id,posts.q,url"),
    ("/admin/post/details/?id=1", "id"),
    ("/admin/post/?id__in=1,2,3&where=user.name+contains+a", "id__in,where"),
    ("/admin/post/export/?id__in=1,2,3&sort=-created_at", "id__in,sort"),
    ("/admin/role/?name__contains=e&permissions__has=user:list&sort=name", "name__contains,permissions__has,sort"),
    ("/admin/staff/?roles__has=viewer&is_active__is=yes", "roles__has,is_active__is"),
    ("/admin/role/edit/?id=3", "id"),
    ("/admin/post/lookup/?name=user&query=a&page=1", "name,query,page"),
    ("/admin/user/export/csv/?q=a&sort=-name", "q,sort"),
    ("/admin/activity/?q=a&person=1&resource=post&kind=form&from=2024-01-01&before=9", "q,person,resource,kind,from,before"),
)  # fmt: skip
# A form: its page, what is sent, and the fields that are tried.
FORMS = (
    ("/admin/user/new/", "name=Ann&email=ann%40example", "name,email"),
    ("/admin/post/edit/?id=1", "content=Words&user=1", "content,user"),
    ("/admin/role/new/", "name=Clerk&permissions=post:list&rows=&fields=", "name,permissions"),
    ("/admin/account/passkeys/edit/?id=1", "name=Green", "name"),
)
NOT_INJECTABLE = "do not appear to be injectable"
# Refusals are answers here; without this sqlmap stops at the first one.
REFUSALS = "400,404,409,422"


def scan_by_sqlmap(sqlmap: Path, site: Scanned, reports: Path, *, is_deep: bool) -> list[str]:
    """Return what was found, or that the scanner found nothing where there is something."""
    depth = ("--level", "3", "--risk", "2") if is_deep else ("--level", "1", "--technique", "BEU")
    common = ("--cookie", site.cookie, "--ignore-code", REFUSALS, *depth)
    with singing() as url:
        canary = _run(sqlmap, reports, f"{url}?q=Ann", "-p", "q", "--technique", "BEU")
    found = [] if "is vulnerable" in canary else [f"sqlmap: blind\n{canary[-2000:]}"]
    for path, parameters in ADDRESSES:
        found += _problems(path, _run(sqlmap, reports, site.url + path, "-p", parameters, *common), parameters)
    for path, body, parameters in FORMS:
        form = ("--data", f"csrf_token=x&{body}", "--csrf-token", "csrf_token", "--csrf-url", site.url + path)
        found += _problems(path, _run(sqlmap, reports, site.url + path, "-p", parameters, *form, *common), parameters)
    return found


def _run(sqlmap: Path, reports: Path, url: str, *options: str) -> str:
    # Our cookies are new ones at every answer, and a redirect after a form is its answer.
    answers = "merge them=N,merge cookies=N,follow=N,redirect=N"
    command: Sequence[str | Path] = [
        sqlmap, "-u", url, "--batch", "--answers", answers, "--flush-session", "--disable-coloring", "--skip-waf", "--drop-set-cookie",
        "--output-dir", reports / "sqlmap", *options,
    ]  # fmt: skip
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    with (reports / "sqlmap.txt").open("a", encoding="utf-8") as report:
        report.write(said)
    return said


def _problems(path: str, said: str, parameters: str) -> list[str]:
    """Require sqlmap's own words that nothing is injectable, and that it went to the end."""
    tested = set(re.findall(r"testing for SQL injection on [\w ()]+ parameter '([^']+)'", said))
    print(f"  sqlmap: {path}: {', '.join(sorted(tested))}", flush=True)
    missing = [name for name in parameters.split(",") if name not in tested]
    if NOT_INJECTABLE in said and not missing:
        return []
    return [f"sqlmap: {path}, not tried: {missing}\n{said[-3000:]}"]
