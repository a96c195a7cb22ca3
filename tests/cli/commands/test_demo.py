"""`plivo-async demo`: small runs of the real thing, and a client that lies."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from functools import cache

import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async import Activation, ActivationOutcome, ActivationReport
from plivo_async.cli import app
from plivo_async.cli.actions import _demo
from plivo_async.cli.actions._scene import set_up
from plivo_async.emulator import MEANINGS, Emulator, Fault
from plivo_async.emulator.world import _rules as rules

from ...house.demo_picture import PICTURE, lines
from ...support import PATIENCE

pytestmark = pytest.mark.real_time


def demo(*arguments: str) -> tuple[int, str]:
    """Run the demo; the exit code and stdout."""
    result = CliRunner().invoke(app, ["demo", "--latency", "2ms", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def table(text: str) -> list[str]:
    """The lines from the outcomes to how they were settled, without spaces that vary."""
    part = text[text.index("The client reports") : text.index("left unknown")]
    return [re.sub(r" +", " ", line).strip() for line in part.splitlines()]


@cache
def small(backend: str) -> tuple[int, str]:
    """A run in which all happens that can happen; the exit code and stdout."""
    return demo("--conferences", "40", "--limit", "60/0.5", "--latency", "1ms-3ms", "--backend", backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_demo_agrees_with_the_truth(backend: str) -> None:
    """Every interesting outcome is there, and no control code in a pipe."""
    pytest.importorskip(backend)
    code, text = small(backend)
    assert code == 0
    lines = table(text)
    assert "activated 46 46 live, by our request agrees" in lines
    assert "already active 5 5 live before we came agrees" in lines
    assert "not found 3 2 never there agrees" in lines
    assert "unknown 1 1 still waiting, untouched not guessed" in lines
    assert "All but the 1 unknown of 55 outcomes agree" in text
    assert "at 60 requests per 0.5 s; 0 over it" in text
    assert text.rstrip().endswith("the same in Python")
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def shape(lines: Iterable[str]) -> list[str]:
    """Lines without the numbers and the spaces in which two runs differ, nor the faults that came up in one of them."""
    text = "\n".join(re.sub(" +", " ", re.sub(r"\d[\d.,]*", "N", line)).strip() for line in lines)
    text = re.sub(r"(?<=which means\n).*?(?=\n\n)", "…", text, flags=re.DOTALL)
    return [line for line in text.split("\n") if line]


def test_the_picture_in_readme_is_what_the_demo_prints() -> None:
    """But for numbers; of each fault in it, what the demo says of it today."""
    shown = lines(PICTURE.read_text(encoding="utf-8"))
    _, printed = small("asyncio")
    assert shown[0] == "$ plivo-async demo"
    assert shape(shown[1:]) == shape(printed[: printed.index("What next?")].splitlines())
    rows = " ".join(" ".join(shown).partition("which means")[2].partition("conferences were activated")[0].split())
    faults = [fault for fault in Fault if re.search(rf"(?<!\S){re.escape(fault.value)} \d", rows)]
    assert len(faults) == 5
    for fault in faults:
        assert re.search(rf"(?<!\S){re.escape(fault.value)} \d+ (\d+ )?{re.escape(MEANINGS[fault].text)}", rows), fault


def test_the_picture_in_readme_asks_nobody_for_anything() -> None:
    """No font, no style, no script, nothing else that is elsewhere."""
    text = PICTURE.read_text(encoding="utf-8")
    assert re.findall(r"https?://(?!127\.0\.0\.1:|www\.w3\.org/2000/svg)", text) == []
    assert re.findall(r"@import|@font-face|<script|<image|<foreignObject|href|url\((?!#)", text) == []


@pytest.mark.long
def test_demo_without_faults_or_limit() -> None:
    """What is scripted goes wrong in any case."""
    code, text = demo("--conferences", "1", "--limit", "none", "--faults", "none")
    assert code == 0
    assert "  faults   none" in text
    assert "without a limit" in text
    assert "lost-response" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--faults", "bad=1"], "is no fault"),
        (["--limit", "x"], "is no limit"),
        (["--latency", "x"], "is no time"),
        (["--conferences", "0"], "--conferences"),
    ],
)
def test_demo_refuses_what_it_cannot_read(arguments: list[str], message: str) -> None:
    """With exit code 2."""
    result = CliRunner().invoke(app, ["demo", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr


def test_demo_says_how_to_get_trio(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no part of the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["demo", "--backend", "trio"])
    assert result.exit_code == 2
    assert "pip install trio" in result.stderr


def test_demo_exits_1_if_the_client_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single false outcome is enough, and so is a conference that nobody asked for."""

    async def lie(plivo: Emulator, scene: object, rate: object, seed: int) -> ActivationReport:
        rules.activate(plivo._core.machine, plivo.conferences["eA"], 0.0, by=1)
        return ActivationReport([Activation(0, "demo-0001", None, ActivationOutcome.ACTIVATED)], 1.0)

    monkeypatch.setattr(_demo, "_activate", lie)
    code, text = demo("--conferences", "1", "--faults", "none")
    assert code == 1
    assert "1 still waiting, untouched   1 DIFFER" in text
    assert "'eA' was activated, and nobody asked for it" in text
    assert "2 of 1 outcomes DIFFER" in text
    assert "Nothing went wrong on the way" in text
    assert "agree with" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_demo_interrupted_is_130(backend: str) -> None:
    """On both event loops."""
    default = signal.getsignal(signal.SIGTERM)

    def interrupt() -> None:
        while signal.getsignal(signal.SIGTERM) is default:  # event loops take SIGINT alone, and before it listens
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    result = CliRunner().invoke(app, ["demo", "--limit", "1/60", "--backend", backend])
    assert result.exit_code == 130
    assert result.stderr.endswith("plivo-async: interrupted\n")


def test_an_error_in_the_demo_comes_out_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """In no exception group, and with no values of variables."""

    async def broken(*arguments: object) -> ActivationReport:
        raise ZeroDivisionError

    monkeypatch.setattr(_demo, "_activate", broken)
    with pytest.raises(ZeroDivisionError):
        demo()


def test_demo_owns_up_to_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown is no difference, and is not counted as agreement either."""

    async def doubt(plivo: Emulator, scene: object, rate: object, seed: int) -> ActivationReport:
        return ActivationReport(
            [
                Activation(0, "demo-0001", None, ActivationOutcome.UNKNOWN),
                Activation(1, "never-created-1", None, ActivationOutcome.NOT_FOUND),
            ],
            1.0,
        )

    monkeypatch.setattr(_demo, "_activate", doubt)
    code, text = demo("--conferences", "1", "--faults", "none")
    assert code == 0
    assert "1 still waiting, untouched   not guessed" in text
    assert "All but the 1 unknown of 2 outcomes agree" in text


@pytest.mark.anyio
async def test_scene_holds_what_it_says() -> None:
    """The first name is given again at the end; what was open before was so for long."""
    async with Emulator() as plivo:
        scene = set_up(plivo, 3)
        assert scene.names[0] == scene.names[-1] == "demo-0001"
        assert len(set(scene.names)) == len(scene.names) - 1
        assert {name for name in scene.names if name in plivo.conferences} >= scene.open_before
        for name in scene.open_before:
            assert plivo.conferences[name].status == "Active"
            assert not plivo.conferences[name].activations


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal and signals")
@pytest.mark.long
def test_demo_on_a_terminal_draws_and_stops_at_ctrl_c() -> None:
    """On a terminal it moves its cursor; Ctrl-C ends it with 130, the cursor back."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "plivo_async", "demo", "--limit", "20/60"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    seen = bytearray()

    def read() -> None:
        try:
            while data := os.read(ours, 65536):
                seen.extend(data)
        except OSError:
            pass

    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:  # noqa: S603
        os.close(theirs)
        reader = threading.Thread(target=read)
        reader.start()
        ends = time.monotonic() + 10
        while b"budget of 20 requests" not in seen and time.monotonic() < ends:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    reader.join(PATIENCE)
    os.close(ours)
    text = seen.decode()
    assert "activating" in text
    assert "\x1b[?25l" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert text.rstrip().endswith("plivo-async: interrupted\x1b[0m")
