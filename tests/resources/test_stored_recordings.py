"""`client.recordings`: lists, deletion, and files, with the credentials for Plivo's own hosts alone."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from plivo_async import (
    AsyncClient,
    AuthenticationError,
    DecodeError,
    InvalidArgumentError,
    NoAnswerError,
    NotFoundError,
    OutcomeUnknownError,
    PlivoError,
    StoredRecording,
)
from plivo_async.emulator import Emulator, Settings

from ..support import in_memory

pytestmark = pytest.mark.anyio

AUTH_ID, TOKEN = "MA" + "X" * 18, "s3cr3t-t0k3n"
OURS = "https://media.plivo.com/v1/Account/MA/Recording/x.mp3"
THEIRS = "https://store.example.com/x.mp3?signature=1"
ID = "c2186400-1c8c-1124-a664-0026b945b522"

Answer = Callable[[httpx.Request], httpx.Response]


def client_of(answer: Answer, **options: Any) -> tuple[AsyncClient, list[httpx.Request]]:
    """A client whose requests are answered so, and what it has sent."""
    sent: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(note), auth=("other", "password"))
    return AsyncClient(AUTH_ID, TOKEN, http_client=http, clock=anyio.current_time, **options), sent


async def read(client: AsyncClient, recording: str = OURS, **options: Any) -> bytes:
    """The whole file."""
    async with client.recordings.stream(recording, **options) as pieces:
        return b"".join([piece async for piece in pieces])


# ---- Where credentials go -------------------------------------------------------------------------------------------


async def test_credentials_go_to_plivo_alone() -> None:
    """To its media host; to no other, be it where a redirect leads, nor back from there."""
    leads = {OURS: THEIRS, THEIRS: "https://media.plivo.com/back.mp3"}

    def answer(request: httpx.Request) -> httpx.Response:
        to = leads.get(str(request.url))
        return httpx.Response(302, headers={"Location": to}) if to else httpx.Response(200, content=b"sound")

    client, sent = client_of(answer)
    assert await read(client) == b"sound"
    assert [request.headers.get("Authorization", "")[:5] for request in sent] == ["Basic", "", ""]
    assert [request.headers["Host"] for request in sent] == ["media.plivo.com", "store.example.com", "media.plivo.com"]
    assert await read(client, THEIRS) == b"sound"
    assert not any("Authorization" in request.headers for request in sent[3:])


@pytest.mark.parametrize(
    "location",
    ["http://media.plivo.com/x.mp3", "ftp://media.plivo.com/x", "https://a:b@media.plivo.com/x", "", OURS],
)
async def test_redirects_that_are_not_followed(location: str) -> None:
    """Never from https to http, nowhere odd, and not for ever."""
    client, sent = client_of(lambda _: httpx.Response(302, headers={"Location": location}))
    with pytest.raises(PlivoError) as caught:
        await read(client)
    assert len(sent) == (6 if location == OURS else 1)
    assert TOKEN not in f"{caught.value!r}{caught.value.to_dict()}"


# ---- Bounds ---------------------------------------------------------------------------------------------------------


class _Slow(httpx.AsyncByteStream):
    def __init__(self, pieces: int, each: float) -> None:
        self._left, self._each = pieces, each
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        await anyio.sleep(self._each)
        return b"x" * 10

    async def aclose(self) -> None:
        self.closed = True


async def test_a_file_is_bounded_in_size() -> None:
    """By what its head says, or by what comes."""
    client, _ = client_of(lambda _: httpx.Response(200, content=b"x" * 100))
    assert len(await read(client, most_bytes=100)) == 100
    with pytest.raises(DecodeError, match="99 bytes of most_bytes"):
        await read(client, most_bytes=99)
    stream = _Slow(10**9, 0)
    client, _ = client_of(lambda _: httpx.Response(200, stream=stream))
    with pytest.raises(DecodeError, match="1,000 bytes"):
        await read(client, most_bytes=1_000)
    assert stream.closed


@pytest.mark.parametrize(
    ("pieces", "each", "deadline", "words"),
    [(10**9, 1.0, 30, "took too long"), (3, 60.0, None, "stood still for 10 s"), (10**9, 9.0, None, "took too long")],
)
async def test_a_file_is_bounded_in_time(pieces: int, each: float, deadline: float | None, words: str) -> None:
    """All of it by the deadline, an hour without one; each piece by the client's timeout."""
    stream = _Slow(pieces, each)
    client, _ = client_of(lambda _: httpx.Response(200, stream=stream))
    began = anyio.current_time()
    with pytest.raises(NoAnswerError, match=words):
        await read(client, deadline=deadline)
    assert anyio.current_time() - began <= (deadline or 3_600) + 0.1
    assert stream.closed


async def test_a_file_that_is_cut_off_is_none() -> None:
    """Fewer bytes than were announced."""
    client, _ = client_of(lambda _: httpx.Response(200, headers={"Content-Length": "100"}, stream=_Slow(3, 0)))
    with pytest.raises(NoAnswerError, match="30 of 100 bytes"):
        await read(client)


async def test_answers_that_are_no_file() -> None:
    """Each says what it is."""
    for status, error in ((404, NotFoundError), (401, AuthenticationError), (503, PlivoError)):
        refused = httpx.Response(status)
        client, _ = client_of(lambda _, refused=refused: refused)  # type: ignore[misc]
        with pytest.raises(error) as caught:
            await read(client)
        assert caught.value.status_code == status
    client, _ = client_of(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Slow(1, 0)))
    with pytest.raises(DecodeError, match="packed"):
        await read(client)

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused {request.headers['Authorization']}")

    client, _ = client_of(broken)
    with pytest.raises(NoAnswerError) as caught_broken:
        await read(client)
    assert "********" in str(caught_broken.value)


async def test_a_file_that_is_not_there_yet_is_waited_for() -> None:
    """Seconds after the end, which `wait_for` bounds."""
    there = anyio.current_time() + 3.5
    client, sent = client_of(lambda _: httpx.Response(200 if anyio.current_time() > there else 404, content=b"x"))
    assert await read(client, wait_for=10) == b"x"
    assert len(sent) == 5
    client, sent = client_of(lambda _: httpx.Response(404))
    with pytest.raises(NotFoundError, match="wait_for="):
        await read(client, wait_for=2)
    assert len(sent) == 3


async def test_wrong_recordings() -> None:
    """Nothing is sent, and no message tells a URL."""
    client, sent = client_of(lambda _: httpx.Response(200))
    for wrong in ("", "..", "a b", "ftp://x/y", "https://u:p@x/y", 5, None, StoredRecording(recording_id="../x")):
        with pytest.raises((InvalidArgumentError, TypeError)):
            client.recordings.stream(wrong)  # type: ignore[arg-type]
    for options in ({"most_bytes": 0}, {"most_bytes": 1.5}, {"wait_for": -1}, {"deadline": -1}):
        with pytest.raises((InvalidArgumentError, TypeError)):
            client.recordings.stream(ID, **options)
    with pytest.raises(TypeError, match="async with"):
        await anext(client.recordings.stream(ID))
    assert sent == []


# ---- Against the emulator -------------------------------------------------------------------------------------------


async def recorded(plivo: Emulator, client: AsyncClient) -> str:
    """The identifier of a recording of a call that is over."""
    made = await client.calls.make(from_="+14150000000", to="+14157654321", answer_url="https://example.com/a")
    assert made.request_uuid is not None
    await anyio.sleep(3)
    call = client.calls(made.request_uuid)
    recording = await call.start_recording()
    await anyio.sleep(5)
    await call.hang_up()
    assert recording.recording_id is not None
    return recording.recording_id


@pytest.mark.parametrize("protected", [False, True])
async def test_a_recording_from_its_beginning_to_its_end(protected: bool) -> None:
    """Found, fetched with or without credentials asked for, deleted, and gone."""
    async with Emulator(port=None, settings=Settings(media_protected=protected)) as plivo, in_memory(plivo) as client:
        recording_id = await recorded(plivo, client)
        data = await read(client, plivo.recordings[recording_id].recording_url or "", wait_for=30)
        found = await client.recordings.get(recording_id)
        assert await read(client, recording_id) == data != b""
        assert [one async for one in client.recordings.list(call_uuid=found.call_uuid)] == [found]
        plivo.script("delete-recording", recording_id, fault="lost-response")
        await client.recordings.delete(recording_id)
        with pytest.raises(NotFoundError):
            await client.recordings.get(recording_id)
        with pytest.raises(NotFoundError):
            await client.recordings.delete(recording_id)


@pytest.mark.real_time
async def test_download_to_a_file(tmp_path: Path) -> None:
    """Its name when it is whole; nothing of one that breaks off; nothing is overwritten unasked."""
    client, sent = client_of(lambda _: httpx.Response(200, content=b"sound"))
    assert await client.recordings.download(OURS, tmp_path) == tmp_path / "x.mp3"
    assert (tmp_path / "x.mp3").read_bytes() == b"sound"
    with pytest.raises(FileExistsError):
        await client.recordings.download(OURS, tmp_path / "x.mp3")
    assert len(sent) == 1
    with pytest.raises(FileExistsError):
        await client.recordings.download(OURS, tmp_path)
    await client.recordings.download(OURS, str(tmp_path / "x.mp3"), overwrite=True)
    with pytest.raises(DecodeError):
        await client.recordings.download(OURS, tmp_path / "y.mp3", most_bytes=2)
    with pytest.raises(OSError, match="nowhere"):
        await client.recordings.download(OURS, tmp_path / "nowhere" / "z.mp3")
    assert os.listdir(tmp_path) == ["x.mp3"]


async def test_a_file_whose_answer_does_not_come() -> None:
    """Not its head within the client's timeout, nor its end when the connection breaks."""

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await anyio.sleep_forever()
            raise AssertionError(request)

    class Broken(_Slow):
        async def __anext__(self) -> bytes:
            if self._left == 1:
                raise httpx.ReadError("reset")
            return await super().__anext__()

    client = AsyncClient(AUTH_ID, TOKEN, http_client=httpx.AsyncClient(transport=Silent()), clock=anyio.current_time)
    began = anyio.current_time()
    with pytest.raises(NoAnswerError, match="no answer in time"):
        await read(client)
    assert anyio.current_time() - began == pytest.approx(10, abs=0.001)
    client, _ = client_of(lambda _: httpx.Response(200, stream=Broken(3, 0)))
    with pytest.raises(NoAnswerError, match="ReadError"):
        await read(client)


async def test_a_deletion_of_which_nothing_is_known() -> None:
    """Every answer is lost: it may be gone, and the error says how to look."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        recording_id = await recorded(plivo, client)
        plivo.script("delete-recording", recording_id, nth=None, fault="lost-response")
        with pytest.raises(OutcomeUnknownError, match=r"get\(\) finds it"):
            await client.recordings.delete(recording_id, deadline=20)
