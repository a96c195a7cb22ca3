"""A view of Django that activates a conference: one client for the process, which the ASGI server's lifespan opens.

    uvicorn django_view:application

Django itself knows no lifespan: `application` takes it in front of Django. Under WSGI, do as `flask_route.py` does.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

from plivo_async import AsyncClient, InvalidArgumentError, NotFoundError, OutcomeUnknownError, PlivoError

settings.configure(
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "only for this example"),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)

Message = MutableMapping[str, Any]


class WithClient:
    """An ASGI application, and a client that is open as long as it runs."""

    client: AsyncClient

    def __init__(self, django: Any) -> None:
        self._django = django

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve a request, or the whole life of the server."""
        if scope["type"] != "lifespan":
            await self._django(scope, receive, send)
            return
        await receive()
        async with AsyncClient(deadline=15.0) as self.client:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def start(request: HttpRequest, name: str) -> JsonResponse:
    """Activate the conference."""
    if request.method != "POST":
        return JsonResponse({"detail": "POST"}, status=405)
    try:
        activation = await application.client.mpc.start(name)
    except InvalidArgumentError as error:
        return JsonResponse({"detail": str(error)}, status=422)
    except NotFoundError:
        return JsonResponse({"detail": "nobody is waiting in it"}, status=404)
    except OutcomeUnknownError:
        return JsonResponse({"detail": "it may be live: look before you try again"}, status=502)
    except PlivoError as error:
        return JsonResponse({"detail": f"it was not started: {error}"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse(activation.to_dict())


urlpatterns = [path("conferences/<path:name>/start", start)]
application = WithClient(get_asgi_application())
