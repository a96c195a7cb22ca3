"""The contact centre: two workers, callbacks over sockets, and each thing that may go wrong has its status."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from plivo_async import (
    AuthenticationError,
    BadRequestError,
    InvalidArgumentError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    RateLimitError,
    ServerError,
)
from plivo_async.emulator import Emulator, Leg, Settings
from plivo_async.webhooks import sign

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")

from contact_centre import app as service_app
from contact_centre.errors import status_of, told
from contact_centre.local import FOLDER, running
from contact_centre.settings import Settings as Told

from ..browser import CHROMIUM, QUIET
from ..support import PATIENCE

BUSY, AGENT, SUPERVISOR = "+14157654320", "+14157654321", "+14157654322"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidArgumentError("name: wrong", argument="name"), 422),
        (NotFoundError("no"), 404),
        (BadRequestError("no"), 409),
        (OutcomeUnknownError("perhaps"), 502),
        (NoAnswerError("no answer"), 502),
        (AuthenticationError("no"), 502),
        (RateLimitError("later"), 503),
        (ServerError("later"), 503),
        (NotSentError("later"), 503),
    ],
)
def test_each_error_has_a_status(error: PlivoError, status: int) -> None:
    """And is told as JSON."""
    assert status_of(error) == status
    assert json.loads(json.dumps(told(error)))["error"] == type(error).__name__


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """What it says, once it says something."""
    with anyio.fail_after(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110  (it is in other processes)
            await anyio.sleep(0.05)
        return found


# ---- One worker, in this process ------------------------------------------------------------------------------------


@asynccontextmanager
async def served(plivo: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    monkeypatch.setenv("PLIVO_AUTH_ID", plivo.auth_id)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", plivo.auth_token)
    monkeypatch.setenv("PLIVO_BASE_URL", plivo.url)
    app = service_app.create_app(
        Told(
            public_url="https://calls.example.com",
            auth_token=plivo.auth_token,
            caller_id="+14155550100",
            budget=f"sqlite:///{folder}/budget.db",
            bus=f"{folder}/bus.db",
        )
    )
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://calls.example.com") as http,
    ):
        yield http


@pytest.mark.real_time
@pytest.mark.asyncio
async def test_what_is_wrong_is_told_and_what_is_foreign_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """422 before anything is sent, 404, 503 with Retry-After; nothing unsigned and nothing from another site."""
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: provider)
    async with Emulator() as plivo, served(plivo, tmp_path, monkeypatch) as http:
        plivo.add_conference("a")
        bad = await http.post("/desk/conferences/a/agents", json={"agents": ["no number"]})
        assert (bad.status_code, bad.json()["argument"]) == (422, "to")
        assert (await http.post("/desk/conferences/a/agents", json={"agents": []})).status_code == 422
        gone = await http.delete("/desk/conferences/b")
        assert (gone.status_code, gone.json()["error"]) == (404, "NotFoundError")
        assert "b" not in plivo.conferences  # nobody made one by asking for it
        coached = await http.post("/desk/conferences/b/supervisors", json={"supervisor": SUPERVISOR})
        assert (coached.status_code, plivo.rings[SUPERVISOR]) == (404, 0)
        plivo.script("start-recording", "a", fault="lost-response")
        plivo.activate_conference("a")
        assert (await http.post("/desk/conferences/a/recording")).status_code == 502
        assert (await http.post("/desk/conferences/a/recording")).status_code == 409  # it was started
        assert (await http.post("/desk/conferences/a/agents", json={"agents": [AGENT]})).status_code == 409

        plivo.script("add-participant", "a", nth=None, fault="429")
        foreign = {"Origin": "https://elsewhere.example"}
        assert (await http.delete("/desk/conferences/a", headers=foreign)).status_code == 403
        assert (await http.post("/plivo/answer", content=b"CallUUID=1&Event=StartApp")).status_code == 403
        signed = sign(
            "POST", "https://calls.example.com/plivo/answer", {"CallUUID": "1"}, token="another token", nonce="1"
        )
        assert (await http.post("/plivo/answer", data={"CallUUID": "1"}, headers=signed)).status_code == 403

        page = await http.get("/")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert not any(word in page.text for word in ("style=", "onclick", "<style", "http:", "https:"))
        assert [(await http.get(path)).status_code for path in ("/page.js", "/page.css")] == [200, 200]
    assert {"End MPC", "Retrieve MPC"} & {one.name for one in spans.get_finished_spans()}


# ---- Two workers ----------------------------------------------------------------------------------------------------


@pytest.mark.real_time
@pytest.mark.asyncio
async def test_a_caller_is_taken_coached_held_recorded_and_let_go(tmp_path: Path) -> None:
    """End to end: what Plivo tells one worker is known to the other, and no phone rings twice."""
    quick = Settings(speak_seconds=0.1)
    async with (
        Emulator(answer_after=0.2, calls_per_second=None, settings=quick) as plivo,
        running(plivo, port=free_port(), workers=2) as (url, _),
        httpx.AsyncClient(base_url=f"{url}/desk", timeout=30) as http,
    ):
        plivo.phone(BUSY).busy()
        call = plivo.incoming_call(from_="+442071838750", answer_url=f"{url}/plivo/answer")

        async def waiting() -> Any:
            return (await http.get("/conferences")).json()

        [found] = await eventually(waiting)
        assert (found["status"], call.refused) == ("Initialized", [])
        name = f"/conferences/{found['friendly_name']}"
        if CHROMIUM is not None:
            assert "<td>waits</td>" in await anyio.to_thread.run_sync(page_of, url, tmp_path)

        clicks = [http.post(f"{name}/agents", json={"agents": [BUSY, AGENT]}) for _ in range(3)]
        first, *late = sorted(await asyncio.gather(*clicks), key=lambda answer: answer.status_code)
        assert first.json() == {"tried": ["busy", "answered"], "live": True}
        assert [answer.status_code for answer in late] == [409, 409]
        assert (await http.post(f"{name}/agents", json={"agents": [AGENT]})).json()["error"] == "TakenError"
        coached = await http.post(f"{name}/supervisors", json={"supervisor": SUPERVISOR})
        assert coached.json() == {"outcome": "answered"}
        conference = plivo.conferences[found["friendly_name"]]
        customer, agent, supervisor = conference.participants
        assert (agent.coach_mode, supervisor.coach_mode) == (False, True)

        members = f"{name}/members/{customer.member_id}"
        assert (await http.post(f"{members}/hold")).status_code == 204
        assert customer.hold
        assert (await http.post(f"{members}/unhold")).status_code == 204
        assert (await http.post(f"{name}/recording")).status_code == 200
        assert conference.recording is not None
        assert (await http.delete(f"{name}/recording")).status_code == 204
        assert (await http.get(name)).json()["participants"][0]["role"] == "supervisor"
        assert (await http.delete(name)).status_code == 204
        await plivo.delivered()

        await eventually(lambda: over(call.leg))
        assert call.leg.hangup_cause_code != 4020  # it went on with the XML that said goodbye
        assert dict(plivo.rings) == {BUSY: 1, AGENT: 1, SUPERVISOR: 1}
        assert {one.state for one in plivo.deliveries} == {"delivered"}
        looks = [one for one in plivo.requests if one.operation in ("get-call", "list-calls", "get-participant")]
        assert looks == []  # how dials ended was told by callbacks alone


async def over(leg: Leg) -> bool:
    """Whether a call is."""
    return leg.over


def page_of(url: str, folder: Path) -> str:
    """What agents see, as text."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *QUIET, f"--user-data-dir={folder}/profile", "--virtual-time-budget=4000", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=True).stdout  # noqa: S603


@pytest.mark.long
@pytest.mark.real_time
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_command_runs_and_ends() -> None:
    """It says where to look, and Ctrl-C ends all of it."""
    port = free_port()
    command = [sys.executable, str(FOLDER), "--port", str(port), "--callers", "1", "--answer-after", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        console = process.stdout.readline().split()[-1]
        assert httpx.get(console, trust_env=False).is_success
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
