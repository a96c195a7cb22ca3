"""Phones are rung at the account's pace, and requests that start calls may have a limit of their own."""

import anyio
import pytest

from plivo_async import AsyncClient, InvalidArgumentError, NotSentError, OutcomeUnknownError, RateLimit
from plivo_async.emulator import Emulator, Limit, Settings
from plivo_async.pacing._dials import DialPace
from plivo_async.pacing._source import DeadlinePassed

from ..support import in_memory

pytestmark = pytest.mark.anyio

FROM, HOOK = "+14150000000", "https://example.com/answer"


async def make(client: AsyncClient, to: object, **options: object) -> None:
    """Make a call."""
    await client.calls.make(from_=FROM, to=to, answer_url=HOOK, **options)  # type: ignore[arg-type]


async def test_calls_and_participants_ring_at_one_pace() -> None:
    """One phone each half second, whoever asks; whatever rings nobody isn't held."""
    async with Emulator(port=None, calls_per_second=None) as plivo, in_memory(
        plivo, rate_limit=RateLimit(dials_per_second=2)
    ) as client:  # fmt: skip
        assert client.statistics().dial_wait == 0
        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(make, client, f"+1416000000{number}")

            async def add() -> None:
                await client.mpc("room").add_participant(
                    role="agent", from_=FROM, to=["+14170000001", "+14170000002", "+14170000003"]
                )

            await anyio.sleep(0.01)
            group.start_soon(add)
            await anyio.sleep(0.01)
            assert client.statistics().dial_wait == pytest.approx(3 - 0.02, abs=0.01)
            await client.calls.live()
        rang = sorted(leg.placed_at for leg in plivo.calls.values())
        assert rang == pytest.approx([0, 0.5, 1.0, 1.5, 1.5, 1.5], abs=0.001)
        await make(client, "+14180000000")  # after the three, whose places were taken
        assert anyio.current_time() == pytest.approx(rang[0] + 3.0, abs=0.001)


async def test_a_dial_that_would_ring_too_late_is_refused() -> None:
    """At once, with the time that it would have taken; it takes no place."""
    async with Emulator(port=None) as plivo, in_memory(
        plivo, rate_limit=RateLimit(dials_per_second=0.1)
    ) as client:  # fmt: skip
        await make(client, "+14160000000")
        began = anyio.current_time()
        with pytest.raises(NotSentError, match=r"could start in (9\.9|10\.0) s"):
            await make(client, "+14160000001", deadline=5)
        assert anyio.current_time() == began
        await make(client, "+14160000002", deadline=11)
        assert anyio.current_time() == pytest.approx(began + 10, abs=0.001)
        assert len(plivo.calls) == 2


async def test_who_is_cancelled_never_rings_and_gives_up_the_place() -> None:
    """The last one does; of others a gap is left, which is slower, and never faster."""
    pace = DialPace(1.0, anyio.current_time)
    await pace.take(1, float("inf"))
    with anyio.move_on_after(0.5):
        await pace.take(1, float("inf"))
    assert pace.wait() == pytest.approx(0.5)
    await pace.take(0, 0.0)
    with pytest.raises(DeadlinePassed):
        await pace.take(3, anyio.current_time() + 2)
    assert pace.wait() == pytest.approx(0.5)


async def test_clients_of_one_account_share_the_pace() -> None:
    """And have to agree on it."""
    limit = RateLimit(dials_per_second=1)
    async with (
        Emulator(port=None) as plivo,
        in_memory(plivo, rate_limit=limit) as one,
        in_memory(plivo, rate_limit=limit) as other,
    ):
        await make(one, "+14160000000")
        assert other.statistics().dial_wait == pytest.approx(1, abs=0.001)
        with pytest.raises(InvalidArgumentError, match="paces the account"):
            in_memory(plivo, rate_limit=RateLimit(dials_per_second=2))


async def test_requests_that_start_calls_may_have_a_limit_of_their_own() -> None:
    """Where the server counts them by themselves, each kind has all of its own; together they would wait."""
    settings = Settings(limit_counters="two")
    for dial_limit, waits in ((None, True), (5, False)):
        async with Emulator(
            port=None, limit=Limit(5, per=5.0), settings=settings, calls_per_second=None
        ) as plivo, in_memory(plivo, rate_limit=RateLimit(5, per=5.0, dial_limit=dial_limit)) as client:  # fmt: skip
            began = anyio.current_time()
            for number in range(5):
                await make(client, f"+1416000000{number}")
            for _ in range(5):
                await client.calls.live()
            assert (anyio.current_time() - began > 4) is waits
            assert client.statistics().refused == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("dial_limit", 0), ("dial_limit", 1.5), ("dial_limit", True), ("dials_per_second", 0),
     ("dials_per_second", -1), ("dials_per_second", float("nan")), ("dials_per_second", float("inf")),
     ("dials_per_second", "2"), ("dials_per_second", True)],
)  # fmt: skip
async def test_what_is_no_pace(name: str, value: object) -> None:
    """Is named."""
    with pytest.raises(InvalidArgumentError) as caught:
        RateLimit(**{name: value})  # type: ignore[arg-type]
    assert caught.value.argument == name


async def test_a_call_is_never_made_twice() -> None:
    """An answer that is lost is said to be, and no phone rings again."""
    for fault in ("lost-response", "500-applied", "503", "reset-after", "late"):
        async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
            plivo.script("make-call", None, nth=None, fault=fault)
            with pytest.raises(OutcomeUnknownError, match=r"client\.calls\.live"):
                await make(client, "+14160000000")
            plivo.advance(100)
            assert plivo.phone("+14160000000").rings <= 1
            assert len(plivo.requests) == 1
