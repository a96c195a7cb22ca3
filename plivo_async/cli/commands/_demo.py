"""`plivo-async demo`: activate many conferences of an emulator, and hold the report against its records."""

import importlib.util
from typing import Annotated, Literal

import typer

from ..input._options import parse_faults, parse_latency, parse_rate
from ..screen._console import fail, given

Backend = Literal["asyncio", "trio"]

_FAULTS = "lost-response=0.03,reset-before=0.01,reset-after=0.01,500=0.02,503-applied=0.01"


def demo(
    conferences: Annotated[
        int, typer.Option(min=1, max=100_000, metavar="N", help="How many wait to be activated.")
    ] = 600,
    faults: Annotated[
        str, typer.Option(metavar="FAULT=SHARE,…|none", help="What goes wrong, and how often.")
    ] = _FAULTS,
    latency: Annotated[
        str, typer.Option(metavar="TIME|TIME-TIME", help="A request's time there and back.")
    ] = "20ms-60ms",
    limit: Annotated[str, typer.Option(metavar="N/SECONDS|none", help="The account's limit.")] = "300/5",
    seed: Annotated[
        int, typer.Option(metavar="N", help="Of everything that is left to chance: the same seed, the same run.")
    ] = 0,
    backend: Annotated[Backend, typer.Option(help="The event loop.")] = "asyncio",
) -> None:
    """See it work, without an account: activate 600 conferences while requests go wrong.

    An emulator of Plivo's API runs inside this process. It loses answers, resets connections and enforces the account's
    limit. All conferences are activated by one call; then each reported outcome is compared with what the emulator
    really did. Exits 0 if all agree, 1 if one differs, 130 if interrupted.

    Examples:
      plivo-async demo
      plivo-async demo --faults lost-response=0.1,500=0.05 --seed 7
      plivo-async demo --conferences 100 --limit none --backend trio
    """
    from ..actions._demo import demonstrate

    rate = given("--limit", parse_rate, limit)
    trouble = given("--faults", parse_faults, faults)
    lag = given("--latency", parse_latency, latency)
    if backend == "trio" and importlib.util.find_spec("trio") is None:
        fail("trio is not installed; install it with: pip install trio")
    agree = demonstrate(conferences, rate, trouble, lag, seed, backend=backend, latency_told=latency)
    raise typer.Exit(0 if agree else 1)
