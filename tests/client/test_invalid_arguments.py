"""What is refused before anything is sent: one class of error, which names the argument."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from plivo_async import (
    AsyncClient,
    Destination,
    InvalidArgumentError,
    MultiPartyCallHandle,
    PlivoError,
    RateLimit,
    RetryPolicy,
)

ID, TOKEN = "MA" + "X" * 18, "token"
DIAL: dict[str, Any] = {"role": "agent", "from_": "+14151234567", "to": "+14157654321"}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def client(**arguments: Any) -> AsyncClient:
    """A client that paces nothing."""
    return AsyncClient(**{"auth_id": ID, "auth_token": TOKEN, "rate_limit": None} | arguments)


def refused_by(make: Callable[[], object]) -> InvalidArgumentError:
    """The error that something raises; a plain ValueError won't do."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        make()
    error = caught.value
    assert isinstance(error, InvalidArgumentError)
    assert isinstance(error, PlivoError)
    assert error.to_dict()["argument"] == error.argument
    return error


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: client(auth_id=""), "auth_id"),
        (lambda: client(auth_id="MA"), "auth_id"),
        (lambda: client(auth_token=""), "auth_token"),
        (lambda: client(auth_token="a b"), "auth_token"),
        (lambda: client(base_url="nowhere"), "base_url"),
        (lambda: client(base_url="http://example.com"), "base_url"),
        (lambda: client(base_url="https://a.b/?c"), "base_url"),
        (lambda: client(base_url="https://a.b:99999"), "base_url"),
        (lambda: client(timeout=0), "timeout"),
        (lambda: client(transport="h2"), "transport"),
        (lambda: client().with_options(timeout=-1), "timeout"),
        (lambda: RetryPolicy(max_attempts=0), "max_attempts"),
        (lambda: RetryPolicy(base_delay=-1), "base_delay"),
        (lambda: RateLimit(0), "limit"),
        (lambda: RateLimit(per=0), "per"),
        (lambda: Destination("nobody"), "to"),
        (lambda: Destination("+14151234567", ring_timeout=0), "ring_timeout"),
        (lambda: client().mpc(""), "name"),
        (lambda: client().mpc("a\nb"), "name"),
        (lambda: client().mpc("a" * 60_001), "name"),
        (lambda: client().mpc(uuid="x"), "uuid"),
        (lambda: client().mpc("a").participant("all"), "member_id"),
        (lambda: client().mpc("a").participant(-1), "member_id"),
        (lambda: client().mpc("a").members(), "member_ids"),
        (lambda: client().mpc("a").members(1, 1), "member_ids"),
        (lambda: client().mpc.list(status="live"), "status"),  # type: ignore[arg-type]
        (lambda: client().mpc.list(limit=0), "limit"),
        (lambda: client().mpc.list(friendly_name=""), "friendly_name"),
        (lambda: client().mpc.list(creation_time__gt=NOON.replace(tzinfo=None)), "creation_time__gt"),
        (lambda: client().mpc.list(creation_time__gt=NOON, creation_time__lt=NOON), "creation_time__gt"),
    ],
)
def test_what_is_made_wrong_names_the_argument(make: Callable[[], object], argument: str) -> None:
    """The constructor, options, handles and lists."""
    assert refused_by(make).argument == argument


def add(**arguments: Any) -> Callable[[AsyncClient, MultiPartyCallHandle], Awaitable[object]]:
    """Dial somebody."""
    return lambda _, mpc: mpc.add_participant(**DIAL | arguments)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("ask", "argument"),
    [
        (lambda c, _: c.mpc.start(["a", ""]), "name"),
        (lambda c, _: c.mpc.start("a", confirm="perhaps"), "confirm"),
        (lambda c, _: c.mpc.start("a", deadline=-1), "deadline"),
        (lambda c, _: c.mpc.get("a", deadline=float("nan")), "deadline"),
        (lambda c, _: c.request("FETCH", "Call/"), "method"),
        (lambda c, _: c.request("GET", "/Call/"), "path"),
        (lambda c, _: c.request("GET", "Call\ud83d/"), "path"),
        (lambda c, _: c.request("GET", "Call/", params={"a": "\ud83d"}), "params"),
        (lambda c, _: c.request("GET", "Call/", params={"a": "a" * 65_000}), "params"),
        (lambda c, _: c.request("POST", "Call/", json={"a": float("nan")}), "json"),
        (lambda c, _: c.request("POST", "Call/", json="\ud83d"), "json"),
        (lambda _, mpc: mpc.wait_until("over"), "status"),
        (lambda _, mpc: mpc.wait_until("active", interval=0), "interval"),
        (lambda _, mpc: mpc.find_participant(member_address=""), "member_address"),
        (lambda _, mpc: mpc.find_participant(call_uuid="x"), "call_uuid"),
        (lambda _, mpc: mpc.start_recording(file_format="ogg"), "file_format"),
        (lambda _, mpc: mpc.start_recording(recording_callback_method="GET"), "recording_callback_method"),
        (lambda _, mpc: mpc.participant(1).update(), "mute"),
        (lambda _, mpc: mpc.members("all").play("x"), "url"),
        (lambda _, mpc: mpc.members("all").speak("x", voice="BOY"), "voice"),
        (lambda _, mpc: mpc.members("all").speak("x", language="?"), "language"),
        (add(role="boss"), "role"),
        (add(from_=None), "from_"),
        (add(to=None), "to"),
        (add(to=["+14157654321", "14157654321"]), "to"),
        (add(to=["+14157654321", "x"]), "to"),
        (add(call_uuid="c0267574-5c12-4861-8990-da9404c8cdf6"), "call_uuid"),
        (add(coach_mode=True), "coach_mode"),
        (add(sip_headers={"a": "b,c"}), "sip_headers"),
        (add(sip_headers={"a,": "b"}), "sip_headers"),
        (add(status_callback_events=[]), "status_callback_events"),
        (add(status_callback_events=["mpc-state-changes"] * 2), "status_callback_events"),
        (add(send_digits="x"), "send_digits"),
        (add(wait_music_method="GET"), "wait_music_method"),
        (add(enter_sound="beep"), "enter_sound"),
        (add(confirm_key="10"), "confirm_key"),
        (add(caller_name="x" * 51), "caller_name"),
        (add(max_duration=1), "max_duration"),
    ],
)
async def test_what_is_asked_wrong_names_the_argument(ask: Callable[..., Awaitable[object]], argument: str) -> None:
    """Operations; nothing listens where a request would go."""
    async with client(base_url="http://127.0.0.1:9") as plivo:
        with pytest.raises(InvalidArgumentError) as caught:
            await ask(plivo, plivo.mpc("a"))
    assert caught.value.argument == argument
    assert caught.value.attempts == ()


def test_two_limits_for_one_account_name_the_argument() -> None:
    """What is refused because of another client is told in the same way."""
    first = client(rate_limit=RateLimit(7, per=3.0))
    assert refused_by(lambda: client(rate_limit=RateLimit(8, per=3.0))).argument == "rate_limit"
    del first
