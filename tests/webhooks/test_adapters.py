"""The same requests through the frameworks themselves."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from urllib.parse import urlencode

import django
import httpx
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.urls import path
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from plivo_async.webhooks import AnswerRequested, CallbackApp, Event, ParticipantJoined, Receiver, Router, sign
from plivo_async.webhooks.django import view
from plivo_async.webhooks.starlette import endpoint, verified

from .test_events import JOIN
from .test_router import ANSWER
from .test_signature import TOKEN

RECEIVER = Receiver([TOKEN], base_url="https://api.example.com")
ROUTER = Router()
SEEN: list[Event] = []
PATH = "/plivo/%C3%96st%2Fer"
URL = f"https://api.example.com{PATH}?tenant=7"


@ROUTER.on(ParticipantJoined)
async def joined(event: ParticipantJoined) -> None:
    """Keep it, or fail on request."""
    if event.mpc_name == "fail":
        raise LookupError
    SEEN.append(event)


@ROUTER.on(AnswerRequested)
async def answer(event: AnswerRequested) -> str:
    """Some XML."""
    return "<Response/>"


urlpatterns = [path("plivo/<path:rest>", view(RECEIVER, ROUTER))]


@pytest.fixture(scope="module", autouse=True)
def _django() -> None:
    settings.configure(
        SECRET_KEY="not one",
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["inside"],
        DEBUG=False,
        LOGGING_CONFIG=None,
    )
    django.setup()


def asgi() -> Any:
    """An application of nothing but the router."""
    return CallbackApp(RECEIVER, ROUTER)


def starlette() -> Any:
    """A route of Starlette's."""
    return Starlette(routes=[Route("/plivo/{rest:path}", endpoint(RECEIVER, ROUTER), methods=["GET", "POST"])])


def mounted() -> Any:
    """The application in one of Starlette's."""
    return Starlette(routes=[Mount("/plivo", CallbackApp(RECEIVER, ROUTER))])


def fastapi() -> Any:
    """A route of FastAPI's, with the dependency."""
    app = FastAPI()

    async def callback(event: Annotated[Event, Depends(verified(RECEIVER))]) -> None:
        await ROUTER.handle(event)

    app.add_api_route("/plivo/{rest:path}", callback, methods=["GET", "POST"])
    return app


APPS: list[Callable[[], Any]] = [asgi, mounted, starlette, fastapi, get_asgi_application]


@pytest.fixture(params=APPS, ids=lambda app: app.__name__)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A client of each application, as it sits behind a proxy."""
    transport = httpx.ASGITransport(request.param(), raise_app_exceptions=False)
    SEEN.clear()
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
        yield client


@pytest.fixture
def anyio_backend() -> str:
    """Django knows asyncio alone."""
    return "asyncio"


@pytest.mark.anyio
async def test_a_post(client: httpx.AsyncClient) -> None:
    """Signed with the public URL, its path as it was written; the query is the user's."""
    answered = await client.post(f"{PATH}?tenant=7", data=JOIN, headers=sign("POST", URL, JOIN, token=TOKEN))
    assert (answered.status_code, SEEN[0].extra) == (200, {"Tomorrow": "new", "tenant": "7"})
    assert isinstance(SEEN[0], ParticipantJoined)


@pytest.mark.anyio
async def test_a_get(client: httpx.AsyncClient) -> None:
    """All of it in the query, as Plivo wrote it."""
    query = f"tenant=7&{urlencode(JOIN)}"
    headers = sign("GET", f"https://api.example.com{PATH}?{query}", token=TOKEN)
    assert (await client.get(f"{PATH}?{query}", headers=headers)).status_code == 200
    assert isinstance(SEEN[0], ParticipantJoined)


@pytest.mark.anyio
async def test_what_is_refused(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """403 or 400, and not a word of why; that is in the log."""
    headers = sign("POST", URL, JOIN, token="other" * 8)
    refused = await client.post(f"{PATH}?tenant=7", data=JOIN, headers=headers)
    malformed = {**JOIN, "SequenceNumber": "two"}
    unread = await client.post(f"{PATH}?tenant=7", data=malformed, headers=sign("POST", URL, malformed, token=TOKEN))
    large = await client.post(f"{PATH}?tenant=7", content=b"a" * 10_000_000, headers=sign("POST", URL, token=TOKEN))
    assert [one.status_code for one in (refused, unread, large)] == [403, 400, 400]
    for one in (refused, unread, large):
        assert "signed" not in one.text
        assert "Sequence" not in one.text
    told = [record.getMessage() for record in caplog.records if record.name == "plivo_async.webhooks"]
    assert [message.startswith("A callback is refused: ") for message in told][:2] == [True, True]
    assert "SequenceNumber" in told[1]
    assert not SEEN


@pytest.mark.anyio
async def test_a_handler_that_fails(client: httpx.AsyncClient) -> None:
    """500: Plivo may send it again."""
    params = {**JOIN, "MPCName": "fail"}
    headers = sign("POST", URL, params, token=TOKEN)
    assert (await client.post(f"{PATH}?tenant=7", data=params, headers=headers)).status_code == 500


@pytest.mark.anyio
async def test_an_answer(client: httpx.AsyncClient, request: pytest.FixtureRequest) -> None:
    """XML, and said to be; a dependency leaves it to the endpoint."""
    answered = await client.post(f"{PATH}?tenant=7", data=ANSWER, headers=sign("POST", URL, ANSWER, token=TOKEN))
    if "fastapi" not in request.node.name:
        assert answered.text == "<Response/>"
        assert answered.headers["Content-Type"] == "application/xml; charset=utf-8"


@pytest.mark.anyio
@pytest.mark.parametrize("app", [asgi, starlette, fastapi])
async def test_a_body_without_end_is_not_kept(app: Callable[[], Any]) -> None:
    """It is left as soon as it is too large."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 100_000_000:
            taken += 65_536
            yield b"a" * 65_536

    body, sent = endless(), list[Any]()

    async def receive() -> Any:
        return {"type": "http.request", "body": await anext(body), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), text.encode()) for name, text in sign("POST", URL, token=TOKEN).items()]
    scope = {
        "type": "http", "method": "POST", "path": "/plivo/x", "raw_path": b"/plivo/x", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("inside", 80), "client": None, "root_path": "", "app": None,
        "http_version": "1.1",
    }  # fmt: skip
    await app()(scope, receive, send)
    assert sent[0]["status"] == 400
    assert taken < 1_000_000


@pytest.mark.anyio
async def test_only_http_is_taken() -> None:
    """The lifespan is the application's in which it is mounted; a server goes on without."""
    with pytest.raises(RuntimeError, match="lifespan"):
        await asgi()({"type": "lifespan"}, None, None)


def test_django_under_wsgi() -> None:
    """The path is written again by Django, and is the same."""
    SEEN.clear()
    transport = httpx.WSGITransport(get_wsgi_application())
    with httpx.Client(transport=transport, base_url="http://inside") as client:
        url = "https://api.example.com/plivo/a%20b?tenant=7"
        answered = client.post("/plivo/a%20b?tenant=7", data=JOIN, headers=sign("POST", url, JOIN, token=TOKEN))
    assert (answered.status_code, len(SEEN)) == (200, 1)


def test_no_framework_is_loaded_by_the_core() -> None:
    """They are imported with their adapters alone."""
    code = "import sys, plivo_async.webhooks; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(done.stdout.split())
    assert "plivo_async.webhooks" in loaded
    assert not loaded & {"starlette", "django", "fastapi", "httpx"}
