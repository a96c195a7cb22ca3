"""How far a run has got: numbers, words, the live display and the plain lines."""

import io
import logging
import time

import anyio
import pytest

pytest.importorskip("rich")

from rich.console import Console

from plivo_async import (
    Activation,
    ActivationOutcome,
    ActivationReport,
    Attempt,
    AttemptOutcome,
    OutageBegan,
    OutageEnded,
    PlivoError,
    RetryPolicy,
)
from plivo_async.cli.input._options import Rate
from plivo_async.cli.screen._console import moves
from plivo_async.cli.screen._progress import _View, hearing, progress, watch
from plivo_async.cli.screen._summary import summary_lines
from plivo_async.cli.screen._tally import Speed, Tally, line_is_due, numbers, outcomes, plain_line, time_left
from plivo_async.emulator import Emulator

from ...support import in_memory

YES = Attempt("POST", AttemptOutcome.ANSWERED, 204)
NO = Attempt("POST", AttemptOutcome.ANSWERED, 404)
LOST = Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadError")
REFUSED = Attempt("POST", AttemptOutcome.REFUSED, 429)
LOOK = Attempt("GET", AttemptOutcome.ANSWERED, 200)

BUDGET = Rate(300, 5.0)


def activation(position: int, outcome: ActivationOutcome, *attempts: Attempt, name: str = "x") -> Activation:
    """An outcome with its attempts."""
    return Activation(position, name, None, outcome, attempts=attempts)


def tally_of(total: int, *activations: Activation, budget: Rate | None = BUDGET) -> Tally:
    """A tally that has seen these."""
    tally = Tally(total, budget)
    for one in activations:
        tally.note(one)
    return tally


def test_tally_counts_attempts_by_kind() -> None:
    """Retries are activations sent again; looks are apart."""
    tally = tally_of(
        9,
        activation(0, ActivationOutcome.ACTIVATED, YES),
        activation(1, ActivationOutcome.ACTIVATED, LOST, REFUSED, NO, LOOK),
        activation(2, ActivationOutcome.NOT_ATTEMPTED),
    )
    assert (tally.done, tally.requests, tally.retries, tally.looks, tally.refused, tally.lost) == (2, 5, 2, 1, 1, 1)
    assert outcomes(tally) == [("1 not attempted", False), ("2 activated", True)]
    assert not tally.unauthorized
    tally.note(activation(3, ActivationOutcome.REJECTED, Attempt("POST", AttemptOutcome.ANSWERED, 401)))
    assert tally.unauthorized


def test_tally_counts_the_attempts_of_a_twin_once() -> None:
    """A conference that was given twice is two outcomes and one set of requests."""
    attempts = (LOST, YES)
    twins = [Activation(position, "x", None, ActivationOutcome.ACTIVATED, attempts=attempts) for position in (0, 7)]
    tally = tally_of(2, *twins)
    assert (tally.done, tally.requests, tally.retries) == (2, 2, 1)


def test_speed_is_that_of_the_last_window() -> None:
    """A burst is forgotten after one window."""
    speed = Speed(0.0, 5.0)
    assert speed.measure(0.5, 300) == pytest.approx(600)
    assert speed.measure(4.0, 300) == pytest.approx(75)
    assert speed.measure(5.5, 300) == pytest.approx(0)
    assert speed.measure(6.0, 450) == pytest.approx(150 / 5.5)


@pytest.mark.parametrize(
    ("total", "done", "requests", "elapsed", "left"),
    [
        (600, 0, 0, 1.0, None),
        (600, 600, 600, 6.0, 0.0),
        (600, 300, 300, 0.5, 4.5),  # the second window opens at 5 s, whatever the average of the burst says
        (600, 300, 300, 4.9, 0.1),
        (600, 300, 330, 1.0, 9.0),  # with retries it takes a third
        (600, 450, 450, 5.5, 0.0),
        (600, 60, 60, 10.0, 90.0),  # far behind the limit: the average tells
    ],
)
def test_time_left_is_arithmetic_while_the_limit_rules(
    total: int, done: int, requests: int, elapsed: float, left: float | None
) -> None:
    """What is left follows from the windows still needed."""
    tally = Tally(total, BUDGET)
    tally.done, tally.requests = done, requests
    assert time_left(tally, elapsed) == (left if left is None else pytest.approx(left))


def test_time_left_without_a_limit_is_the_average() -> None:
    """Nothing else is known."""
    tally = Tally(100, None)
    tally.done = 20
    assert time_left(tally, 2.0) == pytest.approx(8)


def test_numbers_leave_out_what_did_not_happen() -> None:
    """Zeros are noise; at the end the time that it took stands in place of the time left."""
    tally = Tally(600, BUDGET)
    tally.done = tally.requests = 300
    assert numbers(tally, 60.4, 0.5) == "60/s · 300 requests · about 4s left"
    tally.requests, tally.retries, tally.looks, tally.refused = 1310, 9, 1, 2
    assert numbers(tally, 60, 0.5) == ("60/s · 1,310 requests · 9 retries · 1 look · 2 answered 429 · about 40s left")
    tally.over = True
    assert numbers(tally, 60, 75.0).endswith(" · 1m 15s")
    assert plain_line(tally, 60, 75.0, 75.0).startswith("300/600 (50 %) · 60/s")


def test_failures_stand_first_and_in_plain_lines() -> None:
    """They are what matters, wherever a line is cut."""
    tally = tally_of(9, activation(0, ActivationOutcome.ACTIVATED, YES), activation(1, ActivationOutcome.UNKNOWN, LOST))
    assert plain_line(tally, 1, 1.0, 1.0).startswith("2/9 (22 %) · 1 unknown · 1/s · 2 requests")


NEVER_SENT = Attempt("POST", AttemptOutcome.NOT_SENT, None, "ConnectError")


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (NEVER_SENT, "for 34s Plivo has been out of reach (ConnectError); it is tried now and then"),
        (LOST, "for 34s Plivo has given no answer (ReadError); it is tried now and then"),
        (
            Attempt("POST", AttemptOutcome.UNCLEAR, 503),
            "for 34s Plivo has answered nothing but errors (503); it is tried now and then",
        ),
        (
            Attempt("POST", AttemptOutcome.UNCLEAR, 404, "Unreadable"),
            "for 34s Plivo has given no answer, something else has (404) (Unreadable); it is tried now and then",
        ),
    ],
)
def test_an_outage_is_called_one(attempt: Attempt, words: str) -> None:
    """Since when, and why, in place of a time left that nobody can tell; the first clear answer ends it."""
    tally = tally_of(600, activation(0, ActivationOutcome.ACTIVATED, YES))
    tally.hear(OutageBegan(4.0, attempt), 104.0)
    assert tally.outage_line(134.0) == words.replace(" (Unreadable)", "")
    line = plain_line(tally, 0, 34.0, 134.0)
    assert line.endswith(tally.outage_line(134.0))
    assert "left" not in line
    tally.hear(OutageEnded(34.0), 134.0)
    assert tally.outage_line(999.0) == ""


@pytest.mark.anyio
async def test_outages_are_heard_of_and_the_log_is_silent_meanwhile(capsys: pytest.CaptureFixture[str]) -> None:
    """The display says it; afterwards the log is as it was."""
    tally, logger = Tally(1, BUDGET), logging.getLogger("plivo_async")
    before = list(logger.handlers)
    retry = RetryPolicy(max_attempts=9, base_delay=4)
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=hearing(tally), retry=retry) as client:
        plivo.add_conference("a")
        for operation in ("activate", "get"):
            plivo.script(operation, nth=None, fault="503")
        async with anyio.create_task_group() as group:
            group.start_soon(watch, tally, client)
            with pytest.raises(PlivoError):
                await client.mpc.start("a")
            assert logger.handlers != before
            group.cancel_scope.cancel()
    assert "503" in tally.outage_line(time.monotonic())
    assert logger.handlers == before
    assert capsys.readouterr().err == ""


def test_numbers_say_nothing_of_time_before_anything_is_known() -> None:
    """No guess."""
    assert numbers(Tally(600, BUDGET), 0.0, 0.1) == "0/s · 0 requests"


@pytest.mark.parametrize(
    ("since_line", "elapsed", "share", "share_then", "due"),
    [
        (4.9, 4.9, 0.05, 0.0, False),
        (5.0, 5.0, 0.05, 0.0, True),
        (1.0, 1.0, 0.3, 0.29, True),
        (0.9, 0.9, 0.3, 0.29, False),
        (9.9, 200.0, 0.05, 0.04, False),
        (10.0, 200.0, 0.05, 0.04, True),
        (60.0, 60.0, 1.0, 1.0, False),
    ],
)
def test_plain_lines_come_now_and_then(
    since_line: float, elapsed: float, share: float, share_then: float, due: bool
) -> None:
    """Every 10 % or 5 s, and less often in a long run."""
    assert line_is_due(since_line=since_line, elapsed=elapsed, share=share, share_then=share_then) is due


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_live_display_goes_to_terminals_that_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to pipes, and not to dumb terminals."""
    monkeypatch.setenv("TERM", "xterm-256color")
    assert moves(Terminal())
    assert not moves(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not moves(Terminal())


@pytest.mark.parametrize("width", [40, 50, 80, 120])
def test_live_display_fits_its_width(width: int) -> None:
    """Whatever the size, no line is broken and nothing is cut off; failures come first, and in red."""
    ends = [activation(n, ActivationOutcome.ACTIVATED, LOST, YES) for n in range(148)]
    ends += [activation(n, ActivationOutcome.REJECTED, LOST, NO) for n in range(2)]
    tally = tally_of(600, *ends)
    tally.paused = True
    view = _View(tally, time.monotonic)
    console = Console(file=io.StringIO(), width=width, record=True, color_system=None)
    console.print(view.render())
    lines = console.export_text().splitlines()
    assert all(len(line) <= width for line in lines)
    assert lines[0].startswith("activating ")
    assert lines[0].rstrip().endswith("150/600  25 %")
    assert lines[1].rstrip() == "2 rejected · 148 activated"
    text = " ".join(line.strip() for line in lines)
    assert "300 requests · 150 retries" in text
    assert "waiting: the budget of 300 requests per 5 s is used up" in text
    assert "…" not in text
    coloured = io.StringIO()
    Console(file=coloured, width=width, force_terminal=True, color_system="standard").print(view.render())
    assert "\x1b[1;31m2 rejected" in coloured.getvalue()
    assert "\x1b[32m148 activated" in coloured.getvalue()


@pytest.mark.real_time
def test_progress_on_a_terminal_moves_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The display is drawn over itself, and the last state stays."""
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    tally = Tally(2, BUDGET)
    with progress(tally, Console(file=terminal, force_terminal=True, width=80)):
        time.sleep(0.3)
        tally.note(activation(0, ActivationOutcome.ACTIVATED, YES))
    assert "\x1b[" in terminal.getvalue()
    assert "1/2  50 %" in terminal.getvalue()
    assert tally.over


@pytest.mark.real_time
def test_progress_elsewhere_is_plain_lines() -> None:
    """No control codes; at the end the final state in any case, also when the run raises."""
    stream = io.StringIO()
    tally = Tally(2, BUDGET)

    def run() -> None:
        with progress(tally, Console(file=stream, width=20)):
            tally.note(activation(0, ActivationOutcome.ACTIVATED, YES))
            time.sleep(1.3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    text = stream.getvalue()
    assert "\x1b" not in text
    assert [line.split(" · ")[0] for line in text.splitlines()] == ["1/2 (50 %)", "1/2 (50 %)"]


def test_summary_says_where_failures_stand_and_masks_numbers() -> None:
    """The line in the input says which it is; a phone number doesn't get into a log."""
    failures = [
        Activation(position, "+14151234567", None, ActivationOutcome.NOT_FOUND, error=ValueError("no +14151234567"))
        for position in range(7)
    ]
    untried = [
        Activation(7 + n, "y", None, ActivationOutcome.NOT_ATTEMPTED, error=ValueError("the deadline passed"))
        for n in range(2)
    ]
    report = ActivationReport([*failures, *untried], 2.0)
    lines = summary_lines(report, tally_of(9), lambda position: f"line {position + 10}", None)
    assert lines[0] == "7 not found · 2 not attempted  (2.0s)"
    assert lines[1] == "  line 10: '+*******4567' not found: no +*******4567"
    assert lines[6] == "  … and 2 more; --report FILE would hold them all"
    assert lines[7] == "  line 17: the deadline passed"
    assert lines[8] == "  … and 1 more was not attempted"
    assert lines[9] == "0 requests"


def test_summary_clips_long_lines() -> None:
    """A name may have 10,000 characters."""
    one = Activation(0, "n" * 10_000, None, ActivationOutcome.NOT_FOUND, error=ValueError("x"))
    lines = summary_lines(ActivationReport([one], 2.0), tally_of(1, one), str, None)
    assert len(lines[1]) < 300
    assert "n…n" in lines[1]
    assert lines[1].endswith("not found: x")  # what to do, where there is something, is not cut off
