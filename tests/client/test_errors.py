"""What goes wrong, as a tree of classes with facts."""

import copy
import json
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plivo_async
from plivo_async import (
    ActivationFailures,
    AsyncClient,
    Attempt,
    AttemptOutcome,
    AuthenticationError,
    BadRequestError,
    CallbackError,
    DecodeError,
    InvalidArgumentError,
    JournalError,
    MalformedCallbackError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlivoError,
    RateLimitError,
    ResponseError,
    ServerError,
    SharedBudgetError,
    SignatureError,
    StatusNotReachedError,
)
from plivo_async._errors import response_error

TREE: dict[type, type | tuple[type, ...]] = {
    PlivoError: Exception,
    InvalidArgumentError: (PlivoError, ValueError),
    NotSentError: PlivoError,
    SharedBudgetError: (NotSentError, ValueError),
    NoAnswerError: PlivoError,
    OutcomeUnknownError: PlivoError,
    ResponseError: PlivoError,
    BadRequestError: ResponseError,
    AuthenticationError: ResponseError,
    PermissionDeniedError: ResponseError,
    NotFoundError: ResponseError,
    RateLimitError: ResponseError,
    ServerError: ResponseError,
    JournalError: PlivoError,
    DecodeError: PlivoError,
    StatusNotReachedError: PlivoError,
    CallbackError: PlivoError,
    SignatureError: CallbackError,
    MalformedCallbackError: CallbackError,
    ActivationFailures: ExceptionGroup,
}
FACTS: dict[str, Any] = {
    "operation": "Activate MPC",
    "target": "Östermalm ☎",
    "status_code": 503,
    "api_id": "97ceeb52-58b6-11e1-86da-77300b68f8bb",
    "detail": "try later",
    "retry_after": 2.5,
    "started_at": datetime(2026, 11, 24, 3, 32, 31, 250_000, UTC),
    "attempts": (
        Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadTimeout", 0.0, 10.0),
        Attempt("POST", AttemptOutcome.UNCLEAR, 503, None, 10.5, 10.75, 2.5, "97ceeb52"),
    ),
}
errors = pytest.mark.parametrize("cls", [cls for cls in TREE if issubclass(cls, PlivoError)])


def test_errors_form_the_documented_tree() -> None:
    """Each class has the parent that the module's drawing gives it, and no other class is missing from it."""
    for cls, parent in TREE.items():
        assert cls.__bases__ == (parent if isinstance(parent, tuple) else (parent,))
    public = {value for value in vars(plivo_async).values() if isinstance(value, type)}
    assert {cls for cls in public if issubclass(cls, BaseException)} == set(TREE)


def test_errors_are_drawn_where_they_are_defined() -> None:
    """The docstring's tree names every class."""
    drawing = plivo_async._errors.__doc__
    assert drawing is not None
    assert all(cls.__name__ in drawing for cls in TREE)


@pytest.mark.parametrize(
    ("status_code", "cls"),
    [
        (302, BadRequestError),
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, BadRequestError),
        (409, BadRequestError),
        (422, BadRequestError),
        (429, RateLimitError),
        (499, BadRequestError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (599, ServerError),
    ],
)
def test_errors_class_follows_the_status(status_code: int, cls: type[ResponseError]) -> None:
    """Each no of Plivo's has one class."""
    assert response_error(status_code) is cls


TEXTS: list[object] = [
    "not found",
    "",
    "MPC is already active",
    "the resource is being created, repeat the request",
    "invalid credentials",
    "rate limit exceeded",
    "ü" * 300,
    17,
    None,
    {"code": 1, "message": "not found"},
    ["not found"],
]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 429, 500, 503])
async def test_nothing_depends_on_the_text_of_an_error(status: int) -> None:
    """What is asked next, and how it ends, is decided by the status; nobody has verified what Plivo writes."""
    seen = set()
    for text in TEXTS:
        asked: list[str] = []

        def answer(request: httpx.Request, asked: list[str] = asked, text: object = text) -> httpx.Response:
            asked.append(request.method)
            return httpx.Response(status, json={"api_id": "one", "error": text})

        options: dict[str, Any] = {"clock": anyio.current_time, "random": lambda: 0.5, "rate_limit": None}
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http,
            AsyncClient("MA" + "X" * 18, "token", http_client=http, **options) as client,
        ):
            [activation] = await client.mpc.start(["a"])
            ends = [type(activation.error)]
            for doing in (client.mpc.get("a"), client.mpc.stop("a"), client.mpc("a").start_recording()):
                with pytest.raises(PlivoError) as caught:
                    await doing
                ends.append(type(caught.value))
        seen.add((activation.outcome, activation.confirmed_by, *ends, *asked))
    assert len(seen) == 1, seen


@errors
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_pickle_with_all_their_facts(cls: type[PlivoError], protocol: int) -> None:
    """An error crosses a process boundary as what it is; a cause doesn't hinder it."""
    error = cls("it went wrong", **FACTS)
    error.__cause__ = OSError("connection reset")
    error.add_note("in line 7")
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(again) is cls
        assert (str(again), again.message, again.args) == ("it went wrong", "it went wrong", ("it went wrong",))
        assert {name: getattr(again, name) for name in FACTS} == FACTS
        assert again.to_dict() == error.to_dict()
        assert again.__notes__ == ["in line 7"]


@errors
def test_errors_turn_into_json(cls: type[PlivoError]) -> None:
    """All facts, the class and the words, as JSON types."""
    facts = json.loads(json.dumps(cls("it went wrong", **FACTS).to_dict()))
    assert facts["type"] == cls.__name__
    assert facts["message"] == "it went wrong"
    assert facts["attempts"] == [attempt.to_dict() for attempt in FACTS["attempts"]]
    assert datetime.fromisoformat(facts["started_at"]) == FACTS["started_at"]
    plain = FACTS.keys() - {"attempts", "started_at"}
    assert {name: facts[name] for name in plain} == {name: FACTS[name] for name in plain}


@errors
def test_errors_without_facts_say_so_with_none(cls: type[PlivoError]) -> None:
    """Facts that aren't known are None, and there are no attempts."""
    error = cls("it went wrong")
    assert {getattr(error, name) for name in FACTS if name != "attempts"} == {None}
    assert error.attempts == ()
    assert json.dumps(error.to_dict())


@given(st.text(), st.none() | st.text(), st.none() | st.integers(100, 599), st.none() | st.floats(0, 1e9))
def test_errors_survive_pickle_and_json_whatever_they_say(
    message: str, text: str | None, status_code: int | None, retry_after: float | None
) -> None:
    """No text of a server's or a caller's breaks an error."""
    error = NotFoundError(
        message, target=text, detail=text, api_id=text, status_code=status_code, retry_after=retry_after
    )
    assert pickle.loads(pickle.dumps(error)).to_dict() == error.to_dict()  # noqa: S301
    assert json.loads(json.dumps(error.to_dict()))["detail"] == text


class SupportError(NotFoundError):
    """An error of a user's own."""


def test_errors_of_the_users_own_pickle_too() -> None:
    """A subclass keeps its class, its facts, and what was put onto it."""
    error = SupportError("gone", **FACTS)
    vars(error)["ticket"] = 4812
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is SupportError
    assert again.attempts == FACTS["attempts"]
    assert vars(again)["ticket"] == 4812


def failures() -> ActivationFailures:
    """Three failures."""
    return ActivationFailures("3 failed", [NotFoundError("a"), TypeError("b"), OutcomeUnknownError("c")])


def leaves(group: BaseExceptionGroup[Any] | None) -> Iterator[str]:
    """The messages in a group."""
    for error in group.exceptions if group is not None else ():
        yield str(error)


def test_failures_keep_their_class_when_they_are_split() -> None:
    """`except*`, `split` and `subgroup` hand on ActivationFailures, in input order."""
    found, rest = failures().split(PlivoError)
    assert isinstance(found, ActivationFailures)
    assert isinstance(rest, ActivationFailures)
    assert (list(leaves(found)), list(leaves(rest))) == (["a", "c"], ["b"])
    assert isinstance(failures().subgroup(NotFoundError), ActivationFailures)
    assert failures().subgroup(KeyError) is None
    caught: list[ExceptionGroup[NotFoundError]] = []
    with pytest.raises(ActivationFailures) as remaining:  # noqa: PT012  (the statement under test)
        try:
            raise failures()
        except* NotFoundError as group:
            caught.append(group)
    assert list(leaves(remaining.value)) == ["b", "c"]
    assert [type(group) for group in caught] == [ActivationFailures]


def test_failures_pickle() -> None:
    """A group crosses a process boundary with its errors."""
    again = pickle.loads(pickle.dumps(failures()))  # noqa: S301
    assert type(again) is ActivationFailures
    assert [type(error) for error in again.exceptions] == [NotFoundError, TypeError, OutcomeUnknownError]
    assert str(again) == "3 failed (3 sub-exceptions)"
