"""Output never decides: dead pipes, full disks and closed streams say nothing of conferences."""

import errno
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import httpx
import pytest

pytest.importorskip("typer")

from anyio.from_thread import start_blocking_portal

from plivo_async.cli import main
from plivo_async.cli.screen._console import tell
from plivo_async.cli.screen._streams import Edge, install, lost
from plivo_async.emulator import Emulator

from ...support import PATIENCE

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

FAILURES = [errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF]


class Raw(io.RawIOBase):
    """A raw stream that fails after so many bytes; with no room it is full once, as one that doesn't block."""

    def __init__(self, room: int = 0, failure: int = errno.EPIPE, *, full: bool = False) -> None:
        """Fail with this number when the room is used up."""
        self.arrived = bytearray()
        self._room = room
        self._failure = failure
        self._full = full

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """Whatever is always ready to be written to."""
        return 1

    def write(self, data: Any) -> int | None:
        """As much as there is room for."""
        if self._full:
            self._full = False
            return None
        taken = bytes(data)[: self._room - len(self.arrived)]
        if not taken:
            raise OSError(self._failure, os.strerror(self._failure))
        self.arrived += taken
        return len(taken)


def stream(raw: io.RawIOBase) -> io.TextIOWrapper:
    """A text stream as the interpreter makes it."""
    return io.TextIOWrapper(io.BufferedWriter(raw), "ascii")


# ---- The edge -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("room", [0, 3])
@pytest.mark.parametrize("dead", ["stdout", "stderr"])
def test_a_write_that_fails_is_remembered_and_not_raised(
    monkeypatch: pytest.MonkeyPatch, failure: int, room: int, dead: str
) -> None:
    """What arrived arrived; all else is dropped, as often as anybody writes; the other stream is as ever."""
    raws = {"stdout": Raw(100), "stderr": Raw(100)}
    raws[dead] = Raw(room, failure)
    for name, raw in raws.items():
        monkeypatch.setattr(sys, name, stream(raw))
    install()
    for _ in range(3):
        sys.stdout.write("a line Ö\n")
        sys.stderr.write("a line Ö\n")
        sys.stdout.flush()
        sys.stderr.flush()
    alive = "stderr" if dead == "stdout" else "stdout"
    assert raws[dead].arrived == b"a l"[:room]
    assert raws[alive].arrived == b"a line \\xd6\n" * 3
    error = lost(getattr(sys, dead))
    assert error is not None
    assert error.errno == failure
    assert lost(getattr(sys, alive)) is None


def test_a_stream_that_never_was_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter has None for a descriptor that was closed."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    install()
    print("x")  # noqa: T201
    assert not sys.stdout.isatty()
    failure = lost(sys.stdout)
    assert failure is not None
    assert failure.errno == errno.EBADF
    with pytest.raises(OSError, match="closed"):
        sys.stderr.fileno()


def test_a_full_stream_that_does_not_block_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Node and some terminals leave their pipes so."""
    waited: list[object] = []
    monkeypatch.setattr("select.select", lambda *sets: waited.append(sets))
    raw = Raw(10, full=True)
    assert Edge(raw).write(b"abc") == 3
    assert (bytes(raw.arrived), len(waited)) == (b"abc", 1)


def test_streams_without_a_raw_side_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a test or a notebook; what they can't show is escaped where that can be set."""
    text, wrapped = io.StringIO(), io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", text)
    monkeypatch.setattr(sys, "stderr", wrapped)
    install()
    assert (sys.stdout, sys.stderr) == (text, wrapped)
    assert wrapped.errors == "backslashreplace"
    assert lost(text) is None


@pytest.mark.parametrize(("width", "kept"), [("0", False), ("7", False), ("50", True), ("x", True)])
def test_a_width_that_shows_nothing_is_none(monkeypatch: pytest.MonkeyPatch, width: str, kept: bool) -> None:
    """`COLUMNS=0` is what some containers and editors set."""
    monkeypatch.setenv("COLUMNS", width)
    install()
    assert (os.environ.get("COLUMNS") == width) is kept


def test_results_go_to_stderr_if_stdout_is_dead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may still read them."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Edge(Raw())), "utf-8"))
    tell(["2 activated"])
    assert capsys.readouterr().err == "2 activated\n"


def test_a_terminal_gets_no_word_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets lines as they are."""
    monkeypatch.setenv("COLUMNS", "50")
    line = "  line 1: 'nobody' not found: no conference 'nobody' is waiting to be activated"
    for terminal in (True, False):
        text = io.StringIO()
        monkeypatch.setattr(text, "isatty", lambda terminal=terminal: terminal)
        monkeypatch.setattr(sys, "stdout", text)
        tell([line])
        lines = text.getvalue().splitlines()
        assert " ".join(part.strip() for part in lines) == line.strip()
        assert max(map(len, lines)) == (
            len(line) if not terminal else max(len(part) for part in lines if len(part) <= 50)
        )


@pytest.mark.parametrize(
    ("arguments", "code", "failure", "said"),
    [
        (["--version"], 6, errno.ENOSPC, "plivo-async: stdout was not written to its end: No space left on device\n"),
        (["--version"], 6, errno.EPIPE, ""),
        (["mpc", "list", "--help"], 6, errno.EPIPE, ""),
        (["mpc", "start"], 2, errno.EPIPE, "Error: Missing argument 'FILE|-'"),
    ],
)
def test_a_dead_stdout_has_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    failure: int,
    said: str,
) -> None:
    """Unless there is a worse one. Of a reader that has had enough nothing is said."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Edge(Raw(0, failure))), "utf-8"))
    assert main(arguments) == code
    told = capsys.readouterr().err
    assert said in told if said else not told


@pytest.mark.parametrize("arguments", [["mpc", "start", "\x1b[2Jx"], ["\x1b]0;x\x07"], ["mpc", "list", "--\x1b[2J"]])
def test_arguments_are_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """In every mistake: of ours, of typer's, in a file's name."""
    os.environ.setdefault("PLIVO_AUTH_ID", "")
    assert main(arguments) == 2
    text = capsys.readouterr().err
    assert "\\x1b" in text or "PLIVO_AUTH_ID is not set" in text
    assert "\x1b" not in text


# ---- Commands -------------------------------------------------------------------------------------------------------


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    """An emulator with a and b waiting, which few.txt names; all that a command needs is in the environment."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Emulator()) as emulator:
        for name in "ab":
            portal.call(emulator.add_conference, name)
        monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "few.txt").write_text("a\nb\n")
        yield emulator


def dead_pipe() -> io.TextIOWrapper:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return stream(io.FileIO(writer, "w"))


def full_disk() -> io.TextIOWrapper:
    """A file on a disk that is full."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    return stream(io.FileIO("/dev/full", "w"))


def closed() -> None:
    """What was closed before the program began."""


def good() -> io.TextIOWrapper:
    """One that a test can read."""
    return io.TextIOWrapper(io.BytesIO(), "utf-8")


def text_of(written: TextIO) -> str:
    """What was written to a good one."""
    assert isinstance(written.buffer, io.BytesIO)
    written.flush()
    return written.buffer.getvalue().decode()


@contextmanager
def streams(stdout: Callable[[], TextIO | None], stderr: Callable[[], TextIO | None]) -> Iterator[None]:
    """Make these stdout and stderr of the program, as its interpreter would, and close them in the end."""
    before = sys.stdout, sys.stderr
    made = stdout(), stderr()
    sys.stdout, sys.stderr = made
    install()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for one in made:
            if one is not None:
                one.close()


BAD = [dead_pipe, full_disk, closed]


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("arguments", "code", "stdout", "stderr"),
    [
        *((["start", "few.txt"], 6, stdout, stderr) for stdout in BAD for stderr in (*BAD, good)),
        *((["start", "more.txt"], 1, stdout, good) for stdout in BAD),
        *((["list"], 6, stdout, good) for stdout in BAD),
    ],
)
def test_what_is_said_of_conferences_holds_whatever_becomes_of_the_output(
    plivo: Emulator,
    stdout: Callable[[], TextIO | None],
    stderr: Callable[[], TextIO | None],
    arguments: list[str],
    code: int,
) -> None:
    """The code tells the truth, all of it was done, and what stdout lost is on stderr if that can still be read."""
    Path("more.txt").write_text("a\nb\nnobody\n")
    with streams(stdout, stderr):
        assert main(["mpc", *arguments, "--base-url", plivo.url]) == code
        said = text_of(sys.stderr) if stderr is good else None
    if arguments[0] == "start":
        assert all(plivo.conferences[name].status == "Active" for name in "ab")
        assert said is None or "2 activated" in said
    assert said is None or ("stdout was not written to its end: " in said) is (stdout is not dead_pipe)


@pytest.mark.real_time
@pytest.mark.parametrize("stderr", [dead_pipe, full_disk, closed])
def test_a_dead_stderr_changes_nothing(
    plivo: Emulator, monkeypatch: pytest.MonkeyPatch, stderr: Callable[[], TextIO | None]
) -> None:
    """It is for people who look on; the summary is on stdout."""
    monkeypatch.setattr(sys, "stdin", None)
    with streams(good, stderr):
        assert main(["mpc", "start", "few.txt", "--base-url", plivo.url]) == 0
        assert text_of(sys.stdout).startswith("2 activated")
        assert main(["mpc", "start", "-", "--base-url", plivo.url]) == 2


@posix
@pytest.mark.real_time
@pytest.mark.long
def test_in_a_real_shell(plivo: Emulator) -> None:
    """The reader has gone; the reader of the progress has gone; nothing is open and the terminal has no width."""
    script = f"""
    mpc() {{ {shlex.quote(sys.executable)} -m plivo_async mpc "$@" --base-url {plivo.url}; echo $? >>codes; }}
    mpc start few.txt 2>>said | true
    mpc start few.txt 2>&1 >summary | true
    COLUMNS=0 mpc start few.txt >&- 2>&- <&-
    COLUMNS=0 FORCE_COLOR=1 mpc list >listed 2>>said
    mpc list --json 2>quiet | true
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    subprocess.run(["bash", "-c", script], timeout=120, check=True, env=environment)  # noqa: S603, S607
    said = Path("said").read_text()
    assert Path("codes").read_text().split() == ["6", "0", "6", "0", "6"], said
    assert not Path("quiet").read_text()
    assert "2 activated" in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert Path("summary").read_text().startswith("2 already active")
    assert [line.split("\t")[:2] for line in Path("listed").read_text().splitlines()] == [
        ["b", "Active"],
        ["a", "Active"],
    ]


@posix
@pytest.mark.real_time
def test_the_emulator_outlives_the_reader_of_its_log() -> None:
    """`emulator --log | head`: it goes on, and answers."""
    command = [sys.executable, "-m", "plivo_async", "emulator", "--port", "0", "--conferences", "1", "--log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split(" at ")[1].split(";")[0]
        process.stdout.close()
        codes = {httpx.get(f"{url}/v1/Account/MAEMULATOR0000000000/MultiPartyCall/").status_code for _ in range(3)}
        process.terminate()
        said = process.stderr.read()
        assert (process.wait(PATIENCE), codes) == (6, {401})
    assert ": 3 requests" in said
    assert "Traceback" not in said
