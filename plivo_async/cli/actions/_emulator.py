"""An emulator that runs until it is stopped: what it says before, meanwhile and afterwards."""

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import anyio
import anyio.to_thread

from ...batch import duration
from ...emulator import MEANINGS, Delivery, Emulator, Faults, Request
from ...shown._privacy import masked
from .._signals import until_signal
from ..input._entries import InputError, read_entries, read_source
from ..input._options import Rate
from ..screen._console import as_it_is, fail, out, say, tell, warn

AUTH_ID = "MAEMULATOR0000000000"
AUTH_TOKEN = "made-up-token-of-the-emulator"  # noqa: S105  (opens nothing but the emulator)

_POLL = 0.1
_LAST_LINES = 2.0  # seconds for what is to be printed at the end
_GIVEN_UP = 60.0


class Source(NamedTuple):
    """Where its conferences come from: a number or a file, as it was typed, and how many these are."""

    typed: str
    names: int


def warn_of_neighbours(host: str, *, calls_back: bool) -> None:
    """Say so if other machines can reach it."""
    if host not in ("127.0.0.1", "localhost", "::1"):
        warn(f"on {host} every machine that reaches this one can use it: its credentials are no secret")
        if calls_back:
            warn("and can let it call back programs on this machine, or wherever --callbacks-to says; none lets it not")


def rules_of(rate: Rate | None, window: str, faults: Faults, latency: str, callbacks_to: str | None) -> dict[str, str]:
    """What it goes by, a line each."""
    wrongs = [f"{fault} {share:g}" for fault, share in faults.probabilities.items()]
    wrongs += [f"callbacks-{mishap} {share:g}" for mishap, share in _mishap_shares(faults).items()]
    return {
        "limit": "none" if rate is None else f"{rate}, counted as a {window} window",
        "faults": ", ".join(wrongs) or "none",
        "latency": latency,
        "callbacks": "none" if callbacks_to is None else f"to {callbacks_to}",
    }


def _mishap_shares(faults: Faults) -> dict[str, float]:
    """What happens to callbacks, and how often."""
    shares = {name: float(getattr(faults, f"callbacks_{name}")) for name in ("lost", "late", "twice", "shuffled")}
    return {name: share for name, share in shares.items() if share}


def run(
    plivo: Emulator,
    source: Source,
    rules: Mapping[str, str],
    *,
    address: str,
    https: bool,
    ca_file: Path | None,
    console: bool,
    log: bool,
) -> None:
    """Run it until a signal comes, then say what was really applied; ends the program if its port can't be had."""
    began = time.monotonic()
    with ExitStack() as files:
        authority = _authority(plivo, ca_file, files) if https else None
        introduction = partial(_introduction, plivo, source, rules, console=console)
        commands = partial(_commands, plivo, source, authority)
        try:
            with suppress(KeyboardInterrupt):
                anyio.run(until_signal, partial(_serve, plivo, introduction, commands, log))
        except OSError as error:
            fail(f"{address} can't be had: {error.strerror or error}; --port 0 takes a free one")
    tell(truth_lines(plivo, time.monotonic() - began))


async def _serve(plivo: Emulator, introduction: partial[list[str]], commands: partial[list[str]], log: bool) -> None:
    told = _Log(plivo, anyio.current_time())
    try:
        async with plivo:
            for line in introduction():
                say(out(), line)
            for line in commands():
                as_it_is(out(), line)
            await (_print_forever(told) if log else anyio.sleep_forever())
    finally:  # what has ended since; whoever doesn't read doesn't keep it from ending
        with anyio.move_on_after(_LAST_LINES, shield=True):
            await anyio.to_thread.run_sync(_print_all, told.new() if log else [], abandon_on_cancel=True)


def _authority(plivo: Emulator, ca_file: Path | None, files: ExitStack) -> Path:
    """Its authority's certificate in a file, which is gone afterwards unless somebody has named it."""
    if ca_file is None:
        ca_file = Path(files.enter_context(TemporaryDirectory(prefix="plivo-async-"))) / "ca.pem"
    try:
        ca_file.write_text(plivo.ca_pem, encoding="ascii")
    except OSError as error:
        fail(f"--ca-file {ca_file}: {error.strerror or error}")
    return ca_file


def hosts_of(text: str) -> list[str]:
    """The hosts that `--callbacks-to` names.

    Raises:
        ValueError: One of them is none.
    """
    hosts = [] if text.strip().lower() == "none" else [one.strip() for one in text.split(",")]
    Emulator(port=None, callbacks_to=hosts)  # it checks them
    return hosts


def console_names(text: str) -> bool | list[str]:
    """The names that `--console` allows; False for no console.

    Raises:
        ValueError: One of them is none.
    """
    if text.strip().lower() == "none":
        return False
    names = [one.strip() for one in text.split(",") if one.strip().lower() != "loopback"]
    Emulator(port=None, console=names)  # it checks them
    return names


def names_of(text: str) -> list[str]:
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


def example_name(number: int) -> str:
    """The name of one of the conferences that are there if no file names others."""
    return f"conference-{number:04}"


def _introduction(
    plivo: Emulator,
    source: Source,
    rules: Mapping[str, str],
    *,
    console: bool,
) -> list[str]:
    named = f" from {source.typed}"
    if source.typed.isdigit():
        named = f", {example_name(1)} to {example_name(source.names)}" if source.names else ""
    return [
        f"Emulator of Plivo's Multiparty Call API at {plivo.url}; Ctrl-C stops it.",
        f"  conferences  {source.names:,} waiting{named}",
        *(f"  {rule:11}  {value}" for rule, value in rules.items()),
        *([f"  console      {plivo.url}/_console/"] if console else []),
        "",
    ]


def _commands(plivo: Emulator, source: Source, authority: Path | None) -> list[str]:
    """What to type, as it is: a line that were broken could not be copied."""
    variables = {"PLIVO_AUTH_ID": plivo.auth_id, "PLIVO_AUTH_TOKEN": plivo.auth_token, "PLIVO_BASE_URL": plivo.url}
    start = f"plivo-async mpc start {shlex.quote(source.typed)}"
    if source.typed.isdigit():
        start = f"{_names_command(source.names, os.name)} | plivo-async mpc start -"
    return [
        "In another terminal:",
        *(f"  {line}" for line in _set(variables, os.name)),
        *([f"  {start}"] if source.names else []),
        "",
        *([] if authority is None else _behind_a_proxy(plivo, authority)),
    ]


def _behind_a_proxy(plivo: Emulator, authority: Path) -> list[str]:
    """For those who speak to https://api.plivo.com and nothing else."""
    variables = {"HTTPS_PROXY": plivo.url}
    trusting = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE")
    variables |= dict.fromkeys(trusting, str(authority))
    return [
        "For SDKs whose base URL is fixed, it is https://api.plivo.com behind this proxy:",
        *(f"  {line}" for line in _set(variables, os.name)),
        "",
    ]


def _set(variables: Mapping[str, str], system: str) -> list[str]:
    if system == "nt":
        return [f'$env:{name} = "{value}"' for name, value in variables.items()]
    return ["export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())]


def _names_command(count: int, system: str) -> str:
    if system == "nt":
        return f"1..{count} | ForEach-Object {{ 'conference-{{0:d4}}' -f $_ }}"
    return f"seq -f conference-%04.0f {count}"


# ---- The log ----------------------------------------------------------------------------------------------------


async def _print_forever(log: "_Log") -> None:
    while True:
        if lines := log.new():  # in a thread: a reader that doesn't read must not stop the emulator
            await anyio.to_thread.run_sync(_print_all, lines, abandon_on_cancel=True)
        await anyio.sleep(_POLL)


class _Log:
    """What of an emulator's requests and callbacks has been told: each when it is over, whatever those before it do."""

    def __init__(self, plivo: Emulator, began: float) -> None:
        self._plivo = plivo
        self._began = began
        self._seen = self._told = 0
        self._waiting: list[Request] = []
        self._callbacks: list[Delivery] = []

    def new(self) -> list[str]:
        """A line for each that is over since the last time."""
        plivo, now = self._plivo, anyio.current_time() - self._began
        self._waiting += [request for request in plivo.requests if request.number > self._seen]
        self._seen = plivo.counts().requests
        self._callbacks += [one for one in plivo.deliveries if one.number > self._told]
        self._told = max([self._told, *(one.number for one in self._callbacks)])
        lines = [log_line(request) for request in self._waiting if is_over(request, now)]
        lines += [callback_line(one) for one in self._callbacks if one.over]
        self._waiting = [request for request in self._waiting if not is_over(request, now)]
        self._callbacks = [one for one in self._callbacks if not one.over]
        return lines


def _print_all(lines: Sequence[str]) -> None:
    for line in lines:
        as_it_is(out(), line)


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


def callback_line(one: Delivery) -> str:
    """As `    1.234  callback ParticipantJoin 'support-4812'  delivered 200`; masked and escaped likewise."""
    at = one.tries[0].at if one.tries else one.due_at
    status = "" if one.status is None else f" {one.status}"
    return f"{at:9.3f}  callback {one.event} {masked(repr(one.subject))}  {one.state}{status}"


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
