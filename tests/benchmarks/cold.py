"""How long the first 64 activations take, over TLS connections that are still to be made."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from .figures import median, ratio, significant
from .measurement import Measurement, Plan, Row, values
from .meter import Figures, Meter
from .peers import PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "cold"
WHO = ("ours", "ours-uvloop", "ours-aiohttp", "httpx-default", "aiohttp")
QUICK = ("ours", "httpx-default")
BASE = "httpx-default"
AT_ONCE = 64


def case(given: Case) -> Figures:
    """Measure the first wave of a client that was just made."""
    peer, meter = PEERS[given["peer"]], Meter()

    async def main() -> None:
        async with peer.open(Target(given["url"], AT_ONCE)) as wave:
            meter.begin()
            await wave(names(AT_ONCE), meter)
            meter.end()

    peer.run(main)
    return meter.result()


def run(plan: Plan) -> list[Case]:
    """Measure all in turns, against a server with a certificate of its own, which the children trust."""
    if find_spec("trustme") is None:
        return []
    import trustme

    authority = trustme.CA()
    with TemporaryDirectory() as folder:
        trusted, certificate = Path(folder, "trusted.pem"), Path(folder, "certificate.pem")
        authority.cert_pem.write_to_path(trusted)
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
        with server(Settings(certificate=str(certificate))) as target:
            cases: list[Case] = [
                {"measurement": NAME, "peer": peer, "round": number, "url": target.url}
                for number in range(plan.times(5))
                for peer in installed(QUICK if plan.quick else WHO)
            ]
            trust = {"SSL_CERT_FILE": str(trusted)}
            all_measured(cases, lambda one: measured(one, extra=trust), side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def tables(rows: Sequence[Row]) -> list[Table]:
    """Milliseconds, and multiples of a stock httpx."""
    walls = {peer: values(rows, "wall", peer=peer) for peer in WHO}
    base = median(walls[BASE]) if walls[BASE] else None
    notes = skipped(WHO) if rows else ("skipped, trustme not installed",)
    return [
        Table(
            f"The first {AT_ONCE} activations, over fresh TLS connections",
            ("", "wall ms", "CPU ms", "÷ httpx", "failed"),
            tuple(
                (
                    PEERS[peer].label,
                    significant(1e3 * median(walls[peer])),
                    significant(1e3 * median(values(rows, "cpu", peer=peer))),
                    ratio(median(walls[peer]), base),
                    f"{sum(values(rows, 'failed', peer=peer)):.0f}",
                )
                for peer in WHO
                if walls[peer]
            ),
            notes,
        )
    ]


MEASUREMENT = Measurement(NAME, run, tables)
