"""The operations: from a routed request to an answer. No I/O, no clock of its own.

To add an operation: a line in `_routes.ROUTES` and a function in `HANDLERS` under the same name.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ._auth import Account
from ._listing import meta, read_listing, select
from ._objects import conference_object
from ._rooms import Conference, Rooms
from ._routes import Route
from ._settings import Settings

Headers = tuple[tuple[str, str], ...]

_JSON: Headers = (("Content-Type", "application/json"),)
_TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    applied: bool = False
    """Whether the request changed the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, taken apart."""

    number: int
    route: Route
    authorization: str | None
    content_type: str | None
    body: bytes
    new_api_id: Callable[[], str]
    """Makes the `api_id` of the answer, for those that have a body."""


class RefusedError(Exception):
    """Inside of an operation: it ends here, with that status and text."""

    def __init__(self, status: int, detail: str, headers: Headers = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class Api:
    """The REST API of one account."""

    __slots__ = ("account", "rooms", "settings")

    def __init__(self, account: Account, rooms: Rooms, settings: Settings) -> None:
        self.account = account
        self.rooms = rooms
        self.settings = settings

    def barred(self, asked: Asked) -> Answer | None:
        """The 401, 403, or 404 of a request that never gets to the account; None for one that does."""
        if asked.route.auth_id is None:
            return self.refusal(asked, RefusedError(404, "not found"))
        if not self.account.accepts(asked.authorization):
            challenge = (("WWW-Authenticate", 'Basic realm="Plivo"'),)
            return self.refusal(asked, RefusedError(401, "authentication failed", challenge))
        if asked.route.auth_id != self.account.auth_id:
            return self.refusal(asked, RefusedError(403, "the path names another account"))
        return None

    def answer(self, asked: Asked, now: float) -> Answer:
        """Carry out a request that is not barred; `now` is in seconds since the emulator started."""
        route = asked.route
        try:
            if route.operation is None:
                headers = (("Allow", ", ".join(route.allow)),) if route.allow else ()
                raise RefusedError(route.refusal or 404, route.detail, headers)
            return HANDLERS[route.operation](self, asked, now)
        except RefusedError as refused:
            return self.refusal(asked, refused)

    def refusal(self, asked: Asked, refused: RefusedError) -> Answer:
        """The answer to a refused request, in the shape that the settings ask for."""
        if self.settings.error_body == "text":
            return Answer(refused.status, refused.detail.encode(), _TEXT + refused.headers)
        content: dict[str, str] = {}
        if self.settings.error_body == "json":
            content = {"api_id": asked.new_api_id(), "error": refused.detail}
        return Answer(refused.status, json.dumps(content).encode(), _JSON + refused.headers)

    def find(self, asked: Asked) -> Conference:
        """The conference that is addressed: by name only a live one, by UUID also an ended one."""
        reference = asked.route.reference
        found = None
        if reference is not None:
            by_name = reference.kind == "name"
            found = self.rooms.live(reference.value) if by_name else self.rooms.by_uuid.get(reference.value)
        if found is None:
            raise RefusedError(404, "not found")
        return found

    def done(self, asked: Asked, message: str) -> Answer:
        """The answer to a change that has no result of its own."""
        if self.settings.done_status == 204:
            return Answer(204, applied=True)
        api_id = asked.new_api_id()
        return _json({"api_id": api_id, "message": message, "request_uuid": api_id}, applied=True)


def arguments(asked: Asked) -> dict[str, Any]:
    """The arguments in a JSON body, without those that are null or "", which mean "not given".

    The Python SDK wraps some values in a list of one element (`{"status": ["active"]}`); it is taken off.

    Raises:
        RefusedError: 400, when the content type or the body is not JSON, or the JSON is no object.
    """
    if (asked.content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(400, "body: the content type is not application/json")
    try:
        given = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "body: malformed JSON") from None
    if not isinstance(given, dict):
        raise RefusedError(400, "body: not a JSON object")
    unwrapped = {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in given.items()
    }
    return {key: value for key, value in unwrapped.items() if value is not None and value != ""}


def _activate(api: Api, asked: Asked, now: float) -> Answer:
    """Initialized becomes Active; in any other state 404. Source: Plivo docs; the 400s are unverified."""
    status = arguments(asked).get("status")
    if not isinstance(status, str):
        raise RefusedError(400, "status: missing or not a string")
    if status.lower() != "active":
        raise RefusedError(400, "status: only 'active' is allowed")
    if not api.rooms.activate(api.find(asked), now, by=asked.number):
        raise RefusedError(404, "not found")
    return api.done(asked, "MPC activated")


def _end(api: Api, asked: Asked, now: float) -> Answer:
    """A live one becomes Ended; an ended one is a 404 (unverified by UUID)."""
    if not api.rooms.end(api.find(asked), now, by=asked.number):
        raise RefusedError(404, "not found")
    return api.done(asked, "MPC ended")


def _get(api: Api, asked: Asked, _now: float) -> Answer:
    conference = api.find(asked)
    by_name = asked.route.reference is not None and asked.route.reference.kind == "name"
    found = conference_object(conference, api.account.auth_id, api.settings, by_name=by_name)
    return _json({"api_id": asked.new_api_id(), **found})


def _list(api: Api, asked: Asked, now: float) -> Answer:
    try:
        listing = read_listing(asked.route.query, api.settings)
    except ValueError as error:
        raise RefusedError(400, str(error)) from None
    auth_id = api.account.auth_id
    fitting = select(api.rooms.newest_first(), listing, api.rooms.wall(now))
    page = fitting[listing.offset : listing.offset + listing.limit]
    return _json(
        {
            "api_id": asked.new_api_id(),
            "meta": meta(listing, len(fitting), f"/v1/Account/{auth_id}/MultiPartyCall/", api.settings),
            "objects": [conference_object(one, auth_id, api.settings, by_name=False) for one in page],
        }
    )


HANDLERS: Mapping[str, Callable[[Api, Asked, float], Answer]] = {
    "list": _list,
    "get": _get,
    "activate": _activate,
    "end": _end,
}
"""Each operation of `_routes.ROUTES` by name."""


def _json(content: Mapping[str, Any], *, applied: bool = False) -> Answer:
    return Answer(200, json.dumps(content).encode(), _JSON, applied)


def html_page(status: int, title: str, headers: Headers = ()) -> Answer:
    """A page as a gateway would answer it."""
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, page.encode(), _HTML + headers)


def plain_text(status: int, text: str, headers: Headers = ()) -> Answer:
    """A line of text as a load balancer would answer it."""
    return Answer(status, text.encode(), _TEXT + headers)
