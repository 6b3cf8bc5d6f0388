"""The rules that every page is held to, asked of markup that breaks them; and the Nu HTML checker, where it is there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.markup import breaches
from tests.routes import PEOPLE, ROUTES, own_token


@pytest.mark.parametrize(
    "html",
    [
        '<div hx-boost="true"></div>',
        '<p style="color: red"></p>',
        '<table border="1"></table>',
        '<time datetime="2026-11-29T07:55:06.122729+00:00"></time>',
        '<time datetime="1900-01-01T00:00:00+00:19:32"></time>',
        '<select required><option value="a">A</option></select>',
        '<select required><optgroup label="A"><option value="a">A</option></optgroup></select>',
        '<p id="a"></p><p id="a"></p>',
        '<p id="a b"></p>',
        '<form data-guard=""></form>',
        '<form><input name="_version"></form>',
        '<p class="a" class="b"></p>',
        '<label for="a">A</label>',
        '<input aria-describedby="a">',
        '<a href="#a">A</a>',
        '<button form="a">A</button>',
        '<img src="a">',
        '<p aria-label="A"></p>',
        '<textarea dir="auto"></textarea>',
        "<p><div></div></p>",
        "<span><a><p></p></a></span>",
        "<ul><p></p></ul>",
        "<div><li></li></div>",
        "<a><button></button></a>",
        "<form><div><form></form></div></form>",
        "<p><b></p></b>",
        "<div>",
        "</div>",
    ],
)
def test_what_the_standard_forbids_is_found(html: str) -> None:
    assert breaches(html) != []


@pytest.mark.parametrize(
    "html",
    [
        '<!doctype html><div data-hx-boost="true"></div>',
        '<time datetime="2026-11-29T07:55:06+00:00"></time><time datetime="2026-11-29">then</time>',
        '<select required><option value="">Choose one</option><option value="a">A</option></select>',
        '<select><optgroup label="A"><option value="a">A</option></optgroup></select>',
        '<label for="a">A</label><input id="a" aria-describedby="b"><p id="b"></p>',
        '<label>A <input type="checkbox"></label>',
        "<textarea>\n<p><b></p> hx-boost</textarea>",
        "<div><a><p></p></a></div>",
        "<details><summary><h2>A</h2></summary></details>",
    ],
)
def test_what_the_standard_allows_is_let_be(html: str) -> None:
    assert breaches(html) == []


JAR = os.environ.get("VNU_JAR", "")


@pytest.mark.skipif(
    not JAR, reason="VNU_JAR names no Nu HTML checker (vnu.jar of https://github.com/validator/validator)"
)
@pytest.mark.skipif(shutil.which("java") is None, reason="the Nu HTML checker needs Java")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_nu_html_checker_finds_nothing(
    address_of: Callable[[str], str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    addresses = [address_of(rule) for rule in ROUTES if rule != "/sign-out"]
    clients = {person: request.getfixturevalue(f"as_{person}") for person in PEOPLE}
    tokens = {person: {"csrf_token": own_token(client, person)} for person, client in clients.items()}
    answers = [client.get(url) for client in clients.values() for url in addresses]
    answers += [client.post(url, data=tokens[person]) for person, client in clients.items() for url in addresses]
    for number, answer in enumerate(answers):
        if answer.mimetype == "text/html" and answer.data and not 300 <= answer.status_code < 400:
            (tmp_path / f"{number}.html").write_bytes(answer.data)

    command = ["java", "-Xss4m", "-jar", JAR, "--format", "text", "--skip-non-html", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert said == "Document checking completed. No errors found.\n"
