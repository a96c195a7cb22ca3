"""Many conferences of an emulator activated, and the report held against its records."""

import textwrap
from dataclasses import replace
from random import Random

import anyio
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ... import ActivationOutcome, ActivationReport, AsyncClient, RateLimit
from ...emulator import Emulator, Fault, Faults, Limit
from .._codes import ExitCode
from .._signals import until_signal
from ..input._options import Rate
from ..screen._console import as_it_is, err, fail, out, say
from ..screen._progress import hearing, progress, watch
from ..screen._tally import Tally
from ._scene import Scene, set_up
from ._truth import Row, compare, faults, settled, strays

_TIMEOUT = 2.0  # seconds of one attempt; a late or dripping answer takes longer
_NEXT = """\
What next?
  plivo-async demo --faults lost-response=0.1,500=0.05 --seed 7
      make it harder
  plivo-async emulator
      an account to try things on, until you stop it
  plivo-async mpc start names.txt --report report.json
      the same on your own account; see plivo-async mpc start --help
  report = await client.mpc.start(names)
      the same in Python"""


def demonstrate(
    conferences: int,
    rate: Rate | None,
    trouble: Faults,
    lag: float | tuple[float, float],
    seed: int,
    *,
    backend: str,
    latency_told: str,
) -> bool:
    """Do it, and print what was reported beside what is true; returns whether they agree."""
    trouble = replace(trouble, late_by=2 * _TIMEOUT, drip_interval=0.5)
    plivo = Emulator(
        limit=None if rate is None else Limit(rate.limit, per=rate.per), faults=trouble, latency=lag, seed=seed
    )
    agree = False

    async def main() -> None:
        nonlocal agree
        async with plivo:
            scene = set_up(plivo, conferences)
            _introduce(out(), plivo, scene, trouble, rate, latency_told)
            report = await _activate(plivo, scene, rate, seed)
        agree = _conclude(out(), plivo, scene, report, rate)

    if anyio.run(until_signal, main, backend=backend):
        fail("interrupted", ExitCode.INTERRUPTED)
    return agree


async def _activate(plivo: Emulator, scene: Scene, rate: Rate | None, seed: int) -> ActivationReport:
    tally = Tally(len(scene.names), rate)
    client = AsyncClient(
        plivo.auth_id,
        plivo.auth_token,
        base_url=plivo.url,
        timeout=_TIMEOUT,
        rate_limit=None if rate is None else RateLimit(*rate),
        observer=hearing(tally),
        random=Random(seed).random,  # noqa: S311  (to be replayed, not to be secret)
    )
    async with client, anyio.create_task_group() as group:
        group.start_soon(watch, tally, client)
        with progress(tally, err()):
            report = await client.mpc.start(scene.names, on_outcome=tally.note)
        group.cancel_scope.cancel()
    return report


def _introduce(
    console: Console, plivo: Emulator, scene: Scene, trouble: Faults, rate: Rate | None, latency: str
) -> None:
    wrong = ", ".join(f"{Fault(name)} {share:.3g}" for name, share in trouble.probabilities.items())
    say(console, f"An emulator of Plivo's API runs at {plivo.url}.")
    say(console, f"{len(scene.names):,} conferences are to be activated: some are active already, some don't exist,")
    say(console, "one is named twice, and one always answers 500.")
    say(console, f"  limit    {rate or 'none'}")
    say(console, f"  latency  {latency}")
    for number, line in enumerate(textwrap.wrap(wrong or "none", 68)):
        say(console, f"  {'' if number else 'faults':8} {line}")
    say(console)


def _conclude(console: Console, plivo: Emulator, scene: Scene, report: ActivationReport, rate: Rate | None) -> bool:
    """Print what was reported beside what is true; returns whether they agree."""
    rows = compare(report, plivo.conferences)
    stray = strays(scene.names, plivo.conferences)
    say(console)
    console.print(_outcome_table(rows))
    _show_faults(console, plivo, report)
    for name in stray:
        say(console, f"DIFFERS: {name!r} was activated, and nobody asked for it", "red")
    wrong = sum(row.wrong for row in rows) + len(stray)
    say(console, _pace(plivo, report, rate))
    if wrong:
        say(
            console,
            f"{wrong:,} of {len(report):,} outcomes DIFFER from what the emulator did: a bug; please report it.",
            "bold red",
        )
        return False
    unknown = report.counts[ActivationOutcome.UNKNOWN]
    known = f"All {len(report):,}" if not unknown else f"All but the {unknown:,} unknown of {len(report):,}"
    say(console, f"{known} outcomes agree with the emulator, one by one.", "bold green")
    say(console)
    for line in _NEXT.splitlines():
        as_it_is(console, line)
    return True


def _outcome_table(rows: list[Row]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("The client reports")
    table.add_column("", justify="right")
    table.add_column("The emulator knows")
    table.add_column("")
    for row in rows:
        known = "\n".join(f"{count:,} {what}" for what, count in row.truths.items())
        table.add_row(row.outcome.replace("_", " "), f"{row.reported:,}", known, _verdict(row))
    return table


def _verdict(row: Row) -> Text:
    if row.wrong:
        return Text(f"{row.wrong:,} DIFFER", "red")
    return Text("not guessed", "magenta") if row.outcome is ActivationOutcome.UNKNOWN else Text("agrees", "green")


def _show_faults(console: Console, plivo: Emulator, report: ActivationReport) -> None:
    say(console)
    rows = faults(plivo.requests)
    if not rows:
        say(console, "Nothing went wrong on the way.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("What went wrong", no_wrap=True)
    table.add_column("hits", justify="right")
    table.add_column("yet activated", justify="right")
    table.add_column("which means")
    for row in rows:
        table.add_row(row.fault.value, f"{row.hits:,}", f"{row.applied:,}" if row.applied else "", row.meaning)
    console.print(table)
    say(console)
    end = settled(plivo.requests, report)
    say(console, f"{end.total:,} conferences were activated although no answer, or a wrong one, came back:")
    say(console, f"  {end.by_look:,} settled by a look, {end.by_answer:,} by an answer, {end.unknown:,} left unknown")


def _pace(plivo: Emulator, report: ActivationReport, rate: Rate | None) -> str:
    told = plivo.counts().told_429
    injected = sum(request.fault is Fault.RATE_LIMITED for request in plivo.requests)
    line = f"{len(plivo.requests):,} requests in {report.elapsed:.1f} s"
    if rate is None:
        return f"{line}, without a limit"
    floor = (len(plivo.requests) - 1) // rate.limit * rate.per
    return f"{line}, at least {floor:g} s at {rate}; {max(0, told - injected)} over it"
