"""The bytes of an input as text, or a sentence that says what they are instead. Pure."""

import codecs
import io
import zipfile
from collections.abc import Mapping
from typing import NamedTuple


class Cell(NamedTuple):
    """A piece of text, the line it stands on, from 1, and what stands beside it, by column."""

    line: int
    text: str
    beside: Mapping[str, str] = {}


class InputError(ValueError):
    """The input can't be used; the message names file, line, and what to do."""


_MARKS = (  # the longer ones first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_CSV = "save it as CSV UTF-8 there (File, Save As), and give that file"
_UNPACK = "unpack it first"
_AS_TEXT = "give a text file with one name per line, or a CSV file"
_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of an old Excel (.xls)", _AS_CSV),
    (b"\x1f\x8b", "compressed with gzip", "unpack it, as in: gunzip -c FILE | plivo-async mpc start -"),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"%PDF-", "a PDF document", _AS_TEXT),
    (b"{\\rtf", "a formatted text (RTF)", "save it as plain text, UTF-8"),
    (b"SQLite format 3\x00", "an SQLite database", "export the column of names from it"),
    (b"PAR1", "a Parquet file", "export the column of names from it"),
    (b"\x89PNG", "a picture", _AS_TEXT),
    (b"\xff\xd8\xff", "a picture", _AS_TEXT),
    (b"GIF8", "a picture", _AS_TEXT),
    (b"\x7fELF", "a program", _AS_TEXT),
)
_ZIPPED = (
    ("xl/", "an Excel workbook (.xlsx)", _AS_CSV),
    ("Index/", "a Numbers document", "export it as CSV, UTF-8, and give that file"),
    ("content.xml", "an OpenDocument file (.ods)", _AS_CSV),
    ("word/", "a Word document", "save it as plain text, UTF-8"),
)
_MARKUP = (
    ("<!doctype html", "a web page (HTML)"),
    ("<html", "a web page (HTML)"),
    ("<?xml", "an XML document"),
)


def decoded(data: bytes, label: str) -> str:
    """The text: UTF-8, or whatever a byte order mark says.

    Raises:
        InputError: It is no text, or in another encoding.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data.removeprefix(mark), label, encoding)
    kind = _kind(data)
    if kind is not None:
        what, next_step = kind
        raise InputError(f"{label} is {what}, not a list of names; {next_step}")
    text = _decode(data, label, "utf-8")
    start = text[:100].lstrip().lower()
    for begins, what in _MARKUP:
        if start.startswith(begins):
            raise InputError(f"{label} is {what}, not a list of names; {_AS_TEXT}")
    return text


def _kind(data: bytes) -> tuple[str, str] | None:
    """What it is if it is no text, and what to do."""
    for magic, what, next_step in _KINDS:
        if data.startswith(magic):
            return what, next_step
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if b"\x00" not in data:
        return None
    if not any(data[1:2000:2]) or not any(data[0:2000:2]):
        return "UTF-16 without a byte order mark", "save it as UTF-8"
    return "binary data", _AS_TEXT


def _zipped(data: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        names = []
    for begins, what, next_step in _ZIPPED:
        if any(name.startswith(begins) for name in names):
            return what, next_step
    return "a ZIP archive", _UNPACK


def _decode(data: bytes, label: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise InputError(f"{label} begins as {encoding[:6].upper()}, and is broken; save it as UTF-8") from None
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{label}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8, but perhaps Windows-1252, as Excel's "
            f"plain CSV is; save it as UTF-8, or use: iconv -f WINDOWS-1252 -t UTF-8"
        ) from None
