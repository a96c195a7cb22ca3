"""What goes over the wire, and what comes back, as values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..policy import Effect
from ..shown._printable import printable
from ..shown._privacy import masked
from ._names import Conference, only_live

_LONGEST_DETAIL = 500
_LONGEST_KEPT = 2_000
_PROXY_WANTS_PASSWORD = 407
_TOKENS = re.compile(r"""(auth_token[\\"'\s]*[:=][\\"'\s]*)[^\s"'\\,;}\]]+""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to Plivo.

    Its `repr` leaves out body and query: they hold phone numbers, and tracebacks may show it.

    Attributes:
        operation: What the caller asked for, in words.
        target: What for: the conference, or the path; for messages.
        effect: What repeating it does.
        method: The HTTP method.
        path: Encoded, relative to `/v1/Account/{auth_id}/`.
        body: JSON, or None.
        query: Encoded, without the question mark; empty for none.
        on_404: What a 404 may mean, for messages; empty if there is nothing to say.
        order_key: What it is done to: operations with the same key are carried out one at a time, in the order in which
            they were asked for. Empty for those that need no order.
        page: Whether it is for a page of a list, of which a script may need many before its batch begins.
        rings: How many phones it rings; None if it isn't one of those that start calls. Source: Plivo, "Account and
            feature limits", which has a limit of its own for those.
    """

    operation: str
    target: str
    effect: Effect
    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    query: str = field(default="", repr=False)
    on_404: str = ""
    order_key: str = field(default="", repr=False)
    page: bool = False
    rings: int | None = None


_ACTIVE = b'{"status":"active"}'


def activate(conference: Conference) -> Request:
    """Move an Initialized conference to Active: 204, or 404 if none is waiting. Idempotent in what it leaves behind.

    Source: Plivo docs, Multiparty Call, "Start an MPC". The body is `active`, lower case: curl examples and six SDKs.
    """
    path = f"MultiPartyCall/{conference.segment}/"
    return Request("Activate MPC", conference.label, Effect.IDEMPOTENT, "POST", path, _ACTIVE, order_key=path)


def retrieve(conference: Conference) -> Request:
    """Look at a conference; by name only while it is live. Safe.

    Source: Plivo docs, Multiparty Call, "Retrieve an MPC".
    """
    path = f"MultiPartyCall/{conference.segment}/"
    return Request("Retrieve MPC", conference.label, Effect.SAFE, "GET", path, on_404=only_live(conference))


def end(conference: Conference) -> Request:
    """End a conference: everybody is put out; 404 if it is over already.

    Idempotent by UUID, as `of_change` says. Source: Plivo docs, Multiparty Call, "End an MPC".
    """
    path = f"MultiPartyCall/{conference.segment}/"
    hint = only_live(conference)
    return Request("End MPC", conference.label, of_change(conference), "DELETE", path, on_404=hint, order_key=path)


def of_change(conference: Conference) -> Effect:
    """The effect of a change of what is there: to stop, kick, mute, hold, or to control recordings and sounds.

    By UUID it is idempotent. By name it is neither safe nor idempotent: by the time it is repeated the name may be the
    next conference's.
    """
    return Effect.IDEMPOTENT if conference.name is None else Effect.NEITHER


@dataclass(frozen=True)
class Answer:
    """One answer, perhaps Plivo's. Its body is decoded once, and not before somebody asks.

    Attributes:
        status_code: Its status.
        headers: Its headers, names in any case.
        body: Its body as far as it came.
        whole: Whether the body came to its end.
    """

    status_code: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

    def brief(self) -> "Answer":
        """The same without its headers, and no more of a long body than can be shown: to be kept for long."""
        return Answer(self.status_code, {}, self.body[:_LONGEST_KEPT], self.whole)

    @property
    def readable(self) -> bool:
        """Whether this is an answer of the API's own form: a whole body that is empty, or a JSON object as `{}`.

        Anything else says nothing of what was asked, whatever its status: gateways, proxies and load balancers on the
        way have pages of their own for 404, 403 or 200. And a 407 is a proxy's by definition (RFC 9110, 15.5.8).
        Source: Plivo docs, "Errors"; that a 404 may be a bare `{}` is from Plivo's Go SDK.
        """
        if not self.whole or self.status_code == _PROXY_WANTS_PASSWORD:
            return False
        return not self.body.strip() or isinstance(self.json(), dict)

    def json(self) -> Any:
        """The decoded body; None if it is empty or no JSON."""
        return self._data

    @cached_property
    def _data(self) -> Any:
        try:
            return json.loads(self.body) if self.body.strip() else None
        except (ValueError, RecursionError):  # nested too deeply is nonsense as any other
            return None

    @property
    def api_id(self) -> str | None:
        """Plivo's identifier of the request."""
        data = self.json()
        api_id = data.get("api_id") if isinstance(data, dict) else None
        return (api_id or None) if isinstance(api_id, str) and api_id.isascii() else None

    @property
    def beginning(self) -> str | None:
        """The beginning of the body as text, for the errors of what can't be read; None if it is empty."""
        return shortened(self.body.decode("utf-8", "replace"))

    @property
    def detail(self) -> str | None:
        """Plivo's own words: the `error` of the body, else its `message`, else the beginning of the body as text.

        Source: Plivo docs, "Errors". `error` is a string in every example; anything else is shown as JSON.
        """
        data = self.json()
        if isinstance(data, dict):
            words = data.get("message") if data.get("error") is None else data["error"]
            text = words if isinstance(words, str) else "" if words is None else json.dumps(words)
        else:
            text = self.body.decode("utf-8", "replace").strip()
        return shortened(text)


def shortened(text: str) -> str | None:
    """The beginning of a text of others, for errors; None if it is empty.

    Phone numbers and addresses in it are masked, and tokens, which subaccounts have in clear; what a terminal would
    obey is escaped; half a surrogate pair becomes a question mark.
    """
    beginning = text[:_LONGEST_KEPT].encode("utf-8", "replace").decode()  # whole numbers first, then to its length
    beginning = _TOKENS.sub(r"\1********", beginning)
    return printable(masked(beginning))[:_LONGEST_DETAIL] or None
