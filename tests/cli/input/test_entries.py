"""Files of names: what is read, and what is refused with file, line and what is allowed."""

import csv
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

pytest.importorskip("typer")

from plivo_async import Activation, ActivationOutcome, ActivationReport
from plivo_async.cli.input._entries import Entry, InputError, read_entries, read_source

UUID_TEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"


def names(data: bytes, label: str = "names.txt", **options: str | bool | None) -> list[tuple[int, str]]:
    """What a file holds, as pairs of line and name."""
    return [(line, str(conference)) for line, conference, _ in read_entries(data, label, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\nb\n", [(1, "a"), (2, "b")]),
        (b"a\r\n\r\nb", [(1, "a"), (3, "b")]),
        (b"\xef\xbb\xbfa\n", [(1, "a")]),
        (b"\n\n a\t\n \nb/c\n", [(3, "a"), (5, "b/c")]),
        (b"a,b\n#c\n", [(1, "a,b"), (2, "#c")]),
        ("Östermalm\ne%41\nx\u2028y\n".encode(), [(1, "Östermalm"), (2, "e%41"), (3, "x\u2028y")]),
    ],
)
def test_text_is_a_name_per_line(data: bytes, expected: list[tuple[int, str]]) -> None:
    """Blank lines, CRLF, a byte order mark and spaces around a name don't matter; all else is the name."""
    assert names(data) == expected


@pytest.mark.parametrize(
    ("data", "label", "options", "expected"),
    [
        (b"x,friendly_name\n1,a\n2,b\n", "n.csv", {}, [(2, "a"), (3, "b")]),
        (b"\xef\xbb\xbfname,x\r\n\r\na,1\r\n", "n.csv", {}, [(3, "a")]),
        (b"x;name\n1;a,b\n", "n.CSV", {}, [(2, "a,b")]),
        (b"x\tname\n1\ta,b\n", "n.tsv", {}, [(2, "a,b")]),
        (b"room,name\nr,n\n", "n.csv", {"column": "room"}, [(2, "r")]),
        (b"room,name\nr,n\n", "stdin", {"column": "room"}, [(2, "r")]),
        (b"a,b\nc,d\n", "n.csv", {"column": "2"}, [(1, "b"), (2, "d")]),
        (b"a,b\nc,d\n", "n.csv", {"column": "2", "header": True}, [(2, "d")]),
        (b"a;b\nc;d\n", "n.csv", {"column": "1"}, [(1, "a"), (2, "c")]),
        (b'name\n"a ""b"", c"\n', "n.csv", {}, [(2, 'a "b", c')]),
        (b'name,x\na,"1\n2"\nb,3\n', "n.csv", {}, [(2, "a"), (4, "b")]),
        (f"mpc_uuid\n{UUID_TEXT.upper()}\n".encode(), "n.csv", {"uuid": True}, [(2, UUID_TEXT)]),
    ],
)
def test_csv_column(data: bytes, label: str, options: dict[str, str | bool], expected: list[tuple[int, str]]) -> None:
    """A column is found by its name, under whichever delimiter, or counted from 1; lines are those of the file."""
    assert names(data, label, **options) == expected


def test_uuids_are_uuids() -> None:
    """With `uuid`, entries are UUIDs and not names that look like one."""
    assert read_entries(UUID_TEXT.encode(), "f", uuid=True) == [Entry(1, UUID(UUID_TEXT))]
    assert read_entries(UUID_TEXT.encode(), "f") == [Entry(1, UUID_TEXT)]


@pytest.mark.parametrize(
    ("data", "label", "options", "message"),
    [
        (b"", "f", {}, "f holds no conferences"),
        (b" \n\r\n", "f", {}, "f holds no conferences"),
        (b"", "f.csv", {}, "f.csv is empty"),
        (b"name\n", "f.csv", {}, "f.csv holds no conferences"),
        (b"a\nb\x07c\n", "f", {}, r"f, line 2: .* control character \(U\+0007\)"),
        (b"a\nb\xff\n", "f", {}, "f, line 2: byte 0xff is not UTF-8"),
        (b"\xff\xfea\x00\x00", "f", {}, "f begins as UTF-16, and is broken; save it as UTF-8"),
        (b"a\nnope\n", "f", {"uuid": True}, "f, line 2: uuid must be a UUID such as"),
        (b"x,y\n1,2\n", "f.csv", {}, "none of its columns is friendly_name or name or conference; there are 'x', 'y'"),
        (b"x;y\n1;2\n", "f.csv", {"column": "z"}, "no column is called 'z'; there are 'x', 'y'"),
        (
            b"name,name\n1,2\n",
            "f.csv",
            {},
            "2 columns are called 'name'; give --column 1 --header or --column 2 --header",
        ),
        (b"name\na\n", "f.csv", {"header": False}, "--no-header needs --column with a number"),
        (b"a\n", "f.csv", {"column": "0"}, "numbered from 1"),
        (b"x,name\n1,a\n2\n", "f.csv", {}, "f.csv, line 3: 1 column, but the conferences are in column 2"),
        (b"x,name\n1,a\n2,\n", "f.csv", {}, "f.csv, line 3: .* empty"),
        (b"x,name,z\n1,a\n", "f.csv", {"column": "z"}, "line 2: 2 columns, but the conferences are in column 3"),
        (b'name\na\n"b"c\n', "f.csv", {}, "f.csv, line 3: no valid CSV"),
    ],
)
def test_mistakes_name_file_line_and_what_is_allowed(
    data: bytes, label: str, options: dict[str, str | bool], message: str
) -> None:
    """Nothing of a file with a mistake is used."""
    with pytest.raises(InputError, match=message):
        names(data, label, **options)


def test_the_first_few_mistakes_are_listed() -> None:
    """One run shows more than one mistake, and not a thousand."""
    with pytest.raises(InputError) as caught:
        names(b"\x01\n" * 8)
    lines = str(caught.value).splitlines()
    assert [line[:9] for line in lines[:5]] == ["names.txt"] * 5
    assert lines[5] == "… and 3 more"


def test_read_source_reads_a_file_or_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is stdin; a file that isn't there is a mistake of the input."""
    path = tmp_path / "names.txt"
    path.write_bytes(b"a\n")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"b\n")))
    assert read_source(str(path)) == (b"a\n", str(path))
    assert read_source("-") == (b"b\n", "stdin")
    with pytest.raises(InputError, match="No such file"):
        read_source(str(tmp_path / "nothing"))


# ---- Tables as programs write them ----------------------------------------------------------------------------------

ROOMS = ["a", "b, c", "d; e", 'f "g"', "+1 415"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("sep", [True, False])
def test_every_table_that_is_one(delimiter: str, quoting: Any, encoding: str, end: str, sep: bool) -> None:
    """Whatever separates its columns and whatever is quoted, in each encoding; by name and by number."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=delimiter, quoting=quoting, lineterminator=end)
    rows = [["id", "Friendly Name", "note"], *([str(n), room, "x" * 9] for n, room in enumerate(ROOMS))]
    writer.writerows(rows)
    text = (f"sep={delimiter}{end}" if sep else "") + table.getvalue()
    expected = [(number + sep, room) for number, room in enumerate(ROOMS, 2)]
    for options in ({}, {"column": "Friendly Name"}, {"column": "friendly_name"}, {"column": "2", "header": True}):
        assert names(text.encode(encoding), "n.csv", **options) == expected
    if sep:
        assert names(text.encode(encoding), "stdin") == expected


def test_a_cell_may_be_long() -> None:
    """Notes beside a name; the standard library's bound is 128 kB."""
    notes = "x" * 300_000
    assert names(f'note;name\n"{notes}";a\n'.encode(), "n.csv") == [(2, "a")]


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        (b'\xef\xbb\xbf"id";"name"\r\n"1";"a"\r\n', {}, [(2, "a")]),
        (b'"id";"name"\n1;a\n', {"column": "2", "header": True}, [(2, "a")]),
        (b"id;name\n1;a,b\n2;c,d\n", {"column": "2", "header": True}, [(2, "a,b"), (3, "c,d")]),
        (b"name\na;b\n", {}, [(2, "a;b")]),
        (b"name;;\na;;\n;;\nb;;\n", {}, [(2, "a"), (4, "b")]),
        (b"name,x\na,1,,\n", {}, [(2, "a")]),
        (b"name\ra\rb", {}, [(2, "a"), (3, "b")]),
        (b"CONFERENCE\na\n", {}, [(2, "a")]),
        (b"Name,name\na,b\n", {}, [(2, "b")]),
        (b"name\na\n", {"column": "1", "header": False}, [(1, "name"), (2, "a")]),
    ],
)
def test_tables_of_all_kinds(data: bytes, options: dict[str, str | bool], expected: list[tuple[int, str]]) -> None:
    """Quoted headers, trailing delimiters, other line ends, other cases."""
    assert names(data, "n.csv", **options) == expected


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"1;a,b\n2;c,d\n", {"column": "2"}, "can't be told what separates the columns; .* sep=;"),
        (b"a,b\nc\n", {"column": "1"}, "can't be told what separates the columns"),
        (b"name,x\na,1\n", {"column": "1"}, "line 1: 'name' is the name of the column; add --header, or --no-header"),
        (b"name\nSmith, John\n", {}, "line 2: 2 columns, but the first row has 1; put quotes around .* a comma"),
        (b'sep=;\nname;x\n"a;1\n', {}, "line 3: no valid CSV"),
        (b"sep=;\n", {}, "n.csv is empty; give one name per line"),
        (b"room,x,room\na,1,b\n", {"column": "room"}, "2 columns .* give --column 1 --header or --column 3 --header"),
        (b"a,b\n", {"column": "name"}, "Give --column one of these, or --column NUMBER --no-header"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(data: bytes, options: dict[str, str | bool], message: str) -> None:
    """Nothing is guessed; the sentence says what to write."""
    with pytest.raises(InputError, match=message):
        names(data, "n.csv", **options)


def test_our_own_report_comes_back() -> None:
    """Its cells are defused, and are the names again."""
    report = ActivationReport(
        [Activation(n, name, None, ActivationOutcome.NOT_FOUND) for n, name in enumerate(["+1", "'=x", "a"])], 1.0
    )
    assert names(report.to_csv().encode(), "r.csv") == [(2, "+1"), (3, "'=x"), (4, "a")]


# ---- JSON -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ('{"friendly_name": "a"}\n{"friendly_name": "b"}\n', {}, [(1, "a"), (2, "b")]),
        (f'\n{{"friendly_name": "a", "mpc_uuid": "{UUID_TEXT}"}}', {"uuid": True}, [(2, UUID_TEXT)]),
        ('{\n "name": "a"\n}\n{\n "name": "b"\n}', {}, [(1, "a"), (4, "b")]),
        ('[\n "a",\n {"conference": "b"}\n]\n', {}, [(2, "a"), (3, "b")]),
        ('{"meta": {}, "objects": [{"friendly_name": "a"}, {"friendly_name": "b"}]}', {}, [(1, "a"), (1, "b")]),
        ('{"room": "a", "name": "b"}', {"column": "room"}, [(1, "a")]),
        ("[draft] a\n{b}\n[1]\n", {}, [(1, "[draft] a"), (2, "{b}"), (3, "[1]")]),
    ],
)
def test_json_is_read(text: str, options: dict[str, str | bool], expected: list[tuple[int, str]]) -> None:
    """What `mpc list --json` prints, through jq, as an array, as Plivo answers; names in brackets stay."""
    assert names(text.encode(), "stdin", **options) == expected


@pytest.mark.parametrize(
    ("text", "label", "message"),
    [
        ('{"friendly_name": "a"}\n{"friendly', "stdin", "line 2: no valid JSON"),
        ("a\n", "n.jsonl", "n.jsonl, line 1: no valid JSON: Expecting value"),
        ('["a",\n', "n.json", "line 2: no valid JSON: the array is not closed"),
        ("[" * 99_999, "n.json", "no valid JSON"),
        ("[1]", "n.json", "line 1: 1 is no name"),
        ('{"id": 1}', "n.json", "has no text friendly_name or name or conference; it has 'id'. Give --column"),
        ('{"counts": {}, "activations": []}', "r.json", "is a report of plivo-async, .* jq -r"),
        ("[]", "stdin", "holds no conferences"),
        ('a\n{"friendly_name": "b"}\n', "stdin", "line 2: it is a JSON object, not a name"),
    ],
)
def test_json_with_a_mistake_is_refused(text: str, label: str, message: str) -> None:
    """With its line; a report of ours is told from a list."""
    with pytest.raises(InputError, match=message):
        names(text.encode(), label)


# ---- Something else -------------------------------------------------------------------------------------------------


def zipped(*members: str) -> bytes:
    """A ZIP archive with these members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for member in members:
            archive.writestr(member, "")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            r"f is an Excel workbook \(.xlsx\), .*; save it as CSV UTF-8",
        ),
        (zipped("content.xml"), "OpenDocument"),
        (zipped("word/document.xml"), "Word document"),
        (zipped("Index/Document.iwa"), "Numbers document"),
        (zipped("names.txt"), "a ZIP archive, not a list of names; unpack it first"),
        (b"PK\x03\x04broken", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"\x1f\x8b\x08", "compressed with gzip, not a list of names; unpack it, as in"),
        (b"%PDF-1.7", "a PDF document"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\x89PNG\r\n", "a picture"),
        (b"a\x00\n\x01", "binary data"),
        ("a\nb".encode("utf-16-le"), "UTF-16 without a byte order mark, .*; save it as UTF-8"),
        (b"\n<!DOCTYPE html>", "a web page"),
        (b"<?xml version='1.0'?>", "an XML document"),
        ("\u00d6stermalm\n".encode("latin-1"), "line 1: byte 0xd6 is not UTF-8, but perhaps Windows-1252, .* iconv"),
        (b"friendly_name\na\n", "line 1: 'friendly_name' is a line of column names; give --column friendly_name"),
        (b"id;Name\n1;a\n", "'id;Name' is a line of column names; give --column name"),
        (b'"a"\n"b"\n', "every name is in quotes; use jq -r, or give --column 1"),
        (b"a\tb\n", "line 1: columns separated by tabs, not a name; give --column"),
        (f"x\na\tActive\t-\t-\t{UUID_TEXT}\n".encode(), "line 2: columns .*; add | cut -f1 after mpc list"),
    ],
)
def test_what_is_no_list_of_names_is_told_as_what_it_is(data: bytes, message: str) -> None:
    """With the next step; nothing of it is sent."""
    with pytest.raises(InputError, match=message):
        names(data, "f")


@pytest.mark.parametrize("name", ["name", "conference", '"a', "x;y", "sep", "PK", "<b>"])
def test_a_name_alone_is_a_name(name: str) -> None:
    """Whatever it looks like."""
    assert names(name.encode()) == [(1, name)]


def test_lines_may_end_as_on_an_old_mac() -> None:
    """Old spreadsheets write so."""
    assert names(b"a\rb\r") == [(1, "a"), (2, "b")]


def test_stdin_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and what to do; a file's name is shown, not obeyed."""
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputError, match="stdin is closed; pipe names into it, or give a file"):
        read_source("-")
    with pytest.raises(InputError, match=r"\\x1b\[2J can't be read: "):
        read_source("\x1b[2J")
    with pytest.raises(InputError, match=r"\\x00 can't be read: "):
        read_source("\x00")


@pytest.mark.parametrize(
    ("data", "label", "options", "beside"),
    [
        (b"room,team,note\na,7,x\nb,8\n", "in.csv", {"column": "room"}, [{"team": "7", "note": "x"}, {"team": "8"}]),
        (
            b"room,team,team,\na,7,8,9\n",
            "in.csv",
            {"column": "room"},
            [{"team": "7", "column 3": "8", "column 4": "9"}],
        ),
        (b"7;a\n8;b\n", "in.csv", {"column": "2"}, [{"column 1": "7"}, {"column 1": "8"}]),
        (b'{"name": "a", "team": 7, "vip": true, "tags": ["x"]}', "in.json", {}, [{"team": "7", "vip": "true"}]),
        (b'["a"]', "in.json", {}, [{}]),
        (b"a\n", "in.txt", {}, [{}]),
    ],
)
def test_what_stands_beside_a_name_is_kept(
    data: bytes, label: str, options: dict[str, str], beside: list[dict[str, str]]
) -> None:
    """The other columns of a table, by their names or numbers; the other plain values of an object."""
    assert [entry.beside for entry in read_entries(data, label, **options)] == beside  # type: ignore[arg-type]
