"""A handler of Litestar that activates a conference: the client is a dependency, and the lifespan opens it.

uvicorn litestar_handler:app
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, post
from litestar.datastructures import State
from litestar.di import Provide

from plivo_async import AsyncClient, InvalidArgumentError, NotFoundError, OutcomeUnknownError, PlivoError


@asynccontextmanager
async def with_client(app: Litestar) -> AsyncIterator[None]:
    """One client for the process."""
    async with AsyncClient(deadline=15.0) as app.state.plivo:
        yield


async def the_client(state: State) -> AsyncClient:
    """What handlers get as `plivo`."""
    client: AsyncClient = state.plivo
    return client


@post("/conferences/{name:str}/start", status_code=200)
async def start(name: str, plivo: AsyncClient) -> dict[str, Any]:
    """Activate the conference."""
    return (await plivo.mpc.start(name)).to_dict()


def plivo_said_no(_request: Request[Any, Any, Any], error: PlivoError) -> Response[dict[str, str]]:
    """A status for each thing that somebody can do something about."""
    match error:
        case InvalidArgumentError():
            return Response({"detail": str(error)}, status_code=422)
        case NotFoundError():
            return Response({"detail": "nobody is waiting in it"}, status_code=404)
        case OutcomeUnknownError():
            return Response({"detail": "it may be live: look before you try again"}, status_code=502)
    said = {"detail": f"it was not started: {error}"}
    return Response(said, status_code=503, headers={"Retry-After": "5"})


app = Litestar(
    route_handlers=[start],
    lifespan=[with_client],
    dependencies={"plivo": Provide(the_client)},
    exception_handlers={PlivoError: plivo_said_no},
)
