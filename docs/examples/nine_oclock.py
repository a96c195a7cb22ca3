"""Some thousand conferences, activated at nine: with a journal that survives a crash, and a report for people.

    python docs/examples/nine_oclock.py --emulated 2000
    python docs/examples/nine_oclock.py conferences.txt --at 09:00 --journal tonight.db --report tonight.html

The first needs no account and runs at once. The second reads names, one a line, and waits. Run it again if it was
killed: it goes on where it was. It exits with 0 only if every conference is live.
"""

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import anyio

from plivo_async import ActivationReport, AsyncClient, plan
from plivo_async.emulator import Emulator, Faults


def next_time(at: str, now: datetime) -> datetime:
    """The next time that it is so late here."""
    hour, minute = map(int, at.split(":"))
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return then if then > now else then + timedelta(days=1)


async def wait_until(then: datetime) -> None:
    """Wait for a time of day: in short steps, as a machine that was asleep, or a clock that was set, is noticed so."""
    while (left := (then - datetime.now().astimezone()).total_seconds()) > 0:  # noqa: ASYNC110  (no event tells the time of day)
        await anyio.sleep(min(left, 30))


@asynccontextmanager
async def emulated(count: int, port: int) -> AsyncIterator[tuple[AsyncClient, list[str]]]:
    """A client of the emulator, in which so many conferences wait, and some answers are lost."""
    names = [f"shift-{number:05}" for number in range(count)]
    account = "MAEXAMPLE00000000000"  # this and the port the same each time: a journal is of one account at one server
    async with Emulator(
        account, port=port, faults=Faults({"lost-response": 0.01, "500": 0.01}), latency=(0.02, 0.06)
    ) as plivo:
        for name in names:
            plivo.add_conference(name)
        async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
            yield client, names


async def activate(told: argparse.Namespace, names: list[str]) -> ActivationReport:
    """Wait, and then activate all of them."""
    async with AsyncExitStack() as stack:
        if told.emulated:
            client, names = await stack.enter_async_context(emulated(told.emulated, told.port))
        else:
            client = await stack.enter_async_context(AsyncClient())
            await client.account.get()  # a wrong credential is better found before nine
        print(plan(names))
        if told.at:
            then = next_time(told.at, datetime.now().astimezone())
            print(f"waiting until {then:%Y-%m-%d %H:%M}")
            await wait_until(then)
        return await client.mpc.start(names, journal=told.journal, wait_for=told.wait_for)


def main(told: argparse.Namespace) -> int:
    """All of it; what to exit with."""
    lines = Path(told.names).read_text(encoding="utf-8").splitlines() if told.names else []
    report = anyio.run(activate, told, [name for line in lines if (name := line.strip())])
    print(report)
    if told.report:
        Path(told.report).write_text(report.to_html(source=told.names or "the emulator"), encoding="utf-8")
        print(f"the report: {told.report}")
    for activation in report.failures[:20]:
        print(activation, file=sys.stderr)
    return 0 if report.succeeded else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="?", help="a file of names, one a line")
    parser.add_argument("--emulated", type=int, metavar="N", help="so many conferences in the emulator instead")
    parser.add_argument("--port", type=int, default=8809, help="of the emulator")
    parser.add_argument("--at", metavar="HH:MM", help="begin then; at once without")
    parser.add_argument("--journal", metavar="FILE", help="what survives a crash")
    parser.add_argument("--wait-for", type=float, default=0.0, metavar="SECONDS", help="for who is late to dial in")
    parser.add_argument("--report", metavar="FILE", help="a page for people")
    options = parser.parse_args()
    if (options.names is None) == (options.emulated is None):
        parser.error("either a file of names, or --emulated")
    sys.exit(main(options))
