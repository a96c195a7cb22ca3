"""One request on its way through an operation: what was asked, what it works on, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..world._conferences import Conference
from ..world._machine import Machine
from ..world._settings import Settings
from ..world._values import RuleError
from ._answers import Headers
from ._routes import Reference, Route

Arguments = Mapping[str, Any]
"""What a request says, by name, without that which is not given. Text if it came in a query, JSON from a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, taken apart."""

    number: int
    method: str
    route: Route
    authorization: str | None
    content_type: str | None
    body: bytes
    new_api_id: Callable[[], str]
    """Makes the `api_id` of the answer, for those that have a body."""


class RefusedError(Exception):
    """The request is refused as such, whatever the conferences' state: with that status and text."""

    def __init__(self, status: int, detail: str, headers: Headers = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an operation that was carried out."""

    status: int
    content: Mapping[str, Any] | None = None
    """The answer's JSON but for its `api_id`; None for an answer without a body."""
    applied: bool = False
    """Whether the state was changed."""
    media: tuple[str, bytes] | None = None
    """A file in place of JSON: its type, and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One operation that is to be carried out."""

    asked: Asked
    arguments: Arguments
    auth_id: str
    machine: Machine
    settings: Settings
    now: float
    """Seconds since the emulator started."""

    @property
    def number(self) -> int:
        """Of the request."""
        return self.asked.number

    @property
    def reference(self) -> Reference:
        """The conference that is addressed."""
        reference = self.asked.route.reference
        assert reference is not None  # noqa: S101  (operations on a conference have it in their path)
        return reference

    @property
    def by_name(self) -> bool:
        """Whether it is addressed by name."""
        return self.reference.kind == "name"

    @property
    def member(self) -> str:
        """The participant, or participants, that are addressed, as in the path."""
        return self.asked.route.member or ""

    @property
    def item(self) -> str:
        """The call, recording, number or whatever that is addressed, as in the path."""
        return self.asked.route.item or ""

    def find(self) -> Conference:
        """The conference that is addressed: by name only a live one, by UUID also an ended one.

        Raises:
            RuleError: 404: there is none.
        """
        value = self.reference.value
        found = self.machine.registry.live(value) if self.by_name else self.machine.registry.by_uuid.get(value)
        if found is None:
            raise RuleError(404, "not found")
        return found

    def uri(self, conference: Conference, *, encoded: bool = False) -> str:
        """Of a conference, by name or UUID as it was addressed."""
        return conference_uri(conference, self.auth_id, by_name=self.by_name, encoded=encoded)

    def done(self, message: str, *, applied: bool = True) -> Result:
        """The result of a change that has nothing to tell."""
        if self.settings.done_status == 204:
            return Result(204, applied=applied)
        return Result(200, {"message": message, "request_uuid": self.asked.new_api_id()}, applied)


def conference_uri(conference: Conference, auth_id: str, *, by_name: bool, encoded: bool = False) -> str:
    """Host-relative. Names are not percent-encoded in Plivo's examples; in a link to be followed they must be."""
    name = conference.friendly_name
    reference = f"name_{quote(name, safe='') if encoded else name}" if by_name else f"uuid_{conference.mpc_uuid}"
    return f"/v1/Account/{auth_id}/MultiPartyCall/{reference}/"
