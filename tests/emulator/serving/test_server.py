"""The server on connections in memory, in virtual time, on both backends: what a client sees, and what was true."""

import json
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import FunctionType, ModuleType
from typing import Any

import anyio
import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plivo_async.emulator
from plivo_async.emulator import Emulator, Fault, Faults, Limit, Settings

from ...faults import PLAIN
from ...virtual_time import VirtualTimeLoop
from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT, USUAL, Client, Reply

pytestmark = pytest.mark.anyio


def emulator(**arguments: Any) -> Emulator:
    """An emulator without a socket, whose account is known."""
    return Emulator(AUTH_ID, AUTH_TOKEN, port=None, **arguments)


# ---- Ordinary days --------------------------------------------------------------------------------------------------


async def test_emulator_serves_many_requests_on_one_connection() -> None:
    """A connection is kept alive, and every request is on the log as it was received, its credentials masked."""
    async with emulator() as plivo:
        plivo.add_conference("a b", waiting=2)
        client = Client(plivo.connect())
        assert (await client.ask("POST", "name_a%20b/?x=1", ACTIVE)).status == 204
        assert json.loads((await client.ask("GET", "name_a%20b/")).body)["status"] == "Active"
        assert (await client.ask("DELETE", "name_a%20b")).status == 204
        assert (plivo.connections, plivo.most_connections) == (1, 1)
        first = plivo.requests[0]
        assert (first.method, first.raw_path, first.body) == ("POST", f"{ROOT}name_a%20b/?x=1", ACTIVE)
        assert (first.operation, first.name, first.nth, first.told) == ("activate", "a b", 1, 204)
        assert ("Authorization", "***") in first.headers
        assert AUTH_TOKEN not in repr(plivo.requests)
        assert [one.number for one in plivo.requests] == [1, 2, 3]
        assert (plivo.conferences["a b"].status, plivo.conferences["a b"].applied) == ("Ended", 2)
        assert list(plivo.conferences_by_uuid.values()) == [plivo.conferences["a b"]]


async def test_emulator_answers_have_a_date_of_its_own_clock() -> None:
    """`Date` is the wall time of the start plus what the clock has moved since, virtual or not."""
    async with emulator() as plivo:
        client = Client(plivo.connect())
        before = parsedate_to_datetime((await client.ask("GET", "")).headers["date"])
        await anyio.sleep(86400)
        after = parsedate_to_datetime((await client.ask("GET", "")).headers["date"])
        assert abs(after - before - timedelta(days=1)) <= timedelta(seconds=1)


async def test_emulator_others_act_too() -> None:
    """Conferences start and end by somebody else's doing as well; that isn't counted as done over the API."""
    async with emulator(settings=Settings(stay_alone=True)) as plivo:
        room = plivo.add_conference("a")
        assert room.stay_alone
        plivo.activate_conference("a")
        assert (await Client(plivo.connect()).activate("a")).status == 404
        with pytest.raises(ValueError, match="'a' waits to be activated"):
            plivo.activate_conference("a")
        plivo.end_conference("a", cause=2000)
        assert (room.status, room.termination_cause_code, room.applied) == ("Ended", 2000, 0)
        with pytest.raises(ValueError, match="no live conference is called 'a'"):
            plivo.end_conference("a")
        with pytest.raises(ValueError, match="waits to be activated"):
            plivo.activate_conference("b")
        assert not plivo.add_conference("a", stay_alone=False).stay_alone


async def test_emulator_limit_holds_over_all_connections() -> None:
    """300 per 5 seconds for the account: of 400 requests at once 100 are refused; 5 seconds later all pass."""
    async with emulator() as plivo:
        for number in range(400):
            plivo.add_conference(str(number))
        statuses: list[int] = []

        async def activate(numbers: range) -> None:
            client = Client(plivo.connect())
            statuses.extend([(await client.activate(str(number))).status for number in numbers])

        async with anyio.create_task_group() as group:
            for start in range(8):
                group.start_soon(activate, range(start, 400, 8))
        assert sorted(statuses) == [204] * 300 + [429] * 100
        assert sum(room.status == "Active" for room in plivo.conferences.values()) == 300
        await anyio.sleep(5)
        assert (await Client(plivo.connect()).ask("GET", "")).status == 200
        counts = plivo.counts()
        assert (counts.requests, counts.applied, counts.told_429, counts.unanswered) == (401, 300, 100, 0)
        assert (counts.by_operation, counts.by_fault) == ({"activate": 400, "list": 1}, {})
        assert counts.by_told == {204: 300, 429: 100, 200: 1}


async def test_emulator_latency_comes_before_and_after() -> None:
    """A fixed latency passes in halves: the request is applied in the middle."""
    async with emulator(latency=2.0) as plivo:
        room = plivo.add_conference("a")
        began = anyio.current_time()
        await Client(plivo.connect()).activate("a")
        assert anyio.current_time() - began == pytest.approx(2.0)
        assert room.activations[0].at - plivo.requests[0].at == pytest.approx(1.0)
        assert plivo.requests[0].answered_at == pytest.approx(2.0)


async def test_emulator_latency_is_drawn_between_its_bounds() -> None:
    """With a pair each request takes its own time between the two."""
    async with emulator(latency=(1.0, 3.0)) as plivo:
        client = Client(plivo.connect())
        taken = []
        for _ in range(20):
            began = anyio.current_time()
            await client.ask("GET", "")
            taken.append(anyio.current_time() - began)
        assert all(1 <= seconds <= 3 for seconds in taken)
        assert max(taken) - min(taken) > 0.5


# ---- Faults on the wire ---------------------------------------------------------------------------------------------

Sight = Callable[[Client], Awaitable[object]]


async def sees_end(client: Client) -> None:
    """The connection is closed before the answer is complete."""
    with pytest.raises(h11.RemoteProtocolError):
        await client.activate("a")


async def sees_reset(client: Client) -> None:
    """The connection is reset."""
    with pytest.raises(anyio.BrokenResourceError):
        await client.activate("a")


@pytest.mark.parametrize(
    ("fault", "sight", "status", "answered"),
    [
        ("lost-response", sees_end, 204, False),
        ("half", sees_end, 204, False),
        ("reset-before", sees_reset, None, False),
        ("reset-after", sees_reset, 204, False),
    ],
)
async def test_emulator_breaks_off_on_purpose(fault: str, sight: Sight, status: int | None, answered: bool) -> None:
    """A client that loses its answer isn't told a thing; the log knows whether the conference was started."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault=fault)
        await sight(Client(plivo.connect()))
        one = plivo.requests[0]
        assert (one.fault, one.status, one.applied) == (fault, status, status is not None)
        assert (one.told, one.answered_at is not None) == (None, answered)
        assert plivo.conferences["a"].status == ("Active" if status else "Initialized")
        assert plivo.counts().by_fault == {fault: 1}
        await anyio.sleep(1)
        assert plivo.connections == 0


@pytest.mark.parametrize(
    ("fault", "told", "applied"),
    [
        ("500", 500, False),
        ("502", 502, False),
        ("503", 503, False),
        ("500-applied", 500, True),
        ("502-applied", 502, True),
        ("503-applied", 503, True),
        ("429", 429, False),
        ("not-json", 200, True),
    ],
)
async def test_emulator_lies_on_purpose(fault: str, told: int, applied: bool) -> None:
    """A client that is told something else can go on; the log has both, what was decided and what was told."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault=fault)
        client = Client(plivo.connect())
        assert (await client.activate("a")).status == told
        one = plivo.requests[0]
        assert (one.told, one.status, one.applied) == (told, 204 if applied else None, applied)
        assert (await client.activate("a")).status == (404 if applied else 204)
        assert plivo.conferences["a"].applied == 1


async def test_emulator_half_a_body_still_has_its_status() -> None:
    """Half of a long answer contains the whole head: its status was told, the answer never."""
    async with emulator() as plivo:
        for number in range(20):
            plivo.add_conference(str(number))
        plivo.script("list", fault="half")
        with pytest.raises(h11.RemoteProtocolError):
            await Client(plivo.connect()).ask("GET", "")
        assert (plivo.requests[0].told, plivo.requests[0].answered_at) == (200, None)


async def test_emulator_late_is_applied_at_once() -> None:
    """A late answer comes `late_by` seconds after the conference was started."""
    async with emulator(faults=Faults(late_by=40), latency=1.0) as plivo:
        room = plivo.add_conference("a")
        plivo.script("activate", "a", fault="late")
        assert (await Client(plivo.connect()).activate("a")).status == 204
        assert room.activations[0].at == pytest.approx(0.5)
        assert plivo.requests[0].answered_at == pytest.approx(41)


async def test_emulator_late_for_somebody_who_left() -> None:
    """A client that has gone by then isn't told, and its leaving hurts nobody."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault="late")
        client = Client(plivo.connect())
        with anyio.move_on_after(5):
            await client.activate("a")
        await client.stream.aclose()
        await anyio.sleep(60)
        assert (plivo.requests[0].applied, plivo.requests[0].told, plivo.connections) == (True, None, 0)


async def test_emulator_slow_drip_comes_byte_by_byte() -> None:
    """The answer comes whole, a byte at a time; then the connection goes on."""
    async with emulator(faults=Faults(drip_interval=0.5)) as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault="slow-drip")
        client = Client(plivo.connect())
        assert (await client.activate("a")).status == 204
        answered = plivo.requests[0].answered_at
        assert answered is not None
        assert answered == pytest.approx(0.5 * math.floor(answered / 0.5))
        assert answered > 20
        assert (await client.activate("a")).status == 404


async def test_emulator_slow_drip_may_be_broken_off() -> None:
    """What was told by then is on the log: nothing while the head drips, the status when only the body is missing."""
    for patience, told in ((20.0, None), (200.0, 200)):
        async with emulator() as plivo:
            plivo.script("list", fault="slow-drip")
            client = Client(plivo.connect())
            with anyio.move_on_after(patience):
                await client.ask("GET", "")
            await client.stream.aclose()
            await anyio.sleep(10)
            assert (plivo.requests[0].told, plivo.requests[0].answered_at) == (told, None)
            assert plivo.connections == 0


async def test_emulator_idle_close_breaks_its_promise() -> None:
    """The answer promises to keep the connection, and then it is closed."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault="idle-close")
        client = Client(plivo.connect())
        reply = await client.activate("a")
        assert (reply.status, reply.headers.get("connection")) == (204, None)
        with pytest.raises(anyio.EndOfStream):
            await client.stream.receive()


async def test_emulator_script_names_the_third_activation() -> None:
    """The third activation of x, and no other, goes wrong."""
    async with emulator() as plivo:
        plivo.script("activate", "x", nth=3, fault="500")
        plivo.script("get", nth=2, fault="502")
        client = Client(plivo.connect())
        statuses = [(await client.activate(name)).status for name in ("x", "x", "y", "x", "x")]
        assert statuses == [404, 404, 404, 500, 404]
        assert [(await client.ask("GET", f"name_{name}/")).status for name in ("a", "b", "c")] == [404, 502, 404]
        with pytest.raises(ValueError, match="'start' is no operation; these are: activate, add-participant, "):
            plivo.script("start", "x", fault="500")
        with pytest.raises(ValueError, match="'lost' is no fault"):
            plivo.script("activate", "x", fault="lost")


async def hammer(plivo: Emulator, order: list[int]) -> None:
    """Activate twenty conferences three times each, from five connections, in that order."""

    async def one_lane(numbers: list[int]) -> None:
        client = Client(plivo.connect())
        for number in numbers * 3:
            try:
                await client.activate(f"room-{number}")
            except (h11.RemoteProtocolError, anyio.BrokenResourceError, anyio.EndOfStream):
                client = Client(plivo.connect())

    async with anyio.create_task_group() as group:
        for lane in range(5):
            group.start_soon(one_lane, order[lane::5])


async def test_emulator_replays_from_its_seed_in_any_order() -> None:
    """The same seed gives each request the same fault and latency, even if the conferences come in another order.

    Without idle-close: that hits whichever request comes next on its connection.
    """
    every = [fault for fault in PLAIN if fault not in (Fault.LATE, Fault.SLOW_DRIP, Fault.IDLE_CLOSE)]

    async def run(seed: int, order: list[int]) -> list[tuple[Any, ...]]:
        faults = Faults(dict.fromkeys(every, 0.05))
        async with emulator(seed=seed, faults=faults, latency=(0.01, 0.2), limit=None) as plivo:
            for number in range(20):
                plivo.add_conference(f"room-{number}")
            await hammer(plivo, order)
            # Sorted, because trio starts tasks in an order of its own.
            log = [(one.name, one.nth, one.fault, one.status, one.told, round(one.at, 6)) for one in plivo.requests]
            return sorted(log, key=repr)

    first = await run(1, list(range(20)))
    assert await run(1, list(range(20))) == first
    turned = await run(1, list(reversed(range(20))))
    assert [entry[:5] for entry in turned] == [entry[:5] for entry in first]
    assert [entry[:5] for entry in await run(2, list(range(20)))] != [entry[:5] for entry in first]
    assert len({fault for _, _, fault, *_ in first}) > 8


async def test_emulator_truth_adds_up() -> None:
    """Under every fault at once: a conference is Active exactly if one request on the log was applied to it."""
    faults = Faults(dict.fromkeys(Fault, 0.95 / len(Fault)), late_by=3, drip_interval=0.01)
    async with emulator(faults=faults, limit=Limit(20, per=1.0, window="fixed"), latency=(0.0, 0.5)) as plivo:
        for number in range(20):
            plivo.add_conference(f"room-{number}")
        await hammer(plivo, list(range(20)))
        plivo.advance(5)  # what was to be applied later is
        for name, room in plivo.conferences.items():
            applied = [one for one in plivo.requests if one.name == name and one.applied]
            assert [entry.request for entry in room.activations] == [one.number for one in applied]
            assert (room.status == "Active") == (len(applied) == 1)
        counts = plivo.counts()
        assert counts.applied == sum(room.applied for room in plivo.conferences.values())
        assert counts.requests == len(plivo.requests) == sum(counts.by_operation.values())
        told = [one.told for one in plivo.requests if one.told is not None]
        assert counts.by_told == Counter(told)
        assert counts.told_429 == told.count(429) > 0
        assert counts.unanswered == sum(one.answered_at is None for one in plivo.requests) > 0
        assert counts.by_fault == Counter(str(one.fault) for one in plivo.requests if one.fault is not None)


async def test_emulator_keeps_the_latest_requests() -> None:
    """With `keep_requests` the log stays short; what it has forgotten still counts, and numbers go on."""
    async with emulator(keep_requests=3) as plivo:
        plivo.add_conference("room")
        client = Client(plivo.connect())
        for _ in range(5):
            await client.activate("room")
        assert [one.number for one in plivo.requests] == [3, 4, 5]
        assert [one.nth for one in plivo.requests] == [3, 4, 5]
        counts = plivo.counts()
        assert (counts.requests, counts.applied, counts.by_told) == (5, 1, {204: 1, 404: 4})
        assert plivo.conferences["room"].activations[0].request == 1


async def test_emulator_log_may_be_cleared() -> None:
    """What comes after is numbered on, so that no two requests have one number; the counts go on as well."""
    async with emulator() as plivo:
        plivo.add_conference("room")
        client = Client(plivo.connect())
        await client.activate("gone")
        plivo.requests.clear()
        await client.activate("room")
        assert [one.number for one in plivo.requests] == [2]
        assert plivo.conferences["room"].activations[0].request == 2
        assert plivo.counts().by_told == {404: 1, 204: 1}


async def test_emulator_counts_an_answer_while_it_is_under_way() -> None:
    """One whose head was told and whose rest is not is unanswered; forgotten or not, it is told once."""
    async with emulator(faults=Faults({"slow-drip": 1.0}), keep_requests=1) as plivo:
        plivo.add_conference("room")
        first = Client(plivo.connect())
        await first.send("GET", "name_room/")
        await anyio.sleep(400)
        assert (plivo.counts().by_told, plivo.counts().unanswered) == ({200: 1}, 1)
        await Client(plivo.connect()).send("GET", "name_room/")
        await first.reply()
        await anyio.sleep(2000)
        assert (plivo.counts().by_told, plivo.counts().unanswered) == ({200: 2}, 0)


# ---- Bad manners ----------------------------------------------------------------------------------------------------


async def raw(plivo: Emulator, data: bytes) -> bytes:
    """Send bytes, say no more, and read all that comes."""
    stream = plivo.connect()
    await stream.send(data)
    await stream.send_eof()
    answer = b""
    try:
        while True:
            answer += await stream.receive()
    except anyio.EndOfStream:
        return answer


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{}", b"HTTP/1.1 400 "),
        (b"GET /" + b"a" * 300_000, b"HTTP/1.1 431 "),
        (b"", b""),
    ],
)
async def test_emulator_answers_garbage_with_400(data: bytes, line: bytes) -> None:
    """What is no request is answered 400 and closed, is not on the log, and hurts nobody else."""
    async with emulator() as plivo:
        answer = await raw(plivo, data)
        assert answer.startswith(line)
        assert not answer or b"connection: close" in answer.lower()
        await anyio.sleep(2)
        assert (plivo.requests, plivo.connections) == ([], 0)
        assert (await Client(plivo.connect()).ask("GET", "")).status == 200


PIECES = [
    b"GET / HTTP/1.1\r\n",
    b"POST /v1/Account/ HTTP/1.1\r\n",
    b"CONNECT x:1 HTTP/1.1\r\n",
    b"GET / HTTP/1.0\r\n",
    b"Host: x\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\r\n",
    b"3\r\nabc\r\n",
    b"0\r\n\r\n",
    b"\x00\xff",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(deadline=None)
def test_emulator_survives_every_mixture(pieces: list[bytes]) -> None:
    """Whatever is put together of pieces of HTTP, the emulator answers or closes, and serves the next client."""

    async def mix() -> None:
        async with emulator() as plivo:
            await raw(plivo, b"".join(pieces))
            await anyio.sleep(2)
            assert plivo.connections == 0
            assert (await Client(plivo.connect()).ask("GET", "")).status == 200

    anyio.run(mix, backend_options={"loop_factory": VirtualTimeLoop})


async def test_emulator_refuses_long_bodies() -> None:
    """A body longer than the setting is answered 413, although its client never stops sending."""
    async with emulator(settings=Settings(max_body=10)) as plivo:
        plivo.add_conference("a")
        client = Client(plivo.connect())
        await client.send("POST", "name_a/", ACTIVE)
        assert (await client.reply()).status == 413
        await anyio.sleep(5)
        assert (plivo.requests, plivo.connections, plivo.conferences["a"].status) == ([], 0, "Initialized")


async def test_emulator_goes_on_when_a_client_breaks_off() -> None:
    """A client that vanishes or resets in the middle of its request ends its own connection only."""
    async with emulator() as plivo:
        for end in ("close", "reset"):
            stream = plivo.connect()
            await stream.send(b"POST /v1/ HTTP/1.1\r\nHost: x\r\n")
            await anyio.sleep(1)
            getattr(stream, end)()
        await anyio.sleep(2)
        assert plivo.connections == 0
        assert (await Client(plivo.connect()).ask("GET", "")).status == 200


async def test_emulator_takes_chunks_and_asks_for_the_rest() -> None:
    """A chunked body is put together; a client that waits for 100 Continue gets it."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        stream = plivo.connect()
        fields = "".join(f"{name}: {value}\r\n" for name, value in USUAL)
        head = f"POST {ROOT}name_a/ HTTP/1.1\r\nHost: x\r\n{fields}Transfer-Encoding: chunked\r\n"
        await stream.send(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert (await stream.receive()).startswith(b"HTTP/1.1 100 ")
        await stream.send(b"8\r\n" + ACTIVE[:8] + b"\r\n")
        await anyio.sleep(1)
        await stream.send(b"c\r\n" + ACTIVE[8:] + b"\r\n0\r\n\r\n")
        assert (await stream.receive()).startswith(b"HTTP/1.1 204 ")
        assert plivo.requests[0].body == ACTIVE


async def test_emulator_answers_head_without_a_body() -> None:
    """As GET is answered, with the length of a body that isn't sent; a 405 where there is nothing to get."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        client = Client(plivo.connect())
        for target, status in (("?limit=5", 200), ("name_a/", 200), ("name_b/", 404), ("name_a/Record/", 405)):
            reply: Reply = await client.ask("HEAD", target)
            assert (reply.status, reply.body) == (status, b"")
            assert int(reply.headers["content-length"]) == len((await client.ask("GET", target)).body)
        assert [one.operation for one in plivo.requests[:3]] == ["list", "list", "get"]
        plivo.script("list", nth=3, fault="head-with-body")
        reply = await client.ask("HEAD", "")
        assert (reply.body, len(client.leftover)) == (b"", int(reply.headers["content-length"]))


async def test_emulator_takes_whole_urls() -> None:
    """As proxies are sent them; the log has the target as it came."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        client = Client(plivo.connect())
        for origin in ("http://api.plivo.com", "HTTPS://127.0.0.1:8808", "http://x"):
            headers = tuple(one for one in USUAL if one[0] != "Content-Type")
            assert (await client.ask("GET", f"/?{origin}", headers=headers)).status == 404
            reply = await absolute(client, f"{origin}{ROOT}name_a/?x=1")
            assert (reply.status, json.loads(reply.body)["friendly_name"]) == (200, "a")
            assert plivo.requests[-1].raw_path == f"{origin}{ROOT}name_a/?x=1"
        assert (await absolute(client, "http://x")).status == 404


async def absolute(client: Client, url: str) -> Reply:
    """Get a whole URL."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in USUAL)
    stream = Client(client.stream)
    stream._http.send(h11.Request(method="GET", target=url, headers=[("Host", "x")]))
    stream._http.send(h11.EndOfMessage())
    await client.stream.send(f"GET {url} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
    return await stream.reply()


async def test_emulator_says_that_it_is_well() -> None:
    """To whoever asks, without credentials; that is no request, and no fault hits it."""
    async with emulator(faults=Faults({"500": 1.0}), latency=5.0) as plivo:
        client = Client(plivo.connect())
        reply = await client.ask("GET", "/health", headers=())
        assert (reply.status, json.loads(reply.body)) == (200, {"status": "ok"})
        assert (await client.ask("HEAD", "/health", headers=())).body == b""
        assert plivo.counts().requests == 0
        assert (await client.ask("POST", "/health", headers=())).status == 404


async def test_emulator_closes_slow_connections() -> None:
    """A request that isn't whole a minute after it has begun is answered 408; so is a connection that never begins.

    Between two requests a connection may be idle for as long as it likes.
    """
    async with emulator() as plivo:
        client = Client(plivo.connect())
        for dribble in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"):
            stream = plivo.connect()
            if not dribble:
                assert (await client.ask("GET", "")).status == 200
            await stream.send(dribble[:5])
            await anyio.sleep(30)
            await stream.send(dribble[5:])
            with anyio.fail_after(31):
                assert (await stream.receive()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            with pytest.raises(anyio.EndOfStream):
                await stream.receive()
        await anyio.sleep(86_400)
        assert plivo.connections == 1
        assert (await client.ask("GET", "")).status == 200


async def test_emulator_closes_when_asked_to() -> None:
    """A client that says `Connection: close` gets its answer and then the end."""
    async with emulator() as plivo:
        client = Client(plivo.connect())
        assert (await client.ask("GET", "", headers=(*USUAL, ("Connection", "close")))).status == 200
        with pytest.raises(anyio.EndOfStream):
            await client.stream.receive()


# ---- Beginning and end ----------------------------------------------------------------------------------------------


async def test_emulator_stops_at_once() -> None:
    """Leaving the block closes every connection, drops what is due and loses nothing of the log."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault="late")
        busy, idle = Client(plivo.connect()), Client(plivo.connect())
        await busy.send("POST", "name_a/", ACTIVE)
        await anyio.sleep(1)
        assert plivo.connections == 2
        before = anyio.current_time()
    assert anyio.current_time() == pytest.approx(before)
    assert plivo.connections == 0
    assert plivo.conferences["a"].status == "Active"
    assert (plivo.requests[0].told, plivo.counts().unanswered) == (None, 1)
    for client in (busy, idle):
        with pytest.raises(anyio.EndOfStream):
            await client.stream.receive()


async def test_emulator_lets_the_blocks_own_error_through() -> None:
    """What the block raises comes out as it is, not in an exception group; a cancellation stays one."""

    async def fail() -> None:
        async with emulator() as plivo:
            plivo.connect()
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await fail()
    with anyio.move_on_after(3) as scope:
        async with emulator() as plivo:
            plivo.connect()
            await anyio.sleep_forever()
    assert scope.cancelled_caught


async def test_emulator_is_used_inside_its_block_only() -> None:
    """Before and after, there is no clock and no server; and it is started once."""
    plivo = emulator()
    for use in (plivo.connect, lambda: plivo.add_conference("a")):
        with pytest.raises(RuntimeError, match="not running"):
            use()
    async with plivo:
        pass
    with pytest.raises(RuntimeError, match="not running"):
        plivo.connect()
    with pytest.raises(RuntimeError, match="started once"):
        await plivo.__aenter__()
    assert plivo.url == "http://127.0.0.1"


@pytest.mark.parametrize("arguments", [{"latency": -1.0}, {"auth_id": "me"}, {"keep_requests": 0}])
def test_emulator_refuses_bad_arguments_when_made(arguments: dict[str, Any]) -> None:
    """A mistake shows before anything runs."""
    with pytest.raises(ValueError, match=r"latency|auth_id|keep_requests"):
        Emulator(**arguments)


METHODS = {
    "Emulator": "activate_conference add_call add_conference add_number advance asgi connect counts delivered "
    "end_call end_conference from_snapshot incoming_call phone resend reset script script_callback set_credits "
    "snapshot",
    "Faults": "parse",
    "IncomingCall": "hang_up press",
    "Phone": "answer answers busy fails hang_up invalid never_answers no_answer press record_comes rejects",
}


def test_emulator_shows_no_internal_methods() -> None:
    """Public classes have those methods that users need, and no others."""
    found = {}
    for name in plivo_async.emulator.__all__:
        kind = getattr(plivo_async.emulator, name)
        if isinstance(kind, type) and not issubclass(kind, StrEnum):
            every = [vars(base) for base in reversed(kind.__mro__) if base.__module__.startswith("plivo_async")]
            own = {one: value for part in every for one, value in part.items() if not one.startswith("_")}
            found[name] = " ".join(
                sorted(one for one, value in own.items() if isinstance(value, classmethod | FunctionType))
            )
    assert {name: methods for name, methods in found.items() if methods} == METHODS


def test_emulator_exports_what_it_says() -> None:
    """Every public name exists, in order, and nothing else is public."""
    names = plivo_async.emulator.__all__
    assert all(hasattr(plivo_async.emulator, name) for name in names)
    values = vars(plivo_async.emulator).items()
    public = {name for name, value in values if not name.startswith("_") and not isinstance(value, ModuleType)}
    assert set(names) == public
