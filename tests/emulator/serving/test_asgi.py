"""The emulator as an ASGI application, through httpx's own transport: what a client sees, and what was true."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from plivo_async import AsyncClient, OutcomeUnknownError
from plivo_async.emulator import MEANINGS, Emulator, Fault, Faults, Settings
from plivo_async.emulator._recipes import recipe_of

from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator with a conference, and httpx without a socket."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, **options) as plivo:
        plivo.add_conference("a/b")
        transport = httpx.ASGITransport(app=plivo.asgi(broken=httpx.ReadError))
        async with httpx.AsyncClient(
            transport=transport, base_url=plivo.url + ROOT, auth=(AUTH_ID, AUTH_TOKEN)
        ) as client:
            yield plivo, client


async def activate(client: httpx.AsyncClient) -> httpx.Response:
    """Activate the conference, and leave the body of the answer as it is."""
    headers = {"Content-Type": "application/json"}
    async with client.stream("POST", "name_a%2Fb/", content=ACTIVE, headers=headers) as answer:
        return answer


async def test_emulator_asgi_takes_requests_as_they_are() -> None:
    """Path and query raw, headers, body; the answer with its status, its headers and its body."""
    async with served() as (plivo, client):
        answer = await activate(client)
        assert (answer.status_code, "content-length" in answer.headers) == (204, False)
        listed = await client.get("", params={"friendly_name": "a/b"})
        assert (listed.json()["meta"]["count"], listed.headers["content-type"]) == (1, "application/json")
        first, second = plivo.requests
        assert (first.raw_path, first.name, first.body) == (f"{ROOT}name_a%2Fb/", "a/b", ACTIVE)
        assert second.raw_path == f"{ROOT}?friendly_name=a%2Fb"
        assert dict(first.headers)["authorization"] == "***"
        assert [(one.told, one.answered_at is not None) for one in plivo.requests] == [(204, True), (200, True)]
        assert (await client.get("", auth=("x", "y"))).status_code == 401
        head = await client.head("", params={"friendly_name": "a/b"})
        assert (head.status_code, head.content, int(head.headers["content-length"])) == (200, b"", len(listed.content))
        health = await client.get(f"{plivo.url}/health", auth=("x", "y"))
        assert (health.json(), plivo.counts().requests) == ({"status": "ok"}, 4)


async def test_emulator_asgi_takes_its_time() -> None:
    """Latency passes before and after."""
    async with served(latency=2.0) as (plivo, client):
        began = anyio.current_time()
        await activate(client)
        assert anyio.current_time() - began == pytest.approx(2.0)
        assert plivo.conferences["a/b"].activations[0].at - plivo.requests[0].at == pytest.approx(1.0)


HEADERS = (Fault.LONG_HEADER, Fault.MANY_HEADERS)


@pytest.mark.parametrize("fault", list(Fault))
async def test_emulator_asgi_knows_every_fault(fault: Fault) -> None:
    """What breaks is raised; what is applied is applied; what is answered in another's place is that."""
    async with served(faults=Faults({fault: 1.0}, late_by=40, drip_interval=1.0)) as (plivo, client):
        began = anyio.current_time()
        breaks = recipe_of(fault).silent or fault is Fault.HALF
        gets_a_body = recipe_of(fault).alter is not None and fault not in (*HEADERS, Fault.BODY_204)
        if breaks:
            with pytest.raises(httpx.ReadError, match=f"the emulator broke the connection: {fault}"):
                await activate(client)
        else:
            answer = await activate(client)
            assert answer.status_code == (MEANINGS[fault].status or (200 if gets_a_body else 204))
        plivo.advance(5)
        [request] = plivo.requests
        assert (request.fault, request.applied) == (fault, MEANINGS[fault].applied)
        assert (request.answered_at is None) == breaks
        assert (anyio.current_time() - began > 39) == (fault is Fault.LATE)
        assert plivo.conferences["a/b"].applied == MEANINGS[fault].applied


async def test_emulator_asgi_drips_as_long_as_a_body_is() -> None:
    """One byte for each interval."""
    async with served(faults=Faults({"slow-drip": 1.0}, drip_interval=0.5)) as (_, client):
        began = anyio.current_time()
        body = (await client.get("")).content
        assert anyio.current_time() - began == pytest.approx(len(body) / 2)


async def test_emulator_asgi_refuses_long_bodies() -> None:
    """413, and no request was received."""
    async with served(settings=Settings(max_body=10)) as (plivo, client):
        assert (await client.post("name_a/", content=json.dumps(["x"] * 10))).status_code == 413
        assert plivo.requests == []


async def test_emulator_asgi_speaks_nothing_but_http() -> None:
    """A server that asks for its lifespan is told so, as ASGI has it: by an exception."""
    async with Emulator(port=None) as plivo:

        async def receive() -> dict[str, Any]:
            return {"type": "lifespan.startup"}

        async def send(message: Any) -> None:
            raise AssertionError(message)

        with pytest.raises(NotImplementedError, match="lifespan"):
            await plivo.asgi()({"type": "lifespan"}, receive, send)


async def test_emulator_asgi_behind_the_client() -> None:
    """A lost answer is doubtful to the client, as over a socket; the phone has rung once."""
    async with served() as (plivo, http_client):
        plivo.script("add-participant", fault="lost-response")
        async with AsyncClient(
            AUTH_ID, AUTH_TOKEN, base_url=plivo.url, http_client=http_client, clock=anyio.current_time
        ) as client:
            with pytest.raises(OutcomeUnknownError):
                await client.mpc("a/b").add_participant(role="agent", from_="14150000000", to="14157654321")
            plivo.advance(5)
            assert plivo.rings["14157654321"] == 1
