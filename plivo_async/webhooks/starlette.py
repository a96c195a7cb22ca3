"""Callbacks in Starlette and FastAPI: a dependency that is the event, or an endpoint for a whole router."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .._errors import CallbackError
from ._asgi import bounded, url
from ._event import Event
from ._receiver import Receiver
from ._router import Router, refusal

__all__ = ["endpoint", "verified"]


def verified(receiver: Receiver) -> Callable[[Request], Awaitable[Event]]:
    """Make a dependency for FastAPI: `event: Annotated[Event, Depends(verified(receiver))]`.

    Nothing else may read the body: an endpoint that has it has no form of its own. What isn't believed is answered with
    403, what is malformed with 400.
    """

    async def event(request: Request) -> Event:
        body = await bounded(request.stream(), receiver.max_body)
        request_ = (request.method, url(request.scope), request.scope["headers"], body)
        try:
            return receiver.unwrap(*request_)
        except CallbackError as error:
            raise HTTPException(refusal(error, receiver, *request_)) from None

    return event


def endpoint(receiver: Receiver, router: Router) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint that takes all callbacks, for `Route("/plivo", …, methods=["GET", "POST"])`."""

    async def callback(request: Request) -> Response:
        body = await bounded(request.stream(), receiver.max_body)
        reply = await router.reply(receiver, request.method, url(request.scope), request.scope["headers"], body)
        return Response(reply.body, reply.status, reply.headers)

    return callback
