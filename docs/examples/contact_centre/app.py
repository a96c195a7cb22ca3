"""The service: `uvicorn --factory contact_centre.app:create_app --workers 2`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

from plivo_async import AsyncClient, RateLimit
from plivo_async.otel import OpenTelemetry

from . import callers, desk, errors
from .bus import Claims, SqliteBus
from .settings import Settings

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FILES = {"/": "page.html", "/page.js": "page.js", "/page.css": "page.css"}


def create_app(settings: Settings | None = None) -> FastAPI:
    """One worker's application; without settings, as the environment says."""
    told = Settings.of_environment() if settings is None else settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = AsyncClient(
            rate_limit=RateLimit(shared=told.budget),  # all workers together keep to the account's limit
            observer=OpenTelemetry(),  # goes wherever the OpenTelemetry SDK is told to export to
            deadline=15.0,
        )
        async with client, client.events.over(SqliteBus(told.bus)):
            app.state.client, app.state.board, app.state.claims = client, desk.Board(client), Claims(told.bus)
            callers.add_routes(app, told, client)
            yield

    app = FastAPI(title="Contact centre", lifespan=lifespan)
    app.state.settings = told
    app.include_router(desk.router)
    errors.add_handlers(app)
    for path, name in FILES.items():
        _serve(app, path, name)

    @app.middleware("http")
    async def strict(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    return app


def _serve(app: FastAPI, path: str, name: str) -> None:
    @app.get(path, include_in_schema=False)
    async def file() -> FileResponse:
        return FileResponse(HERE / name)
