"""The report file: checked before anything is sent, written whole or not at all, not lost for want of a folder."""

import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..batch import ActivationReport
from ..shown._printable import printable
from .input._entries import Entry
from .input._options import Rate

_FORMATS = (".json", ".csv", ".html")


@dataclass(frozen=True)
class Facts:
    """What is known of a run beside its report."""

    source: str = ""
    rate: Rate | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    entries: Sequence[Entry] | None = None

    @property
    def columns(self) -> dict[str, list[str | int]] | None:
        """File and line of each item of the input, and its other columns; None if the input isn't known."""
        if self.entries is None:
            return None
        names = dict.fromkeys(name for entry in self.entries for name in entry.beside)
        own: dict[str, list[str | int]] = {
            "file": [self.source] * len(self.entries),
            "line": [entry.line for entry in self.entries],
        }
        return own | {
            f"input_{name}" if name in own else name: [entry.beside.get(name, "") for entry in self.entries]
            for name in names
        }

    def where(self, position: int) -> str:
        """Where an item of the input stands."""
        return str(position + 1) if self.entries is None else f"line {self.entries[position].line}"


def as_text(report: ActivationReport, form: str, facts: Facts) -> str:
    """A report as `json`, `csv` or `html`."""
    if form == "csv":
        return report.to_csv(columns=facts.columns)
    if form == "html":
        limit, per = facts.rate or (None, 5.0)
        return report.to_html(source=facts.source, limit=limit, per=per, about=facts.about, where=facts.where)
    return report.to_json(indent=1, columns=facts.columns) + "\n"


def check_report_path(path: Path) -> None:
    """See that a report can be written there.

    Raises:
        ValueError: Another suffix than `.json`, `.csv` or `.html`, or no place to write to.
    """
    shown = printable(str(path))
    if path.suffix.lower() not in _FORMATS:
        raise ValueError(f"{shown} must end in .json, .csv or .html, which says what is written")
    if path.is_dir():
        raise ValueError(f"{shown} is a directory")
    try:
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(None, "it is write-protected")
        if not _is_special(path):
            _temporary(path.resolve()).unlink()
    except OSError as error:
        raise ValueError(f"{shown} can't be written: {error.strerror or error}") from None


def keep_report(path: Path, report: ActivationReport, facts: Facts | None = None) -> tuple[Path | None, str]:
    """Write a report where it should be, or else to the current folder, or else to that of temporary files.

    Args:
        path: Where it should be; its suffix says as what.
        report: The report.
        facts: What a page says of the run beside it.

    Returns:
        Where it is, None for nowhere; and why it isn't where it should be, empty if it is.
    """
    text = as_text(report, path.suffix.lower().removeprefix("."), facts or Facts())
    places: list[Callable[[], Path]] = [
        lambda: _write(path, text),
        lambda: _write(_unused(Path(), path), text),
        lambda: _write(_unused(Path(tempfile.gettempdir()), path), text),
    ]
    reason = ""
    for write in places:
        try:
            return write(), reason
        except OSError as error:
            reason = reason or error.strerror or str(error)
    return None, reason


def _write(path: Path, text: str) -> Path:
    """Write beside its place, then move it there, over what was there before; a link keeps leading to it.

    A new file has the mode that the umask gives it, an old one keeps its own. What is no file (a pipe) is written to.

    Raises:
        OSError: It can't be written; what was there before still is.
    """
    target = path.resolve()
    if _is_special(path):
        path.write_text(text, encoding="utf-8", newline="")
        return path
    temporary = _temporary(target)
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _temporary(path: Path) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # which the umask narrows
    return temporary


def _unused(folder: Path, path: Path) -> Path:
    return folder.absolute() / f"{path.stem}-{secrets.token_hex(4)}{path.suffix}"
