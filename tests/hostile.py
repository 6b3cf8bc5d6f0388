"""Made-up values that mean no good: for parameters and fields, for headers, and whole bodies."""

from __future__ import annotations

from hypothesis import strategies as st

from admin_app.config import MAX_BODY_BYTES

FORM = "application/x-www-form-urlencoded"

# Markup, an attribute and a header that no page of ours has: wherever one comes out as such, somebody else's words were believed.
MARK = "zq9"
MARKED = [
    f"<{MARK}>",
    f"</title></textarea></script><{MARK}>",
    f'" {MARK}="1',
    f"' {MARK}='1",
    f"javascript:{MARK}",
    f"//{MARK}.example",
    f"/\\{MARK}.example",
    f"https://{MARK}.example/",
    f"/admin/\r\nX-{MARK}: 1",
    f"x\r\n\r\n<{MARK}>",
    f"{{{{ 7*7 }}}}<{MARK}>",
]
ODD = [
    *[
        "",
        " ",
        "\0",
        "a\0b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        "%",
        "%s",
        "_",
        "\\",
        "'",
        '"',
        "';--",
        "1 OR 1=1",
        "\u2028",
    ],
    *[
        "0",
        "-1",
        "+1",
        "1.0",
        "1e9",
        "1e1000000",
        "nan",
        "inf",
        "-0",
        "0x10",
        "1_000",
        "\u0663",
        "2147483648",
        "9223372036854775808",
        "9" * 5000,
    ],
    *[
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "2026-02-30",
        "2026-01-01T25:61",
        "9999-12-31 to 0001-01-01",
    ],
    *[
        "9999999999 to 1",
        "today",
        "in the last 99999999999 days",
        "yes",
        "me",
        "whole",
        "end",
        "exact",
        "others",
        "csv",
        "xlsx",
    ],
    *[
        "(" * 3000,
        "name contains " * 300,
        'name contains "' + "a" * 3000,
        "a or " * 1000,
        "\\" * 3000,
        "[" * 3000,
        "a," * 3000,
    ],
    *[
        "x" * 5000,
        "\U0001f469\u200d\U0001f469" * 500,
        "e" + "\u0301" * 2000,
        "\u202e" * 50,
        "a@" + "b." * 1000,
        "@" * 1000,
    ],
]  # fmt: skip -- a list of words
VALUES = st.sampled_from(MARKED) | st.sampled_from(ODD) | st.text(max_size=60)

# What reaches the application of a request beside its address and body; what is no HTTP stops at the server.
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
HEADER_NAMES = [
    *[
        "HTTP_HOST",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PREFIX",
    ],
    *["HTTP_FORWARDED", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_RANGE"],
    *["HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "CONTENT_TYPE"],
    *["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_TRANSFER_ENCODING", "HTTP_X_CSRFTOKEN", "HTTP_HX_REQUEST", "REMOTE_ADDR"],
]  # fmt: skip -- a list of words
HEADER_VALUES = st.one_of(
    LATIN,
    st.sampled_from([
        *[f"{MARK}.example", f"<{MARK}>", f'"{MARK}"', f"https://{MARK}.example/<{MARK}>", "x" * 70_000, "a\0b", ",", ";", "=", ""],
        *["session=" + "x" * 70_000, "session=\0", "session=a; session=b", "device=.", "bytes=0-0,1-1,2-", "bytes=-99999999999"],
        *["multipart/form-data", "multipart/form-data; boundary=" + "b" * 9000, "application/json", "text/html; charset=utf-7"],
        *["Thu, 01 Jan 0000 00:00:00 GMT", "[::1", "a:b:c", "localhost:99999999", "::1%" + "z" * 99, "gzip;q=nan", "*" * 5000],
    ]),
)  # fmt: skip
PART = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
MULTIPART, JSON = "multipart/form-data; boundary=B", "application/json"
BODIES = {
    "JSON 100,000 deep": (JSON, "[" * 100_000),
    "JSON for a form": (JSON, '{"name": "Ann", "csrf_token": "x"}'),
    "XML with entities": ("application/xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "no type": ("", "name=Ann"),
    "an unknown charset": (f"{FORM}; charset=utf-7", "name=%2BADw-script%2BAD4-"),
    "half a character": (FORM, "name=%f0%9f&email=\xff"),
    "names without values": (FORM, "&&&=&name&==&csrf_token"),
    "the same name 900 times": (FORM, "name=Ann&" * 900),
    "1,001 fields": (FORM, "&".join(f"f{number}=1" for number in range(1001))),
    "200,000 fields": (FORM, "a=&" * 200_000),
    "a boundary that never comes": ("multipart/form-data; boundary=C", PART.format("name", "Ann")),
    "no boundary": ("multipart/form-data", PART.format("name", "Ann")),
    "a part without end": (MULTIPART, PART.format("name", "Ann")),
    "a part without a name": (MULTIPART, PART.replace('; name="{}"', "").format("Ann") + "--B--\r\n"),
    "a file for a text": (MULTIPART, PART.format('name"; filename="../../etc/passwd', "Ann") + "--B--\r\n"),
    "a NUL in a part's name": (MULTIPART, PART.format("na\0me", "Ann") + "--B--\r\n"),
    "a part's header without end": (MULTIPART, "--B\r\n" + "A: b" * 50_000),
    "parts in parts": (MULTIPART, "--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" * 500),
    "larger than anybody types": (FORM, "name=" + "x" * MAX_BODY_BYTES),
}  # fmt: skip -- a table
