"""Randomised activations under every fault at once, judged by what the emulator knows."""

import random
from collections import Counter

import anyio

from plivo_async import Activation, RetryPolicy
from plivo_async.emulator import Emulator, Fault, Faults, Limit
from plivo_async.policy import Confirm

from ..support import contradictions, in_memory
from .findings import Findings

CONFIRMS: list[Confirm] = ["always", "always", "ambiguous", "never"]

SHARES = {
    **{str(fault): 0.005 for fault in Fault if not fault.startswith(("date-minutes", "date-years"))},
    "lost-response": 0.04,
    "reset-before": 0.02,
    "reset-after": 0.03,
    "idle-close": 0.03,
}
"""Of all requests; together a third and more. Under a wrong `Date` nobody can tell who activated, as the docs say."""

_AN_HOUR = 3600.0  # without a `Date` five minutes are in doubt, as docs/outcomes.md says


def populate(plivo: Emulator, size: int, chance: random.Random) -> list[str]:
    """Conferences in every state that a batch can meet, and names of none."""
    names = []
    for number in range(size):
        name = chance.choice(["room {}", "a/b {}", "Östermalm {}", "e%41 {}", "../Call {}", "🛎 {}"]).format(number)
        state = chance.choices(["initialized", "active", "ended", None], [80, 8, 4, 8])[0]
        if state is not None:
            ago = _AN_HOUR if state == "active" else 0.0
            plivo.add_conference(name, status=state, started_ago=ago)
        names.append(name)
    names += chance.choices(names, k=size // 50)
    chance.shuffle(names)
    return names


def limit(chance: random.Random) -> Limit:
    """Plivo's limit, or a lower one that the client has to learn."""
    return Limit(
        chance.choice([300, 300, 100]),
        per=5.0,
        window=chance.choice(["sliding", "fixed", "bucket"]),
        count_rejected=chance.random() < 0.5,
        retry_after=chance.choice([None, "seconds", "date"]),
    )


async def activate(seed: int, size: int) -> Findings:
    """Activate so many in one batch, and compare one by one, when whatever comes late has come."""
    chance = random.Random(seed)
    factor = chance.choice([0.5, 1.0, 2.0])
    faults = Faults(
        {name: share * factor for name, share in SHARES.items()}, late_by=8.0, drip_interval=0.2, apply_after=20.0
    )
    async with Emulator(port=None, limit=limit(chance), faults=faults, latency=(0.01, 0.08), seed=seed) as plivo:
        names = populate(plivo, size, chance)
        await anyio.sleep(10)  # whole seconds are all that tells those that were active before from those we activated
        told: list[Activation] = []
        timeout = chance.choice([1.0, 5.0, 10.0])
        confirm = chance.choice(CONFIRMS)
        retry = RetryPolicy(budget_reserve=chance.choice([100.0, 1e6]))
        async with in_memory(plivo, seed=seed, timeout=timeout, retry=retry) as client:
            report = await client.mpc.start(names, confirm=confirm, on_outcome=told.append)
            statistics = client.statistics()
        await anyio.sleep(60)
        found = contradictions(plivo, report)
    if [activation.name for activation in report] != names:
        found.append("the report isn't what was asked for")
    # As values: of what a broken off run didn't attempt, a report makes the error anew, and no two errors are equal.
    if [one.to_dict() for one in sorted(told, key=lambda one: one.position)] != [one.to_dict() for one in report]:
        found.append("what was told isn't what is reported")
    if (statistics.requests, statistics.permits_in_flight, statistics.waiting_for_permit) != (0, 0, 0):
        found.append(f"something was left behind: {statistics}")
    return Findings(len(names), found, Counter(str(activation.outcome) for activation in report))
