"""Lists that change while they are walked: what was there all the time is given, and given once."""

import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import pytest

from plivo_async import AsyncClient, DecodeError
from plivo_async.emulator import Emulator, Settings
from plivo_async.models import Participant
from plivo_async.resources._pages import Page, Pages
from plivo_async.wire import Account, Answer, Request, conference, list_participants

from ..support import in_memory

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
ROOM = conference("support-4812")


class Changing:
    """A list, newest first, that changes each time before a page of it is answered.

    Attributes:
        everyone: Who is in it.
        change: Is handed the list before each answer.
        links: Whether pages name the next one; else there is but the count.
        asked: How many requests came.
        stayed: Who was in it at each request.
    """

    def __init__(self, size: int, change: Callable[[list[int]], None], *, links: bool = True) -> None:
        self.everyone = list(range(size, 0, -1))
        self.change = change
        self.links = links
        self.asked = 0
        self.stayed = set(self.everyone)

    async def __call__(self, request: Request) -> Answer:
        """One page."""
        await anyio.lowlevel.checkpoint()
        if self.asked:
            self.change(self.everyone)
        self.asked += 1
        self.stayed &= set(self.everyone)
        query = dict(part.split("=") for part in request.query.split("&") if part)
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        assert limit <= 20
        assert offset >= 0
        after, total = offset + limit, len(self.everyone)
        meta: dict[str, Any] = {"offset": offset, "limit": limit, "count": total}
        if self.links:
            link = f"/v1/Account/{AUTH_ID}/{request.path}?limit={limit}&offset={after}"
            meta["next"] = link if after < total else None
        people = [
            {"member_id": one, "mpc_uuid": "u", "call_uuid": "c", "role": "agent"}
            for one in self.everyone[offset:after]
        ]
        return Answer(200, {}, json.dumps({"meta": meta, "objects": people}).encode())

    def list(self, **asked: int) -> Pages[Participant]:
        """The list."""
        return Pages(Participant, list_participants(ROOM, **asked), self, Account("https://api.plivo.com", AUTH_ID))


async def looped(pages: Pages[Participant]) -> list[int]:
    """Walked with a loop."""
    return [int(one.member_id) async for one in pages]


async def paged(pages: Pages[Participant]) -> list[int]:
    """Walked page by page."""
    return [int(one.member_id) async for page in pages.pages() for one in page.objects]


async def by_hand(pages: Pages[Participant]) -> list[int]:
    """Walked from each page to the next."""
    page: Page[Participant] | None = await pages
    found = []
    while page is not None:
        found += [int(one.member_id) for one in page.objects]
        page = await page.next()
    return found


WAYS = [looped, paged, by_hand]


def going(dice: random.Random, number: int) -> Callable[[list[int]], None]:
    """So many leave before each page, wherever they are."""

    def change(everyone: list[int]) -> None:
        for _ in range(min(number, len(everyone))):
            everyone.pop(dice.randrange(len(everyone)))

    return change


def coming(dice: random.Random, number: int) -> Callable[[list[int]], None]:
    """So many come before each page, as the newest."""

    def change(everyone: list[int]) -> None:
        for _ in range(number):
            everyone.insert(0, dice.randrange(10**6, 10**12))

    return change


def both(dice: random.Random, number: int) -> Callable[[list[int]], None]:
    """Some come and some go, another number each time; now and then very many."""

    def change(everyone: list[int]) -> None:
        burst = 10 if dice.random() < 0.05 else 1
        going(dice, dice.randint(0, number * burst))(everyone)
        coming(dice, dice.randint(0, number * burst))(everyone)

    return change


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [going, coming, both])
@pytest.mark.parametrize(
    "asked", [{}, {"limit": 1}, {"limit": 3}, {"limit": 19}, {"limit": 20}, {"offset": 30}], ids=str
)
async def test_what_stays_is_given_once(kind: Callable[..., Any], asked: dict[str, int]) -> None:
    """However many come and go between two pages, and however long the pages are."""
    for seed, way in enumerate(WAYS):
        dice = random.Random(seed)
        server = Changing(90, kind(dice, dice.choice([1, 2, 5])), links=dice.random() < 0.8)
        if asked.get("limit", 20) < 5:
            server.change = kind(dice, 1) if kind is going else (lambda everyone: None)
        before = set(server.everyone[: asked.get("offset", 0)])
        found = await way(server.list(**asked))
        assert len(set(found)) == len(found)
        assert server.stayed - before <= set(found)


@pytest.mark.anyio
@pytest.mark.parametrize("left", [0, 1, 19, 20, 21, 100, 139, 140])
async def test_most_of_it_goes_at_once(left: int) -> None:
    """Also when the place that was reached lies far behind its end then."""
    for keep_front in (True, False):
        changes = 0

        def change(everyone: list[int]) -> None:
            nonlocal changes
            changes += 1
            if changes == 5:
                everyone[:] = everyone[:left] if keep_front else everyone[len(everyone) - left :]  # noqa: B023

        server = Changing(140, change)
        found = await looped(server.list())
        assert server.stayed <= set(found)
        assert len(set(found)) == len(found)
        assert server.asked < 30


@pytest.mark.anyio
async def test_a_quiet_list_costs_a_twentieth_more() -> None:
    """One object of each page is asked for again."""
    server = Changing(5000, lambda everyone: None)
    assert await looped(server.list()) == list(range(5000, 0, -1))
    assert server.asked == 264  # 250 without


@pytest.mark.anyio
async def test_where_everything_is_new_each_time_it_ends_or_goes_on() -> None:
    """A server that forgets its order gives no endless list of what was seen."""
    dice = random.Random(5)
    server = Changing(60, dice.shuffle)
    try:
        found = await looped(server.list())
    except DecodeError as error:
        assert "nothing new" in str(error)  # noqa: PT017
        return
    assert len(set(found)) == len(found)


@pytest.mark.anyio
@pytest.mark.parametrize("rate", [1, 20])
async def test_conferences_that_end_while_many_are_walked(rate: int) -> None:
    """And others that come, so many a second, on the emulator, through the whole client."""
    async with (
        Emulator(port=None, settings=Settings(live_listed=True), latency=0.04) as plivo,
        in_memory(plivo) as client,
    ):
        for number in range(500):
            plivo.add_conference(f"room {number}")
        async with anyio.create_task_group() as group:
            group.start_soon(_churn, plivo, rate)
            found = [one.friendly_name async for one in _listed(client)]
            group.cancel_scope.cancel()
        stayed = {one.friendly_name for one in plivo.conferences.values() if one.status == "Initialized"}
        assert {name for name in stayed if name.startswith("room")} <= set(found)
        assert len(set(found)) == len(found)


def _listed(client: AsyncClient) -> AsyncIterator[Any]:
    return aiter(client.mpc.list(status="initialized"))


async def _churn(plivo: Emulator, rate: int) -> None:
    going = [f"room {number}" for number in range(500)]
    random.Random(rate).shuffle(going)
    for number in range(400):
        plivo.add_conference(f"new {number}")
        plivo.end_conference(going.pop())
        await anyio.sleep(1 / rate)
