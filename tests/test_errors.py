"""The tree of errors: grouped by what to do next, full of facts, able to travel."""

import json
import pickle

import pytest

import plivo_async
from plivo_async import (
    ActivationFailures,
    Attempt,
    AttemptOutcome,
    NotFoundError,
    NotSentError,
    PlivoError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from plivo_async._errors import response_error

CLASSES = sorted(
    (value for value in vars(plivo_async).values() if isinstance(value, type) and issubclass(value, PlivoError)),
    key=lambda value: value.__name__,
)
ATTEMPT = Attempt("POST", AttemptOutcome.REFUSED, 429, None, 0.0, 0.1, 2.0, "api-1")


@pytest.mark.parametrize("cls", CLASSES)
def test_an_error_travels_with_all_its_facts(cls: type[PlivoError]) -> None:
    """It pickles, and turns into JSON types."""
    error = cls(
        "words",
        operation="Activate MPC",
        target="room",
        status_code=429,
        api_id="api-1",
        detail="too many",
        retry_after=2.0,
        attempts=[ATTEMPT],
    )
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is cls
    assert again.to_dict() == error.to_dict() == json.loads(json.dumps(error.to_dict()))
    assert (again.message, str(again), again.attempts, again.retry_after) == ("words", "words", (ATTEMPT,), 2.0)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (302, "BadRequestError"), (400, "BadRequestError"), (401, "AuthenticationError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"), (405, "BadRequestError"), (409, "BadRequestError"), (422, "BadRequestError"),
        (429, "RateLimitError"), (500, "ServerError"), (599, "ServerError"),
    ],
)  # fmt: skip
def test_each_status_has_its_error(status: int, name: str) -> None:
    """All of them are ResponseErrors."""
    assert response_error(status).__name__ == name
    assert issubclass(response_error(status), ResponseError)


def test_a_group_keeps_its_class_when_it_is_split() -> None:
    """`except*` takes out a part; both parts are still ActivationFailures."""
    group = ActivationFailures("two failed", [NotFoundError("a"), RateLimitError("b"), NotSentError("c")])
    taken, left = group.split(ResponseError)
    assert isinstance(taken, ActivationFailures)
    assert isinstance(left, ActivationFailures)
    assert [str(error) for error in taken.exceptions] == ["a", "b"]
    assert group.subgroup(ServerError) is None
