"""Callbacks in Django: an async view for a whole router."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ._asgi import url
from ._receiver import Receiver
from ._router import Router

__all__ = ["view"]


def view(receiver: Receiver, router: Router) -> Callable[..., Awaitable[HttpResponse]]:
    """Make an async view that takes all callbacks, for `path("plivo/", …)`.

    It needs no CSRF token. Django itself refuses bodies over `DATA_UPLOAD_MAX_MEMORY_SIZE`. What the path captures is
    passed over. Under WSGI the path is what Django makes of it, written again.
    """

    async def callback(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
        scope = getattr(request, "scope", None)
        address = (
            url(scope) if scope else f"{request.scheme}://{request.META.get('HTTP_HOST')}{request.get_full_path()}"
        )
        reply = await router.reply(receiver, request.method or "", address, request.headers, request.body)
        return HttpResponse(reply.body, status=reply.status, headers=reply.headers)

    exempt: Callable[..., Awaitable[HttpResponse]] = csrf_exempt(callback)
    return exempt
