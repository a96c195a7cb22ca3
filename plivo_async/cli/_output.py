"""The report file: checked before anything is sent, and written whole or not at all."""

import os
import tempfile
from pathlib import Path

from ..batch import ActivationReport

_FORMATS = (".json", ".csv")


def check_report_path(path: Path) -> None:
    """See that a report can be written there.

    Raises:
        ValueError: Another suffix than `.json` or `.csv`, or no place to write to.
    """
    if path.suffix.lower() not in _FORMATS:
        raise ValueError(f"{path} must end in {' or '.join(_FORMATS)}, which says what is written")
    if path.is_dir():
        raise ValueError(f"{path} is a directory")
    try:
        _temporary(path).unlink()
    except OSError as error:
        raise ValueError(f"{path} can't be written: {error.strerror or error}") from None


def write_report(path: Path, report: ActivationReport) -> None:
    """Write it beside its place, then move it there, over what was there before.

    Raises:
        OSError: It can't be written; what was there before still is.
    """
    text = report.to_csv() if path.suffix.lower() == ".csv" else report.to_json(indent=1) + "\n"
    temporary = _temporary(path)
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    return Path(name)
