"""Phone numbers and addresses of people: one rule, wherever text goes."""

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import AsyncClient, Destination, PlivoError, RetryPolicy
from plivo_async.shown._privacy import masked

SPELLINGS = [
    "+14151234567",
    "14151234567",
    "+1 (415) 123-4567",
    "+1.415.123.4567",
    "1 - 415 - 123 - 4567",
    "1\u00a0415\u2011123\u20114567",
    "%2B1%20%28415%29%20123-4567",
    "+1+415+123+4567",
    "(415) 123-4567",
    "tel:+1-415-123-4567",
]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+14151234567", "+*******4567"),
        ("+1 415 765 4321", "+* *** *** 4321"),
        ("+1 (415) 123-4567", "+* (***) ***-4567"),
        ("name_%2B1%20415%20765%204321/", "name_%2B*%20***%20***%204321/"),
        ("name_%2814151234567%29/", "name_%28*******4567%29/"),
        ("5551234 and 14157654321", "***1234 and *******4321"),
        ("sip:jane@phone.plivo.com is barred", "sip:***@phone.plivo.com is barred"),
        ("SIPS:jane:5060@host, sip:bob", "SIPS:***@host, sip:***"),
        ("sip%3Ajane%40host", "sip%3A***%40host"),
        ("http://user:password@proxy:3128", "http://***@proxy:3128"),
    ],
)
def test_what_is_somebodys_is_masked(text: str, shown: str) -> None:
    """Seven or more digits, plain, spaced or percent-encoded: the last four are left; of an address its host."""
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "room 123456",
        "support-4812",
        "c0267574-1234-5678-9012-123456789012",
        "at 2026-11-26 02:23:10.123456, or 2026-11-26T02:23:10Z",
        "Connect call failed ('192.168.100.200', 443)",
        "POST 503 at 0.12 s; GET 503 at 12.34 s",
        "300/5, now 1000/10",
        "sip: no such scheme",
        "@home",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    """UUIDs, times, machines, counts."""
    assert masked(text) == text


@given(st.text(st.sampled_from("0123456789+ ()-.%2@:sipj/"), max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    """Text may come by several edges."""
    assert masked(masked(text)) == masked(text)


async def add(client: AsyncClient) -> object:
    """Ring two phones."""
    to: list[str | Destination] = ["+14151234567", Destination("sip:jane@phone.plivo.com")]
    return await client.mpc("room").add_participant(role="agent", from_="+14151234567", to=to)


async def start(client: AsyncClient) -> object:
    """Activate one conference."""
    return await client.mpc.start("room")


async def start_many(client: AsyncClient) -> object:
    """Activate several; the report tells of each."""
    report = await client.mpc.start(["room", "hall"])
    raise PlivoError(f"{[one.to_dict() for one in report]} {report.to_json()}")


async def walk(client: AsyncClient) -> object:
    """List conferences."""
    return [one async for one in client.mpc.list()]


async def other(client: AsyncClient) -> object:
    """Another endpoint."""
    return await client.request("GET", "Message/")


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 400, 403, 404, 503])
@pytest.mark.parametrize("operation", [add, start, start_many, walk, other])
async def test_whatever_plivo_says_is_masked(operation: Any, status: int) -> None:
    """However it spells a number, and whatever the form of its answer: in no message, fact, cause or report."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = f"{', '.join(SPELLINGS)}; sip:jane@phone.plivo.com is barred"
        body = {"error": said} if status != 200 else [said]
        return httpx.Response(status, content=json.dumps(body, ensure_ascii=False).encode())

    retry = RetryPolicy(max_attempts=1)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http_client:
        client = AsyncClient("MA" + "P" * 18, "token", http_client=http_client, rate_limit=None, retry=retry)
        try:
            await operation(client)
        except PlivoError as error:
            cause = error.__cause__
            words = f"{error} {error.to_dict()} {cause.to_dict() if isinstance(cause, PlivoError) else cause}"
        else:
            assert operation is other
            words = ""
    assert not re.search(r"415[^a-z]{0,9}123", words)
    assert "jane" not in words
    assert status != 400 or "4567" in words
