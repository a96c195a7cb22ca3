"""Answers that are spoiled on purpose, byte by byte, and requests that are applied when nobody expects it any more."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import anyio
import anyio.abc
import h11
import pytest

from plivo_async.emulator import MEANINGS, Emulator, Fault, Faults, Limit, Settings
from plivo_async.emulator._spoiling import BOMB_SIZE

from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT, USUAL, Client

pytestmark = pytest.mark.anyio


class Raw(NamedTuple):
    """An answer as its bytes came, in one packet."""

    status: int
    headers: list[tuple[str, str]]
    rest: bytes
    """Everything behind its head."""

    @property
    def fields(self) -> dict[str, str]:
        """The headers, of each name the last."""
        return dict(self.headers)


@asynccontextmanager
async def spoiled(fault: str, operation: str = "activate", **options: object) -> AsyncIterator[Emulator]:
    """An emulator with a conference, to whose first operation that happens."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, **options) as plivo:  # type: ignore[arg-type]
        plivo.add_conference("a")
        plivo.script(operation, fault=fault)
        yield plivo


async def packet(stream: anyio.abc.ByteStream, method: str, path: str, body: bytes = b"") -> Raw:
    """What comes back in one packet."""
    http = h11.Connection(h11.CLIENT)
    fields = [("Host", "x"), ("Content-Length", str(len(body))), *USUAL]
    data = http.send(h11.Request(method=method, target=ROOT + path, headers=fields)) or b""
    await stream.send(data + (http.send(h11.Data(data=body)) or b""))
    head, _, rest = (await stream.receive(1 << 20)).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return Raw(int(first.split(" ")[1]), [(name.title(), value) for name, value in pairs], rest)


async def activated(plivo: Emulator) -> Raw:
    """What comes back to a request to activate it."""
    return await packet(plivo.connect(), "POST", "name_a/", ACTIVE)


# ---- Answers of others than Plivo -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "form", "applied"),
    [
        ("404-html", 404, "text/html; charset=utf-8", False),
        ("404-html-applied", 404, "text/html; charset=utf-8", True),
        ("404-text", 404, "text/plain; charset=utf-8", False),
        ("404-list", 404, "application/json", False),
        ("401", 401, "application/json", False),
        ("403-html", 403, "text/html; charset=utf-8", False),
        ("407-html", 407, "text/html; charset=utf-8", False),
        ("200-html", 200, "text/html; charset=utf-8", False),
        ("302-html", 302, "text/html; charset=utf-8", False),
        ("504", 504, "text/html; charset=utf-8", False),
        ("504-applied", 504, "text/html; charset=utf-8", True),
    ],
)
async def test_emulator_lets_others_answer(fault: str, status: int, form: str, applied: bool) -> None:
    """To an operation, and to the look at what became of it; only one that is applied, or meant for Plivo, counts."""
    for operation, method, path, body in (("activate", "POST", "name_a/", ACTIVE), ("get", "GET", "name_a/", b"")):
        async with spoiled(fault, operation, limit=Limit(1)) as plivo:
            raw = await packet(plivo.connect(), method, path, body)
            assert (raw.status, raw.fields["Content-Type"]) == (status, form)
            changed = applied and operation == "activate"
            assert (plivo.requests[0].applied, plivo.conferences["a"].applied) == (changed, changed)
            second = await packet(plivo.connect(), "GET", "name_a/")
            assert second.status == (429 if MEANINGS[Fault(fault)].counted else 200)


async def test_emulator_lets_others_answer_as_they_do() -> None:
    """A login is asked for where one is; a list is JSON; a captive portal says where to go."""
    async with spoiled("401") as plivo:
        assert (await activated(plivo)).fields["Www-Authenticate"] == 'Basic realm="Plivo"'
    async with spoiled("407-html") as plivo:
        assert (await activated(plivo)).fields["Proxy-Authenticate"] == 'Basic realm="a proxy"'
    async with spoiled("302-html") as plivo:
        assert (await activated(plivo)).fields["Location"] == "http://192.0.2.1/login"
    async with spoiled("404-list") as plivo:
        assert json.loads((await activated(plivo)).rest) == ["not found"]


async def test_emulator_answers_json_that_is_no_object() -> None:
    """A list around what was said; a 204 says as much with 200, a 404 stays one."""
    async with spoiled("not-object") as plivo:
        plivo.script("get", "b", fault="not-object")
        raw = await activated(plivo)
        assert (raw.status, json.loads(raw.rest)) == (200, [{"message": "done"}])
        missing = await packet(plivo.connect(), "GET", "name_b/")
        assert (missing.status, json.loads(missing.rest)[0]["error"]) == (404, "not found")


# ---- Applied late ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [str(fault) for fault in Fault if MEANINGS[fault].later])
async def test_emulator_applies_late(fault: str) -> None:
    """`apply_after` seconds after the request, whatever the client was told, and whether it is still there."""
    async with spoiled(fault, faults=Faults(apply_after=40)) as plivo:
        client = Client(plivo.connect())
        began = anyio.current_time()
        if fault == "applied-later":
            with anyio.move_on_after(30):
                await client.activate("a")
            await client.stream.aclose()
        elif status := MEANINGS[Fault(fault)].status:
            assert (await client.activate("a")).status == status
        else:
            with pytest.raises((h11.RemoteProtocolError, anyio.BrokenResourceError)):
                await client.activate("a")
        await anyio.sleep_until(began + 39)
        assert (plivo.requests[0].applied, plivo.conferences["a"].status) == (False, "Initialized")
        await anyio.sleep(2)
        assert plivo.conferences["a"].status == "Active"
        assert plivo.conferences["a"].activations[0].at == pytest.approx(40)
        assert (plivo.requests[0].applied, plivo.requests[0].status, plivo.counts().applied) == (True, 204, 1)


async def test_emulator_applies_late_what_is_there_then() -> None:
    """A repetition overtakes it; the conference that has the name by then is the one that it hits."""
    async with spoiled("503-applied-later") as plivo:
        assert (await activated(plivo)).status == 503
        assert (await activated(plivo)).status == 204
        plivo.advance(10)
        first, second = plivo.requests
        assert (first.applied, first.status, second.applied) == (False, 404, True)
    async with spoiled("503-applied-later") as plivo:
        assert (await activated(plivo)).status == 503
        plivo.end_conference("a")
        again = plivo.add_conference("a")
        plivo.advance(10)
        assert (again.status, again.activations[0].request) == ("Active", 1)


async def test_emulator_rings_late() -> None:
    """An addition that was answered 500 rings a phone five seconds later, at that instant, and somebody comes in."""
    body = json.dumps({"role": "agent", "from": "14151234567", "to": "14157654321"}).encode()
    async with spoiled("500-applied-later", "add-participant") as plivo:
        assert (await packet(plivo.connect(), "POST", "name_new/Participant/", body)).status == 500
        assert plivo.rings["14157654321"] == 0
        plivo.advance(3600)
        [call] = plivo.phone("14157654321").calls
        assert plivo.rings["14157654321"] == 1
        assert call.rang_at == pytest.approx(5)
        assert plivo.conferences["new"].present == 1


async def test_emulator_counts_at_once_what_it_applies_late() -> None:
    """Over the limit it is refused as ever, and never applied."""
    async with spoiled("500-applied-later", limit=Limit(1)) as plivo:
        plivo.script("activate", "a", nth=2, fault="500-applied-later")
        assert [(await activated(plivo)).status for _ in range(2)] == [500, 500]
        assert plivo.requests[1].status == 429
        plivo.advance(100)
        assert [one.applied for one in plivo.requests] == [True, False]


# ---- More bytes than an answer has ----------------------------------------------------------------------------------


async def test_emulator_sends_more_than_it_was_asked_for() -> None:
    """In one packet; the connection stays, and what the next request is answered comes behind."""
    async with spoiled("answered-twice") as plivo:
        stream = plivo.connect()
        raw = await packet(stream, "POST", "name_a/", ACTIVE)
        assert (raw.status, raw.rest.startswith(b"HTTP/1.1 204 ")) == (204, True)
        assert (await packet(stream, "POST", "name_a/", ACTIVE)).status == 404
        assert plivo.conferences["a"].applied == 1
    for fault, status in (("surplus-204", b"204 No Content"), ("surplus-404", b"404 Not Found")):
        async with spoiled(fault, "get") as plivo:
            raw = await packet(plivo.connect(), "GET", "name_a/")
            body, _, surplus = raw.rest.partition(b"HTTP/1.1 ")
            assert (raw.status, len(body), json.loads(body)["friendly_name"]) == (
                200,
                int(raw.fields["Content-Length"]),
                "a",
            )
            assert surplus.startswith(status)


async def test_emulator_says_less_than_it_sends() -> None:
    """A Content-Length of half the body, and a last chunk that is sent twice."""
    async with spoiled("short-length", "get") as plivo:
        stream = plivo.connect()
        raw = await packet(stream, "GET", "name_a/")
        assert int(raw.fields["Content-Length"]) == len(raw.rest) // 2
        assert json.loads(raw.rest)["friendly_name"] == "a"
        assert (await packet(stream, "GET", "name_a/")).status == 200
    async with spoiled("doubled-chunk") as plivo:
        raw = await activated(plivo)
        assert raw.fields["Transfer-Encoding"] == "chunked"
        assert raw.rest == b'13\r\n{"message": "done"}\r\n0\r\n\r\n0\r\n\r\n'


async def test_emulator_sends_bodies_where_none_belong() -> None:
    """A 204 has one, with its length; other answers are as they are."""
    async with spoiled("204-with-body") as plivo:
        raw = await activated(plivo)
        assert (raw.status, raw.rest, raw.fields["Content-Length"]) == (204, b'{"message": "done"}', "19")
        plivo.script("activate", "a", nth=2, fault="204-with-body")
        raw = await activated(plivo)
        assert (raw.status, len(raw.rest)) == (404, int(raw.fields["Content-Length"]))


# ---- Clocks, encodings, heads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "off"),
    [
        ("date-minutes-behind", timedelta(minutes=-7)),
        ("date-minutes-ahead", timedelta(minutes=7)),
        ("date-years-behind", timedelta(days=-7305)),
        ("date-years-ahead", timedelta(days=7305)),
    ],
)
async def test_emulator_dates_wrongly(fault: str, off: timedelta) -> None:
    """By that much, on sockets and through ASGI alike."""
    async with spoiled(fault) as plivo:
        dates = [parsedate_to_datetime((await activated(plivo)).fields["Date"]) for _ in range(2)]
        assert abs(dates[0] - dates[1] - off) <= timedelta(seconds=1)
        assert plivo.conferences["a"].status == "Active"


async def test_emulator_dates_badly_or_not_at_all() -> None:
    """None, or one that is none."""
    async with spoiled("date-missing") as plivo:
        assert "Date" not in (await activated(plivo)).fields
    async with spoiled("date-unreadable") as plivo:
        assert (await activated(plivo)).fields["Date"] == "yesterday"


async def test_emulator_clock_may_be_wrong_altogether() -> None:
    """Dates of answers and times of conferences agree with each other, and with nobody else."""
    settings = Settings(clock_off=-7200)
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, settings=settings) as plivo:
        plivo.add_conference("a")
        dated = parsedate_to_datetime((await activated(plivo)).fields["Date"])
        assert abs(dated - datetime.now(UTC) + timedelta(hours=2)) < timedelta(minutes=5)
        assert abs(plivo.conferences["a"].creation_time - dated) < timedelta(seconds=5)
    with pytest.raises(ValueError, match="clock_off"):
        Settings(clock_off=float("nan"))


async def test_emulator_encodes_unasked() -> None:
    """What says gzip or deflate is that, or isn't; the length is that of what is sent."""
    bodies = {}
    for fault in ("gzip", "deflate", "gzip-false", "encoding-unknown"):
        async with spoiled(fault) as plivo:
            raw = await activated(plivo)
            assert (raw.status, len(raw.rest)) == (200, int(raw.fields["Content-Length"]))
            bodies[raw.fields["Content-Encoding"], fault] = raw.rest
    done = b'{"message": "done"}'
    assert gzip.decompress(bodies["gzip", "gzip"]) == zlib.decompress(bodies["deflate", "deflate"]) == done
    assert bodies["gzip", "gzip-false"] == done
    assert ("x-nobody-knows", "encoding-unknown") in bodies


async def test_emulator_sends_a_bomb() -> None:
    """Some kB that are 256 MiB when they are unpacked twice."""
    async with spoiled("gzip-bomb") as plivo:
        raw = await activated(plivo)
    assert raw.fields["Content-Encoding"] == "gzip, gzip"
    assert len(raw.rest) < 10_000
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    packed = gzip.decompress(raw.rest)
    size = 0
    while packed:
        size += len(unpacker.decompress(packed, 1 << 24))
        packed = unpacker.unconsumed_tail
    assert (size, unpacker.eof) == (BOMB_SIZE, True)


async def test_emulator_sends_large_heads() -> None:
    """One header that is long, or many that aren't."""
    async with spoiled("long-header") as plivo:
        assert len((await activated(plivo)).fields["X-Long"]) == 16_000
    async with spoiled("many-headers") as plivo:
        assert len((await activated(plivo)).headers) > 200
