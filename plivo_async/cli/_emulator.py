"""`plivo-async emulator`: an account to try things on, until it is stopped."""

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Literal

import anyio
import anyio.to_thread
import typer

from .._privacy import masked
from ..batch import duration
from ..emulator import MEANINGS, Emulator, Faults, Limit, Request
from ._console import fail, given, out, say, tell, warn
from ._input import InputError, read_entries, read_source
from ._options import parse_faults, parse_latency, parse_rate
from ._signals import until_signal

WindowKind = Literal["sliding", "fixed", "bucket"]

AUTH_ID = "MAEMULATOR0000000000"
AUTH_TOKEN = "made-up-token-of-the-emulator"  # noqa: S105  (opens nothing but the emulator)

_POLL = 0.1
_GIVEN_UP = 60.0
_KEPT = 10_000  # requests, some 20 MB: it may run for weeks, and only those since the last look are printed


def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8808,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="0.0.0.0 in a container; other machines can reach it then.")
    ] = "127.0.0.1",
    conferences: Annotated[
        str,
        typer.Option(metavar="N|FILE", help="What waits to be activated: so many, or the names in a file."),
    ] = "600",
    faults: Annotated[
        str, typer.Option(metavar="FAULT=SHARE,…|none", help="What goes wrong, and how often (listed below).")
    ] = "none",
    latency: Annotated[
        str, typer.Option(metavar="TIME|TIME-TIME", help="A request's time there and back: 40ms, 0.04, 20ms-60ms.")
    ] = "0",
    limit: Annotated[str, typer.Option(metavar="N/SECONDS|none", help="The account's limit.")] = "300/5",
    window: Annotated[WindowKind, typer.Option(help="How the limit is counted.")] = "sliding",
    seed: Annotated[int, typer.Option(help="Of everything that is left to chance.")] = 0,
    log: Annotated[bool, typer.Option("--log", help="Print a line for each request.")] = False,
) -> None:
    """Run an emulator of Plivo's Multiparty Call API on this machine until it is stopped (Ctrl-C).

    It listens on 127.0.0.1 unless told otherwise. Auth ID and token are made up, and always the same. GET /health needs
    none. When it stops, it says what was really applied.

    Examples:
      plivo-async emulator
      plivo-async emulator --faults lost-response=0.02,500=0.03 --latency 40ms --log
      plivo-async emulator --conferences names.txt --limit 100/5 --window bucket
    """
    rate = given("--limit", parse_rate, limit)
    trouble = given("--faults", parse_faults, faults)
    lag = given("--latency", parse_latency, latency)
    names = given("--conferences", _names, conferences)
    plivo = Emulator(
        AUTH_ID,
        AUTH_TOKEN,
        port=port,
        host=host,
        limit=None if rate is None else Limit(rate.limit, per=rate.per, window=window),
        faults=trouble,
        latency=lag,
        seed=seed,
        keep_requests=_KEPT,
    )
    if host not in ("127.0.0.1", "localhost", "::1"):
        warn(f"on {host} every machine that reaches this one can use it: its credentials are no secret")
    counted = f"{rate}, counted as a {window} window" if rate is not None else "none"
    wrongs = [f"{fault} {share:g}" for fault, share in trouble.probabilities.items()]
    rules = {"limit": counted, "faults": ", ".join(wrongs) or "none", "latency": latency if lag else "none"}
    run = partial(_serve, plivo, names, partial(_introduction, plivo, conferences, len(names), rules), log)
    began = time.monotonic()
    try:
        anyio.run(until_signal, run)
    except KeyboardInterrupt:
        pass
    except OSError as error:
        fail(f"port {port} of {host} can't be had: {error.strerror or error}; --port 0 takes a free one")
    tell(truth_lines(plivo, time.monotonic() - began))


async def _serve(plivo: Emulator, names: Sequence[str], introduction: partial[list[str]], log: bool) -> None:
    async with plivo:
        for name in names:
            plivo.add_conference(name)
        for line in introduction():
            say(out(), line)
        await (_log_forever(plivo) if log else anyio.sleep_forever())


def _names(text: str) -> list[str]:
    """The conferences that `--conferences` asks for, each once.

    Raises:
        ValueError: It is no number of at most a million, and no file of names.
    """
    if text.isascii() and text.isdigit():
        if int(text) > 1_000_000:
            raise ValueError(f"{text} is more than 1,000,000")
        return [example_name(number) for number in range(1, int(text) + 1)]
    try:
        data, label = read_source(text)
        entries = read_entries(data, label)
    except InputError as error:
        raise ValueError(str(error)) from None
    return list(dict.fromkeys(str(entry.conference) for entry in entries))


def faults_listed() -> str:
    """Every fault and what it does, for the help."""
    text = "\n".join(["Faults:", *(f"  {fault.value:19} {meaning.text}" for fault, meaning in MEANINGS.items())])
    standard = Faults()
    text = text.replace("`late_by`", f"{standard.late_by:g}").replace("`apply_after`", f"{standard.apply_after:g}")
    return text.replace("`drip_interval` seconds", f"{standard.drip_interval:g} s")


def example_name(number: int) -> str:
    """The name of one of the conferences that are there if no file names others."""
    return f"conference-{number:04}"


def _introduction(plivo: Emulator, source: str, count: int, rules: Mapping[str, str]) -> list[str]:
    if source.isdigit():
        named = f", {example_name(1)} to {example_name(count)}" if count else ""
        command = f"{_names_command(count, os.name)} | plivo-async mpc start - --base-url {plivo.url}"
    else:
        named = f" from {source}"
        command = f"plivo-async mpc start {shlex.quote(source)} --base-url {plivo.url}"
    return [
        f"Emulator of Plivo's Multiparty Call API at {plivo.url}; Ctrl-C stops it.",
        f"  conferences  {count:,} waiting{named}",
        *(f"  {rule:11}  {value}" for rule, value in rules.items()),
        "",
        "In another terminal:",
        *(f"  {line}" for line in _exports(plivo, os.name)),
        f"  {command}",
        "",
    ]


def _exports(plivo: Emulator, system: str) -> list[str]:
    variables = {"PLIVO_AUTH_ID": plivo.auth_id, "PLIVO_AUTH_TOKEN": plivo.auth_token}
    if system == "nt":
        return [f'$env:{name} = "{value}"' for name, value in variables.items()]
    return ["export " + " ".join(f"{name}={value}" for name, value in variables.items())]


def _names_command(count: int, system: str) -> str:
    if system == "nt":
        return f"1..{count} | ForEach-Object {{ 'conference-{{0:d4}}' -f $_ }}"
    return f"seq -f conference-%04.0f {count}"


# ---- The log ----------------------------------------------------------------------------------------------------


async def _log_forever(plivo: Emulator) -> None:
    """Print each request when it is over. One that takes long doesn't hold back those after it."""
    began = anyio.current_time()
    seen = 0
    waiting: list[Request] = []
    while True:
        waiting += [request for request in plivo.requests if request.number > seen]
        seen = plivo.counts().requests
        now = anyio.current_time() - began
        lines = [log_line(request) for request in waiting if is_over(request, now)]
        waiting = [request for request in waiting if not is_over(request, now)]
        if lines:  # in a thread: a reader that doesn't read must not stop the emulator
            await anyio.to_thread.run_sync(_print_all, lines, abandon_on_cancel=True)
        await anyio.sleep(_POLL)


def _print_all(lines: Sequence[str]) -> None:
    for line in lines:
        say(out(), line)


def is_over(request: Request, now: float) -> bool:
    """Whether nothing more will become of a request, or it has taken too long to wait for."""
    unanswered = request.fault is not None and MEANINGS[request.fault].status is None and request.status is not None
    return request.answered_at is not None or (unanswered and request.told is None) or now - request.at > _GIVEN_UP


def log_line(request: Request) -> str:
    """As `    1.234  activate 'support-4812'  204`; phone numbers are masked, control characters escaped."""
    what = request.operation or request.method
    who = request.name if request.name is not None else request.uuid or request.raw_path
    told = "no answer" if request.told is None else str(request.told)
    applied = ", applied" if request.applied else ""
    why = f"  ({request.fault.value}{applied})" if request.fault is not None else ""
    return f"{request.at:9.3f}  {what:8} {masked(repr(who))}  {told}{why}"


def truth_lines(plivo: Emulator, elapsed: float) -> list[str]:
    """What really happened, in numbers."""
    counts = plivo.counts()
    states = dict.fromkeys(("Initialized", "Active", "Ended"), 0)
    for conference in plivo.conferences_by_uuid.values():
        states[conference.status] += 1
    lines = [
        f"Stopped after {duration(elapsed)}: {counts.requests:,} requests, {counts.applied:,} applied, "
        f"{counts.told_429:,} answered 429, {counts.unanswered:,} not answered",
        "  conferences  " + ", ".join(f"{count:,} {status}" for status, count in states.items()),
    ]
    if counts.by_fault:
        lines.append("  faults       " + ", ".join(f"{fault} {count:,}" for fault, count in counts.by_fault.items()))
    return lines
