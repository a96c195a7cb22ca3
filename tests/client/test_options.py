"""Options: checked when they are made, merged without losing what has a meaning."""

import copy
import math
import pickle
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest

from plivo_async import AsyncClient, InvalidArgumentError, PlivoError, RetryPolicy
from plivo_async._options import AttemptTimeout, Options, attempt_timeout, checked_retry, seconds
from plivo_async._unset import UNSET
from plivo_async.emulator import Emulator, Faults

from ..support import in_memory

OPTIONS = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())


def test_timeout_in_seconds_bounds_the_whole_attempt() -> None:
    """A number bounds all of it; bounds of the same length for its phases would end none of them earlier."""
    unbound: dict[str, float | None] = dict.fromkeys(("connect", "read", "write", "pool"))
    assert attempt_timeout(2.5) == AttemptTimeout(2.5, unbound)
    assert attempt_timeout(2) == AttemptTimeout(2.0, unbound)


def test_timeout_none_is_no_bound() -> None:
    """None means for ever."""
    assert attempt_timeout(None) == AttemptTimeout(
        math.inf, {"connect": None, "read": None, "write": None, "pool": None}
    )


@pytest.mark.parametrize(
    ("timeout", "total", "read"),
    [
        (httpx.Timeout(5.0), 15.0, 5.0),
        (httpx.Timeout(1.0, read=30.0), 32.0, 30.0),
        (httpx.Timeout(5.0, read=None), math.inf, None),
        (httpx.Timeout(None), math.inf, None),
        (httpx.Timeout(5.0, pool=0.001), 15.0, 5.0),
    ],
    ids=str,
)
def test_timeout_of_httpx_bounds_by_its_phases(timeout: httpx.Timeout, total: float, read: float | None) -> None:
    """The phases are kept but for the pool; their sum bounds the attempt, so that a slow drip ends as well."""
    taken = attempt_timeout(timeout)
    assert (taken.total, taken.phases["read"], taken.phases["pool"]) == (total, read, None)


@pytest.mark.parametrize("wrong", [True, "5", b"5", [5], (1, 2), RetryPolicy()], ids=repr)
def test_timeout_of_another_type_is_refused(wrong: Any) -> None:
    """Only numbers, an `httpx.Timeout` and None are timeouts."""
    with pytest.raises(TypeError, match=r"timeout must be seconds, an httpx\.Timeout or None, not"):
        attempt_timeout(wrong)


@pytest.mark.parametrize(
    "wrong",
    [0, 0.0, -1, -0.5, math.nan, httpx.Timeout(0), httpx.Timeout(5, read=-1), httpx.Timeout(5, connect=math.nan)],
    ids=repr,
)
def test_timeout_that_leaves_no_time_is_refused(wrong: Any) -> None:
    """A timeout is more than 0 seconds, in each of its phases."""
    with pytest.raises(ValueError, match="timeout must be more than 0 seconds"):
        attempt_timeout(wrong)


def test_options_merge_what_is_given() -> None:
    """`UNSET` leaves an option as it is, None is a value of its own, and the original stays as it was."""
    once, before = RetryPolicy(max_attempts=1), copy.deepcopy(OPTIONS)
    assert OPTIONS.merged(UNSET, UNSET) is OPTIONS
    assert OPTIONS.merged(None, UNSET) == Options(timeout=attempt_timeout(None), retry=RetryPolicy())
    assert OPTIONS.merged(UNSET, once) == Options(timeout=attempt_timeout(10.0), retry=once)
    assert OPTIONS.merged(2, once) == Options(timeout=attempt_timeout(2), retry=once)
    assert before == OPTIONS


@pytest.mark.parametrize(
    ("timeout", "retry", "error"),
    [(0, UNSET, ValueError), ("5", UNSET, TypeError), (UNSET, None, TypeError), (UNSET, 3, TypeError)],
)
def test_options_check_what_they_merge(timeout: Any, retry: Any, error: type[Exception]) -> None:
    """What the constructor refuses, a merge refuses as well."""
    with pytest.raises(error):
        OPTIONS.merged(timeout, retry)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"timeout": 0}, ValueError, "more than 0 seconds, not 0; None means no timeout"),
        ({"timeout": "5"}, TypeError, r"seconds, an httpx\.Timeout or None"),
        ({"retry": 3}, TypeError, "must be a RetryPolicy"),
        ({"retry": None}, TypeError, "must be a RetryPolicy"),
    ],
    ids=str,
)
def test_client_checks_options_when_it_is_made(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    """The constructor and `with_options` refuse the same, in the same words."""
    with pytest.raises(error, match=words):
        AsyncClient("MA" + "X" * 18, "token", **arguments)
    with pytest.raises(error, match=words):
        AsyncClient("MA" + "X" * 18, "token").with_options(**arguments)


def test_options_retry_must_be_a_policy() -> None:
    """A number of retries is refused, with the way to turn them off."""
    assert checked_retry(OPTIONS.retry) is OPTIONS.retry
    with pytest.raises(TypeError, match=r"retry must be a RetryPolicy, not int; RetryPolicy\(max_attempts=1\)"):
        checked_retry(0)


@pytest.mark.parametrize(
    ("given", "taken"), [(None, math.inf), (0, 0.0), (30, 30.0), (0.5, 0.5), (math.inf, math.inf), (10**400, math.inf)]
)
def test_seconds_are_taken(given: float | None, taken: float) -> None:
    """Numbers from 0, and None for no bound; what no float can hold is none either."""
    assert seconds("deadline", given) == taken
    assert isinstance(seconds("deadline", given), float)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-1, ValueError), (-0.001, ValueError), (math.nan, ValueError), (True, TypeError), ("30", TypeError)],
)
def test_seconds_that_are_none_are_refused(wrong: Any, error: type[Exception]) -> None:
    """The message names the argument."""
    with pytest.raises(error, match="wait_for must be"):
        seconds("wait_for", wrong)


def test_unset_stays_itself() -> None:
    """It may be pickled and copied, and is still found by `is`; it shows its name."""
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301
    assert copy.deepcopy(UNSET) is UNSET
    assert repr(UNSET) == "UNSET"


def test_deadline_of_an_operation_is_its_own_or_the_clients() -> None:
    """None takes the client's; infinity is no bound; a merge replaces it, and None takes it away."""
    eight = OPTIONS.merged(deadline=8)
    assert (OPTIONS.within(None), eight.within(None), eight.within(3), eight.within(math.inf)) == (
        math.inf,
        8.0,
        3.0,
        math.inf,
    )
    assert eight.merged(timeout=2).deadline == 8.0
    assert eight.merged(deadline=None).deadline == math.inf
    with pytest.raises(InvalidArgumentError, match="deadline must be at least 0 seconds"):
        eight.within(-1)
    with pytest.raises(TypeError, match="deadline must be seconds"):
        OPTIONS.merged(deadline="8")  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_deadline_of_the_client_bounds_what_has_none() -> None:
    """Operations of every kind; `with_options` gives another one; one of its own comes first."""
    ask: list[Callable[[AsyncClient, dict[str, Any]], Awaitable[object]]] = [
        lambda client, own: client.request("GET", "MultiPartyCall/", **own),
        lambda client, own: client.mpc.get("room", **own),
        lambda client, own: client.mpc.start("room", **own),
        lambda client, own: client.mpc.stop("room", **own),
        lambda client, own: client.mpc("room").participant(1).mute(**own),
        lambda client, own: client.mpc("room").find_participant(call_uuid=uuid.UUID(int=1), **own),
        lambda client, own: anext(aiter(client.mpc.list(**own))),
    ]
    async with Emulator(port=None, limit=None, faults=Faults({"late": 1.0}, late_by=100.0)) as plivo:
        plivo.add_conference("room")
        async with in_memory(plivo, timeout=None, deadline=8) as client:
            short = client.with_options(deadline=2)
            for one in ask:
                for asked, own, least in ((client, {}, 8), (short, {}, 2), (short, {"deadline": 5}, 5)):
                    began = anyio.current_time()
                    with pytest.raises(PlivoError):
                        await one(asked, own)
                    assert anyio.current_time() - began == pytest.approx(least)
            began = anyio.current_time()
            report = await short.with_options(timeout=3).mpc.start(["room", "other"])
            assert anyio.current_time() - began <= 2 + 3  # what was in flight had an attempt's timeout to come back
            assert not report.succeeded
