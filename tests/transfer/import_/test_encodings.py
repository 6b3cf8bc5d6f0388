"""The encoding of a file: that of its mark, else UTF-8 if it is valid, else the one that makes the most likely language."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from admin_app.transfer.import_ import encodings
from admin_app.transfer.import_.encodings import ENCODINGS, encoding_of, label_of
from tests.transfer.reading import opened, read, refusal

GERMAN = "name,email\nJürgen Müller,j@x\nZoë Groß,z@x\nJörg Weiß,jw@x\nAnna Schäfer,as@x\n"
RUSSIAN = "имя,город\nИван Петров,Москва\nАнна Смирнова,Санкт-Петербург\nОльга Кузнецова,Казань\n"  # noqa: RUF001 -- the letters are meant
JAPANESE = "名前,都市\n山田太郎,東京\n佐藤花子,大阪\nスズキイチロー,名古屋\n"
CHINESE = "姓名,城市\n王小明,北京\n李华,上海\n张伟,广州\n"
POLISH = "imię,miasto\nŁukasz Żółć,Łódź\nStanisław Dąbrowski,Kraków\nMałgorzata Śliwińska,Poznań\n"
GREEK = "όνομα,πόλη\nΝίκος Παππάς,Αθήνα\nΛουκάς Παππάς,Θεσσαλονίκη\n"  # noqa: RUF001 -- the letters are meant


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "windows-1252"),
        (GERMAN, "mac-roman"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "utf-16-le"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16-be"),
        (POLISH, "windows-1250"),
        (GREEK, "windows-1253"),
        ("name\nZoë\n", "windows-1252"),
        ("4,5,é", "windows-1252"),
        ("name\nZoë\n", "mac-roman"),
    ],
)
def test_an_encoding_is_found(text: str, encoding: str) -> None:
    assert encoding_of(io.BytesIO(text.encode(encoding))) == encoding


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffname\n".encode(), "utf-8"),
        ("name\n".encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + "name\n".encode("utf-16-be"), "utf-16-be"),
        (b"", "utf-8"),
        (b"a,b,c\n\0,2,3\n", "utf-8"),
        (b"name\nAda \xc3", "windows-1252"),
    ],
)
def test_a_byte_order_mark_decides_the_encoding_and_a_nul_does_not(content: bytes, encoding: str) -> None:
    assert encoding_of(io.BytesIO(content)) == encoding


def test_an_encoding_error_suggests_another_encoding() -> None:
    content = "name\nZoë\n".encode("mac-roman")

    assert opened(content).reading.encoding == "mac-roman"
    assert read(content, encoding="windows-1252") == (["name"], [(2, ["Zo\u2018"])])


def test_a_command_guesses_no_encoding() -> None:
    assert opened(GERMAN.encode("utf-16"), guesses=False).reading.encoding == "utf-16-le"
    assert refusal(GERMAN.encode("cp1252"), guesses=False) == (
        "The file is not UTF-8. If “Jürgen Müller,j@x” is right, it is Windows-1252. If not, save it as “CSV UTF-8” and import "
        "it again."
    )
    assert refusal(GERMAN.encode("utf-16-be"), guesses=False) == "The file is UTF-16 without a byte order mark."


def test_a_large_file_is_judged_by_samples_from_all_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "_WHOLE", 1000)
    monkeypatch.setattr(encodings, "_PLACE", 64)
    monkeypatch.setattr(encodings, "_BEGINNING", 64)
    monkeypatch.setattr(encodings, "_ENOUGH", 1000)
    plain, german = b"name,email\n" + b"Ada,ada@example.com\n" * 1000, GERMAN.encode("cp1252") * 300

    assert encoding_of(io.BytesIO(plain + german)) == "windows-1252"
    assert encoding_of(io.BytesIO(plain + GERMAN.encode() * 300)) == "utf-8"


def test_python_knows_every_encoding_on_offer() -> None:
    assert [key for key in ENCODINGS if "a".encode(key).decode(key) != "a"] == []
    assert (label_of("cp932"), label_of("ascii")) == ("Shift-JIS (Japanese)", "ascii")


@pytest.mark.no_cover
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "mac-roman", "gb18030", "utf-16"])
def test_real_names_are_found_in_five_encodings(shared_data: Path, encoding: str) -> None:
    with (shared_data / "stackexchange" / "users.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if line.encode(encoding, "ignore").decode(encoding) == line]
    content = "".join(lines).encode(encoding)

    assert encoding_of(io.BytesIO(content)) == {"utf-16": "utf-16-le"}.get(encoding, encoding)
    assert [cells for _, cells in read(content)[1]] == [cells for _, cells in read("".join(lines))[1]]
