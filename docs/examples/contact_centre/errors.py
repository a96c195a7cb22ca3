"""A status of its own for each thing that the page, or another program, can do something about."""

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from plivo_async import (
    BadRequestError,
    InvalidArgumentError,
    NotFoundError,
    NotSentError,
    PlivoError,
    RateLimitError,
    ServerError,
    StatusNotReachedError,
)

_LATER = 1.0  # seconds, where Plivo says nothing


class TakenError(Exception):
    """Somebody else has taken that caller."""


def status_of(error: PlivoError) -> int:
    """Which status tells it."""
    match error:
        case InvalidArgumentError():
            return 422  # nothing was sent: the request is wrong
        case NotFoundError():
            return 404
        case RateLimitError() | ServerError() | NotSentError():
            return 503  # nothing was done: come again
        case BadRequestError() | StatusNotReachedError():
            return 409  # it isn't in the state for that
        case _:
            return 502  # it may have been done, or nobody can tell: look before you try again


def told(error: PlivoError) -> dict[str, Any]:
    """What is told of it. Nothing in it is secret, and numbers in it are masked."""
    argument = {"argument": error.argument} if isinstance(error, InvalidArgumentError) else {}
    return {"error": type(error).__name__, "detail": str(error), "api_id": error.api_id, **argument}


def add_handlers(app: FastAPI) -> None:
    """Let no endpoint have to think of it."""

    @app.exception_handler(PlivoError)
    async def plivo_said_no(_request: Request, error: PlivoError) -> JSONResponse:
        status = status_of(error)
        headers = {"Retry-After": str(math.ceil(error.retry_after or _LATER))} if status == 503 else {}
        return JSONResponse(told(error), status, headers)

    @app.exception_handler(TakenError)
    async def taken(_request: Request, error: TakenError) -> JSONResponse:
        return JSONResponse({"error": "TakenError", "detail": str(error)}, 409)
