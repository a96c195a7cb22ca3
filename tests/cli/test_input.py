"""Files of names: what is read, and what is refused with file, line and what is allowed."""

import io
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

pytest.importorskip("typer")

from plivo_async.cli._input import Entry, InputError, read_entries, read_source

UUID_TEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"


def names(data: bytes, label: str = "names.txt", **options: str | bool | None) -> list[tuple[int, str]]:
    """What a file holds, as pairs of line and name."""
    return [(line, str(conference)) for line, conference in read_entries(data, label, **options)]  # type: ignore[arg-type]


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
        (b"\xff\xfea\x00", "f", {}, "UTF-16; save it as UTF-8"),
        (b"a\nnope\n", "f", {"uuid": True}, "f, line 2: uuid must be a UUID such as"),
        (b"x,y\n1,2\n", "f.csv", {}, "none of its columns is friendly_name or name or conference; there are 'x', 'y'"),
        (b"x;y\n1;2\n", "f.csv", {"column": "z"}, "no column is called 'z'; there are 'x', 'y'"),
        (b"name,name\n1,2\n", "f.csv", {}, "2 columns are called 'name'; give --column a number"),
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
