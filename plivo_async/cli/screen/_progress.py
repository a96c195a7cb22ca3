"""A run before one's eyes: a live display on a terminal, a plain line now and then elsewhere.

Both draw in a thread of their own, from numbers that the run merely counts up: however slow the terminal is, and even
if it is stopped (Ctrl-S), the event loop doesn't wait for it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ... import AsyncClient, Observer
from ._console import moves, say
from ._tally import Speed, Tally, line_is_due, numbers, outcomes, plain_line

_PER_SECOND = 8
_TICK = 0.2
_SAMPLE = 0.1
_LOG = logging.getLogger("plivo_async")


@contextmanager
def progress(tally: Tally, console: Console, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Show how far a run has got, until the block ends.

    Args:
        tally: Its numbers.
        console: Where to.
        clock: Monotonic seconds.
    """
    view = _View(tally, clock)
    if moves(console.file):
        with Live(get_renderable=view.render, console=console, refresh_per_second=_PER_SECOND):
            try:
                yield
            finally:
                view.end()
        return
    stop = threading.Event()
    thread = threading.Thread(target=_print_lines, args=(view, console, stop), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        view.end()
        stop.set()
        thread.join(timeout=1)


def hearing(tally: Tally) -> Observer:
    """What is told of a client's events, for the tally to know of outages."""
    return lambda event: tally.hear(event, time.monotonic())


async def watch(tally: Tally, client: AsyncClient) -> None:
    """Note for ever whether the run waits for its limit; to be cancelled. The display says what the log would say."""
    silence = logging.NullHandler()
    _LOG.addHandler(silence)
    try:
        while True:
            now = client.statistics()
            tally.paused = bool(now.waiting_for_permit) and not now.requests
            await anyio.sleep(_SAMPLE)
    finally:
        _LOG.removeHandler(silence)


class _View:
    def __init__(self, tally: Tally, clock: Callable[[], float]) -> None:
        self.tally = tally
        self._clock = clock
        self._began = clock()
        self._ended: float | None = None
        self._speed = Speed(self._began, tally.budget.per if tally.budget is not None else 5.0)

    def elapsed(self) -> float:
        return (self._clock() if self._ended is None else self._ended) - self._began

    def end(self) -> None:
        self._ended = self._clock()
        self.tally.over = True

    def speed(self) -> float:
        """Conferences per second: of late, and over all of it once it is over."""
        if self._ended is None:
            return self._speed.measure(self._clock(), self.tally.done)
        return self.tally.done / max(self.elapsed(), 0.1)

    def line(self) -> str:
        return plain_line(self.tally, self.speed(), self.elapsed(), self._clock())

    def render(self) -> RenderableType:
        tally = self.tally
        done, total = tally.done, tally.total
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column()
        bar.add_column(ratio=1)
        bar.add_column(justify="right", no_wrap=True)
        share = 100 * done // max(1, total)
        line = ProgressBar(max(1, total), done, style="bright_black", complete_style="cyan", finished_style="green")
        bar.add_row("activating", line, f"{done:,}/{total:,} {share:3} %")
        outage = tally.outage_line(self._clock())
        waits = tally.paused and tally.budget is not None and not tally.over
        pause = f"waiting: the budget of {tally.budget} is used up" if waits else ""
        ends = [(text, "green" if succeeded else "bold red") for text, succeeded in outcomes(tally)]
        return Group(
            bar,
            Text(" · ").join(Text(text, style) for text, style in ends) if ends else Text("…"),
            Text(numbers(tally, self.speed(), self.elapsed(), left=not outage)),
            Text(outage, style="bold red") if outage else Text(pause, style="magenta"),
        )


def _print_lines(view: _View, console: Console, stop: threading.Event) -> None:
    """Print a line whenever one is due, and a last one."""
    share_then = at = 0.0
    while not stop.wait(_TICK):
        elapsed, share = view.elapsed(), view.tally.done / max(1, view.tally.total)
        if line_is_due(since_line=elapsed - at, elapsed=elapsed, share=share, share_then=share_then):
            say(console, view.line())
            at, share_then = elapsed, share
    say(console, view.line())
