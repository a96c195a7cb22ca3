"""`plivo-async emulator`: an account to try things on, until it is stopped."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..input._options import parse_duration, parse_faults, parse_latency, parse_rate
from ..screen._console import fail, given
from ..screen._help import Command, help_text

WindowKind = Literal["sliding", "fixed", "bucket"]

_KEPT = 10_000  # requests, some 20 MB: it may run for weeks, and only those since the last look are printed


def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0 takes a free one.")] = 8808,
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
    answer_after: Annotated[
        str,
        typer.Option(metavar="TIME", help="How long a phone rings until it answers by itself; 1h leaves it to you."),
    ] = "1s",
    limit: Annotated[str, typer.Option(metavar="N/SECONDS|none", help="The account's limit.")] = "300/5",
    window: Annotated[WindowKind, typer.Option(help="How the limit is counted.")] = "sliding",
    seed: Annotated[int, typer.Option(metavar="N", help="Of everything that is left to chance.")] = 0,
    callbacks_to: Annotated[
        str,
        typer.Option(metavar="HOSTS", help="Where callbacks may go: loopback, hosts by commas (app:8000), * or none."),
    ] = "loopback",
    https: Annotated[
        bool, typer.Option("--https", help="Be https://api.plivo.com, too, behind a proxy of its own (extra https).")
    ] = False,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --https: where its certificate authority is written.")
    ] = None,
    console: Annotated[
        str,
        typer.Option(metavar="HOSTS|none", help="Who may use its page, /_console/: loopback, and names it has."),
    ] = "loopback",
    log: Annotated[bool, typer.Option("--log", help="Print a line for each request, and for each callback.")] = False,
) -> None:
    """Run an emulator of Plivo's Multiparty Call API on this machine until it is stopped (Ctrl-C).

    It listens on 127.0.0.1 unless told otherwise. Auth ID and token are made up, and always the same. GET /health needs
    none. A page shows what goes on, and answers phones: /_console/. When it stops, it says what was really applied.

    Examples:
      plivo-async emulator
      plivo-async emulator --answer-after 1h
      plivo-async emulator --faults lost-response=0.02,500=0.03 --latency 40ms --log
      plivo-async emulator --conferences names.txt --limit 100/5 --window bucket
      plivo-async emulator --callbacks-to app:8000 --https
    """
    from ...emulator import Emulator, Limit
    from ..actions._emulator import (
        AUTH_ID,
        AUTH_TOKEN,
        Source,
        console_names,
        hosts_of,
        names_of,
        rules_of,
        run,
        warn_of_neighbours,
    )

    rate = given("--limit", parse_rate, limit)
    trouble = given("--faults", parse_faults, faults)
    lag = given("--latency", parse_latency, latency)
    ringing = given("--answer-after", parse_duration, answer_after)
    names = given("--conferences", names_of, conferences)
    hosts = given("--callbacks-to", hosts_of, callbacks_to)
    shown_to = given("--console", console_names, console)
    if ca_file is not None and not https:
        fail("--ca-file is for --https")
    try:
        plivo = Emulator(
            AUTH_ID,
            AUTH_TOKEN,
            port=port,
            host=host,
            limit=None if rate is None else Limit(rate.limit, per=rate.per, window=window),
            faults=trouble,
            latency=lag,
            answer_after=ringing,
            seed=seed,
            conferences=names,
            keep_requests=_KEPT,
            callbacks_to=hosts,
            https=https,
            console=shown_to,
        )
    except RuntimeError as error:
        fail(str(error))
    warn_of_neighbours(host, calls_back=bool(hosts))
    rules = rules_of(rate, window, trouble, latency if lag else "none", callbacks_to if hosts else None)
    source = Source(conferences, len(names))
    run(
        plivo,
        source,
        rules,
        address=f"port {port} of {host}",
        https=https,
        ca_file=ca_file,
        console=shown_to is not False,
        log=log,
    )


class EmulatorCommand(Command):
    """With every fault below its help, which are looked up when somebody reads it."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it does, and what there is to go wrong."""
        self.help = help_text(emulator.__doc__, faults_listed())
        super().format_help_text(ctx, formatter)


def faults_listed() -> str:
    """Every fault and what it does, for the help."""
    from ...emulator import MEANINGS, Faults
    from ...emulator._mishaps import CALLBACK_MEANINGS

    text = "\n".join(["Faults:", *(f"  {fault.value:19}  {meaning.text}" for fault, meaning in MEANINGS.items())])
    standard = Faults()
    text += "\n" + "\n".join(f"  {name:19}  {meaning}" for name, meaning in CALLBACK_MEANINGS.items())
    text = text.replace("`callbacks_late_by`", f"{standard.callbacks_late_by:g}")
    text = text.replace("`late_by`", f"{standard.late_by:g}").replace("`apply_after`", f"{standard.apply_after:g}")
    return text.replace("`drip_interval` seconds", f"{standard.drip_interval:g} s")
