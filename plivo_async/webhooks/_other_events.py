"""Results of requests in their asynchronous form, and whatever nobody knows yet."""

from dataclasses import dataclass
from datetime import datetime

from ..models._reading import integer, timestamp
from ._event import Event, public


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AsyncResult(Event):
    """The result of a request that was made in its asynchronous form (`callback_url`).

    Its encoding, and whether it is signed at all, are unverified: the fields of the answer are expected as parameters,
    those that aren't below in `extra`. Source: Plivo docs, "Asynchronous requests".
    """

    api_id: str
    """Plivo's identifier of the request, which the immediate answer had as well (`Accepted.api_id`)."""
    message: str | None = None
    """Plivo's words."""
    error: str | None = None
    """Why it was refused, in Plivo's words; None if it was carried out."""
    request_uuid: str | None = None
    """The request, where the operation answers one."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnknownEvent(Event):
    """Something that this version has no class for: all of it is in `extra` and in `raw`."""

    @property
    def at(self) -> datetime | None:
        """When it happened, by Plivo's own clock, in UTC; None if Plivo doesn't say in a form that is known."""
        try:
            return timestamp(self.get("EventTimestamp"))
        except ValueError:
            return None

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered may be XML: of what tells no event, as requests for music and sounds (inferred)."""
        return self.get("EventName") is None

    @property
    def _sequence(self) -> int | None:
        try:
            return integer(self.get("SequenceNumber"))
        except ValueError:
            return None
