"""Answers that aren't Plivo's, but of a gateway, a proxy or a load balancer on the way: they say nothing."""

from typing import Any

import anyio
import httpx
import pytest

from plivo_async import (
    ActivationOutcome,
    AsyncClient,
    DecodeError,
    NotFoundError,
    OutcomeUnknownError,
    PlivoError,
    RetryPolicy,
)

pytestmark = pytest.mark.anyio

PAGE = httpx.Response(404, html="<html><h1>404 Not Found</h1></html>")
FOREIGN = [
    PAGE,
    httpx.Response(404, text="404 page not found\n"),
    httpx.Response(404, json=[]),
    httpx.Response(404, json=None, content=b"null"),
    httpx.Response(200, html="<html>Welcome to the hotel's network</html>"),
    httpx.Response(
        302, html="<a href='https://login.example/'>here</a>", headers={"Location": "https://login.example/"}
    ),
    httpx.Response(400, html="<html>The plain HTTP request was sent to HTTPS port</html>"),
    httpx.Response(401, text="Unauthorized"),
    httpx.Response(403, html="<html>Request blocked</html>"),
    httpx.Response(407, json={"error": "give me a password"}),
    httpx.Response(407),
    httpx.Response(409, text="conflict"),
    httpx.Response(421, text="misdirected"),
]
LIVE = httpx.Response(200, json={"status": "Active", "mpc_uuid": "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"})


class Answers(httpx.MockTransport):
    """Gives one answer after the other, the last one for ever.

    Attributes:
        requests: What came.
    """

    def __init__(self, *answers: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        super().__init__(self._next)

    def _next(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def client_of(answers: Answers, **options: Any) -> AsyncClient:
    """A client that gets these answers."""
    http_client = httpx.AsyncClient(transport=answers)
    return AsyncClient(
        "MA" + "F" * 18, "token", http_client=http_client, clock=anyio.current_time, rate_limit=None, **options
    )


def name_of(answer: httpx.Response) -> str:
    """Its status, and how its body begins."""
    return f"{answer.status_code}-{answer.text[:12]!r}"


@pytest.mark.parametrize("foreign", FOREIGN, ids=name_of)
async def test_it_says_nothing_of_any_operation(foreign: httpx.Response) -> None:
    """Not that there is no such thing, not that it was carried out, and not that it wasn't."""
    answers = Answers(foreign)
    client = client_of(answers, retry=RetryPolicy(max_attempts=2))
    mpc = client.mpc("room")
    for read in (mpc.get, lambda: mpc.find_participant(member_address="+14157654321")):
        with pytest.raises(DecodeError, match=str(foreign.status_code)):
            await read()
    for change in (mpc.stop, mpc.members("all").kick, mpc.members("all").mute, mpc.stop_recording):
        with pytest.raises(OutcomeUnknownError, match="Check base_url") as caught:
            await change()
        assert not isinstance(caught.value.__cause__, NotFoundError)
    before = len(answers.requests)
    with pytest.raises(OutcomeUnknownError, match="Check base_url"):
        await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")
    assert len(answers.requests) == before + 1


@pytest.mark.parametrize("foreign", FOREIGN, ids=name_of)
async def test_it_settles_no_activation(foreign: httpx.Response) -> None:
    """Carried out, answer lost, 404, and a look that somebody else answers: unknown, or known from the next look."""
    lost, gone = httpx.Response(502), httpx.Response(404, json={"error": "not found"})
    quick = RetryPolicy(max_attempts=2)
    known = Answers(lost, gone, foreign, LIVE)
    assert (await client_of(known, retry=quick).mpc.start("room")).outcome == "activated"
    with pytest.raises(OutcomeUnknownError):
        await client_of(Answers(lost, gone, foreign), retry=quick).mpc.start("room")
    with pytest.raises(PlivoError) as caught:
        await client_of(Answers(foreign), retry=quick).mpc.start("room")
    assert isinstance(caught.value, OutcomeUnknownError)


async def test_a_wrong_base_url_finds_nothing_out() -> None:
    """Every name is unknown: none was looked for at Plivo's."""
    report = await client_of(Answers(PAGE), retry=RetryPolicy(max_attempts=2)).mpc.start(["a", "b", "c"])
    assert report.counts[ActivationOutcome.UNKNOWN] == 3


async def test_a_429_needs_no_form() -> None:
    """Who limits requests turns them away before they are worked on, whoever it is: repeating is safe."""
    too_many = httpx.Response(429, html="<html>slow down</html>")
    answers = Answers(too_many, httpx.Response(201, json={"api_id": "x", "message": "added", "request_uuid": "y"}))
    await client_of(answers).mpc("room").add_participant(role="agent", from_="+14151234567", to="+14157654321")
    assert len(answers.requests) == 2
