"""The report file: its place, its mode, and where it goes if its place has gone."""

import csv
import json
import os
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("typer")

from plivo_async import Activation, ActivationOutcome, ActivationReport
from plivo_async.cli._output import Facts, check_report_path, keep_report
from plivo_async.cli.input._entries import Entry

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs modes and links as POSIX has them")

REPORT = ActivationReport([Activation(0, "a", None, ActivationOutcome.ACTIVATED, True)], 1.0)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield
    os.umask(before)


def kept() -> dict[str, int]:
    """The files that there are, below and above, with their modes."""
    files = (path for path in Path().rglob("*") if path.is_file())
    return {str(path): stat.S_IMODE(path.lstat().st_mode) for path in files if not path.is_symlink()}


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600), (0, 0o666)])
def test_the_umask_rules_a_new_file(umask: int, mode: int) -> None:
    """As with any other program."""
    os.umask(umask)
    assert keep_report(Path("r.json"), REPORT) == (Path("r.json"), "")
    assert kept() == {"r.json": mode}


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o640])
def test_an_old_file_keeps_its_mode(mode: int) -> None:
    """What is in it is replaced."""
    Path("r.json").write_text("old")
    Path("r.json").chmod(mode)
    keep_report(Path("r.json"), REPORT)
    assert kept() == {"r.json": mode}
    assert json.loads(Path("r.json").read_text())["counts"]["activated"] == 1


@posix
@pytest.mark.parametrize("old", ["old", None])
def test_a_link_keeps_leading_to_it(old: str | None) -> None:
    """The file behind it is written, whether it is there already or not."""
    Path("d").mkdir()
    if old is not None:
        Path("d/target.json").write_text(old)
    Path("r.json").symlink_to("d/target.json")
    check_report_path(Path("r.json"))
    keep_report(Path("r.json"), REPORT)
    assert Path("r.json").is_symlink()
    assert list(kept()) == ["d/target.json"]


@posix
def test_what_is_no_file_is_written_to() -> None:
    """A pipe is not replaced by a file."""
    os.mkfifo("r.csv")
    check_report_path(Path("r.csv"))
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path("r.csv").read_text()))
    reader.start()
    keep_report(Path("r.csv"), REPORT)
    reader.join()
    assert read[0].splitlines()[1].startswith("0,a,,activated")


@pytest.mark.parametrize("gone", [[], ["."], [".", "tmp"]])
def test_a_report_whose_folder_has_gone_goes_elsewhere(
    gone: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the current folder, or to that of temporary files, under a name that nothing has yet; or it says why not."""
    for name in ("here", "tmp", "there"):
        Path(name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    asked = tmp_path / "there" / "r.json"
    check_report_path(asked)
    asked.parent.rmdir()
    monkeypatch.chdir("here")
    for name in gone:
        (tmp_path / {".": "here"}.get(name, name)).rmdir()
    place, trouble = keep_report(asked, REPORT)
    assert trouble == "No such file or directory"
    if len(gone) == 2:
        assert place is None
        return
    assert place is not None
    assert place.parent == tmp_path / ("tmp" if gone else "here")
    assert place.name.startswith("r-")
    assert json.loads(place.read_text())["counts"]["activated"] == 1


def test_a_full_disk_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing half-written."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    Path("r.json").write_text("old")
    monkeypatch.setattr("os.fsync", full)
    assert keep_report(Path("r.json"), REPORT) == (None, "No space left on device")
    assert Path("r.json").read_text() == "old"
    assert len(list(Path().iterdir())) == 1


def test_a_protected_file_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has protected it."""
    Path("r.json").write_text("old")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(ValueError, match=r"r\.json can't be written: it is write-protected"):
        check_report_path(Path("r.json"))


def test_a_report_says_file_line_and_what_stood_beside() -> None:
    """In each form; a column of the input that is called as one of ours is renamed."""
    entries = [Entry(2, "a", {"team": "=7", "outcome": "x", "line": "y"}), Entry(4, "b", {"team": "8"})]
    outcomes = [Activation(at, name, None, ActivationOutcome.NOT_FOUND, False) for at, name in enumerate("ab")]
    facts = Facts("in.csv", entries=entries)
    for suffix in ("json", "csv", "html"):
        keep_report(Path(f"r.{suffix}"), ActivationReport(outcomes[1:] + outcomes[:1], 1.0), facts)
    first, second = (one["input"] for one in json.loads(Path("r.json").read_text())["activations"])
    assert first == {"file": "in.csv", "line": 2, "team": "=7", "outcome": "x", "input_line": "y"}
    assert second == {"file": "in.csv", "line": 4, "team": "8", "outcome": "", "input_line": ""}
    rows = list(csv.DictReader(Path("r.csv").read_text().splitlines()))
    assert [(row["name"], row["outcome"], row["line"], row["team"], row["input_outcome"]) for row in rows] == [
        ("a", "not_found", "2", "'=7", "x"),
        ("b", "not_found", "4", "8", ""),
    ]
    assert "line 4" in Path("r.html").read_text()
