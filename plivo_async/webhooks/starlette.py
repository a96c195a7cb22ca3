"""Callbacks in Starlette and FastAPI: a dependency that is the event, or an endpoint for a whole router."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .._errors import CallbackError, SignatureError
from ._asgi import bounded, url
from ._event import Event
from ._receiver import Receiver
from ._router import Reply, Router

__all__ = ["endpoint", "verified"]


def verified(receiver: Receiver) -> Callable[[Request], Awaitable[Event]]:
    """Make a dependency for FastAPI: `event: Annotated[Event, Depends(verified(receiver))]`.

    Nothing else may read the body: an endpoint that has it has no form of its own. What isn't believed is answered with
    403, what is malformed with 400.
    """

    async def event(request: Request) -> Event:
        body = await bounded(request.stream(), receiver.max_body)
        if body is None:
            raise HTTPException(400)
        try:
            return receiver.unwrap(request.method, url(request.scope), request.scope["headers"], body)
        except CallbackError as error:
            raise HTTPException(403 if isinstance(error, SignatureError) else 400) from error

    return event


def endpoint(receiver: Receiver, router: Router) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint that takes all callbacks, for `Route("/plivo", …, methods=["GET", "POST"])`."""

    async def callback(request: Request) -> Response:
        body = await bounded(request.stream(), receiver.max_body)
        reply = Reply(400)
        if body is not None:
            reply = await router.reply(receiver, request.method, url(request.scope), request.scope["headers"], body)
        return Response(reply.body, reply.status, reply.headers)

    return callback
